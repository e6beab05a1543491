//! Moving nodes: dragging with guides, nudging, aligning, distributing, and laying out the whole diagram.

use super::overlay::GuideLine;
use super::{Hands, place::snap};
use crate::diagram::{Change, Document, Edit};
use crate::drawing::{Curve, GRID, NODE_HEIGHT, NODE_WIDTH, Point};
use crate::ui::canvas::{Layout, edge_label_place, node_transform};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// The elements that draw a node or an edge, to be moved without a detour through the reactive graph.
struct Drawn {
    group: Option<Element>,
    /// Of an edge: the lines, the arrow, and the group of its label.
    lines: Vec<Element>,
    arrow: Option<Element>,
    label: Option<Element>,
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

impl Drawn {
    fn node(id: Uuid) -> Drawn {
        let group = find(&format!(".diagram g[data-node=\"{id}\"]"));
        Drawn { group, lines: Vec::new(), arrow: None, label: None }
    }

    fn edge(id: Uuid) -> Drawn {
        let edge = format!(".diagram g.edge[data-edge=\"{id}\"]");
        let lines = [".hit", ".line"].into_iter().filter_map(|part| find(&format!("{edge} {part}"))).collect();
        let label = find(&format!(".diagram g.edge-label[data-edge=\"{id}\"]"));
        Drawn { group: None, lines, arrow: find(&format!("{edge} .arrow")), label }
    }

    fn put_node(&self, place: Point) {
        if let Some(group) = &self.group {
            let _ = group.set_attribute("transform", &node_transform(place));
        }
    }

    fn put_edge(&self, curve: &Curve, kind: crate::diagram::EdgeKind) {
        let path = curve.path();
        for line in &self.lines {
            let _ = line.set_attribute("d", &path);
        }
        if let Some(arrow) = &self.arrow {
            let _ = arrow.set_attribute("d", &curve.arrow());
        }
        if let Some(label) = &self.label {
            let _ = label.set_attribute("transform", &edge_label_place(curve, kind));
        }
    }
}

/// Nodes that are being dragged. Only what moves is touched: their elements and those of the edges that change.
pub struct Moving {
    /// The one under the pointer, which snaps.
    lead: Uuid,
    nodes: Vec<Uuid>,
    starts: Vec<Point>,
    down: Point,
    drawn: Vec<Drawn>,
    edges: Vec<Option<Drawn>>,
    /// The document with the nodes where they are dragged to.
    document: Document,
    /// Before the drag, to put it back.
    before: Layout,
    moved: bool,
}

/// How near something has to come to snap, in pixels.
const NEAR: f64 = 6.0;

impl Moving {
    pub fn begin(hands: Hands, lead: Uuid, nodes: Vec<Uuid>, down: Point) -> Option<Moving> {
        let before = hands.drawing.layout.with_value(Clone::clone);
        let starts: Option<Vec<Point>> = nodes.iter().map(|id| before.place(*id)).collect();
        let document = hands.read(Clone::clone);
        hands.dragging.set(true);
        Some(Moving {
            lead,
            drawn: nodes.iter().map(|id| Drawn::node(*id)).collect(),
            starts: starts?,
            nodes,
            down,
            edges: document.edges.iter().map(|_| None).collect(),
            document,
            before,
            moved: false,
        })
    }

    /// The pointer is at `at`, in pixels of the frame.
    pub fn follow(&mut self, hands: Hands, at: Point, free: bool) {
        let zoom = hands.drawing.viewport.with_untracked(|viewport| viewport.zoom);
        let by = Point { x: (at.x - self.down.x) / zoom, y: (at.y - self.down.y) / zoom };
        let Some(lead) = self.nodes.iter().position(|id| *id == self.lead).map(|index| self.starts[index]) else {
            return;
        };
        let wanted = Point { x: lead.x + by.x, y: lead.y + by.y };
        let (place, guides) = if free { (wanted, Vec::new()) } else { self.snapped(wanted, NEAR / zoom) };
        let by = Point { x: place.x - lead.x, y: place.y - lead.y };
        if hands.guides.with_untracked(|before| *before != guides) {
            hands.guides.set(guides);
        }
        self.put(hands, by);
    }

    /// Where the lead snaps to: the middle or a side of another node that is near, else the grid.
    fn snapped(&self, wanted: Point, near: f64) -> (Point, Vec<GuideLine>) {
        let mut place = Point { x: snap(wanted.x), y: snap(wanted.y) };
        let others: Vec<Point> =
            self.before.nodes.iter().filter(|(id, _)| !self.nodes.contains(id)).map(|(_, place)| *place).collect();
        let mut guides = Vec::new();
        let nearest = |along: fn(&Point) -> f64, across: fn(&Point) -> f64| {
            others
                .iter()
                .filter(|other| (along(other) - along(&wanted)).abs() <= near)
                .min_by(|a, b| (across(a) - across(&wanted)).abs().total_cmp(&(across(b) - across(&wanted)).abs()))
                .copied()
        };
        if let Some(other) = nearest(|it| it.x, |it| it.y) {
            place.x = other.x;
        }
        if let Some(other) = nearest(|it| it.y, |it| it.x) {
            place.y = other.y;
        }
        for other in others.iter().filter(|other| other.x == place.x) {
            let (top, bottom) = (other.y.min(place.y) - NODE_HEIGHT / 2.0, other.y.max(place.y) + NODE_HEIGHT / 2.0);
            guides.push(GuideLine { from: Point { x: place.x, y: top }, to: Point { x: place.x, y: bottom } });
        }
        for other in others.iter().filter(|other| other.y == place.y) {
            let (left, right) = (other.x.min(place.x) - NODE_WIDTH / 2.0, other.x.max(place.x) + NODE_WIDTH / 2.0);
            guides.push(GuideLine { from: Point { x: left, y: place.y }, to: Point { x: right, y: place.y } });
        }
        (place, guides)
    }

    fn put(&mut self, hands: Hands, by: Point) {
        self.moved |= by.x != 0.0 || by.y != 0.0;
        for (index, id) in self.nodes.iter().enumerate() {
            let place = Point { x: self.starts[index].x + by.x, y: self.starts[index].y + by.y };
            self.drawn[index].put_node(place);
            if let Some(node) = self.document.node_mut(*id) {
                (node.x, node.y) = (place.x, place.y);
            }
        }
        let document = &self.document;
        let edges = &mut self.edges;
        hands.drawing.layout.update_value(|layout| {
            let new = Layout::of(document);
            for (index, edge) in document.edges.iter().enumerate() {
                if new.curves.get(index) == layout.curves.get(index) {
                    continue;
                }
                if let (Some(curve), Some(place)) = (new.curves.get(index), edges.get_mut(index)) {
                    place.get_or_insert_with(|| Drawn::edge(edge.id)).put_edge(curve, edge.kind);
                }
            }
            *layout = new;
        });
    }

    fn clear(hands: Hands) {
        hands.dragging.set(false);
        hands.guides.set(Vec::new());
        hands.into.set(None);
    }

    /// The pointer was let go: one step of the history.
    pub fn end(self, hands: Hands) {
        Moving::clear(hands);
        if !self.moved {
            return;
        }
        let places: Vec<(Uuid, Point)> = self
            .nodes
            .iter()
            .filter_map(|id| self.document.node(*id).map(|node| (*id, Point { x: node.x, y: node.y })))
            .collect();
        if !move_to(hands, places, None) {
            self.put_back(hands);
        }
    }

    /// Back to where it was.
    pub fn put_back(mut self, hands: Hands) {
        Moving::clear(hands);
        self.put(hands, Point { x: 0.0, y: 0.0 });
    }
}

fn move_to(hands: Hands, places: Vec<(Uuid, Point)>, key: Option<&str>) -> bool {
    let edit = Edit::Move(places.into_iter().map(|(id, place)| (id, place.x, place.y)).collect());
    let change = hands.read(|document| Change::of(edit, document));
    hands.perform(change, key)
}

/// The nodes that a command is about, and where they are.
fn chosen(hands: Hands) -> Vec<(Uuid, Point)> {
    let chosen = hands.subject();
    hands.drawing.layout.with_value(|layout| chosen.nodes().filter_map(|id| Some((id, layout.place(id)?))).collect())
}

/// One step of the grid; with Shift several.
pub fn nudge(hands: Hands, dx: f64, dy: f64) {
    let step = if hands.far { GRID * 4.0 } else { GRID };
    let places: Vec<(Uuid, Point)> = chosen(hands)
        .into_iter()
        .map(|(id, place)| (id, Point { x: place.x + dx * step, y: place.y + dy * step }))
        .collect();
    // Steps of the same nodes that follow each other are one.
    let key = format!("nudge {:?}", places.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    move_to(hands, places, Some(&key));
}

/// What nodes are aligned by. All are of the same size, so sides and middles differ only in which node leads.
#[derive(Clone, Copy)]
pub enum Line {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
}

pub fn align(hands: Hands, line: Line) {
    let nodes = chosen(hands);
    let along = |pick: fn(&Point) -> f64| {
        let values = nodes.iter().map(move |(_, place)| pick(place));
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        (least, snap((least + most) / 2.0), most)
    };
    let (left, centre, right) = along(|place| place.x);
    let (top, middle, bottom) = along(|place| place.y);
    let put = |(id, place): (Uuid, Point)| {
        let place = match line {
            Line::Left => Point { x: left, ..place },
            Line::Centre => Point { x: centre, ..place },
            Line::Right => Point { x: right, ..place },
            Line::Top => Point { y: top, ..place },
            Line::Middle => Point { y: middle, ..place },
            Line::Bottom => Point { y: bottom, ..place },
        };
        (id, place)
    };
    glide(hands, nodes.iter().copied().map(put).collect(), "Align");
}

/// Gives the nodes equal distances between the outermost two.
pub fn distribute(hands: Hands, across: bool) {
    let mut nodes = chosen(hands);
    let along = |place: &Point| if across { place.x } else { place.y };
    nodes.sort_by(|a, b| along(&a.1).total_cmp(&along(&b.1)));
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return };
    let (from, to, gaps) = (along(&first.1), along(&last.1), (nodes.len() - 1).max(1) as f64);
    let places = nodes
        .iter()
        .enumerate()
        .map(|(index, (id, place))| {
            let at = from + (to - from) * index as f64 / gaps;
            (*id, if across { Point { x: at, ..*place } } else { Point { y: at, ..*place } })
        })
        .collect();
    glide(hands, places, "Distribute");
}

/// How long nodes take to their new places, in milliseconds; the style sheet's `--calm`.
const GLIDE: f64 = 240.0;

/// Moves nodes in one step of the history, and lets people see where they go.
fn glide(hands: Hands, places: Vec<(Uuid, Point)>, what: &str) {
    let before = hands.drawing.layout.with_value(Clone::clone);
    let edit = Edit::Move(places.iter().map(|(id, place)| (*id, place.x, place.y)).collect());
    let label = match places.len() {
        1 => format!("{what} 1 node"),
        count => format!("{what} {count} nodes"),
    };
    if !hands.perform(Change::labelled(label, edit), None) || is_still() {
        return;
    }
    // The document is where it will be; only the elements take their time.
    let nodes: Vec<(Drawn, Point, Point)> = places
        .iter()
        .filter_map(|(id, to)| Some((Drawn::node(*id), before.place(*id)?, *to)))
        .filter(|(_, from, to)| from != to)
        .collect();
    let edges: Vec<(Drawn, Curve, Curve, crate::diagram::EdgeKind)> = hands.read(|document| {
        hands.drawing.layout.with_value(|layout| {
            let edges = document.edges.iter().filter_map(|edge| {
                let (from, to) = (*before.curve(edge.id)?, *layout.curve(edge.id)?);
                (from != to).then(|| (Drawn::edge(edge.id), from, to, edge.kind))
            });
            edges.collect()
        })
    });
    let laid = hands.drawing.laid.get_untracked();
    animate(move |share| {
        // Another edit has put everything elsewhere.
        if hands.drawing.laid.get_untracked() != laid {
            return false;
        }
        let eased = 1.0 - (1.0 - share) * (1.0 - share) * (1.0 - share);
        let between =
            |from: Point, to: Point| Point { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased };
        for (drawn, from, to) in &nodes {
            drawn.put_node(between(*from, *to));
        }
        for (drawn, from, to, kind) in &edges {
            let mut curve = *to;
            for (point, (from, to)) in curve.points.iter_mut().zip(from.points.iter().zip(&to.points)) {
                *point = between(*from, *to);
            }
            drawn.put_edge(&curve, *kind);
        }
        true
    });
}

/// Whether somebody wants nothing to move.
fn is_still() -> bool {
    matches!(window().match_media("(prefers-reduced-motion: reduce)"), Ok(Some(query)) if query.matches())
}

type Frame = Rc<RefCell<Option<Closure<dyn FnMut()>>>>;

/// Calls `draw` with a share from 0 to 1 in every frame, until it is 1 or `draw` has enough.
fn animate(draw: impl Fn(f64) -> bool + 'static) {
    let now = || window().performance().map_or(0.0, |clock| clock.now());
    let begun = now();
    let frame: Frame = Rc::new(RefCell::new(None));
    let again = frame.clone();
    let request = |frame: &Frame| {
        if let Some(frame) = frame.borrow().as_ref() {
            let _ = window().request_animation_frame(frame.as_ref().unchecked_ref());
        }
    };
    *frame.borrow_mut() = Some(Closure::new(move || {
        let share = ((now() - begun) / GLIDE).min(1.0);
        if draw(share) && share < 1.0 {
            request(&again);
        } else {
            // It has done its work; it cannot drop itself while it runs.
            let again = again.clone();
            request_animation_frame(move || drop(again.borrow_mut().take()));
        }
    }));
    request(&frame);
}
