//! The guide's diagrams, and what is simplified, as data.

pub mod comparisons;
pub mod fidelity;
pub mod guide;
