//! Gateways, as Amazon API Gateway.

use super::Behaviour;

pub const BEHAVIOURS: &[Behaviour] = &[];
