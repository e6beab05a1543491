//! Diagrams in an address: a document, and what belongs to looking at it, as the part of an address that stays in the
//! browser (`#v1.…`).
//!
//! What is written: JSON with short names (`written.rs`, `commands.rs`), its ids taken out (`ids.rs`), compressed with a
//! dictionary that both sides know, a checksum before it, all as URL-safe base64 (`packing.rs`).
//!
//! Invariants: what is written is read again as the same, so a link gives the same journal everywhere; whatever is read,
//! the answer comes in bounded time and memory, and damage is named (`tests/links.rs`, `tests/fuzz/`).

mod arrival;
mod commands;
mod ids;
mod packing;
mod written;

pub use arrival::Arrival;
pub use packing::{LONGEST, pack, unpack};

use crate::diagram::{Document, Edit, Problem};
use crate::kernel::{SECOND, Time};
use crate::simulation::{Command, Done, Simulation};
use serde_json::{Map, Value, json};
use written::{broken, problem};

/// Chat programs take no longer addresses as links.
pub const CHAT_LIMIT: usize = 2_000;
/// Some servers, logs and mail programs cut off longer addresses.
pub const SAFE_LIMIT: usize = 8_192;

/// More commands than anybody gives by hand.
const MAXIMUM_COMMANDS: usize = 10_000;
/// A year of simulated time: more than anybody simulates.
const LATEST: Time = Time(366 * 86_400 * SECOND);

/// What a link holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The document with which the run begins.
    pub document: Document,
    pub seed: Option<u64>,
    /// Simulated seconds per second.
    pub speed: Option<f64>,
    pub moment: Option<Moment>,
}

/// A moment of a run: what was done up to then, and exactly when it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub commands: Vec<Done>,
    pub time: Time,
    /// How many events had been handled, where others were due at the same time.
    pub events: Option<u64>,
}

impl Link {
    /// The design alone.
    pub fn of(document: Document) -> Link {
        Link { document, seed: None, speed: None, moment: None }
    }

    /// The present moment of a run, with all that led to it.
    pub fn of_moment(simulation: &Simulation) -> Link {
        let mut document = simulation.beginning().clone();
        // Where nodes stand is no matter of time, and no command.
        for node in &mut document.nodes {
            if let Some(now) = simulation.document().node(node.id) {
                (node.x, node.y) = (now.x, now.y);
            }
        }
        let time = simulation.now();
        let settled = simulation.next_time().is_none_or(|next| next > time);
        let events = (!settled).then_some(simulation.events());
        let mut commands = simulation.log().to_vec();
        let added = simulation.document().nodes.iter().filter(|node| document.node(node.id).is_none());
        let places: Vec<_> = added.map(|node| (node.id, node.x, node.y)).collect();
        if !places.is_empty() {
            commands.push(Done { time, events, command: Command::Edit(Edit::Move(places)) });
        }
        let moment = Moment { commands, time, events };
        Link { document, seed: Some(simulation.seed()), speed: None, moment: Some(moment) }
    }

    /// As the part of an address after the `#`.
    pub fn to_fragment(&self) -> String {
        let mut fields = Map::new();
        fields.insert("d".to_string(), written::document(&self.document));
        if let Some(seed) = self.seed {
            fields.insert("s".to_string(), seed.into());
        }
        if let Some(speed) = self.speed {
            fields.insert("v".to_string(), written::number(speed));
        }
        if let Some(moment) = &self.moment {
            let commands: Vec<Value> = moment.commands.iter().map(commands::write).collect();
            fields.insert("t".to_string(), json!([moment.time.0, moment.events]));
            fields.insert("c".to_string(), commands.into());
        }
        pack(&Value::Object(fields))
    }

    /// Reads the part of an address after the `#`, with or without it. Whether the document can be simulated is for
    /// [`crate::diagram::check`] to say.
    pub fn parse(fragment: &str) -> Result<Link, Vec<Problem>> {
        Link::read(&unpack(fragment)?)
    }

    fn read(value: &Value) -> Result<Link, Vec<Problem>> {
        let Value::Object(fields) = value else { return Err(broken("", tr!("it holds no diagram"))) };
        if let Some(name) = fields.keys().find(|name| !["d", "s", "v", "t", "c"].contains(&name.as_str())) {
            let message = tr!("The link says something that this Eventyard does not know: `{name}`.", name = name);
            return Err(problem("", message, tr!("Open it in a newer Eventyard.")));
        }
        let document = fields.get("d").ok_or_else(|| broken("", tr!("it holds no diagram")))?;
        let number = |name: &str, fits: fn(f64) -> bool| match fields.get(name) {
            None => Ok(None),
            Some(value) => match value.as_f64().filter(|number| fits(*number)) {
                Some(number) => Ok(Some(number)),
                None => Err(broken(name, tr!("a number in it is out of range"))),
            },
        };
        Ok(Link {
            document: written::read_document(document)?,
            seed: match fields.get("s") {
                None => None,
                Some(seed) => Some(seed.as_u64().ok_or_else(|| broken("seed", tr!("the seed is not a whole number")))?),
            },
            speed: number("v", |speed| (0.1..=1000.0).contains(&speed))?,
            moment: match fields.get("t") {
                None => None,
                Some(end) => Some(moment(end, fields.get("c"))?),
            },
        })
    }
}

fn moment(end: &Value, log: Option<&Value>) -> Result<Moment, Vec<Problem>> {
    let time = end.get(0).and_then(Value::as_u64).map(Time).filter(|time| *time <= LATEST);
    let time = time.ok_or_else(|| broken("time", tr!("the time is out of range")))?;
    let log = log.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if log.len() > MAXIMUM_COMMANDS {
        return Err(broken("commands", &tr!("{} commands are too many", log.len())));
    }
    let mut commands = Vec::with_capacity(log.len());
    let mut before = Time::ZERO;
    for (place, written) in log.iter().enumerate() {
        let done = commands::read(written, &format!("commands[{place}]"))?;
        if done.time < before || done.time > time {
            return Err(broken(&format!("commands[{place}]"), tr!("the commands are not in their order")));
        }
        before = done.time;
        commands.push(done);
    }
    Ok(Moment { commands, time, events: end.get(1).and_then(Value::as_u64) })
}

/// What may follow the `#`.
pub enum Held {
    Diagram(Box<Link>),
    /// A lab's document, for [`crate::lessons::labs::Lab`] to read.
    Lab(Value),
}

impl Held {
    pub fn parse(fragment: &str) -> Result<Held, Vec<Problem>> {
        let mut value = unpack(fragment)?;
        match value.as_object_mut().and_then(|fields| fields.shift_remove(LAB)) {
            Some(lab) => Ok(Held::Lab(lab)),
            None => Link::read(&value).map(Box::new).map(Held::Diagram),
        }
    }
}

const LAB: &str = "l";

/// A lab's document as the part of an address after the `#`.
pub fn lab_fragment(lab: &Value) -> String {
    pack(&json!({ LAB: lab }))
}

/// The link in an address: what follows the first `#`, if anything does.
pub fn fragment_of(address: &str) -> Option<&str> {
    let (_, fragment) = address.split_once('#')?;
    (!fragment.is_empty()).then_some(fragment)
}
