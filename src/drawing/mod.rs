//! Where everything lies on the drawing: plain geometry in drawing units (CSS pixels at 100 % zoom), without a browser.
//!
//! Invariant: the same document gives the same drawing, natively and in every browser.

mod geometry;
pub mod icon;

pub use geometry::{Curve, GRID, NODE_HEIGHT, NODE_WIDTH, Point, bounds, route};
