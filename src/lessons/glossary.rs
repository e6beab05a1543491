//! The glossary: the guide's terms and ours, each in a sentence or two of our own.

use crate::diagram::NodeKind;

/// A term.
pub struct Term {
    /// As links write it: `glossary:visibility-timeout`.
    pub id: &'static str,
    /// As documented.
    pub name: &'static str,
    pub meaning: &'static str,
    /// The kinds of node that it is about.
    pub kinds: &'static [NodeKind],
    /// The settings that it explains.
    pub settings: &'static [&'static str],
    /// Ids of terms to read next.
    pub related: &'static [&'static str],
    /// The documentation's page; empty for a word of ours.
    pub page: &'static str,
}

/// In alphabetical order of their names.
pub const TERMS: &[Term] = &[
    Term {
        id: "function-timeout",
        name: "function timeout",
        meaning: "How long a function may run; then it is stopped, and the invocation has failed.",
        kinds: &[NodeKind::Function],
        settings: &["Timeout"],
        related: &["visibility-timeout"],
        page: "configuration-timeout",
    },
    Term {
        id: "visibility-timeout",
        name: "visibility timeout",
        meaning: "How long a queue hides a message from others once somebody has received it. Whoever received it has to delete it by then; otherwise it can be received again.",
        kinds: &[NodeKind::Queue],
        settings: &["VisibilityTimeout"],
        related: &["function-timeout"],
        page: "sqs-visibility-timeout",
    },
];

pub fn find(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

/// The terms about a kind of node.
pub fn of_kind(kind: NodeKind) -> impl Iterator<Item = &'static Term> {
    TERMS.iter().filter(move |term| term.kinds.contains(&kind))
}

/// The term that explains a setting of a kind of node.
pub fn of_setting(kind: NodeKind, setting: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.kinds.contains(&kind) && term.settings.contains(&setting))
}

/// The ids that a Markdown text links to: `[visibility timeout](glossary:visibility-timeout)`.
pub fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](glossary:").skip(1).filter_map(|rest| rest.split_once(')')).map(|(id, _)| id)
}
