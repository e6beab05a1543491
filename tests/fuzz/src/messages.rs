//! What pages around an embed may say and write into its address: understood, or refused with a reason.

use crate::documents::{Choices, DOCUMENTS, values};
use bolero::check;
use eventyard::exchange::course::{Results, SUSPENDED, resume, scorm12, scorm2004, statements, suspend};
use eventyard::exchange::embed::{Embed, Refused, decode};
use eventyard::exchange::link::pack;
use eventyard::lessons::labs::{LABS, Lab, Session};
use serde_json::{Map, Value, json};
use std::rc::Rc;

fn judge(text: &str) {
    match decode(text) {
        Ok(message) => {
            let document = eventyard::lessons::guide::DIAGRAMS[2].document();
            let _ = message.request.command(&document);
        }
        Err(Refused::NotOurs) => {}
        Err(Refused::Wrong { why, .. }) => assert!(!why.is_empty(), "a refusal has a reason"),
    }
}

const KINDS: [&str; 11] =
    ["load", "play", "pause", "step", "seek", "set", "send", "fault", "getState", "screenshot", "eval"];
const FIELDS: [&str; 13] = [
    "diagram", "document", "link", "speed", "time", "target", "setting", "value", "node", "payload", "count", "fault",
    "format",
];

#[test]
fn messages() {
    check!().for_each(|bytes: &[u8]| {
        judge(&String::from_utf8_lossy(bytes));
        let mut choices = Choices(bytes);
        let values = values();
        let mut fields = Map::new();
        fields.insert("eventyard".to_string(), if choices.byte() % 8 == 7 { json!(2) } else { json!(1) });
        fields.insert("type".to_string(), KINDS[choices.next(KINDS.len())].into());
        for _ in 0..choices.next(4) {
            let name = FIELDS[choices.next(FIELDS.len())];
            let value = match choices.byte() % 4 {
                0 => json!(["Sales queue", "Sales queue -> Sales", "#v1.AAAA", "svg", "combined"][choices.next(5)]),
                1 if name == "document" => {
                    let (document, places) = &DOCUMENTS[choices.next(DOCUMENTS.len())];
                    let mut document = document.clone();
                    if let Some(field) = document.pointer_mut(&places[choices.next(places.len())]) {
                        *field = values[choices.next(values.len())].clone();
                    }
                    document
                }
                2 => json!({ "outage": true, "errorRate": values[choices.next(values.len())] }),
                _ => values[choices.next(values.len())].clone(),
            };
            fields.insert(name.to_string(), value);
        }
        judge(&Value::Object(fields).to_string());
    });
}

#[test]
fn parameters() {
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let named = ["autoplay", "t", "panels", "controls", "origins", "node", "theme"];
        let named = named.into_iter().zip(text.split('&').cycle());
        for (embed, notes) in [Embed::read(pairs), Embed::read(named)] {
            assert!(notes.len() <= 5 && notes.iter().all(|note| note.chars().count() < 300));
            let _ = embed.origins.allow(&text, "https://example.org");
        }
    });
}

thread_local! {
    static LAB: Rc<Lab> = Rc::new(LABS[0].lab().expect("a lab"));
}

/// Somebody's progress, whoever has written it: the lab goes on from there, and what is reported can be.
fn resumed(text: &str) {
    let Some(progress) = resume(text) else { return };
    let session = Session::resume(LAB.with(Rc::clone), progress);
    let _ = session.summary();
    let results = Results::of(session.lab(), session.progress());
    let suspended = suspend(session.progress());
    assert!(suspended.len() <= SUSPENDED, "{} bytes", suspended.len());
    assert!((0.0..=1.0).contains(&results.score), "{}", results.score);
    let _ = (scorm12(&results, &suspended, 0.8), scorm2004(&results, &suspended, 0.8));
    let _ = statements(Some(&results), &results, "https://school.example/", 0.8, true);
}

#[test]
fn progress() {
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        resumed(&text);
        let mut choices = Choices(bytes);
        let values = values();
        let steps: Vec<Value> = (0..choices.next(6))
            .map(|_| {
                let answer = match choices.byte() % 4 {
                    0 => json!({ "c": choices.byte() }),
                    1 => json!({ "n": f64::from(choices.byte()) * 1e307 }),
                    2 => json!({ "d": u16::from(choices.byte()) * 257 }),
                    _ => values[choices.next(values.len())].clone(),
                };
                let number = u16::from(choices.byte()) * 257;
                json!({ "q": { "a": answer, "t": answer, "r": choices.byte() % 2 == 0 }, "g": number, "h": number, "d": true })
            })
            .collect();
        let lab = LAB.with(|lab| if choices.byte() % 4 == 0 { "another".to_string() } else { lab.id.clone() });
        resumed(&pack(&json!({ "lab": lab, "at": usize::from(choices.byte()) * 1_000, "steps": steps })));
    });
}
