//! Forms for settings, made from their descriptions. A change applies to the running simulation at once; one that is
//! refused stays in its field with the reason, and the simulation keeps the old value.

use super::field::Field;
use super::handler::HandlerEditor;
use crate::diagram::{Setting, settings};
use crate::simulation::{Command, Simulation};
use crate::ui::state::use_state;
use leptos::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// The descriptions that hold for a node or an edge.
fn described(simulation: &Simulation, id: Uuid) -> Vec<&'static Setting> {
    let plan = simulation.plan();
    let lists = match (plan.find_node(id), plan.find_edge(id)) {
        (Some(node), _) => settings::of_node(plan.node(node).kind),
        (None, Some(edge)) => settings::of_edge(plan.edge(edge).kind),
        (None, None) => return Vec::new(),
    };
    lists.iter().flat_map(|list| list.iter()).collect()
}

/// The value as written; `None` where the default holds.
fn written(simulation: &Simulation, id: Uuid, name: &str) -> Option<Value> {
    let document = simulation.document();
    let settings = match document.node(id) {
        Some(node) => &node.settings,
        None => &document.edges.iter().find(|edge| edge.id == id)?.settings,
    };
    settings.get(name).cloned()
}

#[component]
pub fn Settings(id: Uuid) -> impl IntoView {
    let state = use_state();
    let list = state.read(|simulation| described(simulation, id));
    let field = move |setting: &'static Setting| {
        let name = setting.name;
        let current = Memo::new(move |_| {
            state.revision.track();
            state.read(|simulation| written(simulation, id, name))
        });
        let write =
            Callback::new(move |value| state.apply(Command::Set { target: id, setting: name.to_string(), value }));
        match name {
            "Handler" => view! { <HandlerEditor id setting current write /> },
            _ => view! { <Field setting prefix="setting".to_string() current write /> },
        }
    };
    view! {
        <p class="quiet">{tr!("Changes apply at once, at the present simulated time.")}</p>
        <div class="settings">{list.into_iter().map(field).collect_view()}</div>
    }
}
