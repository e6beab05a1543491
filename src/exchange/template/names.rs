//! How nodes are called in a template. A name comes from the node alone, so that adding a node renames no other.

use crate::diagram::{Document, Node, NodeKind};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// The longest part of a node's name that is used; the physical names of functions and queues are limited to 64 and 80
/// characters.
const MAXIMUM_LENGTH: usize = 40;

/// The logical names of a document's nodes.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_node: FxHashMap<Uuid, String>,
}

impl Names {
    /// Each node is called by its name and its kind: “Sales” as a queue is `SalesQueue`. Of several with the same name,
    /// the first one has it, and the others add the end of their ids.
    pub fn of(document: &Document) -> Names {
        let mut by_node = FxHashMap::default();
        let mut taken: Vec<String> = Vec::new();
        for node in &document.nodes {
            // Under another name it would be another resource: whoever deploys it would lose what is in the first one.
            let plain = own_name(node).map_or_else(|| plain_name(node), str::to_string);
            let id = node.id.simple().to_string().to_ascii_uppercase();
            let mut name = plain.clone();
            let mut length = 4;
            // Logical names that differ only in case would make the same environment variable.
            while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
                name = format!("{plain}{}", &id[id.len() - length.min(id.len())..]);
                if length > id.len() {
                    break;
                }
                length += 4;
            }
            taken.push(name.clone());
            by_node.insert(node.id, name);
        }
        Names { by_node }
    }

    /// A node's logical name.
    pub fn node(&self, id: Uuid) -> &str {
        self.by_node.get(&id).map_or("", String::as_str)
    }

    /// The node of this logical name.
    pub fn find(&self, name: &str) -> Option<Uuid> {
        self.by_node.iter().find(|(_, known)| *known == name).map(|(id, _)| *id)
    }

    /// An environment variable about a node: `SALES_QUEUE_URL`.
    pub fn variable(&self, id: Uuid, what: &str) -> String {
        let mut text = screaming(self.node(id));
        if !what.is_empty() {
            text.push('_');
            text.push_str(what);
        }
        text
    }
}

/// What tells a node's kind in its logical name.
pub fn kind_word(node: &Node) -> &'static str {
    match node.kind {
        NodeKind::Client => "Client",
        NodeKind::Gateway => "Api",
        NodeKind::Function => "Function",
        NodeKind::Queue => "Queue",
        NodeKind::Topic => "Topic",
        NodeKind::Bus => "Bus",
        NodeKind::Rule => "Rule",
        NodeKind::Database if node.settings.get("Engine").is_some_and(|engine| engine == "key-value") => "Table",
        NodeKind::Database => "Database",
        NodeKind::Mailer => "Mailer",
        NodeKind::Endpoint => "Endpoint",
        NodeKind::Other => "Resource",
    }
}

/// The logical name that a resource had in the template that it was read from.
pub fn own_name(node: &Node) -> Option<&str> {
    let resources = node.settings.get("Template").filter(|_| node.kind == NodeKind::Other)?.get("Resources")?;
    let name = resources.as_object()?.keys().next()?;
    let valid = name.len() <= 255 && name.starts_with(|it: char| it.is_ascii_alphabetic());
    (valid && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(name)
}

/// Letters and digits of the node's name, each word with a capital, and the word for its kind.
fn plain_name(node: &Node) -> String {
    let word = kind_word(node);
    let mut name = String::new();
    for part in node.name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        if name.len() + part.len() > MAXIMUM_LENGTH {
            break;
        }
        name.push_str(&part[..1].to_ascii_uppercase());
        name.push_str(&part[1..]);
    }
    let stem = name.len().saturating_sub(word.len());
    if name.get(stem..).is_some_and(|end| end.eq_ignore_ascii_case(word)) {
        name.truncate(stem);
    }
    // Environment variables begin with a letter.
    let place = if name.starts_with(|first: char| first.is_ascii_digit()) { 0 } else { name.len() };
    name.insert_str(place, word);
    name
}

/// `SalesQueue` as `SALES_QUEUE`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let begins = letter.is_ascii_uppercase() && index > 0;
        let after_lower = begins && !letters[index - 1].is_ascii_uppercase();
        let before_lower = begins && letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if after_lower || before_lower {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn node(id: u128, kind: NodeKind, name: &str) -> Node {
        Node { id: Uuid::from_u128(id), kind, name: name.to_string(), x: 0.0, y: 0.0, settings: Map::new() }
    }

    #[track_caller]
    fn check(nodes: &[(u128, NodeKind, &str)], expected: &[&str]) {
        let mut document = Document::new("Names");
        document.nodes = nodes.iter().map(|(id, kind, name)| node(*id, *kind, name)).collect();
        let names = Names::of(&document);
        let found: Vec<&str> = document.nodes.iter().map(|node| names.node(node.id)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_made_of_words_and_end_in_the_kind() {
        check(&[(1, NodeKind::Queue, "Sales queue"), (2, NodeKind::Queue, "sales")], &["SalesQueue", "SalesQueue0002"]);
        check(&[(1, NodeKind::Function, "Sales"), (2, NodeKind::Topic, "Sales")], &["SalesFunction", "SalesTopic"]);
        check(
            &[(1, NodeKind::Gateway, "Payments API"), (2, NodeKind::Bus, "Événements ☎")],
            &["PaymentsApi", "VNementsBus"],
        );
        check(&[(1, NodeKind::Rule, "100+"), (2, NodeKind::Endpoint, "—")], &["Rule100", "Endpoint"]);
        check(
            &[(0xabcd, NodeKind::Bus, "Bus"), (0x1_0002, NodeKind::Bus, ""), (0x2_0002, NodeKind::Bus, "")],
            &["Bus", "Bus0002", "Bus00020002"],
        );
    }

    #[test]
    fn another_node_renames_none() {
        let mut document = Document::new("Names");
        document.nodes = vec![node(1, NodeKind::Queue, "A"), node(2, NodeKind::Queue, "A")];
        let before = Names::of(&document);
        document.nodes.push(node(0, NodeKind::Queue, "A"));
        let after = Names::of(&document);
        assert!(document.nodes[..2].iter().all(|node| before.node(node.id) == after.node(node.id)));
    }

    #[test]
    fn variables_are_spelt_in_capitals() {
        assert_eq!(screaming("SalesQueue"), "SALES_QUEUE");
        assert_eq!(screaming("HTTPApi"), "HTTP_API");
        assert_eq!(screaming("Q2Queue"), "Q2_QUEUE");
    }
}
