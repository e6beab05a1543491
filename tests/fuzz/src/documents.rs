//! Documents of the guide, bent and broken: each is refused with reasons, or runs with balanced books. And texts that are
//! opened: of documents, of what a browser has kept, of templates.

use bolero::check;
use eventyard::diagram::{self, Document};
use eventyard::exchange::kept::Kept;
use eventyard::exchange::template::read::read as read_template;
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

/// What a text may be bent with: pieces of JSON and YAML.
const SPLICED: [&str; 32] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "0",
    "-1",
    "1e308",
    "1e400",
    "18446744073709551616",
    "\"\"",
    "{}",
    "[]",
    "\\ud83d",
    "\u{feff}",
    "\n",
    "\n  ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "!Ref ",
    "!GetAtt ",
    "!Sub ",
    "${",
    "Fn::If",
    "| ",
    "# ",
];

/// A text with up to three places cut out, repeated or written over.
pub fn bent_text(original: &str, choices: &mut Choices<'_>) -> String {
    let mut text = original.as_bytes().to_vec();
    for _ in 0..choices.next(4) {
        let start = choices.next(text.len() + 1);
        let end = (start + choices.next(64)).min(text.len());
        let piece = match choices.byte() % 4 {
            0 => Vec::new(),
            1 => text[start..end].repeat(2 + usize::from(choices.byte())),
            2 => SPLICED[choices.next(SPLICED.len())].as_bytes().to_vec(),
            _ => {
                let (raw, rest) = choices.0.split_at(choices.0.len().min(8));
                choices.0 = rest;
                raw.to_vec()
            }
        };
        text.splice(start..end, piece);
    }
    String::from_utf8_lossy(&text).into_owned()
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

/// What was read can be written and read. (Fractions of many digits may come back changed in the last of them.)
fn comes_back(document: &Document) {
    let again = Document::parse(&document.to_text()).expect("what was read is written and read again");
    assert_eq!(again.name, document.name);
    assert_eq!((again.nodes.len(), again.edges.len()), (document.nodes.len(), document.edges.len()));
    if let Err(problems) = diagram::check(document) {
        assert!(!problems.is_empty(), "a refusal has a reason");
    }
}

#[test]
fn loading() {
    let texts: Vec<[String; 2]> = guide::DIAGRAMS
        .iter()
        .map(|diagram| {
            let document = diagram.document();
            let kept = Kept { document: document.clone(), seed: 7, revision: 3, time: 1.5e12 };
            [document.to_text(), kept.to_text()]
        })
        .collect();
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let original = &texts[choices.next(texts.len())][usize::from(choices.byte() % 2)];
        for text in [bent_text(original, &mut choices), String::from_utf8_lossy(bytes).into_owned()] {
            match Document::parse(&text) {
                Ok(document) => comes_back(&document),
                Err(problems) => assert!(!problems.is_empty(), "a refusal has a reason"),
            }
            match Kept::parse(&text) {
                Ok(kept) => {
                    comes_back(&kept.document);
                    assert_eq!(Kept::revision_of(&text).unwrap_or(0), kept.revision);
                }
                Err(problems) => assert!(!problems.is_empty(), "a refusal has a reason"),
            }
        }
    });
}

#[test]
fn templates() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../templates");
    let files = std::fs::read_dir(folder).expect("templates").map(|file| file.expect("a file").path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|it| it == "yaml" || it == "json")).collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).expect("a text")).collect();
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let original = &texts[choices.next(texts.len())];
        for text in [bent_text(original, &mut choices), String::from_utf8_lossy(bytes).into_owned()] {
            match read_template(&text, "a template") {
                Ok(imported) => comes_back(&imported.document),
                Err(flaws) => assert!(!flaws.is_empty(), "a refusal has a reason"),
            }
        }
    });
}
