//! What the page around an embed is told of a lab: an event of the window, which the embed's part hands on if it is there.

use leptos::prelude::*;
use serde_json::{Value, json};

fn tell(message: &Value) {
    let Ok(event) = web_sys::CustomEvent::new("eventyard-tells") else { return };
    let detail = message.to_string().into();
    event.init_custom_event_with_can_bubble_and_cancelable_and_detail("eventyard-tells", false, false, &detail);
    let _ = window().dispatch_event(&event);
}

/// A goal was reached; the step's place, from 0.
pub fn goal(lab: &str, place: usize, goal: &str) {
    tell(&json!({ "type": "goal", "lab": lab, "step": place + 1, "goal": goal }));
}

/// Every step was gone through; `score`: goals reached and predictions right, from 0 to 1.
pub fn finished(lab: &str, score: f64) {
    tell(&json!({ "type": "lab", "lab": lab, "score": score }));
}
