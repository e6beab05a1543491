//! The icons of the kinds of node: our own drawings, 20 by 20, strokes only.

use crate::diagram::{Node, NodeKind};
use crate::small::short;

/// As the attribute `d` of an SVG path.
pub fn path(kind: NodeKind) -> &'static str {
    match kind {
        // A person.
        NodeKind::Client => "M10 9a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 9zM3.5 17.5c0-4 3-6 6.5-6s6.5 2 6.5 6",
        // A door with a way through.
        NodeKind::Gateway => "M4 3v14M16 3v14M4 6h12M1.5 11h14M12 8l3.5 3-3.5 3",
        // A function's braces around a bolt.
        NodeKind::Function => {
            "M6 2.5C3 2.5 5 9 2.5 10 5 11 3 17.5 6 17.5M14 2.5c3 0 1 6.5 3.5 7.5-2.5 1-.5 7.5-3.5 7.5M11 5l-3 5.5h4L9 15"
        }
        // Letters in a row.
        NodeKind::Queue => "M2 6h16v8H2zM7.3 6v8M12.7 6v8",
        // One into three.
        NodeKind::Topic => {
            "M2 10h6M8 10l8-6M8 10h9M8 10l8 6M14 3.5l2.3.3-.5 2.3M15 8l2.3 2-2.3 2M15.8 13.9l.5 2.3-2.3.3"
        }
        // A bus bar with taps.
        NodeKind::Bus => "M2 10h16M5 10V4M10 10v6M15 10V4M5 4h0M10 16h0M15 4h0",
        // A funnel.
        NodeKind::Rule => "M2.5 3.5h15l-5.8 7v6l-3.4-2v-4z",
        // Stacked discs.
        NodeKind::Database => {
            "M3.5 5c0-1.6 2.9-2.7 6.5-2.7S16.5 3.4 16.5 5 13.6 7.7 10 7.7 3.5 6.6 3.5 5zM3.5 5v10c0 1.6 2.9 2.7 6.5 2.7s6.5-1.1 6.5-2.7V5M3.5 10c0 1.6 2.9 2.7 6.5 2.7s6.5-1.1 6.5-2.7"
        }
        // A letter.
        NodeKind::Mailer => "M2 4.5h16v11H2zM2 5l8 6 8-6",
        // A plug.
        NodeKind::Endpoint => "M7 2.5v4M13 2.5v4M4.5 6.5h11v3a5.5 5.5 0 0 1-11 0zM10 15v3",
        // A plain box.
        NodeKind::Other => "M3 6l7-3.5L17 6v8l-7 3.5L3 14zM3 6l7 3.5L17 6M10 9.5v8",
    }
}

/// The same path, made smaller or larger and with its corner at `x` and `y`. Browsers keep a layer for every element that
/// is transformed, so hundreds of icons on a diagram are better drawn where they are.
pub fn placed(kind: NodeKind, scale: f64, x: f64, y: f64) -> String {
    let mut placed = String::new();
    let (mut command, mut count) = ('M', 0);
    let mut rest = path(kind);
    while let Some(next) = rest.chars().next() {
        if next.is_ascii_alphabetic() {
            (command, count) = (next, 0);
            placed.push(next);
            rest = &rest[1..];
            continue;
        }
        let length = number_length(rest);
        let number = number(&rest[..length]);
        let origin = match (command, count % 7) {
            ('H', _) | ('A', 5) => x,
            ('V', _) | ('A', 6) => y,
            ('A', _) => 0.0,
            _ if command.is_ascii_lowercase() => 0.0,
            _ => [x, y][count % 2],
        };
        // An arc's angle and flags are no lengths.
        let length_of = if command.eq_ignore_ascii_case(&'a') && (2..5).contains(&(count % 7)) { 1.0 } else { scale };
        placed += &format!("{} ", short(number * length_of + origin, 2));
        count += 1;
        rest = rest[length..].trim_start();
    }
    placed
}

/// A decimal of a few digits. The standard library's way would bring large tables along.
fn number(text: &str) -> f64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let of = |digits: &str| digits.bytes().fold(0.0, |number, digit| number * 10.0 + f64::from(digit - b'0'));
    sign * (of(whole) + part.bytes().fold(of(part), |part, _| part / 10.0))
}

/// How many characters the number has with which a path goes on: `-1.5.5` are two.
fn number_length(text: &str) -> usize {
    let mut dot = false;
    let ends = |(index, character): &(usize, char)| match character {
        '-' => *index > 0,
        '.' => std::mem::replace(&mut dot, true),
        other => !other.is_ascii_digit(),
    };
    text.char_indices().find(ends).map_or(text.len(), |(index, _)| index.max(1))
}

/// The family that gives a node its hue.
pub fn family(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Client | NodeKind::Endpoint => "people",
        NodeKind::Gateway => "edge",
        NodeKind::Function => "compute",
        NodeKind::Queue | NodeKind::Topic | NodeKind::Bus | NodeKind::Rule => "integration",
        NodeKind::Database | NodeKind::Mailer => "storage",
        NodeKind::Other => "other",
    }
}

/// The service that a node stands for, short.
pub fn service(node: &Node) -> &'static str {
    match node.kind {
        NodeKind::Client => phrase!("client"),
        NodeKind::Gateway => phrase!("as API Gateway"),
        NodeKind::Function => phrase!("as AWS Lambda"),
        NodeKind::Queue => phrase!("as Amazon SQS"),
        NodeKind::Topic => phrase!("as Amazon SNS"),
        NodeKind::Bus => phrase!("as EventBridge"),
        NodeKind::Rule => phrase!("EventBridge rule"),
        NodeKind::Database if node.settings.get("Engine").is_some_and(|engine| engine == "key-value") => {
            phrase!("as DynamoDB")
        }
        NodeKind::Database => phrase!("as Amazon Aurora"),
        NodeKind::Mailer => phrase!("as Amazon SES"),
        NodeKind::Endpoint => phrase!("HTTP endpoint"),
        NodeKind::Other => phrase!("not simulated"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_placed_point_by_point() {
        assert_eq!(placed(NodeKind::Queue, 1.0, 0.0, 0.0), "M2 6 h16 v8 H2 zM7.3 6 v8 M12.7 6 v8 ");
        assert_eq!(placed(NodeKind::Queue, 0.5, 10.0, 20.0), "M11 23 h8 v4 H11 zM13.65 23 v4 M16.35 23 v4 ");
        // Arcs: radii become smaller, flags stay, the end moves where it is absolute.
        let client = placed(NodeKind::Client, 0.5, 10.0, 20.0);
        assert!(client.starts_with("M15 24.5 a1.6 1.6 0 1 0 0 -3.2 A1.6 1.6 0 0 0 15 24.5 z"), "{client}");
    }
}
