//! Templates in: each shape of `tests/templates/` becomes a diagram that validates and runs, and in which messages arrive
//! where they should; what is wrong with a template is said with its line, and quickly.

#![allow(clippy::disallowed_methods, reason = "how long it takes is what some tests are about")]

mod support;

use eventyard::diagram::problems;
use eventyard::diagram::{Document, EdgeKind, Node, NodeKind, check, list_problems};
use eventyard::exchange::template::code::Language;
use eventyard::exchange::template::looks_like_template;
use eventyard::exchange::template::names::Names;
use eventyard::exchange::template::read::{self, Concern, Flaw, Imported};
use eventyard::exchange::template::write::{Notation, Options, Placement, export};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::{check_conservation, run_for, simulate};

#[track_caller]
fn import(file: &str) -> Imported {
    let path = format!("{}/tests/templates/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(looks_like_template(&text), "{file}");
    let list = |flaws: Vec<Flaw>| flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("\n");
    let imported = read::read(&text, file).unwrap_or_else(|flaws| panic!("{file}:\n{}", list(flaws)));
    if let Err(problems) = check(&imported.document) {
        panic!("{file}: {}", list_problems(&problems));
    }
    imported
}

#[track_caller]
fn node<'d>(document: &'d Document, name: &str) -> &'d Node {
    let names = || document.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>();
    document.nodes.iter().find(|node| node.name == name).unwrap_or_else(|| panic!("no “{name}” among {:?}", names()))
}

#[track_caller]
fn edge<'d>(document: &'d Document, from: &str, to: &str, kind: EdgeKind) -> &'d serde_json::Map<String, Value> {
    let (from_id, to_id) = (node(document, from).id, node(document, to).id);
    let found = document.edges.iter().find(|edge| (edge.from, edge.to, edge.kind) == (from_id, to_id, kind));
    &found.unwrap_or_else(|| panic!("no {} from “{from}” to “{to}”", kind.name())).settings
}

/// What tells that messages have come to a node of this kind.
fn arrivals(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Client => "succeeded",
        NodeKind::Gateway | NodeKind::Mailer | NodeKind::Endpoint => "requests",
        NodeKind::Function => "invocations",
        NodeKind::Queue => "sent",
        NodeKind::Topic => "published",
        NodeKind::Bus => "events",
        NodeKind::Rule => "delivered",
        NodeKind::Database => "statements",
        NodeKind::Other => "none",
    }
}

/// Imports a template and runs it for 150 s: messages come to exactly the nodes that are not named as `idle`, no client
/// fails, and nothing is lost.
#[track_caller]
fn runs(file: &str, idle: &[&str]) -> Imported {
    let imported = import(file);
    let mut simulation = simulate(&imported.document, 1);
    run_for(&mut simulation, 150);
    check_conservation(&simulation);
    let report = simulation.report();
    for it in imported.document.nodes.iter().filter(|node| node.kind != NodeKind::Other) {
        let figures = &report.nodes[&it.name];
        let arrived = figures[arrivals(it.kind)].as_u64().unwrap_or_default() > 0;
        assert_eq!(arrived, !idle.contains(&it.name.as_str()), "{file}: “{}”: {figures}", it.name);
        if it.kind == NodeKind::Client {
            assert_eq!(figures["failed"], 0, "{file}: “{}”: {figures}", it.name);
        }
    }
    imported
}

fn notes(imported: &Imported, concern: Concern) -> Vec<&str> {
    imported.notes.iter().filter(|note| note.concern == concern).map(|note| note.message.as_str()).collect()
}

#[test]
fn a_rest_api_with_proxy_integrations() {
    let it = runs("rest-proxy.yaml", &[]).document;
    assert_eq!(it.name, "Orders behind a REST API");
    let api = node(&it, "Orders API");
    assert_eq!(Value::from(api.settings.clone()), json!({ "ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 20 }));
    let route = edge(&it, "Orders API", "Read order function", EdgeKind::Integration);
    assert_eq!(Value::from(route.clone()), json!({ "Method": "GET", "Path": "/orders/{id}" }));
    // From Globals.
    assert_eq!(node(&it, "Create order function").settings["MemorySize"], 256);
    assert_eq!(node(&it, "Create order function").settings["Handler"][1]["step"], "write");
    assert_eq!(node(&it, "Read order function").settings["Handler"][1]["step"], "read");
}

#[test]
fn apis_that_nobody_has_written() {
    let it = runs("implicit-api.yaml", &[]).document;
    assert_eq!(node(&it, "HTTP API").settings["ApiType"], "HTTP");
    edge(&it, "REST API", "Hello function", EdgeKind::Integration);
}

#[test]
fn an_http_api_direct_to_a_queue() {
    let it = runs("http-api-queue.yaml", &["Intake dead letters"]).document;
    let route = edge(&it, "API", "Intake queue", EdgeKind::Integration);
    // That the queue gets the body goes without saying.
    assert_eq!(Value::from(route.clone()), json!({ "Method": "POST", "Path": "/intake" }));
    let mapping = edge(&it, "Intake queue", "Worker", EdgeKind::EventSourceMapping);
    assert_eq!(Value::from(mapping.clone()), json!({ "BatchSize": 5, "ReportBatchItemFailures": true }));
    assert_eq!(edge(&it, "Intake queue", "Intake dead letters", EdgeKind::Redrive)["maxReceiveCount"], 3);
}

#[test]
fn a_fan_out_to_queues() {
    let imported = runs("fan-out.yaml", &[]);
    assert!(notes(&imported, Concern::NotAllowed).is_empty());
    let raw = edge(&imported.document, "Orders topic", "Shipping queue", EdgeKind::Subscription);
    assert_eq!(Value::from(raw.clone()), json!({ "RawMessageDelivery": true }));
}

#[test]
fn a_queue_policy_that_is_missing_is_said_shown_and_simulated() {
    let imported = runs("fan-out-without-policy.yaml", &["Billing queue", "Shipping queue", "Billing", "Shipping"]);
    assert_eq!(notes(&imported, Concern::NotAllowed).len(), 2);
    let findings = problems::find(&imported.document);
    assert_eq!(findings.iter().filter(|finding| finding.rule == "delivery-not-allowed").count(), 2);
}

#[test]
fn a_bus_with_several_targets() {
    let imported = runs("bus-several-targets.yaml", &["Undelivered"]);
    assert!(notes(&imported, Concern::NotAllowed).is_empty(), "{:?}", imported.notes);
    let it = imported.document;
    let target = edge(&it, "Order placed", "Invoice", EdgeKind::Target);
    assert_eq!(target["InputTransformer"]["InputPathsMap"]["amount"], "$.detail.amount");
    assert_eq!((&target["MaximumRetryAttempts"], &target["MaximumEventAgeInSeconds"]), (&json!(4), &json!(400)));
    assert_eq!(target["DeadLetterQueue"], node(&it, "Undelivered").id.to_string());
    assert_eq!(edge(&it, "Order placed", "Audit queue", EdgeKind::Target)["InputPath"], "$.detail");
    let bus = &node(&it, "Shop bus").settings;
    assert_eq!((&bus["Name"], &bus["Archive"], &bus["RetentionDays"]), (&json!("shop"), &json!(true), &json!(30)));
}

#[test]
fn schedules() {
    let imported = runs("scheduled-rule.yaml", &["Night", "Night queue", "Default bus"]);
    let it = &imported.document;
    assert_eq!(edge(it, "Tick", "Job", EdgeKind::Target)["Input"], json!({ "task": "clean up" }));
    assert_eq!(node(it, "Night").settings["ScheduleExpression"], "cron(0 1 * * ? *)");
    assert_eq!(notes(&imported, Concern::Instead).len(), 1);
}

#[test]
fn a_stream_of_a_table() {
    let imported = runs("dynamodb-stream.yaml", &[]);
    let it = &imported.document;
    assert_eq!(node(it, "Orders").settings["Engine"], "key-value");
    let filter = &edge(it, "Orders stream", "Project", EdgeKind::EventSourceMapping)["FilterCriteria"];
    assert_eq!(filter[0]["body"]["eventName"], json!(["INSERT"]));
    assert_eq!(notes(&imported, Concern::Instead).len(), 1);
    runs("kinesis.yaml", &[]);
}

#[test]
fn nested_conditions_mappings_and_lists() {
    let it = runs("nested-conditions.yaml", &["Dead"]).document;
    assert_eq!(Value::from(node(&it, "Queue").settings.clone()), json!({ "VisibilityTimeout": 120 }));
    assert_eq!(edge(&it, "Queue", "Dead", EdgeKind::Redrive)["maxReceiveCount"], 5);
    assert!(it.nodes.iter().all(|node| node.name != "Only when quiet"));
    let worker = &node(&it, "Worker").settings;
    assert_eq!((&worker["MemorySize"], &worker["Timeout"]), (&json!(512), &json!(20)));
}

#[test]
fn what_cdk_synthesises() {
    let imported = runs("cdk-output.json", &["Orders DLQ"]);
    let it = &imported.document;
    // Names as somebody has written them, without hashes; permissions from the role's policy.
    let steps = &node(it, "Worker").settings["Handler"];
    assert_eq!(
        (&steps[1]["step"], &steps[1]["guess"]),
        (&json!("write"), &json!("from the policy WorkerServiceRoleDefaultPolicyBA498553"))
    );
    assert_eq!(node(it, "Assets").settings["Type"], "AWS::S3::Bucket");
    assert_eq!(notes(&imported, Concern::NotSimulated).len(), 1);
    assert!(notes(&imported, Concern::NotAllowed).is_empty());
}

#[test]
fn an_openapi_body() {
    let imported = runs("openapi-body.yaml", &[]);
    let it = &imported.document;
    assert_eq!(node(it, "API").settings["StageName"], "live");
    let pay = edge(it, "API", "Pay", EdgeKind::Integration);
    assert_eq!(pay["RequestModel"]["required"], json!(["amount", "currency"]));
    assert_eq!(pay["RequestParameters"], json!({ "method.request.header.X-Tenant": true }));
    let later = edge(it, "API", "Later", EdgeKind::Integration);
    assert_eq!(later["PassthroughBehavior"], "NEVER");
    assert_eq!(later["IntegrationResponses"][0]["statusCode"], 202);
    edge(it, "API", "Told", EdgeKind::Integration);
    edge(it, "API", "weather.example", EdgeKind::Integration);
    let cluster = &node(it, "Cluster").settings;
    assert_eq!(cluster["MaxCapacity"], 4.0);
    assert!(notes(&imported, Concern::NotAllowed).is_empty());
}

#[test]
fn fifo_queues_and_topics() {
    let imported = runs("fifo.yaml", &["Ledger dead"]);
    assert!(notes(&imported, Concern::NotAllowed).is_empty());
    let ledger =
        json!({ "FifoQueue": true, "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId" });
    assert_eq!(Value::from(node(&imported.document, "Ledger").settings.clone()), ledger);
    assert_eq!(edge(&imported.document, "Ledger", "Ledger dead", EdgeKind::Redrive)["maxReceiveCount"], 2);
}

#[test]
fn destinations_and_dead_letters_of_functions() {
    let imported = runs("destinations.yaml", &["Dead", "Failures", "Lost"]);
    let it = &imported.document;
    edge(it, "Resize", "Done", EdgeKind::OnSuccess);
    edge(it, "Resize", "Failures", EdgeKind::OnFailure);
    edge(it, "Resize", "Dead", EdgeKind::DeadLetter);
    edge(it, "Notify", "Lost", EdgeKind::DeadLetter);
    assert_eq!(node(it, "Resize").settings["MaximumRetryAttempts"], 1);
    assert_eq!(node(it, "Notify").settings["MaximumRetryAttempts"], 0);
}

#[test]
fn filter_policies_in_both_scopes() {
    let it = runs("filter-policies.yaml", &[]).document;
    let large = edge(&it, "Orders", "Large", EdgeKind::Subscription);
    assert_eq!(
        (&large["FilterPolicyScope"], &large["FilterPolicy"]["customer"]["tier"]),
        (&json!("MessageBody"), &json!(["gold"]))
    );
    // SAM's own queue between topic and function.
    edge(&it, "American queue", "American", EdgeKind::EventSourceMapping);
}

#[test]
fn keys_plans_and_an_authorizer_of_plain_resources() {
    let imported = runs("usage-plan.yaml", &["Check"]);
    let it = &imported.document;
    let api = &node(it, "API").settings;
    let plan = json!({
        "name": "Gold", "keys": ["gold-key-of-a-shop"], "throttle": { "rateLimit": 10, "burstLimit": 5 }, "quota": { "limit": 100_000, "period": "DAY" },
    });
    assert_eq!(api["UsagePlans"], json!([plan]));
    assert_eq!((&api["Authorizer"], &api["AuthorizerResultTtlInSeconds"]), (&json!("TOKEN"), &json!(60)));
    assert_eq!(api["GatewayResponses"]["THROTTLED"]["statusCode"], 503);
    let routes: Vec<_> =
        it.edges.iter().filter(|edge| edge.kind == EdgeKind::Integration).map(|edge| &edge.settings).collect();
    assert_eq!((&routes[0]["Path"], routes[0].get("AuthorizationType")), (&json!("/items/{id}"), None));
    assert_eq!((&routes[1]["IntegrationType"], &routes[1]["AuthorizationType"]), (&json!("NON_PROXY"), &json!("NONE")));
    edge(it, "API", "Check", EdgeKind::Authorizer);
}

#[test]
fn authorizers_of_sam() {
    let it = runs("jwt-http-api.yaml", &[]).document;
    assert_eq!(node(&it, "API").settings["Authorizer"], "JWT");
    assert_eq!(edge(&it, "API", "Orders", EdgeKind::Integration)["AuthorizationScopes"], json!(["orders.write"]));
    assert_eq!(edge(&it, "API", "Health", EdgeKind::Integration)["AuthorizationType"], "NONE");
    let it = runs("lambda-authorizer-sam.yaml", &[]).document;
    let api = &node(&it, "API").settings;
    assert_eq!(
        (&api["Authorizer"], &api["IdentitySource"]),
        (&json!("REQUEST"), &json!("method.request.header.X-Tenant"))
    );
    assert_eq!(api["CanarySettings"]["percentTraffic"], 10.0);
}

#[test]
fn connectors_instead_of_policies() {
    let imported = runs("connectors.yaml", &[]);
    assert!(notes(&imported, Concern::NotAllowed).is_empty());
    assert_eq!(node(&imported.document, "Flow").settings["Type"], "AWS::Serverless::StateMachine");
    edge(&imported.document, "Bill", "Bills", EdgeKind::Query);
}

#[test]
fn api_destinations_and_buses_behind_buses() {
    let it = runs("api-destination.yaml", &[]).document;
    assert_eq!(edge(&it, "Tell", "Partner", EdgeKind::Target)["InvocationRateLimitPerSecond"], 20);
    edge(&it, "Tell", "Central", EdgeKind::Target);
}

#[test]
fn the_other_shapes_run_too() {
    let mail = runs("mail.yaml", &[]).document;
    let mapping = edge(&mail, "Mails", "Send", EdgeKind::EventSourceMapping);
    assert_eq!(
        (&mapping["MaximumConcurrency"], &mapping["FilterCriteria"]),
        (&json!(5), &json!([{ "body": { "kind": ["welcome"] } }]))
    );
    let chain = runs("synchronous-chain.yaml", &[]).document;
    let called: Vec<_> =
        ["Prices", "Customers API", "partner.example"].map(|name| edge(&chain, "Front", name, EdgeKind::Call)).into();
    assert_eq!(called.len(), 3);
    runs("outside-references.yaml", &[]);
    let merged = runs("merge-keys.yaml", &[]).document;
    assert_eq!(node(&merged, "Two").settings["VisibilityTimeout"], 45);
    assert_eq!(node(&merged, "Two").settings["MessageRetentionPeriod"], 600);
    let imported = runs("bucket.yaml", &[]);
    assert_eq!(notes(&imported, Concern::Instead).len(), 4);
    let cors =
        json!({ "allowOrigins": ["https://shop.example"], "allowMethods": ["GET", "OPTIONS"], "allowHeaders": ["*"] });
    assert_eq!(node(&imported.document, "API").settings["CorsConfiguration"], cors);
    let bus = runs("http-api-bus.yaml", &["Event dead letters"]).document;
    assert_eq!(edge(&bus, "API", "Bus", EdgeKind::Integration)["DetailType"], "Clicked");
}

/// What a resource of these types says is read with those that it serves.
const SERVING: &[&str] = &[
    "AWS::ApiGateway::",
    "AWS::ApiGatewayV2::",
    "AWS::CDK::Metadata",
    "AWS::Events::Archive",
    "AWS::Events::Connection",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::RDS::DBInstance",
    "AWS::SES::ConfigurationSet",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Serverless::Connector",
];

/// The resources of a template: logical id, type, and whether a condition decides about it.
fn of_json(text: &str) -> Vec<(String, String, bool)> {
    let template: Value = serde_json::from_str(text).expect("JSON");
    let resources = template["Resources"].as_object().cloned().unwrap_or_default();
    let kind = |it: &Value| it["Type"].as_str().unwrap_or_default().to_string();
    resources.iter().map(|(name, it)| (name.clone(), kind(it), it.get("Condition").is_some())).collect()
}

/// The same of YAML, as these templates are written: two spaces before a name, and its Type first.
fn of_yaml(text: &str) -> Vec<(String, String, bool)> {
    let (mut inside, mut name, mut found) = (false, String::new(), Vec::new());
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if depth == 0 {
            inside = line.starts_with("Resources:");
        }
        if inside && depth == 2 {
            name = line.trim_start().split(':').next().unwrap_or_default().to_string();
        }
        let kind = line.split_once("Type: ").filter(|_| inside && !name.is_empty() && depth <= 4);
        if let Some(kind) = kind.and_then(|(_, rest)| rest.split([' ', ',', '}']).next()) {
            let conditional = line.contains("Condition: ");
            found.push((std::mem::take(&mut name), kind.to_string(), conditional));
        }
    }
    found
}

/// Each shape runs in a test of its own; here they are counted, and none of their resources is dropped silently: it has
/// become a node, belongs to one, or is named in a note.
#[test]
fn there_are_25_shapes_and_nothing_of_them_is_lost() {
    let folder = format!("{}/tests/templates", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").path());
    let mut shapes = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        if !matches!(ending, "yaml" | "json") || !looks_like_template(&text) {
            continue;
        }
        shapes += 1;
        let file = path.file_name().and_then(|it| it.to_str()).expect("a name");
        let imported = import(file);
        let mut simulation = simulate(&imported.document, 2);
        run_for(&mut simulation, 30);
        check_conservation(&simulation);
        let resources = if ending == "json" { of_json(&text) } else { of_yaml(&text) };
        assert!(!resources.is_empty(), "{file}");
        for (name, kind, conditional) in resources {
            let node = imported.names.iter().any(|(known, _)| *known == name);
            let noted = imported.notes.iter().any(|note| note.message.contains(&name));
            let serves = SERVING.iter().any(|prefix| kind.starts_with(prefix));
            assert!(node || noted || serves || conditional, "{file}: {name} ({kind}) is lost");
        }
    }
    assert!(shapes >= 25, "{shapes}");
}

/// What is not simulated is kept as it was written, and exported again: under its own name, with what only it needs.
#[test]
fn plain_boxes_are_exported_as_they_were() {
    let text = "
Transform: AWS::Serverless-2016-10-31
Parameters:
  Days: { Type: Number, Default: 7 }
  Open: { Type: String }
Conditions:
  Long: !Not [!Equals [!Ref Days, 7]]
Globals:
  StateMachine: { Tracing: { Enabled: true } }
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Resize: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: x } }
  MayResize: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Resize, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: !Sub 'arn:${AWS::Partition}:s3:::uploads-of-mine' } }
  Uploads:
    Type: AWS::S3::Bucket
    DependsOn: [Jobs, MayResize]
    DeletionPolicy: Retain
    Properties:
      BucketName: uploads-of-mine
      LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: !If [Long, !Ref Days, 7] }] }
      NotificationConfiguration: { LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: !GetAtt Resize.Arn }] }
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: { DefinitionUri: flow.json, Role: !GetAtt FlowRole.Arn, DefinitionSubstitutions: { Queue: !Sub '${Jobs}/${Open}/${!Name}' } }
  FlowRole: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [] } } }
  Odd: { Type: Custom::Thing, Properties: { ServiceToken: x, Of: !Ref MayResize } }
";
    let imported = read::read(text, "mine").expect("a template");
    assert!(check(&imported.document).is_ok());
    // It refers to what has become part of an edge, so it cannot be said again; that is said.
    let lost: Vec<&str> = imported
        .notes
        .iter()
        .map(|note| note.message.as_str())
        .filter(|it| it.starts_with("An export will not"))
        .collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].contains("Odd") && lost[0].contains("MayResize"), "{lost:?}");

    let options = Options { notation: Notation::Yaml, language: Language::Nodejs, placement: Placement::Inline };
    let exported = export(&imported.document, options).expect("a valid diagram");
    let resources = &exported.template["Resources"];
    let queue = imported.document.nodes.iter().find(|node| node.kind == NodeKind::Queue).expect("the queue");
    let name = Names::of(&imported.document).node(queue.id).to_string();
    assert_eq!(resources["Uploads"]["DeletionPolicy"], "Retain");
    assert_eq!(resources["Uploads"]["DependsOn"], json!([name, "MayResize"]));
    let rule = &resources["Uploads"]["Properties"]["LifecycleConfiguration"]["Rules"][0];
    assert_eq!(rule["ExpirationInDays"], json!({ "Fn::If": ["Long", { "Ref": "Days" }, 7] }));
    let told = &resources["Uploads"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"][0];
    assert_eq!(told["Function"], json!({ "Fn::GetAtt": ["ResizeFunction", "Arn"] }));
    assert_eq!(resources["MayResize"]["Properties"]["FunctionName"], json!({ "Ref": "ResizeFunction" }));
    assert_eq!(resources["Flow"]["Properties"]["Tracing"], json!({ "Enabled": true }), "from Globals");
    let substitutions = &resources["Flow"]["Properties"]["DefinitionSubstitutions"];
    assert_eq!(substitutions["Queue"], json!({ "Fn::Sub": format!("${{{name}}}/${{Open}}/${{!Name}}") }));
    assert_eq!(resources["FlowRole"]["Type"], "AWS::IAM::Role");
    assert_eq!(exported.template["Conditions"]["Long"]["Fn::Not"][0]["Fn::Equals"][0], json!({ "Ref": "Days" }));
    assert_eq!(exported.template["Parameters"]["Open"], json!({ "Type": "String" }));
    assert!(resources.get("Odd").is_none());
    let said = |part: &str| exported.notes.iter().any(|note| note.text.contains(part));
    assert!(said("What this resource is made of is not known"));

    // Without the queue there is nothing that they could refer to, and that is said as well.
    let mut document = imported.document.clone();
    document.nodes.retain(|node| node.id != queue.id);
    document.edges.retain(|edge| edge.from != queue.id && edge.to != queue.id);
    let exported = export(&document, options).expect("a valid diagram");
    assert!(exported.template["Resources"].get("Flow").is_none());
    assert!(exported.notes.iter().any(|note| note.text.contains("no longer in the diagram")), "{:?}", exported.notes);
}

#[test]
fn the_same_template_gives_the_same_diagram_and_no_nodes_overlap() {
    let one = import("bus-several-targets.yaml").document;
    assert_eq!(one, import("bus-several-targets.yaml").document);
    for (number, node) in one.nodes.iter().enumerate() {
        for other in &one.nodes[..number] {
            assert!(
                (node.x - other.x).abs() >= 144.0 || (node.y - other.y).abs() >= 80.0,
                "{} and {}",
                node.name,
                other.name
            );
        }
    }
}

#[test]
fn every_guess_is_marked_and_can_be_accepted() {
    let mut it = import("rest-proxy.yaml").document;
    let guesses = |document: &Document| {
        problems::find(document).into_iter().filter(|finding| finding.rule == "guessed-handler").collect::<Vec<_>>()
    };
    assert_eq!(guesses(&it).len(), 2);
    while let Some(finding) = guesses(&it).pop() {
        it.apply(finding.fix.expect("it can be accepted").edit).expect("it fits");
    }
    assert!(!it.to_text().contains("guess"));
}

/// A stack in which each delivery needs a leave that somebody has to give, and a function that works off a queue.
const STACK: &str = "
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 720, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }
  Dead: { Type: AWS::SQS::Queue }
  Audit: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
  Second: { Type: AWS::SNS::Topic }
  Work: { Type: AWS::Lambda::Function, Properties: { Role: x, Code: {}, Timeout: 120 } }
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: api, ProtocolType: HTTP } }
  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: POST /work, Target: !Sub 'integrations/${Integration}' } }
  Integration: { Type: AWS::ApiGatewayV2::Integration, Properties: { ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Work.Arn, PayloadFormatVersion: '2.0' } }
  ApiMayInvoke: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Work, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:us-east-1:123456789012:${Api}/*' } }
  Mapping: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn } }
  ToQueue: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn, RawMessageDelivery: true } }
  ToFunction: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Work.Arn } }
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: [shop] }
      Targets: [{ Id: q, Arn: !GetAtt Audit.Arn }, { Id: f, Arn: !GetAtt Work.Arn }, { Id: t, Arn: !Ref Second }]
  JobsPolicy: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Jobs], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn, Condition: { ArnEquals: { 'aws:SourceArn': !Ref Topic } } }] } } }
  AuditPolicy: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Audit], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: events.amazonaws.com }, Action: 'sqs:SendMessage', Resource: !GetAtt Audit.Arn, Condition: { ArnEquals: { 'aws:SourceArn': !GetAtt Rule.Arn } } }] } } }
  SecondPolicy: { Type: AWS::SNS::TopicPolicy, Properties: { Topics: [!Ref Second], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: events.amazonaws.com }, Action: 'sns:Publish', Resource: !Ref Second }] } } }
  TopicMayInvoke: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Work, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref Topic } }
  RuleMayInvoke: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Work, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: !GetAtt Rule.Arn } }
";

/// The findings of these rules on an imported template: the rule, and what it says.
#[track_caller]
fn findings(text: &str, rules: &[&str]) -> Vec<(String, &'static str)> {
    let flaws = |flaws: Vec<Flaw>| -> Imported { panic!("{flaws:?}") };
    let imported = read::read(text, "mine").unwrap_or_else(flaws);
    let found = problems::find(&imported.document).into_iter();
    found.filter(|it| rules.contains(&it.rule)).map(|it| (it.message, it.rule)).collect()
}

/// The template without the resources of these names.
fn without(names: &[&str]) -> String {
    let of = |line: &&str| !names.iter().any(|name| line.starts_with(&format!("  {name}:")));
    STACK.lines().filter(of).map(|line| format!("{line}\n")).collect()
}

/// Each leave that is missing is a finding that names both ends, and nothing else is.
#[test]
fn missing_policies_are_found_on_ones_own_stack() {
    let rules = [
        "delivery-not-allowed",
        "visibility-timeout-too-short",
        "filter-passes-nothing",
        "mapping-filter-passes-nothing",
    ];
    assert_eq!(findings(STACK, &rules), []);
    for (missing, from, to) in [
        ("JobsPolicy", "Topic", "Jobs"),
        ("AuditPolicy", "Rule", "Audit"),
        ("SecondPolicy", "Rule", "Second"),
        ("TopicMayInvoke", "Topic", "Work"),
        ("RuleMayInvoke", "Rule", "Work"),
        ("ApiMayInvoke", "API", "Work"),
    ] {
        let found = findings(&without(&[missing]), &rules);
        assert_eq!(found.len(), 1, "without {missing}: {found:?}");
        let (message, rule) = &found[0];
        assert_eq!(*rule, "delivery-not-allowed");
        assert!(message.contains(&format!("“{from}”")) && message.contains(&format!("“{to}”")), "{missing}: {message}");
    }
    // A policy that is there, and allows somebody else.
    for (wrong, right) in [
        ("'aws:SourceArn': !Ref Second", "'aws:SourceArn': !Ref Topic"),
        (
            "Action: 'sqs:ReceiveMessage', Resource: !GetAtt Jobs.Arn",
            "Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn",
        ),
        (
            "Effect: Deny, Principal: { Service: sns.amazonaws.com }, Action: 'sqs",
            "Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: 'sqs",
        ),
        ("Principal: s3.amazonaws.com, SourceArn: !Ref Topic", "Principal: sns.amazonaws.com, SourceArn: !Ref Topic"),
    ] {
        assert!(STACK.contains(right));
        assert_eq!(findings(&STACK.replace(right, wrong), &rules).len(), 1, "{wrong}");
    }
}

#[test]
fn timeouts_and_dead_letters_are_found_on_ones_own_stack() {
    let rules = ["visibility-timeout-too-short", "visibility-timeout-tight", "no-dead-letter-queue"];
    assert_eq!(findings(STACK, &rules), []);
    let only = |text: &str, rule: &str, name: &str| {
        let found = findings(text, &rules);
        assert!(
            matches!(found.as_slice(), [(message, known)] if *known == rule && message.contains(name)),
            "{found:?}"
        );
    };
    only(&STACK.replace("VisibilityTimeout: 720", "VisibilityTimeout: 30"), "visibility-timeout-too-short", "“Jobs”");
    only(&STACK.replace("VisibilityTimeout: 720", "VisibilityTimeout: 130"), "visibility-timeout-tight", "“Jobs”");
    let redrive = "RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }";
    assert!(STACK.contains(redrive));
    only(&STACK.replace(redrive, ""), "no-dead-letter-queue", "“Jobs”");
}

/// A filter that nothing can pass is found where the template itself says what is sent.
#[test]
fn unreachable_filters_are_found_on_ones_own_stack() {
    let rules = ["filter-passes-nothing", "mapping-filter-passes-nothing", "pattern-outside-of-events"];
    assert_eq!(findings(STACK, &rules), []);
    let one = |text: &str, rule: &str| {
        let found = findings(text, &rules);
        assert!(matches!(found.as_slice(), [(_, known)] if *known == rule), "{found:?}");
    };
    // Attributes of what a rule publishes: it has none.
    let second = "  Filtered: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Second, Protocol: lambda, Endpoint: !GetAtt Work.Arn, FilterPolicy: { tier: [gold] } } }\n  MayToo: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Work, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref Second } }\n";
    one(&format!("{STACK}{second}"), "filter-passes-nothing");
    let of_body = second.replace("tier: [gold] }", "tier: [gold] }, FilterPolicyScope: MessageBody");
    assert_eq!(findings(&format!("{STACK}{of_body}"), &rules), []);
    // The message's fields, while the queue holds the topic's envelopes.
    let mapping = "EventSourceArn: !GetAtt Jobs.Arn";
    let filtered =
        format!("{mapping}, FilterCriteria: {{ Filters: [{{ Pattern: '{{\"body\":{{\"tier\":[\"gold\"]}}}}' }}] }}");
    let wrapped = STACK.replace(mapping, &filtered).replace(", RawMessageDelivery: true", "");
    one(&wrapped, "mapping-filter-passes-nothing");
    assert_eq!(findings(&STACK.replace(mapping, &filtered), &rules), []);
    // A field that no event has.
    one(
        &STACK.replace("EventPattern: { source: [shop] }", "EventPattern: { amount: [1] }"),
        "pattern-outside-of-events",
    );
}

/// Without optimisation, on a machine that does other things as well, it takes longer.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 1_000 });

/// Every mistake with its line, in less than a second.
#[track_caller]
fn refused(text: &str) -> Vec<(usize, String)> {
    let start = Instant::now();
    let flaws = read::read(text, "x").expect_err("it is wrong");
    let took = start.elapsed();
    assert!(took < LONGEST, "{took:?}");
    assert!(flaws.iter().all(|flaw| flaw.place.line >= 1 && flaw.message.ends_with('.')), "{flaws:?}");
    flaws.into_iter().map(|flaw| (flaw.place.line, flaw.message)).collect()
}

#[track_caller]
fn lines(text: &str, expected: &[(usize, &str)]) {
    let flaws = refused(text);
    assert_eq!(flaws.len(), expected.len(), "{flaws:#?}");
    for ((line, message), (expected_line, part)) in flaws.iter().zip(expected) {
        assert!(
            line == expected_line && message.contains(part),
            "line {line}: {message}, but line {expected_line} with “{part}”"
        );
    }
}

#[test]
fn yaml_that_is_none() {
    lines("Resources:\n  A:\n    Type: [AWS::SQS::Queue\n  B:\n    Type: x\n", &[(4, "not YAML")]);
    // The second mistake is found though the first one ends its block.
    lines(
        "Resources:\n  A:\n    Type: 'AWS::SQS::Queue\n      x: }\n  B:\n    Type: AWS::SQS::Queue\n    Properties: {{{\n  C:\n    Type: AWS::SQS::Queue\n",
        &[(3, "not YAML"), (8, "not YAML")],
    );
    lines("Resources:\n\tA: 1\n", &[(2, "not YAML")]);
    lines("just words", &[(1, "A template is an object; this is a text")]);
    lines("", &[(1, "this is nothing")]);
    lines("Resources: {}\n---\nResources: {}", &[(2, "second YAML document")]);
}

#[test]
fn json_that_is_none() {
    lines(
        "{\n \"Resources\": {\n  \"A\": {\"Type\": \"AWS::SQS::Queue\",}\n }\n}",
        &[(3, "a comma stands before the end")],
    );
    lines("{\n \"Resources\": {\n  \"A\" {}\n }\n}", &[(3, "a colon is missing")]);
    lines("{\"Resources\": {\n\"A\": nothing}}", &[(2, "`nothing` is no value")]);
    lines("{\"Resources\": {\n\"A\": {\"Type\": \"x\"}", &[(2, "ends too early")]);
    lines("{\"Resources\": {\n\"A\": {\"Type\": \"x\"}}} x", &[(2, "follows after the end")]);
    lines("{\"Resources\": {\"A\": \"\n", &[(1, "not closed")]);
}

#[test]
fn mistakes_of_meaning_are_all_found_with_their_lines() {
    let text = "Parameters:
  Stage: { Default: dev }
Conditions:
  A: !Equals [!Ref Stage]
  B: !Condition Nowhere
Resource:
  X: {}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Ref Stagge
      QueueName: twice
      DelaySeconds: !Frobnicate 3
      VisibilityTimeout: !FindInMap [Sizes, dev, x]
  Topic:
    Properties: {}
  Sub:
    Type: AWS::SNS::Subscription
    DependsOn: Nobody
    Properties:
      TopicArn: !GetAtt Topik.Arn
      Endpoint: !Sub 'arn:${Missing}:x'
      Protocol: !If [Never, sqs, lambda]
";
    // What the text itself gets wrong comes first: nothing else is certain before that is mended.
    lines(text, &[(13, "`QueueName` is here twice"), (14, "`!Frobnicate`")]);
    let text = text.replace("      QueueName: twice\n", "").replace("!Frobnicate 3", "3");
    lines(&text, &[(6, "`Resource` is not a section")]);
    let text = text.replace("Resource:\n  X: {}\n", "");
    let expected = [
        (2, "has no Type"),
        (4, "compares two values"),
        (5, "no condition `Nowhere`"),
        (10, "no parameter and no resource `Stagge`"),
        (12, "no `Sizes` › `dev` › `x`"),
        (13, "has no Type"),
        (17, "no resource `Nobody`"),
        (19, "`Topik`"),
        (20, "`Missing`"),
        (21, "no condition `Never`"),
    ];
    lines(&text, &expected);
    let flaws = read::read(&text, "x").expect_err("wrong");
    assert!(flaws.iter().any(|flaw| flaw.hint == "Did you mean `Stage`?"), "{flaws:?}");
}

#[test]
fn circles_are_named() {
    lines(
        "Resources:\n  A: { Type: AWS::SQS::Queue, Properties: { Tags: !GetAtt B.Arn } }\n  B: { Type: AWS::SQS::Queue, DependsOn: C }\n  C: { Type: AWS::SQS::Queue, Properties: { Tags: !Sub '${A}' } }\n",
        &[(2, "A (line 2) → B (line 3) → C (line 4) → A")],
    );
    lines(
        "Conditions:\n  One: !Condition Two\n  Two: !Not [!Condition One]\nResources:\n  A: { Type: AWS::SQS::Queue }\n",
        &[(3, "One (line 2) → Two (line 2) → One")],
    );
    // What SAM takes apart is no circle.
    let text = "Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: p, DefinitionBody: { paths: { /a: { get: { x-amazon-apigateway-integration: { type: aws_proxy, uri: !Sub 'arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${F.Arn}/invocations' } } } } } } }
  F: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: Api, Properties: { RestApiId: !Ref Api, Method: get, Path: /a } } } } }
";
    assert!(read::read(text, "x").is_ok());
}

#[test]
fn hostile_texts_are_refused_at_once() {
    // A billion laughs.
    let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs += &format!("a{level}: &a{level} [{before}]\n");
    }
    lines(&laughs, &[(6, "aliases")]);
    lines("Resources:\n  A: &a { Type: x, Properties: *a }\n", &[(2, "inside of what it repeats")]);
    assert_eq!(refused(&"[".repeat(900_000))[0].0, 1);
    assert_eq!(refused(&"- ".repeat(400_000))[0].0, 1);
    assert_eq!(refused(&"{\"a\":".repeat(200_000))[0].0, 1);
    assert!(!refused(&"? ".repeat(500_000)).is_empty());
    assert!(!refused(&format!("Resources: \"{}", "x".repeat(1_000_000))).is_empty());
    assert!(!refused(&"a: b\n".repeat(200_000)).is_empty());
    assert!(!refused(&(0..90_000).map(|number| format!("k{number}: &x{number}\n")).collect::<String>()).is_empty());
    assert!(!refused(&(0..60_000).map(|number| format!("  A{number}: !Nope\n")).collect::<String>()).is_empty());
    let many: String = (0..14_000)
        .map(|it| format!("  R{it}: {{ Type: x, Properties: {{ V: !Sub '${{R{}}}' }} }}\n", it + 1))
        .collect();
    lines(&format!("Resources:\n{many}"), &[(1_002, "14000 resources are too many")]);
    let unknown = "!Ref Nobody, ".repeat(60_000);
    assert_eq!(refused(&format!("Resources:\n  A: {{ Type: x, Properties: {{ V: [{unknown}] }} }}\n")).len(), 200);
    // Junk of 5 MB: letters, brackets and binary in no order.
    let mut state = 1u64;
    let mut junk = String::new();
    while junk.len() < 5 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        junk.push(char::from_u32((state >> 33) as u32 % 0x2000).unwrap_or(' '));
    }
    assert_eq!(refused(&junk), [(1, "This text has 5.0 MB.".to_string())]);
    let most = junk.char_indices().map(|(at, _)| at).take_while(|at| *at <= read::MAXIMUM_BYTES).last().unwrap_or(0);
    refused(&junk[..most]);
    let nested =
        "Resources:\n  A: { Type: AWS::SQS::Queue, Properties: { X: !Sub ['${a}', { a: !Join ['', [!Ref A]] }] } }\n"
            .repeat(9_000);
    assert!(!refused(&nested).is_empty());
}
