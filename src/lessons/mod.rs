//! The guide's diagrams, and what is simplified, as data.

pub mod fidelity;
pub mod guide;
