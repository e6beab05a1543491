//! What pages around an embed may say and write into its address: understood, or refused with a reason.

use crate::documents::{Choices, DOCUMENTS, values};
use bolero::check;
use eventyard::exchange::embed::{Embed, Refused, decode};
use serde_json::{Map, Value, json};

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
