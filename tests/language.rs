//! What is spoken changes what people read, and nothing else: no journal, no file that leaves the app, no link, and no
//! diagram that is made of a template.

mod support;

use eventyard::diagram::{Document, Fault, NodeKind, ScheduledFault};
use eventyard::exchange::link::Link;
use eventyard::exchange::run::Export;
use eventyard::exchange::template::code::Language;
use eventyard::exchange::template::read;
use eventyard::exchange::template::write::{Notation, Options, Placement, export};
use eventyard::exchange::{Theme, mermaid, svg};
use eventyard::kernel::SECOND;
use eventyard::language::{Translator, speak};
use eventyard::lessons::guide::DIAGRAMS;
use eventyard::simulation::{Command, Simulation};
use serde_json::{Value, json};
use std::borrow::Cow;
use support::{run_for, simulate};

/// Says everything in brackets, so that nothing stays as it was.
struct Brackets;

impl Translator for Brackets {
    fn translate<'a>(&'a self, text: &'a str, _: Option<&'a str>) -> Cow<'a, str> {
        Cow::Borrowed(String::leak(format!("⟦{text}⟧")))
    }

    fn ntranslate<'a>(&'a self, count: u64, one: &'a str, many: &'a str, context: Option<&'a str>) -> Cow<'a, str> {
        self.translate(if count == 1 { one } else { many }, context)
    }
}

/// A run in which much is done by hand.
fn run(document: &Document) -> Simulation {
    let mut document = document.clone();
    let target = document.nodes.iter().find(|node| node.kind == NodeKind::Function).expect("a function").id;
    let outage = Fault { outage: true, ..Fault::default() };
    document.faults.push(ScheduledFault { at: 4.0, until: Some(6.0), target, fault: outage });
    let mut simulation = simulate(&document, 7);
    run_for(&mut simulation, 3);
    for node in &document.nodes {
        // Not everything can be done to every node.
        let _ = simulation.apply(Command::Send { node: node.id, payload: json!({ "amount": 1 }), count: 2 });
        let _ = simulation.apply(Command::Purge { queue: node.id });
        let _ = simulation.apply(Command::Redrive { queue: node.id, rate: Some(5), destination: None });
    }
    let broken = Fault { error_rate: 0.3, ..Fault::default() };
    simulation.apply(Command::Inject { target, fault: broken }).expect("a fault");
    let timeout = Command::Set { target, setting: "Timeout".to_string(), value: json!(2) };
    simulation.apply(timeout).expect("a setting");
    run_for(&mut simulation, 3);
    simulation.apply(Command::Stop { node: target }).expect("a command");
    run_for(&mut simulation, 3);
    simulation.apply(Command::Resume { node: target }).expect("a command");
    simulation.apply(Command::Inject { target, fault: Fault::default() }).expect("a command");
    run_for(&mut simulation, 3);
    simulation
}

/// Everything that has to stay, with its name.
fn written(document: &Document) -> Vec<(String, String)> {
    let simulation = run(document);
    let mut all = vec![
        ("the journal's hash".to_string(), simulation.journal().hash()),
        ("a link".to_string(), Link::of_moment(&simulation).to_fragment()),
        ("a picture".to_string(), svg::write(document, Theme::Light)),
        ("Mermaid".to_string(), mermaid::write(document)),
    ];
    let mut files =
        Export::new(simulation.beginning(), 7, simulation.log(), simulation.now().0, SECOND).expect("a run");
    while !files.work(100_000).done() {}
    all.push(("the exported journal".to_string(), files.take_journal()));
    all.extend(files.into_files().into_iter().map(|file| (file.name.to_string(), file.text)));
    let options = Options { notation: Notation::Json, language: Language::Nodejs, placement: Placement::Files };
    let exported = export(document, options).expect("a template");
    let mut template = exported.template;
    all.extend(exported.files.into_iter().map(|file| (file.path, file.text)));
    template.as_object_mut().expect("an object").remove("Metadata");
    let mut imported = read::read(&template.to_string(), "Imported").expect("it can be read").document;
    // What stands beside the edges decides how much room they need.
    imported.nodes.iter_mut().for_each(|node| (node.x, node.y) = (0.0, 0.0));
    all.push(("what a template says".to_string(), imported.to_text()));
    all
}

#[test]
fn only_what_people_read_is_translated() {
    let before: Vec<_> = DIAGRAMS.iter().map(|it| written(&it.document())).collect();
    speak(Brackets);
    for (diagram, before) in DIAGRAMS.iter().zip(before) {
        let document = diagram.document();
        for ((name, after), (_, before)) in written(&document).into_iter().zip(before) {
            assert!(after == before, "{} of {}: {}", name, diagram.id, difference(&before, &after));
        }
        // While the log, and what is told about an export, is said in brackets.
        let simulation = run(&document);
        for (_, record) in simulation.journal().since(0) {
            let words = simulation.describe(record);
            assert!(words.contains('⟦'), "{words}");
        }
        let options = Options { notation: Notation::Json, language: Language::Python, placement: Placement::Inline };
        let notes = export(&document, options).expect("a template").notes;
        assert!(notes.iter().all(|note| note.text.contains('⟦')));
    }
}

/// Where two texts begin to differ.
fn difference(before: &str, after: &str) -> Value {
    let line = before.lines().zip(after.lines()).find(|(one, other)| one != other);
    json!(line)
}
