//! A diagram out as a template and in again: with its `Metadata` the same diagram, exactly; without, the same structure
//! and every setting but those that no template can say (`exchange/template/unsaid.rs` names them, each with its reason).

mod support;

use eventyard::diagram::{Document, Edge, EdgeKind, Node, NodeKind, Setting, check, settings};
use eventyard::exchange::template::code::Language;
use eventyard::exchange::template::names::Names;
use eventyard::exchange::template::read::{self, Flaw, Imported};
use eventyard::exchange::template::unsaid;
use eventyard::exchange::template::write::{Notation, Options, Placement, export};
use eventyard::lessons::guide::DIAGRAMS;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use support::dressed::dress;
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

/// Settings that do nothing where they stand, so that nothing of them is written.
fn does_nothing(document: &Document, node: &Node, name: &str) -> bool {
    let text = |name: &str| node.settings.get(name).and_then(Value::as_str).unwrap_or("");
    let on = |name: &str| node.settings.get(name) == Some(&json!(true));
    let http = text("ApiType") == "HTTP";
    let is_route = |edge: &&Edge| edge.from == node.id && edge.kind == EdgeKind::Integration;
    let has_routes = document.edges.iter().filter(is_route).any(|edge| is_said(document, edge, &[]));
    match (node.kind, name) {
        (NodeKind::Gateway, "ApiKeyRequired") => http || !has_routes,
        (NodeKind::Gateway, "ApiKeySource" | "UsagePlans" | "TracingEnabled" | "GatewayResponses") => http,
        (NodeKind::Gateway, "CacheTtlInSeconds") => !on("CacheClusterEnabled"),
        (NodeKind::Gateway, "IdentitySource") => matches!(text("Authorizer"), "" | "NONE"),
        (NodeKind::Gateway, "IdentityValidationExpression") => text("Authorizer") != "TOKEN",
        (NodeKind::Gateway, "AuthorizerResultTtlInSeconds") => !matches!(text("Authorizer"), "TOKEN" | "REQUEST"),
        (NodeKind::Gateway, "JwtIssuer" | "JwtAudience") => text("Authorizer") != "JWT",
        (NodeKind::Bus, "ArchiveEventPattern" | "RetentionDays") => !on("Archive"),
        (NodeKind::Database, "MinCapacity" | "MaxCapacity") => text("Engine") == "key-value",
        (NodeKind::Topic, "ContentBasedDeduplication" | "FifoThroughputScope") => !on("FifoTopic"),
        _ => false,
    }
}

/// The same of edges, and what is compared in a way of its own.
fn edge_does_nothing(document: &Document, edge: &Edge, name: &str) -> bool {
    let (from, to) = (document.node(edge.from).expect("an end"), document.node(edge.to).expect("an end"));
    let text = |name: &str| edge.settings.get(name).and_then(Value::as_str).unwrap_or("");
    let is_empty = |name: &str| tidy(edge.settings.get(name).unwrap_or(&Value::Null)).is_null();
    let of_gateway = |name: &str| from.settings.get(name).and_then(Value::as_str).unwrap_or("").to_string();
    let http = of_gateway("ApiType") == "HTTP";
    let function = to.kind == NodeKind::Function;
    let endpoint = to.kind == NodeKind::Endpoint;
    let proxy = endpoint || function && text("IntegrationType") != "NON_PROXY";
    // The parameter mapping then makes the whole request.
    let mapped = ["MessageBody", "Message"].iter().any(|name| {
        let key = format!("integration.request.querystring.{name}");
        edge.settings.get("RequestParameters").is_some_and(|changes| changes.get(key).is_some())
    });
    match (edge.kind, name) {
        (EdgeKind::Integration, "IntegrationType") => http || !function,
        (EdgeKind::Integration, "InvocationType") => http || proxy,
        (EdgeKind::Integration, "PayloadFormatVersion") => !(http && function),
        (EdgeKind::Integration, "AuthorizationType") => matches!(of_gateway("Authorizer").as_str(), "" | "NONE"),
        (EdgeKind::Integration, "AuthorizationScopes") => {
            of_gateway("Authorizer") != "JWT" || text("AuthorizationType") == "NONE"
        }
        (EdgeKind::Integration, "RequestModel" | "CacheKeyParameters") => http,
        (EdgeKind::Integration, "RequestTemplate") => endpoint || !is_empty("RequestTemplates") || mapped,
        (EdgeKind::Integration, "RequestTemplates") => proxy || mapped,
        (EdgeKind::Integration, "PassthroughBehavior") => match to.kind {
            _ if http => true,
            NodeKind::Endpoint => true,
            NodeKind::Function => proxy && is_empty("RequestTemplate") && is_empty("ResponseTemplate"),
            _ => is_empty("RequestTemplates") && text(name) != "NEVER",
        },
        (EdgeKind::Integration, "ResponseTemplate") => endpoint || !is_empty("IntegrationResponses"),
        (EdgeKind::Integration, "IntegrationResponses") => proxy,
        (EdgeKind::Integration, "ResponseParameters") => !http,
        (EdgeKind::Integration, "Source" | "DetailType") => {
            let changed = edge.settings.get("RequestParameters").is_some_and(|changes| changes.get(name).is_some());
            to.kind != NodeKind::Bus || changed
        }
        (EdgeKind::Integration, "MessageGroupId" | "MessageDeduplicationId") => {
            !matches!(to.kind, NodeKind::Queue | NodeKind::Topic) || mapped
        }
        (EdgeKind::Integration, "DelaySeconds") => to.kind != NodeKind::Queue || mapped,
        (EdgeKind::Subscription, "FilterPolicyScope") => is_empty("FilterPolicy"),
        (EdgeKind::Subscription, "RawMessageDelivery") => {
            !(to.kind == NodeKind::Queue || endpoint && text("Protocol") != "sms")
        }
        (EdgeKind::Subscription, "DeliveryPolicy") => !endpoint || text("Protocol") == "sms",
        (EdgeKind::Target, "InvocationRateLimitPerSecond") => !endpoint,
        // Compared with what leads there.
        (EdgeKind::Subscription | EdgeKind::Target, "Access" | "DeadLetterQueue") => true,
        _ => false,
    }
}

/// A value by what it is worth: numbers as numbers, nothing for what is empty.
fn tidy(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => items.iter().map(|item| if item.is_null() { Value::Null } else { tidy(item) }).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().map(|(name, value)| (name.clone(), tidy(value)));
            let kept: Map<String, Value> = kept.filter(|(_, value)| !value.is_null()).collect();
            if kept.is_empty() { Value::Null } else { kept.into() }
        }
        other => other.clone(),
    }
}

/// A setting's value as both sides have to say it; `ids` are those of the import, by those of the diagram.
fn meaning(owner: &Map<String, Value>, name: &str, value: &Value, to: Option<NodeKind>) -> Value {
    let http = owner.get("ApiType") == Some(&json!("HTTP"));
    let halves = |least: f64| json!((libm::round(value.as_f64().unwrap_or(0.0) * 2.0) / 2.0).max(least));
    match name {
        "MinCapacity" => halves(0.0),
        "MaxCapacity" => halves(1.0),
        // A stage's name has letters, digits and underscores.
        "StageName" => json!(value.as_str().unwrap_or("").replace(|it: char| !it.is_ascii_alphanumeric(), "_")),
        "Protocol" if value == "auto" => match to {
            Some(NodeKind::Queue) => json!("sqs"),
            Some(NodeKind::Function) => json!("lambda"),
            Some(NodeKind::Mailer) => json!("email"),
            _ => json!("https"),
        },
        // A REST API's preflight answers name one origin.
        "CorsConfiguration" if !http => {
            let mut cors = value.clone();
            let first = cors["allowOrigins"].get(0).cloned();
            match first {
                Some(first) => cors["allowOrigins"] = json!([first]),
                None => cors = Value::Null,
            }
            if cors["maxAge"] == 0 {
                cors["maxAge"] = Value::Null;
            }
            tidy(&cors)
        }
        "CorsConfiguration" => {
            let mut cors = value.clone();
            if cors.get("maxAge") == Some(&json!(0)) {
                cors["maxAge"] = Value::Null;
            }
            tidy(&cors)
        }
        // The service makes the keys; how many there are is the template's.
        "UsagePlans" => value.as_array().into_iter().flatten().map(plan).collect(),
        // What need not be there does nothing, unless something is made of it.
        "RequestParameters" => {
            let fields = value.as_object().into_iter().flatten().filter(|(_, it)| **it != json!(false));
            tidy(&Value::Object(fields.map(|(name, it)| (name.clone(), it.clone())).collect()))
        }
        "IntegrationResponses" => {
            let mut answers = value.as_array().cloned().unwrap_or_default();
            answers.iter_mut().for_each(|it| {
                if it.get("statusCode").is_none() {
                    it["statusCode"] = json!(200);
                }
            });
            if answers == [json!({ "statusCode": 200 })] { Value::Null } else { tidy(&answers.into()) }
        }
        "RedriveAllowPolicy" if value == &json!({ "redrivePermission": "allowAll" }) => Value::Null,
        _ => tidy(value),
    }
}

fn plan(written: &Value) -> Value {
    let throttle = |limits: &Value| {
        let limit = |name: &str, usual: f64| limits.get(name).and_then(Value::as_f64).unwrap_or(usual);
        json!({ "rateLimit": limit("rateLimit", 10_000.0), "burstLimit": limit("burstLimit", 5_000.0) })
    };
    let mut made = json!({ "name": written["name"], "keys": written["keys"].as_array().map_or(0, Vec::len) });
    if let Some(limits) = written.get("throttle") {
        made["throttle"] = throttle(limits);
    }
    if let Some(quota) = written.get("quota") {
        let usual = json!({ "limit": 1_000, "period": "DAY", "offset": 0 });
        for name in ["limit", "period", "offset"] {
            made["quota"][name] = tidy(quota.get(name).unwrap_or(&usual[name]));
        }
    }
    for (name, limits) in written["methods"].as_object().into_iter().flatten() {
        made["methods"][name] = throttle(limits);
    }
    made
}

/// A setting as it holds.
fn holds(described: &[&[Setting]], written: &Map<String, Value>, name: &str) -> Value {
    let setting = described.iter().flat_map(|list| list.iter()).find(|setting| setting.name == name);
    let setting = setting.unwrap_or_else(|| panic!("no setting {name}"));
    written.get(name).filter(|value| !value.is_null()).cloned().unwrap_or_else(|| setting.default_value())
}

/// The diagram's ids as the import has them.
fn with_ids(value: &Value, pairs: &FxHashMap<Uuid, Uuid>) -> Value {
    match value {
        Value::String(text) => match Uuid::parse_str(text).ok().and_then(|id| pairs.get(&id)) {
            Some(id) => id.to_string().into(),
            // As boxes refer to nodes inside of texts.
            None if text.contains("${") => pairs
                .iter()
                .fold(text.clone(), |text, (one, other)| text.replace(&one.to_string(), &other.to_string()))
                .into(),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| with_ids(item, pairs)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), with_ids(value, pairs))).collect())
        }
        other => other.clone(),
    }
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
fn alike(document: &Document) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut exported = export(document, options(Notation::Yaml)).expect("a valid diagram").template;
    exported.as_object_mut().expect("an object").shift_remove("Metadata");
    for notation in NOTATIONS {
        let text = notation.write(&exported);
        let imported = import(&text);
        assert!(!imported.exact);
        compare(document, &imported, &text, &mut seen);
    }
    seen
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
fn compare(document: &Document, imported: &Imported, text: &str, seen: &mut BTreeSet<String>) {
    let names = Names::of(document);
    let ids: FxHashMap<&str, Uuid> = imported.names.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let mut pairs: FxHashMap<Uuid, Uuid> = FxHashMap::default();
    for node in document.nodes.iter().filter(|node| node.kind != NodeKind::Client) {
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
            }
            None => assert!(!needed || is_outside(node), "{name} is missing\n{text}"),
        }
    }
    for node in &document.nodes {
        let Some(other) = pairs.get(&node.id).and_then(|id| imported.document.node(*id)) else { continue };
        let described = settings::of_node(node.kind);
        for setting in described.iter().flat_map(|list| list.iter()).map(|setting| setting.name) {
            if unsaid::names(unsaid::of_node(node.kind), setting) || does_nothing(document, node, setting) {
                continue;
            }
            let one = with_ids(&holds(described, &node.settings, setting), &pairs);
            let two = holds(described, &other.settings, setting);
            let (one, two) =
                (meaning(&node.settings, setting, &one, None), meaning(&node.settings, setting, &two, None));
            assert_eq!(two, one, "{setting} of {}\n{text}", node.name);
            if one != meaning(&node.settings, setting, &holds(described, &Map::new(), setting), None) {
                seen.insert(format!("{}.{setting}", node.kind.name()));
            }
        }
        // Values are made elsewhere; whether there is one is said.
        let asks = |name: &str| {
            name == "ApiKey" && node.settings.get("ApiType") != Some(&json!("HTTP"))
                || name == "AuthorizerToken"
                    && node.settings.get("Authorizer") == Some(&json!("TOKEN"))
                    && document.edges.iter().all(|edge| (edge.from, edge.kind) != (node.id, EdgeKind::Authorizer))
        };
        for secret in
            ["ApiKey", "AuthorizerToken"].into_iter().filter(|name| node.kind == NodeKind::Gateway && asks(name))
        {
            let is_there = |node: &Node| node.settings.get(secret).is_some_and(|value| value != "");
            assert_eq!(is_there(other), is_there(node), "{secret} of {}\n{text}", node.name);
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
        let http = document.node(edge.from).is_some_and(|node| node.settings.get("ApiType") == Some(&json!("HTTP")));
        let described = settings::of_edge(edge.kind);
        for setting in described.iter().flat_map(|list| list.iter()).map(|setting| setting.name) {
            let unsaid = unsaid::names(unsaid::of_edge(edge.kind), setting)
                || http && unsaid::names(&[unsaid::OF_HTTP_ROUTES], setting);
            if unsaid || edge_does_nothing(document, edge, setting) {
                continue;
            }
            let (one, two) = (holds(described, &edge.settings, setting), holds(described, &other.settings, setting));
            let meaning = |value: &Value| meaning(&edge.settings, setting, value, Some(to_kind));
            assert_eq!(meaning(&two), meaning(&one), "{setting} of {words}\n{text}");
            if meaning(&one) != meaning(&holds(described, &Map::new(), setting)) {
                seen.insert(format!("{}.{setting}", edge.kind.name()));
            }
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

/// What the property above compares is all that there is: each setting that a template can say comes back somewhere with a
/// value that is not its default, and what no template can say is a setting that exists.
#[test]
fn every_setting_that_a_template_can_say_comes_back() {
    let described =
        |lists: &[&[Setting]]| lists.iter().flat_map(|list| list.iter().map(|it| it.name)).collect::<Vec<_>>();
    let mut wanted = BTreeSet::new();
    let mut add = |kind: &str, names: Vec<&str>, list: &[unsaid::Unsaid]| {
        let unknown: Vec<_> = list.iter().flat_map(|it| it.settings).filter(|name| !names.contains(name)).collect();
        assert!(unknown.is_empty() && list.iter().all(|it| !it.why.is_empty()), "{kind}: {unknown:?}");
        wanted.extend(names.into_iter().filter(|name| !unsaid::names(list, name)).map(|name| format!("{kind}.{name}")));
    };
    for kind in NodeKind::ALL.into_iter().filter(|kind| *kind != NodeKind::Client) {
        add(kind.name(), described(settings::of_node(kind)), unsaid::of_node(kind));
    }
    for kind in EdgeKind::ALL {
        add(kind.name(), described(settings::of_edge(kind)), unsaid::of_edge(kind));
    }
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = (
        proptest::collection::vec(node_choice(), 2..9),
        proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..30),
        proptest::collection::vec(0u64..1000, 7..24),
    );
    for entry in 0..400 {
        let (choices, links, outfits) = strategy.new_tree(&mut runner).expect("a diagram").current();
        let mut document = diagram(&choices, &links, 5.0, entry % 64);
        if check(&document).is_ok() && !has_twins(&document) {
            dress(&mut document, &outfits);
            for said in alike(&document) {
                wanted.remove(&said);
            }
        }
    }
    // Compared in ways of their own.
    let apart = ["subscription.Access", "subscription.DeadLetterQueue", "target.Access", "target.DeadLetterQueue"];
    wanted.retain(|name| !apart.contains(&name.as_str()));
    assert!(wanted.is_empty(), "never compared: {wanted:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_diagram_comes_back(
        choices in proptest::collection::vec(node_choice(), 2..9),
        links in proptest::collection::vec((0usize..64, 0usize..64, 0u64..1000), 1..30),
        rate in 1u32..50,
        entry in 0usize..64,
        outfits in proptest::collection::vec(0u64..1000, 7..24),
    ) {
        let mut document = diagram(&choices, &links, f64::from(rate), entry);
        if check(&document).is_ok() {
            dress(&mut document, &outfits);
            exactly(&document);
            if !has_twins(&document) {
                alike(&document);
            }
        }
    }
}
