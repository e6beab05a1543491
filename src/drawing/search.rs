//! The rough way of one edge around the nodes: which sides it uses, and between which nodes it passes. Where exactly
//! it runs is decided for all edges together (`nudge.rs`).
//!
//! Most edges can take the plain way: straight, or with one step in the middle. Where a node stands in that way, the
//! shortest path with few bends is looked for (A*) on the lines that run beside the nodes near by.

use super::place::{Axis, Point, Rect};
use super::terrain::Terrain;
use super::wire::Wire;
use crate::small;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What an edge keeps from nodes where there is room.
pub const CLEARANCE: f64 = 16.0;
/// Edges end at least so far from a node's corners.
pub const INSET: f64 = 12.0;
/// Two nodes with less than this between them are joined otherwise than through this gap.
const LEAST_GAP: f64 = 28.0;
/// Costs are whole eighths of a drawing unit: the same on every platform.
const UNIT: f64 = 8.0;
/// A bend is worth a detour of this length.
const BEND: u32 = 48 * 8;
/// Edges read from left to right; to end above or below costs this much more.
const UPRIGHT_SIDE: u32 = 24 * 8;
/// Close to a node each unit of length counts as so many.
const TIGHT: u32 = 3;
/// How far around the two nodes a way is looked for, at first and when there is none.
const REACH: [f64; 2] = [176.0, 640.0];
/// More steps than this are not worth their time; then the plain way is taken.
const MOST_STEPS: usize = 200_000;

/// The lines of at most so many nodes are followed: of those nearest to the straight way.
const MOST_NEAR: usize = 240;
/// A drawing that asks for more crossings of lines than this is larger than anyone can read; the plain way is taken for
/// what is left.
const MOST_EFFORT: usize = 100_000_000;

/// Where an edge may go: right, down, left, up.
const DIRECTIONS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// For each node how far from its right, bottom, left and upper side edges pass: less where another node is near.
pub type Margins = [f64; 4];

pub fn margins(terrain: &Terrain, node: usize) -> Margins {
    let own = terrain.rects()[node];
    let near = terrain.touching(&own.grown(2.0 * CLEARANCE));
    let mut margins = [CLEARANCE; 4];
    for other in near.iter().filter(|other| **other as usize != node).map(|other| terrain.rects()[*other as usize]) {
        let gaps = [other.left - own.right, other.top - own.bottom, own.left - other.right, own.top - other.bottom];
        for (margin, gap) in margins.iter_mut().zip(gaps) {
            if gap >= 0.0 {
                *margin = margin.min(gap / 2.0);
            }
        }
    }
    margins
}

/// The middle of a side: right, bottom, left, top.
fn middle(rect: &Rect, side: usize) -> Point {
    let centre = rect.centre();
    match side {
        0 => Point::new(rect.right, centre.y),
        1 => Point::new(centre.x, rect.bottom),
        2 => Point::new(rect.left, centre.y),
        _ => Point::new(centre.x, rect.top),
    }
}

/// Where a straight line can join the sides of two nodes that face each other along the other axis, and not only
/// their corners.
fn common(a: &Rect, b: &Rect, axis: Axis) -> Option<f64> {
    let low = a.low(axis).max(b.low(axis)) + INSET;
    let high = a.high(axis).min(b.high(axis)) - INSET;
    let wish = (a.centre().along(axis) + b.centre().along(axis)) / 2.0;
    (high - low >= INSET).then(|| small::within(wish, low, high))
}

/// The way that an edge takes when nothing is between: straight, or with one step.
fn plain(a: &Rect, b: &Rect, share: f64) -> Option<Vec<Point>> {
    let gaps = [b.left - a.right, b.top - a.bottom, a.left - b.right, a.top - b.bottom];
    // Sideways where there is room between the two, else from top to bottom.
    let side = [0, 2, 1, 3].into_iter().find(|side| gaps[*side] >= LEAST_GAP)?;
    let across = if side % 2 == 0 { Axis::Y } else { Axis::X };
    let (mut from, mut to) = (middle(a, side), middle(b, (side + 2) % 4));
    if let Some(level) = common(a, b, across) {
        from.set(across, level);
        to.set(across, level);
        return Some(vec![from, to]);
    }
    let step = from.towards(to, share).along(across.other());
    let (mut first, mut second) = (from, to);
    first.set(across.other(), step);
    second.set(across.other(), step);
    Some(vec![from, first, second, to])
}

/// Whether the stretches keep off all nodes but the two that they join.
fn is_free(points: &[Point], terrain: &Terrain, from: usize, to: usize, clearance: f64) -> bool {
    points.windows(2).all(|pair| {
        let stretch = Rect::spanning(pair[0], pair[1]).grown(clearance);
        let touching = terrain.touching(&stretch);
        touching.into_iter().map(|other| other as usize).all(|other| {
            let own = other == from || other == to;
            own || !terrain.rects()[other].overlaps(&stretch)
        })
    })
}

/// The rough way from one node to another, from border to border, and whether it is the plain one. `effort` sums up
/// what a whole drawing costs.
pub fn search(
    terrain: &Terrain,
    margins: &[Margins],
    (from, to): (usize, usize),
    effort: &mut usize,
) -> (Vec<Point>, bool) {
    let (a, b) = (terrain.rects()[from], terrain.rects()[to]);
    if from != to {
        for share in [0.5, 0.2, 0.8] {
            match plain(&a, &b, share) {
                Some(points) if is_free(&points, terrain, from, to, CLEARANCE / 2.0) => return (points, true),
                _ => {}
            }
        }
    }
    for (attempt, reach) in REACH.into_iter().enumerate() {
        if *effort > MOST_EFFORT {
            break;
        }
        let field = Field::new(terrain, margins, from, to, reach, attempt > 0);
        *effort += field.right.len();
        if let Some(points) = field.find(&a, &b, from == to) {
            return (points, false);
        }
    }
    // The two overlap, or nothing leads from one to the other.
    let points = plain(&a, &b, 0.5).unwrap_or_else(|| {
        let (start, end) = (middle(&a, 1), middle(&b, 3));
        if from == to || start.x == end.x { vec![start, end] } else { vec![start, Point::new(end.x, start.y), end] }
    });
    (points, false)
}

/// The lines near two nodes, and where something stands in between them.
struct Field {
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// For the step from a crossing to the right, and for the one down: 1 close to a node, 2 through a node.
    right: Vec<u8>,
    down: Vec<u8>,
    from: Margins,
    to: Margins,
}

#[derive(Clone, Copy)]
struct Place {
    cost: u32,
    before: u32,
}

/// Where a way may end: the crossing, the direction of arrival, what the end costs, and the port.
struct Goal {
    column: usize,
    row: usize,
    direction: usize,
    cost: u32,
    port: Point,
}

impl Field {
    fn new(terrain: &Terrain, margins: &[Margins], from: usize, to: usize, reach: f64, borders: bool) -> Field {
        let (a, b) = (terrain.rects()[from], terrain.rects()[to]);
        let mut near = terrain.touching(&a.with(&b).grown(reach));
        if near.len() > MOST_NEAR {
            let straight = Wire::through(vec![a.centre(), b.centre()], |_| 0.0);
            let distance = |number: &u32| straight.distance(terrain.rects()[*number as usize].centre()) as u64;
            let mut by_distance: Vec<(u64, u32)> = near.iter().map(|number| (distance(number), *number)).collect();
            small::sort(&mut by_distance);
            near = by_distance.into_iter().take(MOST_NEAR).map(|(_, number)| number).collect();
        }
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for number in near.into_iter().map(|number| number as usize) {
            let (rect, [right, bottom, left, top]) = (terrain.rects()[number], margins[number]);
            xs.extend([rect.left - left, rect.right + right]);
            ys.extend([rect.top - top, rect.bottom + bottom]);
            if borders {
                xs.extend([rect.left, rect.right]);
                ys.extend([rect.top, rect.bottom]);
            }
        }
        for rect in [a, b] {
            xs.push(rect.centre().x);
            ys.push(rect.centre().y);
            // The loop of a node that goes to itself begins and ends near a corner.
            if from == to {
                xs.push(rect.right - 2.0 * INSET);
                ys.push(rect.top + 2.0 * INSET);
            }
        }
        xs.extend(common(&a, &b, Axis::X));
        ys.extend(common(&a, &b, Axis::Y));
        for list in [&mut xs, &mut ys] {
            small::sort_by(list, f64::total_cmp);
            list.dedup();
        }
        let size = xs.len() * ys.len();
        let mut field =
            Field { xs, ys, right: vec![0; size], down: vec![0; size], from: margins[from], to: margins[to] };
        let (Some(left), Some(right)) = (field.xs.first(), field.xs.last()) else { return field };
        let (Some(top), Some(bottom)) = (field.ys.first(), field.ys.last()) else { return field };
        let whole = Rect { left: *left, top: *top, right: *right, bottom: *bottom };
        for number in terrain.touching(&whole.grown(CLEARANCE)) {
            let rect = terrain.rects()[number as usize];
            field.mark(&rect.grown(CLEARANCE - 0.5), 1);
            field.mark(&rect, 2);
        }
        field
    }

    /// Marks all steps that lead through a rectangle.
    fn mark(&mut self, rect: &Rect, mark: u8) {
        let width = self.xs.len();
        let range = |list: &[f64], low: f64, high: f64| {
            (list.partition_point(|value| *value <= low), list.partition_point(|value| *value < high))
        };
        // Lines strictly inside, and steps that reach inside.
        let (first_column, last_column) = range(&self.xs, rect.left, rect.right);
        let (first_row, last_row) = range(&self.ys, rect.top, rect.bottom);
        for row in first_row..last_row {
            for column in first_column.saturating_sub(1)..last_column.min(width.saturating_sub(1)) {
                let step = &mut self.right[row * width + column];
                *step = (*step).max(mark);
            }
        }
        for row in first_row.saturating_sub(1)..last_row.min(self.ys.len().saturating_sub(1)) {
            for column in first_column..last_column {
                let step = &mut self.down[row * width + column];
                *step = (*step).max(mark);
            }
        }
    }

    /// What a step costs, and where it leads; nothing where a node stands.
    fn step(&self, column: usize, row: usize, direction: usize) -> Option<(usize, usize, u32)> {
        let width = self.xs.len();
        let (next, mark, length) = match direction {
            0 if column + 1 < width => {
                ((column + 1, row), self.right[row * width + column], self.xs[column + 1] - self.xs[column])
            }
            1 if row + 1 < self.ys.len() => {
                ((column, row + 1), self.down[row * width + column], self.ys[row + 1] - self.ys[row])
            }
            2 if column > 0 => {
                ((column - 1, row), self.right[row * width + column - 1], self.xs[column] - self.xs[column - 1])
            }
            3 if row > 0 => ((column, row - 1), self.down[(row - 1) * width + column], self.ys[row] - self.ys[row - 1]),
            _ => return None,
        };
        let length = (length * UNIT) as u32;
        (mark < 2).then(|| (next.0, next.1, if mark == 1 { length * TIGHT } else { length }))
    }

    /// The places where a way may leave a node.
    fn ports(&self, rect: &Rect, other: &Rect, margins: &Margins, sides: &[usize], corner: bool) -> Vec<Goal> {
        let mut ports = Vec::new();
        for side in sides.iter().copied() {
            let across = if side % 2 == 0 { Axis::Y } else { Axis::X };
            let mut port = middle(rect, side);
            if corner {
                // Beside the upper right corner.
                port.set(across, if side == 0 { rect.top + 2.0 * INSET } else { rect.right - 2.0 * INSET });
            } else if let Some(level) = common(rect, other, across) {
                port.set(across, level);
            }
            let margin = margins[side];
            let outside = match side {
                0 => Point::new(rect.right + margin, port.y),
                1 => Point::new(port.x, rect.bottom + margin),
                2 => Point::new(rect.left - margin, port.y),
                _ => Point::new(port.x, rect.top - margin),
            };
            let find = |list: &[f64], value: f64| list.binary_search_by(|other| other.total_cmp(&value)).ok();
            let (Some(column), Some(row)) = (find(&self.xs, outside.x), find(&self.ys, outside.y)) else { continue };
            let side_cost = if side % 2 == 0 { 0 } else { UPRIGHT_SIDE };
            let cost = (margin * UNIT) as u32 + side_cost;
            ports.push(Goal { column, row, direction: side, cost, port });
        }
        ports
    }

    /// The least that it can still cost from here to a goal.
    fn least(&self, column: usize, row: usize, direction: usize, goal: &Goal) -> u32 {
        let (x, y) = (self.xs[goal.column] - self.xs[column], self.ys[goal.row] - self.ys[row]);
        let along = |direction: usize| {
            let (dx, dy) = DIRECTIONS[direction];
            x * f64::from(dx) + y * f64::from(dy)
        };
        let (ahead, aside) = (along(direction), along((direction + 1) % 4));
        let bends = match (goal.direction + 4 - direction) % 4 {
            0 if aside == 0.0 && ahead >= 0.0 => 0,
            0 if ahead >= 0.0 => 2,
            0 => 4,
            2 if aside != 0.0 => 2,
            2 => 4,
            _ if ahead >= 0.0 && along(goal.direction) >= 0.0 => 1,
            _ => 3,
        };
        ((x.abs() + y.abs()) * UNIT) as u32 + bends * BEND + goal.cost
    }

    fn find(&self, a: &Rect, b: &Rect, own: bool) -> Option<Vec<Point>> {
        let (leave, arrive): (&[usize], &[usize]) = if own { (&[0], &[3]) } else { (&[0, 1, 2, 3], &[0, 1, 2, 3]) };
        let starts = self.ports(a, b, &self.from, leave, own);
        let mut goals = self.ports(b, a, &self.to, arrive, own);
        // What leaves a side goes the other way when it arrives there.
        goals.iter_mut().for_each(|goal| goal.direction = (goal.direction + 2) % 4);
        let width = self.xs.len();
        let state = |column: usize, row: usize, direction: usize| ((row * width + column) * 4 + direction) as u32;
        let least = |column, row, direction| goals.iter().map(|goal| self.least(column, row, direction, goal)).min();
        let mut places: FxHashMap<u32, Place> = FxHashMap::default();
        // By the least cost of the whole way; among equals what has come farthest.
        let mut open: BinaryHeap<Reverse<(u32, Reverse<u32>, u32)>> = BinaryHeap::new();
        for start in &starts {
            let here = state(start.column, start.row, start.direction);
            places.insert(here, Place { cost: start.cost, before: here });
            let least = least(start.column, start.row, start.direction)?;
            open.push(Reverse((start.cost + least, Reverse(start.cost), here)));
        }
        let mut best: Option<(u32, u32, usize)> = None;
        let mut steps = 0;
        while let Some(Reverse((whole, Reverse(cost), here))) = open.pop() {
            if best.is_some_and(|(best, ..)| whole >= best) || steps > MOST_STEPS {
                break;
            }
            if places.get(&here).is_none_or(|place| place.cost < cost) {
                continue;
            }
            steps += 1;
            let (direction, crossing) = (here as usize % 4, here as usize / 4);
            let (column, row) = (crossing % width, crossing / width);
            for (number, goal) in goals.iter().enumerate() {
                if (goal.column, goal.row, goal.direction) == (column, row, direction) {
                    let whole = cost + goal.cost;
                    if best.is_none_or(|(best, ..)| whole < best) {
                        best = Some((whole, here, number));
                    }
                }
            }
            // On, or with a turn in place.
            let turns = [direction, (direction + 1) % 4, (direction + 3) % 4];
            for (index, next) in turns.into_iter().enumerate() {
                let Some((column, row, length)) = self.step(column, row, next) else { continue };
                let cost = cost + length + if index == 0 { 0 } else { BEND };
                let there = state(column, row, next);
                if places.get(&there).is_none_or(|place| cost < place.cost) {
                    places.insert(there, Place { cost, before: here });
                    if let Some(least) = least(column, row, next) {
                        open.push(Reverse((cost + least, Reverse(cost), there)));
                    }
                }
            }
            // A goal that asks for a turn where we stand.
            for next in [(direction + 1) % 4, (direction + 3) % 4] {
                if goals.iter().any(|goal| (goal.column, goal.row, goal.direction) == (column, row, next)) {
                    let (there, cost) = (state(column, row, next), cost + BEND);
                    if places.get(&there).is_none_or(|place| cost < place.cost) {
                        places.insert(there, Place { cost, before: here });
                        if let Some(least) = least(column, row, next) {
                            open.push(Reverse((cost + least, Reverse(cost), there)));
                        }
                    }
                }
            }
        }
        let (_, mut here, number) = best?;
        let mut points = vec![goals.get(number)?.port];
        loop {
            let crossing = here as usize / 4;
            points.push(Point::new(self.xs[crossing % width], self.ys[crossing / width]));
            let before = places.get(&here)?.before;
            if before == here {
                break;
            }
            here = before;
        }
        let start = starts.iter().find(|start| state(start.column, start.row, start.direction) == here)?;
        points.push(start.port);
        points.reverse();
        Some(corners(points))
    }
}

/// Without the points between that lie on a straight line, and without those that occur twice.
pub fn corners(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = kept[..] {
            let straight = (before.x == last.x && last.x == point.x) || (before.y == last.y && last.y == point.y);
            if straight {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}
