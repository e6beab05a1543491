//! Any sequence of edits can be taken back byte for byte and done again.

use eventyard::diagram::{Change, Document, Edge, EdgeKind, Edit, History, Ids, NodeKind, PRICES, build, check};
use eventyard::lessons::guide;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a random number can mean for a document: all that people do, sensible or not.
pub fn random_change(document: &Document, choice: (u8, u32, u32, i16), ids: &mut Ids) -> Option<Change> {
    let (what, first, second, number) = choice;
    let pick = |list: usize, number: u32| (list > 0).then(|| number as usize % list);
    let node = |number: u32| pick(document.nodes.len(), number).map(|index| document.nodes[index].id);
    let edge = |number: u32| pick(document.edges.len(), number).map(|index| document.edges[index].id);
    let either = |number: u32| if number.is_multiple_of(3) { edge(number / 3) } else { node(number / 3) };
    let of = |edit: Edit| Some(Change::of(edit, document));
    let place = (f64::from(number), f64::from(second % 1_000));
    match what % 20 {
        0 => Some(build::new_node(document, NodeKind::ALL[first as usize % NodeKind::ALL.len()], place, ids)),
        1..=3 => build::connect(document, node(first)?, node(second)?, None, ids).ok(),
        4 => Some(build::remove(document, &[either(first)?])),
        5 => Some(build::remove(document, &[either(first)?, either(second)?])),
        6 => of(Edit::Move(vec![(node(first)?, place.0, place.1)])),
        7 => of(Edit::Rename { node: node(first)?, name: format!("Name {number}") }),
        8 => {
            build::insert(document, edge(first)?, NodeKind::ALL[second as usize % NodeKind::ALL.len()], None, ids).ok()
        }
        9 => build::duplicate(document, &[either(first)?, either(second)?], (24.0, 24.0), ids).ok(),
        10 if first.is_multiple_of(3) => build::insert_loose(document, edge(first)?, node(second)?, ids).ok(),
        10 if first.is_multiple_of(2) => {
            let kinds = [EdgeKind::Call, EdgeKind::OnSuccess, EdgeKind::DeadLetter, EdgeKind::Authorizer];
            build::change_kind(document, edge(first)?, kinds[second as usize % kinds.len()], ids).ok()
        }
        10 => build::reconnect(document, edge(first)?, node(second)?, node(first / 7)?, ids).ok(),
        11 => build::topic_to_bus(document, node(first)?, ids).ok(),
        12 => build::bus_to_topic(document, node(first)?, ids).ok(),
        13 => {
            let target = either(first)?;
            let fault = json!({ "at": number, "until": 40, "target": target, "fault": { "outage": true } });
            let (field, value) = match second % 6 {
                0 => ("name", Some(format!("Diagram {number}").into())),
                1 => (
                    "prices",
                    Some(json!({ "lambda-requests": f64::from(number) / 100.0, "freeTier": number % 2 == 0 })),
                ),
                2 => ("prices", Some(json!({ PRICES[first as usize % PRICES.len()].name: f64::from(number) / 8.0 }))),
                3 => ("faults", Some(json!([fault, fault]))),
                4 => ("faults", Some(json!([{ "at": 5, "target": target, "fault": { "errorRate": number } }]))),
                _ => (["prices", "faults"][first as usize % 2], None),
            };
            of(Edit::SetField { field: field.to_string(), value })
        }
        14 => {
            let names = ["VisibilityTimeout", "Timeout", "BatchSize", "Latency", "Handler", "MessageRetentionPeriod"];
            let name = names[second as usize % names.len()];
            let value = match name {
                "Handler" => json!([{ "step": "work", "duration": number }]),
                _ => json!(number),
            };
            of(Edit::set(document, either(first)?, name, value))
        }
        15 => {
            let target = either(first)?;
            let written = document.node(target).map(|node| &node.settings);
            let settings = written.or_else(|| document.edge(target).map(|edge| &edge.settings))?;
            let name = settings.keys().nth(pick(settings.len(), second)?)?.clone();
            of(Edit::set(document, target, &name, Value::Null))
        }
        16 => {
            let mut node = document.node(node(first)?)?.clone();
            node.settings = Map::new();
            of(Edit::ReplaceNode(Box::new(node)))
        }
        17 => of(Edit::Replace(Box::new(guide::DIAGRAMS[first as usize % guide::DIAGRAMS.len()].document()))),
        18 => of(Edit::SetEnds { edge: edge(first)?, from: node(second)?, to: node(second / 7)? }),
        // What cannot be done: refused as a whole, though its first half could be.
        _ => of(Edit::Many(vec![
            Edit::Move(vec![(node(first)?, 1.0, 2.0)]),
            Edit::AddEdge {
                edge: Edge {
                    id: ids.next_id(),
                    kind: EdgeKind::Call,
                    from: Uuid::nil(),
                    to: node(second)?,
                    settings: Map::new(),
                },
                place: 0,
            },
        ])),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_are_taken_back_byte_for_byte_and_done_again(
        start in 0usize..8,
        choices in proptest::collection::vec((any::<u8>(), any::<u32>(), any::<u32>(), any::<i16>()), 1..40),
        joined in any::<u64>(),
    ) {
        let mut document = guide::DIAGRAMS.get(start).map_or(Document::new("Empty"), |diagram| diagram.document());
        let mut history = History::default();
        let mut ids = Ids::new(u64::from(choices[0].1));
        let mut texts = vec![document.to_text()];
        for (index, choice) in choices.into_iter().enumerate() {
            let Some(change) = random_change(&document, choice, &mut ids) else { continue };
            let before = document.to_text();
            let key = (joined >> (index % 64) & 1 == 1).then_some("key");
            match history.perform(change, key, |edit| document.apply(edit)) {
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    prop_assert!(document.to_text() == before, "what is refused changes nothing");
                }
                Ok(()) => {
                    let text = document.to_text();
                    texts.truncate(history.position());
                    texts.push(text);
                }
            }
            // On the way it may be wrong, and then says what is, where, and what to do; never does it become unreadable.
            if let Err(problems) = check(&document) {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(problem.message.ends_with(['.', '!', '?']), "{:?}", problem);
                    let lists = ["nodes", "edges", "faults", "prices"];
                    prop_assert!(lists.iter().any(|list| problem.path.starts_with(list)), "{:?}", problem);
                }
            }
            let again = Document::parse(&document.to_text());
            prop_assert!(again.is_ok_and(|again| again == document), "what is written is read again as the same");
        }
        let end = document.to_text();
        prop_assert_eq!(texts.len(), history.position() + 1);
        for text in texts.iter().rev().skip(1) {
            history.undo(|edit| document.apply(edit)).expect("undone");
            prop_assert!(document.to_text() == *text, "undoing to entry {}", history.position());
        }
        prop_assert_eq!(history.undo(|edit| document.apply(edit)), Ok(None));
        let count = history.labels().count();
        history.jump(count, |edit| document.apply(edit)).expect("done again");
        prop_assert!(document.to_text() == end, "doing everything again");
    }
}
