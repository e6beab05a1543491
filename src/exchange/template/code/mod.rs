//! The code of functions: their steps as a small program that people read and go on with.
//!
//! One writer for both languages ([`steps`]): what differs is how a language writes a value and a block, and the helpers
//! by which it reaches a service ([`nodejs`], [`python`]). A function gets only the helpers that it uses.

mod events;
mod expression;
mod language;
mod nodejs;
mod python;
mod readme;
mod steps;

pub use language::Language;
pub(super) use readme::readme;

use super::names::Names;
use crate::diagram::{Document, Node, NodeSettings, Plan};
use steps::Writer;

/// A function's code.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub text: String,
    /// What the code does not do as the diagram says.
    pub notes: Vec<String>,
}

/// What stands before a function of the program itself.
const HEAD: &str = "Written by Eventyard from the steps of the diagram.";

/// Writes the code of a function.
pub fn write(document: &Document, plan: &Plan, names: &Names, node: &Node, language: Language) -> Written {
    let Some(index) = plan.find_node(node.id) else { return Written { text: String::new(), notes: Vec::new() } };
    let NodeSettings::Function(settings) = &plan.node(index).settings else {
        return Written { text: String::new(), notes: Vec::new() };
    };
    let mut writer = Writer::new(document, names, language);
    let handler = events::entry(document, node, language, &mut writer);
    writer.handle(&settings.handler);
    let (body, end, helpers, notes) = writer.finish();
    let library = match language {
        Language::Nodejs => nodejs::HELPERS,
        Language::Python => python::HELPERS,
    };
    let (imports, definitions) = language::gather(library, &helpers, language);
    let name = node.name.replace(['\n', '\r'], " ");
    let comment = language.comment(&format!("{name}. {HEAD}"));
    let parts = [format!("{comment}\n\n{imports}"), handler, body, definitions, end];
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    let between = if language == Language::Python { "\n\n\n" } else { "\n\n" };
    Written { text: format!("{}\n", parts.join(between)), notes }
}
