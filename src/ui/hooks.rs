//! What tests, benchmarks and scripts can ask of the page: `window.eventyard`.

use super::state::State;
use crate::diagram::{Document, NodeKind};
use crate::kernel::{SECOND, Time};
use crate::lessons::guide;
use crate::rules::{Matcher, Pattern};
use crate::simulation::Simulation;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// `eventyard.runUntil(diagram, seed, microseconds)` runs a diagram, by its name in the guide or by its text, from the
/// beginning and gives the journal's hash; `eventyard.now()` and `eventyard.hash()` tell of the run on the screen;
/// `eventyard.document()` gives the text of the document on the screen; `eventyard.memory()` the bytes of WebAssembly's
/// memory;
/// `eventyard.eventsPerSecond` and `eventyard.matchesPerSecond` are the benchmarks in the browser;
/// `eventyard.breakDown()` panics, to see what people would see then.
pub fn install(state: State) {
    let run = Closure::<dyn Fn(String, f64, f64) -> JsValue>::new(|id: String, seed: f64, microseconds: f64| {
        let document = guide::find(&id).map(|diagram| diagram.document()).or_else(|| Document::parse(&id).ok());
        let Some(document) = document else { return JsValue::NULL };
        let Ok(mut simulation) = Simulation::new(&document, seed as u64) else { return JsValue::NULL };
        simulation.run_until(Time(microseconds as u64), u64::MAX);
        simulation.journal().hash().into()
    });
    let events = Closure::<dyn Fn(String, f64, f64) -> f64>::new(|id: String, rate: f64, seconds: f64| {
        run_at_rate(&id, rate, seconds).unwrap_or(0.0)
    });
    let matches = Closure::<dyn Fn(String, String, f64) -> f64>::new(|rules: String, events: String, seconds: f64| {
        match_for(&rules, &events, seconds).unwrap_or(0.0)
    });
    let now = Closure::<dyn Fn() -> f64>::new(move || state.read(|simulation| simulation.now().0 as f64));
    let hash = Closure::<dyn Fn() -> JsValue>::new(move || state.read(|simulation| simulation.journal().hash()).into());
    let document =
        Closure::<dyn Fn() -> JsValue>::new(move || state.read(|simulation| simulation.document().to_text()).into());
    let memory = Closure::<dyn Fn() -> f64>::new(|| {
        let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
        memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length().into()
    });
    let break_down = Closure::<dyn Fn()>::new(|| panic!("somebody asked for it"));
    let hooks = js_sys::Object::new();
    for (name, function) in [
        ("runUntil", run.as_ref()),
        ("eventsPerSecond", events.as_ref()),
        ("matchesPerSecond", matches.as_ref()),
        ("now", now.as_ref()),
        ("hash", hash.as_ref()),
        ("document", document.as_ref()),
        ("memory", memory.as_ref()),
        ("breakDown", break_down.as_ref()),
    ] {
        let _ = js_sys::Reflect::set(&hooks, &name.into(), function);
    }
    let _ = js_sys::Reflect::set(&window(), &"eventyard".into(), &hooks);
    // They live as long as the page.
    run.forget();
    events.forget();
    matches.forget();
    now.forget();
    hash.forget();
    document.forget();
    memory.forget();
    break_down.forget();
}

/// Service events a second of wall time, for the benchmark in the browser.
fn run_at_rate(id: &str, rate: f64, seconds: f64) -> Option<f64> {
    let mut document = guide::find(id)?.document();
    for node in document.nodes.iter_mut().filter(|node| node.kind == NodeKind::Client) {
        node.settings.insert("Arrivals".to_string(), serde_json::json!({ "poisson": rate }));
    }
    let mut simulation = Simulation::new(&document, 7).ok()?;
    let clock = window().performance()?;
    let start = clock.now();
    simulation.run_until(Time((seconds * SECOND as f64) as u64), u64::MAX);
    Some(simulation.events() as f64 / (clock.now() - start) * 1e3)
}

/// Events a second of wall time that one matcher decides; a line of `rules` is a pattern, one of `events` an event.
fn match_for(rules: &str, events: &str, seconds: f64) -> Option<f64> {
    let mut matcher = Matcher::new();
    for (rule, text) in (0..).zip(rules.lines()) {
        matcher.insert(rule, &Pattern::parse(text).ok()?);
    }
    let events: Vec<&str> = events.lines().collect();
    let clock = window().performance()?;
    let (start, mut decided, mut matching) = (clock.now(), 0, Vec::new());
    while clock.now() - start < seconds * 1e3 {
        for event in &events {
            matching.clear();
            matcher.matches_text(event, &mut matching).ok()?;
        }
        decided += events.len();
    }
    Some(decided as f64 / (clock.now() - start) * 1e3)
}
