//! What the app needs at once, in less code than the standard library's: sorting, and numbers with a fixed number of decimals.
//! What is loaded later does not need it.

mod fixed;
mod order;

pub use fixed::{fixed, short};
pub use order::{sort, sort_by};
