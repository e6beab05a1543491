//! Where everything lies on the drawing: plain geometry in drawing units (CSS pixels at 100 % zoom), without a browser.
//!
//! Invariant: the same document gives the same drawing, natively and in every browser.

mod arrange;
mod hit;
pub mod icon;
pub mod label;
mod layout;
mod nudge;
mod place;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
mod router;
mod search;
mod terrain;
mod wire;

pub use arrange::{Alignment, Guide, Snapped, align, distribute, snap};
pub use hit::{Minimap, node_at, wire_at, within};
pub use label::Label;
pub use layout::layout;
pub use place::{Axis, GRID, NODE_HEIGHT, NODE_WIDTH, Point, Rect, bounds, boxes};
pub use router::{Router, route};
pub use terrain::Terrain;
pub use wire::{Stroke, Wire};
