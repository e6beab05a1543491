//! All services of a simulation, by component.

use super::component::Component;
use super::service::Service;
use super::world::World;
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, Plan};

#[derive(Clone, Debug, Default)]
pub struct Services {
    nodes: Vec<Service>,
    /// By edge; only event source mappings have one.
    mappings: Vec<Option<Service>>,
}

impl Services {
    /// Builds what a plan has more than there is. Gives who is new.
    pub fn extend(&mut self, plan: &Plan, world: &mut World) -> Vec<Component> {
        let mut new = Vec::new();
        for place in self.nodes.len()..plan.nodes.len() {
            let node = NodeIndex(place as u32);
            self.nodes.push(Service::of_node(plan, node, world));
            new.push(node.into());
        }
        for place in self.mappings.len()..plan.edges.len() {
            let edge = EdgeIndex(place as u32);
            let mapping =
                (plan.edge(edge).kind == EdgeKind::EventSourceMapping).then(|| Service::of_mapping(plan, edge));
            let mapping = mapping.flatten();
            if mapping.is_some() {
                new.push(Component::of_mapping(edge));
            }
            self.mappings.push(mapping);
        }
        new
    }

    pub fn get(&self, component: Component) -> Option<&Service> {
        match component.node() {
            Ok(node) => self.nodes.get(node.usize()),
            Err(edge) => self.mappings.get(edge.usize())?.as_ref(),
        }
    }

    pub fn get_mut(&mut self, component: Component) -> Option<&mut Service> {
        match component.node() {
            Ok(node) => self.nodes.get_mut(node.usize()),
            Err(edge) => self.mappings.get_mut(edge.usize())?.as_mut(),
        }
    }

    /// The service of a node, which every node has.
    pub fn of_node(&self, node: NodeIndex) -> &Service {
        &self.nodes[node.usize()]
    }

    /// Those of a plan's nodes and edges, without what was removed.
    pub fn of_plan<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Service> {
        let nodes = plan.node_indices().map(|node| self.of_node(node));
        nodes.chain(plan.edge_indices().filter_map(|edge| self.get(Component::of_mapping(edge))))
    }
}
