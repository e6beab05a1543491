//! Pointers on the diagram: click, marquee, drag, connect, pan and pinch; with mouse, pen and fingers.
//!
//! A mouse that drags over the empty plane draws a marquee; the middle button, or Space held, moves the view. A finger
//! moves the view, two fingers also zoom, and a long press asks for the menu. A finger draws a marquee after a long press
//! on the empty plane, or while the mode of selecting is on.

use super::keys::Space;
use super::overlay::{Carried, Wire};
use super::{Hands, arrange, keys, selection_of};
use crate::diagram::{NodeKind, build};
use crate::drawing::{NODE_HEIGHT, NODE_WIDTH, Point};
use crate::services::Serial;
use crate::ui::selection::{Selected, Selection};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, PointerEvent};

/// A pointer that is down, in pixels of the frame.
#[derive(Clone, Copy)]
pub struct Finger {
    id: i32,
    at: Point,
}

/// What a pointer went down on.
#[derive(Clone, Copy, PartialEq)]
pub enum On {
    Plane,
    Thing(Selection),
    /// The handle from which a node is connected.
    Handle(Uuid),
}

/// A click, in case that a second one follows.
#[derive(Clone, Copy)]
pub struct Click {
    on: On,
    time: f64,
    x: i32,
    y: i32,
}

/// Within this time two clicks are a double click, in milliseconds.
const DOUBLE: f64 = 450.0;

/// What is under way.
pub enum Gesture {
    None,
    /// A pointer is down and has not moved: a click, unless it moves.
    Press {
        on: On,
        down: Point,
        shift: bool,
        touch: bool,
        /// Asks for the menu, unless the press ends before.
        _long: Option<Timeout>,
    },
    /// A finger has rested on the plane: going on, it draws a marquee; let go, it asks for the menu.
    Held {
        down: Point,
    },
    /// The view follows the pointer.
    Pan,
    Marquee {
        from: Point,
        before: Selected,
        /// Whether the view went with the window, as it does again afterwards: selecting opens the inspector.
        fitted: bool,
    },
    Move(Box<arrange::Moving>),
    Wire {
        from: Uuid,
    },
    /// A kind of node is carried from the palette.
    Carry {
        kind: NodeKind,
        down: Point,
        moved: bool,
    },
}

/// How far a pointer may move and still have clicked, in pixels; fingers tremble more.
const TREMBLE: f64 = 4.0;
const FINGER_TREMBLE: f64 = 9.0;
/// How far from a token a click still means it, in pixels.
const REACH: f64 = 14.0;
const FINGER_REACH: f64 = 24.0;
/// A press of this length asks for the menu, in milliseconds.
const LONG: u32 = 550;
/// Half the side of the square that tells a finger that it may draw a marquee now, in pixels: it reaches beyond a fingertip.
const HELD: f64 = 32.0;

impl Hands {
    pub(super) fn pointer(self, event: &PointerEvent) {
        match event.type_().as_str() {
            "pointerdown" => self.down(event),
            "pointermove" => self.moved(event),
            "pointerup" => self.up(event, false),
            "pointercancel" => self.up(event, true),
            "pointerover" => self.over(event),
            "pointerleave" => self.hovered.set(None),
            _ => {}
        }
    }

    fn at(self, event: &PointerEvent) -> Point {
        self.drawing.local(f64::from(event.client_x()), f64::from(event.client_y()))
    }

    fn over(self, event: &PointerEvent) {
        let nothing = self.gesture.with_value(|gesture| matches!(gesture, Gesture::None));
        if !nothing || event.pointer_type() == "touch" {
            return;
        }
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let node = match element.as_ref().map(on) {
            Some(On::Thing(Selection::Node(id)) | On::Handle(id)) => Some(id),
            _ => None,
        };
        if self.hovered.get_untracked() != node {
            self.hovered.set(node);
        }
    }

    fn down(self, event: &PointerEvent) {
        let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        if matches!(element.closest("button,input,details,[role=menu]"), Ok(Some(_))) {
            return;
        }
        let at = self.at(event);
        self.menu.set(None);
        self.finish_naming();
        // The right button asks for the menu; to capture it would hide what it was pressed on.
        if event.button() == 2 {
            return;
        }
        self.fingers.update_value(|fingers| fingers.push(Finger { id: event.pointer_id(), at }));
        if let Some(frame) = self.drawing.frame.get_untracked() {
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
        // A second finger makes it a pinch, whatever was under way.
        if self.fingers.with_value(Vec::len) > 1 {
            self.cancel_gesture();
            self.gesture.set_value(Gesture::Pan);
            return;
        }
        let touch = event.pointer_type() == "touch";
        let space = self.space.with_value(|space| *space != Space::Up);
        if event.button() == 1 || space {
            // The middle button would start the browser's own scrolling.
            event.prevent_default();
            if space {
                self.space.set_value(Space::Used);
            }
            self.gesture.set_value(Gesture::Pan);
            return;
        }
        let on = on(&element);
        let place = (event.client_x(), event.client_y());
        let long = touch.then(|| Timeout::new(LONG, move || self.long_press(on, place)));
        let shift = keys::adds(event) || touch && self.selecting.get_untracked();
        self.gesture.set_value(Gesture::Press { on, down: at, shift, touch, _long: long });
    }

    fn long_press(self, on: On, place: (i32, i32)) {
        if !self.gesture.with_value(|gesture| matches!(gesture, Gesture::Press { .. })) {
            return;
        }
        let at = self.drawing.local(f64::from(place.0), f64::from(place.1));
        let thing = match on {
            On::Thing(thing) => Some(thing),
            On::Plane => {
                self.gesture.set_value(Gesture::Held { down: at });
                self.marquee.set(Some((at.plus(-HELD, -HELD), at.plus(HELD, HELD))));
                return;
            }
            On::Handle(_) => None,
        };
        self.gesture.set_value(Gesture::None);
        self.open_menu(thing, at, true);
    }

    /// Whether a finger is down of which it is not yet known what it is up to.
    pub(super) fn is_touched(self) -> bool {
        self.gesture.with_value(|gesture| matches!(gesture, Gesture::Press { touch: true, .. } | Gesture::Held { .. }))
    }

    fn moved(self, event: &PointerEvent) {
        let at = self.at(event);
        let before = self.fingers.get_value();
        let Some(index) = before.iter().position(|finger| finger.id == event.pointer_id()) else { return };
        let last = before[index].at;
        self.fingers.update_value(|fingers| fingers[index].at = at);
        if let Some(other) = before.iter().find(|finger| finger.id != event.pointer_id()) {
            self.drawing.by_hand.set_value(true);
            self.drawing.viewport.update(|viewport| viewport.pinch(other.at, last, at));
            return;
        }
        let start = self.gesture.with_value(|gesture| match gesture {
            Gesture::Press { on, down, shift, touch, .. } => {
                let tremble = if *touch { FINGER_TREMBLE } else { TREMBLE };
                ((at.x - down.x).hypot(at.y - down.y) >= tremble).then_some((*on, *down, *shift, *touch))
            }
            _ => None,
        });
        if let Some((on, down, shift, touch)) = start {
            self.begin(on, down, shift, touch);
        }
        let held = self.gesture.with_value(|gesture| match gesture {
            Gesture::Held { down } => Some(*down).filter(|down| down.distance(at) >= FINGER_TREMBLE),
            _ => None,
        });
        if let Some(from) = held {
            let before = self.state.selection.get_untracked();
            self.gesture.set_value(self.marquee_from(from, before));
        }
        self.go_on(at, last, event);
    }

    /// A press has become a drag.
    fn begin(self, on: On, down: Point, shift: bool, touch: bool) {
        let gesture = match on {
            On::Handle(from) => {
                self.begin_wire(from);
                Gesture::Wire { from }
            }
            On::Thing(Selection::Node(node)) => {
                let selected = self.state.selection.get_untracked();
                let nodes =
                    if selected.contains(Selection::Node(node)) { selected.nodes().collect() } else { vec![node] };
                Gesture::Move(Box::new(arrange::Moving::begin(self, nodes, down)))
            }
            _ if touch && !self.selecting.get_untracked() => Gesture::Pan,
            On::Thing(Selection::Edge(_)) | On::Plane => {
                let before = if shift { self.state.selection.get_untracked() } else { Selected::default() };
                self.marquee_from(down, before)
            }
        };
        self.hovered.set(None);
        self.gesture.set_value(gesture);
    }

    fn marquee_from(self, from: Point, before: Selected) -> Gesture {
        let fitted = !self.drawing.by_hand.get_value();
        self.drawing.by_hand.set_value(true);
        Gesture::Marquee { from, before, fitted }
    }

    fn end_marquee(self, fitted: bool) {
        self.marquee.set(None);
        if fitted {
            self.drawing.fit(self.state);
        }
    }

    fn go_on(self, at: Point, last: Point, event: &PointerEvent) {
        let mut next = None;
        self.gesture.update_value(|gesture| match gesture {
            Gesture::Pan => {
                self.drawing.by_hand.set_value(true);
                self.drawing.viewport.update(|viewport| viewport.pan(at.x - last.x, at.y - last.y));
            }
            Gesture::Marquee { from, before, .. } => {
                self.marquee.set(Some((*from, at)));
                next = Some(self.enclosed(*from, at, before));
            }
            Gesture::Move(moving) => moving.follow(self, at, event.alt_key()),
            Gesture::Wire { from } => self.lead_wire(*from, at, event),
            Gesture::None | Gesture::Press { .. } | Gesture::Held { .. } | Gesture::Carry { .. } => {}
        });
        if let Some(selected) = next.filter(|selected| self.state.selection.with_untracked(|before| before != selected))
        {
            self.state.selection.set(selected);
        }
    }

    /// The nodes that a marquee touches, and the edges between them, with what was selected before.
    fn enclosed(self, from: Point, to: Point, before: &Selected) -> Selected {
        let viewport = self.drawing.viewport.get_untracked();
        let (a, b) = (viewport.find(from), viewport.find(to));
        let (left, right, top, bottom) = (a.x.min(b.x), a.x.max(b.x), a.y.min(b.y), a.y.max(b.y));
        let nodes: Vec<Uuid> = self.drawing.layout.with_value(|layout| {
            let inside = layout.nodes.iter().filter(|(_, place)| {
                place.x + NODE_WIDTH / 2.0 >= left
                    && place.x - NODE_WIDTH / 2.0 <= right
                    && place.y + NODE_HEIGHT / 2.0 >= top
                    && place.y - NODE_HEIGHT / 2.0 <= bottom
            });
            inside.map(|(id, _)| *id).collect()
        });
        let edges: Vec<Uuid> = self.read(|document| {
            let within = |id: &Uuid| nodes.contains(id);
            let edges = document.edges.iter().filter(|edge| within(&edge.from) && within(&edge.to));
            edges.map(|edge| edge.id).collect()
        });
        let new = nodes.into_iter().map(Selection::Node).chain(edges.into_iter().map(Selection::Edge));
        before.iter().chain(new).collect()
    }

    fn up(self, event: &PointerEvent, cancelled: bool) {
        let known = self.fingers.with_value(|fingers| fingers.iter().any(|finger| finger.id == event.pointer_id()));
        self.fingers.update_value(|fingers| fingers.retain(|finger| finger.id != event.pointer_id()));
        if !known || self.fingers.with_value(|fingers| !fingers.is_empty()) {
            return;
        }
        if cancelled {
            self.cancel_gesture();
            return;
        }
        match self.take_gesture() {
            Gesture::Press { on, shift, touch, .. } => {
                if let Some(message) = self.token_under(on, touch, event) {
                    self.state.tell(message);
                } else if shift || !self.is_second_click(on, event) {
                    self.click(on, shift, touch);
                }
            }
            Gesture::Marquee { fitted, .. } => {
                self.end_marquee(fitted);
                let words = self.state.selection.with_untracked(crate::ui::commands::count_words);
                self.state.say(&if words.is_empty() {
                    tr!("Nothing selected.").to_string()
                } else {
                    tr!("{things} selected.", things = words)
                });
            }
            Gesture::Held { down } => {
                self.marquee.set(None);
                self.open_menu(None, down, true);
            }
            Gesture::Move(moving) => moving.end(self),
            Gesture::Wire { from } => self.drop_wire(from, self.at(event)),
            Gesture::None | Gesture::Pan | Gesture::Carry { .. } => {}
        }
    }

    /// The message whose token was clicked. Nodes lie above the tokens that come to them.
    fn token_under(self, on: On, touch: bool, event: &PointerEvent) -> Option<Serial> {
        if matches!(on, On::Handle(_) | On::Thing(Selection::Node(_))) {
            return None;
        }
        let viewport = self.drawing.viewport.get_untracked();
        let reach = if touch { FINGER_REACH } else { REACH } / viewport.zoom;
        let place = viewport.find(self.at(event));
        self.drawing.picker.with_value(|picker| picker.as_ref().and_then(|pick| pick(place, reach)))
    }

    /// Two clicks at the same place of the window are a double click on what the first one hit: selecting it may have
    /// moved the picture in between.
    fn is_second_click(self, on: On, event: &PointerEvent) -> bool {
        let now = Click { on, time: event.time_stamp(), x: event.client_x(), y: event.client_y() };
        let before = self.clicked.get_value();
        let second = before.filter(|before| {
            now.time - before.time < DOUBLE && (now.x - before.x).abs() <= 6 && (now.y - before.y).abs() <= 6
        });
        self.clicked.set_value(if second.is_some() { None } else { Some(now) });
        match second.map(|first| first.on) {
            // Unless it was let go in between.
            Some(On::Thing(thing @ Selection::Node(node)))
                if self.state.selection.with_untracked(|it| it.contains(thing)) =>
            {
                self.naming.set(Some(node));
                true
            }
            _ => false,
        }
    }

    /// Selecting opens the inspector and so moves the picture, hence not while a pointer is down.
    fn click(self, on: On, shift: bool, touch: bool) {
        match on {
            On::Thing(thing) if shift => {
                self.state.selection.update(|selected| selected.toggle(thing));
                // The focus is not on what was just let go.
                if !self.state.selection.with_untracked(|selected| selected.contains(thing)) {
                    keys::blur();
                }
            }
            On::Thing(thing) => self.state.select(Some(thing)),
            // A tap on the handle asks what to connect with; a finger need not drag so far.
            On::Handle(node) => {
                self.state.select(Some(Selection::Node(node)));
                super::connecting::ask_target_of(self, node);
            }
            On::Plane if shift => {}
            On::Plane => {
                self.state.select(None);
                keys::blur();
            }
        }
        if touch && let On::Thing(Selection::Node(node)) = on {
            self.hovered.set(Some(node));
        } else if touch {
            self.hovered.set(None);
        }
    }

    fn take_gesture(self) -> Gesture {
        let mut taken = Gesture::None;
        self.gesture.update_value(|gesture| taken = std::mem::replace(gesture, Gesture::None));
        taken
    }

    /// Ends what is under way as if it had never begun. False where nothing was.
    pub(super) fn cancel_gesture(self) -> bool {
        match self.take_gesture() {
            Gesture::None => return false,
            Gesture::Move(moving) => moving.put_back(self),
            Gesture::Marquee { before, fitted, .. } => {
                self.state.selection.set(before);
                self.end_marquee(fitted);
            }
            _ => {}
        }
        self.marquee.set(None);
        self.guides.set(Vec::new());
        self.wire.set(None);
        self.carried.set(None);
        self.into.set(None);
        true
    }

    pub(super) fn wheel(self, event: &web_sys::WheelEvent) {
        self.drawing.by_hand.set_value(true);
        let at = self.drawing.local(f64::from(event.client_x()), f64::from(event.client_y()));
        let (dx, dy) = (event.delta_x(), event.delta_y());
        self.drawing.viewport.update(|viewport| {
            if event.ctrl_key() {
                // Two fingers apart on a touchpad, or Ctrl and the wheel.
                viewport.zoom_at(at, (-dy * if dy.abs() < 50.0 { 0.01 } else { 0.001 }).exp());
            } else if is_touchpad(event) {
                viewport.pan(-dx, -dy);
            } else if event.shift_key() {
                viewport.pan(-dy - dx, 0.0);
            } else {
                viewport.zoom_at(at, if dy < 0.0 { 1.1 } else { 1.0 / 1.1 });
            }
        });
    }

    // Connecting with the pointer.

    fn begin_wire(self, from: Uuid) {
        let targets = self.read(|document| build::connections(document, from));
        self.wire.set(Some(Wire { from, to: Point { x: 0.0, y: 0.0 }, over: None, refusal: None, targets }));
    }

    fn lead_wire(self, from: Uuid, at: Point, event: &PointerEvent) {
        let viewport = self.drawing.viewport.get_untracked();
        let over = node_under(event).filter(|node| *node != from);
        self.wire.update(|wire| {
            if let Some(wire) = wire {
                wire.to = viewport.find(at);
                if wire.over != over {
                    wire.over = over;
                    wire.refusal = over.and_then(|over| {
                        let target = wire.targets.iter().find(|(id, _)| *id == over)?;
                        target.1.as_ref().err().map(|refusal| format!("{} {}", refusal.reason, refusal.detour))
                    });
                }
            }
        });
    }

    fn drop_wire(self, from: Uuid, at: Point) {
        let wire = self.wire.get_untracked();
        self.wire.set(None);
        let Some(wire) = wire else { return };
        match wire.over {
            Some(to) => {
                super::connecting::connect(self, from, to, None);
            }
            None => super::connecting::ask_what_follows(self, from, self.drawing.viewport.get_untracked().find(at)),
        }
    }

    // Carrying a kind of node from the palette.

    /// The pointer went down on a kind in the palette.
    pub(super) fn carry(self, kind: NodeKind, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let down = Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) };
        self.gesture.set_value(Gesture::Carry { kind, down, moved: false });
        let Some(item) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let _ = item.set_pointer_capture(event.pointer_id());
    }

    /// The pointer that carries has moved, or was let go.
    pub(super) fn carry_on(self, event: &PointerEvent, done: bool) {
        let at = Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) };
        let Some((kind, down, moved)) = self.gesture.with_value(|gesture| match gesture {
            Gesture::Carry { kind, down, moved } => Some((*kind, *down, *moved)),
            _ => None,
        }) else {
            return;
        };
        let moved = moved || (at.x - down.x).hypot(at.y - down.y) >= TREMBLE;
        if !moved {
            if done {
                self.take_gesture();
            }
            return;
        }
        self.gesture.set_value(Gesture::Carry { kind, down, moved });
        let place = self.drawing.local(at.x, at.y);
        let (width, height) = self.drawing.size();
        let inside = (0.0..=width).contains(&place.x) && (0.0..=height).contains(&place.y);
        let at_edge = if inside { edge_under(at) } else { None };
        let fits =
            at_edge.filter(|edge| self.build(|document, ids| build::insert(document, *edge, kind, None, ids).is_ok()));
        self.into.set(fits);
        if !done {
            self.carried.set(Some(Carried { kind, at, inside }));
            return;
        }
        self.take_gesture();
        self.carried.set(None);
        self.into.set(None);
        // The click that follows would add another one.
        self.carried_just_now();
        if !inside {
            return;
        }
        let point = self.drawing.viewport.get_untracked().find(place);
        match at_edge {
            Some(edge) => super::connecting::insert_at(self, edge, kind, Some(point)),
            None => self.add_at(kind, point),
        }
    }

    fn carried_just_now(self) {
        super::panel::swallow_click();
    }

    /// Adds a node where the view is looking.
    pub(super) fn add_in_sight(self, kind: NodeKind) {
        let place = self.free_place(self.middle());
        self.add_at(kind, place);
        self.state.close_side();
    }

    pub(super) fn add_at(self, kind: NodeKind, at: Point) {
        let snap = super::place::snap;
        let change = self.build(|document, ids| build::new_node(document, kind, (snap(at.x), snap(at.y)), ids));
        if self.perform(change, None) {
            self.keep_in_sight();
        }
    }

    /// Moves the view so that what is selected can be seen.
    pub(super) fn keep_in_sight(self) {
        let Some(id) = self.state.selection.with_untracked(|selected| selected.nodes().next()) else { return };
        let Some(place) = self.drawing.layout.with_value(|layout| layout.place(id)) else { return };
        let (width, height) = self.drawing.free(self.state);
        let viewport = self.drawing.viewport.get_untracked();
        let shown = viewport.show(place);
        let margin = (NODE_WIDTH * viewport.zoom / 2.0 + 8.0, NODE_HEIGHT * viewport.zoom / 2.0 + 24.0);
        let shift = |at: f64, margin: f64, size: f64| {
            if at < margin {
                margin - at
            } else if at > size - margin {
                size - margin - at
            } else {
                0.0
            }
        };
        let (dx, dy) = (shift(shown.x, margin.0, width), shift(shown.y, margin.1, height));
        if (dx, dy) != (0.0, 0.0) {
            self.drawing.by_hand.set_value(true);
            self.drawing.viewport.update(|viewport| viewport.pan(dx, dy));
        }
    }
}

fn on(element: &Element) -> On {
    let handle = element.closest("[data-handle]").ok().flatten();
    let handle = handle.and_then(|handle| handle.get_attribute("data-handle"));
    if let Some(id) = handle.and_then(|text| Uuid::parse_str(&text).ok()) {
        return On::Handle(id);
    }
    selection_of(element).map_or(On::Plane, On::Thing)
}

/// All elements under a pointer: it may be captured, so that its target says nothing.
fn under(at: Point) -> Vec<Element> {
    let list = document().elements_from_point(at.x as f32, at.y as f32);
    list.iter().filter_map(|element| element.dyn_into::<Element>().ok()).collect()
}

fn node_under(event: &PointerEvent) -> Option<Uuid> {
    let at = Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) };
    under(at).iter().find_map(|element| match selection_of(element) {
        Some(Selection::Node(id)) => Some(id),
        _ => None,
    })
}

/// The edge at a place of the window, unless a node lies there.
pub fn edge_under(at: Point) -> Option<Uuid> {
    let mut edge = None;
    for element in under(at) {
        match selection_of(&element) {
            Some(Selection::Node(_)) => return None,
            Some(Selection::Edge(id)) => edge = edge.or(Some(id)),
            None => {}
        }
    }
    edge
}

/// Touchpads scroll in small steps, mouse wheels in notches: the older, coarser figure of the event tells them apart.
fn is_touchpad(event: &web_sys::WheelEvent) -> bool {
    let coarse = js_sys::Reflect::get(event, &JsValue::from_str("wheelDeltaY")).ok().and_then(|value| value.as_f64());
    event.delta_mode() == 0 && (event.delta_x() != 0.0 || coarse.is_some_and(|coarse| coarse == -3.0 * event.delta_y()))
}
