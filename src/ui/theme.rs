//! Light or dark: as the system says, until somebody chooses.

use crate::ui::reactive::live_text;
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

/// What public/boot.js has set before the app was there.
fn initial() -> Theme {
    let root = document().document_element();
    let dark = root.and_then(|root| root.get_attribute("data-theme")).is_some_and(|name| name == Theme::Dark.name());
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
        // Storage may be forbidden, in an embed for example; then the choice lasts as long as the page.
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, name);
        }
    };
    view! {
        <button class="bare" data-testid="theme" on:click=toggle aria-label=tr!("Change between light and dark")>
            {live_text(move || if theme.get() { tr!("☀ Light") } else { tr!("☾ Dark") })}
        </button>
    }
}
