//! The diagram: nodes and edges in SVG, messages on one canvas above. What people do here goes to the hands
//! (`building`), which are fetched once the picture is there.

mod edge;
pub mod events;
mod fares;
mod layout;
mod node;
pub mod tokens;
mod viewport;

use super::driver;
use super::on_demand::on_demand;
use super::state::{State, is_phone, use_state};
use crate::drawing::{self, Point};
use crate::services::Serial;
use crate::small;
use crate::ui::building;
use crate::ui::embed::embedded;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::turns::in_turn;
use edge::EdgeShape;
pub use edge::label_transform;
use events::{Deed, ask, give};
use fares::{Fare, Fares};
pub use layout::Layout;
use leptos::html::{Canvas as CanvasElement, Div};
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use node::NodeShape;
pub use node::transform as node_transform;
use std::rc::Rc;
use uuid::Uuid;
pub use viewport::Viewport;
use wasm_bindgen::prelude::*;

/// Finds a token: a place of the diagram, and how far from it.
pub type Picker = Rc<dyn Fn(Point, f64) -> Option<Serial>>;

/// What is drawn, and how it is looked at.
#[derive(Clone, Copy)]
pub struct Drawing {
    /// Outside of the reactive graph: while something is dragged it changes with every frame.
    pub layout: StoredValue<Layout, LocalStorage>,
    /// Counts up when the layout was made anew from the document.
    pub laid: RwSignal<u64>,
    /// The revision and the run that the layout was made for.
    laid_for: StoredValue<Option<(u64, u64)>>,
    pub viewport: RwSignal<Viewport>,
    pub canvas: NodeRef<CanvasElement>,
    pub frame: NodeRef<Div>,
    /// The message whose token is drawn at a place of the diagram, within so much.
    pub picker: StoredValue<Option<Picker>, LocalStorage>,
    /// What the nodes show.
    fares: StoredValue<Fares, LocalStorage>,
    /// Whether somebody has moved about; then the view does not change by itself.
    pub by_hand: StoredValue<bool>,
}

/// Where the upper end of the sheet is that the inspector is on a phone, as a share of the window: see `.aside`.
const SHEET: f64 = 0.5;
/// The least height to fit a diagram into, in pixels.
const LEAST_FREE: f64 = 160.0;
/// Below this zoom, the small print of a node cannot be read: then there is its name alone, larger.
const AFAR: f64 = 0.45;

impl Drawing {
    /// How a node fares, for as long as whoever asks is shown. `None` if it is not there any longer.
    fn follow(self, state: State, id: Uuid) -> Option<RwSignal<Fare>> {
        let mut fare = None;
        self.fares.update_value(|fares| fare = state.read(|simulation| fares.follow(simulation, id)));
        if let Some(fare) = fare {
            on_cleanup(move || {
                self.fares.try_update_value(|fares| fares.leave(id, fare));
            });
        }
        fare
    }

    /// Tells the nodes that fare differently now.
    fn tell(self, state: State) {
        let changed = self.fares.with_value(|fares| state.read(|simulation| fares.changed(simulation)));
        for (signal, fare) in changed {
            signal.set(fare);
        }
    }

    /// Of the frame, in pixels.
    pub fn size(self) -> (f64, f64) {
        let frame = self.frame.get_untracked();
        frame.map_or((800.0, 500.0), |frame| (f64::from(frame.client_width()), f64::from(frame.client_height())))
    }

    /// From pixels of the window to pixels of the frame.
    pub fn local(self, x: f64, y: f64) -> Point {
        let place = self.frame.get_untracked().map(|frame| frame.get_bounding_client_rect());
        let (left, top) = place.map_or((0.0, 0.0), |place| (place.left(), place.top()));
        Point { x: x - left, y: y - top }
    }

    /// Makes the layout anew, unless it is that of the present document.
    pub fn lay_out(self, state: State) {
        let now = Some((state.revision.get_untracked(), state.run.get_untracked()));
        if self.laid_for.get_value() != now {
            self.laid_for.set_value(now);
            self.layout.set_value(state.read(Layout::of));
            self.laid.update(|laid| *laid += 1);
        }
    }

    /// Shows the whole diagram, and from now on follows the window.
    pub fn fit(self, state: State) {
        self.by_hand.set_value(false);
        let bounds = state.read(|simulation| drawing::bounds(simulation.document()));
        self.viewport.set(Viewport::fitting(bounds, self.free(state)));
    }

    /// What of the frame nothing lies upon, in pixels: on a phone the inspector covers the lower half of the window.
    pub fn free(self, state: State) -> (f64, f64) {
        let (width, height) = self.size();
        let covers = is_phone() && state.selection.with_untracked(|selected| !selected.is_empty());
        let window = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(height);
        let top = self.local(0.0, window * SHEET).y;
        (width, if covers { small::within(top, height.min(LEAST_FREE), height) } else { height })
    }

    /// Shows this rectangle (left, top, width, height).
    pub fn show(self, bounds: (f64, f64, f64, f64)) {
        self.by_hand.set_value(true);
        self.viewport.set(Viewport::fitting(bounds, self.size()));
    }

    pub fn zoom(self, factor: f64) {
        self.by_hand.set_value(true);
        let (width, height) = self.size();
        self.viewport.update(|viewport| viewport.zoom_at(Point { x: width / 2.0, y: height / 2.0 }, factor));
    }

    /// Moves the view by so many pixels of the frame.
    pub fn pan(self, dx: f64, dy: f64) {
        self.by_hand.set_value(true);
        self.viewport.update(|viewport| viewport.pan(dx, dy));
    }

    /// Whether the picture is too small for small print.
    pub fn is_afar(self) -> bool {
        self.viewport.with(|viewport| viewport.zoom < AFAR)
    }

    pub fn full_size(self) {
        self.zoom(1.0 / self.viewport.get_untracked().zoom);
    }
}

/// What is heard on the diagram.
const HEARD: [&str; 9] = [
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "pointerover",
    "pointerleave",
    "wheel",
    "contextmenu",
    "auxclick",
];

/// Hands everything that is done on the diagram, and every key, to the hands.
fn listen(frame: &web_sys::HtmlElement) {
    let embedded = embedded();
    let heard = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        // In an embed the wheel scrolls the page around it; with Ctrl, or two fingers on a touchpad, it zooms.
        if embedded && event.dyn_ref::<web_sys::WheelEvent>().is_some_and(|wheel| !wheel.ctrl_key()) {
            return;
        }
        // The browser's own answers would be to scroll, and to show a menu of its own.
        if matches!(event.type_().as_str(), "wheel" | "contextmenu" | "auxclick") {
            event.prevent_default();
        }
        give(Deed::Event(event));
    });
    let callback = heard.as_ref().unchecked_ref();
    let active = web_sys::AddEventListenerOptions::new();
    active.set_passive(false);
    for name in HEARD {
        let _ = frame.add_event_listener_with_callback_and_add_event_listener_options(name, callback, &active);
    }
    for name in ["keydown", "keyup"] {
        let _ = window().add_event_listener_with_callback(name, callback);
    }
    // They listen as long as the page lives.
    heard.forget();
}

#[component]
pub fn Canvas() -> impl IntoView {
    let state = use_state();
    let drawing = Drawing {
        layout: StoredValue::new_local(Layout::default()),
        laid: RwSignal::new(0),
        laid_for: StoredValue::new(None),
        viewport: RwSignal::new(Viewport::default()),
        canvas: NodeRef::new(),
        frame: NodeRef::new(),
        picker: StoredValue::new_local(None),
        fares: StoredValue::new_local(Fares::default()),
        by_hand: StoredValue::new(false),
    };
    provide_context(drawing);
    let frame = drawing.frame;
    // Fitted when a diagram opens and when the window changes, unless somebody has moved about by hand. The first time
    // it is the observer that tells: asking for the size would have the browser lay the page out before it is complete.
    Effect::new(move |before: Option<()>| {
        state.run.track();
        if before.is_some() {
            drawing.fit(state);
        }
    });
    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        listen(&frame);
        let resized = Closure::<dyn FnMut()>::new(move || {
            if !drawing.by_hand.get_value() {
                drawing.fit(state);
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&frame);
        }
        // The observer lives as long as the page.
        resized.forget();
    });

    // What is under the sheet on a phone can neither be seen nor touched.
    let covered = Memo::new(move |_| state.selection.with(|selected| !selected.is_empty()));
    Effect::new(move |before: Option<bool>| {
        let now = covered.get();
        if before.is_some_and(|before| before != now) && is_phone() && !drawing.by_hand.get_value() {
            drawing.fit(state);
        }
        now
    });

    view! {
        <div class="canvas" data-testid="canvas" node_ref=frame>
            {in_turn(move || picture(state, drawing))}
            {in_turn(move || tools(state, drawing))}
        </div>
    }
}

/// Edges and nodes, and above them what moves.
fn picture(state: State, drawing: Drawing) -> impl IntoView {
    drawing.lay_out(state);
    Effect::new(move |before: Option<(u64, u64)>| {
        let now = (state.revision.get(), state.run.get());
        if before.is_some() {
            drawing.lay_out(state);
        }
        now
    });
    Effect::new(move |_| {
        state.tick.track();
        state.revision.track();
        drawing.tell(state);
    });
    let viewport = drawing.viewport;
    // The same node in another run is another one: it may be of another kind.
    let ids = move |edges: bool| {
        move || {
            drawing.laid.track();
            let run = state.run.get_untracked();
            drawing.layout.with_value(|layout| {
                let nodes = layout.nodes.iter().map(|(id, _)| *id);
                let ids: Vec<Uuid> = if edges { layout.edges.clone() } else { nodes.collect() };
                ids.into_iter().map(|id| (run, id)).collect::<Vec<_>>()
            })
        }
    };
    view! {
            <svg class="diagram" class:afar=live_flag(move || drawing.is_afar()) role="group" aria-label=tr!("Diagram")>
                <defs>
                    <pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect class="hatch" width="2.5" height="5" />
                    </pattern>
                </defs>
                <g transform=live_text(move || viewport.get().transform())>
                    <For each=ids(true) key=|key| *key children=move |(_, id)| view! { <EdgeShape id drawing /> } />
                    {in_turn(move || {
                        // What moves begins when it has where to go.
                        driver::start(state, drawing);
                        view! { <For each=ids(false) key=|key| *key children=move |(_, id)| view! { <NodeShape id drawing /> } /> }
                    })}
                </g>
            </svg>
            // Empty, unless something is dragged: first its edges, above them the nodes.
            {["held", "held carried"]
                .map(|class| {
                    view! {
                        <svg class=class aria-hidden="true">
                            <g transform=live_text(move || viewport.get().transform()) />
                        </svg>
                    }
                })
                .collect_view()}
            <canvas class="tokens" node_ref=drawing.canvas aria-hidden="true"></canvas>
    }
}

/// What lies upon the diagram.
fn tools(state: State, drawing: Drawing) -> impl IntoView {
    let no_hint = live_flag(move || {
        drawing.laid.track();
        let empty = drawing.layout.with_value(|layout| layout.nodes.is_empty());
        empty || state.selection.with(|selected| !selected.is_empty())
    });
    view! {
            {on_demand(|| true, || Box::pin(building::part()), || ())}
            <div class="zoom" role="group" aria-label=tr!("Zoom")>
                <button class="bare" data-testid="zoom-out" aria-label=tr!("Zoom out") on:click=move |_| ask("zoom-out")>"−"</button>
                <button class="bare" data-testid="fit" aria-label=tr!("Fit the diagram into the window") title=tr!("Fit (1)") on:click=move |_| ask("fit")>
                    {tr!("Fit")}
                </button>
                <button class="bare" data-testid="zoom-in" aria-label=tr!("Zoom in") on:click=move |_| ask("zoom-in")>"+"</button>
            </div>
            <Legend />
            <p class="hint quiet" class:hidden=no_hint>
                {tr!("Click a node or an edge to see inside and to change it")}
            </p>
    }
}

/// What the shapes mean, for those who ask.
#[component]
fn Legend() -> impl IntoView {
    let signs = [
        ("●", tr!("request: somebody waits")),
        ("○", tr!("its answer, **✕** a failed one")),
        ("✉", tr!("message: nobody waits")),
        ("▹", tr!("a poller on its way to the queue")),
        ("▤", tr!("a batch, with its size")),
        ("⊘", tr!("filtered out")),
        ("◆", tr!("dead letter")),
        ("", tr!("a number beside it: which attempt")),
        ("", tr!("a thick line: too many to show one by one")),
    ];
    let sign = |sign: &'static str| view! { <b>{sign}</b> };
    let line = |(first, words): (&'static str, &'static str)| {
        let mut parts = words.split("**");
        let (before, second, after) = (parts.next(), parts.next(), parts.next());
        let first = (!first.is_empty()).then(|| sign(first));
        view! { <li>{first}" "{before}{second.map(sign)}{after}</li> }
    };
    view! {
        <details class="legend">
            <summary>{tr!("What moves?")}</summary>
            <ul>{signs.map(line).collect_view()}</ul>
        </details>
    }
}
