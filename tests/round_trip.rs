//! A diagram out as a template and in again: with its `Metadata` the same diagram, exactly; without, the same structure
//! and the settings that a template can say.

mod support;

use eventyard::diagram::{Document, Edge, EdgeKind, Node, NodeKind, Setting, check, settings};
use eventyard::exchange::template::code::Language;
use eventyard::exchange::template::names::Names;
use eventyard::exchange::template::read::{self, Flaw, Imported};
use eventyard::exchange::template::write::{Notation, Options, Placement, export};
use eventyard::lessons::guide::DIAGRAMS;
use proptest::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use support::random::{diagram, node_choice};
use uuid::Uuid;

const NOTATIONS: [Notation; 2] = [Notation::Yaml, Notation::Json];

#[track_caller]
fn import(text: &str) -> Imported {
    let list = |flaws: Vec<Flaw>| flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("\n");
    let imported = read::read(text, "x").unwrap_or_else(|flaws| panic!("{}\n{text}", list(flaws)));
    assert!(check(&imported.document).is_ok());
    imported
}

fn options(notation: Notation) -> Options {
    Options { notation, language: Language::Nodejs, placement: Placement::Inline }
}

/// With Metadata: the same text of the same document.
#[track_caller]
fn exactly(document: &Document) {
    for notation in NOTATIONS {
        let exported = export(document, options(notation)).expect("a valid diagram");
        let imported = import(&exported.files[0].text);
        assert!(imported.exact, "{notation:?}: the digest differs\n{}", exported.files[0].text);
        assert_eq!(imported.document, *document);
    }
}

/// What a node of each kind can say in a template.
fn said_by_node(kind: NodeKind) -> &'static [&'static str] {
    match kind {
        NodeKind::Queue => &[
            "FifoQueue",
            "VisibilityTimeout",
            "DelaySeconds",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "MaximumMessageSize",
            "ContentBasedDeduplication",
            "DeduplicationScope",
            "FifoThroughputLimit",
        ],
        NodeKind::Topic => &["FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope"],
        NodeKind::Bus => &["Archive"],
        NodeKind::Rule => &["EventPattern", "ScheduleExpression", "State"],
        NodeKind::Function => &[
            "Timeout",
            "MemorySize",
            "ReservedConcurrentExecutions",
            "ProvisionedConcurrentExecutions",
            "MaximumRetryAttempts",
            "MaximumEventAgeInSeconds",
            "RecursiveLoop",
        ],
        NodeKind::Database => &["Engine"],
        NodeKind::Gateway => {
            &["ApiType", "ThrottlingRateLimit", "ThrottlingBurstLimit", "TracingEnabled", "CacheClusterEnabled"]
        }
        _ => &[],
    }
}

/// The same for edges; what only some receivers have depends on the receiver.
fn said_by_edge(kind: EdgeKind, to: NodeKind) -> &'static [&'static str] {
    match (kind, to) {
        (EdgeKind::Subscription, NodeKind::Queue | NodeKind::Endpoint) => {
            &["FilterPolicy", "FilterPolicyScope", "RawMessageDelivery"]
        }
        (EdgeKind::Subscription, _) => &["FilterPolicy", "FilterPolicyScope"],
        (EdgeKind::Target, NodeKind::Endpoint) => &[
            "Input",
            "InputPath",
            "InputTransformer",
            "MaximumRetryAttempts",
            "MaximumEventAgeInSeconds",
            "InvocationRateLimitPerSecond",
        ],
        (EdgeKind::Target, _) => &[
            "Input",
            "InputPath",
            "InputTransformer",
            "MaximumRetryAttempts",
            "MaximumEventAgeInSeconds",
            "MessageGroupId",
        ],
        (EdgeKind::EventSourceMapping, _) => &[
            "BatchSize",
            "MaximumBatchingWindowInSeconds",
            "MaximumConcurrency",
            "ReportBatchItemFailures",
            "ProvisionedPollerConfig",
            "FilterCriteria",
            "Enabled",
        ],
        (EdgeKind::Redrive, _) => &["maxReceiveCount"],
        (EdgeKind::Integration, _) => {
            &["Method", "Path", "TimeoutInMillis", "ThrottlingRateLimit", "ThrottlingBurstLimit"]
        }
        _ => &[],
    }
}

/// A setting as it holds, numbers by what they are worth.
fn holds(described: &[&[Setting]], written: &Map<String, Value>, name: &str) -> Value {
    let setting = described.iter().flat_map(|list| list.iter()).find(|setting| setting.name == name);
    let setting = setting.unwrap_or_else(|| panic!("no setting {name}"));
    let value = written.get(name).filter(|value| !value.is_null()).cloned().unwrap_or_else(|| setting.default_value());
    value.as_f64().map_or(value, Value::from)
}

/// What a policy of a receiver says of one who delivers to it; one that is gone is made anew.
fn is_denied(edge: &Edge) -> bool {
    edge.settings.get("Access") == Some(&json!("DENIED"))
}

fn is_canary(edge: &Edge) -> bool {
    edge.settings.get("Deployment") == Some(&json!("CANARY"))
}

/// Whether a template has something for an edge.
fn is_said(document: &Document, edge: &Edge, earlier: &[&Edge]) -> bool {
    let kind_of = |id| document.node(id).map(|node| node.kind);
    let route = |edge: &Edge| {
        let text =
            |name: &str, usual: &str| edge.settings.get(name).and_then(Value::as_str).unwrap_or(usual).to_string();
        (edge.from, text("Method", "ANY"), text("Path", "/{proxy+}"))
    };
    match edge.kind {
        _ if kind_of(edge.from) == Some(NodeKind::Client) => false,
        EdgeKind::Subscription => edge.settings.get("Subscribed") != Some(&json!(false)),
        // Without the setting that says how it decides, nobody asks it.
        EdgeKind::Authorizer => {
            let kind = document.node(edge.from).and_then(|node| node.settings.get("Authorizer"));
            kind == Some(&json!("TOKEN")) || kind == Some(&json!("REQUEST"))
        }
        EdgeKind::Integration if is_canary(edge) => false,
        EdgeKind::Integration => {
            !earlier.iter().any(|known| known.kind == edge.kind && !is_canary(known) && route(known) == route(edge))
        }
        _ => true,
    }
}

/// Nodes that are nothing in a template unless something leads to them.
fn is_outside(node: &Node) -> bool {
    let default_bus = node.kind == NodeKind::Bus
        && matches!(node.settings.get("Name").and_then(Value::as_str), None | Some("default"));
    matches!(node.kind, NodeKind::Endpoint | NodeKind::Mailer) || default_bus
}

/// Without Metadata: the same nodes and edges but for clients, and the same settings.
#[track_caller]
fn alike(document: &Document) {
    let mut exported = export(document, options(Notation::Yaml)).expect("a valid diagram").template;
    exported.as_object_mut().expect("an object").shift_remove("Metadata");
    for notation in NOTATIONS {
        let text = notation.write(&exported);
        let imported = import(&text);
        assert!(!imported.exact);
        compare(document, &imported, &text);
    }
}

/// Two buses of one name are one bus.
fn has_twins(document: &Document) -> bool {
    let name = |node: &Node| node.settings.get("Name").and_then(Value::as_str).unwrap_or("default").to_string();
    let mut names: Vec<String> = document.nodes.iter().filter(|node| node.kind == NodeKind::Bus).map(name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    names.len() < count
}

#[track_caller]
fn compare(document: &Document, imported: &Imported, text: &str) {
    let names = Names::of(document);
    let ids: FxHashMap<&str, Uuid> = imported.names.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let mut pairs: FxHashMap<Uuid, Uuid> = FxHashMap::default();
    for node in document.nodes.iter().filter(|node| !matches!(node.kind, NodeKind::Client | NodeKind::Other)) {
        let name = names.node(node.id);
        let found = if is_outside(node) { imported.find_outside(node.kind, name) } else { ids.get(name).copied() };
        let needed = document.edges.iter().enumerate().any(|(place, edge)| {
            let earlier: Vec<&Edge> = document.edges[..place].iter().collect();
            (edge.from == node.id || edge.to == node.id) && is_said(document, edge, &earlier)
        });
        match found.and_then(|id| imported.document.node(id)) {
            Some(other) => {
                assert_eq!(other.kind, node.kind, "{name}");
                pairs.insert(node.id, other.id);
                for setting in said_by_node(node.kind) {
                    let described = settings::of_node(node.kind);
                    let (one, other) =
                        (holds(described, &node.settings, setting), holds(described, &other.settings, setting));
                    assert_eq!(other, one, "{setting} of {name}\n{text}");
                }
            }
            None => assert!(!needed || is_outside(node), "{name} is missing\n{text}"),
        }
    }
    let mut left: Vec<&Edge> = imported.document.edges.iter().collect();
    left.retain(|edge| imported.document.node(edge.from).is_some_and(|node| node.kind != NodeKind::Client));
    for (place, edge) in document.edges.iter().enumerate() {
        let earlier: Vec<&Edge> = document.edges[..place].iter().collect();
        if !is_said(document, edge, &earlier) {
            continue;
        }
        let words = format!("{} → {} ({})", names.node(edge.from), names.node(edge.to), edge.kind.name());
        let (Some(from), Some(to)) = (pairs.get(&edge.from), pairs.get(&edge.to)) else {
            panic!("{words}: an end is missing\n{text}");
        };
        let to_kind = imported.document.node(*to).expect("paired").kind;
        let route = |name: &str| (holds(settings::of_edge(edge.kind), &edge.settings, name), name.to_string());
        let found = left.iter().position(|other| {
            let same = (other.kind, other.from, other.to) == (edge.kind, *from, *to);
            let routes = edge.kind != EdgeKind::Integration
                || [route("Method"), route("Path")]
                    .iter()
                    .all(|(value, name)| holds(settings::of_edge(edge.kind), &other.settings, name) == *value);
            same && routes
        });
        let Some(found) = found else { panic!("{words} is missing\n{text}") };
        let other = left.remove(found);
        for setting in said_by_edge(edge.kind, to_kind) {
            let described = settings::of_edge(edge.kind);
            let (one, two) = (holds(described, &edge.settings, setting), holds(described, &other.settings, setting));
            assert_eq!(two, one, "{setting} of {words}\n{text}");
        }
        if matches!(edge.kind, EdgeKind::Subscription | EdgeKind::Target)
            && matches!(to_kind, NodeKind::Queue | NodeKind::Topic | NodeKind::Function)
        {
            // Whoever may put dead letters there may deliver there, too.
            let dead = json!(edge.to.to_string());
            let allowed = |it: &Edge| {
                it.from == edge.from && it.settings.get("DeadLetterQueue") == Some(&dead) && is_said(document, it, &[])
            };
            let denied = is_denied(edge) && !document.edges.iter().any(allowed);
            assert_eq!(is_denied(other), denied, "Access of {words}\n{text}");
        }
        if let Some(dead) =
            edge.settings.get("DeadLetterQueue").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok())
        {
            let expected = pairs.get(&dead).map(|id| json!(id.to_string()));
            assert_eq!(other.settings.get("DeadLetterQueue"), expected.as_ref(), "DeadLetterQueue of {words}");
        }
    }
    // A rule without a bus is the default bus's.
    let owned = |edge: &&&Edge| {
        let original = pairs.iter().find(|(_, id)| **id == edge.to).map(|(id, _)| *id);
        edge.kind != EdgeKind::Rule
            || document.edges.iter().any(|edge| edge.kind == EdgeKind::Rule && Some(edge.to) == original)
    };
    let over: Vec<String> = left
        .iter()
        .filter(owned)
        .map(|edge| {
            let name = |id| imported.document.node(id).map_or("?", |node| node.name.as_str());
            format!("{} → {} ({})", name(edge.from), name(edge.to), edge.kind.name())
        })
        .collect();
    assert!(over.is_empty(), "too much: {over:?}\n{text}");
}

#[test]
fn the_guides_diagrams_come_back() {
    for diagram in DIAGRAMS {
        let document = diagram.document();
        exactly(&document);
        alike(&document);
    }
}

/// Somebody has changed the template: that holds, and all that no template can say is still there.
#[test]
fn a_changed_template_keeps_the_diagrams_own() {
    let document = DIAGRAMS.iter().find(|diagram| diagram.id == "decouple-queue").expect("of the guide").document();
    let exported = export(&document, options(Notation::Yaml)).expect("a valid diagram");
    let text = exported.files[0].text.clone();
    assert!(text.contains("VisibilityTimeout: 60"));
    let imported = import(&text.replace("VisibilityTimeout: 60", "VisibilityTimeout: 90"));
    assert!(!imported.exact);
    let mut expected = document.clone();
    let queue = expected.nodes.iter_mut().find(|node| node.name == "Sales queue").expect("the queue");
    queue.settings.insert("VisibilityTimeout".to_string(), json!(90));
    let sorted = |document: &Document| {
        let mut nodes: Vec<String> = document.nodes.iter().map(|node| node.to_json().to_string()).collect();
        let mut edges: Vec<String> = document.edges.iter().map(|edge| edge.to_json().to_string()).collect();
        nodes.sort();
        edges.sort();
        (document.name.clone(), nodes, edges, document.faults.clone())
    };
    assert_eq!(sorted(&imported.document), sorted(&expected));
}

/// A REST API's parameter mapping is said in the template as API Gateway wants it, and read again without Metadata.
#[test]
fn a_parameter_mapping_comes_back() {
    let mut document = DIAGRAMS.iter().find(|diagram| diagram.id == "decouple-queue").expect("of the guide").document();
    let queue = document.nodes.iter().find(|node| node.name == "Sales queue").expect("the queue").id;
    let gateway = document.nodes.iter().find(|node| node.kind == NodeKind::Gateway).expect("the gateway").id;
    let parameters = json!({
        "method.request.header.X-Tenant": true,
        "integration.request.querystring.MessageBody": "method.request.body",
        "integration.request.querystring.MessageGroupId": "method.request.querystring.group",
        "integration.request.header.X-Stage": "stageVariables.name",
    });
    let responses = json!([{
        "statusCode": 202,
        "responseParameters": { "method.response.header.X-Id": "integration.response.body.SendMessageResponse" },
    }]);
    let settings = json!({
        "Method": "POST", "Path": "/direct", "RequestParameters": parameters, "IntegrationResponses": responses,
    });
    document.edges.push(Edge {
        id: Uuid::from_u128(7),
        kind: EdgeKind::Integration,
        from: gateway,
        to: queue,
        settings: settings.as_object().cloned().unwrap_or_default(),
    });
    exactly(&document);
    let mut template = export(&document, options(Notation::Json)).expect("a valid diagram").template;
    let text = template.to_string();
    assert!(text.contains(r#""in":"query","name":"group""#) || text.contains(r#""name":"group","in":"query""#));
    template["Metadata"] = json!({});
    let imported = import(&template.to_string());
    let direct = imported.document.edges.iter().find(|edge| edge.settings.get("Path") == Some(&json!("/direct")));
    let direct = &direct.expect("the route").settings;
    assert_eq!(direct["RequestParameters"], parameters);
    assert_eq!(direct["IntegrationResponses"], responses);
    assert_eq!(direct.get("RequestTemplates"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_diagram_comes_back(
        choices in proptest::collection::vec(node_choice(), 2..9),
        links in proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..30),
        rate in 1u32..50,
        entry in 0usize..64,
    ) {
        let document = diagram(&choices, &links, f64::from(rate), entry);
        if check(&document).is_ok() {
            exactly(&document);
            if !has_twins(&document) {
                alike(&document);
            }
        }
    }
}
