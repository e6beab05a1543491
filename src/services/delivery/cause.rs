//! Why a delivery is not tried again.

use crate::services::message::{Ending, Reason};

/// Why a delivery was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// All retries of the policy were used up.
    RetriesExhausted,
    /// The next retry would come after the event's maximum age.
    TooOld,
    /// The receiver's policy does not allow it: never tried again.
    NoPermission,
    /// The receiver is gone: never tried again.
    NoResource,
    /// The receiver refused it for good: never tried again.
    Refused,
}

impl Cause {
    pub const ALL: [Cause; 5] =
        [Cause::RetriesExhausted, Cause::TooOld, Cause::NoPermission, Cause::NoResource, Cause::Refused];

    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Cause::RetriesExhausted => "retries_exhausted",
            Cause::TooOld => "too_old",
            Cause::NoPermission => "no_permission",
            Cause::NoResource => "no_resource",
            Cause::Refused => "refused",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Cause::RetriesExhausted => tr!("all retries used up"),
            Cause::TooOld => tr!("older than the event's maximum age"),
            Cause::NoPermission => tr!("no permission"),
            Cause::NoResource => tr!("the receiver does not exist"),
            Cause::Refused => tr!("refused for good"),
        }
    }

    /// How a message ends for which there is no dead-letter queue.
    pub fn ending(self) -> Ending {
        match self {
            Cause::RetriesExhausted => Ending::Dropped(Reason::RetriesExhausted),
            Cause::TooOld => Ending::Dropped(Reason::TooOld),
            Cause::NoPermission => Ending::Dropped(Reason::NoPermission),
            Cause::NoResource => Ending::Dropped(Reason::NoResource),
            Cause::Refused => Ending::Dropped(Reason::Refused),
        }
    }
}
