//! What is not simulated: plain boxes, which keep what the template says of them, so that an export says it again.

use super::super::stack::plain_name;
use super::{Assembler, Concern, serves_others};
use crate::diagram::NodeKind;
use crate::diagram::settings::MAXIMUM_TEMPLATE;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A part of a template that stands alone: sections and what is in them.
#[derive(Default)]
struct Part {
    resources: Map<String, Value>,
    /// Parameters, Mappings and Conditions: section and name.
    needed: Vec<(&'static str, String)>,
    /// Numbers of resources that are still to be written.
    open: Vec<usize>,
}

impl Assembler<'_> {
    /// What is not simulated stays in sight.
    pub(super) fn add_boxes(&mut self) {
        let mut boxes: Vec<(usize, Uuid)> = Vec::new();
        for number in 0..self.stack.resources.len() {
            if self.understood.contains(&number) || self.nodes.contains_key(&number) {
                continue;
            }
            let resource = self.resource(number);
            if serves_others(&resource.kind) {
                continue;
            }
            let (name, kind, place) = (self.display_name(number), resource.kind.clone(), resource.place);
            let message =
                tr!("{name} ({kind}) is not simulated: it is drawn as a plain box.", name = resource.name, kind = kind);
            let settings = Map::from_iter([("Type".to_string(), Value::String(kind))]);
            let id = self.add_node(NodeKind::Other, &name, settings);
            self.nodes.insert(number, id);
            boxes.push((number, id));
            self.note(Concern::NotSimulated, place, message);
        }
        // They may refer to each other.
        for (number, id) in boxes {
            match self.part_of(number) {
                Ok(part) => self.set(id, "Template", part),
                Err(why) => {
                    let (name, place) = (self.resource(number).name.clone(), self.resource(number).place);
                    let message = tr!("An export will not say {name} again: {why}", name = name, why = why);
                    self.note(Concern::NotSimulated, place, message);
                }
            }
        }
    }

    /// A resource with all that only it needs; else why that cannot be kept.
    fn part_of(&self, number: usize) -> Result<Value, String> {
        let mut part = Part { open: vec![number], ..Part::default() };
        part.open.extend(self.granting(number));
        let mut next = 0;
        while let Some(number) = part.open.get(next).copied() {
            next += 1;
            let resource = self.resource(number);
            let mut written = resource.written.clone();
            self.within(&mut written, &mut part)?;
            if let Some(name) = written.get("Condition").and_then(Value::as_str) {
                part.need("Conditions", name);
            }
            self.dependencies(&mut written, &part);
            part.resources.insert(resource.name.clone(), written);
        }
        let mut sections = Map::new();
        let mut next = 0;
        // A condition may ask for others.
        while let Some((section, name)) = part.needed.get(next).cloned() {
            next += 1;
            let mut entry = self
                .stack
                .entry(section, &name)
                .cloned()
                .ok_or_else(|| tr!("`{name}` is not among the {section}.", name = name, section = section))?;
            if section == "Conditions" {
                self.within(&mut entry, &mut part)?;
            }
            let section = sections.entry(section).or_insert_with(|| Value::Object(Map::new()));
            section.as_object_mut().map(|section| section.insert(name, entry));
        }
        sections.insert("Resources".to_string(), part.resources.into());
        let made = Value::Object(sections);
        match made.to_string().len() {
            length if length > MAXIMUM_TEMPLATE => Err(tr!(
                "with what it needs it has {length} bytes, of at most {most}.",
                length = length,
                most = MAXIMUM_TEMPLATE
            )),
            _ => Ok(made),
        }
    }

    /// Permissions to invoke functions that are given to this resource: without them it could not be deployed again.
    fn granting(&self, number: usize) -> Vec<usize> {
        let permissions = self.of_type(&["AWS::Lambda::Permission"]).into_iter();
        let about = |permission: &usize| {
            let source = self.resource(*permission).get("SourceArn");
            let names = self.resource(number).properties.iter().filter(|(property, _)| property.ends_with("Name"));
            let called = |name: &str| source.as_str().is_some_and(|source| plain_name(source) == name);
            self.stack.referred(source) == Some(number) || names.filter_map(|(_, name)| name.as_str()).any(called)
        };
        permissions.filter(about).collect()
    }

    /// What has to be there before, as far as it is kept at all.
    fn dependencies(&self, written: &mut Value, part: &Part) {
        let Some(Value::Array(names)) = written.get("DependsOn").map(|it| match it {
            Value::Array(names) => Value::Array(names.clone()),
            other => Value::Array(vec![other.clone()]),
        }) else {
            return;
        };
        let known = |name: &Value| {
            let number = self.stack.exactly(name.as_str()?)?;
            let kept = part.open.contains(&number).then(|| self.resource(number).name.clone());
            self.nodes.get(&number).map(Uuid::to_string).or(kept)
        };
        let names: Vec<Value> = names.iter().filter_map(known).map(Value::String).collect();
        match names.is_empty() {
            true => written.as_object_mut().and_then(|fields| fields.shift_remove("DependsOn")),
            false => written.as_object_mut().and_then(|fields| fields.insert("DependsOn".to_string(), names.into())),
        };
    }

    /// Puts nodes' ids in the place of their resources' names, and collects what else is referred to.
    fn within(&self, value: &mut Value, part: &mut Part) -> Result<(), String> {
        match value {
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.within(item, part)),
            Value::Object(fields) => {
                let only = if fields.len() == 1 { fields.iter_mut().next() } else { None };
                if let Some((function, argument)) = only {
                    return self.function(function.as_str(), argument, part);
                }
                fields.values_mut().try_for_each(|field| self.within(field, part))
            }
            _ => Ok(()),
        }
    }

    fn function(&self, name: &str, argument: &mut Value, part: &mut Part) -> Result<(), String> {
        match (name, &mut *argument) {
            ("Ref", Value::String(name)) => *name = self.refer(name, part)?,
            ("Condition", Value::String(name)) => part.need("Conditions", name),
            ("Fn::GetAtt", Value::String(whole)) => {
                let (name, attribute) = whole.split_once('.').unwrap_or((whole, ""));
                *whole = format!("{}.{attribute}", self.refer(name, part)?);
            }
            ("Fn::GetAtt", Value::Array(items)) => {
                if let Some(Value::String(name)) = items.first_mut() {
                    *name = self.refer(name, part)?;
                }
                items.iter_mut().skip(1).try_for_each(|item| self.within(item, part))?;
            }
            ("Fn::Sub", Value::String(template)) => *template = self.substituted(template, &[], part)?,
            ("Fn::Sub", Value::Array(items)) => {
                let variables: Vec<String> =
                    items.get(1).and_then(Value::as_object).map_or_else(Vec::new, |it| it.keys().cloned().collect());
                if let Some(Value::String(template)) = items.first_mut() {
                    *template = self.substituted(template, &variables, part)?;
                }
                items.iter_mut().skip(1).try_for_each(|item| self.within(item, part))?;
            }
            ("Fn::If", Value::Array(items)) => {
                if let Some(Value::String(name)) = items.first() {
                    part.need("Conditions", name);
                }
                items.iter_mut().skip(1).try_for_each(|item| self.within(item, part))?;
            }
            ("Fn::FindInMap", Value::Array(items)) => {
                match items.first() {
                    Some(Value::String(name)) => part.need("Mappings", name),
                    _ => {
                        return Err(tr!("which of the Mappings it asks is only known when it is deployed.").to_string());
                    }
                }
                items.iter_mut().skip(1).try_for_each(|item| self.within(item, part))?;
            }
            _ => return self.within(argument, part),
        }
        Ok(())
    }

    /// `${Name}` and `${Name.Attribute}` in a text.
    fn substituted(&self, template: &str, variables: &[String], part: &mut Part) -> Result<String, String> {
        let mut made = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            made.push_str("${");
            rest = after;
            let Some((whole, _)) = after.split_once('}') else { continue };
            if whole.starts_with('!') || variables.iter().any(|variable| variable == whole.trim()) {
                continue;
            }
            let name = whole.split('.').next().unwrap_or(whole);
            made.push_str(&self.refer(name.trim(), part)?);
            rest = &after[name.len()..];
        }
        made.push_str(rest);
        Ok(made)
    }

    /// What takes a name's place: the id of its node; the name itself where what is called so is kept too.
    fn refer(&self, name: &str, part: &mut Part) -> Result<String, String> {
        if name.starts_with("AWS::") {
            return Ok(name.to_string());
        }
        if self.stack.entry("Parameters", name).is_some() {
            part.need("Parameters", name);
            return Ok(name.to_string());
        }
        let number = self
            .stack
            .exactly(name)
            .ok_or_else(|| tr!("it refers to {name}, which is made by something else.", name = name))?;
        if let Some(node) = self.nodes.get(&number) {
            return Ok(node.to_string());
        }
        let resource = self.resource(number);
        // Roles and their policies stand for themselves.
        if !resource.kind.starts_with("AWS::IAM::") {
            return Err(tr!(
                "it refers to {name} ({kind}), of which the diagram has made something else.",
                kind = resource.kind,
                name = name
            ));
        }
        if !part.open.contains(&number) {
            part.open.push(number);
        }
        Ok(name.to_string())
    }
}

impl Part {
    fn need(&mut self, section: &'static str, name: &str) {
        let needed = (section, name.to_string());
        if !self.needed.contains(&needed) {
            self.needed.push(needed);
        }
    }
}
