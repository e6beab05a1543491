//! The diagram: nodes and edges in SVG, messages on one canvas above, and how people move about in it.

mod edge;
mod node;
pub mod tokens;
mod toolbar;
mod viewport;

use super::state::{Selection, State, use_state};
use crate::diagram::Document;
use crate::drawing::{self, Curve, GRID, Point};
use crate::ui::reactive::{live_flag, live_text};
use edge::EdgeShape;
use leptos::html::{Canvas as CanvasElement, Div};
use leptos::{ev, prelude::*};
use node::NodeShape;
use toolbar::Toolbar;
use uuid::Uuid;
use viewport::Viewport;
use wasm_bindgen::JsCast;

/// Where everything lies at the moment.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Layout {
    pub nodes: Vec<(Uuid, Point)>,
    pub curves: Vec<Curve>,
}

/// What the driver needs of the drawing to paint messages on it.
#[derive(Clone, Copy)]
pub struct Drawing {
    pub layout: Memo<Layout>,
    pub viewport: RwSignal<Viewport>,
    pub canvas: NodeRef<CanvasElement>,
}

/// A pointer that is down.
#[derive(Clone, Copy)]
struct Finger {
    id: i32,
    x: f64,
    y: f64,
}

/// What the first pointer went down on, and what has come of it.
#[derive(Clone, Copy)]
struct Press {
    on: Option<Selection>,
    down: Point,
    /// Where the node was that it went down on.
    start: Option<Point>,
    /// A trembling hand that clicks moves nothing.
    moved: bool,
}

/// How far a pointer may move and still have clicked, in pixels.
const TREMBLE: f64 = 4.0;

fn layout_of(state: State, dragging: RwSignal<Option<(Uuid, Point)>>) -> Memo<Layout> {
    Memo::new(move |_| {
        state.revision.track();
        state.run.track();
        let mut document: Document = state.read(|simulation| simulation.document().clone());
        if let Some((id, place)) = dragging.get()
            && let Some(node) = document.node_mut(id)
        {
            (node.x, node.y) = (place.x, place.y);
        }
        Layout {
            nodes: document.nodes.iter().map(|node| (node.id, Point { x: node.x, y: node.y })).collect(),
            curves: drawing::route(&document),
        }
    })
}

/// The node or edge that an element belongs to.
fn selection_of(target: Option<web_sys::EventTarget>) -> Option<Selection> {
    let element = target?.dyn_into::<web_sys::Element>().ok()?;
    let owner = element.closest("[data-node],[data-edge]").ok().flatten()?;
    let id = |name: &str| owner.get_attribute(name).and_then(|text| Uuid::parse_str(&text).ok());
    id("data-node").map(Selection::Node).or_else(|| id("data-edge").map(Selection::Edge))
}

#[component]
pub fn Canvas() -> impl IntoView {
    let state = use_state();
    let frame = NodeRef::<Div>::new();
    let canvas = NodeRef::<CanvasElement>::new();
    let viewport = RwSignal::new(Viewport::default());
    let dragging = RwSignal::new(None::<(Uuid, Point)>);
    let layout = layout_of(state, dragging);
    let fingers = StoredValue::new(Vec::<Finger>::new());
    let press = StoredValue::new(None::<Press>);
    let drawing = Drawing { layout, viewport, canvas };
    super::driver::start(state, drawing);

    let size = move || {
        frame
            .get_untracked()
            .map_or((800.0, 500.0), |frame| (f64::from(frame.client_width()), f64::from(frame.client_height())))
    };
    let fit = move || {
        let bounds = state.read(|simulation| drawing::bounds(simulation.document()));
        viewport.set(Viewport::fitting(bounds, size()));
    };
    // Fitted when a diagram opens and when the window changes, unless somebody has moved about by hand.
    let by_hand = StoredValue::new(false);
    Effect::new(move |_| {
        state.run.track();
        if frame.get().is_some() {
            by_hand.set_value(false);
            fit();
        }
    });
    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        let resized = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || {
            if !by_hand.get_value() {
                fit();
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&frame);
        }
        // The observer lives as long as the page.
        resized.forget();
    });

    let local = move |x: i32, y: i32| {
        let place = frame.get_untracked().map(|frame| frame.get_bounding_client_rect());
        let (left, top) = place.map_or((0.0, 0.0), |place| (place.left(), place.top()));
        Point { x: f64::from(x) - left, y: f64::from(y) - top }
    };
    let zoom = move |factor: f64| {
        by_hand.set_value(true);
        let (width, height) = size();
        viewport.update(|viewport| viewport.zoom_at(Point { x: width / 2.0, y: height / 2.0 }, factor));
    };
    let on_wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        by_hand.set_value(true);
        let factor = if event.delta_y() < 0.0 { 1.1 } else { 1.0 / 1.1 };
        let at = local(event.client_x(), event.client_y());
        viewport.update(|viewport| viewport.zoom_at(at, factor));
    };
    let place_of = move |node: Uuid| {
        layout.with_untracked(|layout| layout.nodes.iter().find(|(id, _)| *id == node).map(|(_, at)| *at))
    };
    let on_down = move |event: ev::PointerEvent| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if element.is_some_and(|element| matches!(element.closest("button, details"), Ok(Some(_)))) {
            return;
        }
        let at = local(event.client_x(), event.client_y());
        fingers.update_value(|fingers| fingers.push(Finger { id: event.pointer_id(), x: at.x, y: at.y }));
        state.menu.set(false);
        let on = selection_of(event.target());
        let start = match on {
            Some(Selection::Node(node)) if event.button() == 0 => place_of(node),
            _ => None,
        };
        // The right button asks for the menu; to capture it would hide what it was pressed on.
        if event.button() == 2 {
            press.set_value(None);
            return;
        }
        // A second finger makes it a pinch, whatever it touches.
        let pinch = fingers.with_value(Vec::len) > 1;
        press.set_value(Some(Press { on, down: at, start, moved: pinch }));
        if let Some(frame) = frame.get_untracked() {
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
    };
    let on_move = move |event: ev::PointerEvent| {
        let at = local(event.client_x(), event.client_y());
        let before = fingers.with_value(Clone::clone);
        let Some(index) = before.iter().position(|finger| finger.id == event.pointer_id()) else { return };
        let last = before[index];
        fingers.update_value(|fingers| fingers[index] = Finger { x: at.x, y: at.y, ..last });
        let Some(now) = press.get_value() else { return };
        if !now.moved && (at.x - now.down.x).hypot(at.y - now.down.y) < TREMBLE {
            return;
        }
        press.set_value(Some(Press { moved: true, ..now }));
        let other = before.iter().find(|finger| finger.id != last.id);
        match (other, now.on, now.start) {
            (None, Some(Selection::Node(node)), Some(start)) => {
                let zoom = viewport.get_untracked().zoom;
                let snap = |value: f64| (value / GRID).round() * GRID;
                let x = snap(start.x + (at.x - now.down.x) / zoom);
                let y = snap(start.y + (at.y - now.down.y) / zoom);
                dragging.set(Some((node, Point { x, y })));
            }
            (None, ..) => {
                by_hand.set_value(true);
                viewport.update(|viewport| viewport.pan(at.x - last.x, at.y - last.y));
            }
            (Some(other), ..) => {
                by_hand.set_value(true);
                let (other, last) = (Point { x: other.x, y: other.y }, Point { x: last.x, y: last.y });
                viewport.update(|viewport| viewport.pinch(other, last, at));
            }
        }
    };
    let let_go = move |event: ev::PointerEvent, cancelled: bool| {
        fingers.update_value(|fingers| fingers.retain(|finger| finger.id != event.pointer_id()));
        if let Some(dragged) = dragging.get_untracked() {
            dragging.set(None);
            if !cancelled {
                state.move_node(dragged.0, dragged.1.x, dragged.1.y);
            }
        }
        let Some(released) = press.get_value() else { return };
        if fingers.with_value(Vec::is_empty) {
            press.set_value(None);
        }
        // Selecting opens the inspector and so moves the picture, hence not while a pointer is down.
        if !released.moved && !cancelled {
            state.selection.set(released.on);
        }
    };
    let on_menu = move |event: ev::MouseEvent| {
        if let Some(selected) = selection_of(event.target()) {
            event.prevent_default();
            state.selection.set(Some(selected));
            state.menu.set(true);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(selected) = selection_of(event.target()) else { return };
        let step = if event.shift_key() { GRID * 4.0 } else { GRID };
        let (dx, dy) = match event.key().as_str() {
            "Enter" | " " => {
                event.prevent_default();
                event.stop_propagation();
                state.selection.set(Some(selected));
                return;
            }
            "ArrowLeft" => (-step, 0.0),
            "ArrowRight" => (step, 0.0),
            "ArrowUp" => (0.0, -step),
            "ArrowDown" => (0.0, step),
            _ => return,
        };
        event.prevent_default();
        if let Selection::Node(id) = selected
            && let Some(place) = place_of(id)
        {
            state.move_node(id, place.x + dx, place.y + dy);
        }
    };
    window_event_listener(ev::keydown, move |event| {
        if super::transport::is_typing(&event) {
            return;
        }
        match event.key().as_str() {
            "1" => {
                by_hand.set_value(false);
                fit();
            }
            "+" => zoom(1.2),
            "-" => zoom(1.0 / 1.2),
            "Escape" if state.menu.get_untracked() => state.menu.set(false),
            "Escape" => state.selection.set(None),
            _ => {}
        }
    });

    let ids = move |edges: bool| {
        move || {
            state.run.track();
            state.read(|simulation| {
                let plan = simulation.plan();
                let run = state.run.get_untracked();
                let ids: Vec<Uuid> = if edges {
                    plan.edge_indices().map(|edge| plan.edge(edge).id).collect()
                } else {
                    plan.node_indices().map(|node| plan.node(node).id).collect()
                };
                ids.into_iter().map(|id| (run, id)).collect::<Vec<_>>()
            })
        }
    };
    view! {
        <div
            class="canvas" data-testid="canvas" node_ref=frame
            on:wheel=on_wheel on:pointerdown=on_down on:pointermove=on_move
            on:pointerup=move |event| let_go(event, false) on:pointercancel=move |event| let_go(event, true)
            on:contextmenu=on_menu on:keydown=on_key
        >
            <svg class="diagram" role="group" aria-label="Diagram">
                <defs>
                    <pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect class="hatch" width="2.5" height="5" />
                    </pattern>
                </defs>
                <g transform=live_text(move || viewport.get().transform())>
                    <For each=ids(true) key=|key| *key children=move |(_, id)| view! { <EdgeShape id layout /> } />
                    <For each=ids(false) key=|key| *key children=move |(_, id)| view! { <NodeShape id layout /> } />
                </g>
            </svg>
            <canvas class="tokens" node_ref=canvas aria-hidden="true"></canvas>
            <Toolbar layout viewport />
            <div class="zoom" role="group" aria-label="Zoom">
                <button class="bare" data-testid="zoom-out" aria-label="Zoom out" on:click=move |_| zoom(1.0 / 1.2)>"−"</button>
                <button class="bare" data-testid="fit" aria-label="Fit the diagram into the window" title="Fit (1)" on:click=move |_| {
                    by_hand.set_value(false);
                    fit();
                }>"Fit"</button>
                <button class="bare" data-testid="zoom-in" aria-label="Zoom in" on:click=move |_| zoom(1.2)>"+"</button>
            </div>
            <Legend />
            <p class="hint quiet" class:hidden=live_flag(move || state.selection.get().is_some())>
                "Click a node or an edge to see inside and to change it"
            </p>
        </div>
    }
}

/// What the shapes mean, for those who ask.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <details class="legend">
            <summary>"What moves?"</summary>
            <ul>
                <li><b>"●"</b>" request: somebody waits"</li>
                <li><b>"○"</b>" its answer, "<b>"✕"</b>" a failed one"</li>
                <li><b>"✉"</b>" message: nobody waits"</li>
                <li><b>"▹"</b>" a poller on its way to the queue"</li>
                <li><b>"▤"</b>" a batch, with its size"</li>
                <li><b>"⊘"</b>" filtered out"</li>
                <li><b>"◆"</b>" dead letter"</li>
                <li>"a number beside it: which attempt"</li>
                <li>"a thick line: too many to show one by one"</li>
            </ul>
        </details>
    }
}
