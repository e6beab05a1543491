//! The whole diagram, small, in a corner, when not all of it can be seen: shows what is seen, and takes one elsewhere.

use super::Hands;
use crate::drawing::{self, NODE_HEIGHT, NODE_WIDTH, Point, icon};
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// In pixels.
const WIDTH: f64 = 168.0;
const HEIGHT: f64 = 112.0;

/// Left, top, width and height.
type Area = (f64, f64, f64, f64);

#[component]
pub fn Minimap(hands: Hands) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let drawing = hands.drawing;
    let all = Memo::new(move |_| {
        drawing.laid.track();
        hands.read(drawing::bounds)
    });
    let seen = move || -> Area {
        let viewport = drawing.viewport.get();
        let (width, height) = drawing.size();
        let from = viewport.find(Point { x: 0.0, y: 0.0 });
        (from.x, from.y, width / viewport.zoom, height / viewport.zoom)
    };
    // Some air may be out of sight; a node may not.
    let fits = Memo::new(move |_| {
        let (left, top, width, height) = all.get();
        let (seen_left, seen_top, seen_width, seen_height) = seen();
        let air = 24.0;
        left + air >= seen_left
            && top + air >= seen_top
            && left + width - air <= seen_left + seen_width
            && top + height - air <= seen_top + seen_height
    });
    let go = move |event: &ev::PointerEvent| {
        let Some(element) = element.get_untracked() else { return };
        let place = element.get_bounding_client_rect();
        let (left, top, width, height) = all.get_untracked();
        let scale = (WIDTH / width).min(HEIGHT / height);
        let at = Point {
            x: left + width / 2.0 + (f64::from(event.client_x()) - place.left() - WIDTH / 2.0) / scale,
            y: top + height / 2.0 + (f64::from(event.client_y()) - place.top() - HEIGHT / 2.0) / scale,
        };
        let (frame_width, frame_height) = drawing.size();
        drawing.by_hand.set_value(true);
        drawing.viewport.update(|viewport| {
            let shown = viewport.show(at);
            viewport.pan(frame_width / 2.0 - shown.x, frame_height / 2.0 - shown.y);
        });
    };
    let nodes = live_part(move || {
        drawing.laid.track();
        if fits.get() {
            return ().into_any();
        }
        let node = |node: &crate::diagram::Node| {
            let (x, y) = (node.x - NODE_WIDTH / 2.0, node.y - NODE_HEIGHT / 2.0);
            view! { <rect class=format!("mini-node {}", icon::family(node.kind)) x=x y=y width=NODE_WIDTH height=NODE_HEIGHT rx="12" /> }
        };
        hands.read(|document| document.nodes.iter().map(node).collect_view().into_any())
    });
    let side = move |pick: fn(Area) -> f64| live_text(move || format!("{:.1}", pick(seen())));
    view! {
        <div
            node_ref=element class="minimap" data-testid="minimap" class:hidden=live_flag(move || fits.get()) aria-hidden="true"
            on:pointerdown=move |event| {
                event.stop_propagation();
                go(&event);
                if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
                    let _ = target.set_pointer_capture(event.pointer_id());
                }
            }
            on:pointermove=move |event| if event.buttons() & 1 == 1 {
                event.stop_propagation();
                go(&event);
            }
        >
            <svg
                width=WIDTH height=HEIGHT
                viewBox=live_text(move || { let (x, y, width, height) = all.get(); format!("{x} {y} {width} {height}") })
            >
                {nodes}
                <rect class="mini-view" x=side(|it| it.0) y=side(|it| it.1) width=side(|it| it.2) height=side(|it| it.3) />
            </svg>
        </div>
    }
}
