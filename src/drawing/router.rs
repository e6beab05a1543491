//! The wires of all edges, and of those that change while nodes are dragged.

use super::nudge::{Draft, nudge};
use super::place::{Point, Rect, boxes};
use super::search::{CLEARANCE, Margins, margins, search};
use super::terrain::Terrain;
use super::wire::Wire;
use crate::diagram::Document;
use rustc_hash::FxHashMap;

/// Keeps what is known of a drawing, so that moving a node costs only what moves with it.
///
/// ```
/// # use eventyard::{drawing::{Point, Router}, lessons::guide};
/// let document = guide::DIAGRAMS[0].document();
/// let mut router = Router::new(&document);
/// let middle = router.wires()[0].at(0.5);
/// // While a node is dragged:
/// router.move_nodes(&[(0, Point { x: 64.0, y: -80.0 })]);
/// assert_ne!(router.wires()[0].at(0.5), middle);
/// // When it is let go: exactly what `Router::new` would give.
/// router.settle();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Router {
    terrain: Terrain,
    margins: Vec<Margins>,
    /// The rough ways, in document order; without points where a node is missing.
    rough: Vec<Draft>,
    /// The same in their places.
    placed: Vec<Draft>,
    /// Whether an edge takes the plain way, which another node's going cannot improve.
    plain: Vec<bool>,
    wires: Vec<Wire>,
    /// The edges whose wires changed last.
    changed: Vec<usize>,
}

/// The box of a node at the nearest eighth of a unit: then sums and halves of coordinates are exact, and what should be
/// on one line is.
fn exact(centre: Point) -> Rect {
    let round = |value: f64| (value * 8.0).round() / 8.0;
    Rect::of_node(Point { x: round(centre.x), y: round(centre.y) })
}

/// The wires of all edges, in document order.
pub fn route(document: &Document) -> Vec<Wire> {
    Router::new(document).wires
}

impl Router {
    pub fn new(document: &Document) -> Router {
        let index: FxHashMap<_, _> = document.nodes.iter().enumerate().map(|(index, node)| (node.id, index)).collect();
        let ends = document.edges.iter().map(|edge| Some((*index.get(&edge.from)?, *index.get(&edge.to)?)));
        Router::between(boxes(document), ends)
    }

    /// Joins boxes by number; `None` for an edge that is not drawn.
    pub fn between(nodes: Vec<Rect>, edges: impl Iterator<Item = Option<(usize, usize)>>) -> Router {
        let nodes = nodes.into_iter().map(|rect| exact(rect.centre())).collect();
        let mut router = Router { terrain: Terrain::new(nodes), ..Router::default() };
        let count = router.terrain.rects().len();
        let in_range = |(from, to): &(usize, usize)| *from < count && *to < count;
        router.rough = edges
            .map(|ends| ends.filter(in_range).unwrap_or((usize::MAX, usize::MAX)))
            .map(|(from, to)| Draft { points: Vec::new(), from, to })
            .collect();
        router.plain = vec![false; router.rough.len()];
        router.placed = router.rough.clone();
        router.wires = vec![Wire::default(); router.rough.len()];
        router.settle();
        router
    }

    /// In document order.
    pub fn wires(&self) -> &[Wire] {
        &self.wires
    }

    /// The edges whose wires changed when nodes were moved last, by number.
    pub fn changed(&self) -> &[usize] {
        &self.changed
    }

    /// The boxes of the nodes, in document order.
    pub fn nodes(&self) -> &[Rect] {
        self.terrain.rects()
    }

    pub fn terrain(&self) -> &Terrain {
        &self.terrain
    }

    /// Looks for all wires anew.
    pub fn settle(&mut self) {
        self.margins = (0..self.terrain.rects().len()).map(|node| margins(&self.terrain, node)).collect();
        let mut effort = 0;
        (0..self.rough.len()).for_each(|edge| self.search(edge, &mut effort));
        self.place(&vec![true; self.rough.len()]);
    }

    /// Moves nodes (by number, to a centre) and re-routes their edges, those that they now block, and those that went
    /// around them where they stood. The edges beside these make room for them; all others stay.
    pub fn move_nodes(&mut self, moved: &[(usize, Point)]) {
        let mut disturbed = Vec::with_capacity(moved.len() * 2);
        for (node, centre) in moved {
            let Some(before) = self.terrain.rects().get(*node).copied() else { continue };
            let after = exact(*centre);
            self.terrain.replace(*node, after);
            disturbed.extend([before, after]);
        }
        for area in &disturbed {
            for node in self.terrain.touching(&area.grown(2.0 * CLEARANCE)) {
                self.margins[node as usize] = margins(&self.terrain, node as usize);
            }
        }
        let mut effort = 0;
        let mut moves = vec![false; self.rough.len()];
        let mut nodes = vec![false; self.terrain.rects().len()];
        for edge in 0..self.rough.len() {
            let draft = &self.rough[edge];
            let own = moved.iter().any(|(node, _)| *node == draft.from || *node == draft.to);
            // A plain way keeps half of the clearance; another one follows the nodes that it goes around.
            let reach = if self.plain[edge] { CLEARANCE / 2.0 } else { CLEARANCE + 1.0 };
            let near = |area: &Rect| {
                let area = area.grown(reach);
                draft.points.windows(2).any(|pair| Rect::spanning(pair[0], pair[1]).grown(0.01).overlaps(&area))
            };
            let beside = |area: &Rect| {
                let area = area.grown(CLEARANCE);
                self.placed[edge]
                    .points
                    .windows(2)
                    .any(|pair| Rect::spanning(pair[0], pair[1]).grown(0.01).overlaps(&area))
            };
            if own || disturbed.iter().any(near) {
                self.search(edge, &mut effort);
                (nodes[self.rough[edge].from], nodes[self.rough[edge].to], moves[edge]) = (true, true, true);
            } else if disturbed.iter().any(beside) {
                // Its place may have been one in the middle of a channel that is now another.
                moves[edge] = true;
            }
        }
        for (moves, draft) in moves.iter_mut().zip(&self.rough) {
            *moves |= draft.from != usize::MAX && (nodes[draft.from] || nodes[draft.to]);
        }
        self.place(&moves);
    }

    fn search(&mut self, edge: usize, effort: &mut usize) {
        let draft = &mut self.rough[edge];
        if draft.from != usize::MAX {
            (draft.points, self.plain[edge]) = search(&self.terrain, &self.margins, (draft.from, draft.to), effort);
        }
    }

    fn place(&mut self, moves: &[bool]) {
        self.changed = (0..moves.len()).filter(|edge| moves[*edge]).collect();
        for edge in &self.changed {
            self.placed[*edge].clone_from(&self.rough[*edge]);
        }
        nudge(&mut self.placed, &self.terrain, moves);
        let (placed, terrain, wires) = (&self.placed, &self.terrain, &mut self.wires);
        // Most that may move end where they were.
        self.changed.retain(|edge| {
            let points = placed[*edge].points.clone();
            // A corner is not rounded into a node beside it.
            let beside = |corner: &Point| terrain.any_overlapping(&Rect::centred(*corner, 6.0, 6.0));
            let sharp: Vec<bool> = points.iter().map(beside).collect();
            let wire = Wire::through(points, |index| if sharp[index] { 0.0 } else { f64::INFINITY });
            let before = std::mem::replace(&mut wires[*edge], wire);
            before != wires[*edge]
        });
    }
}
