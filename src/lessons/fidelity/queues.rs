//! Queues, as Amazon SQS.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
