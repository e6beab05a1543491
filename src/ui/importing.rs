//! A SAM or CloudFormation template on its way in: pasted, dropped or chosen, read as it is typed, with a preview and
//! what needs attention, or with each mistake and its line. Only then it becomes a new diagram. Fetched on demand.

use super::dialogs::follow;
use super::on_demand::Part;
use super::reactive::{live_flag, live_part, live_text};
use super::state::{State, use_state};
use crate::exchange::template::read::{Flaw, Imported, Note, read};
use crate::exchange::{Theme, svg};
use crate::language::{translated, translation_of};
use leptos::html::{Dialog, Input};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::portal::Portal;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_split_helpers::wasm_split;

/// A text that may be a template, and what it is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    pub name: String,
    pub text: String,
}

/// While somebody types, it is read this long after the last key.
const PAUSE: Duration = Duration::from_millis(300);
/// More lines than this are told as a number.
const MOST_LINES: usize = 200;

#[wasm_split(importing, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <Portal><Importer /></Portal> }.into_any())
}

/// What the diagram is called where the template does not say: the file's name without its ending.
fn called(file: &str) -> &str {
    let name =
        [".yaml", ".yml", ".json", ".template", ".txt"].iter().find_map(|end| file.strip_suffix(end)).unwrap_or(file);
    if name.is_empty() { "Imported template" } else { name }
}

/// What a text came to; `None` for an empty one.
type Outcome = Option<Result<Imported, Vec<Flaw>>>;

#[component]
fn Importer() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let file = NodeRef::<Input>::new();
    let outcome = StoredValue::new_local(None::<Result<Imported, Vec<Flaw>>>);
    let seen = RwSignal::new(0u32);
    let open = Memo::new(move |_| state.importing.with(Option::is_some));
    follow(dialog, move || open.get());
    let look = move || {
        let read = state.importing.with_untracked(|template| {
            let template = template.as_ref().filter(|template| !template.text.trim().is_empty())?;
            Some(read(&template.text, called(&template.name)))
        });
        outcome.set_value(read);
        seen.update(|count| *count += 1);
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let at_once = StoredValue::new(true);
    Effect::new(move |_| {
        state.importing.track();
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
        if at_once.get_value() {
            look();
        } else {
            timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
        }
        at_once.set_value(true);
    });
    let typed = move |event| {
        at_once.set_value(false);
        let text = event_target_value(&event);
        state.importing.update(|template| {
            if let Some(template) = template {
                template.text = text;
            }
        });
    };
    let chosen = move |_| {
        let list = file.get_untracked().and_then(|input| input.files());
        if let Some(chosen) = list.and_then(|list| list.get(0)) {
            read_file(state, chosen);
        }
    };
    let close = move |_| state.importing.set(None);
    let accept = move |_| {
        let read = outcome.try_update_value(Option::take).flatten();
        if let Some(Ok(imported)) = read {
            let words = tr!("Imported “{name}”.", name = translation_of(&imported.document.name));
            state.importing.set(None);
            state.open_document(imported.document);
            state.say(&words);
        }
    };
    let text = live_text(move || {
        state.importing.with(|template| template.as_ref().map_or(String::new(), |it| it.text.clone()))
    });
    let result = live_part(move || {
        seen.track();
        outcome.with_value(shown)
    });
    let good = move || {
        seen.track();
        outcome.with_value(|read| matches!(read, Some(Ok(_))))
    };
    view! {
        <dialog node_ref=dialog class="wide import" aria-labelledby="import-title" data-testid="import" on:close=close>
            <h2 id="import-title">{tr!("Import a template")}</h2>
            <p class="quiet">
                {tr!("AWS SAM or CloudFormation, in YAML or JSON, also what the CDK has synthesised. It is read in this browser and goes nowhere else.")}
                " "
                {tr!("The diagram that is open stays as it is; the template becomes one of its own.")}
            </p>
            <p class="buttons">
                <label class="import-file">
                    <span>{tr!("Choose a file, or paste the text:")}</span>
                    <input
                        type="file" node_ref=file data-testid="import-file" accept=".yaml,.yml,.json,.template,.txt" on:change=chosen
                    />
                </label>
            </p>
            <textarea
                class="import-text" data-testid="import-text" aria-label=tr!("The template's text") spellcheck="false" autocomplete="off"
                placeholder="Resources:" prop:value=text on:input=typed
            ></textarea>
            <div class="import-result" role="status" data-testid="import-result">{result}</div>
            <form method="dialog" class="buttons">
                <button
                    type="button" class="primary" data-testid="import-accept" disabled=live_flag(move || !good()) on:click=accept
                >
                    {tr!("Open as a new diagram")}
                </button>
                <button data-testid="import-close">{tr!("Cancel")}</button>
            </form>
        </dialog>
    }
}

/// A file that was chosen; a larger one than any template is refused by the reader with a reason.
fn read_file(state: State, file: web_sys::File) {
    let Ok(reader) = web_sys::FileReader::new() else { return };
    let (name, result) = (file.name(), reader.clone());
    let done = Closure::once_into_js(move || {
        let text = result.result().ok().and_then(|text| text.as_string()).unwrap_or_default();
        state.importing.set(Some(Template { name, text }));
    });
    reader.set_onloadend(Some(done.unchecked_ref()));
    let _ = reader.read_as_text(&file);
}

fn shown(read: &Outcome) -> AnyView {
    match read {
        None => ().into_any(),
        Some(Err(flaws)) => mistakes(flaws),
        Some(Ok(imported)) => preview(imported),
    }
}

fn mistakes(flaws: &[Flaw]) -> AnyView {
    let line = |flaw: &Flaw| {
        view! {
            <li data-testid="import-flaw">
                <b>{tr!("Line {line}, column {column}", line = flaw.place.line, column = flaw.place.column)}</b>": "{flaw.message.clone()}" "
                <span class="quiet">{flaw.hint.clone()}</span>
            </li>
        }
    };
    let count =
        tr!("One mistake keeps this from being read." | "{n} mistakes keep this from being read." % flaws.len());
    view! {
        <p class="error">{count}</p>
        <ul class="problems">{flaws.iter().take(MOST_LINES).map(line).collect_view()}</ul>
    }
    .into_any()
}

fn preview(imported: &Imported) -> AnyView {
    let document = &imported.document;
    let (nodes, edges) = (document.nodes.len(), document.edges.len());
    let root = leptos::prelude::document().document_element();
    let dark = root.and_then(|root| root.get_attribute("data-theme")).is_some_and(|theme| theme == "dark");
    let picture = svg::write(document, if dark { Theme::Dark } else { Theme::Light });
    let summary = match imported.exact {
        true => tr!(
            "“{name}”: the diagram that this template was exported from, unchanged. {nodes} nodes, {edges} connections.",
            name = translation_of(&document.name),
            nodes = nodes,
            edges = edges
        ),
        false => {
            tr!(
                "“{name}”: {nodes} nodes, {edges} connections.",
                name = translation_of(&document.name),
                nodes = nodes,
                edges = edges
            )
        }
    };
    let attention = match imported.notes.len() {
        0 => tr!("Nothing needs attention.").to_string(),
        count => tr!("One thing needs attention:" | "{n} things need attention:" % count),
    };
    let line = |note: &Note| {
        let class = format!("import-note import-{}", note.concern.name());
        view! {
            <li class=class data-testid="import-note">
                <b>{translated(note.concern.words())}</b>
                <span>{note.message.clone()}</span>
                <span class="quiet">{tr!("line {number}", number = note.place.line)}</span>
            </li>
        }
    };
    view! {
        <p data-testid="import-summary">{summary}</p>
        // Our own picture, in which every text is escaped.
        <div class="import-preview" role="img" aria-label=tr!("Preview of the diagram") inner_html=picture></div>
        <p data-testid="import-attention">{attention}</p>
        <ul class="problems">{imported.notes.iter().take(MOST_LINES).map(line).collect_view()}</ul>
    }
    .into_any()
}
