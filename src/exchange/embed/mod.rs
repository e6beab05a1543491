//! Eventyard inside other pages: what their addresses may ask for, and what they may say while it runs. The pure part:
//! texts in, decisions out.
//!
//! Invariant: whatever comes from outside is either understood as one of the things listed here, or refused with a reason;
//! nothing of it is ever run or put into the page as anything but text.

mod message;
mod parameters;
mod says;

pub use message::{LONGEST, Message, PROTOCOL, Refused, Request, decode, find_target};
pub use parameters::{CONTROLS, Embed, Origins, PANELS};
pub use says::{course, error, metrics, progress, ready, reply, state, statement};
