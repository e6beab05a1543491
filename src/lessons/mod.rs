//! The guide's diagrams, labs, the glossary, and what is simplified, as data.

pub mod comparisons;
pub mod fidelity;
pub mod glossary;
pub mod guide;
pub mod labs;
