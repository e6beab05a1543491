//! Where everything lies at the moment: as the document says, or as it is being dragged.

use crate::drawing::{Label, Point, Rect, Router, Wire, label, wire_at};
use crate::simulation::Simulation;
use rustc_hash::FxHashMap;
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct Layout {
    pub nodes: Vec<(Uuid, Point)>,
    pub edges: Vec<Uuid>,
    router: Router,
    /// What the labels need, and where they stand, in the order of `edges`.
    sizes: Vec<(f64, f64)>,
    labels: Vec<Option<Label>>,
    /// Where in its list a node or an edge is.
    index: FxHashMap<Uuid, usize>,
}

impl Layout {
    pub fn of(simulation: &Simulation) -> Layout {
        let document = simulation.document();
        let nodes: Vec<(Uuid, Point)> =
            document.nodes.iter().map(|node| (node.id, Point { x: node.x, y: node.y })).collect();
        let edges: Vec<Uuid> = document.edges.iter().map(|edge| edge.id).collect();
        let node_places = nodes.iter().enumerate().map(|(index, (id, _))| (*id, index));
        let edge_places = edges.iter().enumerate().map(|(index, id)| (*id, index));
        let index = node_places.chain(edge_places).collect();
        let router = Router::new(document);
        let sizes: Vec<(f64, f64)> =
            simulation.plan().edges.iter().map(|edge| label::size(&label::translated(edge))).collect();
        let labels = label::place(router.terrain(), router.wires(), &sizes);
        Layout { nodes, edges, router, sizes, labels, index }
    }

    /// Moves nodes while they are dragged. Gives the edges that are drawn differently now.
    pub fn move_nodes(&mut self, moved: &[(Uuid, Point)]) -> Vec<usize> {
        let mut places = Vec::with_capacity(moved.len());
        for (id, to) in moved {
            if let Some(index) = self.index.get(id).copied()
                && let Some((_, place)) = self.nodes.get_mut(index)
            {
                *place = *to;
                places.push((index, *to));
            }
        }
        self.router.move_nodes(&places);
        let before = self.labels.clone();
        let mut changed = self.router.changed().to_vec();
        label::update(&mut self.labels, self.router.terrain(), self.router.wires(), &self.sizes, &changed);
        changed.extend((0..self.labels.len()).filter(|index| before.get(*index) != self.labels.get(*index)));
        changed
    }

    pub fn place(&self, node: Uuid) -> Option<Point> {
        self.nodes.get(*self.index.get(&node)?).filter(|(id, _)| *id == node).map(|(_, place)| *place)
    }

    pub fn wire(&self, edge: Uuid) -> Option<&Wire> {
        self.edge(edge).and_then(|index| self.router.wires().get(index))
    }

    /// The edge nearest to a point, within `tolerance`.
    pub fn edge_at(&self, point: Point, tolerance: f64) -> Option<Uuid> {
        wire_at(self.router.wires(), point, tolerance).and_then(|index| self.edges.get(index).copied())
    }

    /// The edges that lead through an area.
    pub fn edges_within<'l>(&'l self, area: &'l Rect) -> impl Iterator<Item = Uuid> + 'l {
        let within = |(_, wire): &(&Uuid, &Wire)| wire.inside(area) > 0.0;
        self.edges.iter().zip(self.router.wires()).filter(within).map(|(id, _)| *id)
    }

    /// Where the first line of an edge's label stands, and how far below it the second.
    pub fn label(&self, edge: Uuid) -> Option<(Point, f64)> {
        let index = self.edge(edge)?;
        match self.labels.get(index)? {
            Some(label) => {
                let first = label.baseline(0);
                Some((first, label.baseline(1).y - first.y))
            }
            // It says nothing, unless there is a fault to be told of.
            None => Some((self.router.wires().get(index)?.at(0.5), 0.0)),
        }
    }

    fn edge(&self, id: Uuid) -> Option<usize> {
        let index = *self.index.get(&id)?;
        (self.edges.get(index) == Some(&id)).then_some(index)
    }

    /// The sizes of the labels, for laying out.
    pub fn sizes(&self) -> &[(f64, f64)] {
        &self.sizes
    }
}
