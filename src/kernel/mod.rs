//! Simulated time, the agenda of pending events, and seeded randomness. It knows nothing of what the events mean.
//!
//! Invariant: the same pushes in the same order give the same pops, on every platform. Time is integer microseconds;
//! events at the same time leave in the order in which they came; randomness goes through `libm`, never through the
//! platform's own functions.

mod agenda;
mod bucket;
mod deadlines;
mod pace;
mod pool;
mod ring;
mod sampler;
mod stream;
mod time;

pub use agenda::Agenda;
pub use bucket::Bucket;
pub use deadlines::Deadlines;
pub use pace::Pace;
pub use pool::{Key, Pool};
pub use ring::Ring;
pub use sampler::Sampler;
pub use stream::{Stream, mix};
pub use time::{MILLISECOND, SECOND, Time};
