//! Event buses and rules, as Amazon EventBridge.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
