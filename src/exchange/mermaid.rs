//! A diagram as a Mermaid flowchart, for pages and repositories that draw those.

use crate::diagram::{Document, NodeKind, check};
use crate::drawing::{icon, label};
use crate::language::in_english;
use std::fmt::Write;

/// The document as a flowchart: solid arrows where somebody waits, dotted ones where nobody does.
///
/// ```
/// # use eventyard::{exchange::mermaid, lessons::guide};
/// let text = mermaid::write(&guide::DIAGRAMS[0].document());
/// assert!(text.contains("flowchart LR\n"));
/// assert!(text.contains("n1 -->|\"POST /payments\"| n2"));
/// ```
pub fn write(document: &Document) -> String {
    in_english(|| written(document))
}

fn written(document: &Document) -> String {
    let words: Vec<Vec<String>> = match check(document) {
        Ok(plan) => plan.edges.iter().map(label::words).collect(),
        Err(_) => vec![Vec::new(); document.edges.len()],
    };
    // Writing to a string cannot fail. A JSON string is a YAML string as well.
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", serde_json::Value::from(document.name.as_str()));
    for (index, node) in document.nodes.iter().enumerate() {
        let (open, close) = shape(node.kind);
        let _ = writeln!(out, "  n{index}{open}\"{}<br/>{}\"{close}", escape(&node.name), icon::service(node));
    }
    let number = |id| document.nodes.iter().position(|node| node.id == id);
    for (edge, words) in document.edges.iter().zip(words) {
        let (Some(from), Some(to)) = (number(edge.from), number(edge.to)) else { continue };
        let arrow = if edge.kind.is_synchronous() { "-->" } else { "-.->" };
        let label = escape(&words.join(" "));
        let label = if label.is_empty() { " ".to_string() } else { format!("|\"{label}\"| ") };
        let _ = writeln!(out, "  n{from} {arrow}{label}n{to}");
    }
    out
}

/// What a kind of node is drawn as.
fn shape(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Client => ("([", "])"),
        NodeKind::Gateway => ("{{", "}}"),
        NodeKind::Function => ("[", "]"),
        NodeKind::Queue => ("[[", "]]"),
        NodeKind::Topic => ("((", "))"),
        NodeKind::Bus => ("[/", "/]"),
        NodeKind::Rule => ("{", "}"),
        NodeKind::Database => ("[(", ")]"),
        NodeKind::Mailer => (">", "]"),
        NodeKind::Endpoint => ("(", ")"),
        NodeKind::Other => ("[", "]"),
    }
}

/// Text inside quotes: whatever could end it, be markup or be Markdown is written as its number.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '*' | '_' | '\\' | '|' => {
                let _ = write!(out, "#{};", character as u32);
            }
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::guide;

    #[test]
    fn every_node_and_edge_of_the_guide_is_there() {
        for diagram in guide::DIAGRAMS {
            let document = diagram.document();
            let text = write(&document);
            assert_eq!(
                text.lines().filter(|line| line.contains("-->") || line.contains("-.->")).count(),
                document.edges.len()
            );
            let waits = document.edges.iter().filter(|edge| edge.kind.is_synchronous()).count();
            assert_eq!(text.matches("-->").count(), waits);
            assert!(document.nodes.iter().all(|node| text.contains(&format!("\"{}<br/>", escape(&node.name)))));
        }
    }

    #[test]
    fn names_stay_inside_their_quotes() {
        let mut document = guide::DIAGRAMS[0].document();
        document.nodes[0].name = "a\"] --> n9; %% <b>`x`\nend".to_string();
        document.name = "a: \"b\"\n---".to_string();
        let text = write(&document);
        assert!(text.contains("n0([\"a#34;] --#62; n9#59; %% #60;b#62;#96;x#96; end<br/>client\"])"), "{text}");
        assert!(text.starts_with("---\ntitle: \"a: \\\"b\\\"\\n---\"\n---\n"), "{text}");
    }
}
