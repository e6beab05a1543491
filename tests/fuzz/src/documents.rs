//! Documents of the guide, bent and broken: each is refused with reasons, or runs with balanced books.

use bolero::check;
use eventyard::diagram::Document;
use eventyard::kernel::{SECOND, Time};
use eventyard::lessons::guide;
use eventyard::services::Fault;
use eventyard::simulation::{Command, Simulation};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The documents and every place in them.
pub static DOCUMENTS: LazyLock<Vec<(Value, Vec<String>)>> = LazyLock::new(|| {
    let of = |diagram: &guide::GuideDiagram| {
        let value = diagram.document().to_json();
        let mut places = Vec::new();
        collect(&value, String::new(), &mut places);
        (value, places)
    };
    guide::DIAGRAMS.iter().map(of).collect()
});

pub fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            collect(field, format!("{place}/{name}"), places);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            collect(item, format!("{place}/{index}"), places);
        }),
        _ => {}
    }
    places.push(place);
}

/// What a field may be bent into.
pub fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(1e300),
        json!(0.5),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("{{requestId}}"),
        json!("{{message.amount}}"),
        json!("{{"),
        json!([]),
        json!({}),
        json!([1]),
        json!({ "constant": 0 }),
        json!({ "constant": 1e12 }),
        json!({ "poisson": 500 }),
        json!({ "closed": { "users": 5, "thinkTime": 0 } }),
        json!({ "application/json": "#foreach($x in $input.path('$'))$x#end" }),
        json!({ "lognormal": { "median": 1e9, "p99": 1e12 } }),
        json!({ "exponential": 0 }),
        json!({ "uniform": [5, 1] }),
        json!([{ "step": "work", "duration": 1e15 }]),
        json!([{ "step": "respond", "payload": null }]),
        json!({ "a": [{ "exists": false }] }),
        json!({ "source": [{ "prefix": "" }] }),
        json!(900),
        json!(43_200),
        json!(10),
    ]
}

/// Takes bytes as choices; all zero when they are used up.
pub struct Choices<'b>(pub &'b [u8]);

impl Choices<'_> {
    pub fn next(&mut self, limit: usize) -> usize {
        let (low, high) = (self.byte(), self.byte());
        usize::from(u16::from_le_bytes([low, high])) % limit.max(1)
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }
}

fn command(choices: &mut Choices<'_>, document: &Document) -> Option<Command> {
    let node = document.nodes.get(choices.next(document.nodes.len()))?;
    let edge = document.edges.get(choices.next(document.edges.len()));
    let values = values();
    let value = values[choices.next(values.len())].clone();
    let target = if choices.byte() % 2 == 0 { node.id } else { edge.map_or(node.id, |edge| edge.id) };
    let names: Vec<String> =
        node.settings.keys().chain(edge.into_iter().flat_map(|edge| edge.settings.keys())).cloned().collect();
    Some(match choices.byte() % 8 {
        0 => Command::Send { node: node.id, payload: value, count: 1 + choices.next(3) as u32 },
        1 | 2 => Command::Set { target, setting: names.get(choices.next(names.len()))?.clone(), value },
        3 => Command::Pause { node: node.id },
        4 => Command::Stop { node: node.id },
        5 => Command::Resume { node: node.id },
        6 => Command::Inject { target, fault: Fault { outage: choices.byte() % 2 == 0, ..Fault::default() } },
        _ => match choices.byte() % 2 {
            0 => Command::Purge { queue: node.id },
            _ => Command::Redrive { queue: node.id, rate: Some(choices.next(500) as u32), destination: None },
        },
    })
}

#[test]
fn documents() {
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let (original, places) = &DOCUMENTS[choices.next(DOCUMENTS.len())];
        let mut value = original.clone();
        let values = values();
        for _ in 0..choices.next(4) {
            let place = &places[choices.next(places.len())];
            if let Some(field) = value.pointer_mut(place) {
                *field = values[choices.next(values.len())].clone();
            }
        }
        let document = match Document::read(&value) {
            Ok(document) => document,
            Err(problems) => return assert!(!problems.is_empty(), "a refusal has a reason"),
        };
        let mut simulation = match Simulation::new(&document, 1) {
            Ok(simulation) => simulation,
            Err(problems) => return assert!(!problems.is_empty(), "a refusal has a reason"),
        };
        for round in 1..=4 {
            simulation.run_until(Time(round * 2 * SECOND), 3_000);
            simulation.census().expect("balanced books");
            if let Some(command) = command(&mut choices, &document) {
                let _ = simulation.apply(command);
            }
        }
        simulation.run_until(simulation.now() + 600 * SECOND, 3_000);
        let held = simulation.census().expect("balanced books");
        assert_eq!(held, simulation.in_progress());
        let _ = (simulation.report(), simulation.headline());
        let read_again = Document::parse(&simulation.document().to_text()).expect("a document that was simulated");
        assert_eq!(&read_again, simulation.document());
    });
}
