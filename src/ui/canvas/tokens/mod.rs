//! Messages on their way, painted on one canvas: a drawing of simulated time.
//!
//! The painter reads the journal from where it stopped last. A hop is drawn for as long as it takes at the present
//! speed, but at least for a quarter of a second, or nobody would see it. So that cause still comes before effect, what
//! follows in the same request waits in the picture until what led to it has arrived there. Where an edge has more to
//! show than there is room for, it shows flow: a line as thick as the traffic.

mod draw;

use crate::diagram::NodeIndex;
use crate::drawing::Point;
use crate::kernel::Time;
use crate::language::translated;
use crate::services::{Circuit, Ending, Environment, Record, Serial, Trace, Way, What};
use crate::simulation::Simulation;
use draw::Colours;
use leptos::prelude::*;
use rustc_hash::FxHashMap;
use uuid::Uuid;
use web_sys::CanvasRenderingContext2d;

/// The shortest time that a hop is drawn, in seconds.
const SHORTEST: f64 = 0.28;
/// How far the picture of one request may lag behind, in seconds.
const LONGEST_LAG: f64 = 3.0;
/// At higher speeds than this nobody follows a single request, and the picture does not lag.
const FASTEST_LAG: f64 = 1.0;
/// At higher speeds than this a hop is shorter than a frame, and a busy edge shows flow only.
const FASTEST_TOKENS: f64 = 20.0;
/// How long a sign at a node stays, in seconds.
const SIGN: f64 = 1.1;
/// More tokens than this on one edge become flow.
const MOST_ON_EDGE: usize = 9;
/// More signs than this at one node would only cover each other.
const MOST_SIGNS: usize = 2;
/// Records among which is looked for what is on its way at a moment that is shown out of turn.
const LOOKED_BACK: u64 = 5_000;
/// Attempts are remembered for this many messages.
const REMEMBERED: usize = 4_096;

/// What a token looks like; in the order in which they are drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Request,
    Answer,
    FailedAnswer,
    Message,
    Poll,
    Batch(u16),
    DeadLetter,
    Filtered,
}

/// Something on its way along an edge.
struct Token {
    edge: usize,
    /// Against the edge's direction.
    back: bool,
    shape: Shape,
    begun: f64,
    span: f64,
    attempt: u16,
    message: Serial,
}

/// A short word above a node: what happened there.
struct Sign {
    node: NodeIndex,
    words: &'static str,
    bad: bool,
    begun: f64,
}

pub struct Painter {
    /// The run, and how often another moment of it was shown.
    run: (u64, u64),
    cursor: u64,
    /// Whether the run is shown from somewhere in the middle.
    resumed: bool,
    tokens: Vec<Token>,
    /// How many tokens each edge has.
    on_edge: Vec<usize>,
    /// Where the tokens are in this frame, in the order in which they are drawn.
    places: Vec<(Shape, Point, usize)>,
    signs: Vec<Sign>,
    /// How much passes along each edge, fading.
    flow: Vec<f64>,
    /// The edges and nodes that indices stand for.
    edges: Vec<Uuid>,
    nodes: Vec<Uuid>,
    attempts: FxHashMap<Serial, u16>,
    /// For each request, what arrives when: in simulated time, and in the picture.
    arrivals: FxHashMap<Trace, Vec<(Time, f64)>>,
    colours: Colours,
    context: Option<CanvasRenderingContext2d>,
    size: (f64, f64, f64),
    /// Seconds of drawing time; stands still while the simulation is paused.
    clock: f64,
    clean: bool,
    still: bool,
}

impl Painter {
    pub fn new() -> Self {
        let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        Painter {
            run: (0, 0),
            cursor: 0,
            resumed: false,
            tokens: Vec::new(),
            on_edge: Vec::new(),
            places: Vec::new(),
            signs: Vec::new(),
            flow: Vec::new(),
            edges: Vec::new(),
            nodes: Vec::new(),
            attempts: FxHashMap::default(),
            arrivals: FxHashMap::default(),
            colours: Colours::default(),
            context: None,
            size: (0.0, 0.0, 1.0),
            clock: 0.0,
            clean: false,
            still: query.is_some_and(|query| query.matches()),
        }
    }

    /// Whether something is still moving.
    pub fn busy(&self) -> bool {
        !self.tokens.is_empty() || !self.signs.is_empty() || self.flow.iter().any(|flow| *flow > 0.05)
    }

    /// Another run has begun, or another moment is shown: nothing of the old one is on its way any more.
    pub fn start_run(&mut self, run: (u64, u64)) {
        if self.run != run {
            self.resumed = self.run.0 == run.0;
            self.run = run;
            self.cursor = 0;
            self.tokens.clear();
            self.signs.clear();
            // What is counted for each edge begins anew with them.
            self.edges.clear();
            self.nodes.clear();
            self.attempts.clear();
            self.arrivals.clear();
            self.clean = false;
        }
    }

    /// Reads what has happened since the last time.
    pub fn read(&mut self, simulation: &Simulation, speed: f64) {
        self.follow_edits(simulation);
        let journal = simulation.journal();
        if std::mem::take(&mut self.resumed) {
            self.cursor = journal.count();
            self.find_on_the_way(simulation, speed);
        }
        for (_, record) in journal.since(self.cursor) {
            self.note(record, simulation, speed);
        }
        self.cursor = journal.count();
    }

    /// Edits give edges and nodes other places in the plan; what is gone takes along what was on it.
    fn follow_edits(&mut self, simulation: &Simulation) {
        let plan = simulation.plan();
        if simulation.journal().count() < self.cursor {
            // The journal has begun anew.
            self.cursor = 0;
        }
        let same = self.edges.len() == plan.edges.len()
            && self.nodes.len() == plan.nodes.len()
            && self.edges.iter().zip(&plan.edges).all(|(id, edge)| *id == edge.id)
            && self.nodes.iter().zip(&plan.nodes).all(|(id, node)| *id == node.id);
        if same {
            return;
        }
        let (edges, nodes) = (std::mem::take(&mut self.edges), std::mem::take(&mut self.nodes));
        let new_edge = |old: usize| edges.get(old).and_then(|id| plan.find_edge(*id)).map(|edge| edge.usize());
        let new_node = |old: NodeIndex| nodes.get(old.usize()).and_then(|id| plan.find_node(*id));
        self.tokens.retain_mut(|token| {
            new_edge(token.edge).is_some_and(|edge| {
                token.edge = edge;
                true
            })
        });
        self.signs.retain_mut(|sign| {
            new_node(sign.node).is_some_and(|node| {
                sign.node = node;
                true
            })
        });
        self.on_edge = vec![0; plan.edges.len()];
        for token in &self.tokens {
            self.on_edge[token.edge] += 1;
        }
        let mut flow = vec![0.0; plan.edges.len()];
        for (old, amount) in self.flow.iter().enumerate() {
            if let Some(place) = new_edge(old).and_then(|edge| flow.get_mut(edge)) {
                *place = *amount;
            }
        }
        self.flow = flow;
        self.edges = plan.edges.iter().map(|edge| edge.id).collect();
        self.nodes = plan.nodes.iter().map(|node| node.id).collect();
        self.clean = false;
    }

    /// What set out before the moment that is shown, and has not arrived.
    fn find_on_the_way(&mut self, simulation: &Simulation, speed: f64) {
        let (journal, now) = (simulation.journal(), simulation.now());
        for (_, record) in journal.since(journal.count().saturating_sub(LOOKED_BACK)) {
            let (What::Departed { arrives, .. } | What::Replied { arrives, .. }) = record.what else { continue };
            let known = self.tokens.len();
            if arrives > now {
                self.note(record, simulation, speed);
            }
            let share = now.since(record.time) as f64 / arrives.since(record.time).max(1) as f64;
            for token in self.tokens.iter_mut().skip(known) {
                token.begun = self.clock - share * token.span;
            }
        }
    }

    fn note(&mut self, record: &Record, simulation: &Simulation, speed: f64) {
        match record.what {
            What::Created { attempt, .. } | What::RetryAt { attempt, .. } if attempt > 1 => {
                if self.attempts.len() > REMEMBERED {
                    self.attempts.clear();
                }
                self.attempts.insert(record.message, attempt);
            }
            What::Departed { way, arrives } => {
                let shape = match way {
                    Way::Request => Shape::Request,
                    Way::Message => Shape::Message,
                    Way::Poll => Shape::Poll,
                    Way::Batch { records } => Shape::Batch(records),
                    Way::DeadLetter => Shape::DeadLetter,
                };
                self.depart(record, shape, arrives.since(record.time), simulation, speed);
            }
            What::Replied { status, arrives } => {
                let shape = if status.is_success() { Shape::Answer } else { Shape::FailedAnswer };
                self.depart(record, shape, arrives.since(record.time), simulation, speed);
            }
            What::FilterRefused => self.depart(record, Shape::Filtered, 0, simulation, speed),
            What::DeliveredTwice => self.sign(record.node, phrase!("delivered twice"), true),
            What::ReceiptExpired => self.sign(record.node, phrase!("✕ receipt expired"), true),
            What::Throttled { .. } | What::Overloaded { .. } => self.sign(record.node, phrase!("429 throttled"), true),
            What::TurnedAway { status: 429, .. } => self.sign(record.node, phrase!("429 throttled"), true),
            What::TurnedAway { status: 500.., .. } => self.sign(record.node, phrase!("✕ failed"), true),
            What::Rejected { .. }
            | What::Refused { .. }
            | What::TurnedAway { .. }
            | What::RefusedByFault { .. }
            | What::OutOfService
            | What::NotThere
            | What::StatementFailed { .. }
            | What::Failed { .. } => self.sign(record.node, phrase!("✕ refused"), true),
            What::FoundInCache => self.sign(record.node, phrase!("from the cache"), false),
            What::CircuitTurned { circuit: Circuit::Open } => self.sign(record.node, phrase!("circuit opened"), true),
            What::IntegrationTimedOut => self.sign(record.node, phrase!("504 timed out"), true),
            What::Undeliverable { .. } => self.sign(record.node, phrase!("✕ not delivered"), true),
            What::EntryRefused { .. } => self.sign(record.node, phrase!("✕ entry refused"), true),
            What::Fired => self.sign(record.node, phrase!("⏱ due"), false),
            What::Replayed => self.sign(record.node, phrase!("↻ replayed"), false),
            What::Redelivered => self.sign(record.node, phrase!("↺ visible again"), true),
            What::RowWritten { duplicate: true } => self.sign(record.node, phrase!("written twice"), true),
            What::RowKept => self.sign(record.node, phrase!("= already there"), false),
            What::Started { environment: Environment::New, .. } => self.sign(record.node, phrase!("cold start"), false),
            What::Finished { status, .. } if !status.is_success() => self.sign(record.node, phrase!("✕ failed"), true),
            What::Ended(Ending::Expired) => self.sign(record.node, phrase!("✕ expired"), true),
            What::Ended(Ending::Dropped(_)) => self.sign(record.node, phrase!("✕ dropped"), true),
            _ => {}
        }
    }

    fn depart(&mut self, record: &Record, shape: Shape, span: u64, simulation: &Simulation, speed: f64) {
        let Some(edge) = record.edge else { return };
        let Some(planned) = simulation.plan().edges.get(edge.usize()) else { return };
        // Whoever stands at the edge's end sends against its direction: answers, and pollers on their way to the queue.
        // A batch comes along it, though the queue answers with it.
        let back = match shape {
            Shape::Batch(_) => false,
            Shape::Answer | Shape::FailedAnswer => record.node == planned.to,
            _ => record.node == planned.to && planned.to != planned.from,
        };
        let edge = edge.usize();
        if let Some(flow) = self.flow.get_mut(edge) {
            *flow += 1.0;
        }
        let busy = self.flow.get(edge).is_some_and(|flow| *flow > MOST_ON_EDGE as f64);
        if self.still || busy && speed > FASTEST_TOKENS {
            return;
        }
        let Some(on_edge) = self.on_edge.get_mut(edge).filter(|count| **count < MOST_ON_EDGE) else { return };
        *on_edge += 1;
        let attempt = self.attempts.get(&record.message).copied().unwrap_or(1);
        let drawn = (span as f64 / 1e6 / speed).max(SHORTEST);
        let begun = self.after_its_cause(record, speed);
        if record.trace != 0 {
            self.arrivals.entry(record.trace).or_default().push((record.time + span, begun + drawn));
        }
        self.tokens.push(Token { edge, back, shape, begun, span: drawn, attempt, message: record.message });
    }

    /// When a token may set out in the picture: when everything of its request that had arrived before it in simulated
    /// time has arrived in the picture as well.
    fn after_its_cause(&mut self, record: &Record, speed: f64) -> f64 {
        let now = self.clock;
        if speed > FASTEST_LAG {
            return now;
        }
        if self.arrivals.len() > REMEMBERED {
            self.arrivals.retain(|_, list| list.iter().any(|(_, seen)| *seen > now));
        }
        let Some(list) = self.arrivals.get(&record.trace) else { return now };
        let led_to_it = list.iter().filter(|(arrived, _)| *arrived <= record.time).map(|(_, seen)| *seen);
        let begun = led_to_it.fold(now, f64::max);
        if begun - now > LONGEST_LAG { now } else { begun }
    }

    fn sign(&mut self, node: NodeIndex, words: &'static str, bad: bool) {
        let here = self.signs.iter().filter(|sign| sign.node == node);
        if here.clone().count() < MOST_SIGNS && !here.clone().any(|sign| self.clock - sign.begun < 0.25) {
            self.signs.push(Sign { node, words: translated(words), bad, begun: self.clock });
        }
    }

    /// Lets drawing time pass.
    pub fn advance(&mut self, seconds: f64) {
        self.clock += seconds;
        let clock = self.clock;
        let on_edge = &mut self.on_edge;
        self.tokens.retain(|token| {
            let stays = clock - token.begun < token.span;
            if !stays && let Some(count) = on_edge.get_mut(token.edge) {
                *count -= 1;
            }
            stays
        });
        self.signs.retain(|sign| clock - sign.begun < SIGN);
        let fade = 1.0 / (1.0 + seconds * 3.0);
        self.flow.iter_mut().for_each(|flow| *flow *= fade);
    }

    /// The message of the token that lies nearest to a place of the diagram, if one is within reach.
    pub fn token_at(&self, place: Point, reach: f64) -> Option<Serial> {
        let near = self.places.iter().filter_map(|(_, at, token)| {
            let message = self.tokens.get(*token)?.message;
            Some(((at.x - place.x).hypot(at.y - place.y), message))
        });
        let near = near.filter(|(distance, message)| *distance <= reach && *message != 0);
        near.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, message)| message)
    }
}
