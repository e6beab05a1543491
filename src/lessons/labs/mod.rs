//! Labs: documents that teach one idea each, by predicting, running, pausing at the decisive moment, changing one thing and
//! checking. [`Lab`] is the document, [`Session`] a learner's way through it, [`prove`] finds out whether its goals can be
//! missed and reached.

mod act;
mod catalogue;
mod check;
mod lab;
mod names;
mod permit;
mod play;
mod progress;
mod prove;
mod read;
mod session;
mod template;

pub use act::{ACCOUNT_NAME, Act};
pub use catalogue::{Entry, Group, LABS, find};
pub use check::check;
pub use lab::{Allow, Answers, Choice, Diagram, Goal, Judged, LAB_VERSION, Lab, Question, Right, Run, Step};
pub use play::{Play, prepared, same_moment, stage};
pub use progress::{Answer, Given, Progress, Score};
pub use prove::{Finding, Proof, prove};
pub use read::{MAXIMUM_BYTES, MAXIMUM_ITEMS, MAXIMUM_STEPS, read_span, span_text};
pub use session::{GoalState, Look, Outcome, Phase, Session, Standing, StepSummary};
