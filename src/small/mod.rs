//! What the app needs at once, in less code than the standard library's: sorting, numbers with a fixed number of decimals, and
//! limits.
//! What is loaded later does not need it.

mod fixed;
mod order;

pub use fixed::{fixed, short};
pub use order::{sort, sort_by};

/// The value, or the limit that it goes beyond; the upper one where they contradict each other. `f64::clamp` would bring
/// along how numbers are written, for the message with which it panics then.
pub fn within(value: f64, least: f64, most: f64) -> f64 {
    value.max(least).min(most)
}
