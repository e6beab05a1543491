//! A template's resources with everything worked out, and what refers to what.

use super::resolve::{Resolver, marks, text_of};
use super::tree::{Content, Field, Flaw, Place, Tree};
use crate::diagram::NodeKind;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

/// More resources than CloudFormation takes (cloudformation-limits: 500), twice over.
const MAXIMUM_RESOURCES: usize = 1_000;

#[derive(Clone, Debug)]
pub struct Resource {
    /// The logical id.
    pub name: String,
    /// `AWS::SQS::Queue`.
    pub kind: String,
    pub place: Place,
    /// With Globals filled in.
    pub properties: Map<String, Value>,
    /// Of SAM's Connectors that are written inside of a resource.
    pub connectors: Value,
    /// The path in the program that has synthesised the template (`aws:cdk:path`).
    pub path: Option<String>,
    /// As the template has it, of what becomes no node by itself.
    pub written: Value,
}

impl Resource {
    pub fn get(&self, name: &str) -> &Value {
        self.properties.get(name).unwrap_or(&Value::Null)
    }
}

#[derive(Debug, Default)]
pub struct Stack {
    pub resources: Vec<Resource>,
    by_name: FxHashMap<String, usize>,
    /// Physical names, with the kind of node that they are names of.
    by_physical: FxHashMap<(NodeKind, String), usize>,
    /// Parameters, Mappings and Conditions as the template has them.
    sections: Map<String, Value>,
}

/// SAM's sections of Globals and the types that they are for: globals.
const GLOBALS: &[(&str, &str)] = &[
    ("AWS::Serverless::Function", "Function"),
    ("AWS::Serverless::Api", "Api"),
    ("AWS::Serverless::HttpApi", "HttpApi"),
    ("AWS::Serverless::SimpleTable", "SimpleTable"),
    ("AWS::Serverless::StateMachine", "StateMachine"),
];

/// The kind of node that a resource of this type becomes; `None` where it becomes none, or a plain box.
pub fn node_kind(kind: &str) -> Option<NodeKind> {
    Some(match kind {
        "AWS::Serverless::Function" | "AWS::Lambda::Function" => NodeKind::Function,
        "AWS::SQS::Queue" => NodeKind::Queue,
        "AWS::SNS::Topic" => NodeKind::Topic,
        "AWS::Events::EventBus" => NodeKind::Bus,
        "AWS::Events::Rule" | "AWS::Scheduler::Schedule" => NodeKind::Rule,
        "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" | "AWS::Serverless::SimpleTable" => NodeKind::Database,
        "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance" => NodeKind::Database,
        "AWS::SES::EmailIdentity" | "AWS::SES::ConfigurationSet" => NodeKind::Mailer,
        "AWS::Events::ApiDestination" => NodeKind::Endpoint,
        "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" | "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => {
            NodeKind::Gateway
        }
        _ => return None,
    })
}

/// The property that holds a resource's physical name.
fn physical_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Function => "FunctionName",
        NodeKind::Queue => "QueueName",
        NodeKind::Topic => "TopicName",
        NodeKind::Database => "TableName",
        NodeKind::Mailer => "EmailIdentity",
        _ => "Name",
    }
}

impl Stack {
    pub fn read<'t>(template: &'t Tree, resolver: &mut Resolver<'t>) -> Stack {
        let mut stack = Stack::default();
        let globals = template.get("Globals").and_then(|globals| resolver.value(globals)).unwrap_or_default();
        let nothing = Tree::new(Place::default(), Content::Null);
        let written_globals = template.get("Globals").unwrap_or(&nothing);
        let fields = template.get("Resources").map_or(&[][..], Tree::fields);
        if fields.len() > MAXIMUM_RESOURCES {
            let flaw = Flaw::new(fields[MAXIMUM_RESOURCES].place, tr!("{} resources are too many.", fields.len()));
            resolver.flaws.push(flaw.with_hint(tr!("A CloudFormation template has 500 at most.")));
            return stack;
        }
        for field in fields {
            if let Some(resource) = read_resource(field, &globals, written_globals, resolver) {
                stack.by_name.insert(resource.name.clone(), stack.resources.len());
                stack.resources.push(resource);
            }
        }
        for section in ["Parameters", "Mappings", "Conditions"] {
            let written = template.get(section).map(Tree::to_json).unwrap_or_default();
            stack.sections.insert(section.to_string(), written);
        }
        for (number, resource) in stack.resources.iter().enumerate() {
            let Some(kind) = node_kind(&resource.kind) else { continue };
            if let Some(name) = resource.get(physical_name(kind)).as_str() {
                stack.by_physical.entry((kind, name.to_string())).or_insert(number);
            }
        }
        stack.find_circles(fields, resolver);
        stack
    }

    /// The resource of exactly this logical id.
    pub fn exactly(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// An entry of Parameters, Mappings or Conditions, as written.
    pub fn entry(&self, section: &str, name: &str) -> Option<&Value> {
        self.sections.get(section)?.get(name)
    }

    /// The resource of this logical id; what SAM makes of a resource belongs to it (`FunctionRole`, `Function.Version`).
    pub fn named(&self, name: &str) -> Option<usize> {
        if let Some(number) = self.by_name.get(name) {
            return Some(*number);
        }
        let of = self.resources.iter().enumerate();
        let of = of.filter(|(_, it)| it.kind.starts_with("AWS::Serverless::") && name.starts_with(&it.name));
        of.max_by_key(|(_, it)| it.name.len()).map(|(number, _)| number)
    }

    /// The first resource that a value refers to, wherever in it.
    pub fn referred(&self, value: &Value) -> Option<usize> {
        match value {
            Value::String(text) => marks(text).find_map(|(name, _)| self.named(name)),
            Value::Array(items) => items.iter().find_map(|item| self.referred(item)),
            Value::Object(fields) => fields.values().find_map(|value| self.referred(value)),
            _ => None,
        }
    }

    /// The resource of this kind of node that a value means: by reference, by ARN, by URL or by physical name.
    pub fn find(&self, value: &Value, kind: NodeKind) -> Option<usize> {
        let text = value.as_str()?;
        let fits = |number: &usize| node_kind(&self.resources[*number].kind) == Some(kind);
        if let Some(number) = marks(text).filter_map(|(name, _)| self.named(name)).find(fits) {
            return Some(number);
        }
        self.by_physical.get(&(kind, plain_name(text).to_string())).copied()
    }

    /// References that go round in a circle: CloudFormation cannot create any of them first.
    fn find_circles(&self, fields: &[Field], resolver: &mut Resolver<'_>) {
        let depends: Vec<Vec<usize>> = self
            .resources
            .iter()
            .map(|resource| {
                let mut found = Vec::new();
                for (name, value) in &resource.properties {
                    // What SAM makes resources of their own of does not hold the function up.
                    let apart = resource.kind.starts_with("AWS::Serverless::")
                        && matches!(name.as_str(), "Events" | "EventInvokeConfig" | "DefinitionBody" | "Auth");
                    if !apart {
                        self.collect(value, &mut found);
                    }
                }
                let written = fields
                    .iter()
                    .find(|field| field.name == resource.name)
                    .and_then(|field| field.value.get("DependsOn"));
                let mut name = |tree: &Tree| match tree.as_text().map(|name| (name, self.named(name))) {
                    Some((_, Some(number))) => found.push(number),
                    Some((name, None)) if !fields.iter().any(|field| field.name == name) => {
                        let message = tr!("DependsOn: there is no resource `{name}`.", name = name);
                        resolver.flaws.push(Flaw::new(tree.place, message));
                    }
                    _ => {}
                };
                match written.map(|tree| (&tree.content, tree)) {
                    Some((Content::List(items), _)) => items.iter().for_each(&mut name),
                    Some((_, tree)) => name(tree),
                    None => {}
                }
                found.sort_unstable();
                found.dedup();
                found
            })
            .collect();
        // 0: not seen; 1: on the way; 2: done.
        let mut seen = vec![0u8; depends.len()];
        for start in 0..depends.len() {
            let mut way: Vec<(usize, usize)> = Vec::new();
            if seen[start] == 0 {
                seen[start] = 1;
                way.push((start, 0));
            }
            while let Some((at, next)) = way.last().copied() {
                let Some(to) = depends[at].get(next).copied() else {
                    seen[at] = 2;
                    way.pop();
                    continue;
                };
                if let Some(last) = way.last_mut() {
                    last.1 += 1;
                }
                match seen[to] {
                    0 => {
                        seen[to] = 1;
                        way.push((to, 0));
                    }
                    1 => {
                        let from = way.iter().position(|(it, _)| *it == to).unwrap_or(0);
                        let words: Vec<String> = way[from..]
                            .iter()
                            .map(|(it, _)| {
                                tr!(
                                    "{name} (line {line})",
                                    name = self.resources[*it].name,
                                    line = self.resources[*it].place.line
                                )
                            })
                            .collect();
                        let message = tr!(
                            "These resources need each other: {names} → {name}.",
                            names = words.join(" → "),
                            name = self.resources[to].name
                        );
                        let hint = tr!(
                            "CloudFormation cannot create any of them first: take one of the references away, or move it into a resource of its own."
                        );
                        resolver.flaws.push(Flaw::new(self.resources[to].place, message).with_hint(hint));
                    }
                    _ => {}
                }
            }
        }
    }

    fn collect(&self, value: &Value, found: &mut Vec<usize>) {
        match value {
            Value::String(text) => found.extend(marks(text).filter_map(|(name, _)| self.by_name.get(name))),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, found)),
            Value::Object(fields) => fields.values().for_each(|value| self.collect(value, found)),
            _ => {}
        }
    }
}

/// The last part of an ARN or a URL: the physical name.
pub fn plain_name(text: &str) -> &str {
    // A function's version or alias may follow its name.
    if let Some((_, name)) = text.split_once(":function:") {
        return name.split([':', '/']).next().unwrap_or(name);
    }
    let last = match text.starts_with("arn:") || text.contains("://") {
        true => text.rsplit([':', '/']).next().unwrap_or(text),
        false => text,
    };
    last.trim()
}

fn read_resource<'t>(
    field: &'t Field,
    globals: &Value,
    written_globals: &Tree,
    resolver: &mut Resolver<'t>,
) -> Option<Resource> {
    if field.name.starts_with("Fn::ForEach") {
        let words = tr!("`{}` makes resources by itself; they are left out.", field.name);
        resolver.assumed.push((field.place, words));
        return None;
    }
    let Content::Object(_) = &field.value.content else {
        let message = tr!(
            "The resource `{name}` is {kind}, but an object with Type is needed.",
            name = field.name,
            kind = field.value.kind()
        );
        resolver.flaws.push(Flaw::new(field.value.place, message));
        return None;
    };
    let Some(kind) = field.value.get("Type").and_then(Tree::as_text) else {
        let flaw = Flaw::new(field.place, tr!("The resource `{}` has no Type.", field.name));
        resolver.flaws.push(flaw.with_hint(tr!("For example Type: AWS::SQS::Queue.")));
        return None;
    };
    let exists = match field.value.get("Condition") {
        Some(condition) => condition.as_text().is_none_or(|name| resolver.condition(name, condition.place)),
        None => true,
    };
    // What does not exist is looked at as well, for its mistakes.
    let properties = match field.value.get("Properties") {
        None => Value::Null,
        Some(tree) if !matches!(tree.content, Content::Object(_) | Content::Null) => {
            let flaw = Flaw::new(
                tree.place,
                tr!("The Properties of `{name}` are {kind}, not an object.", name = field.name, kind = tree.kind()),
            );
            resolver.flaws.push(flaw);
            Value::Null
        }
        Some(tree) => resolver.value(tree).unwrap_or_default(),
    };
    if !exists {
        return None;
    }
    let mut properties = properties.as_object().cloned().unwrap_or_default();
    let section = GLOBALS.iter().find(|(it, _)| *it == kind).and_then(|(_, section)| globals.get(section));
    if let Some(Value::Object(section)) = section {
        merge(&mut properties, section);
    }
    let connectors = field.value.get("Connectors").and_then(|tree| resolver.value(tree)).unwrap_or_default();
    let path = field.value.get("Metadata").and_then(|metadata| metadata.get("aws:cdk:path")).and_then(Tree::as_text);
    let mut written = if node_kind(kind).is_none() { field.value.to_json() } else { Value::Null };
    let section = GLOBALS.iter().find(|(it, _)| *it == kind).and_then(|(_, section)| written_globals.get(section));
    if let (Some(Value::Object(section)), Some(written)) = (section.map(Tree::to_json), written.as_object_mut()) {
        let own = written.entry("Properties").or_insert_with(|| Value::Object(Map::new()));
        if let Some(own) = own.as_object_mut() {
            merge(own, &section);
        }
    }
    Some(Resource {
        written,
        name: field.name.clone(),
        kind: kind.to_string(),
        place: field.place,
        properties,
        connectors,
        path: path.map(str::to_string),
    })
}

/// Globals below a resource's own properties: texts and numbers give way, objects are merged, lists come first.
fn merge(own: &mut Map<String, Value>, global: &Map<String, Value>) {
    for (name, value) in global {
        match (own.get_mut(name), value) {
            (None, value) => {
                own.insert(name.clone(), value.clone());
            }
            (Some(Value::Object(own)), Value::Object(global)) => merge(own, global),
            (Some(Value::Array(own)), Value::Array(global)) => {
                *own = global.iter().chain(own.iter()).cloned().collect()
            }
            _ => {}
        }
    }
}

/// Values that occur in a list, or the value itself.
pub fn each(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// A whole number, also where it is written as text.
pub fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// True or false, also where it is written as text; YAML 1.1 knows more words for it.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "enabled" => Some(true),
            "false" | "no" | "off" | "disabled" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// What is JSON inside of a text, as what it holds; APIs have texts where templates have objects.
pub fn structured(value: &Value) -> Value {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        other => other.clone(),
    }
}

/// A value's text; empty where it has none.
pub fn text(value: &Value) -> String {
    text_of(value)
}
