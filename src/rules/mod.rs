//! The event-pattern language: event patterns, filter policies, and what a rule hands to its target.
//!
//! The bottom layer: it knows nothing of diagrams, services or time. Everything here is a function of text.
//! [`Pattern::matches`] is the definition in plain words; [`Matcher`] decides many patterns at once and agrees with it;
//! [`explain`] says why. Nothing here panics, recurses without bound or takes more than linear time and memory for any
//! text, however hostile.

mod address;
#[cfg(test)]
mod arbitrary;
mod condition;
mod consistency;
mod doors;
mod error;
mod event;
mod explain;
mod filter_policy;
pub mod json;
mod matcher;
mod number;
mod parse;
mod pattern;
#[cfg(test)]
mod properties;
mod regular;
mod schedule;
mod text;
mod transformer;

#[cfg(target_arch = "wasm32")]
pub(crate) use doors::Rules;
pub use error::PatternError;
pub use event::Event;
pub use explain::{Explanation, Leaf, explain};
pub use filter_policy::limits;
pub use filter_policy::{Attribute, Attributes, FilterPolicy, Scope};
pub use json::SyntaxError;
pub use matcher::Matcher;
pub use pattern::Pattern;
pub use regular::RegularExpression;
pub use schedule::{Schedule, date};
pub use transformer::{InputPath, InputTransformer, Reserved};
