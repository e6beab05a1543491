//! Placing nodes by hand: snapping with guide lines, aligning, distributing.

use super::place::{Axis, GRID, Point, Rect};

/// Why a moved node stays where it snapped to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guide {
    /// A line along which nodes lie: at `at` on the axis `across`, from `from` to `to` on the other one.
    Line { across: Axis, at: f64, from: f64, to: f64 },
    /// One of several equal spaces between nodes: from `from` to `to` along the axis, drawn at `at` on the other one.
    Space { along: Axis, at: f64, from: f64, to: f64 },
}

/// Where moved nodes snap to.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Snapped {
    /// To be added to where the nodes have been moved to.
    pub shift: Point,
    pub guides: Vec<Guide>,
}

/// Snaps nodes that are being moved: to centres and edges of the others, to equal spaces between them, each within
/// `tolerance` drawing units; where nothing is near, to the grid. `moving` holds the boxes where the pointer has taken
/// them.
///
/// ```
/// # use eventyard::drawing::{Guide, Point, Rect, snap};
/// let other = Rect::of_node(Point { x: 0.0, y: 0.0 });
/// let moved = Rect::of_node(Point { x: 301.0, y: 5.0 });
/// let snapped = snap(&[moved], &[other], 6.0);
/// assert_eq!(snapped.shift, Point { x: 3.0, y: -5.0 }, "to the grid sideways, to the other's row");
/// assert!(matches!(snapped.guides[..], [Guide::Line { at: 0.0, .. }]));
/// ```
pub fn snap(moving: &[Rect], others: &[Rect], tolerance: f64) -> Snapped {
    let (Some(whole), Some(first)) = (moving.iter().copied().reduce(|a, b| a.with(&b)), moving.first()) else {
        return Snapped::default();
    };
    let mut snapped = Snapped::default();
    let mut found = [false; 2];
    for (axis, found) in [Axis::X, Axis::Y].into_iter().zip(&mut found) {
        let line = nearest_line(&whole, others, axis, tolerance);
        let space = nearest_space(&whole, others, axis, tolerance);
        // A line says more than a space that is as near.
        let shift = match (line, space) {
            (Some(line), Some(space)) if space.abs() < line.abs() => space,
            (Some(line), _) => line,
            (None, Some(space)) => space,
            (None, None) => {
                let at = first.centre().along(axis);
                snapped.shift.set(axis, (at / GRID).round() * GRID - at);
                continue;
            }
        };
        *found = true;
        snapped.shift.set(axis, shift);
    }
    // Guides are drawn for where the nodes end up.
    let Point { x, y } = snapped.shift;
    let whole = Rect { left: whole.left + x, top: whole.top + y, right: whole.right + x, bottom: whole.bottom + y };
    for (axis, _) in [Axis::X, Axis::Y].into_iter().zip(found).filter(|(_, found)| *found) {
        lines(&whole, others, axis, &mut snapped.guides);
        spaces(&whole, others, axis, &mut snapped.guides);
    }
    snapped
}

/// What of a rectangle can lie on a line: its centre first.
fn features(rect: &Rect, axis: Axis) -> [f64; 3] {
    [rect.centre().along(axis), rect.low(axis), rect.high(axis)]
}

fn nearer(best: Option<f64>, shift: f64, tolerance: f64) -> Option<f64> {
    let better = shift.abs() <= tolerance && best.is_none_or(|best| shift.abs() < best.abs());
    if better { Some(shift) } else { best }
}

fn nearest_line(whole: &Rect, others: &[Rect], axis: Axis, tolerance: f64) -> Option<f64> {
    let mut best = None;
    for other in others {
        for (index, own) in features(whole, axis).into_iter().enumerate() {
            for (other_index, at) in features(other, axis).into_iter().enumerate() {
                // Centres go with centres, edges with edges.
                if (index == 0) == (other_index == 0) {
                    best = nearer(best, at - own, tolerance);
                }
            }
        }
    }
    best
}

/// The lines on which the rectangle lies, one for each place, as long as all that lies on it.
fn lines(whole: &Rect, others: &[Rect], axis: Axis, guides: &mut Vec<Guide>) {
    let along = axis.other();
    let mut covered: Vec<&Rect> = Vec::new();
    for (index, at) in features(whole, axis).into_iter().enumerate() {
        let on_line = |other: &&Rect| {
            let places = features(other, axis);
            let places = if index == 0 { &places[..1] } else { &places[1..] };
            places.iter().any(|place| (place - at).abs() < 0.01)
        };
        // Equal nodes in a row share their edges as well; one line is enough.
        let on_line: Vec<&Rect> = others.iter().filter(on_line).filter(|other| !covered.contains(other)).collect();
        if on_line.is_empty() {
            continue;
        }
        let from = on_line.iter().map(|other| other.low(along)).fold(whole.low(along), f64::min);
        let to = on_line.iter().map(|other| other.high(along)).fold(whole.high(along), f64::max);
        guides.push(Guide::Line { across: axis, at, from, to });
        covered.extend(on_line);
    }
}

/// What lies in the same row (or column), from left to right: those before the rectangle, and those after it.
fn neighbours(whole: &Rect, others: &[Rect], axis: Axis) -> (Vec<Rect>, Vec<Rect>) {
    let across = axis.other();
    let mut row: Vec<Rect> = others
        .iter()
        .filter(|other| other.low(across) < whole.high(across) && whole.low(across) < other.high(across))
        .copied()
        .collect();
    row.sort_by(|a, b| a.low(axis).total_cmp(&b.low(axis)));
    let centre = whole.centre().along(axis);
    row.into_iter().partition(|other| other.centre().along(axis) < centre)
}

/// Shifts that make equal spaces: in the middle of two, or continuing two on one side.
fn nearest_space(whole: &Rect, others: &[Rect], axis: Axis, tolerance: f64) -> Option<f64> {
    let (before, after) = neighbours(whole, others, axis);
    let mut best = None;
    if let (Some(left), Some(right)) = (before.last(), after.first()) {
        let middle = (left.high(axis) + right.low(axis)) / 2.0;
        best = nearer(best, middle - whole.centre().along(axis), tolerance);
    }
    if let [.., first, second] = before[..] {
        let space = second.low(axis) - first.high(axis);
        if space > 0.0 {
            best = nearer(best, second.high(axis) + space - whole.low(axis), tolerance);
        }
    }
    if let [first, second, ..] = after[..] {
        let space = second.low(axis) - first.high(axis);
        if space > 0.0 {
            best = nearer(best, first.low(axis) - space - whole.high(axis), tolerance);
        }
    }
    best
}

fn spaces(whole: &Rect, others: &[Rect], axis: Axis, guides: &mut Vec<Guide>) {
    let (before, after) = neighbours(whole, others, axis);
    let at = whole.centre().along(axis.other());
    let space = |a: &Rect, b: &Rect| (a.high(axis), b.low(axis));
    let mut add = |one: (f64, f64), other: (f64, f64)| {
        let (a, b) = (one.1 - one.0, other.1 - other.0);
        if a > 0.0 && (a - b).abs() < 0.01 {
            for (from, to) in [one, other] {
                let guide = Guide::Space { along: axis, at, from, to };
                if !guides.contains(&guide) {
                    guides.push(guide);
                }
            }
        }
    };
    if let (Some(left), Some(right)) = (before.last(), after.first()) {
        add(space(left, whole), space(whole, right));
    }
    if let [.., first, second] = &before[..] {
        add(space(first, second), space(second, whole));
    }
    if let [first, second, ..] = &after[..] {
        add(space(whole, first), space(first, second));
    }
}

/// Where nodes are lined up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
}

impl Alignment {
    pub const ALL: [Alignment; 6] =
        [Alignment::Left, Alignment::Centre, Alignment::Right, Alignment::Top, Alignment::Middle, Alignment::Bottom];
}

/// The new centres, in the same order: all on the outermost line of the whole, or on its middle.
pub fn align(nodes: &[Rect], to: Alignment) -> Vec<Point> {
    let Some(whole) = nodes.iter().copied().reduce(|a, b| a.with(&b)) else { return Vec::new() };
    let grid = |value: f64| (value / GRID).round() * GRID;
    let place = |node: &Rect| {
        let Point { x, y } = node.centre();
        match to {
            Alignment::Left => Point { x: whole.left + node.width() / 2.0, y },
            Alignment::Centre => Point { x: grid(whole.centre().x), y },
            Alignment::Right => Point { x: whole.right - node.width() / 2.0, y },
            Alignment::Top => Point { x, y: whole.top + node.height() / 2.0 },
            Alignment::Middle => Point { x, y: grid(whole.centre().y) },
            Alignment::Bottom => Point { x, y: whole.bottom - node.height() / 2.0 },
        }
    };
    nodes.iter().map(place).collect()
}

/// The new centres, in the same order: equal spaces along the axis; the two outermost stay. Whole units, so spaces may
/// differ by one.
pub fn distribute(nodes: &[Rect], along: Axis) -> Vec<Point> {
    let mut centres: Vec<Point> = nodes.iter().map(Rect::centre).collect();
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|a, b| centres[*a].along(along).total_cmp(&centres[*b].along(along)).then(a.cmp(b)));
    let [first, .., last] = order[..] else { return centres };
    let size = |node: usize| nodes[node].high(along) - nodes[node].low(along);
    let whole = nodes[last].high(along) - nodes[first].low(along);
    let space = (whole - order.iter().map(|node| size(*node)).sum::<f64>()) / (order.len() - 1) as f64;
    let mut at = nodes[first].low(along);
    for node in order {
        if node != first && node != last {
            centres[node].set(along, (at + size(node) / 2.0).round());
        }
        at += size(node) + space;
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(x: f64, y: f64) -> Rect {
        Rect::of_node(Point { x, y })
    }

    #[test]
    fn what_is_near_nothing_snaps_to_the_grid() {
        let snapped = snap(&[node(1003.0, 505.0)], &[node(0.0, 0.0)], 6.0);
        assert_eq!(snapped, Snapped { shift: Point { x: -3.0, y: -1.0 }, guides: Vec::new() });
        assert_eq!(snap(&[], &[node(0.0, 0.0)], 6.0), Snapped::default());
    }

    #[test]
    fn a_node_snaps_into_the_row_and_the_column_of_others() {
        let snapped = snap(&[node(403.0, 197.0)], &[node(0.0, 200.0), node(400.0, 0.0)], 6.0);
        assert_eq!(snapped.shift, Point { x: -3.0, y: 3.0 });
        let column = Guide::Line { across: Axis::X, at: 400.0, from: -44.0, to: 244.0 };
        let row = Guide::Line { across: Axis::Y, at: 200.0, from: -76.0, to: 476.0 };
        assert_eq!(snapped.guides, [column, row]);
    }

    #[test]
    fn edges_snap_to_edges() {
        // Of two nodes that are moved together, the left edge of the whole counts.
        let moving = [node(303.0, 400.0), node(503.0, 560.0)];
        let snapped = snap(&moving, &[node(300.0, 0.0)], 6.0);
        assert_eq!(snapped.shift.x, -3.0);
        assert!(matches!(snapped.guides[..], [Guide::Line { across: Axis::X, at: 224.0, .. }]), "{snapped:?}");
    }

    #[test]
    fn a_third_node_keeps_the_distance_of_the_first_two() {
        let others = [node(0.0, 0.0), node(240.0, 3.0)];
        let snapped = snap(&[node(477.0, 40.0)], &others, 6.0);
        assert_eq!(snapped.shift.x, 3.0);
        let spaces = snapped.guides.iter().filter(|guide| matches!(guide, Guide::Space { along: Axis::X, .. }));
        assert_eq!(spaces.count(), 2, "{snapped:?}");
        let between = snap(&[node(123.0, 40.0)], &[node(-200.0, 30.0), node(440.0, 30.0)], 6.0);
        assert_eq!(between.shift.x, -3.0);
    }

    #[test]
    fn aligned_nodes_lie_on_one_line() {
        let nodes = [node(0.0, 0.0), node(100.0, 200.0), node(50.0, 400.0)];
        for to in Alignment::ALL {
            let centres = align(&nodes, to);
            let upright = matches!(to, Alignment::Left | Alignment::Centre | Alignment::Right);
            let axis = if upright { Axis::X } else { Axis::Y };
            assert!(centres.iter().all(|centre| centre.along(axis) == centres[0].along(axis)), "{to:?}");
            let kept = centres.iter().zip(&nodes);
            assert!(
                kept.into_iter()
                    .all(|(centre, node)| { centre.along(axis.other()) == node.centre().along(axis.other()) })
            );
        }
        assert_eq!(align(&nodes, Alignment::Right)[0], Point { x: 100.0, y: 0.0 });
        assert_eq!(align(&nodes, Alignment::Bottom)[0], Point { x: 0.0, y: 400.0 });
    }

    #[test]
    fn distributed_nodes_have_equal_spaces_and_the_outermost_stay() {
        let nodes = [node(600.0, 0.0), node(0.0, 0.0), node(170.0, 80.0), node(200.0, 0.0)];
        let centres = distribute(&nodes, Axis::X);
        let xs: Vec<f64> = centres.iter().map(|centre| centre.x).collect();
        assert_eq!(xs, [600.0, 0.0, 200.0, 400.0]);
        assert_eq!(centres[2].y, 80.0);
        assert_eq!(distribute(&nodes[..1], Axis::Y), [Point { x: 600.0, y: 0.0 }]);
    }
}
