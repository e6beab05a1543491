//! A node or an edge as it stands in the document, to be edited as text.

use crate::diagram::{Change, Document, Edit, Problem};
use crate::ui::editor::CodeEditor;
use crate::ui::flaws::flaws;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{said, use_state};
use leptos::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// The text of a node or an edge.
fn text_of(document: &Document, id: Uuid) -> Option<String> {
    let whole = document.to_json();
    let mut all = whole["nodes"].as_array().into_iter().chain(whole["edges"].as_array()).flatten();
    all.find(|one| one["id"].as_str() == Some(&id.to_string())).map(|one| format!("{one:#}"))
}

/// Reads the text as the node or edge with this id.
fn read(document: &Document, id: Uuid, text: &str) -> Result<Edit, Vec<Problem>> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| vec![Problem::new("", format!("This is not JSON: {error}."))])?;
    let node = document.node(id).is_some();
    let list = if node { "nodes" } else { "edges" };
    let mut whole = json!({ "version": 1, "name": "one", "nodes": [], "edges": [] });
    whole[list] = json!([value]);
    // The place is told without the list around it.
    let start = format!("{list}[0]");
    let inside = |mut problem: Problem| {
        problem.path = problem.path.strip_prefix(&start).unwrap_or(&problem.path).trim_start_matches('.').to_string();
        problem
    };
    let mut read = Document::read(&whole).map_err(|problems| problems.into_iter().map(inside).collect::<Vec<_>>())?;
    let wrong_id = || vec![Problem::new("id", "The id names this node or edge, and stays.")];
    match (read.nodes.pop(), read.edges.pop()) {
        (Some(node), _) if node.id == id => Ok(Edit::ReplaceNode(Box::new(node))),
        (_, Some(edge)) if edge.id == id => Ok(Edit::ReplaceEdge(Box::new(edge))),
        _ => Err(wrong_id()),
    }
}

#[component]
pub fn JsonView(id: Uuid) -> impl IntoView {
    let state = use_state();
    let written = Memo::new(move |_| {
        state.revision.track();
        state.read(|simulation| text_of(simulation.document(), id)).unwrap_or_default()
    });
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
    let apply = move |_| {
        let read = state.read(|simulation| {
            let document = simulation.document();
            read(document, id, &text.get_untracked()).map(|edit| Change::of(edit, document))
        });
        let result = read.and_then(|change| state.try_perform(change, None));
        match result {
            Ok(()) => {
                text.set(written.get_untracked());
                problems.set(Vec::new());
            }
            Err(list) => problems.set(list),
        }
    };
    let marked = Signal::derive(move || flaws(&text.get(), &problems.get()));
    view! {
        <p class="quiet">"As it stands in the document. Only what differs from the defaults is written."</p>
        <CodeEditor text marks=Signal::derive(Vec::new) flaws=marked label="JSON of the selected node or edge" test="json-view" />
        <p class="error" role="status" data-testid="json-error">{live_text(move || said(&problems.get()))}</p>
        <div class="buttons">
            <button class="primary" data-testid="json-apply" disabled=live_flag(move || !changed.get()) on:click=apply>"Apply"</button>
            <button data-testid="json-revert" disabled=live_flag(move || !changed.get()) on:click=move |_| {
                text.set(written.get_untracked());
                problems.set(Vec::new());
            }>"As it was"</button>
        </div>
    }
}
