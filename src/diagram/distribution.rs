//! How long something takes: a distribution that people can read and edit. Sampling is the kernel's.

use super::problem::Problem;
use super::reader::{Problems, Reader, kind_name};
use crate::language::translated;
use crate::small::short;
use serde_json::{Value, json};

/// A distribution of durations. Every figure is in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same: `{"constant": 20}`, or just `20`.
    Constant(f64),
    /// Anything between two bounds, equally likely: `{"uniform": [10, 30]}`.
    Uniform(f64, f64),
    /// Memoryless with this mean: `{"exponential": 50}`.
    Exponential(f64),
    /// Skewed, as latencies are; given by its median and 99th percentile: `{"lognormal": {"median": 16, "p99": 105}}`.
    LogNormal { median: f64, p99: f64 },
    /// Measured: pairs of quantile and value, log-linear in between: `{"empirical": [[0.1, 14], [0.5, 16], [0.99, 105]]}`.
    Empirical(Vec<(f64, f64)>),
}

/// An hour: longer than anything the simulated services wait for in one step (15 minutes of a function's timeout).
const MAXIMUM: f64 = 3_600_000.0;

const FORMS: &str = phrase!(
    "Use milliseconds as a number, or one of {\"constant\": 20}, {\"uniform\": [10, 30]}, {\"exponential\": 50}, \
     {\"lognormal\": {\"median\": 16, \"p99\": 105}}, {\"empirical\": [[0.5, 16], [0.99, 105]]}."
);

impl Distribution {
    /// Reads one on its own.
    pub fn parse(value: &Value) -> Result<Distribution, Vec<Problem>> {
        let mut problems = Problems::default();
        match Distribution::read(value, "", &mut problems) {
            Some(distribution) => Ok(distribution),
            None => Err(problems.into_list()),
        }
    }

    pub(super) fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Distribution> {
        let known = problems.len();
        let wrong = |problems: &mut Problems, message: String| problems.say(path, message, translated(FORMS));
        let number = |value: &Value| value.as_f64().filter(|number| (0.0..=MAXIMUM).contains(number));
        let result = match value {
            Value::Number(_) => number(value).map(Distribution::Constant),
            Value::Object(fields) if fields.len() == 1 => {
                let (form, value) = fields.iter().next()?;
                match form.as_str() {
                    "constant" => number(value).map(Distribution::Constant),
                    "exponential" => number(value).map(Distribution::Exponential),
                    "uniform" => match value.as_array().map(Vec::as_slice) {
                        Some([low, high]) => match (number(low), number(high)) {
                            (Some(low), Some(high)) if low <= high => Some(Distribution::Uniform(low, high)),
                            _ => None,
                        },
                        _ => None,
                    },
                    "lognormal" => value.as_object().and_then(|fields| {
                        let mut reader = Reader::new(fields, format!("{path}.lognormal"), problems);
                        let median = reader.get("median").and_then(number);
                        let p99 = reader.get("p99").and_then(number);
                        reader.finish();
                        match (median, p99) {
                            (Some(median), Some(p99)) if median > 0.0 && p99 >= median => {
                                Some(Distribution::LogNormal { median, p99 })
                            }
                            _ => None,
                        }
                    }),
                    "empirical" => Self::read_empirical(value),
                    _ => None,
                }
            }
            other => {
                wrong(problems, tr!("This is {}, not a duration.", kind_name(other)));
                return None;
            }
        };
        if result.is_none() && problems.len() == known {
            wrong(
                problems,
                tr!(
                    "`{value}` is not a duration between 0 and {longest} ms.",
                    value = value,
                    longest = short(MAXIMUM, 0)
                ),
            );
        }
        result
    }

    fn read_empirical(value: &Value) -> Option<Distribution> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for point in value.as_array()? {
            let [quantile, value] = point.as_array()?.as_slice() else { return None };
            let (quantile, value) = (quantile.as_f64()?, value.as_f64()?);
            let rising = points.last().is_none_or(|last| quantile > last.0 && value >= last.1);
            let valid = (0.0..=1.0).contains(&quantile) && value > 0.0 && value <= MAXIMUM;
            if !valid || !rising {
                return None;
            }
            points.push((quantile, value));
        }
        (!points.is_empty()).then_some(Distribution::Empirical(points))
    }

    pub fn to_json(&self) -> Value {
        match self {
            Distribution::Constant(value) => json!({ "constant": value }),
            Distribution::Uniform(low, high) => json!({ "uniform": [low, high] }),
            Distribution::Exponential(mean) => json!({ "exponential": mean }),
            Distribution::LogNormal { median, p99 } => json!({ "lognormal": { "median": median, "p99": p99 } }),
            Distribution::Empirical(points) => json!({ "empirical": points }),
        }
    }

    /// In words, for labels: `about 16 ms (p99 105 ms)`.
    pub fn describe(&self) -> String {
        let figure = |value: &f64| short(*value, 3).to_string();
        match self {
            Distribution::Constant(value) => format!("{} ms", figure(value)),
            Distribution::Uniform(low, high) => format!("{}–{} ms", figure(low), figure(high)),
            Distribution::Exponential(mean) => tr!("mean {} ms, exponential", figure(mean)),
            Distribution::LogNormal { median, p99 } => {
                tr!("about {median} ms (p99 {p99} ms)", median = figure(median), p99 = figure(p99))
            }
            Distribution::Empirical(points) => {
                let middle = points.iter().min_by(|a, b| (a.0 - 0.5).abs().total_cmp(&(b.0 - 0.5).abs()));
                middle.map_or(String::new(), |point| tr!("about {} ms, measured", figure(&point.1)))
            }
        }
    }

    /// The median in milliseconds, for estimates shown to people.
    pub fn median(&self) -> f64 {
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform(low, high) => (low + high) / 2.0,
            Distribution::Exponential(mean) => mean * std::f64::consts::LN_2,
            Distribution::LogNormal { median, .. } => *median,
            Distribution::Empirical(points) => {
                points.iter().find(|point| point.0 >= 0.5).or(points.last()).map_or(0.0, |point| point.1)
            }
        }
    }
}
