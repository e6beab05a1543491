//! Values of metrics in words.

use crate::simulation::metrics::{Metric, Unit};
use crate::ui::format::{dollars, span};

/// At most two decimals, and no more than say something.
fn short(number: f64) -> String {
    if number >= 100.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else if number >= 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

pub fn value(metric: Metric, number: f64) -> String {
    match metric.unit() {
        Unit::PerSecond => format!("{}/s", short(number)),
        Unit::Span => span(number as u64),
        Unit::Count => short(number),
        Unit::Percent => format!("{} %", short(number)),
        Unit::Dollars => format!("{} $", dollars(number)),
    }
}
