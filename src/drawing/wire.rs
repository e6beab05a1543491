//! The wire of an edge: straight stretches with rounded corners.

use super::place::{Axis, Point, Rect};
use crate::small::short;

/// How far a corner is rounded where there is room.
const RADIUS: f64 = 10.0;
/// The length of the curve around a corner, for a radius of one: a parabola between two lines at a right angle.
const CURVE: f64 = 1.623_225;

/// A step of a pen that draws a wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stroke {
    Move(Point),
    Line(Point),
    /// A quadratic curve: its control point and its end.
    Curve(Point, Point),
}

/// A point as paths write it.
struct Short(Point);

impl std::fmt::Display for Short {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", short(self.0.x, 1), short(self.0.y, 1))
    }
}

/// Straight stretches, alternately level and upright, from border to border. Empty where an edge's node is missing.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Wire {
    corners: Vec<Point>,
    /// How far each corner is rounded; nothing at the two ends.
    radii: Vec<f64>,
    length: f64,
}

impl Wire {
    /// Through these points; corners are rounded as far as the stretches allow, and no further than `limit` says.
    pub fn through(mut corners: Vec<Point>, limit: impl Fn(usize) -> f64) -> Wire {
        // Where both ends lie upon each other, as those of nodes may, it still leads somewhere.
        if let Some(first) = corners.first().copied()
            && corners.iter().all(|corner| *corner == first)
        {
            corners = vec![first, Point { x: first.x + 0.001, y: first.y }];
        }
        let last = corners.len().saturating_sub(1);
        let mut radii = vec![0.0; corners.len()];
        for index in 1..last {
            let room = corners[index].distance(corners[index - 1]).min(corners[index].distance(corners[index + 1]));
            radii[index] = RADIUS.min(room / 2.0).min(limit(index)).max(0.0);
        }
        let straight: f64 = corners.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
        let length = straight - radii.iter().map(|radius| radius * (2.0 - CURVE)).sum::<f64>();
        Wire { corners, radii, length }
    }

    /// Both ends, and every corner between.
    pub fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// In drawing units.
    pub fn length(&self) -> f64 {
        self.length
    }

    /// The straight stretches, as if no corner were rounded.
    pub fn stretches(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.corners.windows(2).map(|pair| (pair[0], pair[1]))
    }

    /// Where the rounding of a corner begins, and where it ends.
    fn rounding(&self, index: usize) -> (Point, Point) {
        let (corner, radius) = (self.corners[index], self.radii[index]);
        let towards = |other: Point| corner.towards(other, radius / corner.distance(other).max(1e-9));
        (towards(self.corners[index - 1]), towards(self.corners[index + 1]))
    }

    /// The point at a share of the wire, 0 to 1.
    pub fn at(&self, share: f64) -> Point {
        let (Some(first), Some(last)) = (self.corners.first(), self.corners.last()) else { return Point::default() };
        let mut rest = share.clamp(0.0, 1.0) * self.length;
        let mut from = *first;
        for index in 1..self.corners.len().saturating_sub(1) {
            let (begin, end) = self.rounding(index);
            let straight = from.distance(begin);
            if rest <= straight {
                return from.towards(begin, rest / straight.max(1e-9));
            }
            rest -= straight;
            let curve = self.radii[index] * CURVE;
            if rest <= curve {
                let share = rest / curve;
                let corner = self.corners[index];
                return begin.towards(corner, share).towards(corner.towards(end, share), share);
            }
            rest -= curve;
            from = end;
        }
        from.towards(*last, (rest / from.distance(*last).max(1e-9)).min(1.0))
    }

    /// The wire as steps of a pen.
    pub fn strokes(&self) -> impl Iterator<Item = Stroke> + '_ {
        let last = self.corners.len().saturating_sub(1);
        self.corners
            .iter()
            .enumerate()
            .flat_map(move |(index, corner)| match index {
                0 => [Some(Stroke::Move(*corner)), None],
                _ if index == last || self.radii[index] < 0.05 => [Some(Stroke::Line(*corner)), None],
                _ => {
                    let (begin, end) = self.rounding(index);
                    [Some(Stroke::Line(begin)), Some(Stroke::Curve(*corner, end))]
                }
            })
            .flatten()
    }

    /// As the attribute `d` of an SVG path.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.corners.len() * 32);
        for stroke in self.strokes() {
            path += &match stroke {
                Stroke::Move(to) => format!("M{}", Short(to)),
                Stroke::Line(to) => format!("L{}", Short(to)),
                Stroke::Curve(corner, to) => format!("Q{} {}", Short(corner), Short(to)),
            };
        }
        path
    }

    /// The arrow's head at the end, as the attribute `d` of an SVG path.
    pub fn arrow(&self) -> String {
        let [.., before, tip] = self.corners[..] else { return String::new() };
        let length = before.distance(tip).max(1e-6);
        let (x, y) = ((tip.x - before.x) / length, (tip.y - before.y) / length);
        // Two corners, so far behind the tip and to its sides.
        let (behind, aside) = (7.2, 3.5);
        let corner = |side: f64| tip.plus(-behind * x - side * aside * y, -behind * y + side * aside * x);
        let (left, right) = (corner(1.0), corner(-1.0));
        format!("M{}L{}L{}Z", Short(tip), Short(left), Short(right))
    }

    /// How far the nearest part of the wire is from a point.
    pub fn distance(&self, point: Point) -> f64 {
        let mut nearest = f64::INFINITY;
        for (from, to) in self.stretches() {
            let length = from.distance(to);
            let along = (point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y);
            let share = if length > 0.0 { (along / (length * length)).clamp(0.0, 1.0) } else { 0.0 };
            nearest = nearest.min(from.towards(to, share).distance(point));
        }
        nearest
    }

    /// How much of the wire runs inside a rectangle, in drawing units, as if no corner were rounded.
    pub fn inside(&self, area: &Rect) -> f64 {
        let mut sum = 0.0;
        for (from, to) in self.stretches() {
            let across = if from.x == to.x { Axis::X } else { Axis::Y };
            let place = from.along(across);
            if area.low(across) < place && place < area.high(across) {
                let (low, high) = (from.along(across.other()), to.along(across.other()));
                let share = low.max(high).min(area.high(across.other())) - low.min(high).max(area.low(across.other()));
                sum += share.max(0.0);
            }
        }
        sum
    }
}
