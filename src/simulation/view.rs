//! What can be seen of a running simulation: plain structs, made on request, that hold nothing of the engine.
//!
//! [`Glance`] is cheap enough for every node ten times a second; [`NodeView`] is for the one that somebody looks at.

use super::Cost;
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::Time;
use crate::services::{Cause, Circuit, ReplayState, Serial, Status, Trace};

/// A node in a few numbers, for the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Glance {
    /// Requests that wait for their answer, and what was answered.
    Client {
        waiting: u64,
        succeeded: u64,
        failed: u64,
    },
    /// Tokens left of the burst limit, and requests that wait for an integration.
    Gateway {
        tokens: u64,
        burst: u64,
        waiting: u64,
        rejected: u64,
    },
    /// Execution environments by what they do, the limit, and events in the function's own queue.
    Function {
        starting: u64,
        running: u64,
        idle: u64,
        /// Provisioned environments, with or without work.
        provisioned: u64,
        limit: u64,
        queued: u64,
        throttles: u64,
        errors: u64,
    },
    Queue {
        visible: u64,
        delayed: u64,
        in_flight: u64,
        dead_letter_queue: bool,
    },
    Topic {
        published: u64,
        retrying: u64,
    },
    Bus {
        events: u64,
        unmatched: u64,
    },
    Rule {
        matched: u64,
        retrying: u64,
        enabled: bool,
    },
    Database {
        rows: u64,
        duplicates: u64,
        connections: u64,
        maximum: u64,
        waiting: u64,
    },
    Mailer {
        sent: u64,
    },
    Endpoint {
        requests: u64,
        failures: u64,
    },
    /// Drawn, not simulated.
    Other,
}

/// A message, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageView {
    pub serial: Serial,
    pub trace: Trace,
    pub request_id: String,
    /// The body as its receiver gets it, envelope included, indented.
    pub body: String,
    /// Its attributes as the topic's envelope writes them: `{"name": {"Type": …, "Value": …}}`, indented.
    pub attributes: Option<String>,
    /// MessageGroupId and MessageDeduplicationId.
    pub group: Option<String>,
    pub deduplication: Option<String>,
    pub attempt: u16,
    pub receive_count: u32,
    pub created: Time,
    /// When it will be visible, be retried or time out; `None` where nothing is due.
    pub due: Option<Time>,
}

/// A request and its answer, as the client saw them.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeView {
    pub trace: Trace,
    pub request_id: String,
    pub sent: Time,
    pub attempt: u16,
    /// `None` while it waits.
    pub status: Option<Status>,
    /// Microseconds.
    pub latency: Option<u64>,
    pub request: String,
    pub answer: String,
    /// What polling for the status has found, where the client does so.
    pub progress: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ClientView {
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub waiting: u64,
    pub retries: u64,
    pub latency: LatencyView,
    /// Where it has a circuit breaker.
    pub circuit: Option<CircuitView>,
    /// As a browser: preflight requests, and what was blocked.
    pub preflights: u64,
    pub blocked: u64,
    /// Newest first.
    pub recent: Vec<ExchangeView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitView {
    pub circuit: Circuit,
    /// How often it opened, and how many requests were not sent.
    pub opened: u64,
    pub refused: u64,
    /// When it may be tried again, while it is open.
    pub until: Option<Time>,
}

/// Percentiles in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencyView {
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
    pub count: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RouteView {
    pub edge: EdgeIndex,
    pub method: String,
    pub path: String,
    pub target: NodeIndex,
    pub requests: u64,
    pub errors: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GatewayView {
    pub tokens: f64,
    pub burst: u64,
    pub rate: f64,
    pub waiting: u64,
    pub routes: Vec<RouteView>,
    /// Answers by status code, ascending.
    pub statuses: Vec<(u16, u64)>,
    /// Every token bucket that a request may have to pass.
    pub buckets: Vec<BucketView>,
    /// Keys and what is left to them.
    pub keys: Vec<KeyView>,
    /// Hits, misses, and answers kept, where the stage has a cache.
    pub cache: Option<(u64, u64, u64)>,
    /// How often the authorizer's function was asked, and how often a kept decision served instead.
    pub authorizer: Option<(u64, u64)>,
    /// Requests that the canary took, where there is one.
    pub canary: Option<u64>,
    /// Newest first.
    pub log: Vec<AccessLogView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BucketView {
    /// Whose it is: `account`, `stage`, a route, or a key of a usage plan.
    pub name: String,
    pub tokens: f64,
    pub burst: u64,
    /// Tokens a second.
    pub rate: f64,
}

/// An API key and its usage plan.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyView {
    pub key: String,
    /// Empty where the key belongs to none.
    pub plan: String,
    pub requests: u64,
    pub throttled: u64,
    /// Of the quota in this period; `None` without a quota.
    pub left: Option<u64>,
    pub limit: Option<u64>,
}

/// A line of the access log; the names are those of `$context`. Latencies in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessLogView {
    pub time: Time,
    pub trace: Trace,
    pub request_id: String,
    /// As in the header X-Amzn-Trace-Id.
    pub trace_id: String,
    pub method: String,
    pub path: String,
    pub route_key: Option<String>,
    pub status: u16,
    pub response_latency: u64,
    pub integration_status: Option<String>,
    pub integration_latency: Option<u64>,
    pub authorizer_latency: Option<u64>,
    /// The type of gateway response, and why, where the gateway itself gave the answer.
    pub response_type: Option<&'static str>,
    pub why: Option<&'static str>,
    pub cached: bool,
    pub canary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// A cold start: runs its initialisation.
    Starting,
    Running,
    Idle,
    /// Kept initialised, without work.
    Provisioned,
}

/// An execution environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotView {
    pub state: SlotState,
    pub since: Time,
    pub trace: Trace,
    /// How many records the running batch has; 1 where it is no batch.
    pub records: u16,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MappingView {
    pub edge: EdgeIndex,
    pub queue: NodeIndex,
    pub enabled: bool,
    pub pollers: u64,
    /// Of these, how many wait at the queue, run the function, or pause after a failure.
    pub polling: u64,
    pub invoking: u64,
    pub backing_off: u64,
    pub polls: u64,
    pub empty_polls: u64,
    pub filtered: u64,
    pub batches: u64,
    pub failed_batches: u64,
    /// Records that the function named as failed.
    pub failed_records: u64,
    /// Times that the function had no concurrency for a batch.
    pub throttles: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DestinationView {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    pub delivered: u64,
    pub failed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FunctionView {
    pub slots: Vec<SlotView>,
    pub limit: u64,
    /// Kept initialised, with or without work.
    pub provisioned: u64,
    pub invocations: u64,
    pub errors: u64,
    pub timeouts: u64,
    pub throttles: u64,
    pub cold_starts: u64,
    pub concurrent_max: u64,
    /// Milliseconds.
    pub billed: u64,
    /// The function's own queue for asynchronous invocations.
    pub queued: Vec<MessageView>,
    pub queued_count: u64,
    /// Where outcomes of asynchronous invocations go.
    pub destinations: Vec<DestinationView>,
    pub mappings: Vec<MappingView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct QueueView {
    pub visible: Vec<MessageView>,
    pub in_flight: Vec<MessageView>,
    pub delayed: Vec<MessageView>,
    pub visible_count: u64,
    pub in_flight_count: u64,
    pub delayed_count: u64,
    /// Microseconds.
    pub oldest_age: u64,
    pub sent: u64,
    pub received: u64,
    pub deleted: u64,
    pub redelivered: u64,
    /// Moved from here to the dead-letter queue.
    pub dead_lettered: u64,
    pub expired: u64,
    pub fifo: bool,
    /// FIFO: visible messages that wait for another one of their group.
    pub blocked: u64,
    /// Message groups with messages here; tenants, in a standard queue.
    pub groups: u64,
    /// Tenants that are noisy now.
    pub noisy: u64,
    /// FIFO: duplicates accepted and dropped, calls above the quota, deletions that came too late.
    pub deduplicated: u64,
    pub throttled: u64,
    pub expired_receipts: u64,
    pub refused: u64,
    pub delivered_twice: u64,
    /// Whether dead letters are being moved back.
    pub redriving: bool,
    /// Whether it is the dead-letter queue of something.
    pub dead_letter_queue: bool,
    /// Whether dead letters can be moved back: only those of a queue can.
    pub can_redrive: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryView {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    /// Off where it is unsubscribed or disabled.
    pub enabled: bool,
    pub delivered: u64,
    pub filtered: u64,
    /// Given up.
    pub failed: u64,
    /// Why, and how often; only what has happened.
    pub causes: Vec<(Cause, u64)>,
    /// Of the failed ones, those that went to a dead-letter queue.
    pub dead_lettered: u64,
    /// Waiting for the next try.
    pub retrying: u64,
    /// Waiting for a rate limit, or for those of the same message group that came before.
    pub waiting: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TopicView {
    pub published: u64,
    pub throttled: u64,
    /// Not delivered, because a FIFO topic had taken them already.
    pub duplicates: u64,
    pub subscriptions: Vec<DeliveryView>,
    /// Newest first.
    pub recent: Vec<MessageView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BusView {
    pub events: u64,
    /// Events that no rule took.
    pub unmatched: u64,
    pub throttled: u64,
    /// Entries that were not accepted, in requests that were.
    pub refused: u64,
    /// `None` where there is none.
    pub archive: Option<ArchiveView>,
    /// Newest first.
    pub replays: Vec<ReplayView>,
    /// For each rule, `delivered` counts its matches and `filtered` what it left.
    pub rules: Vec<DeliveryView>,
    /// Newest first.
    pub recent: Vec<MessageView>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArchiveView {
    /// Kept now, and their size.
    pub events: u64,
    pub bytes: u64,
    /// All that were ever archived.
    pub archived: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReplayView {
    pub name: String,
    pub state: ReplayState,
    pub start: Time,
    pub end: Time,
    /// Everything before this has been replayed.
    pub reached: Time,
    pub replayed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RuleView {
    pub pattern: String,
    pub enabled: bool,
    pub matched: u64,
    /// The schedule; empty where there is none.
    pub schedule: String,
    /// When the schedule is due next.
    pub next: Option<Time>,
    pub fired: u64,
    pub targets: Vec<DeliveryView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    pub time: Time,
    pub trace: Trace,
    pub key: String,
    pub row: String,
    pub duplicate: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableView {
    pub name: String,
    pub total: u64,
    pub duplicates: u64,
    /// Newest first.
    pub rows: Vec<RowView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseView {
    pub tables: Vec<TableView>,
    /// Whether it has capacity instead of connections: then `connections` are items worked on, and `maximum` the write
    /// request units a second.
    pub key_value: bool,
    pub connections: u64,
    pub maximum: u64,
    pub waiting: u64,
    pub statements: u64,
    pub failures: u64,
    pub throttles: u64,
    /// Events of the outbox that wait for a relay, oldest first.
    pub outbox: Vec<MessageView>,
    pub outbox_count: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MailView {
    pub time: Time,
    pub trace: Trace,
    pub recipient: String,
    pub subject: String,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MailerView {
    pub sent: u64,
    pub failures: u64,
    /// Of these, refused for the sending quota.
    pub throttles: u64,
    pub bounces: u64,
    pub complaints: u64,
    /// Newest first.
    pub outbox: Vec<MailView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EndpointView {
    pub requests: u64,
    pub failures: u64,
}

/// Everything worth seeing of one node.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeView {
    Client(ClientView),
    Gateway(GatewayView),
    Function(FunctionView),
    Queue(QueueView),
    Topic(TopicView),
    Bus(BusView),
    Rule(RuleView),
    Database(DatabaseView),
    Mailer(MailerView),
    Endpoint(EndpointView),
    /// Drawn, not simulated.
    Other,
}

/// The concurrency that functions without any of their own share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountView {
    pub running: u64,
    pub running_max: u64,
    pub limit: u64,
}

/// The figures that stand above everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Headline {
    pub requests: u64,
    /// Share of the answered requests that succeeded, from 0 to 1; 1 before the first answer.
    pub success_rate: f64,
    pub latency: LatencyView,
    /// Messages in all queues but dead-letter queues, visible or delayed.
    pub queue_depth: u64,
    /// Microseconds since the oldest message that is not deleted yet was sent, in flight or not.
    pub oldest_age: u64,
    pub duplicates: u64,
    pub dead_lettered: u64,
    pub cost: Cost,
}
