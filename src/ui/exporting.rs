//! The diagram as a template: a preview, what to know before it is deployed, and the ways to take it along. Fetched on
//! demand, with all that writes templates and code.

use super::dialogs::follow;
use super::editor::CodeEditor;
use super::keep::{Wish, download};
use super::on_demand::Part;
use super::reactive::{live_part, live_text};
use super::state::{State, use_state};
use crate::exchange::template::code::Language;
use crate::exchange::template::write::{Export, Notation, Note, Options, Placement, export, template_path};
use crate::exchange::zip;
use leptos::html::Dialog;
use leptos::portal::Portal;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::wasm_split;

#[wasm_split(exporting, fallible)]
pub fn part() -> Part {
    Ok(view! { <Portal><ExportTemplate /></Portal> }.into_any())
}

fn options(yaml: bool, python: bool, placement: Placement) -> Options {
    Options {
        notation: if yaml { Notation::Yaml } else { Notation::Json },
        language: if python { Language::Python } else { Language::Nodejs },
        placement,
    }
}

/// The export; `None` where the diagram is being changed and is not valid just now.
fn exported(state: State, options: Options) -> Option<Export> {
    state.read(|simulation| export(simulation.document(), options).ok())
}

/// Everything in one archive: the template, the code in files of its own, and how to deploy them.
fn save_all(state: State, options: Options) {
    let Some(export) = exported(state, options) else { return };
    let files = export.files.iter().map(|file| (file.path.as_str(), file.text.as_bytes()));
    download::hand_over(state, download::zip(&zip::write(files)), &download::file_name(state, "zip"));
}

fn copy(state: State, text: String) {
    let clipboard = window().navigator().clipboard();
    leptos::task::spawn_local(async move {
        match JsFuture::from(clipboard.write_text(&text)).await {
            Ok(_) => state.say(tr!("Copied.")),
            Err(_) => {
                state.refuse(tr!("The browser did not let the page copy. Select the text and copy it by hand."));
            }
        }
    });
}

#[component]
fn ExportTemplate() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let open = Memo::new(move |_| state.wish.get() == Some(Wish::ExportTemplate));
    follow(dialog, move || open.get());
    let (yaml, python) = (RwSignal::new(true), RwSignal::new(false));
    let text = RwSignal::new(String::new());
    let notes = RwSignal::new(Vec::<(String, String)>::new());
    Effect::new(move |_| {
        state.revision.track();
        let options = options(yaml.get(), python.get(), Placement::Inline);
        if !open.get() {
            return;
        }
        let Some(export) = exported(state, options) else { return };
        notes.set(export.notes.iter().map(|note| said(state, note)).collect());
        text.set(export.files.into_iter().next().map_or(String::new(), |file| file.text));
    });
    let name = move || template_path(if yaml.get() { Notation::Yaml } else { Notation::Json });
    let save = move |_| {
        let (kind, ending) = if yaml.get_untracked() {
            ("application/yaml", "template.yaml")
        } else {
            ("application/json", "template.json")
        };
        let blob = text.with_untracked(|text| download::blob(text, kind));
        download::hand_over(state, blob, &download::file_name(state, ending));
    };
    let save_zip = move |_| save_all(state, options(yaml.get_untracked(), python.get_untracked(), Placement::Files));
    let closed = move |_| {
        if state.wish.get_untracked() == Some(Wish::ExportTemplate) {
            state.wish.set(None);
        }
    };
    view! {
        <dialog node_ref=dialog class="exporting" aria-labelledby="exporting-title" data-testid="exporting" on:close=closed>
            <h2 id="exporting-title">{tr!("Export as a template")}</h2>
            <p class="quiet">
                {tr!("For AWS SAM and CloudFormation. The functions' steps become code to go on with; traffic, faults and positions are kept in Metadata, so that importing the template gives this diagram again.")}
            </p>
            <div class="buttons">
                {choice(tr!("Template"), "exporting-notation", ["YAML", "JSON"], move |first| yaml.set(first))}
                {choice(tr!("Code"), "exporting-language", ["Node.js", "Python"], move |first| python.set(!first))}
            </div>
            <div class="exporting-parts">
                <section class="exporting-preview" aria-label=tr!("Preview")>
                    // An editor that is made while it cannot be seen measures itself wrongly.
                    <Show when=move || open.get()>
                        <CodeEditor text marks=Signal::derive(Vec::new) flaws=Signal::derive(Vec::new) label=tr!("Template") test="exporting-text" />
                    </Show>
                </section>
                <section class="exporting-notes" aria-labelledby="exporting-notes-title">
                    <h3 id="exporting-notes-title">{tr!("Before you deploy it")}</h3>
                    {live_part(move || view! {
                        <ul data-testid="exporting-notes">
                            {notes.get().into_iter().map(|(about, text)| view! {
                                <li>{(!about.is_empty()).then(|| view! { <b>{about}</b> ": " })}{text}</li>
                            }).collect_view()}
                        </ul>
                    })}
                </section>
            </div>
            <div class="buttons">
                <button class="primary" data-testid="exporting-zip" on:click=save_zip title=tr!("Template, code in files of its own, and a README")>
                    {tr!("Save all as zip")}
                </button>
                <button data-testid="exporting-save" on:click=save title=tr!("One file, with the code inside")>{live_text(move || tr!("Save {file}", file = name()))}</button>
                <button data-testid="exporting-copy" on:click=move |_| copy(state, text.get_untracked())>{tr!("Copy")}</button>
                <span class="space"></span>
                <button class="bare" data-testid="exporting-close" on:click=move |_| state.wish.set(None)>{tr!("Close")}</button>
            </div>
        </dialog>
    }
}

/// Whom a note is about, and what it says.
fn said(state: State, note: &Note) -> (String, String) {
    (note.node.map_or(String::new(), |id| state.name_of(id)), note.text.clone())
}

/// One of two; `chosen` hears whether it is the first.
fn choice(
    label: &'static str,
    test: &'static str,
    names: [&'static str; 2],
    chosen: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label>
            {label} " "
            <select data-testid=test on:change=move |event| chosen(event_target_value(&event) == names[0])>
                {names.map(|name| view! { <option value=name>{name}</option> }).collect_view()}
            </select>
        </label>
    }
}
