//! The path of a request on the diagram: what it touched is lit, the rest dimmed. Attributes of the elements that are there
//! already, so that nothing else on the diagram has to know.

use crate::diagram::{EdgeIndex, NodeIndex};
use crate::simulation::Simulation;
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The ids of nodes and edges.
pub type Path = Vec<Uuid>;

pub fn of(simulation: &Simulation, nodes: &[NodeIndex], edges: &[EdgeIndex]) -> Path {
    let plan = simulation.plan();
    let nodes = nodes.iter().filter_map(|node| plan.nodes.get(node.usize())).map(|node| node.id);
    nodes.chain(edges.iter().filter_map(|edge| plan.edges.get(edge.usize())).map(|edge| edge.id)).collect()
}

/// Lights a path, or with `None` the whole diagram again.
pub fn light(path: Option<&Path>) {
    let Ok(Some(diagram)) = document().query_selector("svg.diagram") else { return };
    let _ = diagram.toggle_attribute_with_force("data-path", path.is_some());
    let Ok(things) = diagram.query_selector_all("[data-node],[data-edge]") else { return };
    for place in 0..things.length() {
        let Some(thing) = things.item(place).and_then(|thing| thing.dyn_into::<Element>().ok()) else { continue };
        let id = thing.get_attribute("data-node").or_else(|| thing.get_attribute("data-edge"));
        let id = id.and_then(|id| Uuid::parse_str(&id).ok());
        let on = path.is_some_and(|path| id.is_some_and(|id| path.contains(&id)));
        let _ = thing.toggle_attribute_with_force("data-on-path", on);
    }
}
