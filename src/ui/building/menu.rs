//! The menu of a node, an edge or the plane, where it was asked for: by the right button, a long press or the menu key.

use super::{Hands, keys, selection_of};
use crate::drawing::Point;
use crate::language::translated;
use crate::ui::commands::{self, Command};
use crate::ui::reactive::{live_part, live_text};
use crate::ui::selection::Selection;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// An open menu.
#[derive(Clone, Copy, PartialEq)]
pub struct Menu {
    about: About,
    /// In pixels of the frame.
    at: Point,
}

#[derive(Clone, Copy, PartialEq)]
enum About {
    Node,
    Edge,
    Several,
    Plane,
}

/// Ids of commands; an empty one is a line between.
fn list(about: About) -> &'static [&'static str] {
    match about {
        About::Node => &[
            "send",
            "stop",
            "freeze",
            "start",
            "faults",
            "heal",
            "break-here",
            "test-pattern",
            "purge",
            "redrive",
            "",
            "connect",
            "rename",
            "topic-to-bus",
            "bus-to-topic",
            "",
            "cut",
            "copy",
            "duplicate",
            "delete",
        ],
        About::Edge => &[
            "insert-queue",
            "insert",
            "edge-kind",
            "edge-target",
            "edge-source",
            "",
            "faults",
            "heal",
            "test-pattern",
            "",
            "delete",
        ],
        About::Several => &[
            "align-left",
            "align-centre",
            "align-right",
            "align-top",
            "align-middle",
            "align-bottom",
            "distribute-across",
            "distribute-down",
            "",
            "cut",
            "copy",
            "duplicate",
            "delete",
        ],
        About::Plane => {
            &["add", "paste", "", "undo", "redo", "history", "", "select-all", "select-mode", "tidy", "fit", "palette"]
        }
    }
}

impl Hands {
    /// The browser asks for a menu.
    pub(super) fn ask_menu(self, event: &web_sys::MouseEvent) {
        let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        // On touch the long press opens it.
        if self.menu.get_untracked().is_some()
            || self.is_touched()
            || matches!(element.closest("button,input,details"), Ok(Some(_)))
        {
            return;
        }
        let thing = selection_of(&element);
        let mut at = self.drawing.local(f64::from(event.client_x()), f64::from(event.client_y()));
        // By keyboard there is no place: the menu stands at the thing itself.
        if event.client_x() == 0 && event.client_y() == 0 || event.button() != 2 {
            let place = element.get_bounding_client_rect();
            at = self.drawing.local(place.left() + place.width() / 2.0, place.top() + place.height() / 2.0);
        }
        self.open_menu(thing, at, false);
    }

    pub(super) fn open_menu(self, thing: Option<Selection>, at: Point, touch: bool) {
        if let Some(thing) = thing
            && !self.state.selection.with_untracked(|selected| selected.contains(thing))
        {
            // A long press takes in another one where some are selected: fingers have no Shift.
            let adds = touch && self.state.selection.with_untracked(|selected| !selected.is_empty());
            if adds {
                self.state.selection.update(|selected| selected.toggle(thing));
            } else {
                self.state.select(Some(thing));
            }
        }
        let count = self.state.selection.with_untracked(|selected| selected.nodes().count());
        let about = match thing {
            None => About::Plane,
            Some(_) if count > 1 => About::Several,
            Some(Selection::Node(_)) => About::Node,
            Some(Selection::Edge(_)) => About::Edge,
        };
        self.wanted_place.set_value((about == About::Plane).then(|| self.drawing.viewport.get_untracked().find(at)));
        keys::blur();
        self.menu.set(Some(Menu { about, at }));
    }
}

#[component]
pub fn ContextMenu(hands: Hands) -> impl IntoView {
    view! { {live_part(move || hands.menu.get().map(|menu| view! { <Open hands menu /> }))} }
}

#[component]
fn Open(hands: Hands, menu: Menu) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let before = StoredValue::new_local(document().active_element());
    let pressed = StoredValue::new(false);
    // It stays inside the frame.
    let place = RwSignal::new(menu.at);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let (width, height) = hands.drawing.size();
        let fit = |at: f64, length: i32, size: f64| at.min(size - f64::from(length) - 8.0).max(8.0);
        place.set(Point {
            x: fit(menu.at.x, element.offset_width(), width),
            y: fit(menu.at.y, element.offset_height(), height),
        });
        move_focus(&element, 0);
    });
    let close = move || {
        hands.menu.set(None);
        if let Some(Some(before)) = before.try_get_value() {
            let _ = before.unchecked_into::<HtmlElement>().focus();
        }
    };
    let item = move |command: &'static Command| {
        let keys = command.keys.first().map_or(String::new(), |key| commands::show_key(key, keys::is_mac()));
        view! {
            <button
                role="menuitem" tabindex="-1" data-testid=format!("menu-{}", command.id)
                on:click=move |event| {
                    // The long press that opened the menu may end with a click; keys have no detail.
                    if event.detail() != 0 && !pressed.get_value() {
                        return;
                    }
                    // At once: what is typed next may be meant for the list that opens.
                    close();
                    hands.run_command(command);
                }
            >
                <span>{translated(command.label)}</span>
                <kbd>{keys}</kbd>
            </button>
        }
        .into_any()
    };
    // Lines only between what is there.
    let mut items = Vec::new();
    let mut line = false;
    for id in list(menu.about) {
        match untrack(|| commands::find(id).filter(|command| (command.enabled)(hands))) {
            Some(command) => {
                if line && !items.is_empty() {
                    items.push(view! { <hr /> }.into_any());
                }
                line = false;
                items.push(item(command));
            }
            None => line |= id.is_empty(),
        }
    }
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let Some(element) = element.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => move_focus(&element, 1),
            "ArrowUp" => move_focus(&element, -1),
            "Home" => move_focus(&element, 0),
            "End" => move_focus(&element, isize::MIN),
            "Escape" | "Tab" => close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div
            node_ref=element class="context-menu" role="menu" aria-label=tr!("Actions") data-testid="context-menu" on:keydown=on_key
            on:pointerdown=move |_| pressed.set_value(true)
            style:left=live_text(move || format!("{:.0}px", place.get().x)) style:top=live_text(move || format!("{:.0}px", place.get().y))
        >
            {items}
        </div>
    }
}

/// Moves the focus among a menu's items: so many further, to the first (0), or to the last (the least number).
fn move_focus(menu: &Element, by: isize) {
    let Ok(items) = menu.query_selector_all("[role=menuitem]") else { return };
    let count = items.length() as isize;
    let focused = document().active_element();
    let now = (0..count).find(|index| {
        items
            .item(*index as u32)
            .is_some_and(|item| item.is_same_node(focused.as_ref().map(|element| element.as_ref())))
    });
    let to = match by {
        0 => 0,
        isize::MIN => count - 1,
        by => (now.unwrap_or(-1) + by).rem_euclid(count.max(1)),
    };
    if let Some(item) = items.item(to as u32).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}
