//! Where everything lies at the moment: as the document says, or as it is being dragged.

use crate::diagram::Document;
use crate::drawing::{self, Curve, Point};
use rustc_hash::FxHashMap;
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct Layout {
    pub nodes: Vec<(Uuid, Point)>,
    pub edges: Vec<Uuid>,
    /// In the order of `edges`.
    pub curves: Vec<Curve>,
    /// Where in its list a node or an edge is.
    index: FxHashMap<Uuid, usize>,
}

impl Layout {
    pub fn of(document: &Document) -> Layout {
        let nodes: Vec<(Uuid, Point)> =
            document.nodes.iter().map(|node| (node.id, Point { x: node.x, y: node.y })).collect();
        let edges: Vec<Uuid> = document.edges.iter().map(|edge| edge.id).collect();
        let node_places = nodes.iter().enumerate().map(|(index, (id, _))| (*id, index));
        let edge_places = edges.iter().enumerate().map(|(index, id)| (*id, index));
        let index = node_places.chain(edge_places).collect();
        Layout { nodes, edges, curves: drawing::curves(document), index }
    }

    pub fn place(&self, node: Uuid) -> Option<Point> {
        self.nodes.get(*self.index.get(&node)?).filter(|(id, _)| *id == node).map(|(_, place)| *place)
    }

    pub fn curve(&self, edge: Uuid) -> Option<&Curve> {
        let index = *self.index.get(&edge)?;
        (self.edges.get(index) == Some(&edge)).then(|| self.curves.get(index)).flatten()
    }
}
