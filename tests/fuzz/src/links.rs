//! Links, from raw text to links that are nearly right: each is refused with reasons, or read and written as the same.

use crate::documents::{Choices, DOCUMENTS, values};
use bolero::check;
use eventyard::diagram::Problem;
use eventyard::exchange::link::{Arrival, Link, pack};
use serde_json::{Value, json};

fn judge(result: Result<Link, Vec<Problem>>) {
    match result {
        Err(problems) => assert!(!problems.is_empty(), "a refusal has a reason"),
        Ok(link) => {
            let again = Link::parse(&link.to_fragment()).expect("what was read is written and read again");
            assert_eq!(again, link);
            if let Ok(mut arrival) = Arrival::new(&link, 1) {
                // It goes on, or says why not.
                let _ = arrival.work(200);
            }
        }
    }
}

/// Pieces of what a link holds. One byte is one piece.
const PIECES: [&str; 64] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"d\":",
    "\"n\":\"x\"",
    "\"N\":[",
    "\"E\":[",
    "\"f\":[",
    "\"a\":",
    "\"p\":",
    "\"s\":",
    "\"v\":",
    "\"t\":[",
    "\"c\":[",
    "{\"d\":{\"n\":\"x\"",
    "\"@0\"",
    "\"@1\"",
    "\"@@\"",
    "\"@=3ff0000000000000\"",
    "\"@99\"",
    "\"00000000-0000-4000-8000-000000000001\"",
    "\"00000000-0000-4000-8000-000000000002\"",
    "\"queue\"",
    "\"function\"",
    "\"client\"",
    "\"send\"",
    "\"edit\"",
    "\"set\"",
    "\"many\"",
    "\"add-node\"",
    "\"remove-node\"",
    "\"add-edge\"",
    "\"replace\"",
    "\"move\"",
    "\"set-field\"",
    "\"rename\"",
    "\"pause\"",
    "\"inject\"",
    "\"redrive\"",
    "\"start-replay\"",
    "null",
    "true",
    "false",
    "0",
    "1",
    "7",
    "-1",
    "0.5",
    "1e300",
    "1e400",
    "18446744073709551615",
    "\"\"",
    "\"Timeout\"",
    "\"name\"",
    "\"outage\":true",
    "0,0,",
    "[0,null,",
    "]]}",
    "]}",
    "}}",
    " ",
];

#[test]
fn text() {
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        judge(Link::parse(&text));
        judge(Link::parse(&format!("v1.{text}")));
        let json: String = bytes.iter().filter_map(|byte| PIECES.get(usize::from(*byte))).copied().collect();
        if let Ok(value) = serde_json::from_str::<Value>(&json) {
            judge(Link::parse(&pack(&value)));
        }
    });
}

#[test]
fn bent() {
    check!().for_each(|bytes: &[u8]| {
        let mut choices = Choices(bytes);
        let values = values();
        let (document, places) = &DOCUMENTS[choices.next(DOCUMENTS.len())];
        let mut document = document.clone();
        let id = document["nodes"][0]["id"].clone();
        let list = |name: &str, fields: &[&str], document: &Value| -> Value {
            let of = |it: &Value| fields.iter().filter_map(|field| it.get(field)).cloned().collect::<Value>();
            document[name].as_array().into_iter().flatten().map(of).collect()
        };
        for _ in 0..choices.next(3) {
            if let Some(field) = document.pointer_mut(&places[choices.next(places.len())]) {
                *field = values[choices.next(values.len())].clone();
            }
        }
        let nodes = list("nodes", &["id", "kind", "name", "x", "y", "settings"], &document);
        let edges = list("edges", &["id", "kind", "from", "to", "settings"], &document);
        let commands: Vec<Value> = (0..choices.next(4))
            .map(|place| {
                let value = values[choices.next(values.len())].clone();
                let what = match choices.byte() % 6 {
                    0 => json!(["send", id, value, 1]),
                    1 => json!(["edit", ["set", id, "Timeout", null, value]]),
                    2 => json!(["edit", ["remove-node", id, choices.byte() % 2 == 0]]),
                    3 => json!(["stop", id]),
                    4 => json!(["edit", ["many", [["rename", id, "x"], ["set-field", "faults", value]]]]),
                    _ => json!(["inject", id, value]),
                };
                let mut command = vec![json!(place * 1000), Value::Null];
                command.extend(what.as_array().cloned().unwrap_or_default());
                Value::Array(command)
            })
            .collect();
        let mut written = json!({ "n": "bent", "N": nodes, "E": edges });
        if let Some(faults) = document.get("faults") {
            written["f"] = faults.clone();
        }
        judge(Link::parse(&pack(&json!({ "d": written, "s": 7, "t": [5_000, null], "c": commands }))));
    });
}
