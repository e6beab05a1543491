//! Plain boxes: what a template said of them, once more.

use super::Writer;
use crate::diagram::{Node, NodeKind};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Sections of a template, with what is in them.
type Sections = Map<String, Value>;

/// The sections that a box may bring, in the order of a template.
pub(super) const SECTIONS: [&str; 4] = ["Parameters", "Mappings", "Conditions", "Resources"];

impl<'a> Writer<'a> {
    /// Everything else is written by now, so that what boxes refer to is known.
    pub(super) fn boxes(&mut self) {
        let document: &'a crate::diagram::Document = self.document;
        let mut boxes: Vec<(&'a Node, &'a Sections)> = Vec::new();
        for node in document.nodes.iter().filter(|node| node.kind == NodeKind::Other) {
            match node.settings.get("Template").and_then(Value::as_object) {
                Some(template) => boxes.push((node, template)),
                None => self.note(
                    node,
                    tr!("What this resource is made of is not known here: add it to the template by hand."),
                ),
            }
        }
        // Where one cannot be written, those that refer to it cannot either.
        let made = loop {
            let mut made = Sections::new();
            let refused = boxes.iter().enumerate().find_map(|(place, (node, template))| {
                self.add_box(node, template, &boxes, &mut made).err().map(|why| (place, why))
            });
            match refused {
                Some((place, why)) => {
                    let (node, _) = boxes.remove(place);
                    self.note(node, tr!("It is left out: {why} Add it to the template by hand.", why = why));
                }
                None => break made,
            }
        };
        for (section, entries) in made {
            let Value::Object(entries) = entries else { continue };
            match section.as_str() {
                "Parameters" => self.parameters.extend(entries),
                "Resources" => self.resources.extend(entries),
                _ => {
                    self.sections.insert(section, entries.into());
                }
            }
        }
    }

    /// Adds what a box brings; else why not.
    fn add_box(
        &self,
        node: &Node,
        template: &Sections,
        boxes: &[(&Node, &Sections)],
        made: &mut Sections,
    ) -> Result<(), String> {
        let no_template = || tr!("what is kept of it is no part of a template.").to_string();
        if super::super::names::own_name(node).is_none()
            || template.keys().any(|name| !SECTIONS.contains(&name.as_str()))
        {
            return Err(no_template());
        }
        for section in SECTIONS {
            let Some(entries) = template.get(section) else { continue };
            let entries = entries.as_object().ok_or_else(no_template)?;
            for (place, (name, entry)) in entries.iter().enumerate() {
                let mut entry = entry.clone();
                self.name_nodes(&mut entry, boxes)?;
                let is_own = section == "Resources" && place == 0;
                if section == "Resources" && entry.get("Type").and_then(Value::as_str).is_none() {
                    return Err(no_template());
                }
                let name = if is_own { self.name(node.id) } else { name.clone() };
                let into = made.entry(section).or_insert_with(|| Value::Object(Map::new()));
                let taken = match section {
                    "Parameters" => self.parameters.get(&name),
                    "Resources" => self.resources.get(&name),
                    _ => None,
                };
                let known = taken.or_else(|| into.get(&name));
                if known.is_some_and(|known| *known != entry) {
                    return Err(tr!("there is another `{name}` among the {section}.", name = name, section = section));
                }
                into.as_object_mut().map(|into| into.insert(name, entry));
            }
        }
        Ok(())
    }

    /// Puts names in the place of nodes' ids, and takes out what is nothing.
    fn name_nodes(&self, value: &mut Value, boxes: &[(&Node, &Sections)]) -> Result<(), String> {
        match value {
            Value::String(text) => {
                *text = self.with_names(text, boxes)?;
                Ok(())
            }
            Value::Array(items) => {
                items.retain(|item| !item.is_null());
                items.iter_mut().try_for_each(|item| self.name_nodes(item, boxes))
            }
            Value::Object(fields) => {
                fields.retain(|_, field| !field.is_null());
                fields.values_mut().try_for_each(|field| self.name_nodes(field, boxes))
            }
            _ => Ok(()),
        }
    }

    /// A text with names for ids: where an id stands alone, and behind `${`.
    fn with_names(&self, text: &str, boxes: &[(&Node, &Sections)]) -> Result<String, String> {
        if let Some(name) = self.named_by(text, boxes) {
            return name;
        }
        let mut made = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            made.push_str("${");
            rest = after;
            if let Some(name) = after.get(..ID).and_then(|id| self.named_by(id, boxes)) {
                made.push_str(&name?);
                rest = &after[ID..];
            }
        }
        made.push_str(rest);
        Ok(made)
    }

    /// The logical name of the node whose id this is; `None` where it is none.
    fn named_by(&self, text: &str, boxes: &[(&Node, &Sections)]) -> Option<Result<String, String>> {
        let (id, attribute) = match text.get(..ID).map(|id| (id, &text[ID..])) {
            Some((id, rest)) if rest.is_empty() || rest.starts_with('.') => (id, rest),
            _ => return None,
        };
        let id = Uuid::parse_str(id).ok()?;
        let name = self.names.node(id);
        let is_written = self.resources.contains_key(name) || boxes.iter().any(|(node, _)| node.id == id);
        Some(match (name.is_empty(), is_written) {
            (false, true) => Ok(format!("{name}{attribute}")),
            (true, _) => Err(tr!("it refers to something that is no longer in the diagram.").to_string()),
            (false, false) => Err(tr!("it refers to {name}, which is not among the resources.", name = name)),
        })
    }
}

/// How long an id is.
const ID: usize = 36;
