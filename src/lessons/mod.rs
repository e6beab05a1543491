//! The guide's diagrams and labs as data.

pub mod guide;
