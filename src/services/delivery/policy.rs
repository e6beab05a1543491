//! Which failed deliveries are tried again, and when.

use super::{Cause, Failure};
use crate::kernel::SECOND;
use crate::services::journal::Status;
use std::rc::Rc;

/// How a topic or a rule retries.
#[derive(Clone, Debug)]
pub enum Policy {
    /// It does not.
    Never,
    /// A topic to queues and functions: 100,015 retries over 23 days (sns-message-delivery-retries).
    Managed,
    /// A topic to e-mail and telephones: 50 retries over 6 hours (sns-message-delivery-retries).
    Relayed,
    /// A topic to an HTTP endpoint: these pauses, in microseconds.
    Http(Rc<[u64]>),
    /// A rule: so many retries within so many microseconds (eb-rule-retry-policy).
    Rule { retries: u32, age: u64, api_destination: bool },
}

impl Policy {
    /// Whether trying again can help. A refusal by the receiver's own rules is final (sns-message-delivery-retries,
    /// eb-rule-dlq): only throttling, server errors and no answer at all are tried again; by API destinations also what
    /// another token or moment may mend (eb-api-destinations).
    pub fn can_retry(&self, failure: Failure) -> bool {
        match failure {
            Failure::Answer(Status::Http(429 | 500..)) | Failure::TimedOut => true,
            Failure::Answer(Status::Http(401 | 407 | 409)) => {
                matches!(self, Policy::Rule { api_destination: true, .. })
            }
            Failure::Answer(Status::Http(_)) => false,
            Failure::Answer(Status::FunctionError | Status::FunctionTimeout | Status::Unreachable) => true,
            // Only clients see these.
            Failure::Answer(Status::CircuitOpen | Status::Blocked) => false,
        }
    }

    /// Whether it is tried again after this answer.
    pub fn can_retry_answer(&self, answer: Status) -> bool {
        self.can_retry(Failure::Answer(answer))
    }

    /// The pause before the next try, in microseconds, before jitter; or why there is none. `failures` counts from 1,
    /// `age` is the message's.
    pub fn pause(&self, failures: u32, age: u64) -> Result<u64, Cause> {
        let pause = match self {
            Policy::Never => None,
            Policy::Managed => managed(failures),
            Policy::Relayed => relayed(failures),
            Policy::Http(pauses) => pauses.get(failures as usize - 1).copied(),
            Policy::Rule { retries, age: maximum, .. } => {
                let pause = rule(failures);
                if failures <= *retries && age + pause > *maximum {
                    return Err(Cause::TooOld);
                }
                (failures <= *retries).then_some(pause)
            }
        };
        pause.ok_or(Cause::RetriesExhausted)
    }
}

/// 3 at once, 2 after 1 s, 10 growing from 1 s to 20 s, 100,000 after 20 s. The service draws the growth as a picture
/// only; this is geometric, rounded to 0.1 s.
fn managed(failures: u32) -> Option<u64> {
    match failures {
        1..=3 => Some(0),
        4 | 5 => Some(SECOND),
        6..=15 => Some([10, 14, 19, 27, 38, 53, 74, 103, 143, 200][failures as usize - 6] * SECOND / 10),
        16..=100_015 => Some(20 * SECOND),
        _ => None,
    }
}

/// 2 after 10 s, 10 growing from 10 s to 10 minutes, 38 after 10 minutes.
fn relayed(failures: u32) -> Option<u64> {
    match failures {
        1 | 2 => Some(10 * SECOND),
        3..=12 => Some([10, 16, 25, 39, 62, 97, 153, 242, 381, 600][failures as usize - 3] * SECOND),
        13..=50 => Some(600 * SECOND),
        _ => None,
    }
}

/// The service publishes 24 hours and 185 attempts, not the schedule; doubling from 1 s up to 256 s and then staying at
/// 488 s gives exactly these.
fn rule(failures: u32) -> u64 {
    match failures {
        1..=9 => SECOND << (failures - 1),
        _ => 488 * SECOND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_add_up_to_what_is_documented() {
        let total = |pause: fn(u32) -> Option<u64>| {
            let pauses: Vec<u64> = (1..).map_while(pause).collect();
            (pauses.len(), pauses.iter().sum::<u64>() / SECOND)
        };
        let (retries, seconds) = total(managed);
        assert_eq!((retries, seconds / 86_400), (100_015, 23));
        let (retries, seconds) = total(relayed);
        assert_eq!((retries, seconds / 3_600), (50, 6));
        assert_eq!((1..=185).map(rule).sum::<u64>(), 86_399 * SECOND);
    }
}
