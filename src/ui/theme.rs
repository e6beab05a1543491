//! Light or dark: as the system says, until somebody chooses.

use leptos::prelude::*;

const KEY: &str = "eventyard.theme";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// Storage may be forbidden, in an embed for example; then the choice lasts as long as the page.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn initial() -> Theme {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let dark = match stored.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches()),
    };
    if dark { Theme::Dark } else { Theme::Light }
}

fn show(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme.name());
    }
}

#[component]
pub fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(initial() == Theme::Dark);
    let chosen = move || if theme.get() { Theme::Dark } else { Theme::Light };
    Effect::new(move |_| show(chosen()));
    let toggle = move |_| {
        theme.update(|dark| *dark = !*dark);
        let name = if theme.get_untracked() { "dark" } else { "light" };
        if let Some(storage) = storage() {
            let _ = storage.set_item(KEY, name);
        }
    };
    view! {
        <button class="bare" data-testid="theme" on:click=toggle aria-label="Change between light and dark">
            {move || if theme.get() { "☀ Light" } else { "☾ Dark" }}
        </button>
    }
}
