//! What lies under a pointer or in a marquee, and the small map of the whole.

use super::place::{Point, Rect};
use super::wire::Wire;

/// The node at a point: the one drawn last of those that hold it, else the nearest within `tolerance`.
pub fn node_at(nodes: &[Rect], point: Point, tolerance: f64) -> Option<usize> {
    let inside = nodes.iter().rposition(|node| node.contains(point));
    let distance = |node: &Rect| {
        let x = (node.left - point.x).max(point.x - node.right).max(0.0);
        let y = (node.top - point.y).max(point.y - node.bottom).max(0.0);
        Point { x, y }.distance(Point::default())
    };
    inside.or_else(|| nearest(nodes.iter().map(distance), tolerance))
}

/// The edge nearest to a point, within `tolerance`.
pub fn wire_at(wires: &[Wire], point: Point, tolerance: f64) -> Option<usize> {
    nearest(wires.iter().map(|wire| wire.distance(point)), tolerance)
}

fn nearest(distances: impl Iterator<Item = f64>, tolerance: f64) -> Option<usize> {
    let within = distances.enumerate().filter(|(_, distance)| *distance <= tolerance);
    within.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index)
}

/// The nodes that a marquee touches, and the edges that lie in it altogether, by number.
pub fn within(marquee: &Rect, nodes: &[Rect], wires: &[Wire]) -> (Vec<usize>, Vec<usize>) {
    let touched = nodes.iter().enumerate().filter(|(_, node)| node.overlaps(marquee)).map(|(index, _)| index);
    let inside = |wire: &Wire| !wire.corners().is_empty() && wire.corners().iter().all(|at| marquee.contains(*at));
    let held = wires.iter().enumerate().filter(|(_, wire)| inside(wire)).map(|(index, _)| index);
    (touched.collect(), held.collect())
}

/// A small map that shows the whole drawing: drawing units times `scale`, moved by `x` and `y`, are its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimap {
    pub scale: f64,
    pub x: f64,
    pub y: f64,
}

impl Minimap {
    /// Shows `whole` in the middle of a map of this size.
    pub fn fitting(whole: &Rect, width: f64, height: f64) -> Minimap {
        let scale = (width / whole.width().max(1.0)).min(height / whole.height().max(1.0));
        let centre = whole.centre();
        Minimap { scale, x: width / 2.0 - centre.x * scale, y: height / 2.0 - centre.y * scale }
    }

    /// From the drawing to the map.
    pub fn show(&self, rect: &Rect) -> Rect {
        Rect {
            left: rect.left * self.scale + self.x,
            top: rect.top * self.scale + self.y,
            right: rect.right * self.scale + self.x,
            bottom: rect.bottom * self.scale + self.y,
        }
    }

    /// From the map to the drawing.
    pub fn find(&self, point: Point) -> Point {
        Point { x: (point.x - self.x) / self.scale, y: (point.y - self.y) / self.scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Router;

    fn nodes() -> Vec<Rect> {
        [(0.0, 0.0), (400.0, 0.0), (410.0, 20.0)].map(|(x, y)| Rect::of_node(Point { x, y })).to_vec()
    }

    #[test]
    fn the_node_on_top_is_hit_and_near_misses_count() {
        assert_eq!(node_at(&nodes(), Point { x: 410.0, y: 10.0 }, 0.0), Some(2));
        assert_eq!(node_at(&nodes(), Point { x: 0.0, y: 50.0 }, 8.0), Some(0));
        assert_eq!(node_at(&nodes(), Point { x: 0.0, y: 60.0 }, 8.0), None);
    }

    #[test]
    fn the_nearest_edge_within_reach_is_hit() {
        let router = Router::between(nodes()[..2].to_vec(), [Some((0, 1)), Some((1, 0))].into_iter());
        let middle = router.wires()[1].at(0.5);
        assert_eq!(wire_at(router.wires(), middle.plus(0.0, 2.0), 8.0), Some(1));
        assert_eq!(wire_at(router.wires(), middle.plus(0.0, 60.0), 8.0), None);
    }

    #[test]
    fn a_marquee_takes_the_nodes_that_it_touches_and_the_edges_that_it_holds() {
        let router = Router::between(nodes()[..2].to_vec(), [Some((0, 1))].into_iter());
        let marquee = Rect::spanning(Point { x: 70.0, y: -50.0 }, Point { x: 330.0, y: 50.0 });
        assert_eq!(within(&marquee, router.nodes(), router.wires()), (vec![0, 1], vec![0]));
        let marquee = Rect::spanning(Point { x: 0.0, y: 10.0 }, Point { x: -20.0, y: 0.0 });
        assert_eq!(within(&marquee, router.nodes(), router.wires()), (vec![0], vec![]));
    }

    #[test]
    fn a_point_of_the_map_is_found_again_in_the_drawing() {
        let map = Minimap::fitting(&Rect { left: -100.0, top: 0.0, right: 900.0, bottom: 300.0 }, 200.0, 120.0);
        assert_eq!(map.scale, 0.2);
        let shown = map.show(&Rect { left: -100.0, top: 0.0, right: 900.0, bottom: 300.0 });
        assert_eq!(shown, Rect { left: 0.0, top: 30.0, right: 200.0, bottom: 90.0 });
        assert_eq!(map.find(Point { x: shown.left, y: shown.top }), Point { x: -100.0, y: 0.0 });
    }
}
