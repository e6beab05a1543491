//! The database, relational, as Amazon Aurora: statements hold a connection while they run, and the rows stay.

use super::call::{CallId, Operation};
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Trace};
use super::payload::PayloadId;
use super::world::{Context, Event, World};
use crate::diagram::settings::DatabaseSettings;
use crate::diagram::{NodeIndex, NodeSettings, Plan};
use crate::kernel::{Deadlines, Key, Pool, Sampler, Time};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::collections::VecDeque;

/// How many rows of a table are kept for showing; all of them are counted.
const REMEMBERED: usize = 200;
/// How many keys are remembered, to find duplicates and answer reads. Older ones are forgotten, so that memory does not
/// grow with time.
const REMEMBERED_KEYS: usize = 200_000;

const TIMER_DONE: u8 = 0;
const TIMER_CONNECTION: u8 = 1;

#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub time: Time,
    pub trace: Trace,
    pub key: PayloadId,
    pub row: PayloadId,
    pub duplicate: bool,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: PayloadId,
    /// Newest last.
    pub rows: VecDeque<Row>,
    pub total: u64,
    pub duplicates: u64,
}

/// Table, key, and the trace where the key differs for every request.
type RowKey = (PayloadId, PayloadId, Trace);

#[derive(Clone, Copy, Debug)]
struct Statement {
    call: CallId,
    message: MessageId,
    operation: Operation,
    running: bool,
}

#[derive(Clone, Debug)]
pub struct Database {
    settings: DatabaseSettings,
    duration: Sampler,
    statements: Pool<Statement>,
    waiting: VecDeque<Key>,
    deadlines: Deadlines,
    pub running: usize,
    pub tables: Vec<Table>,
    keys: FxHashMap<RowKey, PayloadId>,
    key_order: VecDeque<RowKey>,
    pub finished: u64,
    pub failures: u64,
    refused: PayloadId,
}

impl Database {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Database(settings) = &plan.node(node).settings else { return None };
        Some(Database {
            settings: settings.clone(),
            duration: Sampler::new(&settings.duration),
            statements: Pool::default(),
            waiting: VecDeque::new(),
            deadlines: Deadlines::default(),
            running: 0,
            tables: Vec::new(),
            keys: FxHashMap::default(),
            key_order: VecDeque::new(),
            finished: 0,
            failures: 0,
            refused: world.payloads.intern(json!({ "message": "remaining connection slots are reserved" })),
        })
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        if let NodeSettings::Database(settings) = &plan.node(node).settings {
            self.settings = settings.clone();
            self.duration = Sampler::new(&settings.duration);
        }
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                context.take_reply(call);
            }
            Event::Timer { tag: TIMER_DONE, token } => self.done(Key::from_number(token), context),
            Event::Timer { .. } => self.give_up_waiting(context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        if !matches!(call.operation, Operation::Write { .. } | Operation::Read { .. }) {
            context.reply(id, Status::Http(400), PayloadId::NULL, call.message);
            return;
        }
        let Some(message) = context.take_message(id) else { return };
        let key = self.statements.add(Statement { call: id, message, operation: call.operation, running: false });
        if self.running < self.settings.maximum_connections {
            self.run(key, context);
        } else {
            self.waiting.push_back(key);
            let due = self.deadlines.add(context.now() + self.settings.connection_timeout, key.number());
            set(context, due);
        }
    }

    fn run(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(statement) = self.statements.get_mut(key) else { return };
        statement.running = true;
        self.running += 1;
        let duration = context.draw(&self.duration);
        context.timer(duration, TIMER_DONE, key.number());
    }

    fn done(&mut self, key: Key, context: &mut Context<'_>) {
        let Some(statement) = self.statements.remove(key) else { return };
        self.running -= 1;
        if self.settings.failure_rate > 0.0 && context.stream().chance(self.settings.failure_rate) {
            self.failures += 1;
            context.reply(statement.call, Status::Http(500), PayloadId::NULL, Some(statement.message));
        } else {
            self.finished += 1;
            self.commit(statement, context);
        }
        while self.running < self.settings.maximum_connections {
            let Some(next) = self.waiting.pop_front() else { break };
            self.run(next, context);
        }
    }

    fn commit(&mut self, statement: Statement, context: &mut Context<'_>) {
        let message = *context.message(statement.message);
        let mut answer = PayloadId::NULL;
        match statement.operation {
            Operation::Write { table, key, idempotent } => {
                let row_key = (table, key, trace_of(key, message.trace, context.world));
                let known = self.keys.contains_key(&row_key);
                if known && idempotent {
                    context.record(Some(statement.message), What::RowKept);
                } else {
                    context.record(Some(statement.message), What::RowWritten { duplicate: known });
                    self.insert(row_key, message.payload, message.trace, known, context.now());
                }
            }
            Operation::Read { table, key, otherwise } => {
                let row_key = (table, key, trace_of(key, message.trace, context.world));
                let row = self.keys.get(&row_key).copied();
                context.record(Some(statement.message), What::RowRead { found: row.is_some() });
                answer = row.unwrap_or(otherwise);
            }
            _ => {}
        }
        context.end(statement.message, Ending::Processed);
        context.reply(statement.call, Status::OK, answer, None);
    }

    fn insert(&mut self, key: RowKey, row: PayloadId, trace: Trace, duplicate: bool, now: Time) {
        let position = match self.tables.iter().position(|table| table.name == key.0) {
            Some(position) => position,
            None => {
                self.tables.push(Table { name: key.0, rows: VecDeque::new(), total: 0, duplicates: 0 });
                self.tables.len() - 1
            }
        };
        let table = &mut self.tables[position];
        table.total += 1;
        table.duplicates += u64::from(duplicate);
        table.rows.push_back(Row { time: now, trace, key: key.1, row, duplicate });
        if table.rows.len() > REMEMBERED {
            table.rows.pop_front();
        }
        if self.keys.insert(key, row).is_none() {
            self.key_order.push_back(key);
            if self.key_order.len() > REMEMBERED_KEYS
                && let Some(oldest) = self.key_order.pop_front()
            {
                self.keys.remove(&oldest);
            }
        }
    }

    fn give_up_waiting(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        while let Some(due) = self.deadlines.next_due(now) {
            let key = Key::from_number(due);
            if self.statements.get(key).is_some_and(|statement| !statement.running) {
                self.waiting.retain(|waiting| *waiting != key);
                if let Some(statement) = self.statements.remove(key) {
                    self.failures += 1;
                    context.reply(statement.call, Status::UNAVAILABLE, self.refused, Some(statement.message));
                }
            }
        }
        let statements = &self.statements;
        let due = self
            .deadlines
            .rearm(now, |due| statements.get(Key::from_number(due)).is_some_and(|statement| !statement.running));
        set(context, due);
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.statements.iter().for_each(|(_, statement)| visit(statement.message));
    }

    pub fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    pub fn maximum_connections(&self) -> usize {
        self.settings.maximum_connections
    }

    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.total).sum()
    }

    pub fn duplicates(&self) -> u64 {
        self.tables.iter().map(|table| table.duplicates).sum()
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
