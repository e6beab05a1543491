//! Where the time of a request went: one lane for each place that it stayed at, with waiting, cold start, work and
//! pauses between tries set apart, and with what is billed.

use super::Simulation;
use super::request::Request;
use crate::diagram::{NodeIndex, NodeKind};
use crate::kernel::{MILLISECOND, Time};
use crate::services::{Ending, Serial, Status, Way, What};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BarKind {
    /// On the network.
    Travel,
    /// In a queue, for a rate limit, or for an answer, at nobody's expense.
    Waiting,
    /// A function's environment initialises.
    ColdStart,
    Work,
    /// A function waits for whom it called, and its bill runs.
    PaidWaiting,
    /// Between two tries.
    Retry,
}

impl BarKind {
    pub const ALL: [BarKind; 6] =
        [BarKind::Travel, BarKind::Waiting, BarKind::ColdStart, BarKind::Work, BarKind::PaidWaiting, BarKind::Retry];

    pub fn words(self) -> &'static str {
        match self {
            BarKind::Travel => tr!("on the way"),
            BarKind::Waiting => tr!("time spent" => "waiting"),
            BarKind::ColdStart => tr!("cold start"),
            BarKind::Work => tr!("time spent" => "work"),
            BarKind::PaidWaiting => tr!("waiting, paid for"),
            BarKind::Retry => tr!("pause before a retry"),
        }
    }

    /// As style sheets and tests spell it.
    pub fn name(self) -> &'static str {
        match self {
            BarKind::Travel => "travel",
            BarKind::Waiting => "waiting",
            BarKind::ColdStart => "cold-start",
            BarKind::Work => "work",
            BarKind::PaidWaiting => "paid-waiting",
            BarKind::Retry => "retry",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    pub kind: BarKind,
    pub start: Time,
    pub end: Time,
}

/// A stay at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub node: NodeIndex,
    pub name: String,
    pub message: Serial,
    /// How deep the message lies below the client's.
    pub depth: u16,
    pub start: Time,
    pub end: Time,
    /// Whether it still goes on.
    pub open: bool,
    /// In the order of time; they do not overlap.
    pub bars: Vec<Bar>,
    /// Milliseconds that a function bills for this.
    pub billed: Option<u32>,
    /// Microseconds of this in which it waited for others.
    pub paid_waiting: u64,
    pub failed: bool,
    /// How it ended, in a few words.
    pub words: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waterfall {
    pub start: Time,
    pub end: Time,
    pub lanes: Vec<Lane>,
    /// Of all lanes: milliseconds billed, and microseconds of waiting in them.
    pub billed: u64,
    pub paid_waiting: u64,
    pub forgotten: String,
}

impl Lane {
    fn new(simulation: &Simulation, node: NodeIndex, message: Serial, depth: u16, start: Time) -> Lane {
        Lane {
            node,
            name: simulation.name(node).to_string(),
            message,
            depth,
            start,
            end: start,
            open: true,
            bars: Vec::new(),
            billed: None,
            paid_waiting: 0,
            failed: false,
            words: String::new(),
        }
    }

    fn add(&mut self, kind: BarKind, start: Time, end: Time) {
        if end > start {
            self.bars.push(Bar { kind, start, end });
        }
        self.end = self.end.max(end);
    }

    fn close(&mut self, time: Time) {
        self.end = self.end.max(time);
        self.open = false;
    }
}

impl Request {
    pub fn waterfall(&self, simulation: &Simulation) -> Waterfall {
        let now = simulation.now();
        let mut lanes = Vec::new();
        if let (Some(client), Some(started)) = (self.client, self.started)
            && simulation.plan.node(client).kind == NodeKind::Client
        {
            lanes.push(self.client_lane(simulation, client, started));
        }
        for member in self.members(simulation) {
            lanes.extend(self.stays(simulation, member.serial, member.depth));
        }
        for lane in &mut lanes {
            if lane.open {
                lane.end = lane.end.max(now);
            }
            self.fill(simulation, lane);
        }
        let start = self.started.or_else(|| lanes.iter().map(|lane| lane.start).min()).unwrap_or(now);
        let end = lanes.iter().map(|lane| lane.end).max().unwrap_or(now);
        Waterfall {
            start,
            end,
            billed: lanes.iter().filter_map(|lane| lane.billed).map(u64::from).sum(),
            paid_waiting: lanes.iter().map(|lane| lane.paid_waiting).sum(),
            lanes,
            forgotten: self.forgotten_words(),
        }
    }

    fn client_lane(&self, simulation: &Simulation, client: NodeIndex, started: Time) -> Lane {
        let mut lane = Lane::new(simulation, client, 0, 0, started);
        for told in self.records.iter().filter(|told| told.record.node == client) {
            let record = told.record;
            match record.what {
                What::RetryAt { at, .. } => lane.add(BarKind::Retry, record.time, at),
                What::Answered { status, .. } => {
                    lane.close(record.time);
                    lane.failed = !status.is_success();
                    lane.words = status.words();
                }
                _ => lane.end = lane.end.max(record.time),
            }
        }
        lane
    }

    /// Where a message stayed, place by place.
    fn stays(&self, simulation: &Simulation, serial: Serial, depth: u16) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = Vec::new();
        for record in self.of(serial) {
            let (node, time) = (record.node, record.time);
            if let (What::Departed { way, arrives }, Some(edge)) = (record.what, record.edge) {
                if matches!(way, Way::Poll | Way::Batch { .. }) {
                    continue;
                }
                let to = simulation.other_end(edge, node);
                if let Some(lane) = lanes.iter_mut().rfind(|lane| lane.node == node && lane.open) {
                    lane.end = lane.end.max(time);
                }
                let mut lane = Lane::new(simulation, to, serial, depth, time);
                lane.add(BarKind::Travel, time, arrives);
                lanes.push(lane);
                continue;
            }
            // What its maker does about it belongs to the maker's lane.
            let Some(place) = lanes.iter().rposition(|lane| lane.node == node) else {
                if let What::Started { .. } = record.what {
                    lanes.push(Lane::new(simulation, node, serial, depth, time));
                    let last = lanes.len() - 1;
                    self.note(simulation, &mut lanes[last], record);
                }
                continue;
            };
            let again = matches!(record.what, What::Started { .. })
                && simulation.plan.node(node).kind == NodeKind::Function
                && lanes[place].billed.is_some();
            if again {
                lanes.push(Lane::new(simulation, node, serial, depth, time));
            }
            let place = if again { lanes.len() - 1 } else { place };
            self.note(simulation, &mut lanes[place], record);
        }
        lanes
    }

    /// What a record says about the stay that it belongs to.
    fn note(&self, simulation: &Simulation, lane: &mut Lane, record: &crate::services::Record) {
        let time = record.time;
        match record.what {
            What::Started { ready, .. } => {
                lane.open = true;
                lane.add(BarKind::ColdStart, time, ready);
            }
            What::Finished { status, billed } => {
                lane.billed = Some(lane.billed.unwrap_or(0) + billed);
                lane.failed = !status.is_success();
                lane.words = if status == Status::OK { String::new() } else { status.words() };
                lane.close(time);
            }
            What::RetryAt { at, .. } => {
                lane.open = true;
                lane.add(BarKind::Retry, time, at);
            }
            What::RateLimited { until } => lane.add(BarKind::Waiting, time, until),
            What::Replied { status, arrives } => {
                lane.failed |= !status.is_success();
                if !status.is_success() && lane.words.is_empty() {
                    lane.words = status.words();
                }
                // A queue that has accepted it keeps it.
                if !matches!(simulation.plan.node(record.node).kind, NodeKind::Queue) || !status.is_success() {
                    lane.close(time);
                }
                lane.add(BarKind::Travel, time, arrives);
            }
            What::Queued | What::Visible | What::Delayed { .. } => {
                lane.open = true;
                lane.end = lane.end.max(time);
            }
            What::Ended(ending) => {
                lane.failed |= matches!(ending, Ending::Expired | Ending::Dropped(_));
                if ending != Ending::Processed {
                    lane.words = ending.words();
                }
                lane.close(time);
            }
            What::DeadLettered | What::Deleted => lane.close(time),
            what => {
                lane.end = lane.end.max(time);
                if what.is_bad() {
                    lane.words = simulation.tell(record);
                }
            }
        }
    }

    /// Fills what is left of a stay: with work, or with waiting and who pays for it.
    fn fill(&self, simulation: &Simulation, lane: &mut Lane) {
        let kind = simulation.plan.node(lane.node).kind;
        lane.bars.sort_by_key(|bar| (bar.start, bar.kind));
        let waits = match kind {
            NodeKind::Function => self.waits_for_callees(lane),
            _ => Vec::new(),
        };
        let rest = match kind {
            NodeKind::Client | NodeKind::Gateway | NodeKind::Queue => BarKind::Waiting,
            _ => BarKind::Work,
        };
        let started = self.of(lane.message).find(|record| {
            record.node == lane.node && record.time >= lane.start && matches!(record.what, What::Started { .. })
        });
        let mut bars: Vec<Bar> = Vec::new();
        let mut at = lane.start;
        let known = std::mem::take(&mut lane.bars);
        let ends = known.iter().map(|bar| (bar.start, bar.end, Some(bar.kind))).chain([(lane.end, lane.end, None)]);
        for (start, end, own) in ends {
            let mut cursor = at;
            // Before it runs, a function's event waits in the function's own queue.
            if let (NodeKind::Function, Some(started)) = (kind, started)
                && started.time > cursor
            {
                let until = started.time.min(start);
                push(&mut bars, BarKind::Waiting, cursor, until);
                cursor = cursor.max(until);
            }
            for (from, until) in &waits {
                let (from, until) = ((*from).max(cursor), (*until).min(start));
                if until > from {
                    push(&mut bars, rest, cursor, from);
                    push(&mut bars, BarKind::PaidWaiting, from, until);
                    lane.paid_waiting += until.since(from);
                    cursor = until;
                }
            }
            push(&mut bars, rest, cursor, start);
            if let Some(own) = own {
                push(&mut bars, own, start.max(at), end);
            }
            at = at.max(end);
        }
        lane.bars = bars;
        if kind == NodeKind::Function && lane.open && lane.billed.is_none() {
            lane.billed = started.map(|started| (lane.end.since(started.time).div_ceil(MILLISECOND)) as u32);
        }
    }

    /// When a function's code waited for answers, without overlaps.
    fn waits_for_callees(&self, lane: &Lane) -> Vec<(Time, Time)> {
        let mut waits: Vec<(Time, Time)> = Vec::new();
        for effect in self.effects(lane.message) {
            let mut open: Option<Time> = None;
            for record in self.of(effect.serial) {
                match record.what {
                    What::Departed { .. } if record.node == lane.node => open = Some(record.time),
                    What::Replied { arrives, .. } => waits.extend(open.take().map(|since| (since, arrives))),
                    What::GaveUp if record.node == lane.node => {
                        waits.extend(open.take().map(|since| (since, record.time)));
                    }
                    // Between two tries the code still runs.
                    What::RetryAt { at, .. } if record.node == lane.node => waits.push((record.time, at)),
                    _ => {}
                }
            }
            waits.extend(open.map(|since| (since, lane.end)));
        }
        waits.retain(|(since, until)| *until > lane.start && *since < lane.end);
        waits.sort_unstable();
        let mut merged: Vec<(Time, Time)> = Vec::new();
        for (since, until) in waits {
            let until = until.min(lane.end);
            match merged.last_mut() {
                Some(last) if since <= last.1 => last.1 = last.1.max(until),
                _ => merged.push((since, until)),
            }
        }
        merged
    }
}

fn push(bars: &mut Vec<Bar>, kind: BarKind, start: Time, end: Time) {
    if end <= start {
        return;
    }
    match bars.last_mut() {
        Some(last) if last.kind == kind && last.end == start => last.end = end,
        _ => bars.push(Bar { kind, start, end }),
    }
}
