//! Why: the story of one message and of one request, told from the journal and from what the services hold now.
//!
//! Everything here is made on request from [`super::Simulation`] and holds nothing of the engine. The journal keeps its
//! records up to a bound; where it has forgotten some of a request, its story says so.

mod arrival;
mod cause;
mod contents;
mod filter;
mod holder;
mod request;
mod sequence;
mod waterfall;
mod why;

pub use arrival::Arrival;
pub use contents::Contents;
pub use sequence::{Sequence, Step, StepKind};
pub use waterfall::{Bar, BarKind, Lane, Waterfall};
pub use why::Fate;

use super::Simulation;
use crate::diagram::{EdgeIndex, NodeIndex};
use crate::kernel::Time;
use crate::services::{Record, Serial, Status, Trace, What};
use request::Request;

/// The story of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    pub serial: Serial,
    pub trace: Trace,
    pub request_id: String,
    pub fate: Fate,
    /// Where it is and why, in one or two sentences.
    pub sentence: String,
    /// Oldest first.
    pub hops: Vec<Hop>,
    pub relatives: Vec<Relative>,
    /// What the journal does not know any longer; empty where it knows everything.
    pub forgotten: String,
}

/// Something that happened to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    pub time: Time,
    pub node: NodeIndex,
    pub edge: Option<EdgeIndex>,
    pub words: String,
    /// Microseconds since the hop before.
    pub waited: u64,
    /// Whether something went wrong here.
    pub bad: bool,
    pub attempt: u16,
    /// ApproximateReceiveCount, and when it will be visible again, where a queue hands it out.
    pub received: Option<(u32, Time)>,
    /// What it looks like from here on, where that is news.
    pub contents: Option<Contents>,
}

/// How another message of the same request is related to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// This one was made because of it.
    Cause,
    /// It was made because of this one.
    Effect,
    /// Another copy of the same message, for another receiver.
    Copy,
    /// A fault made it twice.
    Duplicate,
    /// An earlier or later try with the same contents.
    Attempt,
    /// In the same batch.
    BatchMate,
}

impl Relation {
    pub fn words(self) -> &'static str {
        match self {
            Relation::Cause => tr!("led to this one"),
            Relation::Effect => tr!("sent because of this one"),
            Relation::Copy => tr!("copy for another receiver"),
            Relation::Duplicate => tr!("duplicate made by a fault"),
            Relation::Attempt => tr!("another attempt"),
            Relation::BatchMate => tr!("in the same batch"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Relative {
    pub serial: Serial,
    pub trace: Trace,
    pub relation: Relation,
    /// `None` where it belongs to another request.
    pub fate: Option<Fate>,
    /// What became of it, in a few words.
    pub words: String,
}

/// The story of one request: everything that followed from it.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestStory {
    pub trace: Trace,
    pub request_id: String,
    pub started: Option<Time>,
    /// The client's last answer, if there is one.
    pub answer: Option<Status>,
    pub sentence: String,
    /// Its messages, causes before effects, with how deep each lies below the client's.
    pub messages: Vec<Member>,
    /// What it touched on the diagram.
    pub nodes: Vec<NodeIndex>,
    pub edges: Vec<EdgeIndex>,
    pub forgotten: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub serial: Serial,
    pub depth: u16,
    pub fate: Fate,
    pub sentence: String,
}

impl Simulation {
    /// The story of a message; `None` where neither the journal nor a service knows it any longer.
    pub fn story(&self, serial: Serial) -> Option<Story> {
        let trace = self.trace_of(serial)?;
        let request = Request::read(self, trace);
        let (fate, sentence) = request.fate(self, serial);
        Some(Story {
            serial,
            trace,
            request_id: self.request_id(trace),
            fate,
            sentence,
            hops: request.hops(self, serial),
            relatives: request.relatives(self, serial),
            forgotten: request.forgotten_words(),
        })
    }

    /// The request that a message belongs to.
    pub fn trace_of(&self, serial: Serial) -> Option<Trace> {
        let alive = self.world.messages.alive().map(|id| self.world.messages.get(id));
        let alive = alive.filter(|message| message.serial == serial).map(|message| message.trace).next();
        let told = || self.journal().since(0).rev().map(|(_, record)| record).find(|record| record.message == serial);
        alive.or_else(|| told().map(|record| record.trace))
    }

    /// The story of a request; `None` where nothing is known of it any longer.
    pub fn request_story(&self, trace: Trace) -> Option<RequestStory> {
        let request = Request::read(self, trace);
        if request.records.is_empty() {
            return None;
        }
        let (mut nodes, mut edges): (Vec<NodeIndex>, Vec<EdgeIndex>) = (Vec::new(), Vec::new());
        for told in &request.records {
            nodes.push(told.record.node);
            // A filter that refuses keeps the message from the edge.
            let passes = !matches!(told.record.what, What::FilterRefused | What::CircuitOpen);
            if let Some(edge) = told.record.edge.filter(|_| passes) {
                edges.push(edge);
                nodes.extend([self.plan.edge(edge).from, self.plan.edge(edge).to]);
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        edges.sort_unstable();
        edges.dedup();
        Some(RequestStory {
            trace,
            request_id: self.request_id(trace),
            started: request.started,
            answer: request.answer().map(|(status, _)| status),
            sentence: request.sentence(self),
            messages: request.members(self),
            nodes,
            edges,
            forgotten: request.forgotten_words(),
        })
    }

    /// Why nothing of a request has arrived at a node, or that something has.
    pub fn why_not(&self, trace: Trace, node: NodeIndex) -> Arrival {
        Request::read(self, trace).arrival(self, node)
    }

    /// The message of a request about which a node has something written down at this time: whose row or e-mail it is.
    pub fn message_at(&self, trace: Trace, node: NodeIndex, time: Time) -> Option<Serial> {
        let journal = self.journal().since(0).rev().map(|(_, record)| record);
        let fits = |record: &&Record| {
            record.trace == trace && record.node == node && record.time == time && record.message != 0
        };
        journal.take_while(|record| record.time >= time).find(fits).map(|record| record.message)
    }

    /// The first message of a request that the journal still knows.
    pub fn first_message(&self, trace: Trace) -> Option<Serial> {
        let mut records = self.journal().since(0).map(|(_, record)| record);
        records.find(|record| record.trace == trace && record.message != 0).map(|record| record.message)
    }

    /// The requests that the journal still knows, newest first, at most `count`.
    pub fn recent_requests(&self, count: usize) -> Vec<Trace> {
        let mut found: Vec<Trace> = Vec::new();
        for (_, record) in self.journal().since(0).rev() {
            if found.len() >= count {
                break;
            }
            if matches!(record.what, What::Created { from: 0, .. })
                && record.trace != 0
                && !found.contains(&record.trace)
            {
                found.push(record.trace);
            }
        }
        found
    }

    /// When a request was sent, and the client's last answer if there is one; `None` where it is forgotten.
    pub fn request_outcome(&self, trace: Trace) -> Option<(Time, Option<Status>)> {
        let sent = self.world.trace_info(trace)?.started;
        let records = self.journal().since(0).rev().map(|(_, record)| record).take_while(|record| record.time >= sent);
        let answer = |record: &Record| match record.what {
            What::Answered { status, .. } if record.trace == trace => Some(status),
            _ => None,
        };
        Some((sent, records.into_iter().find_map(answer)))
    }

    /// Where the time of a request went.
    pub fn waterfall(&self, trace: Trace) -> Waterfall {
        Request::read(self, trace).waterfall(self)
    }

    /// A request as a sequence diagram.
    pub fn sequence(&self, trace: Trace) -> Sequence {
        Request::read(self, trace).sequence(self)
    }

    fn name(&self, node: NodeIndex) -> &str {
        self.plan.nodes.get(node.usize()).map_or("", |node| node.name.as_str())
    }

    /// The other end of an edge, seen from a node.
    fn other_end(&self, edge: EdgeIndex, node: NodeIndex) -> NodeIndex {
        let edge = self.plan.edge(edge);
        if edge.from == node { edge.to } else { edge.from }
    }
}
