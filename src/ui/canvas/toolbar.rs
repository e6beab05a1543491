//! The menu of a node or edge, right where it stands: opened by the right button, a long press or the menu key.

use super::Layout;
use super::viewport::Viewport;
use crate::drawing::{NODE_HEIGHT, Point};
use crate::ui::inspector::Actions;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{Selection, use_state};
use leptos::prelude::*;

#[component]
pub fn Toolbar(layout: Memo<Layout>, viewport: RwSignal<Viewport>) -> impl IntoView {
    let state = use_state();
    let place = move || {
        let selected = state.selection.get().filter(|_| state.menu.get())?;
        let point = match selected {
            Selection::Node(id) => layout.with(|layout| {
                let place = layout.nodes.iter().find(|(node, _)| *node == id).map(|(_, place)| *place)?;
                Some(Point { x: place.x, y: place.y + NODE_HEIGHT / 2.0 })
            }),
            Selection::Edge(id) => {
                let index = state.read(|simulation| simulation.plan().find_edge(id))?;
                layout.with(|layout| layout.wires.get(index.usize()).map(|wire| wire.at(0.5)))
            }
        };
        point.map(|point| viewport.get().show(point))
    };
    let left = live_text(move || place().map_or(String::new(), |point| format!("{:.0}px", point.x)));
    let top = live_text(move || place().map_or(String::new(), |point| format!("{:.0}px", point.y + 8.0)));
    view! {
        <div
            class="toolbar" class:hidden=live_flag(move || place().is_none()) style:left=left style:top=top
            role="toolbar" aria-label="Actions" on:pointerdown=|event| event.stop_propagation()
            on:click=move |_| state.menu.set(false)
        >
            <Actions compact=true />
        </div>
    }
}
