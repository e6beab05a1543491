//! The journal: everything that happened, as typed records, with a running hash over all of them.
//!
//! The hash covers every record since the start; the records themselves are kept up to a bound, so that memory does not
//! grow with time. Totals are kept by the services and by [`super::Messages`] and never lose count.

use super::client::Circuit;
use super::delivery::Cause;
use super::entries::EntryError;
use super::gateway::GatewayError;
use super::message::{Ending, Envelope, Reason, Serial, Trace};
use super::payload::{AttributesId, PayloadId};
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::{Ring, Time, mix};
use crate::language::in_english;

/// What travels along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Somebody waits for the answer.
    Request,
    /// Nobody waits for the work to be done.
    Message,
    /// A poller on its way to the queue, against the edge's direction.
    Poll,
    /// A batch on its way from the queue to the function.
    Batch { records: u16 },
    /// A dead letter.
    DeadLetter,
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// An HTTP status code.
    Http(u16),
    /// The function ran and failed. As HTTP this is 200 with a FunctionError: see API_Invoke.
    FunctionError,
    /// The function ran longer than its timeout.
    FunctionTimeout,
    /// Nothing answered there.
    Unreachable,
    /// The client's circuit breaker kept it from being sent.
    CircuitOpen,
    /// The browser kept the request, or its answer, from the page: how-to-cors.
    Blocked,
}

impl Status {
    pub const OK: Status = Status::Http(200);
    pub const ACCEPTED: Status = Status::Http(202);
    pub const THROTTLED: Status = Status::Http(429);
    pub const UNAVAILABLE: Status = Status::Http(503);

    pub fn is_success(self) -> bool {
        matches!(self, Status::Http(200..=299))
    }

    /// The code that people see; 0 where nothing answered.
    pub fn code(self) -> u16 {
        match self {
            Status::Http(code) => code,
            Status::FunctionError | Status::FunctionTimeout => 500,
            Status::Unreachable | Status::CircuitOpen | Status::Blocked => 0,
        }
    }

    pub fn words(self) -> String {
        match self {
            Status::Http(code) => code.to_string(),
            Status::FunctionError => tr!("function error").to_string(),
            Status::FunctionTimeout => tr!("Task timed out").to_string(),
            Status::Unreachable => tr!("unreachable").to_string(),
            Status::CircuitOpen => tr!("circuit open, not sent").to_string(),
            Status::Blocked => tr!("blocked by the browser (CORS)").to_string(),
        }
    }
}

/// Why a queue or topic refused a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    TooLarge,
    NoGroup,
    NoDeduplicationId,
    DelayOnFifo,
    DeduplicationOnStandard,
    IdTooLong,
    OverLimit,
    VisibilityTooLong,
    DelayTooLong,
}

impl Refusal {
    /// The `Code` of the entry of a batch that is refused for it: API_SendMessageBatch, API_SendMessage.
    pub fn code(self) -> &'static str {
        if self == Refusal::NoGroup { "MissingParameter" } else { "InvalidParameterValue" }
    }

    pub fn words(self) -> &'static str {
        match self {
            Refusal::TooLarge => tr!("it is larger than MaximumMessageSize"),
            Refusal::NoGroup => tr!("a FIFO queue or topic needs a MessageGroupId"),
            Refusal::NoDeduplicationId => tr!("without ContentBasedDeduplication it needs a MessageDeduplicationId"),
            Refusal::DelayOnFifo => tr!("in a FIFO queue only the queue has a delay, not the message"),
            Refusal::DeduplicationOnStandard => tr!("a standard queue or topic knows no MessageDeduplicationId"),
            Refusal::IdTooLong => tr!("its group or deduplication id has more than 128 characters"),
            Refusal::OverLimit => tr!("OverLimit: 120,000 messages are in flight"),
            Refusal::DelayTooLong => tr!("DelaySeconds is a whole number up to 900"),
            Refusal::VisibilityTooLong => tr!("12 hours after its receive a message is visible again at the latest"),
        }
    }
}

/// The execution environment that an invocation runs in: lambda-runtime-environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// One that was there, without work.
    Idle,
    /// A new one, which first initialises: a cold start.
    New,
    /// One that an earlier timeout or crash reset: it initialises again while the invocation's timeout runs.
    Reset,
    /// One of those that are kept initialised.
    Provisioned,
}

/// Why an invocation was throttled: the `Reason` of the TooManyRequestsException.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overload {
    /// The account's unreserved concurrency is used up.
    Account,
    /// The function's reserved concurrency is used up.
    Reserved,
    /// More than 10 requests a second for each concurrent execution of the account, or of the function's own.
    Rate,
    ReservedRate,
    /// More than 1,000 new environments within 10 seconds.
    Scaling,
}

impl Overload {
    pub const ALL: [Overload; 5] =
        [Overload::Account, Overload::Reserved, Overload::Rate, Overload::ReservedRate, Overload::Scaling];

    /// As API_Invoke spells it. It has no reason of its own for the scaling rate.
    pub fn reason(self) -> &'static str {
        match self {
            Overload::Account | Overload::Scaling => "ConcurrentInvocationLimitExceeded",
            Overload::Reserved => "ReservedFunctionConcurrentInvocationLimitExceeded",
            Overload::Rate => "FunctionInvocationRateLimitExceeded",
            Overload::ReservedRate => "ReservedFunctionInvocationRateLimitExceeded",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Overload::Account => tr!("the account's unreserved concurrency is used up"),
            Overload::Reserved => tr!("its reserved concurrency is used up"),
            Overload::Rate => tr!("more than 10 requests a second for each of the account's concurrent executions"),
            Overload::ReservedRate => {
                tr!("more than 10 requests a second for each of its reserved concurrent executions")
            }
            Overload::Scaling => tr!("more than 1,000 new environments within 10 seconds"),
        }
    }
}

/// Which limit of a service was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The rate that a fault leaves.
    Fault,
    /// FIFO queue: API calls a second, of the queue or of the message group.
    QueueCalls,
    QueueGroup,
    /// Topic: what may be published in a second, by all or in one message group.
    Publishing,
    /// Bus: PutEvents calls a second.
    PutEvents,
    /// Key-value database: request units a second.
    Capacity,
    /// Mailer: e-mails a second, and in 24 hours.
    SendingRate,
    SendingQuota,
}

impl Limit {
    pub fn words(self) -> &'static str {
        match self {
            Limit::Fault => tr!("a fault leaves it no more requests a second"),
            Limit::QueueCalls => tr!("the FIFO queue's quota of API calls a second is used up"),
            Limit::QueueGroup => tr!("the message group's quota of messages a second is used up"),
            Limit::Publishing => tr!("the quota of messages published a second is used up"),
            Limit::PutEvents => tr!("the quota of PutEvents calls a second is used up"),
            Limit::Capacity => tr!("its request units for this second are used up"),
            Limit::SendingRate => tr!("the maximum sending rate is reached"),
            Limit::SendingQuota => tr!("the sending quota for 24 hours is used up"),
        }
    }
}

/// How a fault makes a function's code fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    Outage,
    Errors,
    /// The message is marked.
    Poison,
}

impl Strike {
    pub fn words(self) -> &'static str {
        match self {
            Strike::Outage => tr!("the fault “outage” makes every run fail"),
            Strike::Errors => tr!("the fault “errors” makes this run fail"),
            Strike::Poison => tr!("a fault marked the message as poison, and the code fails over it"),
        }
    }
}

/// Why a database did not carry out a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementError {
    FailingOver,
    NoConnection,
    TooLarge,
    /// As its failure rate says.
    Failed,
}

impl StatementError {
    pub fn words(self) -> &'static str {
        match self {
            StatementError::FailingOver => tr!("it fails over, and nobody gets a connection"),
            StatementError::NoConnection => tr!("all connections were in use for longer than the connection timeout"),
            StatementError::TooLarge => tr!("the item is larger than 400 KB"),
            StatementError::Failed => tr!("the statement failed, as its failure rate lets it now and then"),
        }
    }
}

/// What happened. Times are when something will have arrived or will be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A message began to exist at the node, because of the message `from` (0: of none): as a copy, as a part of a batch
    /// request, or sent by the code that worked on that one.
    Created { payload: PayloadId, attributes: AttributesId, attempt: u16, from: Serial },
    /// Its body or attributes are others from here on.
    Rewritten { payload: PayloadId, attributes: AttributesId },
    /// It goes on in an envelope.
    Wrapped { envelope: Envelope },
    /// Something set out along the edge.
    Departed { way: Way, arrives: Time },
    /// An answer set out, back along the edge.
    Replied { status: Status, arrives: Time },
    /// The message ended here.
    Ended(Ending),

    /// Client: the request was answered after this many microseconds.
    Answered { status: Status, latency: u64 },
    /// Client or handler: gave up waiting.
    GaveUp,
    /// Somebody will try again.
    RetryAt { attempt: u16, at: Time },
    /// Client: the status that it polls for was reached, after this many microseconds.
    StatusReached { latency: u64 },

    /// Function: the payload is larger than it takes.
    Rejected { status: u16 },
    /// Gateway: gave this answer itself.
    TurnedAway { status: u16, error: GatewayError },
    /// Gateway: the answer was in the stage's cache.
    FoundInCache,
    /// Client: its circuit breaker turned.
    CircuitTurned { circuit: Circuit },
    /// Gateway: the integration did not answer in time.
    IntegrationTimedOut,

    /// Function: began to run; a new or reset environment first takes until `ready`.
    Started { environment: Environment, ready: Time },
    /// Function: the handler ended. `billed` in milliseconds.
    Finished { status: Status, billed: u32 },
    /// A service's limit was reached.
    Throttled { limit: Limit },
    /// A fault of the node, or of the edge, refused it.
    RefusedByFault { status: Status },
    /// The node was stopped by hand and refused it.
    OutOfService,
    /// The node or the edge is not in the diagram any longer.
    NotThere,
    /// Function: a fault makes the code fail.
    Struck { strike: Strike },
    /// Function: handed over in a batch of so many, of which this is the first.
    Batched { first: Serial, records: u16 },
    /// Function: the code failed over this message of the batch.
    RecordFailed,
    /// Function: throttled by this one of its limits.
    Overloaded { overload: Overload },
    /// Function: waits in the function's own queue for asynchronous invocations.
    Queued,
    /// Function: the event was in its own queue, and is given up.
    EventGivenUp { reason: Reason },
    /// Database: a row was deleted.
    RowDeleted,
    /// Function: a step did not call, because its circuit breaker is open.
    CircuitOpen,
    /// Function: a step was done for this key before, and is skipped.
    AlreadyDone,
    /// Function: a step is being done for this key by somebody else.
    AlreadyInProgress,
    /// Function: refused, because the messages that it sends make it run again and again.
    LoopStopped,

    /// Queue: the message can be received.
    Visible,
    /// Queue: cannot be received before this time.
    Delayed { until: Time },
    /// Queue: was received for the n-th time and is hidden until then.
    Received { count: u32, until: Time },
    /// Queue: was not deleted in time and can be received again.
    Redelivered,
    /// Queue: was deleted by its consumer.
    Deleted,
    /// Queue: received too often; moved to the dead-letter queue.
    DeadLettered,
    /// FIFO queue: took it into this message group. It is known by its deduplication id or, where that comes from the
    /// content, its payload; null where nothing is compared.
    Grouped { group: PayloadId, deduplication: PayloadId },
    /// Queue: its consumer changed how long it stays hidden.
    VisibilityChanged { until: Time },
    /// Queue: delivered once more though nobody let it time out, as standard queues now and then do.
    DeliveredTwice,
    /// FIFO queue: could not be deleted or hidden any longer; its visibility timeout had ended.
    ReceiptExpired,
    /// Queue: the call was refused.
    Refused { why: Refusal },

    /// Topic, bus or mapping: the filter on this edge refused the message.
    FilterRefused,
    /// Bus: the rule on this edge took the event.
    RuleMatched,
    /// Topic: this many subscribers got a copy.
    FannedOut { copies: u16 },

    /// Topic or rule: the delivery on this edge was given up.
    Undeliverable { cause: Cause },
    /// Topic, bus or rule: the delivery on this edge waits for a rate limit.
    RateLimited { until: Time },
    /// Topic or bus: this entry of a request was not accepted.
    EntryRefused { error: EntryError },
    /// Bus: an event of the archive came once more.
    Replayed,
    /// Rule: its schedule was due.
    Fired,

    /// Database: a row was written; `duplicate` if its key was there already.
    RowWritten { duplicate: bool },
    /// Database: the key was there already, and the write was idempotent.
    RowKept,
    /// Database, key-value: a row with this key was there, and this one took its place.
    RowReplaced,
    /// Database: the writer failed, and nobody gets a connection until then.
    FailedOver { until: Time },
    /// Database: a row was looked for.
    RowRead { found: bool },
    /// Database: did not carry out a statement.
    StatementFailed { why: StatementError },
    /// Mailer or endpoint: failed, as its failure rate lets it now and then or, an endpoint, as its status says.
    Failed { status: Status },
    /// Mailer: an e-mail went out.
    Mailed,
    /// Mailer: an e-mail could not be delivered.
    Bounced,
    /// Mailer: its reader marked an e-mail as spam.
    Complained,

    /// A fault lost a request, or the answer to one.
    Lost,
    /// A fault marked the message: the function that works on it fails.
    Poisoned,
    /// A fault delivers the message twice.
    Duplicated,

    /// It had ended with its node, whose removal was undone.
    Restored,

    /// Somebody did something by hand; an index into [`Journal::actions`].
    Acted { action: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub time: Time,
    pub node: NodeIndex,
    pub edge: Option<EdgeIndex>,
    /// The message that it is about; 0 for none.
    pub message: Serial,
    pub trace: Trace,
    pub what: What,
}

impl Way {
    fn code(self) -> u64 {
        match self {
            Way::Request => 0,
            Way::Message => 1,
            Way::Poll => 2,
            Way::Batch { records } => 3 + (u64::from(records) << 8),
            Way::DeadLetter => 4,
        }
    }
}

impl Status {
    fn number(self) -> u64 {
        match self {
            Status::Http(code) => u64::from(code),
            Status::FunctionError => 10_001,
            Status::FunctionTimeout => 10_002,
            Status::Unreachable => 10_003,
            Status::CircuitOpen => 10_004,
            Status::Blocked => 10_005,
        }
    }
}

impl What {
    /// Whether it tells of something going wrong.
    pub fn is_bad(self) -> bool {
        match self {
            What::Replied { status, .. } | What::Answered { status, .. } | What::Finished { status, .. } => {
                !status.is_success()
            }
            What::Rejected { .. }
            | What::TurnedAway { .. }
            | What::CircuitTurned { circuit: Circuit::Open }
            | What::IntegrationTimedOut
            | What::Throttled { .. }
            | What::RefusedByFault { .. }
            | What::OutOfService
            | What::NotThere
            | What::Struck { .. }
            | What::RecordFailed
            | What::StatementFailed { .. }
            | What::Failed { .. }
            | What::Refused { .. }
            | What::ReceiptExpired
            | What::DeliveredTwice
            | What::Overloaded { .. }
            | What::EventGivenUp { .. }
            | What::LoopStopped
            | What::CircuitOpen
            | What::AlreadyInProgress
            | What::Redelivered
            | What::DeadLettered
            | What::Undeliverable { .. }
            | What::EntryRefused { .. }
            | What::GaveUp
            | What::RetryAt { .. }
            | What::Lost
            | What::RowWritten { duplicate: true }
            | What::Ended(Ending::Expired | Ending::Dropped(_)) => true,
            _ => false,
        }
    }

    /// Two numbers that tell this from everything else that can happen; what the hash is made of. They do not depend on
    /// how the compiler lays out memory.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn numbers(self) -> (u64, u64) {
        match self {
            What::Created { payload, attributes, attempt, from } => (
                1 | (u64::from(attempt) << 8) | (u64::from(attributes.0) << 24),
                u64::from(payload.0) | (u64::from(from) << 32),
            ),
            What::Rewritten { payload, attributes } => (100 | (u64::from(attributes.0) << 8), u64::from(payload.0)),
            What::Wrapped { envelope: Envelope::None } => (101, 0),
            What::Wrapped { envelope: Envelope::Notification { topic } } => (102, u64::from(topic.0)),
            What::Wrapped { envelope: Envelope::Record { subscription } } => (103, u64::from(subscription.0)),
            What::RefusedByFault { status } => (104, status.number()),
            What::OutOfService => (105, 0),
            What::NotThere => (106, 0),
            What::Struck { strike } => (107, strike as u64),
            What::Batched { first, records } => (108 | (u64::from(records) << 8), u64::from(first)),
            What::RecordFailed => (109, 0),
            What::StatementFailed { why } => (110, why as u64),
            What::Failed { status } => (111, status.number()),
            What::Departed { way, arrives } => (2 | (way.code() << 8), arrives.0),
            What::Replied { status, arrives } => (3 | (status.number() << 8), arrives.0),
            What::Ended(ending) => (
                4,
                match ending {
                    Ending::Processed => 0,
                    Ending::Filtered => 1,
                    Ending::Expired => 2,
                    Ending::Redriven => 3,
                    Ending::Dropped(reason) => 16 + reason as u64,
                },
            ),
            What::Answered { status, latency } => (5 | (status.number() << 8), latency),
            What::GaveUp => (6, 0),
            What::RetryAt { attempt, at } => (7 | (u64::from(attempt) << 8), at.0),
            What::StatusReached { latency } => (8, latency),
            What::Rejected { status } => (9, u64::from(status)),
            What::IntegrationTimedOut => (10, 0),
            What::Started { environment, ready } => (11 | ((environment as u64) << 8), ready.0),
            What::Finished { status, billed } => (12 | (status.number() << 8), u64::from(billed)),
            What::Throttled { limit } => (13, limit as u64),
            What::Queued => (14, 0),
            What::Visible => (15, 0),
            What::Delayed { until } => (16, until.0),
            What::Received { count, until } => (17 | (u64::from(count) << 8), until.0),
            What::Redelivered => (18, 0),
            What::Deleted => (19, 0),
            What::DeadLettered => (20, 0),
            What::FilterRefused => (21, 0),
            What::RuleMatched => (22, 0),
            What::FannedOut { copies } => (23, u64::from(copies)),
            What::RowWritten { duplicate } => (24, u64::from(duplicate)),
            What::RowKept => (25, 0),
            What::RowRead { found } => (26, u64::from(found)),
            What::Mailed => (27, 0),
            What::Acted { action } => (28, u64::from(action)),
            What::Grouped { group, deduplication } => (44 | (u64::from(group.0) << 8), u64::from(deduplication.0)),
            What::Undeliverable { cause } => (80, cause as u64),
            What::RateLimited { until } => (81, until.0),
            What::EntryRefused { error } => (82, error as u64),
            What::Replayed => (83, 0),
            What::Fired => (84, 0),
            What::VisibilityChanged { until } => (40, until.0),
            What::DeliveredTwice => (41, 0),
            What::ReceiptExpired => (42, 0),
            What::Refused { why } => (43, why as u64),
            What::Restored => (90, 0),
            What::Lost => (60, 0),
            What::Poisoned => (61, 0),
            What::Duplicated => (62, 0),
            What::FailedOver { until } => (63, until.0),
            What::RowReplaced => (64, 0),
            What::Bounced => (65, 0),
            What::Complained => (66, 0),
            What::Overloaded { overload } => (70, overload as u64),
            What::EventGivenUp { reason } => (71, reason as u64),
            What::LoopStopped => (72, 0),
            What::CircuitOpen => (73, 0),
            What::RowDeleted => (76, 0),
            What::AlreadyDone => (74, 0),
            What::AlreadyInProgress => (75, 0),
            What::TurnedAway { status, error } => (91 | (u64::from(status) << 8), error as u64),
            What::FoundInCache => (92, 0),
            What::CircuitTurned { circuit } => (93, circuit as u64),
        }
    }
}

/// How many records are kept. At 40 bytes each this is about 10 MB.
pub const CAPACITY: usize = 1 << 18;

#[derive(Clone, Debug)]
pub struct Journal {
    records: Ring<Record>,
    hash: u64,
    /// What was done by hand, in words.
    actions: Vec<String>,
}

/// Something done by hand, in words: in English for the hash, which is the same whatever people speak, and as people read it.
pub struct Told {
    english: String,
    shown: String,
}

impl Told {
    pub fn new(words: impl Fn() -> String) -> Told {
        Told { english: in_english(&words), shown: words() }
    }
}

impl Default for Journal {
    fn default() -> Self {
        Journal { records: Ring::new(CAPACITY), hash: 0xE7E4_7942_1D00_0001, actions: Vec::new() }
    }
}

impl Journal {
    // Where the record is made its kind is known, and what is only now being put together is not read again at once.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn push(&mut self, record: Record) {
        let (kind, value) = record.what.numbers();
        let place =
            (u64::from(record.node.0) << 32) | record.edge.map_or(u64::from(u32::MAX), |edge| u64::from(edge.0));
        let subject = (u64::from(record.message) << 32) | u64::from(record.trace);
        // Three multiplications a record: each field enters through its own odd constant and rotation.
        let words = record.time.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ place.wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(17)
            ^ subject.wrapping_mul(0x1656_67B1_9E37_79F9).rotate_left(31)
            ^ kind.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(47);
        self.hash = mix(self.hash ^ words, value);
        self.records.push(record);
    }

    /// Keeps the words of something done by hand and gives its number for [`What::Acted`].
    pub fn add_action(&mut self, told: Told) -> u32 {
        self.hash = told.english.bytes().fold(self.hash, |hash, byte| mix(hash, u64::from(byte)));
        self.actions.push(told.shown);
        self.actions.len() as u32 - 1
    }

    /// The words of what was done by hand last.
    pub fn last_action(&self) -> &str {
        self.actions.last().map_or("", String::as_str)
    }

    /// Forgets all but the latest records: at least this many stay.
    pub fn shorten(&mut self, kept: usize) {
        self.records.shorten(kept);
    }

    pub fn action(&self, number: u32) -> &str {
        self.actions.get(number as usize).map_or("", String::as_str)
    }

    /// How many records there ever were: the number that the next one gets.
    pub fn count(&self) -> u64 {
        self.records.count()
    }

    /// The number of the oldest record still kept.
    pub fn first_kept(&self) -> u64 {
        self.records.first_kept()
    }

    pub fn get(&self, number: u64) -> Option<&Record> {
        self.records.get(number)
    }

    /// Number and record of everything from record `number` on, as far as it is kept.
    pub fn since(&self, number: u64) -> impl DoubleEndedIterator<Item = (u64, &Record)> {
        let first = number.max(self.first_kept());
        (first..self.count().max(first)).filter_map(|number| Some((number, self.get(number)?)))
    }

    /// Over every record there ever was, as 16 hexadecimal digits.
    pub fn hash(&self) -> String {
        format!("{:016x}", self.hash)
    }
}

/// Keeps `Reason` and its words next to each other in one place for the log.
impl Ending {
    pub fn words(self) -> String {
        match self {
            Ending::Processed => tr!("processed").to_string(),
            Ending::Filtered => tr!("filtered out").to_string(),
            Ending::Expired => tr!("expired").to_string(),
            Ending::Redriven => tr!("redriven as a new message").to_string(),
            Ending::Dropped(reason) => tr!("dropped: {}", Reason::words(reason)),
        }
    }
}
