//! The business ledger: what the clients were promised, against what has come of it in databases and mailers. This is
//! what an outage means to the owner.
//!
//! - A client's request is **taken** once the client has an answer that is a success.
//! - What is **expected** of it in a database or mailer is what the same request leaves there when the design, as it is
//!   at that moment, runs it alone and nothing goes wrong (`expected.rs`).
//! - What is there counts for the request that it was written for: the journal's records carry the request's number. A
//!   row that was there already (idempotent), or an item that replaces one of the same key, counts as there, but never
//!   as more than expected; any other row or e-mail beyond what is expected is a **duplicate**.
//! - It is **late** if the last of what is expected came more than the threshold after the client had sent the request,
//!   **pending** if it is not there yet and the threshold has not passed, and otherwise **missing**. What is missing can
//!   still come; then it is late.
//! - Rows and e-mails of a request that the client was told had failed are **unasked**: the customer sees them, and may
//!   well try again.
//!
//! The latest requests are remembered one by one, so that another threshold judges them anew; older ones are only counted,
//! as they stood when they were forgotten.

mod expected;

use super::Simulation;
use crate::diagram::{NodeIndex, NodeKind};
use crate::kernel::{SECOND, Time};
use crate::services::{PayloadId, Trace, What};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::VecDeque;
use uuid::Uuid;

/// How many requests are remembered one by one.
const REMEMBERED: usize = 1 << 16;
/// After this many different payloads a client's first one stands for all others.
const MOST_EXPECTATIONS: usize = 256;
/// What counts as late unless somebody says otherwise, in microseconds: a minute.
pub const LATE_AFTER: u64 = 60 * SECOND;
const NOT_YET: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Not of a client.
    None,
    Open,
    Taken,
    Failed,
}

#[derive(Clone, Copy, Debug)]
struct Account {
    sent: Time,
    standing: Standing,
    /// A place in `expectations`.
    expectation: u16,
}

/// What is there of one request in one column.
#[derive(Clone, Copy, Debug)]
struct Cell {
    count: u8,
    /// Milliseconds from the request to the last of what is expected.
    after: u32,
}

const EMPTY: Cell = Cell { count: 0, after: NOT_YET };

/// What requests like one leave in each column.
#[derive(Clone, Debug)]
struct Expectation {
    client: NodeIndex,
    payload: PayloadId,
    counts: Vec<u8>,
    /// Whether it is for the design as it is.
    current: bool,
}

/// Requests that are not remembered one by one any longer.
#[derive(Clone, Copy, Debug, Default)]
struct Settled {
    requests: u64,
    taken: u64,
    failed: u64,
    whole: u64,
}

#[derive(Clone, Debug)]
pub struct Ledger {
    /// [`Ledger::follow`]: called through the ledger, so that a browser needs it only where one is kept.
    follow: fn(&mut Ledger, &Simulation),
    /// Up to where the journal was read.
    cursor: u64,
    columns: Vec<Column>,
    first: Trace,
    accounts: VecDeque<Account>,
    /// One for each account and column.
    cells: VecDeque<Cell>,
    expectations: Vec<Expectation>,
    known: FxHashMap<(NodeIndex, PayloadId), u16>,
    settled: Settled,
    /// Rows and e-mails of requests that are forgotten.
    unattributed: u64,
    /// Whether records were forgotten before they were read.
    missed: bool,
    late_after: u64,
}

/// A database or mailer, and what is settled there.
#[derive(Clone, Copy, Debug)]
struct Column {
    node: NodeIndex,
    id: Uuid,
    settled: Entries,
}

/// What the requests of a ledger come to in one database or mailer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entries {
    /// Rows or e-mails that the requests taken stand for.
    pub expected: u64,
    /// Of these, there in time and there too late.
    pub on_time: u64,
    pub late: u64,
    /// Of these, not there: yet, or for longer than the threshold.
    pub pending: u64,
    pub missing: u64,
    /// More than expected.
    pub duplicates: u64,
    /// Of requests that the client was told had failed.
    pub unasked: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerColumn {
    #[serde(skip)]
    pub node: Option<NodeIndex>,
    pub name: String,
    /// `rows` or `e-mails`.
    pub unit: &'static str,
    #[serde(flatten)]
    pub entries: Entries,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerView {
    /// What counts as late, in microseconds after the client sent the request.
    pub late_after_us: u64,
    pub requests: u64,
    /// Answered with success, answered with a failure, and not answered yet.
    pub taken: u64,
    pub failed: u64,
    pub open: u64,
    /// Of those taken: everything that is expected is there, once.
    pub whole: u64,
    pub columns: Vec<LedgerColumn>,
    /// Rows and e-mails of requests that are older than the ledger remembers.
    pub unattributed: u64,
    /// Whether something happened too fast to be read.
    pub missed: bool,
}

/// In what a request falls short of what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    Late,
    Pending,
    Missing,
    Duplicate,
    Unasked,
}

impl Simulation {
    /// The latest requests with this shortfall in a database or mailer, newest first, at most `count`; those that are
    /// not remembered one by one are left out.
    pub fn shortfalls(&self, node: NodeIndex, shortfall: Shortfall, count: usize) -> Vec<Trace> {
        self.ledger.as_ref().map_or(Vec::new(), |ledger| ledger.shortfalls(self.now(), node, shortfall, count))
    }

    /// Keeps a ledger from now on. It follows the journal and changes nothing of what happens.
    pub fn keep_ledger(&mut self) {
        if self.ledger.is_none() {
            let mut ledger = Ledger::new(self);
            ledger.follow(self);
            self.ledger = Some(Box::new(ledger));
        }
    }

    /// The ledger as it stands; `None` where none is kept.
    pub fn ledger(&self) -> Option<LedgerView> {
        Some(self.ledger.as_ref()?.view(self))
    }

    /// What counts as late from now on, in microseconds.
    pub fn set_late_after(&mut self, late_after: u64) {
        if let Some(ledger) = &mut self.ledger {
            ledger.late_after = late_after;
        }
    }

    /// What counts as late, where a ledger is kept.
    pub(super) fn late_after(&self) -> Option<u64> {
        Some(self.ledger.as_ref()?.late_after)
    }

    /// About how many bytes the ledger takes.
    pub(super) fn ledger_weight(&self) -> usize {
        self.ledger
            .as_ref()
            .map_or(0, |it| it.accounts.len() * size_of::<Account>() + it.cells.len() * size_of::<Cell>())
    }

    /// Reads what the journal has more.
    pub(super) fn write_ledger(&mut self) {
        if let Some(mut ledger) = self.ledger.take() {
            (ledger.follow)(&mut ledger, self);
            self.ledger = Some(ledger);
        }
    }

    /// The design is about to change: what is expected of later requests has to be found out anew.
    pub(super) fn close_expectations(&mut self) {
        self.write_ledger();
        if let Some(ledger) = &mut self.ledger {
            ledger.known.clear();
            ledger.expectations.iter_mut().for_each(|it| it.current = false);
        }
    }
}

impl Ledger {
    fn new(simulation: &Simulation) -> Ledger {
        Ledger {
            follow: Ledger::follow,
            cursor: simulation.journal().first_kept(),
            columns: Vec::new(),
            first: 1,
            accounts: VecDeque::new(),
            cells: VecDeque::new(),
            expectations: Vec::new(),
            known: FxHashMap::default(),
            settled: Settled::default(),
            unattributed: 0,
            missed: simulation.journal().first_kept() > 0,
            late_after: LATE_AFTER,
        }
    }

    fn follow(&mut self, simulation: &Simulation) {
        let journal = simulation.journal();
        if journal.count() == self.cursor {
            return;
        }
        self.missed |= self.cursor < journal.first_kept();
        self.find_columns(simulation);
        for (_, record) in journal.since(self.cursor) {
            match record.what {
                What::Created { payload, from: 0, .. } => self.sent(simulation, record.trace, record.node, payload),
                What::Answered { status, .. } => {
                    self.sent(simulation, record.trace, record.node, PayloadId::NULL);
                    if let Some(account) = self.account(record.trace) {
                        account.standing = if status.is_success() { Standing::Taken } else { Standing::Failed };
                    }
                }
                What::RowWritten { .. } | What::Mailed => self.enter(record.trace, record.node, record.time, true),
                What::RowKept | What::RowReplaced => self.enter(record.trace, record.node, record.time, false),
                What::RowDeleted => self.take_out(record.trace, record.node),
                _ => {}
            }
        }
        self.cursor = journal.count();
    }

    /// Databases and mailers that are new get a column; what was removed keeps its own.
    fn find_columns(&mut self, simulation: &Simulation) {
        let before = self.columns.len();
        for node in simulation.plan.node_indices() {
            let planned = simulation.plan.node(node);
            let counts = matches!(planned.kind, NodeKind::Database | NodeKind::Mailer);
            if counts && !self.columns.iter().any(|column| column.node == node) {
                self.columns.push(Column { node, id: planned.id, settled: Entries::default() });
            }
        }
        let after = self.columns.len();
        if before == after {
            return;
        }
        let old = std::mem::take(&mut self.cells);
        let mut old = old.into_iter();
        for _ in 0..self.accounts.len() {
            self.cells.extend(old.by_ref().take(before));
            self.cells.extend(std::iter::repeat_n(EMPTY, after - before));
        }
        for expectation in &mut self.expectations {
            expectation.counts.resize(after, 0);
        }
    }

    fn account(&mut self, trace: Trace) -> Option<&mut Account> {
        self.accounts.get_mut(trace.checked_sub(self.first)? as usize)
    }

    /// A client sends a request, or something of it.
    fn sent(&mut self, simulation: &Simulation, trace: Trace, node: NodeIndex, payload: PayloadId) {
        let of_client = simulation.plan.node(node).kind == NodeKind::Client;
        if trace == 0 || trace < self.first || !of_client {
            return;
        }
        let place = (trace - self.first) as usize;
        while self.accounts.len() <= place {
            let account = Account { sent: Time::ZERO, standing: Standing::None, expectation: u16::MAX };
            self.accounts.push_back(account);
            self.cells.extend(std::iter::repeat_n(EMPTY, self.columns.len()));
        }
        let known = self.accounts[place];
        if known.standing == Standing::None {
            let started = simulation.world.trace_info(trace).map_or(simulation.now(), |info| info.started);
            self.accounts[place].sent = started;
            self.accounts[place].standing = Standing::Open;
        }
        // A preflight request has no body; the request itself may follow.
        if known.expectation == u16::MAX && payload != PayloadId::NULL {
            self.accounts[place].expectation = self.expect(simulation, node, payload);
        }
        while self.accounts.len() > REMEMBERED {
            self.settle();
        }
    }

    /// The place of what is expected of a request with this payload.
    fn expect(&mut self, simulation: &Simulation, client: NodeIndex, payload: PayloadId) -> u16 {
        if let Some(known) = self.known.get(&(client, payload)) {
            return *known;
        }
        let current = |it: &Expectation| it.current && it.client == client;
        let place = if self.expectations.len() >= MOST_EXPECTATIONS
            && let Some(place) = self.expectations.iter().rposition(current)
        {
            place as u16
        } else {
            let ids: Vec<Uuid> = self.columns.iter().map(|column| column.id).collect();
            let counts = expected::of_request(simulation, client, payload, &ids);
            let same = |it: &Expectation| it.current && it.client == client && it.payload == payload;
            debug_assert!(!self.expectations.iter().any(same));
            self.expectations.push(Expectation { client, payload, counts, current: true });
            (self.expectations.len() - 1).min(usize::from(u16::MAX - 1)) as u16
        };
        self.known.insert((client, payload), place);
        place
    }

    fn expected(&self, account: &Account, column: usize) -> u8 {
        let expectation = self.expectations.get(usize::from(account.expectation));
        expectation.and_then(|it| it.counts.get(column)).copied().unwrap_or(0)
    }

    /// Something was written for a request. What was there already counts up to what is expected.
    fn enter(&mut self, trace: Trace, node: NodeIndex, time: Time, new: bool) {
        let Some(column) = self.columns.iter().position(|column| column.node == node) else { return };
        let Some(place) = trace.checked_sub(self.first).map(|place| place as usize) else {
            self.unattributed += u64::from(trace != 0);
            return;
        };
        let Some(account) = self.accounts.get(place).copied() else { return };
        let expected = self.expected(&account, column);
        let Some(cell) = self.cells.get_mut(place * self.columns.len() + column) else { return };
        if !new && cell.count >= expected {
            return;
        }
        cell.count = cell.count.saturating_add(1);
        if cell.count <= expected.max(1) {
            cell.after = (time.since(account.sent) / 1_000).min(u64::from(NOT_YET - 1)) as u32;
        }
    }

    fn take_out(&mut self, trace: Trace, node: NodeIndex) {
        let column = self.columns.iter().position(|column| column.node == node);
        let place = trace.checked_sub(self.first).map(|place| place as usize);
        if let (Some(column), Some(place)) = (column, place)
            && let Some(cell) = self.cells.get_mut(place * self.columns.len() + column)
        {
            cell.count = cell.count.saturating_sub(1);
        }
    }

    /// Forgets the oldest request, and keeps what it comes to.
    fn settle(&mut self) {
        let Some(account) = self.accounts.pop_front() else { return };
        let cells: Vec<Cell> = self.cells.drain(..self.columns.len()).collect();
        self.first += 1;
        if account.standing == Standing::None {
            return;
        }
        self.settled.requests += 1;
        self.settled.taken += u64::from(account.standing == Standing::Taken);
        self.settled.failed += u64::from(account.standing == Standing::Failed);
        let mut whole = account.standing == Standing::Taken;
        for (column, cell) in cells.iter().enumerate() {
            let expected = self.expected(&account, column);
            whole &= cell.count == expected;
            judge(&mut self.columns[column].settled, account.standing, expected, *cell, u64::MAX, self.late_after);
        }
        self.settled.whole += u64::from(whole);
    }

    fn shortfalls(&self, now: Time, node: NodeIndex, shortfall: Shortfall, count: usize) -> Vec<Trace> {
        let Some(column) = self.columns.iter().position(|column| column.node == node) else { return Vec::new() };
        let falls_short = |place: usize, account: &Account| {
            let cell = self.cells.get(place * self.columns.len() + column).copied().unwrap_or(EMPTY);
            let (mut entries, expected) = (Entries::default(), self.expected(account, column));
            judge(&mut entries, account.standing, expected, cell, now.since(account.sent), self.late_after);
            let number = match shortfall {
                Shortfall::Late => entries.late,
                Shortfall::Pending => entries.pending,
                Shortfall::Missing => entries.missing,
                Shortfall::Duplicate => entries.duplicates,
                Shortfall::Unasked => entries.unasked,
            };
            number > 0
        };
        let newest = self.accounts.iter().enumerate().rev();
        let found = newest.filter(|(place, account)| falls_short(*place, account));
        found.map(|(place, _)| self.first + place as Trace).take(count).collect()
    }

    fn view(&self, simulation: &Simulation) -> LedgerView {
        let now = simulation.now();
        let mut entries: Vec<Entries> = self.columns.iter().map(|column| column.settled).collect();
        let mut sum = self.settled;
        let width = self.columns.len();
        for (place, account) in self.accounts.iter().enumerate() {
            if account.standing == Standing::None {
                continue;
            }
            sum.requests += 1;
            sum.taken += u64::from(account.standing == Standing::Taken);
            sum.failed += u64::from(account.standing == Standing::Failed);
            let mut whole = account.standing == Standing::Taken;
            let age = now.since(account.sent);
            for (column, entries) in entries.iter_mut().enumerate() {
                let cell = self.cells.get(place * width + column).copied().unwrap_or(EMPTY);
                let expected = self.expected(account, column);
                whole &= cell.count == expected;
                judge(entries, account.standing, expected, cell, age, self.late_after);
            }
            sum.whole += u64::from(whole);
        }
        let columns = self.columns.iter().zip(entries).map(|(column, entries)| LedgerColumn {
            node: Some(column.node),
            name: simulation.plan.node(column.node).name.clone(),
            unit: if simulation.plan.node(column.node).kind == NodeKind::Mailer { tr!("e-mails") } else { tr!("rows") },
            entries,
        });
        LedgerView {
            late_after_us: self.late_after,
            requests: sum.requests,
            taken: sum.taken,
            failed: sum.failed,
            open: sum.requests - sum.taken - sum.failed,
            whole: sum.whole,
            columns: columns.collect(),
            unattributed: self.unattributed,
            missed: self.missed,
        }
    }
}

/// Adds what one request comes to in one column. `age` is how long ago it was sent.
fn judge(entries: &mut Entries, standing: Standing, expected: u8, cell: Cell, age: u64, late_after: u64) {
    let (expected, count) = (u64::from(expected), u64::from(cell.count));
    match standing {
        Standing::None | Standing::Open => {}
        Standing::Failed => entries.unasked += count,
        Standing::Taken => {
            let there = count.min(expected);
            entries.expected += expected;
            entries.duplicates += count - there;
            if there == expected && u64::from(cell.after) * 1_000 > late_after {
                entries.late += there;
            } else {
                entries.on_time += there;
            }
            let lacks = expected - there;
            if age > late_after {
                entries.missing += lacks;
            } else {
                entries.pending += lacks;
            }
        }
    }
}
