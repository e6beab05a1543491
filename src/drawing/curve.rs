//! Edges as plain curves, for as long as the app draws them so: they take no notice of other nodes. What does is
//! [`super::Router`].

use super::place::{NODE_HEIGHT, NODE_WIDTH, Point};
use crate::diagram::Document;
use uuid::Uuid;

/// Between the ends of two edges on the same side of a node.
const PORT_DISTANCE: f64 = 16.0;

/// A side of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

impl Side {
    fn outward(self) -> Point {
        match self {
            Side::Left => Point { x: -1.0, y: 0.0 },
            Side::Right => Point { x: 1.0, y: 0.0 },
            Side::Top => Point { x: 0.0, y: -1.0 },
            Side::Bottom => Point { x: 0.0, y: 1.0 },
        }
    }

    fn is_horizontal(self) -> bool {
        matches!(self, Side::Left | Side::Right)
    }
}

/// The way of an edge: a cubic curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub points: [Point; 4],
}

impl Curve {
    /// The point at a share of the way, 0 to 1.
    pub fn at(&self, share: f64) -> Point {
        let rest = 1.0 - share;
        let weights =
            [rest * rest * rest, 3.0 * rest * rest * share, 3.0 * rest * share * share, share * share * share];
        let mut point = Point { x: 0.0, y: 0.0 };
        for (weight, control) in weights.iter().zip(&self.points) {
            point.x += weight * control.x;
            point.y += weight * control.y;
        }
        point
    }

    /// As the attribute `d` of an SVG path.
    pub fn path(&self) -> String {
        let [a, b, c, d] = self.points;
        format!("M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y)
    }

    /// The arrow's head at the end, as the attribute `d` of an SVG path.
    pub fn arrow(&self) -> String {
        let [_, _, control, tip] = self.points;
        let (x, y) = (tip.x - control.x, tip.y - control.y);
        let length = (x * x + y * y).sqrt().max(1e-6);
        let (x, y) = (x / length, y / length);
        // Two corners, so far behind the tip and to its sides.
        let (behind, aside) = (7.2, 3.5);
        let corner =
            |side: f64| Point { x: tip.x - behind * x - side * aside * y, y: tip.y - behind * y + side * aside * x };
        let (left, right) = (corner(1.0), corner(-1.0));
        format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z", tip.x, tip.y, left.x, left.y, right.x, right.y)
    }
}

struct End {
    edge: usize,
    from_end: bool,
    node: usize,
    side: Side,
    /// Where the other end lies: ends on one side are sorted by it, so that edges do not cross.
    towards: f64,
}

/// The ways of all edges as curves, in document order.
pub fn curves(document: &Document) -> Vec<Curve> {
    let find = |id: Uuid| document.nodes.iter().position(|node| node.id == id);
    let mut ends: Vec<End> = Vec::new();
    for (index, edge) in document.edges.iter().enumerate() {
        let (Some(from), Some(to)) = (find(edge.from), find(edge.to)) else { continue };
        let (a, b) = (&document.nodes[from], &document.nodes[to]);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        // Sideways where there is room between the two, else from top to bottom.
        let sides = if dx.abs() >= NODE_WIDTH + 24.0 {
            if dx > 0.0 { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) }
        } else if dy > 0.0 {
            (Side::Bottom, Side::Top)
        } else {
            (Side::Top, Side::Bottom)
        };
        let along = |side: Side, x: f64, y: f64| if side.is_horizontal() { y } else { x };
        ends.push(End { edge: index, from_end: true, node: from, side: sides.0, towards: along(sides.0, b.x, b.y) });
        ends.push(End { edge: index, from_end: false, node: to, side: sides.1, towards: along(sides.1, a.x, a.y) });
    }
    let nowhere = Point { x: 0.0, y: 0.0 };
    let mut ports = vec![(nowhere, Side::Right, nowhere, Side::Left); document.edges.len()];
    for (index, node) in document.nodes.iter().enumerate() {
        for side in [Side::Left, Side::Right, Side::Top, Side::Bottom] {
            let mut here: Vec<&End> = ends.iter().filter(|end| end.node == index && end.side == side).collect();
            here.sort_by(|a, b| a.towards.total_cmp(&b.towards).then(a.edge.cmp(&b.edge)));
            let room = if side.is_horizontal() { NODE_HEIGHT - 24.0 } else { NODE_WIDTH - 32.0 };
            let distance = (room / here.len().max(1) as f64).min(PORT_DISTANCE);
            for (place, end) in here.iter().enumerate() {
                let offset = (place as f64 - (here.len() as f64 - 1.0) / 2.0) * distance;
                let outward = side.outward();
                let point = Point {
                    x: node.x + outward.x * NODE_WIDTH / 2.0 + outward.y.abs() * offset,
                    y: node.y + outward.y * NODE_HEIGHT / 2.0 + outward.x.abs() * offset,
                };
                let port = &mut ports[end.edge];
                if end.from_end { (port.0, port.1) = (point, side) } else { (port.2, port.3) = (point, side) }
            }
        }
    }
    ports
        .into_iter()
        .map(|(from, from_side, to, to_side)| {
            let distance = if from_side.is_horizontal() { (to.x - from.x).abs() } else { (to.y - from.y).abs() };
            let reach = (distance * 0.45).max(24.0);
            let (out, inward) = (from_side.outward(), to_side.outward());
            Curve {
                points: [
                    from,
                    Point { x: from.x + out.x * reach, y: from.y + out.y * reach },
                    Point { x: to.x + inward.x * reach, y: to.y + inward.y * reach },
                    to,
                ],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::guide;

    /// The guide's diagrams are laid out so that no edge runs through a node that it does not belong to.
    #[test]
    fn in_the_guide_no_edge_runs_through_a_node() {
        for diagram in guide::DIAGRAMS {
            let document = diagram.document();
            for (edge, curve) in document.edges.iter().zip(curves(&document)) {
                for node in document.nodes.iter().filter(|node| node.id != edge.from && node.id != edge.to) {
                    for step in 0..=40 {
                        let point = curve.at(f64::from(step) / 40.0);
                        let inside =
                            (point.x - node.x).abs() < NODE_WIDTH / 2.0 && (point.y - node.y).abs() < NODE_HEIGHT / 2.0;
                        assert!(!inside, "{}: an edge runs through {}", diagram.id, node.name);
                    }
                }
            }
        }
    }

    #[test]
    fn edges_begin_and_end_on_the_border_of_their_nodes() {
        for diagram in guide::DIAGRAMS {
            let document = diagram.document();
            for (edge, curve) in document.edges.iter().zip(curves(&document)) {
                for (id, point) in [(edge.from, curve.at(0.0)), (edge.to, curve.at(1.0))] {
                    let node = document.node(id).expect("checked");
                    let (dx, dy) = ((point.x - node.x).abs(), (point.y - node.y).abs());
                    assert!((dx - NODE_WIDTH / 2.0).abs() < 1e-9 || (dy - NODE_HEIGHT / 2.0).abs() < 1e-9);
                }
            }
        }
    }
}
