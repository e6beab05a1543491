//! Functions: what they may do, what they are told in environment variables, and what makes them run.

use super::gateways::keys;
use super::intrinsic::{arn, attribute, physical, reference, substitute};
use super::{Options, Placement, Writer, copy, flag, text};
use crate::diagram::{Action, EdgeKind, Node, NodeKind, NodeSettings, Step};
use crate::exchange::template::code::{self, Language};
use serde_json::{Map, Value, json};

/// Whether it has provisioned concurrency, which needs an alias.
pub fn has_alias(function: &Node) -> bool {
    let provisioned = function.settings.get("ProvisionedConcurrentExecutions").and_then(Value::as_i64);
    provisioned.is_some_and(|provisioned| provisioned > 0)
}

/// lambda-runtimes.
fn runtime(language: Language) -> &'static str {
    match language {
        Language::Nodejs => "nodejs22.x",
        Language::Python => "python3.13",
    }
}

impl<'a> Writer<'a> {
    pub(super) fn function(&mut self, node: &'a Node) {
        let name = self.name(node.id);
        let mut properties = Map::new();
        if self.cycles.is_named(node.id) {
            properties.insert("FunctionName".to_string(), substitute(physical(&name)));
            self.note(
                node,
                tr!("It is called by a fixed name, because it and what calls it refer to each other. Stack name and function name together may have 64 characters."),
            );
        }
        self.code(node, &name, &mut properties);
        let names = ["MemorySize", "Timeout", "ReservedConcurrentExecutions", "RecursiveLoop"];
        copy(&node.settings, &names, &mut properties);
        if has_alias(node) {
            properties.insert("AutoPublishAlias".to_string(), "live".into());
            let mut provisioned = Map::new();
            copy(&node.settings, &["ProvisionedConcurrentExecutions"], &mut provisioned);
            properties.insert("ProvisionedConcurrencyConfig".to_string(), Value::Object(provisioned));
        }
        for edge in self.outgoing(node.id, EdgeKind::PutEvents) {
            if !text(&edge.settings, "EventBusName").is_empty() {
                self.note_on_edge(
                    edge,
                    tr!("the diagram's sender writes another bus's name; the code writes the right one."),
                );
            }
        }
        let variables = self.variables(node);
        if !variables.is_empty() {
            properties.insert("Environment".to_string(), json!({ "Variables": variables }));
        }
        let policies = self.policies(node);
        if !policies.is_empty() {
            properties.insert("Policies".to_string(), Value::Array(policies));
        }
        self.asynchronous(node, &mut properties);
        self.resource(name, "AWS::Serverless::Function", properties);
        self.mappings(node);
    }

    fn code(&mut self, node: &'a Node, name: &str, properties: &mut Map<String, Value>) {
        let Options { language, placement, .. } = self.options;
        properties.insert("Runtime".to_string(), runtime(language).into());
        properties.insert("Handler".to_string(), "index.handler".into());
        let written = code::write(self.document, self.plan, &self.names, node, language);
        self.notes.extend(written.notes.into_iter().map(|text| super::Note { node: Some(node.id), text }));
        match placement {
            Placement::Inline => {
                properties.insert("InlineCode".to_string(), written.text.into());
            }
            Placement::Files => {
                properties.insert("CodeUri".to_string(), format!("src/{name}/").into());
                let path = format!("src/{name}/index.{}", language.extension());
                self.code.push(super::File { path, text: written.text });
            }
        }
    }

    fn variables(&self, node: &'a Node) -> Map<String, Value> {
        let mut variables = Map::new();
        for target in self.used(node) {
            let id = target.id;
            let name = self.names.node(id);
            let mut set = |what: &str, value: Value| variables.insert(self.names.variable(id, what), value);
            match target.kind {
                NodeKind::Queue => set("URL", self.queue_url(target)),
                NodeKind::Topic => set("ARN", reference(name)),
                NodeKind::Bus => set("NAME", self.bus_reference(target)),
                NodeKind::Function => set("NAME", self.function_to_call(target)),
                NodeKind::Gateway => {
                    let handler = node.settings.get("Handler").unwrap_or(&Value::Null);
                    for (place, key) in keys::keys(target).into_iter().enumerate() {
                        if keys::sends(handler, target, place) {
                            set(&keys::variable(place), reference(&format!("{name}{}Value", key.suffix)));
                        }
                    }
                    set("URL", self.gateway_url(target))
                }
                NodeKind::Endpoint => set("URL", reference(&self.endpoint_url(target))),
                NodeKind::Database if super::stores::is_key_value(target) => set("NAME", reference(name)),
                NodeKind::Database => {
                    set("ARN", attribute(name, "DBClusterArn"));
                    set("SECRET_ARN", attribute(name, "MasterUserSecret.SecretArn"))
                }
                NodeKind::Mailer => {
                    if let Some(configuration) = self.configuration_set(target) {
                        set("CONFIGURATION_SET", reference(&configuration));
                    }
                    set("SENDER", reference(&self.sender(target)))
                }
                _ => None,
            };
        }
        variables
    }

    /// What the function's code may turn to, each once, in the order of the edges.
    fn used(&self, node: &'a Node) -> Vec<&'a Node> {
        let kinds =
            [EdgeKind::Call, EdgeKind::Send, EdgeKind::Publish, EdgeKind::PutEvents, EdgeKind::Query, EdgeKind::Email];
        let mut used: Vec<&'a Node> = Vec::new();
        let document = self.document;
        for edge in document.edges.iter().filter(|edge| edge.from == node.id && kinds.contains(&edge.kind)) {
            if let Some(target) = document.node(edge.to)
                && !used.iter().any(|known| known.id == target.id)
            {
                used.push(target);
            }
        }
        used
    }

    fn queue_url(&self, queue: &Node) -> Value {
        reference(self.names.node(queue.id))
    }

    /// What the API Invoke is given.
    fn function_to_call(&self, function: &Node) -> Value {
        let name = self.names.node(function.id);
        if !self.cycles.is_named(function.id) {
            return self.function_name(function);
        }
        let suffix = if has_alias(function) { ":live" } else { "" };
        substitute(format!("{}{suffix}", physical(name)))
    }

    fn policies(&self, node: &'a Node) -> Vec<Value> {
        let mut policies = Vec::new();
        for target in self.used(node) {
            let name = self.names.node(target.id);
            match target.kind {
                NodeKind::Queue => {
                    let queue = attribute(name, "QueueName");
                    policies.push(json!({ "SQSSendMessagePolicy": { "QueueName": queue } }));
                }
                NodeKind::Topic => {
                    policies.push(json!({ "SNSPublishMessagePolicy": { "TopicName": self.topic_name(target) } }));
                }
                NodeKind::Bus => {
                    let bus = self.bus_reference(target);
                    policies.push(json!({ "EventBridgePutEventsPolicy": { "EventBusName": bus } }));
                }
                NodeKind::Function => {
                    let function =
                        if self.cycles.is_named(target.id) { substitute(physical(name)) } else { reference(name) };
                    policies.push(json!({ "LambdaInvokePolicy": { "FunctionName": function } }));
                }
                NodeKind::Database => policies.extend(self.query_policy(node, target)),
                NodeKind::Mailer => policies.push(self.email_policy(target)),
                _ => {}
            }
        }
        let sources = self.document.edges.iter().filter(|edge| edge.kind == EdgeKind::EventSourceMapping);
        for edge in sources.filter(|edge| edge.to == node.id) {
            let queue = attribute(self.names.node(edge.from), "QueueName");
            policies.push(json!({ "SQSPollerPolicy": { "QueueName": queue } }));
        }
        policies
    }

    /// What the steps do in a database, and no more.
    fn query_policy(&self, node: &'a Node, database: &Node) -> Option<Value> {
        let name = self.names.node(database.id);
        let index = self.plan.find_node(node.id)?;
        let NodeSettings::Function(settings) = &self.plan.node(index).settings else { return None };
        if !super::stores::is_key_value(database) {
            let statement =
                |actions: Value, resource| json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
            let mut actions = vec!["rds-data:ExecuteStatement"];
            let with_event =
                |step: &&Step| matches!(&step.action, Action::Write { to, event: Some(_), .. } if *to == database.id);
            if settings.handler.all_steps().iter().any(with_event) {
                actions.extend([
                    "rds-data:BeginTransaction",
                    "rds-data:CommitTransaction",
                    "rds-data:RollbackTransaction",
                ]);
            }
            return Some(json!({
                "Version": "2012-10-17",
                "Statement": [
                    statement(json!(actions), attribute(name, "DBClusterArn")),
                    statement("secretsmanager:GetSecretValue".into(), attribute(name, "MasterUserSecret.SecretArn")),
                ],
            }));
        }
        let mut actions: Vec<String> = Vec::new();
        for step in settings.handler.all_steps() {
            for action in actions_of(step, database) {
                let action = format!("dynamodb:{action}");
                if !actions.contains(&action) {
                    actions.push(action);
                }
            }
        }
        actions.sort();
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": attribute(name, "Arn") });
        (!actions.is_empty()).then(|| json!({ "Version": "2012-10-17", "Statement": [statement] }))
    }

    fn email_policy(&self, mailer: &Node) -> Value {
        let mut resources = vec![substitute(arn("ses", "identity/*"))];
        if let Some(set) = self.configuration_set(mailer) {
            resources.push(substitute(arn("ses", &format!("configuration-set/${{{set}}}"))));
        }
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Action": "ses:SendEmail", "Resource": resources,
                "Condition": { "StringEquals": { "ses:FromAddress": reference(&self.sender(mailer)) } },
            }],
        })
    }

    /// What becomes of asynchronous invocations.
    fn asynchronous(&mut self, node: &'a Node, properties: &mut Map<String, Value>) {
        let mut config = Map::new();
        copy(&node.settings, &["MaximumRetryAttempts", "MaximumEventAgeInSeconds"], &mut config);
        let mut destinations = Map::new();
        for (kind, name) in [(EdgeKind::OnSuccess, "OnSuccess"), (EdgeKind::OnFailure, "OnFailure")] {
            let Some(target) = self.targets(node.id, kind).first().copied() else { continue };
            let service = match target.kind {
                NodeKind::Queue => "SQS",
                NodeKind::Topic => "SNS",
                NodeKind::Function => "Lambda",
                _ => "EventBridge",
            };
            destinations.insert(name.to_string(), json!({ "Type": service, "Destination": self.target_arn(target) }));
        }
        if !destinations.is_empty() {
            config.insert("DestinationConfig".to_string(), Value::Object(destinations));
        }
        if !config.is_empty() {
            properties.insert("EventInvokeConfig".to_string(), Value::Object(config));
        }
        if let Some(target) = self.targets(node.id, EdgeKind::DeadLetter).first().copied() {
            let service = if target.kind == NodeKind::Queue { "SQS" } else { "SNS" };
            let queue = json!({ "Type": service, "TargetArn": self.target_arn(target) });
            properties.insert("DeadLetterQueue".to_string(), queue);
        }
    }

    /// The event source mappings that end at a function.
    fn mappings(&mut self, node: &'a Node) {
        let document = self.document;
        let edges = document.edges.iter().filter(|edge| edge.kind == EdgeKind::EventSourceMapping);
        for edge in edges.filter(|edge| edge.to == node.id) {
            let mut properties = Map::new();
            let queue = attribute(self.names.node(edge.from), "Arn");
            properties.insert("EventSourceArn".to_string(), queue);
            properties.insert("FunctionName".to_string(), self.function_name(node));
            let names = ["BatchSize", "MaximumBatchingWindowInSeconds", "ProvisionedPollerConfig", "Enabled"];
            copy(&edge.settings, &names, &mut properties);
            if let Some(concurrency) = edge.settings.get("MaximumConcurrency").filter(|value| !value.is_null()) {
                properties.insert("ScalingConfig".to_string(), json!({ "MaximumConcurrency": concurrency }));
            }
            if flag(&edge.settings, "ReportBatchItemFailures") {
                properties.insert("FunctionResponseTypes".to_string(), json!(["ReportBatchItemFailures"]));
            }
            let filters = edge.settings.get("FilterCriteria").and_then(Value::as_array);
            let filters: Vec<Value> =
                filters.into_iter().flatten().map(|pattern| json!({ "Pattern": pattern.to_string() })).collect();
            if !filters.is_empty() {
                properties.insert("FilterCriteria".to_string(), json!({ "Filters": filters }));
            }
            let name = self.edge_name(edge, "Mapping");
            self.resource(name, "AWS::Lambda::EventSourceMapping", properties);
            let visibility = ["VisibilityHeartbeatSeconds", "VisibilityAfterFailureSeconds"];
            if visibility.iter().any(|name| edge.settings.get(*name).is_some_and(|value| !value.is_null())) {
                let text = tr!(
                    "The code does not change the visibility of messages as the diagram says: call ChangeMessageVisibility where you need it."
                );
                self.note(node, text);
            }
        }
    }
}

/// The actions that a step takes in this table.
fn actions_of(step: &Step, database: &Node) -> &'static [&'static str] {
    match &step.action {
        Action::Write { to, .. } if *to == database.id => &["PutItem"],
        Action::Read { to, .. } if *to == database.id => &["GetItem"],
        Action::Idempotency { to, .. } if *to == database.id => &["DeleteItem", "PutItem"],
        Action::Relay { to, .. } if *to == database.id => &["DeleteItem", "Query"],
        _ => &[],
    }
}
