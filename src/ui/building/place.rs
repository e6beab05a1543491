//! Where a new node finds room.

use crate::drawing::{GRID, Point};
use crate::ui::canvas::Layout;

/// Between two nodes.
const GAP: f64 = 24.0;
const STEPS: i32 = 40;

pub fn snap(value: f64) -> f64 {
    (value / GRID).round() * GRID
}

/// `wanted`, or the place nearest to it where a node of this size covers no other: first to the sides, then around.
pub fn free(layout: &Layout, wanted: Point, (width, height): (f64, f64)) -> Point {
    let wanted = Point { x: snap(wanted.x), y: snap(wanted.y) };
    let is_free = |at: Point| {
        layout
            .nodes
            .iter()
            .all(|(_, other)| (at.x - other.x).abs() >= width + GAP || (at.y - other.y).abs() >= height + GAP)
    };
    let (across, down) = (snap(width + 2.0 * GAP), snap(height + 2.0 * GAP));
    let mut places: Vec<(i32, Point)> = Vec::new();
    for column in -STEPS..=STEPS {
        for row in -STEPS..=STEPS {
            let far = column.abs().max(row.abs()) * 8 + column.abs() + row.abs() * 2 + i32::from(column < 0);
            places.push((far, Point { x: wanted.x + f64::from(column) * across, y: wanted.y + f64::from(row) * down }));
        }
    }
    places.sort_by_key(|(far, _)| *far);
    places.into_iter().map(|(_, place)| place).find(|place| is_free(*place)).unwrap_or(wanted)
}
