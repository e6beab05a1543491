//! The whole document as text.

use super::Wish;
use crate::diagram::{Change, Document, Edit};
use crate::ui::dialogs::follow;
use crate::ui::json_editor::JsonEditor;
use crate::ui::state::use_state;
use leptos::html::Dialog;
use leptos::prelude::*;

#[component]
pub fn DocumentJson() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let open = Memo::new(move |_| state.wish.get() == Some(Wish::Json));
    follow(dialog, move || open.get());
    let written = Memo::new(move |_| {
        state.revision.track();
        state.read(|simulation| simulation.document().to_text())
    });
    let read = Callback::new(|text: String| {
        let document = Document::parse(&text)?;
        Ok(Change::labelled(tr!("Edit the diagram as JSON"), Edit::Replace(Box::new(document))))
    });
    let closed = move |_| {
        if state.wish.get_untracked() == Some(Wish::Json) {
            state.wish.set(None);
        }
    };
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="json-title" data-testid="document-json" on:close=closed>
            <h2 id="json-title">{tr!("The diagram as JSON")}</h2>
            <p class="quiet">{tr!("What is applied takes effect at the present simulated time, and can be undone.")}</p>
            <Show when=move || open.get()><JsonEditor written read label=tr!("JSON of the diagram") /></Show>
            <form method="dialog"><button>{tr!("Close")}</button></form>
        </dialog>
    }
}
