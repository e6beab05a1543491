//! Closures that change what is on the page, as one type for each kind of value. Leptos compiles the code that builds
//! and updates a view once for every type that it meets, and every closure is a type of its own; with these, the whole
//! app shares it.

use leptos::prelude::*;

/// A text that follows the signals it reads.
pub fn live_text<T: ToString>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || read().to_string())
}

/// Yes or no, for `class:` and for attributes that are there or not.
pub fn live_flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// A part of the page that is built anew when the signals it reads change.
pub fn live_part<V: IntoAny>(build: impl Fn() -> V + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || build().into_any())
}
