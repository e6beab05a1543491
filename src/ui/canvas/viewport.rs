//! Which part of the drawing is seen, and how large.

use crate::drawing::Point;
use crate::small::short;

const SMALLEST: f64 = 0.15;
const LARGEST: f64 = 4.0;
/// Fitting makes small diagrams no larger than this: text beyond its own size only looks coarse.
const LARGEST_FIT: f64 = 1.3;
/// What fitting leaves free for the hint above and the buttons below, in pixels.
const ABOVE: f64 = 20.0;
const BELOW: f64 = 36.0;

/// Drawing units times `zoom`, moved by `x` and `y`, are CSS pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Viewport { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

impl Viewport {
    /// Shows a rectangle (left, top, width, height) in the middle of a frame.
    pub fn fitting(bounds: (f64, f64, f64, f64), size: (f64, f64)) -> Viewport {
        let (left, top, width, height) = bounds;
        let free = size.1 - ABOVE - BELOW;
        let zoom = (size.0 / width).min(free / height).clamp(SMALLEST, LARGEST_FIT);
        Viewport {
            x: (size.0 - width * zoom) / 2.0 - left * zoom,
            y: ABOVE + (free - height * zoom) / 2.0 - top * zoom,
            zoom,
        }
    }

    pub fn transform(&self) -> String {
        format!("translate({} {}) scale({})", short(self.x, 2), short(self.y, 2), short(self.zoom, 4))
    }

    /// From drawing units to pixels of the frame.
    pub fn show(&self, point: Point) -> Point {
        Point { x: point.x * self.zoom + self.x, y: point.y * self.zoom + self.y }
    }

    /// From pixels of the frame to drawing units.
    pub fn find(&self, point: Point) -> Point {
        Point { x: (point.x - self.x) / self.zoom, y: (point.y - self.y) / self.zoom }
    }

    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.x += dx;
        self.y += dy;
    }

    /// Zooms so that what is under `at` stays there.
    pub fn zoom_at(&mut self, at: Point, factor: f64) {
        let zoom = (self.zoom * factor).clamp(SMALLEST, LARGEST);
        let factor = zoom / self.zoom;
        self.x = at.x - (at.x - self.x) * factor;
        self.y = at.y - (at.y - self.y) * factor;
        self.zoom = zoom;
    }

    /// Two fingers: one stays, the other goes from `before` to `after`.
    pub fn pinch(&mut self, still: Point, before: Point, after: Point) {
        let distance = |point: Point| (point.x - still.x).hypot(point.y - still.y).max(1.0);
        let middle = Point { x: (still.x + after.x) / 2.0, y: (still.y + after.y) / 2.0 };
        self.zoom_at(middle, distance(after) / distance(before));
        self.pan((after.x - before.x) / 2.0, (after.y - before.y) / 2.0);
    }
}
