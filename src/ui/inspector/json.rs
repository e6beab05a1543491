//! A node or an edge as it stands in the document, to be edited as text.

use crate::diagram::{Change, Document, Edit, Problem};
use crate::ui::json_editor::JsonEditor;
use crate::ui::state::use_state;
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
    let value: Value = serde_json::from_str(text)
        .map_err(|error| vec![Problem::new("", tr!("This is not JSON: {error}.", error = error))])?;
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
    let wrong_id = || vec![Problem::new("id", tr!("The id names this node or edge, and stays."))];
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
    let read = Callback::new(move |text: String| {
        state.read(|simulation| {
            let document = simulation.document();
            read(document, id, &text).map(|edit| Change::of(edit, document))
        })
    });
    view! {
        <p class="quiet">{tr!("As it stands in the document. Only what differs from the defaults is written.")}</p>
        <JsonEditor written read label=tr!("JSON of the selected node or edge") />
    }
}
