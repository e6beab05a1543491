//! What starts functions, and where topics and buses deliver: mappings, subscriptions, rules, and SAM's events.

use super::super::stack::{each, integer, structured, text};
use super::super::tree::Place;
use super::{Assembler, Concern, Stream, put_edge};
use crate::diagram::{EdgeKind, NodeKind};
use crate::language::translated;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// services-sqs-configure: what a FIFO queue, which stands for a stream here, gives at the most.
const FIFO_BATCH: i64 = 10;

/// What starts a function where nothing names it. The node that stands for it is called so as well.
const UNKNOWN_SOURCE: &str = phrase!("an event source");

impl Assembler<'_> {
    /// Subscriptions, written inside of topics or on their own.
    pub(super) fn topics(&mut self) {
        for number in self.of_type(&["AWS::SNS::Topic"]) {
            let Some(topic) = self.nodes.get(&number).copied() else { continue };
            let place = self.resource(number).place;
            for subscription in each(self.resource(number).get("Subscription")).to_vec() {
                self.subscribe(topic, &subscription, place);
            }
        }
        for number in self.of_type(&["AWS::SNS::Subscription"]) {
            let resource = self.resource(number);
            let (properties, place) = (Value::Object(resource.properties.clone()), resource.place);
            match self.find_or_outside(&properties["TopicArn"], NodeKind::Topic, place) {
                Some(topic) => self.subscribe(topic, &properties, place),
                None => self.note(
                    Concern::NotSimulated,
                    place,
                    tr!("The subscription {} has no topic that is known here.", self.resource(number).name),
                ),
            }
        }
    }

    fn subscribe(&mut self, topic: Uuid, written: &Value, place: Place) {
        let protocol = text(&written["Protocol"]);
        let endpoint = &written["Endpoint"];
        let receiver = match protocol.as_str() {
            "sqs" => self.find_or_outside(endpoint, NodeKind::Queue, place),
            "lambda" => self.find_or_outside(endpoint, NodeKind::Function, place),
            "http" | "https" => self.find_or_outside(endpoint, NodeKind::Endpoint, place),
            "sms" => {
                let name = self.open_name(&text(endpoint), &["PhoneNumber"]);
                Some(self.outside_node(NodeKind::Endpoint, &name.unwrap_or_else(|| "Telephone".to_string()), place))
            }
            "email" | "email-json" => {
                let name = self.open_name(&text(endpoint), &["Recipient"]);
                Some(self.outside_node(NodeKind::Mailer, &name.unwrap_or_else(|| "Mailbox".to_string()), place))
            }
            _ => None,
        };
        let Some(receiver) = receiver else {
            let message = tr!(
                "“{topic}” has a subscription with the protocol `{protocol}`, which is not simulated.",
                topic = self.name_of(topic),
                protocol = protocol
            );
            self.note(Concern::NotSimulated, place, message);
            return;
        };
        let mut settings = Map::new();
        if matches!(protocol.as_str(), "http" | "email-json" | "sms") {
            settings.insert("Protocol".to_string(), protocol.into());
        }
        let kind = EdgeKind::Subscription;
        put_edge(&mut settings, kind, "FilterPolicy", &structured(&written["FilterPolicy"]));
        for name in ["FilterPolicyScope", "RawMessageDelivery"] {
            put_edge(&mut settings, kind, name, &written[name]);
        }
        put_edge(&mut settings, kind, "DeliveryPolicy", &delivery_policy(&structured(&written["DeliveryPolicy"])));
        let dead = &structured(&written["RedrivePolicy"])["deadLetterTargetArn"];
        if let Some(dead) = self.find_or_outside(dead, NodeKind::Queue, place) {
            settings.insert("DeadLetterQueue".to_string(), dead.to_string().into());
            self.dead_letters_allowed(topic, dead, "sns.amazonaws.com", place);
        }
        self.deliver(kind, topic, receiver, settings, "sns.amazonaws.com", place);
    }

    /// An edge of a subscription or a target; where the receiver's policy does not allow it, nothing gets through.
    fn deliver(
        &mut self,
        kind: EdgeKind,
        from: Uuid,
        to: Uuid,
        mut settings: Map<String, Value>,
        service: &str,
        place: Place,
    ) {
        let source = self.nodes.iter().find(|(_, id)| **id == from).map(|(number, _)| *number);
        if !self.delivery_allowed(to, service, source) {
            settings.insert("Access".to_string(), "DENIED".into());
            let what = match self.kind_of(to) {
                Some(NodeKind::Queue) => tr!("its AWS::SQS::QueuePolicy"),
                Some(NodeKind::Topic) => tr!("its AWS::SNS::TopicPolicy"),
                _ => tr!("an AWS::Lambda::Permission"),
            };
            let (from, to) = (self.name_of(from), self.name_of(to));
            let message = tr!(
                "“{from}” may not deliver to “{to}”: {policy} has to allow {service}. Nothing arrives, and nobody is told.",
                from = from,
                to = to,
                policy = what,
                service = service
            );
            self.note(Concern::NotAllowed, place, message);
        }
        if self.add_edge(kind, from, to, settings).is_none() {
            let message = tr!("“{from}” → “{to}” is not simulated.", from = self.name_of(from), to = self.name_of(to));
            self.note(Concern::NotSimulated, place, message);
        }
    }

    fn dead_letters_allowed(&mut self, from: Uuid, dead: Uuid, service: &str, place: Place) {
        let source = self.nodes.iter().find(|(_, id)| **id == from).map(|(number, _)| *number);
        if !self.delivery_allowed(dead, service, source) {
            let message = tr!(
                "“{from}” may not put its dead letters into “{queue}”: they would be lost.",
                from = self.name_of(from),
                queue = self.name_of(dead)
            );
            self.note(Concern::NotAllowed, place, message);
        }
    }

    /// Rules and schedules, with their buses and targets.
    pub(super) fn rules(&mut self) {
        for number in self.of_type(&["AWS::Events::Rule"]) {
            let Some(rule) = self.nodes.get(&number).copied() else { continue };
            let (properties, place) =
                (Value::Object(self.resource(number).properties.clone()), self.resource(number).place);
            if let Some(bus) = self.bus(&properties["EventBusName"], place) {
                self.edge(EdgeKind::Rule, bus, rule);
            }
            for target in each(&properties["Targets"]) {
                self.target(rule, target, place);
            }
        }
        for number in self.of_type(&["AWS::Scheduler::Schedule"]) {
            let Some(rule) = self.nodes.get(&number).copied() else { continue };
            let (properties, place) =
                (Value::Object(self.resource(number).properties.clone()), self.resource(number).place);
            let bus = self.default_bus();
            self.edge(EdgeKind::Rule, bus, rule);
            self.target(rule, &properties["Target"], place);
            let message = tr!("The schedule “{}” is drawn as a rule with a schedule, in UTC.", self.name_of(rule));
            self.note(Concern::Instead, place, message);
        }
    }

    fn target(&mut self, rule: Uuid, written: &Value, place: Place) {
        let arn = &written["Arn"];
        let whole = text(arn);
        let guess = match whole.split(':').nth(2) {
            Some("lambda") => Some(NodeKind::Function),
            Some("sqs") => Some(NodeKind::Queue),
            Some("sns") => Some(NodeKind::Topic),
            Some("events") if whole.contains("event-bus") => Some(NodeKind::Bus),
            _ => None,
        };
        let mut node = self.referred_node(arn);
        if node.is_none()
            && let Some(guess) = guess
        {
            node = match guess {
                NodeKind::Bus => self.bus(arn, place),
                guess => self.find_or_outside(arn, guess, place),
            };
        }
        let Some(node) = node else {
            let message =
                tr!("A target of “{rule}”, {target}, is not simulated.", rule = self.name_of(rule), target = whole);
            self.note(Concern::NotSimulated, place, message);
            return;
        };
        let mut settings = Map::new();
        let kind = EdgeKind::Target;
        put_edge(&mut settings, kind, "Input", &structured(&written["Input"]));
        put_edge(&mut settings, kind, "InputPath", &written["InputPath"]);
        put_edge(&mut settings, kind, "InputTransformer", &written["InputTransformer"]);
        for name in ["MaximumRetryAttempts", "MaximumEventAgeInSeconds"] {
            put_edge(&mut settings, kind, name, &written["RetryPolicy"][name]);
        }
        put_edge(&mut settings, kind, "MessageGroupId", &written["SqsParameters"]["MessageGroupId"]);
        if self.kind_of(node) == Some(NodeKind::Endpoint) {
            let destination = self
                .stack
                .referred(arn)
                .map(|number| self.resource(number).get("InvocationRateLimitPerSecond").clone());
            put_edge(&mut settings, kind, "InvocationRateLimitPerSecond", &destination.unwrap_or_default());
        }
        if let Some(dead) = self.find_or_outside(&written["DeadLetterConfig"]["Arn"], NodeKind::Queue, place) {
            settings.insert("DeadLetterQueue".to_string(), dead.to_string().into());
            self.dead_letters_allowed(rule, dead, "events.amazonaws.com", place);
        }
        // With a role, its policies decide, and not the receiver's.
        if written["RoleArn"].is_null() {
            self.deliver(kind, rule, node, settings, "events.amazonaws.com", place);
        } else if self.add_edge(kind, rule, node, settings).is_none() {
            let message =
                tr!("“{from}” → “{to}” is not simulated.", from = self.name_of(rule), to = self.name_of(node));
            self.note(Concern::NotSimulated, place, message);
        }
    }

    /// Event source mappings, and the events of SAM's functions.
    pub(super) fn mappings(&mut self) {
        for number in self.of_type(&["AWS::Lambda::EventSourceMapping"]) {
            let (properties, place) =
                (Value::Object(self.resource(number).properties.clone()), self.resource(number).place);
            match self.find_or_outside(&properties["FunctionName"], NodeKind::Function, place) {
                Some(function) => self.map_source(function, &properties["EventSourceArn"], &properties, place),
                None => self.note(
                    Concern::NotSimulated,
                    place,
                    tr!("The mapping {} has no function that is known here.", self.resource(number).name),
                ),
            }
        }
        for number in self.of_type(&["AWS::Serverless::Function"]) {
            let Some(function) = self.nodes.get(&number).copied() else { continue };
            let place = self.resource(number).place;
            let events = self.resource(number).get("Events").clone();
            for (name, event) in events.as_object().into_iter().flatten() {
                self.event(function, name, event, place);
            }
        }
    }

    /// A poller of a queue; of a stream, by a queue that stands for it.
    fn map_source(&mut self, function: Uuid, source: &Value, written: &Value, place: Place) {
        let whole = text(source);
        let number = self.stack.referred(source);
        let kind = number.map(|number| self.resource(number).kind.clone()).unwrap_or_default();
        let service = whole.split(':').nth(2).unwrap_or_default().to_string();
        let mut settings = mapping_settings(written);
        let is_queue = kind == "AWS::SQS::Queue" || service == "sqs" || (kind.is_empty() && service.is_empty());
        if is_queue && let Some(queue) = self.find_or_outside(source, NodeKind::Queue, place) {
            self.add_edge(EdgeKind::EventSourceMapping, queue, function, settings);
            return;
        }
        let stream = match number {
            Some(number)
                if matches!(
                    kind.as_str(),
                    "AWS::DynamoDB::Table"
                        | "AWS::DynamoDB::GlobalTable"
                        | "AWS::Serverless::SimpleTable"
                        | "AWS::Kinesis::Stream"
                ) =>
            {
                number
            }
            _ => {
                let name =
                    if whole.is_empty() { UNKNOWN_SOURCE.to_string() } else { super::plain_name(&whole).to_string() };
                return self.outside_events(
                    function,
                    &name,
                    tr!("event source"),
                    json!({ "Records": [{ "eventID": "{{requestId}}" }] }),
                    place,
                );
            }
        };
        // Records look like those of the stream, one message each.
        if let Some(Value::Array(filters)) = settings.get_mut("FilterCriteria") {
            filters.iter_mut().for_each(|filter| *filter = json!({ "body": filter }));
        }
        let batch = integer(&written["BatchSize"]).unwrap_or(100);
        if batch >= FIFO_BATCH {
            settings.shift_remove("BatchSize");
        }
        for name in ["MaximumBatchingWindowInSeconds", "MaximumConcurrency", "ProvisionedPollerConfig"] {
            settings.shift_remove(name);
        }
        let of = self.display_name(stream);
        let queue = Map::from_iter([
            ("FifoQueue".to_string(), json!(true)),
            ("ContentBasedDeduplication".to_string(), json!(true)),
            ("VisibilityTimeout".to_string(), json!(900)),
            // dynamodb Streams: records are kept for 24 hours.
            ("MessageRetentionPeriod".to_string(), json!(86_400)),
        ]);
        let queue = self.add_node(NodeKind::Queue, &format!("{of} stream"), queue);
        self.streams.push(Stream { source: stream, queue });
        self.add_edge(EdgeKind::EventSourceMapping, queue, function, settings);
        let message = tr!(
            "The stream of “{of}” is drawn as a FIFO queue for “{function}”, to which those who write send each change. Batches have {most} records at the most.",
            function = self.name_of(function),
            of = of,
            most = FIFO_BATCH
        );
        self.note(Concern::Instead, place, message);
        if let Some(target) =
            self.find_or_outside(&written["DestinationConfig"]["OnFailure"]["Destination"], NodeKind::Queue, place)
            && self.kind_of(target) == Some(NodeKind::Queue)
        {
            let message = tr!(
                "What “{function}” cannot work on goes to “{target}” after {retries} retries in the service; here the queue keeps it.",
                function = self.name_of(function),
                target = self.name_of(target),
                retries = integer(&written["MaximumRetryAttempts"]).unwrap_or(-1)
            );
            self.note(Concern::NotSimulated, place, message);
        }
    }

    /// What comes from a service that is not simulated: a client sends it.
    fn outside_events(&mut self, function: Uuid, name: &str, what: &str, payload: Value, place: Place) {
        let settings = Map::from_iter([
            ("Arrivals".to_string(), json!({ "poisson": 0.5 })),
            ("Payloads".to_string(), json!([payload])),
        ]);
        let client = self.add_node(NodeKind::Client, &format!("{name} events"), settings);
        let way = self.way_to(function).unwrap_or(EdgeKind::Call);
        self.edge(way, client, function);
        let message = tr!(
            "“{function}” is started by {name} ({what}), which is not simulated: a client invokes it instead.",
            function = self.name_of(function),
            name = if name == UNKNOWN_SOURCE { translated(UNKNOWN_SOURCE) } else { name },
            what = what
        );
        self.note(Concern::Instead, place, message);
    }

    /// What a bucket tells of its objects, in its own properties or by the CDK's resource for that.
    pub(super) fn buckets(&mut self) {
        for number in self.of_type(&["AWS::S3::Bucket", "Custom::S3BucketNotifications"]) {
            let (name, place) = (self.display_name(number), self.resource(number).place);
            let bucket = self.stack.referred(self.resource(number).get("BucketName"));
            let name = bucket.map_or(name, |bucket| self.display_name(bucket));
            let told = self.resource(number).get("NotificationConfiguration").clone();
            let lists = [
                ("LambdaConfigurations", "Function", NodeKind::Function),
                ("LambdaFunctionConfigurations", "LambdaFunctionArn", NodeKind::Function),
                ("QueueConfigurations", "Queue", NodeKind::Queue),
                ("QueueConfigurations", "QueueArn", NodeKind::Queue),
                ("TopicConfigurations", "Topic", NodeKind::Topic),
                ("TopicConfigurations", "TopicArn", NodeKind::Topic),
            ];
            for (list, property, kind) in lists {
                for entry in each(&told[list]) {
                    if let Some(node) = self.find_or_outside(&entry[property], kind, place) {
                        self.outside_events(node, &name, "S3", object_created(), place);
                    }
                }
            }
            if self.resource(number).kind == "Custom::S3BucketNotifications" {
                self.understood.insert(number);
            }
        }
    }

    /// One of the Events of a function: properties-function.
    fn event(&mut self, function: Uuid, name: &str, event: &Value, place: Place) {
        let properties = &event["Properties"];
        let kind = text(&event["Type"]);
        match kind.as_str() {
            // Routes are read with their APIs.
            "Api" | "HttpApi" => {}
            "SQS" => self.map_source(function, &properties["Queue"], properties, place),
            "DynamoDB" | "Kinesis" => self.map_source(function, &properties["Stream"], properties, place),
            "SNS" => self.sns_event(function, properties, place),
            "EventBridgeRule" | "CloudWatchEvent" => {
                let Some(bus) = self.bus(&properties["EventBusName"], place) else { return };
                let mut settings = Map::new();
                super::put_node(&mut settings, NodeKind::Rule, "EventPattern", &structured(&properties["Pattern"]));
                super::put_node(&mut settings, NodeKind::Rule, "State", &properties["State"]);
                self.rule_of_event(function, name, bus, settings, properties, place);
            }
            "Schedule" | "ScheduleV2" => {
                let bus = self.default_bus();
                let mut settings = Map::new();
                let expression = if kind == "Schedule" { "Schedule" } else { "ScheduleExpression" };
                super::put_node(&mut settings, NodeKind::Rule, "ScheduleExpression", &properties[expression]);
                super::put_node(&mut settings, NodeKind::Rule, "State", &properties["State"]);
                if properties.get("Enabled").is_some_and(|it| !Self::is_enabled(it)) {
                    settings.insert("State".to_string(), "DISABLED".into());
                }
                self.rule_of_event(function, name, bus, settings, properties, place);
            }
            other => {
                let payload = match other {
                    "S3" => object_created(),
                    _ => json!({ "source": other, "id": "{{requestId}}" }),
                };
                let named = self
                    .stack
                    .referred(properties)
                    .map(|number| self.display_name(number))
                    .unwrap_or_else(|| super::words(name));
                self.outside_events(function, &named, other, payload, place);
            }
        }
    }

    fn sns_event(&mut self, function: Uuid, properties: &Value, place: Place) {
        let Some(topic) = self.find_or_outside(&properties["Topic"], NodeKind::Topic, place) else { return };
        let mut settings = Map::new();
        put_edge(&mut settings, EdgeKind::Subscription, "FilterPolicy", &structured(&properties["FilterPolicy"]));
        put_edge(&mut settings, EdgeKind::Subscription, "FilterPolicyScope", &properties["FilterPolicyScope"]);
        if let Some(dead) = self.find_or_outside(
            &structured(&properties["RedrivePolicy"])["deadLetterTargetArn"],
            NodeKind::Queue,
            place,
        ) {
            settings.insert("DeadLetterQueue".to_string(), dead.to_string().into());
        }
        let queued = &properties["SqsSubscription"];
        if queued.is_null() || queued == &json!(false) {
            self.add_edge(EdgeKind::Subscription, topic, function, settings);
            return;
        }
        // SAM makes the queue, its policy and the mapping.
        let queue = match self.find_or_outside(&queued["QueueArn"], NodeKind::Queue, place) {
            Some(queue) => queue,
            None => {
                let name = format!("{} queue", self.name_of(function));
                self.add_node(NodeKind::Queue, &name, Map::new())
            }
        };
        self.add_edge(EdgeKind::Subscription, topic, queue, settings);
        self.add_edge(EdgeKind::EventSourceMapping, queue, function, mapping_settings(queued));
    }

    fn rule_of_event(
        &mut self,
        function: Uuid,
        name: &str,
        bus: Uuid,
        settings: Map<String, Value>,
        properties: &Value,
        place: Place,
    ) {
        let rule = self.add_node(NodeKind::Rule, &super::words(name), settings);
        self.edge(EdgeKind::Rule, bus, rule);
        let mut target = Map::new();
        let kind = EdgeKind::Target;
        put_edge(&mut target, kind, "Input", &structured(&properties["Input"]));
        put_edge(&mut target, kind, "InputPath", &properties["InputPath"]);
        put_edge(&mut target, kind, "InputTransformer", &properties["InputTransformer"]);
        for name in ["MaximumRetryAttempts", "MaximumEventAgeInSeconds"] {
            put_edge(&mut target, kind, name, &properties["RetryPolicy"][name]);
        }
        let dead = &properties["DeadLetterConfig"];
        let queue = match (dead["Arn"].is_null(), text(&dead["Type"]).as_str()) {
            (true, "SQS") => {
                let name = format!("{} dead letters", super::words(name));
                Some(self.add_node(NodeKind::Queue, &name, Map::new()))
            }
            _ => self.find_or_outside(&dead["Arn"], NodeKind::Queue, place),
        };
        if let Some(queue) = queue {
            target.insert("DeadLetterQueue".to_string(), queue.to_string().into());
        }
        self.add_edge(kind, rule, function, target);
    }
}

/// notification-content-structure.
fn object_created() -> Value {
    json!({
        "Records": [{ "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": { "object": { "key": "{{requestId}}" } } }],
    })
}

/// The settings of a mapping, from its resource or from an event.
fn mapping_settings(written: &Value) -> Map<String, Value> {
    let mut made = Map::new();
    let kind = EdgeKind::EventSourceMapping;
    for name in ["BatchSize", "MaximumBatchingWindowInSeconds", "Enabled", "ProvisionedPollerConfig"] {
        put_edge(&mut made, kind, name, &written[name]);
    }
    put_edge(&mut made, kind, "MaximumConcurrency", &written["ScalingConfig"]["MaximumConcurrency"]);
    let reports = each(&written["FunctionResponseTypes"]).iter().any(|it| it == "ReportBatchItemFailures");
    if reports {
        made.insert("ReportBatchItemFailures".to_string(), true.into());
    }
    let filters: Vec<Value> =
        each(&written["FilterCriteria"]["Filters"]).iter().map(|filter| structured(&filter["Pattern"])).collect();
    if !filters.is_empty() {
        made.insert("FilterCriteria".to_string(), filters.into());
    }
    made
}

/// Without what is null: a delivery policy as the console writes it has every field.
fn delivery_policy(written: &Value) -> Value {
    let Value::Object(fields) = written else { return Value::Null };
    let mut made = Map::new();
    for name in ["healthyRetryPolicy", "throttlePolicy"] {
        if let Some(Value::Object(inner)) = fields.get(name) {
            let inner: Map<String, Value> = inner
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            made.insert(name.to_string(), Value::Object(inner));
        }
    }
    if made.is_empty() { Value::Null } else { Value::Object(made) }
}
