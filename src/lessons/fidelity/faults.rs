//! Faults.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
