//! What an exported template keeps of its diagram: see [`super::super`].

use super::super::names::{Names, own_name};
use super::super::unsaid::{self, OF_HTTP_ROUTES, Unsaid};
use super::super::{DIAGRAM, DIGEST, METADATA_KEY, digest};
use super::Imported;
use super::tree::Tree;
use crate::diagram::{Document, Edge, EdgeKind, Node, NodeKind, check};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The diagram that a template was written from.
pub struct Kept {
    document: Document,
    digest: String,
}

impl Kept {
    pub fn find(template: &Tree) -> Option<Kept> {
        let kept = template.get("Metadata")?.get(METADATA_KEY)?;
        let document = Document::parse(kept.get(DIAGRAM)?.as_text()?).ok()?;
        check(&document).ok()?;
        let digest = kept.get(DIGEST).map(Tree::to_json).map(|it| it.as_str().map_or(it.to_string(), str::to_string));
        Some(Kept { document, digest: digest.unwrap_or_default() })
    }

    /// The diagram itself, where nobody has changed the template since.
    pub fn unchanged(&self, template: &Tree) -> Option<Document> {
        (digest(&template.to_json()) == self.digest).then(|| self.document.clone())
    }

    /// Adds what a template cannot say to what was read of a changed one: names, places, handlers, traffic, faults.
    /// Where the two no longer go together, what was read of the template stays as it is.
    pub fn complete(self, imported: &mut Imported) {
        let pairs = self.pairs(imported);
        let mut document = imported.document.clone();
        self.adopt_nodes(&mut document, &pairs);
        self.adopt_edges(&mut document, &pairs);
        self.add_clients(&mut document);
        document.name.clone_from(&self.document.name);
        document.account.clone_from(&self.document.account);
        document.prices.clone_from(&self.document.prices);
        let there = |id: Uuid| document.node(id).is_some() || document.edge(id).is_some();
        let faults = self.document.faults.iter().filter(|fault| there(fault.target)).cloned().collect();
        document.faults = faults;
        self.forget_handlers(&mut document, imported, &pairs);
        if check(&document).is_ok() {
            imported.names.iter_mut().for_each(|(_, id)| *id = pairs.get(id).copied().unwrap_or(*id));
            imported.document = document;
        }
    }

    /// Which node of the import is which one of the diagram, by its logical name.
    fn pairs(&self, imported: &Imported) -> FxHashMap<Uuid, Uuid> {
        let names = Names::of(&self.document);
        let known: FxHashMap<&str, Uuid> = imported.names.iter().map(|(name, id)| (name.as_str(), *id)).collect();
        let mut pairs = FxHashMap::default();
        for node in &self.document.nodes {
            let name = names.node(node.id);
            let found = known.get(name).copied().or_else(|| match node.kind {
                NodeKind::Endpoint | NodeKind::Mailer | NodeKind::Bus => imported.find_outside(node.kind, name),
                _ => None,
            });
            if let Some(other) = found.and_then(|id| imported.document.node(id)).filter(|other| other.kind == node.kind)
            {
                pairs.entry(other.id).or_insert(node.id);
            }
        }
        pairs
    }

    fn adopt_nodes(&self, document: &mut Document, pairs: &FxHashMap<Uuid, Uuid>) {
        rename(document, pairs);
        let bottom = self.document.nodes.iter().map(|node| node.y).fold(f64::NEG_INFINITY, f64::max);
        for node in &mut document.nodes {
            match self.document.node(node.id) {
                Some(kept) => {
                    (node.name, node.x, node.y) = (kept.name.clone(), kept.x, kept.y);
                    adopt(&mut node.settings, &kept.settings, unsaid::of_node(node.kind));
                    adopt_keys(&mut node.settings, &kept.settings);
                }
                // What is new stands below what was there.
                None if bottom.is_finite() => node.y += bottom + 160.0,
                None => {}
            }
        }
    }

    fn adopt_edges(&self, document: &mut Document, pairs: &FxHashMap<Uuid, Uuid>) {
        let mut taken: FxHashSet<Uuid> = FxHashSet::default();
        for edge in &mut document.edges {
            (edge.from, edge.to) =
                (pairs.get(&edge.from).copied().unwrap_or(edge.from), pairs.get(&edge.to).copied().unwrap_or(edge.to));
            let same = |kept: &&Edge| {
                let ends = (kept.kind, kept.from, kept.to) == (edge.kind, edge.from, edge.to);
                let route = ["Method", "Path"].iter().all(|name| kept.settings.get(*name) == edge.settings.get(*name));
                ends && (edge.kind != EdgeKind::Integration || route) && !taken.contains(&kept.id)
            };
            if let Some(kept) = self.document.edges.iter().find(same) {
                taken.insert(kept.id);
                edge.id = kept.id;
                adopt(&mut edge.settings, &kept.settings, unsaid::of_edge(edge.kind));
                if self
                    .document
                    .node(kept.from)
                    .is_some_and(|node| node.settings.get("ApiType") == Some(&"HTTP".into()))
                {
                    adopt(&mut edge.settings, &kept.settings, &[OF_HTTP_ROUTES]);
                }
            }
        }
    }

    /// The diagram's own traffic in place of what was made up, and what else no template has.
    fn add_clients(&self, document: &mut Document) {
        let of_client = |node: &Node| node.kind == NodeKind::Client;
        if self.document.nodes.iter().any(of_client) {
            let made_up: Vec<Uuid> = document.nodes.iter().filter(|node| of_client(node)).map(|node| node.id).collect();
            document.nodes.retain(|node| !of_client(node));
            document.edges.retain(|edge| !made_up.contains(&edge.from));
        }
        let unsaid = |node: &&Node| of_client(node) || node.kind == NodeKind::Other && own_name(node).is_none();
        for node in self.document.nodes.iter().filter(unsaid) {
            if document.node(node.id).is_none() {
                document.nodes.push(node.clone());
            }
        }
        for edge in &self.document.edges {
            let is = |setting: &str, value: Value| edge.settings.get(setting) == Some(&value);
            let unsaid = document.node(edge.from).is_some_and(of_client)
                || is("Subscribed", false.into())
                || is("Deployment", "CANARY".into());
            let ends = [edge.from, edge.to].iter().all(|end| document.node(*end).is_some());
            if unsaid && ends && document.edge(edge.id).is_none() {
                document.edges.push(edge.clone());
            }
        }
    }

    /// A handler whose steps lead where the function may no longer go gives way to the guess.
    fn forget_handlers(&self, document: &mut Document, imported: &Imported, pairs: &FxHashMap<Uuid, Uuid>) {
        let Err(problems) = check(document) else { return };
        let places: FxHashSet<usize> = problems
            .iter()
            .filter(|problem| problem.path.contains(".settings.Handler"))
            .filter_map(|problem| problem.path.strip_prefix("nodes[")?.split(']').next()?.parse().ok())
            .collect();
        let mut guesses = imported.document.clone();
        rename(&mut guesses, pairs);
        for place in places {
            let Some(node) = document.nodes.get_mut(place) else { continue };
            match guesses.node(node.id).and_then(|guess| guess.settings.get("Handler")) {
                Some(guess) => node.settings.insert("Handler".to_string(), guess.clone()),
                None => node.settings.shift_remove("Handler"),
            };
        }
    }
}

/// What the diagram alone can say, beside what the template says.
fn adopt(settings: &mut Map<String, Value>, kept: &Map<String, Value>, list: &[Unsaid]) {
    for name in list.iter().flat_map(|unsaid| unsaid.settings) {
        match kept.get(*name) {
            Some(value) => settings.insert((*name).to_string(), value.clone()),
            None => settings.shift_remove(*name),
        };
    }
}

/// The values of keys, where the plans are still the same ones.
fn adopt_keys(settings: &mut Map<String, Value>, kept: &Map<String, Value>) {
    let Some(kept) = kept.get("UsagePlans").and_then(Value::as_array) else { return };
    let Some(Value::Array(plans)) = settings.get_mut("UsagePlans") else { return };
    for plan in plans {
        let same = |known: &&Value| {
            let count = |plan: &Value| plan["keys"].as_array().map_or(0, Vec::len);
            known["name"] == plan["name"] && count(known) == count(plan)
        };
        if let Some(known) = kept.iter().find(same).filter(|known| known.get("keys").is_some()) {
            plan["keys"] = known["keys"].clone();
        }
    }
}

/// Other ids for nodes, also where settings and steps name them.
fn rename(document: &mut Document, pairs: &FxHashMap<Uuid, Uuid>) {
    let texts: FxHashMap<String, String> = pairs.iter().map(|(old, new)| (old.to_string(), new.to_string())).collect();
    fn within(value: &mut Value, texts: &FxHashMap<String, String>) {
        match value {
            Value::String(text) => {
                if let Some(new) = texts.get(text) {
                    text.clone_from(new);
                } else if text.contains("${") {
                    // So the parts of templates that boxes keep refer to nodes.
                    let mut parts = text.split("${");
                    let mut made = parts.next().unwrap_or_default().to_string();
                    for part in parts {
                        let known = part.get(..36).and_then(|id| texts.get(id));
                        made.push_str("${");
                        made.push_str(known.map_or("", String::as_str));
                        made.push_str(if known.is_some() { &part[36..] } else { part });
                    }
                    *text = made;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| within(item, texts)),
            Value::Object(fields) => fields.values_mut().for_each(|field| within(field, texts)),
            _ => {}
        }
    }
    for node in &mut document.nodes {
        node.id = pairs.get(&node.id).copied().unwrap_or(node.id);
        node.settings.values_mut().for_each(|value| within(value, &texts));
    }
    for edge in &mut document.edges {
        edge.settings.values_mut().for_each(|value| within(value, &texts));
    }
}
