//! Templates in: from YAML or JSON to a diagram that runs.
//!
//! Text → [`tree`] (every value with its place) → [`resolve`] (parameters, mappings, conditions and intrinsic functions
//! worked out) → [`stack`] (resources, and what refers to what) → [`assemble`] (nodes and edges).
//!
//! Invariant: a template with mistakes gives every one of them with its line, and no diagram; without mistakes it gives
//! a diagram that validates, and [`Note`]s about everything that the diagram does not say the way the template does.

mod assemble;
mod json;
mod metadata;
mod resolve;
mod stack;
pub(super) mod tree;
pub(super) mod yaml;

pub use assemble::{Concern, Note};
pub use tree::{Flaw, Place};

use super::names::Names;
use crate::diagram::{Document, Node, NodeKind};
use crate::drawing;
use resolve::Resolver;
use stack::Stack;
use tree::{Content, Tree};
use uuid::Uuid;

/// What a template came to.
#[derive(Clone, Debug)]
pub struct Imported {
    pub document: Document,
    /// What needs attention, the gravest first.
    pub notes: Vec<Note>,
    /// The template holds the diagram itself, unchanged.
    pub exact: bool,
    /// Which resource, by its logical id, has become which node; what stands outside of the template by its node's name.
    pub names: Vec<(String, Uuid)>,
}

impl Imported {
    /// The node that stands for something outside of the template, by the logical name that an export would give it:
    /// an endpoint, a mail service, the default bus.
    pub fn find_outside(&self, kind: NodeKind, name: &str) -> Option<Uuid> {
        let names = Names::of(&self.document);
        let default = |node: &&Node| kind == NodeKind::Bus && !node.settings.contains_key("Name");
        let of_kind = || self.document.nodes.iter().filter(|node| node.kind == kind);
        of_kind().find(|node| names.node(node.id) == name).or_else(|| of_kind().find(default)).map(|node| node.id)
    }
}

/// cloudformation-limits: a template's body may have 1 MB.
pub const MAXIMUM_BYTES: usize = 1_048_576;

/// Reads a template. `name` is what the diagram is called where the template does not say.
pub fn read(text: &str, name: &str) -> Result<Imported, Vec<Flaw>> {
    let start = Place { line: 1, column: 1 };
    if text.len() > MAXIMUM_BYTES {
        let message = tr!("This text has {} MB.", format!("{:.1}", text.len() as f64 / 1_048_576.0));
        return Err(vec![Flaw::new(start, message).with_hint(tr!("A template has 1 MB at the most."))]);
    }
    let text = text.trim_start_matches('\u{feff}');
    let template = if text.trim_start().starts_with('{') { json::parse(text)? } else { yaml::parse(text)? };
    check_shape(&template)?;
    let mut resolver = Resolver::new(&template);
    let stack = Stack::read(&template, &mut resolver);
    if !resolver.flaws.is_empty() {
        let mut flaws = resolver.flaws;
        flaws.sort_by_key(|flaw| flaw.place);
        flaws.dedup();
        return Err(flaws);
    }
    let kept = metadata::Kept::find(&template);
    if let Some(document) = kept.as_ref().and_then(|kept| kept.unchanged(&template)) {
        return Ok(Imported { document, notes: Vec::new(), exact: true, names: Vec::new() });
    }
    let called = template.get("Description").and_then(Tree::as_text).and_then(|text| text.lines().next());
    let called = called.map(str::trim).filter(|called| !called.is_empty()).map(shorten);
    let (mut document, names, mut notes) = assemble::assemble(&stack, called.as_deref().unwrap_or(name));
    let assumed = resolver.assumed.into_iter().map(|(place, message)| Note {
        concern: Concern::Assumed,
        place,
        message: resolve::readable(&message),
    });
    notes.extend(assumed);
    notes.sort_by_key(|note| (note.concern, note.place));
    lay_out(&mut document);
    let mut imported = Imported { document, notes, exact: false, names };
    if let Some(kept) = kept {
        kept.complete(&mut imported);
    }
    Ok(imported)
}

/// At most what fits into a title.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_string()
    } else {
        format!("{}…", text.chars().take(59).collect::<String>().trim_end())
    }
}

/// What every template has.
fn check_shape(template: &Tree) -> Result<(), Vec<Flaw>> {
    let Content::Object(sections) = &template.content else {
        let flaw = Flaw::new(template.place, tr!("A template is an object; this is {}.", template.kind()));
        return Err(vec![flaw.with_hint(tr!("It begins with Resources."))]);
    };
    let mut flaws = Vec::new();
    for section in sections {
        let whole = !matches!(section.name.as_str(), "AWSTemplateFormatVersion" | "Description" | "Transform");
        let known = [
            "AWSTemplateFormatVersion",
            "Description",
            "Metadata",
            "Parameters",
            "Rules",
            "Mappings",
            "Conditions",
            "Transform",
            "Globals",
            "Resources",
            "Outputs",
            "Hooks",
        ];
        if !known.contains(&section.name.as_str()) {
            let flaw = Flaw::new(section.place, tr!("`{}` is not a section of a template.", section.name));
            flaws.push(flaw.with_hint(tr!(
                "Resources, Parameters, Mappings, Conditions, Globals and Outputs are. Is the indentation right?"
            )));
        } else if whole && !matches!(section.value.content, Content::Object(_) | Content::Null) {
            flaws.push(Flaw::new(
                section.value.place,
                tr!("{name} is {kind}, but an object is needed.", name = section.name, kind = section.value.kind()),
            ));
        }
    }
    match template.get("Resources").map(|tree| tree.fields().is_empty()) {
        None => flaws.push(
            Flaw::new(template.place, tr!("There are no Resources."))
                .with_hint(tr!("A template has a section Resources.")),
        ),
        Some(true) if flaws.is_empty() => flaws.push(Flaw::new(template.place, tr!("The section Resources is empty."))),
        _ => {}
    }
    if flaws.is_empty() { Ok(()) } else { Err(flaws) }
}

fn lay_out(document: &mut Document) {
    let labels = match crate::diagram::check(document) {
        Ok(plan) => plan.edges.iter().map(|edge| drawing::label::size(&drawing::label::words(edge))).collect(),
        Err(_) => Vec::new(),
    };
    let places = drawing::layout(document, &labels);
    for (node, place) in document.nodes.iter_mut().zip(places) {
        (node.x, node.y) = (place.x, place.y);
    }
}
