//! Studies: the same question put to many runs. Designs are compared on the same arrivals, a setting is swept over a
//! range, and the point is searched at which a design falls behind.
//!
//! Everything here works in slices (`work(budget)`), so that a page stays responsive and can stop; the command line runs
//! the same code straight through and gets the same figures.
//!
//! ```
//! # use eventyard::{lessons::guide, simulation::study::{Comparison, Conditions, Design}};
//! # use eventyard::kernel::SECOND;
//! let designs = ["gateway-multiple", "decouple-queue"].map(|id| Design::of(guide::find(id).unwrap().document()));
//! let conditions = Conditions { span: 20 * SECOND, ..Conditions::default() };
//! let mut comparison = Comparison::new(designs.into(), conditions, &[1, 2, 3]).unwrap();
//! while !comparison.work(10_000).done() {}
//! assert_eq!(comparison.table().rows.len(), 13);
//! ```

mod batch;
mod breaking;
mod compare;
mod conditions;
mod metric;
mod observer;
mod outcome;
mod parameter;
mod series;
mod statistics;
mod sweep;

pub use batch::{Batch, Progress, Run};
pub use breaking::{Breaking, Criterion, Probe, Verdict};
pub use compare::{Cell, Comparison, Mark, Row, Table};
pub use conditions::{Conditions, Design, NamedFault, parse_span};
pub use metric::{Better, Metric};
pub use outcome::{Outcome, Recovery, Window};
pub use parameter::{Parameter, Range};
pub use series::{Series, SeriesRow};
pub use statistics::{Estimate, paired, student_quantile};
pub use sweep::{Point, Sweep};
