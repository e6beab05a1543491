//! Opening labs from files: what cannot be read is explained, place by place, and what is on the screen stays.

use super::shelf::{Key, Shelf};
use crate::diagram::Problem;
use crate::lessons::labs::{Lab, MAXIMUM_BYTES};
use crate::ui::dialogs::follow;
use crate::ui::reactive::{live_part, live_text};
use crate::ui::state::State;
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// A file that may hold a lab: its name and its text.
pub type LabFile = (String, String);

/// Reads a file that was chosen.
pub fn read(state: State, file: web_sys::File) {
    if file.size() > MAXIMUM_BYTES as f64 {
        return state.refuse(tr!("This file is larger than a lab may be: 1 MiB."));
    }
    let Ok(reader) = web_sys::FileReader::new() else { return };
    let (name, result) = (file.name(), reader.clone());
    let done = Closure::once_into_js(move || {
        let text = result.result().ok().and_then(|text| text.as_string()).unwrap_or_default();
        state.lab_file.set(Some((name, text)));
    });
    reader.set_onloadend(Some(done.unchecked_ref()));
    let _ = reader.read_as_text(&file);
}

/// Opens the labs that are handed in, and tells what is wrong with those that cannot be.
pub fn view(state: State, shelf: Shelf) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    let refused = RwSignal::new(None::<(String, Vec<Problem>)>);
    follow(dialog, move || refused.with(Option::is_some));
    Effect::new(move |_| {
        let Some((name, text)) = state.lab_file.get() else { return };
        state.lab_file.set(None);
        match Lab::parse(&text) {
            Ok(lab) => {
                let key = Key::fresh();
                if let Key::Own(id) = &key {
                    shelf.keep_lab(id, &lab);
                }
                state.say(&tr!("Opened the lab “{name}”.", name = lab.title));
                state.lab.set(Some(key.text()));
            }
            Err(problems) => refused.set(Some((name, problems))),
        }
    });
    let line = |problem: Problem| {
        let place = if problem.path.is_empty() { tr!("the file").to_string() } else { problem.path };
        view! { <li><code>{place}</code>": "{problem.message}" "<span class="quiet">{problem.hint}</span></li> }
    };
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="lab-problems-title" data-testid="lab-problems" on:close=move |_| refused.set(None)>
            <h2 id="lab-problems-title">
                {live_text(move || refused.with(|it| it.as_ref().map_or(String::new(), |(name, _)| tr!("“{name}” is not a lab that can be taken", name = name))))}
            </h2>
            <p>{tr!("What is on the screen stays as it is.")}</p>
            <ul class="problems">
                {live_part(move || refused.get().map(|(_, problems)| problems.into_iter().map(line).collect_view()))}
            </ul>
            <form method="dialog"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
    .into_any()
}
