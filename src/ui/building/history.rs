//! The history: every step that was taken, and a way to each of them.

use super::Hands;
use crate::ui::dialogs::follow;
use crate::ui::embed::embedded;
use crate::ui::reactive::{live_part, live_text};
use leptos::html::Dialog;
use leptos::prelude::*;

#[component]
pub fn HistoryDialog(hands: Hands) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let state = hands.state;
    follow(dialog, move || hands.history.get());
    let list = live_part(move || {
        if !hands.history.get() {
            return ().into_any();
        }
        state.revision.track();
        let (labels, position) = state.history();
        let line = |(index, label): (usize, String)| {
            let undone = index > position;
            view! {
                <li class:undone=undone>
                    <button
                        class="bare" data-testid="history-entry" aria-current=(index == position).then_some("step")
                        on:click=move |_| state.jump(index)
                    >
                        {label}
                    </button>
                </li>
            }
        };
        let begin = std::iter::once(tr!("As it was opened").to_string());
        view! { <ol class="history">{begin.chain(labels).enumerate().map(line).collect_view()}</ol> }.into_any()
    });
    let help = live_text(move || {
        state.revision.track();
        if state.history().0.is_empty() {
            tr!(
                "Nothing has been changed yet. Every change to this diagram will be listed here, and each can be gone back to."
            )
        } else {
            tr!(
                "Choose a step to go back to it, or forward again. The run goes on; what an edit did is taken back from now on."
            )
        }
    });
    view! {
        <dialog node_ref=dialog aria-labelledby="history-title" data-testid="history" on:close=move |_| hands.history.set(false)>
            <h2 id="history-title" tabindex="-1" autofocus=!embedded()>{tr!("History")}</h2>
            <p class="quiet">{help}</p>
            {list}
            <form method="dialog" class="buttons"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
}
