//! What stands beside edges, and where: on the edge's longest level stretch if possible, never on a node or on another
//! label, and on another edge only where there is no room elsewhere.

use super::place::{Point, Rect};
use super::terrain::Terrain;
use super::wire::Wire;
use crate::diagram::settings::{EdgeSettings, TargetInput};
use crate::diagram::{EdgeKind, PlanEdge};
use crate::language::{self, filled};
use crate::small;

/// From one line of text to the next.
const LINE: f64 = 16.0;
/// From the middle of a line of text to its baseline.
const BASELINE: f64 = 4.0;
/// Between text and the edge that it stands beside.
const BESIDE: f64 = 3.0;
/// Between two labels, and between a label and a node.
const APART: f64 = 2.0;

/// What stands beside an edge: at most two short lines.
pub fn words(edge: &PlanEdge) -> Vec<String> {
    lines(edge, |text| text)
}

/// The same in the language of the person.
pub fn translated(edge: &PlanEdge) -> Vec<String> {
    lines(edge, language::translated)
}

fn lines(edge: &PlanEdge, say: fn(&'static str) -> &'static str) -> Vec<String> {
    let one = |text: &'static str| vec![say(text).to_string()];
    let two = |first: &'static str, second: &'static str| vec![say(first).to_string(), say(second).to_string()];
    match &edge.settings {
        EdgeSettings::Route(route) => vec![route.method.clone(), route.path.clone()],
        EdgeSettings::Mapping(mapping) if mapping.enabled => {
            vec![filled(say(phrase!("batch {}")), &[""], &[&mapping.batch_size])]
        }
        EdgeSettings::Mapping(_) => one(phrase!("disabled")),
        EdgeSettings::Redrive { max_receive_count } => {
            vec![filled(say(phrase!("after {}")), &[""], &[max_receive_count]), say(phrase!("receives")).to_string()]
        }
        EdgeSettings::Subscription(subscription) if !subscription.subscribed => one(phrase!("unsubscribed")),
        EdgeSettings::Subscription(subscription) => {
            let filter = subscription.filter.is_some().then(|| say(phrase!("filter")).to_string());
            filter.into_iter().chain(subscription.raw.then(|| say(phrase!("raw")).to_string())).collect()
        }
        EdgeSettings::Target(target) => match target.input {
            TargetInput::Whole => Vec::new(),
            _ => two(phrase!("input"), phrase!("transformed")),
        },
        EdgeSettings::PutEvents { .. } => Vec::new(),
        EdgeSettings::Plain => match edge.kind {
            EdgeKind::OnSuccess => one(phrase!("on success")),
            EdgeKind::OnFailure => one(phrase!("on failure")),
            EdgeKind::DeadLetter => one(phrase!("dead letters")),
            _ => Vec::new(),
        },
    }
}

/// The room that lines of text need at 12 px: width and height. An estimate that is rather too large, because fonts
/// differ and nobody is asked here.
pub fn size(lines: &[impl AsRef<str>]) -> (f64, f64) {
    let width = |text: &str| text.chars().map(width).sum::<f64>();
    let widest = lines.iter().map(|line| width(line.as_ref())).fold(0.0, f64::max);
    (widest + 4.0, lines.len() as f64 * LINE)
}

fn width(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 3.6,
        'f' | 'r' | 't' | '/' | '(' | ')' | '[' | ']' | ' ' | '-' | '{' | '}' => 5.0,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.0,
        'A'..='Z' => 8.8,
        '\u{0}'..='\u{7f}' => 7.0,
        '\u{80}'..='\u{2ff}' => 8.0,
        _ => 12.5,
    }
}

/// Where a label stands. Its text is centred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    pub area: Rect,
    /// Whether the edge runs level through it, below the first line.
    pub split: bool,
}

impl Label {
    /// Where the text of a line is anchored: the middle of its baseline.
    pub fn baseline(&self, line: usize) -> Point {
        let centre = self.area.centre();
        // The edge runs between the first two lines.
        let gap = if self.split && line > 0 { 2.0 * BESIDE } else { 0.0 };
        Point { x: centre.x, y: self.area.top + LINE * (line as f64 + 0.5) + BASELINE + gap }
    }
}

/// Finds places for labels of these sizes, in the order of the wires; an empty size has none.
///
/// ```
/// # use eventyard::{diagram::check, drawing::{Router, label}, lessons::guide};
/// # let document = guide::DIAGRAMS[0].document();
/// let plan = check(&document).expect("a valid diagram");
/// let words: Vec<Vec<String>> = plan.edges.iter().map(label::words).collect();
/// let sizes: Vec<(f64, f64)> = words.iter().map(|lines| label::size(lines)).collect();
/// let router = Router::new(&document);
/// let labels = label::place(router.terrain(), router.wires(), &sizes);
/// assert_eq!(labels[0], None, "a client's request says nothing");
/// assert_eq!(words[1], ["POST", "/payments"]);
/// let first = labels[1].expect("it has room").baseline(0);
/// ```
pub fn place(nodes: &Terrain, wires: &[Wire], sizes: &[(f64, f64)]) -> Vec<Option<Label>> {
    let mut labels = vec![None; wires.len()];
    let all: Vec<usize> = (0..wires.len()).collect();
    update(&mut labels, nodes, wires, sizes, &all);
    labels
}

/// Finds new places for the labels of the edges in `changed` (see [`super::Router::changed`]) and for those on which a
/// node stands now; the others stay.
pub fn update(labels: &mut [Option<Label>], nodes: &Terrain, wires: &[Wire], sizes: &[(f64, f64)], changed: &[usize]) {
    for edge in changed {
        if let Some(label) = labels.get_mut(*edge) {
            *label = None;
        }
    }
    for label in labels.iter_mut() {
        *label = label.filter(|label| !nodes.any_overlapping(&label.area.grown(APART)));
    }
    let waits = |edge: &usize| labels[*edge].is_none() && sizes[*edge].1 > 0.0 && wires[*edge].corners().len() > 1;
    let mut waiting: Vec<usize> = (0..labels.len().min(wires.len()).min(sizes.len())).filter(waits).collect();
    if waiting.is_empty() {
        return;
    }
    let mut owners = Vec::new();
    let mut stretches = Terrain::default();
    for (edge, wire) in wires.iter().enumerate() {
        for (from, to) in wire.stretches() {
            stretches.add(Rect::spanning(from, to));
            owners.push(edge);
        }
    }
    let taken = Terrain::new(labels.iter().flatten().map(|label| label.area).collect());
    let mut places = Places { nodes, stretches, owners, wires, labels: taken };
    // Short wires have the least choice.
    small::sort_by(&mut waiting, |a, b| wires[*a].length().total_cmp(&wires[*b].length()).then(a.cmp(b)));
    for edge in waiting {
        let label = places.best(edge, sizes[edge]);
        places.labels.add(label.area);
        labels[edge] = Some(label);
    }
}

struct Places<'a> {
    nodes: &'a Terrain,
    stretches: Terrain,
    /// The edge that each stretch belongs to.
    owners: Vec<usize>,
    wires: &'a [Wire],
    labels: Terrain,
}

impl Places<'_> {
    fn best(&self, edge: usize, size: (f64, f64)) -> Label {
        let wire = &self.wires[edge];
        let mut candidates: Vec<(usize, (f64, Label))> = beside(wire, size).into_iter().enumerate().collect();
        small::sort_by(&mut candidates, |(a, (cost, _)), (b, (other, _))| cost.total_cmp(other).then(a.cmp(b)));
        let mut best: Option<(f64, Label)> = None;
        for (_, (cost, label)) in candidates {
            if best.is_some_and(|(best, _)| cost >= best) {
                break;
            }
            if let Some(more) = self.trouble(edge, &label.area)
                && best.is_none_or(|(best, _)| cost + more < best)
            {
                best = Some((cost + more, label));
            }
        }
        // No room beside the edge: somewhere near its middle, in growing circles.
        let middle = wire.at(0.5);
        for ring in 1..=RINGS {
            if best.is_some() {
                break;
            }
            for (x, y) in RING {
                let reach = f64::from(ring) * LINE;
                let centre = middle.plus(x * reach, y * reach);
                let label = Label { area: Rect::centred(centre, size.0, size.1), split: false };
                if let Some(more) = self.trouble(edge, &label.area)
                    && best.is_none_or(|(best, _)| more < best)
                {
                    best = Some((more, label));
                }
            }
        }
        best.map_or(Label { area: Rect::centred(middle, size.0, size.1), split: false }, |(_, label)| label)
    }

    /// What speaks against a place; `None` if it is taken.
    fn trouble(&self, edge: usize, area: &Rect) -> Option<f64> {
        let apart = area.grown(APART);
        if self.nodes.any_overlapping(&apart) || self.labels.any_overlapping(&apart) {
            return None;
        }
        let mut others: Vec<usize> =
            self.stretches.touching(&apart).into_iter().map(|stretch| self.owners[stretch as usize]).collect();
        others.dedup();
        let cost = |other: &usize| 40.0 + 2.0 * self.wires[*other].inside(&apart);
        Some(others.iter().filter(|other| **other != edge).map(cost).sum())
    }
}

/// How far away from its edge a label may be in the worst case, in lines.
const RINGS: u32 = 120;
const RING: [(f64, f64); 12] = [
    (0.0, -1.0),
    (0.0, 1.0),
    (-1.0, 0.0),
    (1.0, 0.0),
    (-0.7, -0.7),
    (0.7, -0.7),
    (-0.7, 0.7),
    (0.7, 0.7),
    (-0.4, -0.9),
    (0.4, -0.9),
    (-0.4, 0.9),
    (0.4, 0.9),
];

/// The places beside an edge, each with what speaks against it.
fn beside(wire: &Wire, (width, height): (f64, f64)) -> Vec<(f64, Label)> {
    let mut candidates = Vec::new();
    let mut before = 0.0;
    for (from, to) in wire.stretches() {
        let length = from.distance(to);
        let level = from.y == to.y;
        let need = if level { width } else { height };
        // Text that is longer than its stretch reaches over corners or past the arrow.
        let cramped = (need + 12.0 - length).max(0.0);
        for share in [0.5, 0.36, 0.64, 0.22, 0.78] {
            let at = from.towards(to, share);
            let off_middle = (before + share * length - wire.length() / 2.0).abs();
            let cost = cramped + off_middle * 0.25;
            let mut add = |more: f64, x: f64, y: f64, height: f64, split: bool| {
                let area = Rect::centred(at.plus(x, y), width, height);
                // What of the edge itself runs through the text, but for the stretch between its lines.
                let own = wire.inside(&area) - if split { length.min(width) } else { 0.0 };
                candidates.push((cost + more + 2.0 * own.max(0.0), Label { area, split }));
            };
            if level {
                let aside = height / 2.0 + BESIDE;
                if height > LINE {
                    // The first line above the edge, the others below.
                    let open = height + 2.0 * BESIDE;
                    add(0.0, 0.0, (open / 2.0) - LINE - BESIDE, open, true);
                }
                add(if height > LINE { 8.0 } else { 0.0 }, 0.0, -aside, height, false);
                add(14.0, 0.0, aside, height, false);
            } else {
                let aside = width / 2.0 + 2.0 * BESIDE;
                add(20.0, aside, 0.0, height, false);
                add(24.0, -aside, 0.0, height, false);
            }
        }
        before += length;
    }
    candidates
}
