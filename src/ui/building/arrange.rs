//! Moving nodes: dragging with guides, nudging, aligning, distributing, and laying out the whole diagram.

use super::{Hands, connecting};
use crate::diagram::{Change, Edit};
use crate::drawing::{self, Alignment, Axis, GRID, Point, Rect};
use crate::ui::canvas::{Layout, label_transform, node_transform};
use leptos::prelude::*;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use web_sys::{Animation, Element};

/// The elements that draw a node or an edge, to be moved without a detour through the reactive graph.
#[derive(Default)]
struct Drawn {
    group: Option<Element>,
    /// Of an edge: the lines, the arrow, the group of its label and that label's second line.
    lines: Vec<Element>,
    arrow: Option<Element>,
    label: Option<Element>,
    second: Option<Element>,
    copied: Copied,
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Elements that are hidden in the diagram, each with its copy that moves on the stage.
type Copied = Vec<(Element, Element)>;

const TRANSPARENT: (&str, &str) = ("opacity", "0");
const INVISIBLE: (&str, &str) = ("visibility", "hidden");

/// What moves for an element of the diagram: with a stage its copy there, without one the element itself.
fn enter(original: Element, stage: Option<&Element>, copied: &mut Copied) -> Option<Element> {
    let Some(stage) = stage else { return Some(original) };
    let copy = original.clone_node_with_deep(true).ok()?.dyn_into::<Element>().ok()?;
    for name in ["data-testid", "tabindex"] {
        let _ = copy.remove_attribute(name);
    }
    // Nobody points at a copy.
    if let Ok(Some(hit)) = copy.query_selector(".hit") {
        hit.remove();
    }
    // Below what is there, so that edges lie below the nodes.
    stage.insert_before(&copy, stage.first_child().as_ref()).ok()?;
    // Invisible, what has the focus would lose it. But each thing that is transparent costs a layer in every frame.
    let focused = document().active_element().is_some_and(|element| element == original);
    let (name, value) = if focused { TRANSPARENT } else { INVISIBLE };
    let _ = original.set_attribute(name, value);
    copied.push((original, copy.clone()));
    Some(copy)
}

impl Drawn {
    fn node(id: Uuid, stage: Option<&Element>) -> Drawn {
        let mut copied = Copied::new();
        let group = find(&format!(".diagram g[data-node=\"{id}\"]"));
        let group = group.and_then(|group| enter(group, stage, &mut copied));
        Drawn { group, copied, ..Drawn::default() }
    }

    fn edge(id: Uuid, stage: Option<&Element>) -> Drawn {
        let mut copied = Copied::new();
        let label = find(&format!(".diagram g.edge-label[data-edge=\"{id}\"]"));
        // Most say nothing.
        let label = label.filter(|label| label.text_content().is_some_and(|text| !text.trim().is_empty()));
        let label = label.and_then(|label| enter(label, stage, &mut copied));
        let edge = find(&format!(".diagram g.edge[data-edge=\"{id}\"]"));
        let edge = edge.and_then(|edge| enter(edge, stage, &mut copied));
        let part = |whole: &Option<Element>, name: &str| whole.as_ref()?.query_selector(name).ok().flatten();
        Drawn {
            group: None,
            lines: [".hit", ".line"].into_iter().filter_map(|name| part(&edge, name)).collect(),
            arrow: part(&edge, ".arrow"),
            second: part(&label, ".second"),
            label,
            copied,
        }
    }

    /// Ends the copies and shows what they stood for, which has never moved. False if there were none.
    fn leave(&self) -> bool {
        for (original, copy) in &self.copied {
            for (name, _) in [TRANSPARENT, INVISIBLE] {
                let _ = original.remove_attribute(name);
            }
            copy.remove();
        }
        !self.copied.is_empty()
    }

    fn put_node(&self, place: Point) {
        if let Some(group) = &self.group {
            let _ = group.set_attribute("transform", &node_transform(place));
        }
    }

    fn put_edge(&self, layout: &Layout, id: Uuid) {
        let (Some(wire), Some((first, below))) = (layout.wire(id), layout.label(id)) else { return };
        let path = wire.path();
        for line in &self.lines {
            let _ = line.set_attribute("d", &path);
        }
        if let Some(arrow) = &self.arrow {
            let _ = arrow.set_attribute("d", &wire.arrow());
        }
        if let (Some(label), Some(second)) = (&self.label, &self.second) {
            let _ = label.set_attribute("transform", &label_transform(first));
            let _ = second.set_attribute("y", &below.to_string());
        }
    }
}

/// Where what is dragged is drawn. Browsers paint an SVG as a whole: with few nodes on the move, layers of their own spare
/// them the rest. The nodes' layer moves as it is, and is not even painted anew.
///
/// It is moved by animations that stand still and are put to where the pointer is: unlike with a style that changes, the
/// browser then need not compose the whole page's layers anew.
struct Stage {
    edges: Element,
    nodes: Element,
    across: Animation,
    down: Animation,
}

/// How far the nodes' layer can be moved to each side, in pixels; also milliseconds of the animations.
const FARTHEST: f64 = 1e6;

#[wasm_bindgen]
extern "C" {
    /// An element as the bindings do not know it yet.
    type Animated;
    #[wasm_bindgen(method)]
    fn animate(this: &Animated, frames: &js_sys::Object, milliseconds: f64) -> Animation;
}

/// An animation that moves an element by one pixel in each millisecond; it stands still in the middle.
fn slide(element: &Element, property: &str, value: fn(f64) -> String) -> Option<Animation> {
    let frames = js_sys::Object::new();
    let ends = js_sys::Array::of2(&value(-FARTHEST).into(), &value(FARTHEST).into());
    js_sys::Reflect::set(&frames, &property.into(), &ends).ok()?;
    let animation = element.unchecked_ref::<Animated>().animate(&frames, 2.0 * FARTHEST);
    animation.pause().ok()?;
    animation.set_current_time(Some(FARTHEST));
    Some(animation)
}

impl Stage {
    fn find() -> Option<Stage> {
        let layer = find(".carried")?;
        Some(Stage {
            edges: find(".held > g")?,
            nodes: find(".carried > g")?,
            across: slide(&layer, "translate", |by| format!("{by}px 0px"))?,
            down: slide(&layer, "transform", |by| format!("translateY({by}px)"))?,
        })
    }

    /// Moves the nodes' layer, in pixels.
    fn carry(&self, by: Point) {
        self.across.set_current_time(Some(FARTHEST + by.x));
        self.down.set_current_time(Some(FARTHEST + by.y));
    }

    /// Puts the layer back.
    fn leave(&self) {
        self.across.cancel();
        self.down.cancel();
    }
}

/// Nodes and edges that are drawn elsewhere than the document says.
struct Picture {
    /// Unless everything moves in its place.
    stage: Option<Stage>,
    nodes: Vec<(Uuid, Drawn)>,
    edges: FxHashMap<Uuid, Drawn>,
}

/// How far around a node that is dragged edges come along with those that change, in drawing units; and around how many.
const AROUND: f64 = 320.0;
const MOST_AREAS: usize = 4;

impl Picture {
    fn new(nodes: impl Iterator<Item = Uuid>, stage: Option<Stage>) -> Picture {
        let place = stage.as_ref().map(|stage| &stage.nodes);
        let nodes = nodes.map(|id| (id, Drawn::node(id, place))).collect();
        Picture { stage, nodes, edges: FxHashMap::default() }
    }

    /// Draws nodes at other places, and the edges that change with them. On a stage all have moved `by` this, in pixels.
    fn put(&mut self, layout: &mut Layout, places: &[(Uuid, Point)], by: Point) {
        let changed = layout.move_nodes(places);
        match &self.stage {
            Some(stage) => stage.carry(by),
            None => self.nodes.iter().zip(places).for_each(|((_, drawn), (_, place))| drawn.put_node(*place)),
        }
        let changed: Vec<Uuid> = changed.into_iter().filter_map(|index| layout.edges.get(index).copied()).collect();
        let stage = self.stage.as_ref().map(|stage| &stage.edges);
        // Whenever one of them leaves its place the browser paints the whole diagram: those that may be next come along.
        if stage.is_some() && changed.iter().any(|id| !self.edges.contains_key(id)) {
            for area in places.iter().take(MOST_AREAS).map(|(_, place)| Rect::of_node(*place).grown(AROUND)) {
                for id in layout.edges_within(&area) {
                    self.edges.entry(id).or_insert_with(|| Drawn::edge(id, stage));
                }
            }
        }
        for id in changed {
            self.edges.entry(id).or_insert_with(|| Drawn::edge(id, stage)).put_edge(layout, id);
        }
    }

    /// Draws everything as this layout has it, which is the document's.
    fn settle(&self, layout: &Layout) {
        if let Some(stage) = &self.stage {
            stage.leave();
        }
        for (id, drawn) in &self.nodes {
            if !drawn.leave()
                && let Some(place) = layout.place(*id)
            {
                drawn.put_node(place);
            }
        }
        for (id, drawn) in &self.edges {
            if !drawn.leave() {
                drawn.put_edge(layout, *id);
            }
        }
    }
}

/// Nodes that are being dragged. Only what moves is touched: their elements and those of the edges that change.
pub struct Moving {
    /// Where the nodes were.
    starts: Vec<(Uuid, Point)>,
    /// The boxes of all others, to which they snap.
    others: Vec<Rect>,
    down: Point,
    picture: Picture,
    /// Before the drag, to put it back.
    before: Layout,
    moved: bool,
    /// The one node that moves, if nothing is connected to it: it can be dropped onto an edge.
    loose: Option<Uuid>,
}

/// How near to an edge a node's centre has to be to be dropped onto it, in drawing units.
const ONTO: f64 = 24.0;
/// How near something has to come to snap, in pixels.
const NEAR: f64 = 6.0;

impl Moving {
    pub fn begin(hands: Hands, nodes: Vec<Uuid>, down: Point) -> Moving {
        let before = hands.drawing.layout.with_value(Clone::clone);
        let starts: Vec<(Uuid, Point)> = nodes.iter().filter_map(|id| Some((*id, before.place(*id)?))).collect();
        let others = before.nodes.iter().filter(|(id, _)| !nodes.contains(id)).map(|(_, place)| Rect::of_node(*place));
        hands.dragging.set(true);
        let is_loose =
            |id: &Uuid| hands.read(|document| !document.edges.iter().any(|edge| edge.from == *id || edge.to == *id));
        let loose = nodes.first().copied().filter(|id| nodes.len() == 1 && is_loose(id));
        Moving {
            picture: Picture::new(starts.iter().map(|(id, _)| *id), Stage::find()),
            others: others.collect(),
            starts,
            down,
            before,
            moved: false,
            loose,
        }
    }

    /// The pointer is at `at`, in pixels of the frame.
    pub fn follow(&mut self, hands: Hands, at: Point, free: bool) {
        let zoom = hands.drawing.viewport.with_untracked(|viewport| viewport.zoom);
        let mut by = Point { x: (at.x - self.down.x) / zoom, y: (at.y - self.down.y) / zoom };
        let mut guides = Vec::new();
        if !free {
            let boxes: Vec<Rect> = self.starts.iter().map(|(_, place)| Rect::of_node(place.plus(by.x, by.y))).collect();
            let snapped = drawing::snap(&boxes, &self.others, NEAR / zoom);
            by = by.plus(snapped.shift.x, snapped.shift.y);
            guides = snapped.guides;
        }
        if hands.guides.with_untracked(|before| *before != guides) {
            hands.guides.set(guides);
        }
        self.moved |= by.x != 0.0 || by.y != 0.0;
        let places: Vec<(Uuid, Point)> = self.starts.iter().map(|(id, place)| (*id, place.plus(by.x, by.y))).collect();
        let pixels = Point { x: by.x * zoom, y: by.y * zoom };
        hands.drawing.layout.update_value(|layout| self.picture.put(layout, &places, pixels));
        if let Some(node) = self.loose {
            // Where edges ran before: by now they keep clear of the node.
            let edge = places.first().and_then(|(_, centre)| self.before.edge_at(*centre, ONTO));
            let edge = edge.filter(|edge| connecting::can_insert_loose(hands, *edge, node));
            if hands.into.get_untracked() != edge {
                hands.into.set(edge);
            }
        }
    }

    fn clear(hands: Hands) {
        hands.dragging.set(false);
        hands.into.set(None);
        hands.guides.set(Vec::new());
    }

    /// The pointer was let go: one step of the history.
    pub fn end(self, hands: Hands) {
        let onto = self.loose.zip(hands.into.get_untracked());
        Moving::clear(hands);
        let ids = self.starts.iter().map(|(id, _)| *id);
        let places: Vec<(Uuid, Point)> =
            hands.drawing.layout.with_value(|layout| ids.filter_map(|id| Some((id, layout.place(id)?))).collect());
        let key = onto.map(|_| hands.new_key());
        if !self.moved || !move_to(hands, places, key.as_deref()) {
            return self.put_back(hands);
        }
        if let (Some((node, edge)), Some(key)) = (onto, key) {
            connecting::insert_loose(hands, edge, node, &key);
        }
        // What the document says now was found afresh; the elements may still show the way there.
        hands.drawing.lay_out(hands.state);
        hands.drawing.layout.with_value(|layout| self.picture.settle(layout));
    }

    /// Back to where it was.
    pub fn put_back(self, hands: Hands) {
        Moving::clear(hands);
        self.picture.settle(&self.before);
        hands.drawing.layout.set_value(self.before);
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

pub fn align(hands: Hands, to: Alignment) {
    place_by(hands, |count| tr!("Align {n} node" | "Align {n} nodes" % count), |boxes| drawing::align(boxes, to));
}

/// Gives the nodes equal spaces between the outermost two.
pub fn distribute(hands: Hands, along: Axis) {
    let label = |count| tr!("Distribute {n} node" | "Distribute {n} nodes" % count);
    place_by(hands, label, |boxes| drawing::distribute(boxes, along));
}

fn place_by(hands: Hands, label: fn(usize) -> String, place: impl FnOnce(&[Rect]) -> Vec<Point>) {
    let nodes = chosen(hands);
    let boxes: Vec<Rect> = nodes.iter().map(|(_, place)| Rect::of_node(*place)).collect();
    let places = place(&boxes);
    glide(hands, nodes.into_iter().map(|(id, _)| id).zip(places).collect(), label);
}

/// Lays out the whole diagram from left to right.
pub fn tidy(hands: Hands) {
    let sizes = hands.drawing.layout.with_value(|layout| layout.sizes().to_vec());
    let places = hands.read(|document| {
        let places = drawing::layout(document, &sizes);
        document.nodes.iter().map(|node| node.id).zip(places).collect()
    });
    glide(hands, places, |count| tr!("Lay out {n} node" | "Lay out {n} nodes" % count));
    hands.drawing.fit(hands.state);
}

/// How long nodes take to their new places, in milliseconds; the style sheet's `--calm`.
const GLIDE: f64 = 240.0;

/// Moves nodes in one step of the history, and lets people see where they go.
fn glide(hands: Hands, places: Vec<(Uuid, Point)>, label: fn(usize) -> String) {
    let before = hands.drawing.layout.with_value(Clone::clone);
    let edit = Edit::Move(places.iter().map(|(id, place)| (*id, place.x, place.y)).collect());
    let label = label(places.len());
    if !hands.perform(Change::labelled(label, edit), None) || is_still() {
        return;
    }
    // The document is where it will be; only the elements take their time.
    hands.drawing.lay_out(hands.state);
    let after = hands.drawing.layout.with_value(Clone::clone);
    let ways: Vec<(Uuid, Point, Point)> = places
        .iter()
        .filter_map(|(id, to)| Some((*id, before.place(*id)?, *to)))
        .filter(|(_, from, to)| from != to)
        .collect();
    let laid = hands.drawing.laid.get_untracked();
    let mut picture = Picture::new(ways.iter().map(|(id, ..)| *id), None);
    let mut between = before;
    animate(move |share| {
        // Another edit has put everything elsewhere.
        if share == 1.0 || hands.drawing.laid.get_untracked() != laid {
            picture.settle(&after);
            return false;
        }
        let eased = 1.0 - (1.0 - share) * (1.0 - share) * (1.0 - share);
        let places: Vec<(Uuid, Point)> = ways.iter().map(|(id, from, to)| (*id, from.towards(*to, eased))).collect();
        picture.put(&mut between, &places, Point::default());
        true
    });
}

/// Whether somebody wants nothing to move.
fn is_still() -> bool {
    matches!(window().match_media("(prefers-reduced-motion: reduce)"), Ok(Some(query)) if query.matches())
}

type Frame = Rc<RefCell<Option<Closure<dyn FnMut()>>>>;

/// Calls `draw` with a share from 0 to 1 in every frame, until it is 1 or `draw` has enough.
fn animate(mut draw: impl FnMut(f64) -> bool + 'static) {
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
