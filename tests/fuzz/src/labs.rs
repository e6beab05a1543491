//! Labs that come with Eventyard, bent and broken: each is refused with reasons, or can be gone through; and expressions
//! of all kinds.

use crate::documents::{Choices, bent_text, collect, values};
use bolero::check;
use eventyard::diagram::Document;
use eventyard::kernel::SECOND;
use eventyard::lessons::guide;
use eventyard::lessons::labs::{Answer, LABS, Lab, Play, Progress, Session, check as check_lab};
use eventyard::simulation::Simulation;
use eventyard::simulation::breakpoints::{Condition, Expression, Quantity, Scene};
use eventyard::simulation::past::Past;
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::LazyLock;

/// The labs and every place in them.
static DOCUMENTS: LazyLock<Vec<(Value, Vec<String>)>> = LazyLock::new(|| {
    let of = |entry: &eventyard::lessons::labs::Entry| {
        let value: Value = serde_json::from_str(entry.text()).expect("JSON");
        let mut places = Vec::new();
        collect(&value, String::new(), &mut places);
        (value, places)
    };
    LABS.iter().map(of).collect()
});

/// What a field of a lab may be bent into, besides what a field of a document may.
fn lab_values() -> Vec<Value> {
    let texts = [
        "5 min",
        "24 h",
        "Sales",
        "Sales.Handler",
        "Sales -> Sales database",
        "success = 100 %",
        "missing = 0",
        "time > 1 s",
        "Sales.errors / requests",
        "{{taken}} {{",
        "[a](glossary:queue)",
        "something is dead-lettered",
        "redrive Sales dead letters",
        "Sales.outage",
        "/0/-",
    ];
    let acts = [
        json!({ "set": "Sales.Handler", "at": "/-", "to": null }),
        json!({ "fault": "Sales", "is": { "outage": true }, "from": 1, "until": 3 }),
        json!({ "stop": "Sales" }),
        json!({ "remove": "Sales" }),
        json!({ "send": "Front end", "count": 3 }),
        json!({ "add": "Another", "kind": "queue", "x": 1, "y": 1 }),
        json!({ "connect": "Sales -> Another" }),
    ];
    texts.into_iter().map(Value::from).chain(acts.clone()).chain([json!(acts.to_vec())]).chain(values()).collect()
}

#[test]
fn labs() {
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let (original, places) = &DOCUMENTS[choices.next(DOCUMENTS.len())];
        let mut value = original.clone();
        let values = lab_values();
        for _ in 0..choices.next(4) {
            let place = &places[choices.next(places.len())];
            if let Some(field) = value.pointer_mut(place) {
                *field = values[choices.next(values.len())].clone();
            }
        }
        let lab = match Lab::read(&value) {
            Ok(lab) => lab,
            Err(problems) => return assert!(!problems.is_empty(), "a refusal has a reason"),
        };
        assert_eq!(Lab::read(&lab.to_json()).as_ref(), Ok(&lab), "what was read can be written and read");
        // Going through it takes a hundred times longer than checking it.
        if !check_lab(&lab).is_empty() || choices.byte() % 8 != 7 {
            return;
        }
        let lab = Rc::new(lab);
        let Ok(mut play) = Play::new(&lab) else { return };
        play.budget = 1_500;
        for step in 0..lab.steps.len() {
            play.session.go_to(step);
            let answers = [Answer::Choice(choices.byte()), Answer::Number(f64::NAN), Answer::Node(9)];
            for answer in answers {
                let _ = play.session.answer(answer);
            }
            if play.step(&lab.steps[step].solution).is_err() {
                break;
            }
            let _ = (play.session.reveal(), play.session.after(), play.session.again());
            while play.session.show_hint() {}
        }
        play.simulation.census().expect("balanced books");
        let kept = play.session.progress().to_text();
        assert!(kept.len() <= 4_096, "{} bytes", kept.len());
        let again = Session::resume(lab, Progress::parse(&kept).expect("what was kept"));
        assert_eq!(again.summary().len(), again.lab().steps.len());
    });
}

#[test]
fn loading() {
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let original = LABS[choices.next(LABS.len())].text();
        for text in [bent_text(original, &mut choices), String::from_utf8_lossy(bytes).into_owned()] {
            match Lab::parse(&text) {
                Ok(lab) => assert!(Lab::read(&lab.to_json()).is_ok(), "what was read can be written and read"),
                Err(problems) => assert!(!problems.is_empty(), "a refusal has a reason"),
            }
        }
    });
}

/// Pieces of expressions.
const PIECES: [&str; 64] = [
    "depth",
    "of",
    "Sales queue",
    "Sales",
    "\"Sales\"",
    "\"",
    "->",
    "→",
    "Sales queue -> Sales",
    "p99",
    "p50",
    "Front end",
    ">",
    ">=",
    "<",
    "<=",
    "=",
    "-",
    "+",
    "*",
    "/",
    "(",
    ")",
    "and",
    "or",
    "not",
    "1",
    "0",
    "2.5",
    "1e9",
    "ms",
    "s",
    "min",
    "h",
    "%",
    "$2",
    "$",
    "missing",
    "duplicates",
    "cost per million",
    "cost",
    "success",
    "requests",
    "time",
    "highest",
    "age",
    "rate",
    "errors",
    ".errors",
    ".visible",
    ".statuses.429",
    ".",
    "Sales.errors",
    "Payments API.statuses.429",
    "on-time",
    "dead-lettered",
    "something is dead-lettered",
    "a request fails",
    " gets a message",
    "more than 3 messages wait in ",
    "é",
    "😀",
    "  ",
    "\n",
];

struct Stage {
    document: Document,
    simulation: Simulation,
    past: Past,
}

#[test]
fn expressions() {
    let document = guide::find("decouple-queue").expect("in the guide").document();
    let mut simulation = Simulation::new(&document, 1).expect("it runs");
    simulation.keep_ledger();
    let mut past = Past::of(&simulation);
    let until = simulation.now() + 20 * SECOND;
    past.run_until(&mut simulation, until, u64::MAX);
    // Nothing in it is changed by looking.
    let stage = std::panic::AssertUnwindSafe(Stage { document, simulation, past });
    check!().for_each(|bytes: &[u8]| {
        let stage: &Stage = &stage;
        let pieces = bytes.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]);
        let spaced = bytes.first().is_some_and(|byte| byte % 2 == 0);
        let text = pieces.collect::<Vec<_>>().join(if spaced { " " } else { "" });
        let document = &stage.document;
        let scene = Scene::new(&stage.simulation, stage.past.metrics());
        match Expression::parse(&text, document) {
            Ok(expression) => {
                let since = expression.since(&scene);
                let holds = expression.holds_since(&scene, Some(&since));
                let _ = (holds, expression.measured(&scene, None), expression.needs_ledger());
                assert_eq!(Expression::parse(expression.text(), document).as_ref(), Ok(&expression));
            }
            Err(fault) => assert!(text.is_char_boundary(fault.at), "{text}: {fault:?}"),
        }
        match Quantity::parse(&text, document) {
            Ok(quantity) => drop(quantity.value(&scene, None).map(|value| quantity.unit().words(value))),
            Err(fault) => assert!(text.is_char_boundary(fault.at), "{text}: {fault:?}"),
        }
        if let Err(fault) = Condition::parse(&text, document) {
            assert!(text.is_char_boundary(fault.at), "{text}: {fault:?}");
        }
    });
}
