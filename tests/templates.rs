//! What is exported as a template: stable, whole, and written to `target/templates` for those who judge it. The linter,
//! SAM's translator, and the languages themselves do so in `tests/templates/check.py`, which `make test` runs.
//!
//! 200 random diagrams beside the guide's seven.

mod support;

use eventyard::diagram::{Document, Edge, EdgeKind, Node, NodeKind, check, list_problems, step_kinds};
use eventyard::exchange::template::code::Language;
use eventyard::exchange::template::write::{Notation, Options, Placement, export};
use eventyard::exchange::template::{DIAGRAM, DIGEST, METADATA_KEY, digest};
use eventyard::lessons::guide::DIAGRAMS;
use eventyard::simulation::Command;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use support::dressed::dress;
use support::random::{diagram, node_choice};
use support::{Builder, figure, run_for, simulate};
use uuid::Uuid;

const RANDOM_DIAGRAMS: usize = 200;

fn options(notation: Notation, language: Language, placement: Placement) -> Options {
    Options { notation, language, placement }
}

/// Valid diagrams, the same ones in every run with the same seed.
fn random_diagrams() -> Vec<Document> {
    let mut runner = TestRunner::new(Config::default());
    let choices = proptest::collection::vec(node_choice(), 2..9);
    let links = proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..30);
    let outfits = proptest::collection::vec(0u64..1000, 7..24);
    let strategy = (choices, links, 1u32..50, 0usize..64, outfits);
    let mut diagrams = Vec::new();
    while diagrams.len() < RANDOM_DIAGRAMS {
        let tree = strategy.new_tree(&mut runner).expect("a diagram");
        let (choices, links, rate, entry, outfits) = tree.current();
        let mut document = diagram(&choices, &links, f64::from(rate), entry);
        if check(&document).is_ok() {
            dress(&mut document, &outfits);
            diagrams.push(document);
        }
    }
    diagrams
}

fn guide() -> impl Iterator<Item = (&'static str, Document)> {
    DIAGRAMS.iter().map(|diagram| (diagram.id, diagram.document()))
}

/// Writes every form of an export into a folder.
fn write(folder: &Path, document: &Document) {
    fs::create_dir_all(folder).expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
    for (language, name) in [(Language::Nodejs, "nodejs"), (Language::Python, "python")] {
        let yaml = export(document, options(Notation::Yaml, language, Placement::Inline)).expect("a valid diagram");
        put(&format!("{name}.yaml"), &yaml.files[0].text);
        put(&format!("{name}.json"), &yaml.template.to_string());
        let files = export(document, options(Notation::Yaml, language, Placement::Files)).expect("a valid diagram");
        for file in &files.files {
            let path = folder.join(name).join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, &file.text).expect("a file");
        }
    }
}

/// `decouple-queue` with a customer's function that sends two messages in one call.
fn with_a_batch() -> Document {
    let mut document = DIAGRAMS.iter().find(|it| it.id == "decouple-queue").expect("a diagram of the guide").document();
    let (customer, queue) = (id_of(&document, "Customer"), id_of(&document, "Sales queue"));
    let entries = json!([
        { "Id": "first", "MessageBody": "{{message}}" },
        { "Id": "second", "MessageBody": { "amount": "{{message.amount}}" }, "DelaySeconds": 5 },
    ]);
    let handler = json!([
        { "step": "sendBatch", "to": queue.to_string(), "entries": entries },
        { "step": "respond", "payload": { "statusCode": 200, "body": { "failed": "{{result.Failed}}" } } },
    ]);
    document.node_mut(customer).expect("there").settings.insert("Handler".to_string(), handler);
    document
}

#[test]
fn every_diagram_is_written_for_those_who_judge_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/templates");
    for (id, document) in guide() {
        let _ = fs::remove_dir_all(folder.join(id));
        write(&folder.join(id), &document);
    }
    let batches = folder.join("batches");
    let _ = fs::remove_dir_all(&batches);
    write(&batches, &with_a_batch());
    for (index, document) in random_diagrams().iter().enumerate() {
        let folder = folder.join(format!("random-{index:03}"));
        let _ = fs::remove_dir_all(&folder);
        write(&folder, document);
    }
}

/// Functions that together have every kind of step, and every way of failing: `behave.mjs` runs their code.
fn every_step() -> Document {
    let mut it = Builder::new();
    let table = it.node(NodeKind::Database, "Rows", json!({ "Engine": "key-value", "ConsistentRead": true }));
    let database = it.node(NodeKind::Database, "Ledger", json!({}));
    let queue = it.node(NodeKind::Queue, "Jobs", json!({ "FifoQueue": true }));
    let topic = it.node(NodeKind::Topic, "News", json!({}));
    let bus = it.node(NodeKind::Bus, "Shop", json!({ "Name": "shop" }));
    let mailer = it.node(NodeKind::Mailer, "Mail", json!({}));
    let endpoint = it.node(NodeKind::Endpoint, "Partner", json!({}));
    let other = it.node(NodeKind::Function, "Other", json!({}));
    let to = |id: Uuid| id.to_string();
    let half = json!({ "amount": [{ "numeric": [">", 100] }] });
    let functions: Vec<(&str, Vec<Uuid>, Value)> = vec![
        (
            "Works",
            vec![],
            json!([
                { "step": "work", "duration": { "lognormal": { "median": 5, "p99": 9 } }, "failureRate": 0.5 },
                { "step": "throw", "probability": 0.5, "message": "Now and then." },
                { "step": "respond", "payload": { "n": "{{message.n}}", "text": "n is {{message.n}}", "all": "{{message}}" } },
            ]),
        ),
        (
            "Calls",
            vec![endpoint, other],
            json!([
                { "step": "call", "to": to(endpoint), "method": "PUT", "path": "/v1/x", "headers": { "x-shop": "one" }, "payload": { "n": "{{message.n}}" } },
                { "step": "call", "to": to(other), "payload": { "got": "{{result.id}}" } },
                { "step": "call", "to": to(other), "invocation": "Event", "payload": "{{message}}" },
                { "step": "call", "to": to(endpoint), "method": "GET", "path": "/v1/y" },
                { "step": "respond", "payload": { "last": "{{result.id}}" } },
            ]),
        ),
        (
            "Sends",
            vec![queue, topic, bus, mailer],
            json!([
                { "step": "send", "to": to(queue), "payload": { "n": "{{message.n}}" }, "messageGroupId": "g-{{message.n}}", "messageDeduplicationId": "{{requestId}}",
                  "attributes": { "tier": { "DataType": "String", "StringValue": "{{message.tier}}" } } },
                { "step": "publish", "to": to(topic), "attributes": { "size": { "DataType": "Number", "StringValue": "{{message.n}}" } } },
                { "step": "publishBatch", "to": to(topic), "entries": [{ "Id": "1", "Message": { "n": "{{message.n}}" } }, { "Id": "2", "Message": "text" }] },
                { "step": "putEvents", "to": to(bus), "source": "shop", "detailType": "Paid", "detail": { "n": "{{message.n}}" } },
                { "step": "putEvents", "to": to(bus), "entries": [{ "Source": "shop", "DetailType": "Sent", "Detail": { "n": 1 } }, { "Source": "shop", "DetailType": "Seen", "Detail": "{{message}}" }] },
                { "step": "email", "to": to(mailer), "recipient": "{{message.tier}}@example.com", "subject": "About {{message.n}}", "body": { "n": "{{message.n}}" } },
                { "step": "sendBatch", "to": to(queue), "entries": [{ "Id": "1", "MessageBody": { "n": "{{message.n}}" }, "MessageGroupId": "g" }, { "Id": "2", "MessageBody": "text", "MessageGroupId": "g", "MessageDeduplicationId": "d" }] },
            ]),
        ),
        (
            "Stores",
            vec![table],
            json!([
                { "step": "write", "to": to(table), "table": "a", "key": "k-{{message.n}}", "row": { "n": "{{message.n}}" } },
                { "step": "write", "to": to(table), "table": "a", "key": "{{message.n}}", "idempotent": true, "event": { "told": "{{message.n}}" } },
                { "step": "read", "to": to(table), "table": "a", "key": "{{message.n}}", "otherwise": { "none": true } },
                { "step": "respond", "payload": "{{result}}" },
            ]),
        ),
        (
            "Keeps",
            vec![database],
            json!([
                { "step": "write", "to": to(database), "table": "b", "key": "{{message.n}}", "idempotent": true, "event": { "told": "{{message.n}}" } },
                { "step": "read", "to": to(database), "table": "b", "key": "{{message.n}}", "otherwise": { "none": true } },
                { "step": "respond", "payload": "{{result}}" },
            ]),
        ),
        (
            "Once",
            vec![table, database, queue],
            json!([
                { "step": "idempotency", "to": to(table), "table": "seen", "key": "{{message.n}}", "expiresAfterSeconds": 60,
                  "steps": [{ "step": "send", "to": to(queue), "messageGroupId": "one", "messageDeduplicationId": "1" }] },
                { "step": "idempotency", "to": to(database), "key": "{{message.n}}",
                  "steps": [{ "step": "send", "to": to(queue), "messageGroupId": "two", "messageDeduplicationId": "2" }] },
            ]),
        ),
        (
            "Relays",
            vec![table, database, queue],
            json!([
                { "step": "relay", "to": to(table), "maximum": 3, "steps": [{ "step": "send", "to": to(queue), "messageGroupId": "t", "messageDeduplicationId": "{{message.id}}" }] },
                { "step": "relay", "to": to(database), "maximum": 2, "steps": [{ "step": "send", "to": to(queue), "messageGroupId": "d", "messageDeduplicationId": "{{message.id}}" }] },
            ]),
        ),
        (
            "Chooses",
            vec![topic, queue],
            json!([
                { "step": "if", "when": half, "then": [{ "step": "respond", "payload": "large" }], "else": [{ "step": "respond", "payload": "small" }] },
                { "step": "throw", "when": { "kind": ["refused"] }, "error": "Declined", "message": "No such customer." },
                { "step": "parallel", "steps": [
                    [{ "step": "publish", "to": to(topic), "payload": "left" }],
                    [{ "step": "send", "to": to(queue), "payload": "right", "messageGroupId": "g", "messageDeduplicationId": "d" }],
                ] },
            ]),
        ),
        (
            "Tries",
            vec![endpoint, topic],
            json!([
                { "step": "call", "to": to(endpoint), "path": "/down", "retries": 2, "backoffMillis": 1, "timeoutMillis": 500, "fallback": { "id": "instead" } },
                { "step": "publish", "to": to(topic), "payload": "{{result.id}}" },
                { "step": "call", "to": to(endpoint), "path": "/down", "onError": "continue" },
                { "step": "call", "to": to(endpoint), "path": "/down", "circuitBreaker": { "failures": 1, "openMillis": 60_000 },
                  "fallbackSteps": [{ "step": "publish", "to": to(topic), "payload": "failed" }] },
            ]),
        ),
    ];
    for (name, targets, handler) in functions {
        let function = it.node(NodeKind::Function, name, json!({}));
        for target in targets {
            it.edge(function, target, json!({}));
        }
        it.set(function, "Handler", handler);
    }
    it.build()
}

#[test]
fn every_kind_of_step_is_written_for_those_who_run_it() {
    let document = every_step();
    let plan = check(&document).unwrap_or_else(|problems| panic!("{}", list_problems(&problems)));
    let text = document.to_text();
    for kind in step_kinds::STEP_KINDS {
        assert!(text.contains(&format!("\"step\": \"{}\"", kind.name)), "{}", kind.name);
    }
    assert!(!plan.nodes.is_empty());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/templates/steps");
    let _ = fs::remove_dir_all(&folder);
    write(&folder, &document);
}

#[test]
fn metadata_holds_the_diagram_and_what_tells_changes() {
    for (id, document) in guide() {
        let export = export(&document, options(Notation::Yaml, Language::Nodejs, Placement::Inline)).expect("valid");
        let kept = &export.template["Metadata"][METADATA_KEY];
        assert_eq!(kept[DIGEST], digest(&export.template), "{id}");
        assert_eq!(Document::parse(kept[DIAGRAM].as_str().expect("a text")), Ok(document), "{id}");
    }
}

/// The resources of a template, their own text each.
fn resources(document: &Document) -> Vec<(String, String)> {
    let export = export(document, options(Notation::Json, Language::Python, Placement::Inline)).expect("valid");
    let resources = export.template["Resources"].as_object().cloned().unwrap_or_default();
    resources.into_iter().map(|(name, resource)| (name, resource.to_string())).collect()
}

#[test]
fn another_node_changes_no_resource_that_was_there() {
    for (id, document) in guide() {
        let before = resources(&document);
        let mut document = document;
        let mut copy = document.nodes[0].clone();
        copy.id = Uuid::from_u128(7);
        copy.kind = NodeKind::Queue;
        copy.name = "Sales queue".to_string();
        copy.settings.clear();
        document.nodes.push(copy);
        let after = resources(&document);
        assert_eq!(after.len(), before.len() + 1, "{id}");
        assert!(before.iter().all(|resource| after.contains(resource)), "{id}");
    }
}

#[test]
fn no_template_holds_null_outside_of_texts() {
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(items) => items.iter().any(has_null),
            Value::Object(fields) => fields.values().any(has_null),
            _ => false,
        }
    }
    for document in random_diagrams() {
        let export = export(&document, options(Notation::Json, Language::Nodejs, Placement::Inline)).expect("valid");
        assert!(!has_null(&export.template));
    }
}

/// A diagram of the guide in which nothing happens by itself, and its node of this name.
fn quiet(id: &str) -> Document {
    let diagram = DIAGRAMS.iter().find(|diagram| diagram.id == id).expect("a diagram of the guide");
    let mut document = diagram.document();
    for node in &mut document.nodes {
        node.settings.remove("PollStatus");
        if node.kind == NodeKind::Client {
            node.settings.insert("Arrivals".to_string(), json!({ "constant": 0 }));
        }
    }
    document
}

fn id_of(document: &Document, name: &str) -> Uuid {
    document.nodes.iter().find(|node| node.name == name).map(|node| node.id).expect("a node of this name")
}

/// Where each message of `messages.json` ends here: `emulate.py` compares that with an emulator that was made from the
/// exported template.
#[test]
fn where_messages_end_is_written_for_the_comparison() {
    let messages: Value = serde_json::from_str(include_str!("templates/messages.json")).expect("JSON");
    let list = |name: &str| messages[name].as_array().cloned().expect("a list");
    let mut ends = json!({ "topic": {}, "queue": {} });
    for message in list("topic") {
        let mut document = quiet("pubsub-topic");
        let topic = id_of(&document, "Payments topic");
        // A program that publishes by itself.
        let (client, edge) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let settings = json!({ "Arrivals": { "constant": 0 }, "MessageAttributes": message["attributes"] });
        let settings = settings.as_object().cloned().unwrap_or_default();
        let (kind, name) = (NodeKind::Client, "Publisher".to_string());
        document.nodes.push(Node { id: client, kind, name, x: 0.0, y: 900.0, settings });
        document.edges.push(Edge { id: edge, kind: EdgeKind::Publish, from: client, to: topic, settings: Map::new() });
        let mut simulation = simulate(&document, 1);
        let payload = message["body"].clone();
        simulation.apply(Command::Send { node: client, payload, count: 1 }).expect("sent");
        run_for(&mut simulation, 60);
        let reached = [("Customer", "invocations"), ("Sales queue", "sent"), ("Communication", "invocations")];
        let reached = reached.iter().filter(|(name, what)| figure(&simulation, id_of(&document, name), what) > 0.0);
        let name = message["id"].as_str().expect("a name");
        ends["topic"][name] = reached.map(|(name, _)| Value::from(*name)).collect();
    }
    for message in list("queue") {
        let mut document = quiet("decouple-queue");
        let (queue, sales) = (id_of(&document, "Sales queue"), id_of(&document, "Sales"));
        let handler = json!([{ "step": "throw", "when": { "amount": [{ "numeric": ["<", 0] }] } }]);
        document.node_mut(sales).expect("there").settings.insert("Handler".to_string(), handler);
        let mut simulation = simulate(&document, 1);
        simulation.apply(Command::Send { node: queue, payload: message["body"].clone(), count: 1 }).expect("sent");
        run_for(&mut simulation, 600);
        let dead = figure(&simulation, id_of(&document, "Sales dead letters"), "visible") > 0.0;
        let name = message["id"].as_str().expect("a name");
        let end = if dead { "Sales dead letters" } else { "processed" };
        let deliveries = figure(&simulation, queue, "received") as u64;
        ends["queue"][name] = json!({ "end": end, "deliveries": deliveries });
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/templates");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("simulated.json"), format!("{ends:#}\n")).expect("a file");
}
