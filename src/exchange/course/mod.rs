//! Course packages: a lab as learning management systems take it, and what it reports to them.
//!
//! - SCORM 1.2 and SCORM 2004, 4th edition: `imsmanifest.xml` after ADL's Content Aggregation Model, values for the run-time's
//!   data model ([`Model`]).
//! - cmi5: `cmi5.xml` after the cmi5 specification's course structure, and xAPI statements ([`statements`]).
//!
//! Everything here is texts in, texts out. `public/course.js` speaks with the run-time; it knows neither labs nor questions.
//!
//! Invariants: what is suspended is at most 4,096 bytes and read again as the same; ids are the same in every session; nothing
//! is reported twice.

mod manifest;
mod package;
mod results;
mod scorm;
mod suspend;
mod xapi;

pub use package::{Course, PLAYER};
pub use results::{Goal, Interaction, Kind, Response, Results};
pub use scorm::{Model, scorm12, scorm2004};
pub use suspend::{SUSPENDED, resume, suspend};
pub use xapi::statements;

/// What a package is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    Scorm12,
    Scorm2004,
    Cmi5,
}

impl Standard {
    pub const ALL: [Standard; 3] = [Standard::Scorm12, Standard::Scorm2004, Standard::Cmi5];

    /// As addresses and files write it.
    pub fn id(self) -> &'static str {
        match self {
            Standard::Scorm12 => "scorm12",
            Standard::Scorm2004 => "scorm2004",
            Standard::Cmi5 => "cmi5",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Standard::Scorm12 => "SCORM 1.2",
            Standard::Scorm2004 => tr!("SCORM 2004 (4th edition)"),
            Standard::Cmi5 => "cmi5 (xAPI)",
        }
    }

    pub fn find(id: &str) -> Option<Standard> {
        Standard::ALL.into_iter().find(|standard| standard.id() == id)
    }
}
