//! Clients.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
