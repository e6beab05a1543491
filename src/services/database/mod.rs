//! The database: relational, as Amazon Aurora, where statements hold a connection while they run; or key-value, as Amazon
//! DynamoDB, where they use up capacity. The rows stay.

pub(super) mod capacity;
pub(super) mod connections;
mod once;
mod rows;

use super::call::{CallId, Operation};
use super::component::Component;
use super::journal::{Limit, StatementError, Status, What};
use super::message::{Ending, Message, MessageId, Trace};
use super::payload::{AttributesId, PayloadId};
use super::service::Level;
use super::world::{Context, Event, World};
use crate::diagram::settings::{DatabaseSettings, Engine};
use crate::diagram::{NodeIndex, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, Pool, Sampler, Time};
use capacity::Capacity;
use connections::{Connection, Connections};
use once::{Marks, Outbox};
use rows::{RowKey, Rows};
use serde_json::json;
use std::collections::VecDeque;

/// An item's size with its names, in bytes: ServiceQuotas of Amazon DynamoDB.
pub const MAXIMUM_ITEM: u64 = 400 * 1_024;

const TIMER_DONE: u8 = 0;
const TIMER_CONNECTION: u8 = 1;
const TIMER_CLOSED: u8 = 2;

#[derive(Clone, Copy, Debug)]
struct Statement {
    call: CallId,
    message: MessageId,
    operation: Operation,
    caller: Component,
    running: bool,
}

/// What a database answers instead of a result.
#[derive(Clone, Copy, Debug)]
struct Answers {
    refused: PayloadId,
    failing_over: PayloadId,
    throttled: PayloadId,
    too_large: PayloadId,
    kept: PayloadId,
}

#[derive(Clone, Debug)]
pub struct Database {
    settings: DatabaseSettings,
    duration: Sampler,
    connect: Sampler,
    statements: Pool<Statement>,
    waiting: VecDeque<Key>,
    deadlines: Deadlines,
    connections: Connections,
    capacity: Capacity,
    rows: Rows,
    marks: Marks,
    outbox: Outbox,
    /// The next time at which an unused connection is closed, where somebody waits for it.
    closing: Option<Time>,
    /// Until when a failover keeps everybody out.
    back_at: Time,
    pub finished: u64,
    pub failures: u64,
    pub throttles: u64,
    /// Connections opened so far.
    pub opened: u64,
    writes: u64,
    answers: Answers,
}

impl Database {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Database(settings) = &plan.node(node).settings else { return None };
        let mut say = |kind: &str, message: &str| world.payloads.intern(json!({ "__type": kind, "message": message }));
        let answers = Answers {
            throttled: say("ThrottlingException", "Throughput exceeds the current capacity of your table or index"),
            too_large: say("ValidationException", "Item size has exceeded the maximum allowed size"),
            kept: say("ConditionalCheckFailedException", "The conditional request failed"),
            refused: world.payloads.intern(json!({ "message": "remaining connection slots are reserved" })),
            failing_over: world.payloads.intern(json!({ "message": "the database system is starting up" })),
        };
        Some(Database {
            settings: settings.clone(),
            duration: Sampler::new(&settings.duration),
            connect: Sampler::new(&settings.connect),
            statements: Pool::default(),
            waiting: VecDeque::new(),
            deadlines: Deadlines::default(),
            connections: Connections::default(),
            capacity: Capacity::default(),
            rows: Rows::default(),
            marks: Marks::default(),
            outbox: Outbox::default(),
            closing: None,
            back_at: Time::ZERO,
            finished: 0,
            failures: 0,
            throttles: 0,
            opened: 0,
            writes: 0,
            answers,
        })
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, now: Time) {
        if let NodeSettings::Database(settings) = &plan.node(node).settings {
            self.count_capacity(now);
            self.settings = settings.clone();
            self.duration = Sampler::new(&settings.duration);
            self.connect = Sampler::new(&settings.connect);
        }
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                context.take_reply(call);
            }
            Event::Timer { tag: TIMER_DONE, token } => self.done(Key::from_number(token), context),
            Event::Timer { tag: TIMER_CLOSED, .. } => {
                self.closing = None;
                self.serve(context);
            }
            Event::Timer { .. } => self.give_up_waiting(context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        match call.operation {
            Operation::Write { .. }
            | Operation::Read { .. }
            | Operation::Claim { .. }
            | Operation::Settle { .. }
            | Operation::TakeEvent { .. } => {}
            // The end of the transaction in which the event was taken.
            Operation::EventDone { event, sent } => {
                if let Some(message) = self.outbox.done(event, sent) {
                    context.end(message, Ending::Processed);
                }
                context.reply(id, Status::OK, PayloadId::NULL, None);
                return;
            }
            _ => {
                context.reply(id, Status::Http(400), PayloadId::NULL, call.message);
                return;
            }
        }
        let Some(message) = context.take_message(id) else { return };
        let statement = Statement { call: id, message, operation: call.operation, caller: call.from, running: false };
        match self.settings.engine {
            Engine::KeyValue => self.request_item(statement, context),
            Engine::Relational => self.request_connection(statement, context),
        }
    }

    fn refuse(&mut self, statement: Statement, why: StatementError, context: &mut Context<'_>) {
        context.record(Some(statement.message), What::StatementFailed { why });
        let (status, answer) = match why {
            StatementError::FailingOver => (Status::UNAVAILABLE, self.answers.failing_over),
            StatementError::NoConnection => (Status::UNAVAILABLE, self.answers.refused),
            StatementError::TooLarge => (Status::Http(400), self.answers.too_large),
            StatementError::Failed => (Status::Http(500), PayloadId::NULL),
        };
        self.hand_back(statement, status, answer, context);
    }

    fn hand_back(&mut self, statement: Statement, status: Status, answer: PayloadId, context: &mut Context<'_>) {
        self.failures += 1;
        context.reply(statement.call, status, answer, Some(statement.message));
    }

    /// Key-value: limits first, then the work.
    fn request_item(&mut self, statement: Statement, context: &mut Context<'_>) {
        let now = context.now();
        let size_of = |payload, context: &Context<'_>| context.world.payloads.get(payload).text.len() as u64;
        let key = self.key_of(&statement, context);
        let admitted = match statement.operation {
            Operation::Write { .. } | Operation::Claim { .. } | Operation::Settle { .. } => {
                let size = size_of(context.message(statement.message).payload, context);
                if size > MAXIMUM_ITEM {
                    self.refuse(statement, StatementError::TooLarge, context);
                    return;
                }
                self.capacity.write(size, key, now)
            }
            _ => {
                let size = self.rows.get(&key).map_or(0, |row| size_of(row, context));
                self.capacity.read(size, self.settings.consistent_read, key, now)
            }
        };
        if admitted {
            let key = self.statements.add(Statement { running: true, ..statement });
            self.connections.running += 1;
            let duration = context.draw(&self.duration);
            context.timer(duration, TIMER_DONE, key.number());
        } else {
            self.throttles += 1;
            context.record(Some(statement.message), What::Throttled { limit: Limit::Capacity });
            self.hand_back(statement, Status::THROTTLED, self.answers.throttled, context);
        }
    }

    /// Relational: a connection first, or a place in the line for one.
    fn request_connection(&mut self, statement: Statement, context: &mut Context<'_>) {
        let now = context.now();
        if now < self.back_at {
            self.refuse(statement, StatementError::FailingOver, context);
            return;
        }
        let key = self.statements.add(statement);
        if self.run(key, context) {
            return;
        }
        self.waiting.push_back(key);
        let due = self.deadlines.add(now + self.settings.connection_timeout, key.number());
        set(context, due);
        self.watch_unused(context);
    }

    /// Runs a statement if there is a connection for it.
    fn run(&mut self, key: Key, context: &mut Context<'_>) -> bool {
        let now = context.now();
        self.count_capacity(now);
        let (maximum, keep) = (self.settings.maximum_connections, self.settings.idle_connection);
        let Some(statement) = self.statements.get_mut(key) else { return true };
        let Some(connection) = self.connections.take(statement.caller, maximum, keep, now) else { return false };
        statement.running = true;
        let mut duration = self.connections.turn(self.settings.transactions_per_second, now);
        if connection == Connection::New {
            self.opened += 1;
            duration += context.draw(&self.connect);
        }
        duration += context.draw(&self.duration);
        context.timer(duration, TIMER_DONE, key.number());
        true
    }

    fn count_capacity(&mut self, now: Time) {
        self.connections.count_capacity(self.settings.minimum_capacity, self.settings.maximum_capacity, now);
    }

    fn done(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(statement) = self.statements.remove(key) else { return };
        self.count_capacity(context.now());
        let keep = if self.settings.engine == Engine::Relational { self.settings.idle_connection } else { 0 };
        self.connections.give_back(statement.caller, keep, context.now());
        if self.settings.failure_rate > 0.0 && context.stream().chance(self.settings.failure_rate) {
            self.refuse(statement, StatementError::Failed, context);
        } else {
            self.finished += 1;
            self.commit(statement, context);
        }
        self.serve(context);
    }

    /// Gives connections to those who wait: to the first for whom there is one.
    fn serve(&mut self, context: &mut Context<'_>) {
        let (maximum, keep) = (self.settings.maximum_connections, self.settings.idle_connection);
        while !self.waiting.is_empty() {
            let now = context.now();
            let next = self.waiting.iter().position(|key| {
                let caller = self.statements.get(*key).map(|statement| statement.caller);
                caller.is_none_or(|caller| self.connections.offered(caller, maximum, keep, now).is_some())
            });
            let Some(key) = next.and_then(|place| self.waiting.remove(place)) else { break };
            self.run(key, context);
        }
        self.watch_unused(context);
    }

    /// While somebody waits, a connection that others keep without using it is of use once it is closed.
    fn watch_unused(&mut self, context: &mut Context<'_>) {
        if let (false, None, Some(closed)) =
            (self.waiting.is_empty(), self.closing, self.connections.next_closed(self.settings.idle_connection))
        {
            self.closing = Some(closed);
            context.timer_at(closed, TIMER_CLOSED, 0);
        }
    }

    /// The writer fails and a reader takes its place: statements under way are rolled back, connections are gone, and
    /// nobody gets a new one for a while.
    pub fn fail_over(&mut self, context: &mut Context<'_>) {
        if self.settings.engine == Engine::KeyValue {
            return;
        }
        let now = context.now();
        self.count_capacity(now);
        self.back_at = now + self.settings.failover;
        context.record(None, What::FailedOver { until: self.back_at });
        self.connections.break_off();
        self.waiting.clear();
        let keys: Vec<Key> = self.statements.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(statement) = self.statements.remove(key) {
                self.refuse(statement, StatementError::FailingOver, context);
            }
        }
    }

    fn key_of(&self, statement: &Statement, context: &Context<'_>) -> RowKey {
        let trace = context.message(statement.message).trace;
        match statement.operation {
            Operation::Write { table, key, .. }
            | Operation::Read { table, key, .. }
            | Operation::Claim { table, key, .. }
            | Operation::Settle { table, key, .. } => (table, key, trace_of(key, trace, context.world)),
            _ => (PayloadId::NULL, PayloadId::NULL, 0),
        }
    }

    fn commit(&mut self, statement: Statement, context: &mut Context<'_>) {
        let message = *context.message(statement.message);
        let key = self.key_of(&statement, context);
        let known = self.rows.get(&key);
        let key_value = self.settings.engine == Engine::KeyValue;
        let now = context.now();
        let (mut status, mut answer) = (Status::OK, PayloadId::NULL);
        let what = match statement.operation {
            Operation::Write { idempotent: true, .. } if known.is_some() => {
                if key_value {
                    answer = self.answers.kept;
                }
                What::RowKept
            }
            Operation::Write { event, .. } => {
                self.writes += 1;
                self.rows.put(key, message.payload, message.trace, key_value, now);
                if event != PayloadId::NULL {
                    let event = context.create_from(message.serial, message.trace, event, AttributesId::NONE, 1);
                    self.outbox.put(event, context.message(event).serial);
                }
                match known {
                    Some(_) if key_value => What::RowReplaced,
                    known => What::RowWritten { duplicate: known.is_some() },
                }
            }
            Operation::Read { otherwise, .. } => {
                answer = known.unwrap_or(otherwise);
                What::RowRead { found: known.is_some() }
            }
            Operation::Claim { until, .. } => match self.marks.get(&key, now) {
                Some(record) => {
                    (status, answer) = (Status::Http(409), record);
                    What::RowKept
                }
                None => self.mark(key, message, until, now),
            },
            Operation::Settle { until: Some(until), .. } => self.mark(key, message, until, now),
            Operation::Settle { until: None, .. } => {
                self.writes += 1;
                self.marks.clear(&key);
                self.rows.remove(&key);
                What::RowDeleted
            }
            Operation::TakeEvent { until, .. } => {
                let taken = self.outbox.take(until, now);
                if let (Some((event, serial)), Some(call)) = (taken, context.world.calls.get_mut(statement.call)) {
                    // The answer is about the event's request, not about the relay's own.
                    let event = context.world.messages.get(event);
                    answer = event.payload;
                    call.trace = event.trace;
                    call.operation = Operation::TakeEvent { event: serial, until };
                }
                What::RowRead { found: taken.is_some() }
            }
            _ => What::RowRead { found: false },
        };
        context.record(Some(statement.message), what);
        context.end(statement.message, Ending::Processed);
        context.reply(statement.call, status, answer, None);
    }

    /// Writes an idempotency record.
    fn mark(&mut self, key: RowKey, message: Message, until: Time, now: Time) -> What {
        self.writes += 1;
        self.marks.set(key, message.payload, until);
        let known = self.rows.get(&key).is_some();
        self.rows.put(key, message.payload, message.trace, true, now);
        if known { What::RowReplaced } else { What::RowWritten { duplicate: false } }
    }

    fn give_up_waiting(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.deadlines.next_due(now) {
            let key = Key::from_number(due);
            if self.statements.get(key).is_some_and(|statement| !statement.running) {
                self.waiting.retain(|waiting| *waiting != key);
                if let Some(statement) = self.statements.remove(key) {
                    self.refuse(statement, StatementError::NoConnection, context);
                }
            }
        }
        let statements = &self.statements;
        let due = self
            .deadlines
            .rearm(now, |due| statements.get(Key::from_number(due)).is_some_and(|statement| !statement.running));
        set(context, due);
    }

    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        if self.settings.engine == Engine::KeyValue {
            self.capacity.buckets(visit);
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.statements.iter().for_each(|(_, statement)| visit(statement.message));
        self.outbox.messages().for_each(&mut *visit);
    }

    /// Events of the outbox that wait for a relay.
    pub fn outbox(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.outbox.messages()
    }

    pub fn outbox_count(&self) -> usize {
        self.outbox.len()
    }

    pub fn engine(&self) -> Engine {
        self.settings.engine
    }

    pub fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    /// Connections in use or kept open; statements under way where there are no connections.
    pub fn connections(&self) -> usize {
        self.connections.open()
    }

    pub fn maximum_connections(&self) -> usize {
        match self.settings.engine {
            Engine::Relational => self.settings.maximum_connections,
            Engine::KeyValue => self.capacity.write_capacity() as usize,
        }
    }

    pub fn tables(&self) -> &[rows::Table] {
        &self.rows.tables
    }

    /// How many keys are remembered.
    pub fn known_keys(&self) -> usize {
        self.rows.known_keys()
    }

    pub fn rows(&self) -> u64 {
        self.rows.tables.iter().map(|table| table.total).sum()
    }

    pub fn duplicates(&self) -> u64 {
        self.rows.tables.iter().map(|table| table.duplicates).sum()
    }

    /// Key-value: write and read request units so far.
    pub fn units(&self) -> (f64, f64) {
        self.capacity.units()
    }

    /// Relational: capacity used so far, in ACU-hours.
    pub fn capacity_hours(&self, now: Time) -> f64 {
        self.connections.capacity_hours(self.settings.minimum_capacity, self.settings.maximum_capacity, now)
    }

    /// Rows written, each at least one write to the storage.
    pub fn writes(&self) -> u64 {
        self.writes
    }
}

/// A key that differs for every request belongs to its trace.
fn trace_of(key: PayloadId, trace: Trace, world: &World) -> Trace {
    if world.payloads.get(key).symbolic { trace } else { 0 }
}

fn set(context: &mut Context<'_>, due: Option<Time>) {
    if let Some(due) = due {
        context.timer_at(due, TIMER_CONNECTION, 0);
    }
}
