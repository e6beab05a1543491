//! Databases and e-mail.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
