//! Copy, cut, paste and duplicate. The clipboard holds the text of a document, so that a part of a diagram can be pasted
//! into another window, a file or a message, and back.

use super::{Hands, ids};
use crate::diagram::build;
use crate::drawing::{GRID, Point};
use crate::exchange::template::looks_like_template;
use crate::ui::importing::Template;
use crate::ui::state::said;
use leptos::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ClipboardEvent, Element};

/// A copy stands this far from its original.
const STEP: f64 = GRID * 4.0;

thread_local! {
    /// What was copied last and how often it was pasted: the browser may keep the clipboard from us.
    static COPIED: RefCell<(String, u32)> = const { RefCell::new((String::new(), 0)) };
}

/// The browser's own events bring the clipboard without asking for permission.
pub fn listen(hands: Hands) {
    for name in ["copy", "cut", "paste"] {
        let heard = Closure::<dyn Fn(ClipboardEvent)>::new(move |event: ClipboardEvent| {
            if is_for_somebody_else(&event) {
                return;
            }
            let data = event.clipboard_data();
            if name == "paste" {
                let text = data.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
                if paste_text(hands, &text) {
                    event.prevent_default();
                }
            } else if let Some(text) = fragment(hands) {
                if let Some(data) = data {
                    let _ = data.set_data("text/plain", &text);
                }
                event.prevent_default();
                copied(hands, text);
                if name == "cut" {
                    hands.run("delete");
                }
            }
        });
        let _ = document().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        // It listens as long as the page lives.
        heard.forget();
    }
}

/// Fields and dialogs have their own clipboard, and so has text that somebody has marked.
fn is_for_somebody_else(event: &ClipboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field = target.is_some_and(|target| {
        matches!(target.closest("input,textarea,select,dialog,.room,[contenteditable],.code"), Ok(Some(_)))
    });
    let marked = event.type_() != "paste"
        && window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    in_field || marked
}

/// What is selected as the text of a document; `None` where that is no node.
fn fragment(hands: Hands) -> Option<String> {
    let chosen = hands.subject();
    let fragment = hands.read(|document| build::copy(document, &ids(&chosen)))?;
    Some(format!("{fragment:#}\n"))
}

fn copied(hands: Hands, text: String) {
    COPIED.with_borrow_mut(|copied| *copied = (text, 0));
    let count = hands.subject().nodes().count();
    hands.state.say(&tr!("Copied {n} node." | "Copied {n} nodes." % count));
}

pub fn copy(hands: Hands) {
    let Some(text) = fragment(hands) else { return };
    // Where the browser does not allow it, pasting works inside this page.
    let _ = window().navigator().clipboard().write_text(&text);
    copied(hands, text);
}

pub fn cut(hands: Hands) {
    copy(hands);
    hands.run("delete");
}

pub fn paste(hands: Hands) {
    leptos::task::spawn_local(async move {
        let read = JsFuture::from(window().navigator().clipboard().read_text()).await;
        let text = read.ok().and_then(|text| text.as_string()).filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| COPIED.with_borrow(|copied| copied.0.clone()));
        paste_text(hands, &text);
    });
}

/// Pastes a fragment. False where the text is none; what is wrong with it is said.
fn paste_text(hands: Hands, text: &str) -> bool {
    if looks_like_template(text) {
        hands.state.importing.set(Some(Template { name: "Pasted template".to_string(), text: text.to_string() }));
        return true;
    }
    let Ok(fragment) = serde_json::from_str::<Value>(text) else {
        hands.state.say(tr!("The clipboard holds no part of a diagram."));
        return false;
    };
    if fragment.get("nodes").is_none() {
        hands.state.say(tr!("The clipboard holds no part of a diagram."));
        return false;
    }
    let times = COPIED.with_borrow_mut(|copied| {
        if copied.0.trim() != text.trim() {
            *copied = (text.to_string(), 0);
        }
        copied.1 += 1;
        copied.1
    });
    let by = shift(hands, &fragment, times);
    match hands.build(|document, ids| build::paste(document, &fragment, by, ids)) {
        Ok(change) => {
            hands.perform(change, None);
            hands.keep_in_sight();
        }
        Err(problems) => hands.state.refuse(&said(&problems)),
    }
    true
}

/// How far what is pasted is moved: to where the menu was asked for; beside its original where that is in sight; else
/// into the middle of the view.
fn shift(hands: Hands, fragment: &Value, times: u32) -> (f64, f64) {
    let places = || {
        let nodes = fragment["nodes"].as_array().into_iter().flatten();
        nodes.map(|node| Point { x: node["x"].as_f64().unwrap_or(0.0), y: node["y"].as_f64().unwrap_or(0.0) })
    };
    let count = places().count().max(1) as f64;
    let middle = Point {
        x: places().map(|place| place.x).sum::<f64>() / count,
        y: places().map(|place| place.y).sum::<f64>() / count,
    };
    let to = |place: Point| {
        let snap = super::place::snap;
        (snap(place.x - middle.x), snap(place.y - middle.y))
    };
    if let Some(wanted) = hands.take_wanted_place() {
        return to(wanted);
    }
    let step = STEP * f64::from(times);
    let shown = hands.drawing.viewport.get_untracked().show(Point { x: middle.x + step, y: middle.y + step });
    let (width, height) = hands.drawing.size();
    let in_sight = (0.0..width).contains(&shown.x) && (0.0..height).contains(&shown.y);
    let is_empty = hands.read(|document| document.nodes.is_empty());
    if in_sight && !is_empty { (step, step) } else { to(hands.middle()) }
}

pub fn duplicate(hands: Hands) {
    let list: Vec<Uuid> = ids(&hands.subject());
    match hands.build(|document, ids| build::duplicate(document, &list, (STEP, STEP), ids)) {
        Ok(change) => {
            hands.perform(change, None);
            hands.keep_in_sight();
        }
        Err(problems) => hands.state.refuse(&said(&problems)),
    }
}
