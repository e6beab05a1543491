//! Event source mappings.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
