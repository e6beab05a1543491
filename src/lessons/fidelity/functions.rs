//! Functions, as AWS Lambda.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
