//! Points, rectangles and the sizes of things, in drawing units.

use crate::diagram::Document;

pub const NODE_WIDTH: f64 = 152.0;
pub const NODE_HEIGHT: f64 = 88.0;
/// Nodes snap to this when they are moved.
pub const GRID: f64 = 8.0;

#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// One of the two directions of a coordinate: `X` from left to right, `Y` from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    X,
    Y,
}

impl Axis {
    pub fn other(self) -> Axis {
        if self == Axis::X { Axis::Y } else { Axis::X }
    }
}

impl Point {
    pub fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    pub fn along(self, axis: Axis) -> f64 {
        if axis == Axis::X { self.x } else { self.y }
    }

    pub fn set(&mut self, axis: Axis, value: f64) {
        if axis == Axis::X { self.x = value } else { self.y = value }
    }

    pub fn plus(self, x: f64, y: f64) -> Point {
        Point { x: self.x + x, y: self.y + y }
    }

    pub fn distance(self, other: Point) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        (x * x + y * y).sqrt()
    }

    /// The point at a share of the straight way to another.
    pub fn towards(self, other: Point, share: f64) -> Point {
        Point { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn centred(centre: Point, width: f64, height: f64) -> Rect {
        Rect {
            left: centre.x - width / 2.0,
            top: centre.y - height / 2.0,
            right: centre.x + width / 2.0,
            bottom: centre.y + height / 2.0,
        }
    }

    /// The box of a node, by its centre.
    pub fn of_node(centre: Point) -> Rect {
        Rect::centred(centre, NODE_WIDTH, NODE_HEIGHT)
    }

    /// The smallest rectangle with these two corners, in whichever order.
    pub fn spanning(a: Point, b: Point) -> Rect {
        Rect { left: a.x.min(b.x), top: a.y.min(b.y), right: a.x.max(b.x), bottom: a.y.max(b.y) }
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn centre(&self) -> Point {
        Point { x: (self.left + self.right) / 2.0, y: (self.top + self.bottom) / 2.0 }
    }

    pub fn low(&self, axis: Axis) -> f64 {
        if axis == Axis::X { self.left } else { self.top }
    }

    pub fn high(&self, axis: Axis) -> f64 {
        if axis == Axis::X { self.right } else { self.bottom }
    }

    pub fn grown(&self, by: f64) -> Rect {
        Rect { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    pub fn with(&self, other: &Rect) -> Rect {
        Rect {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether the two share more than a border.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether the point is inside or on the border.
    pub fn contains(&self, point: Point) -> bool {
        (self.left..=self.right).contains(&point.x) && (self.top..=self.bottom).contains(&point.y)
    }

    /// The area that both share.
    pub fn shared(&self, other: &Rect) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }
}

/// The boxes of all nodes, in document order.
pub fn boxes(document: &Document) -> Vec<Rect> {
    document.nodes.iter().map(|node| Rect::of_node(Point { x: node.x, y: node.y })).collect()
}

/// The rectangle that holds all nodes, with a margin: left, top, width, height.
pub fn bounds(document: &Document) -> (f64, f64, f64, f64) {
    const MARGIN: f64 = 32.0;
    let all = boxes(document).into_iter().reduce(|a, b| a.with(&b));
    let Some(all) = all.map(|all| all.grown(MARGIN)) else { return (0.0, 0.0, 400.0, 300.0) };
    (all.left, all.top, all.width(), all.height())
}
