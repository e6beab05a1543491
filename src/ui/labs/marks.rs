//! What a lab points at: a ring and a sign on nodes, a thick line on edges. They are put on the elements that the canvas
//! has drawn, so that the first picture knows nothing of labs, and they move with the nodes.

use crate::drawing::{NODE_HEIGHT, NODE_WIDTH};
use crate::ui::state::State;
use leptos::prelude::*;
use uuid::Uuid;

/// Why something is marked. Each has a sign of its own, never colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// The step's text is about it.
    Pointed,
    /// It is the learner's answer.
    Chosen,
    /// It is what the question asked for.
    Right,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Pointed => "pointed",
            Mark::Chosen => "chosen",
            Mark::Right => "right",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Mark::Pointed => "◉",
            Mark::Chosen => "?",
            Mark::Right => "✓",
        }
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";
/// Between a node and its ring.
const GAP: f64 = 7.0;

/// Marks what the list says, and again whenever the diagram was drawn anew. A later entry for the same element wins.
pub fn follow(state: State, marks: Signal<Vec<(Uuid, Mark)>>) {
    let alive = StoredValue::new(());
    Effect::new(move |_| {
        let marks = marks.get();
        state.run.track();
        state.revision.track();
        // The canvas draws first; by then the lab may have been left.
        request_animation_frame(move || {
            if !alive.is_disposed() {
                show(&marks);
            }
        });
    });
    on_cleanup(|| show(&[]));
}

fn show(marks: &[(Uuid, Mark)]) {
    for (selector, act) in [(".lab-mark", remove as fn(&web_sys::Element)), ("[data-lab]", unmark)] {
        let Ok(list) = document().query_selector_all(selector) else { continue };
        let elements = (0..list.length()).filter_map(|place| list.item(place));
        elements.filter_map(|node| wasm_bindgen::JsCast::dyn_into(node).ok()).for_each(|element| act(&element));
    }
    for (id, mark) in marks {
        let Ok(list) = document().query_selector_all(&format!("[data-node='{id}'],[data-edge='{id}']")) else {
            continue;
        };
        for element in (0..list.length()).filter_map(|place| list.item(place)) {
            let Ok(element) = wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(element) else { continue };
            let _ = element.set_attribute("data-lab", mark.name());
            if element.has_attribute("data-node") {
                ring(&element, *mark);
            }
        }
    }
}

fn remove(element: &web_sys::Element) {
    element.remove();
}

fn unmark(element: &web_sys::Element) {
    let _ = element.remove_attribute("data-lab");
}

fn ring(node: &web_sys::Element, mark: Mark) {
    // Of two marks of one node only the later one shows.
    if let Ok(Some(earlier)) = node.query_selector(".lab-mark") {
        earlier.remove();
    }
    let make = |name: &str, attributes: &[(&str, f64)], text: &str| {
        let element = document().create_element_ns(Some(SVG), name).ok()?;
        for (name, value) in attributes {
            let _ = element.set_attribute(name, &value.to_string());
        }
        if !text.is_empty() {
            element.set_text_content(Some(text));
        }
        Some(element)
    };
    let (width, height) = (NODE_WIDTH + 2.0 * GAP, NODE_HEIGHT + 2.0 * GAP);
    let (x, y) = (NODE_WIDTH + GAP - 4.0, -GAP + 4.0);
    let parts = [
        make("rect", &[("x", -GAP), ("y", -GAP), ("width", width), ("height", height), ("rx", 14.0)], ""),
        make("circle", &[("cx", x), ("cy", y), ("r", 10.0)], ""),
        make("text", &[("x", x), ("y", y + 4.5)], mark.sign()),
    ];
    let Some(group) = make("g", &[], "") else { return };
    let _ = group.set_attribute("class", &format!("lab-mark lab-mark-{}", mark.name()));
    // It is told in the lab's panel.
    let _ = group.set_attribute("aria-hidden", "true");
    for part in parts.into_iter().flatten() {
        let _ = group.append_child(&part);
    }
    let _ = node.append_child(&group);
}
