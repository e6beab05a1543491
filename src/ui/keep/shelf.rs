//! The diagrams that this browser keeps: open, duplicate, delete, and back to the guide's.

use super::autosave::Autosave;
use super::{Wish, storage};
use crate::diagram::{Change, Edit};
use crate::exchange::kept::Kept;
use crate::lessons::guide;
use crate::ui::language;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::use_state;
use leptos::prelude::*;

/// A line of the list.
#[derive(Clone)]
struct Item {
    key: String,
    name: String,
    /// When it was kept, as the language writes times; or what is wrong with it.
    detail: String,
    time: f64,
}

fn items() -> Vec<Item> {
    let locale = language::locale();
    let mut items: Vec<Item> = storage::keys()
        .into_iter()
        .filter(|key| guide::find(key).is_none())
        .filter_map(|key| {
            Some(match storage::read(&key)? {
                Ok(Kept { document, time, .. }) => {
                    let date = js_sys::Date::new(&time.into());
                    let detail = date.to_locale_string(&locale, &wasm_bindgen::JsValue::UNDEFINED).into();
                    Item { key, name: document.name, detail, time }
                }
                Err(_) => {
                    let detail = tr!("damaged: cannot be opened").to_string();
                    Item { name: key.clone(), key, detail, time: 0.0 }
                }
            })
        })
        .collect();
    items.sort_by(|a, b| b.time.total_cmp(&a.time));
    items
}

#[component]
pub fn Shelf(autosave: Autosave) -> impl IntoView {
    let state = use_state();
    // What was deleted last, to be put back.
    let deleted = RwSignal::new(None::<(String, String, String)>);
    let delete = move |item: &Item| {
        let Some(text) = storage::text(&item.key) else { return };
        storage::remove(&item.key);
        deleted.set(Some((item.key.clone(), item.name.clone(), text)));
        autosave.changed.update(|count| *count += 1);
        if state.diagram.get_untracked() == item.key {
            autosave.forget();
            state.open(guide::OPENING);
        }
    };
    let put_back = move |_| {
        if let Some((key, _, text)) = deleted.get_untracked() {
            match storage::write(&key, &text) {
                Ok(()) => deleted.set(None),
                Err(_) => state.refuse(tr!("There is no room to put it back. Delete something else first.")),
            }
            autosave.changed.update(|count| *count += 1);
        }
    };
    let changed = live_flag(move || {
        let key = state.diagram.get();
        state.revision.track();
        let original = guide::find(&key).is_some().then(|| state.original());
        original.is_none_or(|original| state.read(|simulation| *simulation.document() == original))
    });
    let reset = move |_| {
        let change = Change::labelled(tr!("Reset to the guide's"), Edit::Replace(Box::new(state.original())));
        state.perform(change, None);
    };
    let list = live_part(move || {
        autosave.changed.track();
        let items = items();
        if items.is_empty() {
            return view! { <p class="quiet">{tr!("Diagrams that you draw or change are kept in this browser, and listed here.")}</p> }
                .into_any();
        }
        let line = move |item: Item| {
            let (key, opened) = (item.key.clone(), item.key.clone());
            let (name, detail) = (item.name.clone(), item.detail.clone());
            let chosen = live_flag(move || state.diagram.get() == key);
            view! {
                <li class="kept">
                    <button
                        class="bare diagram-choice" class:chosen=chosen data-testid="kept-open"
                        aria-current=live_text(move || chosen.get().to_string()) on:click=move |_| state.open(&opened)
                    >
                        {name.clone()}<small class="quiet">{detail}</small>
                    </button>
                    <button
                        class="bare" data-testid="kept-delete" aria-label=tr!("Delete “{name}”", name = name) title=tr!("Delete")
                        on:click=move |_| delete(&item)
                    >
                        "✕"
                    </button>
                </li>
            }
        };
        view! { <ul class="diagrams">{items.into_iter().map(line).collect_view()}</ul> }.into_any()
    });
    view! {
        <p class="kept-changed" class:hidden=changed data-testid="kept-changed">
            {tr!("Changed by you.")} " " <button class="link" data-testid="kept-reset" on:click=reset>{tr!("Back to the guide's")}</button>
        </p>
        <h2>{tr!("Your diagrams")}</h2>
        {list}
        <p class="kept-changed" role="status" data-testid="kept-deleted" class:hidden=live_flag(move || deleted.get().is_none())>
            {live_text(move || deleted.get().map_or(String::new(), |(_, name, _)| tr!("“{name}” was deleted. ", name = name)))}
            <button class="link" data-testid="kept-put-back" on:click=put_back>{tr!("Undo")}</button>
        </p>
        <p class="buttons">
            <button data-testid="new-diagram-kept" on:click=move |_| state.open_empty()>{tr!("New")}</button>
            <button data-testid="open-file" on:click=move |_| state.wish.set(Some(Wish::OpenFile))>{tr!("Open a file…")}</button>
        </p>
    }
}
