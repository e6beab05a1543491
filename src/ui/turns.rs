//! Long work in pieces. Between two of them the browser can paint, and answer whoever clicks or types meanwhile.

use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// Goes on when it is this work's turn again.
pub async fn next_turn() {
    let turn = js_sys::Promise::new(&mut |go_on, _| {
        let _ = window().set_timeout_with_callback(&go_on);
    });
    // Nothing rejects it.
    let _ = JsFuture::from(turn).await;
}

/// A part of the page that is built when what stands before it is there already, in the order in which they are asked
/// for.
pub fn in_turn<V: IntoView>(build: impl FnOnce() -> V + Send + 'static) -> AnyView {
    let due = RwSignal::new(false);
    let mut build = Some(build);
    set_timeout(move || due.set(true), Duration::ZERO);
    let part: Box<dyn FnMut() -> Option<AnyView> + Send> =
        Box::new(move || due.get().then(|| build.take()).flatten().map(|build| untrack(build).into_any()));
    part.into_any()
}
