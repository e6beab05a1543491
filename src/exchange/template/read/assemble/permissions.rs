//! Who may do what: resource policies decide whether deliveries get through, a function's own policies tell what its
//! code uses.

use super::super::resolve::marks;
use super::super::stack::{each, plain_name, structured, text};
use super::{Assembler, Use};
use crate::diagram::{EdgeKind, NodeKind};
use serde_json::Value;
use uuid::Uuid;

/// A statement of a policy, as far as it is looked at.
#[derive(Debug)]
struct Statement {
    actions: Vec<String>,
    resources: Vec<Value>,
    principals: Vec<String>,
    conditions: Value,
}

/// Those that allow something; what is denied or turned round (`NotAction`) is not understood and counts for nothing.
fn statements(document: &Value) -> Vec<Statement> {
    let document = structured(document);
    let lower = |value: &Value| each(value).iter().map(|it| text(it).to_lowercase()).collect::<Vec<_>>();
    each(&document["Statement"])
        .iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .map(|statement| {
            let principals = match &statement["Principal"] {
                Value::Object(kinds) => kinds.values().flat_map(&lower).collect(),
                other => lower(other),
            };
            Statement {
                actions: lower(&statement["Action"]),
                resources: each(&statement["Resource"]).to_vec(),
                principals,
                conditions: statement["Condition"].clone(),
            }
        })
        .collect()
}

/// Whether a pattern of IAM with `*` and `?` covers an action.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.as_bytes(), action.as_bytes());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < action.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == action[from] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((place, reached)) => {
                    at = place + 1;
                    from = reached + 1;
                    star = Some((place, reached + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

impl Statement {
    fn allows(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| covers(pattern, action))
    }
}

/// What SAM's policy templates allow: the parameter that names the resource, its kind, whether it reads and writes
/// (serverless-policy-template-list).
const TEMPLATES: &[(&str, &str, NodeKind, bool, bool)] = &[
    ("SQSSendMessagePolicy", "QueueName", NodeKind::Queue, false, true),
    ("SNSPublishMessagePolicy", "TopicName", NodeKind::Topic, false, true),
    ("SNSCrudPolicy", "TopicName", NodeKind::Topic, false, true),
    ("EventBridgePutEventsPolicy", "EventBusName", NodeKind::Bus, false, true),
    ("LambdaInvokePolicy", "FunctionName", NodeKind::Function, true, true),
    ("DynamoDBCrudPolicy", "TableName", NodeKind::Database, true, true),
    ("DynamoDBWritePolicy", "TableName", NodeKind::Database, false, true),
    ("DynamoDBReadPolicy", "TableName", NodeKind::Database, true, false),
    ("SESCrudPolicy", "IdentityName", NodeKind::Mailer, false, true),
    ("SESBulkTemplatedCrudPolicy", "IdentityName", NodeKind::Mailer, false, true),
    ("SESEmailTemplateCrudPolicy", "IdentityName", NodeKind::Mailer, false, true),
];

/// Actions that tell of a use: the action, the kind of node, whether it reads and writes.
const ACTIONS: &[(&str, NodeKind, bool, bool)] = &[
    ("sqs:sendmessage", NodeKind::Queue, false, true),
    ("sns:publish", NodeKind::Topic, false, true),
    ("events:putevents", NodeKind::Bus, false, true),
    ("lambda:invokefunction", NodeKind::Function, true, true),
    ("execute-api:invoke", NodeKind::Gateway, true, true),
    ("dynamodb:putitem", NodeKind::Database, false, true),
    ("dynamodb:updateitem", NodeKind::Database, false, true),
    ("dynamodb:batchwriteitem", NodeKind::Database, false, true),
    ("dynamodb:getitem", NodeKind::Database, true, false),
    ("dynamodb:query", NodeKind::Database, true, false),
    ("dynamodb:scan", NodeKind::Database, true, false),
    ("rds-data:executestatement", NodeKind::Database, true, true),
    ("rds-db:connect", NodeKind::Database, true, true),
    ("ses:sendemail", NodeKind::Mailer, false, true),
    ("ses:sendrawemail", NodeKind::Mailer, false, true),
    ("ses:sendtemplatedemail", NodeKind::Mailer, false, true),
];

impl Assembler<'_> {
    /// Whether a resource's policies let a service deliver to it from this source. What is not part of the template is
    /// taken to allow it.
    pub(super) fn delivery_allowed(&self, receiver: Uuid, service: &str, source: Option<usize>) -> bool {
        let Some(number) = self.nodes.iter().find(|(_, id)| **id == receiver).map(|(number, _)| *number) else {
            return true;
        };
        if source.is_some_and(|source| self.connected.contains(&(source, number))) {
            return true;
        }
        match self.kind_of(receiver) {
            Some(NodeKind::Queue) => {
                let kinds = ["AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"];
                self.policy_allows(number, &kinds, &["Queues", "Queue"], "sqs:sendmessage", service, source)
            }
            Some(NodeKind::Topic) => {
                let kinds = ["AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"];
                self.policy_allows(number, &kinds, &["Topics", "TopicArn"], "sns:publish", service, source)
            }
            Some(NodeKind::Function) => self.permission_given(number, service, source, ""),
            _ => true,
        }
    }

    fn policy_allows(
        &self,
        receiver: usize,
        kinds: &[&str],
        of: &[&str],
        action: &str,
        service: &str,
        source: Option<usize>,
    ) -> bool {
        let policies = self.of_type(kinds);
        let about = |policy: &&usize| {
            let subjects = of.iter().flat_map(|name| each(self.resource(**policy).get(name)));
            subjects.into_iter().any(|subject| self.means(subject, receiver))
        };
        policies.iter().filter(about).any(|policy| {
            statements(self.resource(*policy).get("PolicyDocument")).iter().any(|statement| {
                let principal = statement.principals.iter().any(|it| it == "*" || it == service);
                // A resource that is named has to be this one.
                let resource = statement.resources.is_empty()
                    || statement.resources.iter().any(|it| {
                        text(it).contains('*') || self.means(it, receiver) || self.stack.referred(it).is_none()
                    });
                principal
                    && resource
                    && statement.allows(action)
                    && self.condition_allows(&statement.conditions, source)
            })
        })
    }

    /// Whether a condition on the source's ARN, where there is one, names this source.
    fn condition_allows(&self, conditions: &Value, source: Option<usize>) -> bool {
        let Value::Object(operators) = conditions else { return true };
        let mut about_source = operators.values().filter_map(Value::as_object).flatten();
        let asked = about_source.find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"));
        match asked {
            Some((_, values)) => each(values).iter().any(|value| {
                let any = text(value).contains('*') && self.stack.referred(value).is_none();
                any || source.is_some_and(|it| self.means(value, it))
            }),
            None => true,
        }
    }

    /// Whether a value refers to this resource, or holds its physical name.
    fn means(&self, value: &Value, number: usize) -> bool {
        let whole = text(value);
        let mut named = marks(&whole).filter_map(|(name, _)| self.stack.named(name));
        if named.any(|it| it == number || self.redirect(it) == number) {
            return true;
        }
        let properties = &self.resource(number).properties;
        let names = ["QueueName", "TopicName", "FunctionName", "Name", "TableName"];
        let physical = names.iter().filter_map(|name| properties.get(*name)).map(text);
        marks(&whole).next().is_none() && physical.into_iter().any(|name| name == plain_name(&whole))
    }

    /// `except` is part of the ARNs that such a permission is not about; empty for none.
    fn permission_given(&self, function: usize, service: &str, source: Option<usize>, except: &str) -> bool {
        self.of_type(&["AWS::Lambda::Permission"]).into_iter().any(|number| {
            let permission = self.resource(number);
            let from = permission.get("SourceArn");
            let about_others = !except.is_empty() && text(from).contains(except);
            !about_others
                && text(permission.get("Principal")).eq_ignore_ascii_case(service)
                && self.means(permission.get("FunctionName"), function)
                && (from.is_null()
                    || source.is_none_or(|source| self.means(from, source))
                    || self.stack.referred(from).is_none())
        })
    }

    /// Whether a gateway may invoke a function.
    pub(super) fn gateway_may_invoke(&self, gateway: usize, function: Uuid) -> bool {
        let Some(number) = self.nodes.iter().find(|(_, id)| **id == function).map(|(number, _)| *number) else {
            return true;
        };
        self.connected.contains(&(gateway, number))
            || self.permission_given(number, "apigateway.amazonaws.com", Some(gateway), "/authorizers/")
    }

    /// What each function's policies, environment and Connectors tell of what its code uses.
    pub(super) fn find_uses(&mut self) {
        for number in self.of_type(&["AWS::Serverless::Function", "AWS::Lambda::Function"]) {
            let Some(function) = self.nodes.get(&number).copied() else { continue };
            let mut found = Vec::new();
            self.policy_uses(number, &mut found);
            self.environment_uses(number, &mut found);
            for new in found {
                self.add_use(function, new);
            }
        }
    }

    /// Each node once: what is known from a second place adds to the first.
    fn add_use(&mut self, function: Uuid, new: Use) {
        let known = self.uses.iter_mut().find(|(of, known)| *of == function && known.node == new.node);
        match known {
            Some((_, known)) => {
                // A policy says more exactly what may be done than a variable.
                if !new.why.starts_with("the environment") {
                    known.reads |= new.reads;
                    known.writes |= new.writes;
                }
            }
            None => self.uses.push((function, new)),
        }
    }

    fn policy_uses(&mut self, number: usize, found: &mut Vec<Use>) {
        let resource = self.resource(number);
        let place = resource.place;
        let mut documents: Vec<(Value, String)> = Vec::new();
        for policy in each(resource.get("Policies")).to_vec() {
            let Value::Object(fields) = &policy else { continue };
            if fields.contains_key("Statement") {
                documents.push((policy.clone(), "its policy".to_string()));
                continue;
            }
            for (name, parameters) in fields {
                let Some((_, parameter, kind, reads, writes)) =
                    TEMPLATES.iter().find(|(template, ..)| template == name)
                else {
                    continue;
                };
                let value = &parameters[*parameter];
                let node = match kind {
                    NodeKind::Bus => self.bus(value, place),
                    NodeKind::Mailer => Some(self.mailer(value, place)),
                    kind => self.find_or_outside(value, *kind, place),
                };
                if let Some(node) = node
                    && let Some(kind) = self.way_to(node)
                {
                    found.push(Use { node, kind, reads: *reads, writes: *writes, why: name.clone() });
                }
            }
        }
        if let Some(role) = self.stack.referred(self.resource(number).get("Role")) {
            documents.extend(self.role_documents(role));
        }
        for (document, why) in documents {
            self.statement_uses(&document, &why, place, found);
        }
    }

    /// The policies of a role: its own, and those that are attached to it.
    fn role_documents(&self, role: usize) -> Vec<(Value, String)> {
        let mut documents = Vec::new();
        let name = &self.resource(role).name;
        for policy in each(self.resource(role).get("Policies")) {
            documents.push((policy["PolicyDocument"].clone(), format!("the role {name}")));
        }
        for number in self.of_type(&["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"]) {
            let policy = self.resource(number);
            let attached =
                each(policy.get("Roles")).iter().chain(each(policy.get("RoleName"))).any(|it| self.means(it, role));
            let named = each(self.resource(role).get("ManagedPolicyArns")).iter().any(|it| self.means(it, number));
            if attached || named {
                documents.push((policy.get("PolicyDocument").clone(), format!("the policy {}", policy.name)));
            }
        }
        documents
    }

    fn statement_uses(&mut self, document: &Value, why: &str, place: super::super::tree::Place, found: &mut Vec<Use>) {
        for statement in statements(document) {
            for (action, kind, reads, writes) in ACTIONS {
                if !statement.allows(action) || statement.actions.iter().all(|it| it == "*") {
                    continue;
                }
                for target in &statement.resources {
                    let node = match (kind, text(target).as_str()) {
                        (NodeKind::Mailer, _) => Some(self.sending_mailer(&statement, target, place)),
                        (NodeKind::Bus, "*") => Some(self.default_bus()),
                        // Whatever it is, it stands somewhere else: the environment may tell.
                        (_, "*") => None,
                        // An index or a stream of a table is that table.
                        (kind, whole) if whole.contains('*') && marks(whole).next().is_none() => {
                            let exact =
                                whole.trim_end_matches('*').trim_end_matches(['/', ':']).trim_end_matches("/index");
                            self.find(&Value::String(exact.to_string()), *kind)
                        }
                        (NodeKind::Bus, _) => self.bus(target, place),
                        (NodeKind::Function | NodeKind::Gateway | NodeKind::Database, _) => self.find(target, *kind),
                        (kind, whole) => match whole.split(':').nth(2) {
                            // A key, a bucket and the like in a statement for several actions.
                            Some(service) if !action.starts_with(service) => None,
                            _ => self.find_or_outside(target, *kind, place),
                        },
                    };
                    let Some(node) = node.filter(|node| self.kind_of(*node) == Some(*kind)) else { continue };
                    let Some(edge) = self.way_to(node) else { continue };
                    match found.iter_mut().find(|known| known.node == node) {
                        Some(known) => {
                            known.reads |= reads;
                            known.writes |= writes;
                        }
                        None => {
                            found.push(Use { node, kind: edge, reads: *reads, writes: *writes, why: why.to_string() })
                        }
                    }
                }
            }
        }
    }

    /// The mail service that a statement is about: by its resources, or by the address that mails have to come from.
    fn sending_mailer(&mut self, statement: &Statement, target: &Value, place: super::super::tree::Place) -> Uuid {
        let known = statement.resources.iter().find_map(|resource| self.find(resource, NodeKind::Mailer));
        let conditions = statement.conditions.as_object().into_iter().flat_map(|it| it.values());
        let sender = conditions.filter_map(|it| it.get("ses:FromAddress")).next().cloned().unwrap_or_default();
        let key = self.sender_of(&sender).map(|name| (NodeKind::Mailer, name));
        match (known, key) {
            (Some(known), Some(key)) => {
                self.outside.entry(key).or_insert(known);
                known
            }
            (Some(known), None) => known,
            (None, Some((_, name))) => self.outside_node(NodeKind::Mailer, &name, place),
            (None, None) => self.mailer(target, place),
        }
    }

    /// Whose mails come from the address in an open parameter: `ShopSender` is “Shop”.
    fn sender_of(&self, value: &Value) -> Option<String> {
        self.open_name(&text(value), &["Sender", "Recipient"])
    }

    /// One mail service for each identity; what names none means the account's.
    pub(super) fn mailer(&mut self, value: &Value, place: super::super::tree::Place) -> Uuid {
        if let Some(node) = self.find(value, NodeKind::Mailer) {
            return node;
        }
        if let Some(name) = self.sender_of(value) {
            return self.outside_node(NodeKind::Mailer, &name, place);
        }
        let only: Vec<Uuid> =
            self.document.nodes.iter().filter(|node| node.kind == NodeKind::Mailer).map(|node| node.id).collect();
        match only.as_slice() {
            [only] => *only,
            _ => self.outside_node(NodeKind::Mailer, "E-mail service", place),
        }
    }

    /// A variable that holds a queue's URL is there to be used.
    fn environment_uses(&mut self, number: usize, found: &mut Vec<Use>) {
        let variables = self.resource(number).get("Environment")["Variables"].clone();
        let place = self.resource(number).place;
        for (name, value) in variables.as_object().into_iter().flatten() {
            let why = format!("the environment variable {name}");
            let kinds = [
                NodeKind::Queue,
                NodeKind::Topic,
                NodeKind::Bus,
                NodeKind::Database,
                NodeKind::Function,
                NodeKind::Gateway,
                NodeKind::Mailer,
                NodeKind::Endpoint,
            ];
            let known = self.referred_node(value).or_else(|| {
                // A plain name of something that is here.
                let whole = text(value);
                (marks(&whole).next().is_none() && !whole.is_empty())
                    .then(|| kinds.iter().find_map(|kind| self.find(value, *kind)))
                    .flatten()
            });
            let known = known.or_else(|| self.open_parameter(name, value, place));
            let Some(node) = known else { continue };
            let Some(kind) = self.way_to(node) else { continue };
            // A dead-letter queue's or a source's URL is there for other things.
            let polls = self.document.edges.iter().any(|edge| {
                edge.kind == EdgeKind::EventSourceMapping
                    && edge.from == node
                    && Some(&edge.to) == self.nodes.get(&number)
            });
            if polls || found.iter().any(|known| known.node == node) {
                continue;
            }
            found.push(Use { node, kind, reads: true, writes: true, why });
        }
    }

    /// A variable with a parameter that the template leaves open: a URL is an HTTP endpoint, a sender's address the mail
    /// service.
    fn open_parameter(&mut self, variable: &str, value: &Value, place: super::super::tree::Place) -> Option<Uuid> {
        let whole = text(value);
        let external = whole.starts_with("http://") || whole.starts_with("https://");
        let open =
            marks(&whole).next().filter(|(name, _)| self.stack.named(name).is_none()).map(|(name, _)| name.to_string());
        let about = format!("{variable} {}", open.clone().unwrap_or_default()).to_lowercase();
        if external && marks(&whole).next().is_none() {
            return Some(self.outside_node(NodeKind::Endpoint, super::host(&whole), place));
        }
        let open = open?;
        if about.contains("sender") {
            return Some(self.mailer(value, place));
        }
        let url = ["url", "endpoint"].iter().any(|word| about.trim_end().ends_with(word));
        url.then(|| self.outside_node(NodeKind::Endpoint, &super::parameter_words(&open), place))
    }
}
