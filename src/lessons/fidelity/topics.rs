//! Topics, as Amazon SNS.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
