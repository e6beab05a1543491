//! A small diagram with what waits, runs and fails at each node, as the text of an SVG element.

use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Rect, Router};
use crate::exchange::svg::escape;
use crate::language::translation_of;
use crate::simulation::{Glance, Simulation};
use std::fmt::Write;

/// The drawing without figures, made once.
pub struct Mini {
    frame: Rect,
    wires: String,
    nodes: Vec<Rect>,
}

/// Letters that fit into a node.
const FITTING: usize = 11;

impl Mini {
    pub fn new(simulation: &Simulation) -> Mini {
        let document = simulation.document();
        let router = Router::new(document);
        let corners = router.wires().iter().flat_map(|wire| wire.corners()).map(|at| Rect::spanning(*at, *at));
        let whole = router.nodes().iter().copied().chain(corners).reduce(|a, b| a.with(&b)).unwrap_or_default();
        let whole = whole.grown(20.0);
        let mut wires = String::new();
        for wire in router.wires() {
            let _ = write!(wires, "<path class=\"watch-wire\" d=\"{}\"/>", wire.path());
        }
        Mini { frame: whole, wires, nodes: router.nodes().to_vec() }
    }

    /// What of the diagram is seen.
    pub fn frame(&self) -> &Rect {
        &self.frame
    }

    pub fn svg(&self, simulation: &Simulation) -> String {
        let plan = simulation.plan();
        let Rect { left, top, .. } = self.frame;
        let mut out = format!(
            "<svg class=\"watch-svg\" viewBox=\"{left} {top} {} {}\" role=\"img\" aria-label=\"{}\">{}",
            self.frame.width(),
            self.frame.height(),
            escape(&tr!("{diagram}: what waits and works at each node", diagram = translation_of(&plan.name))),
            self.wires
        );
        for (node, place) in plan.node_indices().zip(&self.nodes) {
            let (figure, level) = state(&simulation.glance(node));
            let name = &plan.node(node).name;
            let _ = write!(
                out,
                "<g class=\"watch-node {level}\" transform=\"translate({} {})\"><rect width=\"{NODE_WIDTH}\" \
                 height=\"{NODE_HEIGHT}\" rx=\"8\"/>",
                place.left, place.top
            );
            let lines = lines(name);
            let first = if lines.len() == 1 { 32.0 } else { 24.0 };
            for (line, words) in lines.iter().enumerate() {
                let squeezed = match words.chars().count() > FITTING {
                    true => format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", NODE_WIDTH - 16.0),
                    false => String::new(),
                };
                let _ = write!(
                    out,
                    "<text x=\"{}\" y=\"{}\"{squeezed}>{}</text>",
                    NODE_WIDTH / 2.0,
                    first + 21.0 * line as f64,
                    escape(words)
                );
            }
            let _ = write!(
                out,
                "<text class=\"watch-figure\" x=\"{}\" y=\"{}\">{}</text></g>",
                NODE_WIDTH / 2.0,
                NODE_HEIGHT - 10.0,
                escape(&figure)
            );
        }
        out += "</svg>";
        out
    }
}

/// A name in one line or two.
fn lines(name: &str) -> Vec<&str> {
    match name.rsplit_once(' ').filter(|_| name.chars().count() > FITTING) {
        Some((first, second)) => vec![first, second],
        None => vec![name],
    }
}

/// A node in a word, and how bad it is.
fn state(glance: &Glance) -> (String, &'static str) {
    match *glance {
        Glance::Client { waiting, succeeded, failed } => {
            let level = if failed > 0 { "bad" } else { "" };
            (
                if failed > 0 {
                    format!("✓ {succeeded} ✗ {failed}")
                } else {
                    format!("✓ {succeeded} … {waiting}")
                },
                level,
            )
        }
        Glance::Gateway { waiting, rejected, .. } if rejected > 0 => {
            (tr!("{waiting} in, {rejected} off", waiting = waiting, rejected = rejected), "bad")
        }
        Glance::Gateway { waiting, .. } => (tr!("{waiting} in", waiting = waiting), ""),
        Glance::Function { starting, running, queued, errors, .. } => {
            let busy = starting + running;
            let level = if errors > 0 {
                "bad"
            } else if busy > 0 {
                "busy"
            } else {
                ""
            };
            (
                if queued > 0 {
                    tr!("{busy} run, {queued} wait", busy = busy, queued = queued)
                } else {
                    tr!("{busy} run", busy = busy)
                },
                level,
            )
        }
        Glance::Queue { visible, delayed, in_flight, dead_letter_queue } => {
            let waiting = visible + delayed + in_flight;
            let level = match (dead_letter_queue, waiting) {
                (_, 0) => "",
                (true, _) => "bad",
                (false, 1..=20) => "busy",
                (false, _) => "warn",
            };
            (tr!("{waiting} wait", waiting = waiting), level)
        }
        Glance::Topic { published, .. } => (published.to_string(), ""),
        Glance::Bus { events, .. } => (events.to_string(), ""),
        Glance::Rule { matched, .. } => (matched.to_string(), ""),
        Glance::Database { rows, duplicates: 0, .. } => (tr!("{rows} rows", rows = rows), ""),
        Glance::Database { rows, duplicates, .. } => {
            (tr!("{rows}, {duplicates} twice", rows = rows, duplicates = duplicates), "warn")
        }
        Glance::Mailer { sent } => (tr!("{sent} sent", sent = sent), ""),
        Glance::Endpoint { requests, .. } => (requests.to_string(), ""),
        Glance::Other => (String::new(), ""),
    }
}
