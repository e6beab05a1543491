//! Looks at the services and makes views of them.

use super::Simulation;
use super::render::pretty;
use super::view::*;
use crate::diagram::settings::Engine;
use crate::diagram::{NodeIndex, NodeSettings};
use crate::kernel::Time;
use crate::services::{
    Bus, Cause, Circuit, Client, EntryState, Function, Mapping, Message, MessageId, PayloadId, PollerState, Queue,
    Reason, Receiver, Receivers, Service, What,
};

/// How many messages of a list are shown; all of them are counted.
const SHOWN: usize = 25;

pub(super) fn latency(client: &Client) -> LatencyView {
    let histogram = &client.latency;
    LatencyView {
        p50: histogram.value_at_quantile(0.5),
        p95: histogram.value_at_quantile(0.95),
        p99: histogram.value_at_quantile(0.99),
        max: histogram.max(),
        count: histogram.len(),
    }
}

impl Simulation {
    /// A node in a few numbers.
    pub fn glance(&self, node: NodeIndex) -> Glance {
        let now = self.now();
        match self.service(node) {
            Service::Client(it) => {
                Glance::Client { waiting: it.waiting(), succeeded: it.counts.succeeded, failed: it.counts.failed }
            }
            Service::Gateway(it) => Glance::Gateway {
                tokens: it.stage.level(now) as u64,
                burst: it.stage.burst(),
                waiting: it.waiting_count(),
                rejected: it.rejected,
            },
            Service::Function(it) => {
                let starting = it.invocations().filter(|invocation| invocation.ready > now).count() as u64;
                Glance::Function {
                    starting,
                    running: it.concurrent() - starting,
                    idle: it.idle(now).count() as u64 + it.provisioned(now).1,
                    provisioned: it.provisioned(now).0,
                    limit: it.limit(),
                    queued: it.queued_count() as u64,
                    throttles: it.counts.throttles,
                    errors: it.counts.errors,
                }
            }
            Service::Queue(it) => Glance::Queue {
                visible: it.visible_count() as u64,
                delayed: it.delayed_count() as u64,
                in_flight: it.in_flight_count() as u64,
                dead_letter_queue: it.is_dead_letter_queue(),
            },
            Service::Topic(it) => Glance::Topic { published: it.published, retrying: it.receivers.totals().retrying },
            Service::Bus(it) => Glance::Bus { events: it.events, unmatched: it.unmatched },
            Service::Rule(it) => Glance::Rule {
                matched: it.matched,
                retrying: it.receivers.totals().retrying,
                enabled: self.rule_enabled(node),
            },
            Service::Database(it) => Glance::Database {
                rows: it.rows(),
                duplicates: it.duplicates(),
                connections: it.connections() as u64,
                maximum: it.maximum_connections() as u64,
                waiting: it.waiting_count() as u64,
            },
            Service::Mailer(it) => Glance::Mailer { sent: it.requests - it.failures },
            Service::Endpoint(it) => Glance::Endpoint { requests: it.requests, failures: it.failures },
            Service::Other => Glance::Other,
            Service::Mapping(_) => Glance::Endpoint { requests: 0, failures: 0 },
        }
    }

    /// The message that a function began to work on last.
    pub fn latest_message(&self, node: NodeIndex) -> Option<serde_json::Value> {
        match self.service(node) {
            Service::Function(it) if it.latest != PayloadId::NULL => {
                Some(self.world.payloads.get(it.latest).value.clone())
            }
            _ => None,
        }
    }

    fn rule_enabled(&self, node: NodeIndex) -> bool {
        matches!(&self.plan.node(node).settings, NodeSettings::Rule(rule) if rule.enabled)
    }

    /// Everything worth seeing of one node.
    pub fn view(&self, node: NodeIndex) -> NodeView {
        match self.service(node) {
            Service::Client(it) => NodeView::Client(self.view_client(it)),
            Service::Gateway(it) => NodeView::Gateway(self.view_gateway(it)),
            Service::Function(it) => NodeView::Function(self.view_function(node, it)),
            Service::Queue(it) => NodeView::Queue(self.view_queue(it)),
            Service::Topic(it) => NodeView::Topic(TopicView {
                published: it.published,
                throttled: it.throttled,
                duplicates: it.duplicates,
                subscriptions: view_receivers(&it.receivers),
                recent: it.recent.iter().rev().map(|message| self.show(message, None)).collect(),
            }),
            Service::Bus(it) => NodeView::Bus(self.view_bus(it)),
            Service::Rule(it) => NodeView::Rule(RuleView {
                pattern: self.setting_text(node, "EventPattern"),
                enabled: self.rule_enabled(node),
                matched: it.matched,
                schedule: match &self.plan.node(node).settings {
                    NodeSettings::Rule(rule) if rule.schedule.is_some() => {
                        self.setting_text(node, "ScheduleExpression").trim_matches('"').to_string()
                    }
                    _ => String::new(),
                },
                next: it.next,
                fired: it.fired,
                targets: view_receivers(&it.receivers),
            }),
            Service::Database(it) => NodeView::Database(DatabaseView {
                tables: it
                    .tables()
                    .iter()
                    .map(|table| TableView {
                        name: self.filled_text(table.name, 0),
                        total: table.total,
                        duplicates: table.duplicates,
                        rows: table
                            .rows
                            .iter()
                            .rev()
                            .take(SHOWN)
                            .map(|row| RowView {
                                time: row.time,
                                trace: row.trace,
                                key: self.filled_text(row.key, row.trace),
                                row: self.filled_text(row.row, row.trace),
                                duplicate: row.duplicate,
                            })
                            .collect(),
                    })
                    .collect(),
                key_value: it.engine() == Engine::KeyValue,
                connections: it.connections() as u64,
                maximum: it.maximum_connections() as u64,
                waiting: it.waiting_count() as u64,
                statements: it.finished,
                failures: it.failures,
                throttles: it.throttles,
                outbox: it.outbox().take(SHOWN).map(|event| self.show_held(event, None)).collect(),
                outbox_count: it.outbox_count() as u64,
            }),
            Service::Mailer(it) => NodeView::Mailer(MailerView {
                sent: it.requests - it.failures,
                failures: it.failures,
                throttles: it.throttles,
                bounces: it.bounces,
                complaints: it.complaints,
                outbox: it
                    .outbox
                    .iter()
                    .rev()
                    .take(SHOWN)
                    .map(|mail| MailView {
                        time: mail.time,
                        trace: mail.message.trace,
                        recipient: self.filled_text(mail.recipient, mail.message.trace),
                        subject: self.filled_text(mail.subject, mail.message.trace),
                        body: match self.body(&mail.message) {
                            serde_json::Value::String(text) => text,
                            other => pretty(&other),
                        },
                    })
                    .collect(),
            }),
            Service::Endpoint(it) => NodeView::Endpoint(EndpointView { requests: it.requests, failures: it.failures }),
            Service::Other => NodeView::Other,
            Service::Mapping(_) => NodeView::Endpoint(EndpointView { requests: 0, failures: 0 }),
        }
    }

    fn setting_text(&self, node: NodeIndex, name: &str) -> String {
        let id = self.plan.node(node).id;
        self.document.node(id).and_then(|node| node.settings.get(name)).map_or(String::new(), pretty)
    }

    fn show(&self, message: &Message, due: Option<Time>) -> MessageView {
        MessageView {
            serial: message.serial,
            trace: message.trace,
            request_id: self.request_id(message.trace),
            body: pretty(&self.body(message)),
            attributes: self.attributes(message),
            group: self.label(message, message.group),
            deduplication: self.label(message, message.deduplication),
            attempt: message.attempt,
            receive_count: message.receive_count,
            created: message.created,
            due,
        }
    }

    fn show_held(&self, message: MessageId, due: Option<Time>) -> MessageView {
        self.show(self.world.messages.get(message), due)
    }

    fn view_bus(&self, bus: &Bus) -> BusView {
        let rules = view_receivers(&bus.receivers).into_iter().zip(&bus.rules);
        let (events, bytes) = bus.archive.size();
        let archived = bus.archive.archived;
        BusView {
            events: bus.events,
            unmatched: bus.unmatched,
            throttled: bus.throttled,
            refused: bus.refused,
            archive: (bus.has_archive() || archived > 0).then_some(ArchiveView { events, bytes, archived }),
            replays: bus
                .replays
                .iter()
                .rev()
                .take(SHOWN)
                .map(|replay| ReplayView {
                    name: replay.name(),
                    state: replay.state,
                    start: replay.start,
                    end: replay.end,
                    reached: replay.reached,
                    replayed: replay.replayed,
                })
                .collect(),
            rules: rules
                .map(|(view, rule)| DeliveryView {
                    enabled: rule.enabled,
                    delivered: rule.matched,
                    filtered: rule.left,
                    ..view
                })
                .collect(),
            recent: bus.recent.iter().rev().map(|event| self.show(event, None)).collect(),
        }
    }

    fn view_client(&self, client: &Client) -> ClientView {
        ClientView {
            sent: client.counts.sent,
            succeeded: client.counts.succeeded,
            failed: client.counts.failed,
            timed_out: client.counts.timed_out,
            waiting: client.waiting(),
            retries: client.counts.retries,
            latency: latency(client),
            circuit: client.breaker.map(|breaker| CircuitView {
                circuit: breaker.circuit,
                opened: breaker.opened,
                refused: breaker.refused,
                until: (breaker.circuit == Circuit::Open).then_some(breaker.until),
            }),
            preflights: client.counts.preflights,
            blocked: client.counts.blocked,
            recent: client
                .recent
                .iter()
                .rev()
                .take(SHOWN)
                .map(|exchange| ExchangeView {
                    trace: exchange.trace,
                    request_id: self.request_id(exchange.trace),
                    sent: exchange.sent,
                    attempt: exchange.attempt,
                    status: exchange.status,
                    latency: exchange.latency,
                    request: self.payload_text(exchange.request, exchange.trace),
                    answer: self.payload_text(exchange.answer, exchange.trace),
                    progress: exchange.progress.map(|answer| match exchange.reached {
                        Some(after) => tr!(
                            "asked {asked} times; done after {milliseconds} ms: {answer}",
                            asked = exchange.asked,
                            milliseconds = after / 1_000,
                            answer = self.filled_text(answer, exchange.trace)
                        ),
                        None => tr!(
                            "asked {asked} times: {answer}",
                            asked = exchange.asked,
                            answer = self.filled_text(answer, exchange.trace)
                        ),
                    }),
                })
                .collect(),
        }
    }

    fn view_function(&self, node: NodeIndex, function: &Function) -> FunctionView {
        let now = self.now();
        let working = function.invocations().map(|invocation| SlotView {
            state: if invocation.ready > now { SlotState::Starting } else { SlotState::Running },
            since: if invocation.ready > now { invocation.started } else { invocation.ready },
            trace: invocation.trace,
            records: invocation.records,
        });
        let idle =
            function.idle(now).map(|freed| SlotView { state: SlotState::Idle, since: freed, trace: 0, records: 0 });
        let (provisioned, ready) = function.provisioned(now);
        let waiting = (0..ready.min(SHOWN as u64)).map(|_| SlotView {
            state: SlotState::Provisioned,
            since: now,
            trace: 0,
            records: 0,
        });
        let mappings = self.services.of_plan(&self.plan).filter_map(|service| match service {
            Service::Mapping(mapping) if self.plan.edge(mapping.edge).to == node => Some(view_mapping(mapping)),
            _ => None,
        });
        FunctionView {
            slots: working.chain(waiting).chain(idle).take(SHOWN * 2).collect(),
            limit: function.limit(),
            provisioned,
            invocations: function.counts.invocations,
            errors: function.counts.errors,
            timeouts: function.counts.timeouts,
            throttles: function.counts.throttles,
            cold_starts: function.counts.cold_starts,
            concurrent_max: function.counts.concurrent_max,
            billed: function.counts.billed,
            queued: function
                .queued()
                .take(SHOWN)
                .map(|event| self.show_held(event.message, Some(event.next)))
                .collect(),
            queued_count: function.queued_count() as u64,
            destinations: function
                .destinations()
                .iter()
                .map(|destination| DestinationView {
                    edge: destination.edge,
                    to: destination.to,
                    delivered: destination.delivered,
                    failed: destination.failed,
                })
                .collect(),
            mappings: mappings.collect(),
        }
    }

    /// How much of the account's unreserved concurrency is used.
    pub fn account(&self) -> AccountView {
        let account = self.world.account;
        AccountView { running: account.running, running_max: account.running_max, limit: account.unreserved }
    }

    fn view_queue(&self, queue: &Queue) -> QueueView {
        let (mut visible, mut in_flight, mut delayed) = (Vec::new(), Vec::new(), Vec::new());
        let mut oldest = self.now();
        for entry in queue.entries() {
            let message = self.world.messages.get(entry.message);
            oldest = oldest.min(queue.age_counts_from(entry, message).unwrap_or(oldest));
            let (list, due) = match entry.state {
                EntryState::Visible => (&mut visible, None),
                EntryState::InFlight { until } => (&mut in_flight, Some(until)),
                EntryState::Delayed { until } => (&mut delayed, Some(until)),
            };
            if list.len() < SHOWN {
                list.push(self.show_held(entry.message, due));
            }
        }
        QueueView {
            visible,
            in_flight,
            delayed,
            visible_count: queue.visible_count() as u64,
            in_flight_count: queue.in_flight_count() as u64,
            delayed_count: queue.delayed_count() as u64,
            oldest_age: self.now().since(oldest),
            sent: queue.counts.sent,
            received: queue.counts.received,
            deleted: queue.counts.deleted,
            redelivered: queue.counts.redelivered,
            dead_lettered: queue.counts.dead_lettered,
            expired: queue.counts.expired,
            fifo: queue.is_fifo(),
            blocked: queue.blocked_count() as u64,
            groups: queue.group_count() as u64,
            noisy: queue.noisy_tenants(self.now()) as u64,
            deduplicated: queue.counts.deduplicated,
            throttled: queue.counts.throttled,
            expired_receipts: queue.counts.expired_receipts,
            refused: queue.counts.refused,
            delivered_twice: queue.counts.delivered_twice,
            redriving: queue.is_redriving(),
            dead_letter_queue: queue.is_dead_letter_queue(),
            can_redrive: queue.can_redrive(),
        }
    }

    pub fn headline(&self) -> Headline {
        let mut headline = Headline { success_rate: 1.0, ..Headline::default() };
        let (mut succeeded, mut failed) = (0, 0);
        let mut busiest: Option<&Client> = None;
        let mut oldest = self.now();
        for service in self.services.of_plan(&self.plan) {
            match service {
                Service::Client(client) => {
                    headline.requests += client.counts.sent;
                    succeeded += client.counts.succeeded;
                    failed += client.counts.failed;
                    if busiest.is_none_or(|busiest| busiest.latency.len() < client.latency.len()) {
                        busiest = Some(client);
                    }
                }
                Service::Queue(queue) if !queue.is_dead_letter_queue() => {
                    headline.queue_depth += (queue.visible_count() + queue.delayed_count()) as u64;
                    for entry in queue.stored() {
                        let message = self.world.messages.get(entry.message);
                        oldest = oldest.min(queue.age_counts_from(entry, message).unwrap_or(oldest));
                    }
                }
                Service::Database(database) => headline.duplicates += database.duplicates(),
                _ => {}
            }
        }
        if succeeded + failed > 0 {
            headline.success_rate = succeeded as f64 / (succeeded + failed) as f64;
        }
        headline.latency = busiest.map_or(LatencyView::default(), latency);
        headline.oldest_age = self.now().since(oldest);
        headline.dead_lettered = self.totals().dead_lettered;
        headline.cost = self.cost();
        headline
    }

    /// How many messages were dropped for this reason.
    pub fn dropped(&self, reason: Reason) -> u64 {
        self.totals().dropped[reason as usize]
    }

    /// Whether the journal still has a record of this kind; for tests that wait for something to happen.
    pub fn happened(&self, wanted: impl Fn(What) -> bool) -> bool {
        self.journal().since(0).any(|(_, record)| wanted(record.what))
    }
}

fn view_receivers(receivers: &Receivers) -> Vec<DeliveryView> {
    let view = |receiver: &Receiver| {
        let counts = &receiver.counts;
        let causes = Cause::ALL.into_iter().zip(counts.causes).filter(|(_, count)| *count > 0);
        DeliveryView {
            edge: receiver.edge,
            to: receiver.to,
            enabled: receiver.active,
            delivered: counts.delivered,
            filtered: counts.filtered,
            failed: counts.failed,
            causes: causes.collect(),
            dead_lettered: counts.dead_lettered,
            retrying: counts.retrying,
            waiting: counts.waiting,
        }
    };
    receivers.list.iter().map(view).collect()
}

fn view_mapping(mapping: &Mapping) -> MappingView {
    let count = |wanted: fn(PollerState) -> bool| mapping.pollers().filter(|state| wanted(*state)).count() as u64;
    MappingView {
        edge: mapping.edge,
        queue: mapping.queue_node,
        enabled: mapping.enabled_by_settings(),
        pollers: mapping.pollers().count() as u64,
        polling: count(|state| matches!(state, PollerState::Polling { .. })),
        invoking: count(|state| matches!(state, PollerState::Invoking { .. } | PollerState::Deleting { .. })),
        backing_off: count(|state| matches!(state, PollerState::BackingOff | PollerState::Throttled { .. })),
        polls: mapping.counts.polls,
        empty_polls: mapping.counts.empty_polls,
        filtered: mapping.counts.filtered,
        batches: mapping.counts.batches,
        failed_batches: mapping.counts.failed_batches,
        failed_records: mapping.counts.failed_records,
        throttles: mapping.counts.throttles,
    }
}
