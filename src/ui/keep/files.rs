//! Opening files: chosen, or dropped onto the window. What cannot be opened is explained, place by place, and what is on
//! the screen stays.

use crate::diagram::{Document, Problem, check};
use crate::exchange::svg;
use crate::exchange::template::looks_like_template;
use crate::language::translation_of;
use crate::ui::dialogs::follow;
use crate::ui::importing::Template;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::html::{Dialog, Input};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// Larger files are no diagrams; reading them would stall the page.
pub const MAXIMUM_BYTES: f64 = 8.0 * 1024.0 * 1024.0;

/// What could not be opened.
#[derive(Clone, PartialEq)]
struct Refused {
    file: String,
    problems: Vec<Problem>,
}

#[derive(Clone, Copy)]
pub struct Files {
    state: State,
    input: NodeRef<Input>,
    refused: RwSignal<Option<Refused>>,
    /// Something is held over the window.
    over: RwSignal<bool>,
}

/// A diagram from a file's text: a document, or a picture with the document inside.
pub fn read(text: &str) -> Result<Document, Vec<Problem>> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let document = if start.starts_with('<') { Document::parse(&svg::read(text)?)? } else { Document::parse(start)? };
    check(&document)?;
    Ok(document)
}

/// By what it says, or by a name that no diagram has.
fn is_template(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    looks_like_template(text) || [".yaml", ".yml", ".template"].iter().any(|end| name.ends_with(end))
}

/// By its name, or by what only a lab says.
fn is_lab(name: &str, text: &str) -> bool {
    let says = || serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.get("lab").is_some());
    name.to_lowercase().ends_with(".eventyard-lab.json") || says()
}

impl Files {
    pub fn new(state: State) -> Files {
        let files = Files { state, input: NodeRef::new(), refused: RwSignal::new(None), over: RwSignal::new(false) };
        let held = |event: &ev::DragEvent| {
            let types = event.data_transfer().map(|data| data.types());
            types.is_some_and(|types| types.includes(&"Files".into(), 0))
        };
        window_event_listener(ev::dragover, move |event| {
            if held(&event) {
                event.prevent_default();
                files.over.set(true);
            }
        });
        window_event_listener(ev::dragleave, move |event| {
            // Only when it leaves the window, not when it goes from one element to the next.
            if event.related_target().is_none() {
                files.over.set(false);
            }
        });
        window_event_listener(ev::drop, move |event| {
            if held(&event) {
                event.prevent_default();
                files.over.set(false);
                let list = event.data_transfer().and_then(|data| data.files());
                if let Some(file) = list.and_then(|list| list.get(0)) {
                    files.open(file);
                }
            }
        });
        files
    }

    /// Lets people choose a file.
    pub fn choose(self) {
        if let Some(input) = self.input.get_untracked() {
            // The same file again is a choice, too.
            input.set_value("");
            input.click();
        }
    }

    fn open(self, file: web_sys::File) {
        let name = file.name();
        if file.size() > MAXIMUM_BYTES {
            let problem =
                Problem::new("", tr!("This file is larger than 8 MB.")).with_hint(tr!("A diagram is much smaller."));
            return self.refuse(name, vec![problem]);
        }
        let Ok(reader) = web_sys::FileReader::new() else { return };
        let result = reader.clone();
        let done = Closure::once_into_js(move || {
            let text = result.result().ok().and_then(|text| text.as_string());
            // A template is shown before it becomes a diagram, and with it what is wrong with it.
            if let Some(text) = text.as_ref().filter(|text| is_template(&name, text)) {
                self.state.importing.set(Some(Template { name, text: text.clone() }));
                return;
            }
            if let Some(text) = text.as_ref().filter(|text| is_lab(&name, text)) {
                self.state.lab_file.set(Some((name, text.clone())));
                self.state.wish.set(None);
                return;
            }
            match text.as_deref().map(read) {
                Some(Ok(document)) => {
                    let words = tr!("Opened “{name}”.", name = translation_of(&document.name));
                    self.state.open_document(document);
                    self.state.wish.set(None);
                    self.state.say(&words);
                }
                Some(Err(problems)) => self.refuse(name, problems),
                None => self.refuse(name, vec![Problem::new("", tr!("The file could not be read."))]),
            }
        });
        reader.set_onloadend(Some(done.unchecked_ref()));
        let _ = reader.read_as_text(&file);
    }

    fn refuse(self, file: String, problems: Vec<Problem>) {
        self.refused.set(Some(Refused { file, problems }));
    }
}

/// The file input, unseen, and what shows while a file is held over the window.
#[component]
pub fn Chooser(files: Files) -> impl IntoView {
    let chosen = move |_| {
        let list = files.input.get_untracked().and_then(|input| input.files());
        if let Some(file) = list.and_then(|list| list.get(0)) {
            files.open(file);
        }
    };
    view! {
        <input
            type="file" class="hidden" node_ref=files.input data-testid="file-input" accept=".json,.svg,.yaml,.yml,.template,application/json,image/svg+xml"
            aria-label=tr!("Open a diagram") on:change=chosen
        />
        <div class="drop" aria-hidden="true" class:hidden=live_flag(move || !files.over.get())><p>{tr!("Drop a diagram or a template to open it")}</p></div>
    }
}

/// Every problem of a file that could not be opened.
#[component]
pub fn ProblemsDialog(files: Files) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let refused = files.refused;
    follow(dialog, move || refused.get().is_some());
    let line = |problem: Problem| {
        let place = if problem.path.is_empty() { tr!("the file").to_string() } else { problem.path };
        view! { <li><code>{place}</code>": "{problem.message}" "<span class="quiet">{problem.hint}</span></li> }
    };
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="problems-title" data-testid="file-problems" on:close=move |_| refused.set(None)>
            <h2 id="problems-title">
                {live_text(move || refused.get().map_or(String::new(), |refused| tr!("“{name}” cannot be opened", name = refused.file)))}
            </h2>
            <p>{tr!("What is on the screen stays as it is.")}</p>
            <ul class="problems">
                {live_part(move || refused.get().map(|refused| refused.problems.into_iter().map(line).collect_view()))}
            </ul>
            <form method="dialog"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
}
