//! Follows a run through its journal and knows what became of each request: when it was answered and how, when all of its
//! work was done, and whether some of that was lost or set aside. What that means in rows and e-mails says the ledger.

use crate::diagram::NodeKind;
use crate::kernel::{SECOND, Time};
use crate::services::{Ending, Reason, Record, Serial, Trace, What};
use crate::simulation::Simulation;
use hdrhistogram::Histogram;
use rustc_hash::{FxHashMap, FxHashSet};

/// Latencies are counted to three figures up to a day, as clients do.
const LONGEST: u64 = 24 * 3_600 * SECOND;

/// A request of which something is still to happen.
#[derive(Clone, Copy, Debug)]
struct Open {
    sent: Time,
    /// Whether the answer was a success; `None` before it.
    answer: Option<bool>,
    /// Messages that work for it.
    messages: u32,
    lost: bool,
    set_aside: bool,
}

/// What became of requests, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// Answered with success, and yet some of its work was dropped or expired.
    pub lost: u64,
    /// Answered with success, and some of its work lies in a dead-letter queue.
    pub set_aside: u64,
}

pub struct Observer {
    /// The journal is read up to here.
    next: u64,
    /// Records that the journal had let go before they were read.
    pub missed: u64,
    /// Which nodes' requests are measured.
    measured: Vec<bool>,
    /// For each trace, whether it is one of them.
    traces: Vec<bool>,
    requests: FxHashMap<Trace, Open>,
    /// Messages that ask for a status: they are no work.
    questions: FxHashSet<Serial>,
    /// Messages in dead-letter queues. They have been counted.
    dead: FxHashSet<Serial>,
    /// When the fault was in force.
    window: Option<(Time, Time)>,
    pub counts: Counts,
    pub window_counts: Counts,
    /// Microseconds to the answer of requests that succeeded: failing is often faster, and no merit.
    pub answers: Histogram<u64>,
    /// Microseconds until all the work of a request that succeeded was done.
    pub done: Histogram<u64>,
    /// Of the successful answers since the last sample, in microseconds.
    pub recent: Vec<u64>,
}

impl Observer {
    pub fn new(simulation: &Simulation, client: Option<&str>, window: Option<(Time, Time)>) -> Option<Observer> {
        let plan = simulation.plan();
        let measured =
            plan.nodes.iter().map(|node| node.kind == NodeKind::Client && client.is_none_or(|name| node.name == name));
        Some(Observer {
            next: 0,
            missed: 0,
            measured: measured.collect(),
            traces: Vec::new(),
            requests: FxHashMap::default(),
            questions: FxHashSet::default(),
            dead: FxHashSet::default(),
            window,
            counts: Counts::default(),
            window_counts: Counts::default(),
            answers: Histogram::new_with_bounds(1, LONGEST, 3).ok()?,
            done: Histogram::new_with_bounds(1, LONGEST, 3).ok()?,
            recent: Vec::new(),
        })
    }

    /// Reads what has been written since the last time.
    pub fn read(&mut self, simulation: &Simulation) {
        let journal = simulation.journal();
        self.missed += journal.first_kept().saturating_sub(self.next);
        for (_, record) in journal.since(self.next) {
            self.see(record);
        }
        self.next = journal.count();
    }

    fn is_measured(&self, trace: Trace) -> bool {
        self.traces.get(trace as usize).copied().unwrap_or(false)
    }

    fn see(&mut self, record: &Record) {
        let trace = record.trace;
        if trace == 0 {
            return;
        }
        // Traces are numbered as they begin.
        if trace as usize >= self.traces.len() {
            self.begin(record);
        }
        if !self.is_measured(trace) {
            return;
        }
        match record.what {
            What::Created { .. } => self.created(record),
            What::Ended(ending) => self.ended(record, ending),
            What::DeadLettered => {
                if self.dead.insert(record.message)
                    && let Some(open) = self.requests.get_mut(&trace)
                {
                    open.set_aside = true;
                    open.messages = open.messages.saturating_sub(1);
                    self.settle(trace, record.time);
                }
            }
            What::Answered { status, latency } => {
                let succeeded = status.is_success();
                if succeeded {
                    self.answers.saturating_record(latency.max(1));
                    self.recent.push(latency);
                }
                if let Some(open) = self.requests.get_mut(&trace) {
                    open.answer = Some(succeeded);
                    let sent = open.sent;
                    self.count(sent, |counts| {
                        counts.succeeded += u64::from(succeeded);
                        counts.failed += u64::from(!succeeded);
                    });
                    self.settle(trace, record.time);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, record: &Record) {
        let measured = self.measured.get(record.node.usize()).copied().unwrap_or(false);
        self.traces.resize(record.trace as usize, false);
        self.traces.push(measured);
        if measured {
            let open = Open { sent: record.time, answer: None, messages: 0, lost: false, set_aside: false };
            self.requests.insert(record.trace, open);
            self.count(record.time, |counts| counts.sent += 1);
        }
    }

    /// Counts for the whole run, and once more where the request was sent while the fault was in force.
    fn count(&mut self, sent: Time, add: impl Fn(&mut Counts)) {
        add(&mut self.counts);
        if self.window.is_some_and(|(from, until)| (from..until).contains(&sent)) {
            add(&mut self.window_counts);
        }
    }

    fn created(&mut self, record: &Record) {
        let at_client = self.measured.get(record.node.usize()).copied().unwrap_or(false);
        let Some(open) = self.requests.get_mut(&record.trace) else { return };
        if at_client && open.answer.is_some() {
            self.questions.insert(record.message);
        } else {
            open.messages += 1;
        }
    }

    fn ended(&mut self, record: &Record, ending: Ending) {
        if self.questions.remove(&record.message) || self.dead.contains(&record.message) {
            return;
        }
        if let Some(open) = self.requests.get_mut(&record.trace) {
            open.messages = open.messages.saturating_sub(1);
            open.lost |= is_loss(ending);
            self.settle(record.trace, record.time);
        }
    }

    /// Closes the book on a request that was answered and whose work is over.
    fn settle(&mut self, trace: Trace, now: Time) {
        let Some(open) = self.requests.get(&trace).copied() else { return };
        let (Some(succeeded), 0) = (open.answer, open.messages) else { return };
        self.requests.remove(&trace);
        if succeeded {
            let took = now.since(open.sent);
            if !open.lost && !open.set_aside {
                self.done.saturating_record(took.max(1));
            }
            self.judge(&open);
        }
    }

    fn judge(&mut self, open: &Open) {
        self.count(open.sent, |counts| {
            counts.lost += u64::from(open.lost);
            counts.set_aside += u64::from(open.set_aside);
        });
    }

    /// The run is over: what is still open is judged by what is known now.
    pub fn finish(&mut self) {
        let mut open: Vec<(Trace, Open)> = self.requests.drain().collect();
        open.sort_unstable_by_key(|(trace, _)| *trace);
        for (_, open) in open {
            if open.answer == Some(true) {
                self.judge(&open);
            }
        }
    }

    /// Requests without an answer yet.
    pub fn waiting(&self) -> u64 {
        self.counts.sent - self.counts.succeeded - self.counts.failed
    }
}

/// Whether an ending means that work was lost without whoever asked for it being told. A call that fails is not: its
/// caller knows, and tries again or fails as well.
fn is_loss(ending: Ending) -> bool {
    match ending {
        Ending::Processed | Ending::Filtered | Ending::Redriven => false,
        Ending::Expired => true,
        Ending::Dropped(reason) => !matches!(
            reason,
            Reason::Failed | Reason::Throttled | Reason::CallerGone | Reason::TooLarge | Reason::Deduplicated
        ),
    }
}
