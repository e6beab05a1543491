//! Whether keys without Ctrl do something. Who speaks to the machine, or shares the keyboard with a tremor, switches them
//! off (WCAG 2.2, 2.1.4 Character Key Shortcuts).

use leptos::prelude::window;

const KEY: &str = "eventyard.single-keys";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

pub fn are_on() -> bool {
    storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).as_deref() != Some("off")
}

pub fn set(on: bool) {
    // Where storage is forbidden they stay on.
    if let Some(storage) = storage() {
        let _ = if on { storage.remove_item(KEY) } else { storage.set_item(KEY, "off") };
    }
}

/// A letter, digit, punctuation mark or symbol, as a key is named.
pub fn is_single(name: &str) -> bool {
    let key = name.strip_prefix("Shift+").unwrap_or(name);
    key.chars().count() == 1
}
