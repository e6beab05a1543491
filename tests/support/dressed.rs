//! Random diagrams in more of the settings that nodes and edges can have: each is tried, and stays where the diagram is still
//! valid with it. For what is written and read; what runs has its own settings (`random`).

use eventyard::diagram::{Document, EdgeKind, Node, NodeKind, check};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// `numbers` decide which of them, in turn.
pub fn dress(document: &mut Document, numbers: &[u64]) {
    let mut turn = numbers.iter().copied().cycle();
    if turn.next().is_some_and(|number| number.is_multiple_of(3)) {
        add_boxes(document);
    }
    for place in 0..document.nodes.len() {
        let node = &document.nodes[place];
        let outfits = of_node(document, place);
        let chosen: Vec<Value> = outfits.into_iter().filter(|_| turn.next().unwrap_or(0).is_multiple_of(2)).collect();
        let id = node.id;
        for outfit in chosen {
            put_on(document, outfit, |document| &mut document.node_mut(id).expect("there").settings);
        }
    }
    for place in 0..document.edges.len() {
        let outfits = of_edge(document, place);
        let chosen: Vec<Value> = outfits.into_iter().filter(|_| turn.next().unwrap_or(0).is_multiple_of(2)).collect();
        for outfit in chosen {
            put_on(document, outfit, |document| &mut document.edges[place].settings);
        }
    }
}

/// Resources that are not simulated, as an import keeps them: with a parameter, a condition, a mapping and a role, and with
/// references to each other and to what is simulated.
fn add_boxes(document: &mut Document) {
    let function = document.nodes.iter().find(|node| node.kind == NodeKind::Function).map(|node| node.id);
    let (bucket, machine) = (Uuid::from_u128(0xb0c), Uuid::from_u128(0x3ac));
    let work = match function {
        Some(function) => json!({ "Type": "Task", "Resource": format!("${{{function}.Arn}}"), "End": true }),
        None => json!({ "Type": "Pass", "End": true }),
    };
    let definition = json!({ "StartAt": "Work", "States": { "Work": work } }).to_string();
    let parts = [
        (
            bucket,
            "AWS::S3::Bucket",
            json!({
                "Parameters": { "KeepDays": { "Type": "Number", "Default": 30 }, "Stage": { "Type": "String", "Default": "test" } },
                "Mappings": { "Prefixes": { "us-east-1": { "Name": "uploads" } } },
                "Conditions": { "IsLive": { "Fn::Equals": [{ "Ref": "Stage" }, "live"] }, "IsTest": { "Fn::Not": [{ "Condition": "IsLive" }] } },
                "Resources": { "Uploads": {
                    "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain",
                    "Properties": {
                        "Tags": [
                            { "Key": "prefix", "Value": { "Fn::FindInMap": ["Prefixes", { "Ref": "AWS::Region" }, "Name"] } },
                            { "Key": "stage", "Value": { "Fn::If": ["IsTest", "test", { "Ref": "Stage" }] } },
                        ],
                        "LifecycleConfiguration": { "Rules": [{ "Status": "Enabled", "ExpirationInDays": { "Ref": "KeepDays" } }] },
                    },
                } },
            }),
        ),
        (
            machine,
            "AWS::StepFunctions::StateMachine",
            json!({
                "Resources": {
                    "Flow": {
                        "Type": "AWS::StepFunctions::StateMachine", "DependsOn": [bucket.to_string()],
                        "Properties": { "DefinitionString": { "Fn::Sub": definition }, "RoleArn": { "Fn::GetAtt": ["FlowRole", "Arn"] } },
                    },
                    "FlowRole": {
                        "Type": "AWS::IAM::Role",
                        "Properties": { "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [{ "Effect": "Allow", "Principal": { "Service": "states.amazonaws.com" }, "Action": "sts:AssumeRole" }],
                        } },
                    },
                },
            }),
        ),
    ];
    for (id, kind, template) in parts {
        let settings = json!({ "Type": kind, "Template": template }).as_object().cloned().unwrap_or_default();
        let name = kind.rsplit(':').next().unwrap_or(kind).to_string();
        document.nodes.push(Node { id, kind: NodeKind::Other, name, x: 0.0, y: 900.0, settings });
    }
}

/// Keeps settings only where the diagram is valid with them.
fn put_on(document: &mut Document, outfit: Value, settings: impl Fn(&mut Document) -> &mut Map<String, Value>) {
    let before = settings(document).clone();
    settings(document).extend(outfit.as_object().cloned().unwrap_or_default());
    if check(document).is_err() {
        *settings(document) = before;
    }
}

fn of_node(document: &Document, place: usize) -> Vec<Value> {
    let node = &document.nodes[place];
    let http = node.settings.get("ApiType") == Some(&json!("HTTP"));
    let queues: Vec<Value> = document
        .nodes
        .iter()
        .filter(|other| other.kind == NodeKind::Queue && other.id != node.id)
        .map(|queue| queue.id.to_string().into())
        .collect();
    match node.kind {
        NodeKind::Gateway if http => vec![
            json!({ "StageName": "live", "StageVariables": { "alias": "blue" } }),
            json!({ "Authorizer": "JWT", "JwtIssuer": "https://issuer.example/", "JwtAudience": ["shop", "office"] }),
            json!({ "IdentitySource": "$request.querystring.token" }),
            json!({ "Authorizer": "REQUEST", "AuthorizerResultTtlInSeconds": 60, "IdentitySource": "$request.header.X-Tenant,$request.header.Authorization" }),
            json!({ "CorsConfiguration": { "allowOrigins": ["https://a.example", "https://b.example"], "allowMethods": ["GET", "POST"], "maxAge": 60 } }),
        ],
        NodeKind::Gateway => vec![
            json!({ "StageName": "live", "StageVariables": { "alias": "blue", "table": "one" }, "TracingEnabled": false }),
            json!({ "Authorizer": "TOKEN", "AuthorizerToken": "secret", "IdentitySource": "method.request.header.X-Token", "IdentityValidationExpression": "[a-z]+" }),
            json!({ "Authorizer": "REQUEST", "AuthorizerResultTtlInSeconds": 0, "IdentityValidationExpression": "",
                    "IdentitySource": "method.request.header.X-Tenant,method.request.querystring.page" }),
            json!({ "ApiKeyRequired": true, "ApiKey": "good-everywhere", "ApiKeySource": "AUTHORIZER" }),
            json!({ "UsagePlans": [
                { "name": "Gold", "keys": ["gold-1", "gold-2"], "throttle": { "rateLimit": 12.5, "burstLimit": 5 }, "methods": { "/r1/POST": { "rateLimit": 1, "burstLimit": 1 } } },
                { "name": "Free", "keys": ["free"], "quota": { "limit": 100, "period": "WEEK", "offset": 3 } },
                { "name": "Nobody's", "keys": [] }] }),
            json!({ "CacheClusterEnabled": true, "CacheTtlInSeconds": 60 }),
            json!({ "GatewayResponses": {
                "THROTTLED": { "statusCode": 503, "responseParameters": { "gatewayresponse.header.Retry-After": "'1'" } },
                "DEFAULT_4XX": { "responseTemplates": { "application/json": "{\"message\": $context.error.messageString}" } } } }),
            json!({ "CorsConfiguration": { "allowOrigins": ["https://a.example"], "allowMethods": ["GET", "POST"], "allowHeaders": ["content-type"], "maxAge": 60 } }),
        ],
        NodeKind::Queue => vec![
            json!({ "MessageRetentionPeriod": 1_209_600, "ReceiveMessageWaitTimeSeconds": 20, "MaximumMessageSize": 65_536 }),
            json!({ "RedriveAllowPolicy": { "redrivePermission": "denyAll" } }),
            json!({ "RedriveAllowPolicy": { "redrivePermission": "byQueue", "sourceQueueArns": queues } }),
        ],
        NodeKind::Topic => vec![json!({ "FifoThroughputScope": "MessageGroup" })],
        // Amazon SES sends to the default bus alone.
        NodeKind::Bus => vec![
            json!({ "Name": if document.edges.iter().any(|edge| edge.to == node.id && document.node(edge.from).is_some_and(|from| from.kind == NodeKind::Mailer)) { "default".to_string() } else { format!("bus-{place}") } }),
            json!({ "Archive": true, "RetentionDays": 30, "ArchiveEventPattern": { "source": ["shop"] } }),
        ],
        NodeKind::Rule => vec![
            json!({ "State": "DISABLED" }),
            json!({ "EventPattern": { "source": ["shop"], "detail": { "amount": [{ "numeric": [">", 10, "<=", 20.5] }], "gone": [null], "$or": [{ "a": [true] }, { "b": [{ "exists": false }] }] } } }),
        ],
        NodeKind::Function => vec![
            json!({ "MemorySize": 1_769, "Timeout": 29 }),
            json!({ "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 3_600 }),
        ],
        NodeKind::Database => vec![json!({ "MinCapacity": 2.0, "MaxCapacity": 8.5 })],
        _ => Vec::new(),
    }
}

fn of_edge(document: &Document, place: usize) -> Vec<Value> {
    let edge = &document.edges[place];
    let kind_of = |id| document.node(id).map(|node| node.kind);
    let http = document.node(edge.from).is_some_and(|node| node.settings.get("ApiType") == Some(&json!("HTTP")));
    match (edge.kind, kind_of(edge.to)) {
        (EdgeKind::Integration, to) => {
            // A path of its own, so that no two are the same route.
            let path = json!({ "Path": format!("/r{place}/{{id}}"), "Method": if place.is_multiple_of(2) { "POST" } else { "GET" } });
            let mut outfits = vec![path.clone(), path, json!({ "AuthorizationType": "NONE" })];
            outfits.extend(if http { of_http_route(to) } else { of_rest_route(to) });
            outfits
        }
        (EdgeKind::Subscription, to) => vec![
            json!({ "FilterPolicy": { "tier": ["gold", { "anything-but": "lead" }], "amount": [{ "numeric": [">=", 5] }] } }),
            json!({ "FilterPolicyScope": "MessageBody", "FilterPolicy": { "customer": { "tier": ["gold"] }, "gone": [null] } }),
            match to {
                Some(NodeKind::Endpoint) => json!({ "Protocol": if place.is_multiple_of(2) { "http" } else { "sms" } }),
                Some(NodeKind::Mailer) => json!({ "Protocol": "email-json" }),
                _ => json!({ "RawMessageDelivery": true }),
            },
        ],
        (EdgeKind::Target, _) => vec![
            json!({ "Input": { "task": "clean up", "n": [1, 2.5] } }),
            json!({ "InputPath": "$.detail" }),
            json!({ "InputTransformer": { "InputPathsMap": { "amount": "$.detail.amount" }, "InputTemplate": "{\"paid\": <amount>, \"by\": \"${nobody}\"}" } }),
            json!({ "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 600 }),
        ],
        (EdgeKind::EventSourceMapping, _) => vec![
            json!({ "MaximumConcurrency": 5 }),
            json!({ "ProvisionedPollerConfig": { "MinimumPollers": 2, "MaximumPollers": 20 } }),
            json!({ "FilterCriteria": [{ "body": { "kind": ["welcome"], "n": [{ "numeric": ["<", 3.5] }] } }, { "body": { "a": [null] } }] }),
            json!({ "Enabled": false }),
        ],
        (EdgeKind::Redrive, _) => vec![json!({ "maxReceiveCount": 7 })],
        _ => Vec::new(),
    }
}

fn of_http_route(to: Option<NodeKind>) -> Vec<Value> {
    let mut outfits = vec![
        json!({ "AuthorizationScopes": ["orders.write", "orders.read"] }),
        json!({ "ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 7 }),
        json!({ "ResponseParameters": { "500": { "overwrite:statuscode": "403", "append:header.x-reason": "$response.body.reason" } } }),
    ];
    outfits.extend(match to {
        Some(NodeKind::Function) => vec![
            json!({ "PayloadFormatVersion": "1.0" }),
            json!({ "RequestParameters": { "append:header.X-Id": "$request.querystring.id", "overwrite:path": "/v2" } }),
        ],
        Some(NodeKind::Queue) => vec![
            json!({ "MessageGroupId": "{{message.shop.id}}", "MessageDeduplicationId": "{{requestId}}-{{message.n}}" }),
            json!({ "DelaySeconds": 5 }),
            json!({ "RequestParameters": { "MessageBody": "$request.body.inner" } }),
        ],
        Some(NodeKind::Bus) => vec![
            json!({ "Source": "shop", "DetailType": "Paid" }),
            json!({ "RequestParameters": { "Source": "$request.header.X-Source" } }),
        ],
        _ => vec![json!({ "RequestParameters": { "overwrite:header.X-Id": "$context.requestId" } })],
    });
    outfits
}

fn of_rest_route(to: Option<NodeKind>) -> Vec<Value> {
    let payload = json!({ "id": "{{requestId}}", "who": ["Dear {{message.name}}", 1, true], "all": "{{message}}", "at": "{{time}}" });
    let mut outfits = vec![
        json!({ "RequestModel": { "type": "object", "required": ["amount"], "properties": { "amount": { "type": "number", "minimum": 0 } } } }),
        json!({ "CacheKeyParameters": ["method.request.path.id", "method.request.querystring.page"] }),
        json!({ "ThrottlingRateLimit": 2.5, "ThrottlingBurstLimit": 3 }),
        json!({ "RequestParameters": { "method.request.header.X-Tenant": true, "method.request.querystring.page": false } }),
        json!({ "TimeoutInMillis": 5_000 }),
    ];
    let answers = json!([
        { "statusCode": 202, "responseParameters": { "method.response.header.X-Id": "integration.response.body.id" } },
        { "selectionPattern": "4\\d\\d", "statusCode": 422, "responseTemplates": { "application/json": "{\"why\": $input.json('$.errorMessage')}" } },
    ]);
    let templates = json!({ "application/json": "#if($input.path('$.n'))\n{\"n\": $input.json('$.n')}\n#end\n", "text/plain": "$input.body.${x}" });
    outfits.extend(match to {
        Some(NodeKind::Function) => vec![
            json!({ "RequestTemplate": payload, "RequestTemplates": {} }),
            json!({ "ResponseTemplate": { "is": "{{message.status}}" }, "IntegrationResponses": [] }),
            json!({ "IntegrationType": "NON_PROXY", "RequestTemplates": templates, "PassthroughBehavior": "NEVER", "RequestTemplate": null }),
            json!({ "IntegrationType": "NON_PROXY", "IntegrationResponses": answers }),
            json!({ "IntegrationType": "NON_PROXY", "InvocationType": "Event" }),
            json!({ "Access": "DENIED" }),
            json!({ "IntegrationType": "NON_PROXY", "RequestParameters": { "method.request.header.X-Tenant": true, "integration.request.header.X-Id": "method.request.querystring.id" } }),
        ],
        Some(NodeKind::Queue | NodeKind::Topic | NodeKind::Bus) => vec![
            json!({ "RequestTemplate": payload, "RequestTemplates": {} }),
            json!({ "RequestTemplates": templates, "PassthroughBehavior": "WHEN_NO_TEMPLATES", "RequestTemplate": null }),
            json!({ "ResponseTemplate": { "taken": true, "id": "{{message.id}}" } }),
            json!({ "IntegrationResponses": answers }),
            json!({ "Source": "shop \"one\"", "DetailType": "Paid" }),
            json!({ "MessageGroupId": "{{message.shop.0}}", "MessageDeduplicationId": "{{requestId}}-{{message.n}}" }),
            json!({ "DelaySeconds": 5 }),
        ],
        _ => vec![json!({ "RequestParameters": { "integration.request.header.X-Id": "'one'" } })],
    });
    outfits
}
