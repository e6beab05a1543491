//! The icons of the kinds of node: our own drawings, 20 by 20, strokes only.

use crate::diagram::NodeKind;

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
pub fn service(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Client => "client",
        NodeKind::Gateway => "as API Gateway",
        NodeKind::Function => "as AWS Lambda",
        NodeKind::Queue => "as Amazon SQS",
        NodeKind::Topic => "as Amazon SNS",
        NodeKind::Bus => "as EventBridge",
        NodeKind::Rule => "EventBridge rule",
        NodeKind::Database => "as Amazon Aurora",
        NodeKind::Mailer => "as Amazon SES",
        NodeKind::Endpoint => "HTTP endpoint",
        NodeKind::Other => "not simulated",
    }
}
