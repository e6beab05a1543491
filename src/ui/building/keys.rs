//! The keyboard: keys become commands of the table, unless a field or a dialog wants them.

use super::{Hands, single_keys};
use crate::ui::commands;
use crate::ui::selection::Selection;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

/// Space plays or pauses when it is let go, unless it was held to move the view.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Space {
    Up,
    Down,
    Used,
}

/// Whether a pointer's click adds to the selection.
pub fn adds(event: &PointerEvent) -> bool {
    event.shift_key() || event.ctrl_key() || event.meta_key()
}

pub fn is_mac() -> bool {
    let platform = js_sys::Reflect::get(&window().navigator(), &"platform".into()).ok();
    platform.and_then(|platform| platform.as_string()).is_some_and(|platform| platform.starts_with("Mac"))
}

/// Takes the focus away from the diagram.
pub fn blur() {
    if let Some(element) = document().active_element() {
        // SVG elements can be blurred as well, which their type does not say.
        let _ = element.unchecked_into::<HtmlElement>().blur();
    }
}

fn is_in(event: &KeyboardEvent, places: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(places), Ok(Some(_))))
}

impl Hands {
    pub(super) fn key(self, event: &KeyboardEvent) {
        // Fields, dialogs and rooms have keys of their own; the command palette opens from everywhere but dialogs.
        let name = commands::name_of(event);
        if is_in(event, "dialog[open],[role=menu]")
            // A field of a dialog that has just been closed can have the focus until the next frame.
            || (is_in(event, "input,textarea,select,[contenteditable],.room,.study")
                && !is_in(event, "dialog:not([open])")
                && name != "Mod+K")
        {
            return;
        }
        if name == "Space" || name == "Shift+Space" {
            return self.space_key(event);
        }
        if event.type_() == "keyup" || event.default_prevented() {
            return;
        }
        let on_diagram = is_in(event, "[data-node],[data-edge]");
        let on_button = is_in(event, "button,summary,a,[role=tab]");
        match name.as_str() {
            "Enter" | "Shift+Enter" if on_diagram => {
                event.prevent_default();
                self.choose_focused(name == "Shift+Enter");
                return;
            }
            // On a control these have a meaning of their own, and they scroll a lab's text.
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Enter"
                if on_button || is_in(event, ".lab-body") =>
            {
                return;
            }
            // The browser's own events carry the clipboard: see `clipboard`.
            "Mod+C" | "Mod+X" | "Mod+V" => return,
            // The browser's event of the menu key opens the menu.
            "ContextMenu" | "Shift+F10" => return,
            _ => {}
        }
        if single_keys::is_single(&name) && !single_keys::are_on() {
            return;
        }
        if let Some(command) = commands::of_key(&name) {
            event.prevent_default();
            let hands = Hands { far: event.shift_key(), ..self };
            hands.run_command(command);
        }
    }

    fn space_key(self, event: &KeyboardEvent) {
        if is_in(event, "[data-node],[data-edge]") {
            if event.type_() == "keydown" {
                event.prevent_default();
                self.choose_focused(event.shift_key());
            }
            return;
        }
        // On a button, space presses the button.
        if is_in(event, "button,summary,a,[role=tab]") {
            return;
        }
        event.prevent_default();
        if event.type_() == "keydown" {
            if self.space.get_value() == Space::Up {
                self.space.set_value(Space::Down);
            }
        } else {
            if self.space.get_value() == Space::Down {
                self.run("play");
            }
            self.space.set_value(Space::Up);
        }
    }

    /// Selects what has the focus.
    fn choose_focused(self, add: bool) {
        let Some(focused) = document().active_element().as_ref().and_then(super::selection_of) else { return };
        if add {
            self.state.selection.update(|selected| selected.toggle(focused));
        } else {
            self.state.select(Some(focused));
        }
    }

    /// Puts the focus on a node or edge, once it is drawn. Whoever has begun to type by then keeps the focus.
    pub(super) fn focus(self, thing: Selection) {
        let (kind, id) = match thing {
            Selection::Node(id) => ("node", id),
            Selection::Edge(id) => ("edge", id),
        };
        request_animation_frame(move || {
            if self.naming.get_untracked().is_some() || self.question.with_untracked(Option::is_some) {
                return;
            }
            let element = document().query_selector(&format!(".diagram g[data-{kind}=\"{id}\"][tabindex]"));
            if let Ok(Some(element)) = element {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = element.unchecked_into::<HtmlElement>().focus_with_options(&options);
            }
        });
    }
}
