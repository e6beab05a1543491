//! Part of the document as text: what is wrong is pointed at, what is right is applied as one step that can be undone.

use super::editor::CodeEditor;
use super::flaws::flaws;
use super::reactive::{live_flag, live_text};
use super::state::use_state;
use crate::diagram::{Change, Problem, list_problems};
use leptos::prelude::*;

/// `written` is the text as it stands; `read` makes a change of what was typed, or says what is wrong with it.
#[component]
pub fn JsonEditor(
    written: Memo<String>,
    read: Callback<String, Result<Change, Vec<Problem>>>,
    label: &'static str,
) -> impl IntoView {
    let state = use_state();
    let text = RwSignal::new(written.get_untracked());
    let problems = RwSignal::new(Vec::<Problem>::new());
    // What somebody else changes shows, unless something was typed here.
    let shown = StoredValue::new(written.get_untracked());
    Effect::new(move |_| {
        let now = written.get();
        if text.with_untracked(|text| shown.with_value(|shown| text == shown)) {
            text.set(now.clone());
            problems.set(Vec::new());
        }
        shown.set_value(now);
    });
    let changed = Memo::new(move |_| text.get() != written.get());
    let back = move || {
        text.set(written.get_untracked());
        problems.set(Vec::new());
    };
    let apply = move |_| {
        let result = read.run(text.get_untracked()).and_then(|change| state.try_perform(change, None));
        match result {
            Ok(()) => back(),
            Err(list) => problems.set(list),
        }
    };
    let marked = Signal::derive(move || flaws(&text.get(), &problems.get()));
    view! {
        <CodeEditor text marks=Signal::derive(Vec::new) flaws=marked label=label test="json-view" />
        <p class="error lines" role="status" data-testid="json-error">{live_text(move || list_problems(&problems.get()))}</p>
        <div class="buttons">
            <button class="primary" data-testid="json-apply" disabled=live_flag(move || !changed.get()) on:click=apply>{tr!("Apply")}</button>
            <button data-testid="json-revert" disabled=live_flag(move || !changed.get()) on:click=move |_| back()>{tr!("As it was")}</button>
        </div>
    }
}
