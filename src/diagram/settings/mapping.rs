//! The event source mapping that reads a queue for a function.

use crate::diagram::distribution::Distribution;
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{Shape, needed, part, whole};
use crate::rules;
use serde_json::Value;

const PROVISIONED_POLLERS: Shape = Shape::Optional(&needed(
    phrase!("provisioned mode"),
    r#"{"MinimumPollers": 2, "MaximumPollers": 200}"#,
    Shape::Record(&[
        part("MinimumPollers", "2", whole(2, 200, phrase!("pollers"))),
        part("MaximumPollers", "200", whole(2, 10_000, phrase!("pollers"))),
    ]),
));

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "BatchSize",
        kind: Kind::Integer { default: 10, min: 1, max: 10_000, unit: phrase!("messages") },
        help: phrase!(
            "How many messages one invocation gets at the most. More than 10 need a batching window, and a FIFO queue gives 10 at the most."
        ),
        source: "services-sqs-configure",
    },
    Setting {
        name: "MaximumBatchingWindowInSeconds",
        kind: Kind::Integer { default: 0, min: 0, max: 300, unit: "s" },
        help: phrase!(
            "How long the poller gathers messages before it invokes the function. With little traffic it can take up to 20 seconds, whatever the window: the poller looks at the clock when its long poll returns."
        ),
        source: "services-sqs-configure",
    },
    Setting {
        name: "MaximumConcurrency",
        kind: Kind::OptionalInteger { min: 2, max: 1_000, unit: "", absent: phrase!("no limit of its own") },
        help: phrase!("How many invocations of this mapping may run at the same time."),
        source: "services-sqs-scaling",
    },
    Setting {
        name: "ReportBatchItemFailures",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "On: the function names the records that failed, and only those come back. Off: one failure brings the whole batch back."
        ),
        source: "services-sqs-errorhandling",
    },
    Setting {
        name: "BatchItemFailures",
        kind: Kind::Choice {
            default: "as documented",
            options: &["as documented", "failed records", "nothing", "malformed"],
        },
        help: phrase!(
            "With ReportBatchItemFailures, what the code names when records failed. As documented: those that failed; for a FIFO queue it stops at the first and names that and all after it. Failed records: it goes on even there. Nothing: an empty list, which means success. Malformed: an answer that the service cannot read, which means that all failed."
        ),
        source: "services-sqs-errorhandling",
    },
    Setting {
        name: "VisibilityHeartbeatSeconds",
        kind: Kind::OptionalInteger { min: 1, max: 43_200, unit: "s", absent: phrase!("the code does not extend it") },
        help: phrase!(
            "While the function runs, its code calls ChangeMessageVisibility this often, so that the batch stays hidden for another visibility timeout."
        ),
        source: "sqs-visibility-timeout",
    },
    Setting {
        name: "VisibilityAfterFailureSeconds",
        kind: Kind::OptionalInteger {
            min: 0,
            max: 43_200,
            unit: "s",
            absent: phrase!("the visibility timeout goes on"),
        },
        help: phrase!(
            "What failed is given this much of hiding by the code, with ChangeMessageVisibility; 0 brings it back at once."
        ),
        source: "sqs-visibility-timeout",
    },
    Setting {
        name: "ProvisionedPollerConfig",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(r#"{"MinimumPollers": 2, "MaximumPollers": 200} or null"#),
            form: PROVISIONED_POLLERS,
        },
        help: phrase!(
            "Provisioned mode: pollers of one's own, each for up to 10 invocations at a time, which grow by 1,000 invocations a minute. It cannot be combined with MaximumConcurrency."
        ),
        source: "services-sqs-scaling",
    },
    Setting {
        name: "FilterCriteria",
        kind: Kind::Json {
            default: "[]",
            shape: phrase!(
                r#"a list of up to 5 patterns on the message, such as [{"body": {"amount": [{"numeric": [">", 100]}]}}]"#
            ),
            form: Shape::List(&needed(
                phrase!("pattern"),
                r#"{"body": {"amount": [{"numeric": [">", 100]}]}}"#,
                Shape::Pattern,
            )),
        },
        help: phrase!(
            "Only messages that match one of these patterns reach the function. The others are deleted from the queue."
        ),
        source: "with-sqs-filtering",
    },
    Setting {
        name: "Enabled",
        kind: Kind::Boolean { default: true },
        help: phrase!("Off: nothing polls, and the queue keeps its messages."),
        source: "API_UpdateEventSourceMapping",
    },
    Setting {
        name: "Polling",
        kind: Kind::Choice { default: "LONG", options: &["LONG", "AS_QUEUE"] },
        help: phrase!(
            "Lambda's pollers always wait up to 20 seconds for messages: LONG. AS_QUEUE stands for a consumer of your own that leaves it to the queue's ReceiveMessageWaitTimeSeconds; 0 is short polling, which asks again at once and pays for each empty answer."
        ),
        source: "sqs-short-and-long-polling",
    },
    Setting {
        name: "InitialPollers",
        kind: Kind::Integer { default: 5, min: 1, max: 1_250, unit: phrase!("pollers") },
        help: phrase!(
            "How many batches are read at the same time at first. The service starts with 5; here you may try others."
        ),
        source: "services-sqs-scaling",
    },
    Setting {
        name: "MaximumPollers",
        kind: Kind::Integer { default: 1_250, min: 1, max: 1_250, unit: phrase!("pollers") },
        help: phrase!("The most that the mapping scales to while messages remain, adding 300 a minute."),
        source: "services-sqs-scaling",
    },
];

pub const LATENCY: &[Setting] = &[Setting {
    name: "Latency",
    kind: Kind::Distribution { default: r#"{"empirical": [[0.1, 13.7], [0.5, 16.2], [0.9, 33.8], [0.99, 105]]}"# },
    help: phrase!("From the queue to the running function. The default was measured in public (eu-west-1, 2022)."),
    source: "bitesizedserverless.com, Serverless Messaging: Latency Compared",
}];

#[derive(Clone, Debug)]
pub struct MappingSettings {
    pub batch_size: usize,
    /// Microseconds.
    pub batching_window: u64,
    /// `None` without ReportBatchItemFailures.
    pub report: Option<FailureReport>,
    /// Microseconds.
    pub heartbeat: Option<u64>,
    pub visibility_after_failure: Option<u64>,
    /// A message passes if one of these matches, or if there is none.
    pub filters: Vec<rules::Pattern>,
    pub enabled: bool,
    /// Whether the pollers wait as long as the queue says, not as long as Lambda's do.
    pub polls_as_queue: bool,
    pub initial_pollers: usize,
    /// The lowest of the mapping's limits.
    pub maximum_pollers: usize,
    /// Pollers added a minute while all are busy.
    pub growth: u64,
    pub latency: Distribution,
}

/// Above this many a batch needs a window: services-sqs-configure.
pub const BATCH_WITHOUT_WINDOW: usize = 10;
/// services-sqs-configure.
pub const MAXIMUM_FILTERS: usize = 5;

/// Concurrent invocations added a minute: services-sqs-scaling.
pub const GROWTH: u64 = 300;
pub const PROVISIONED_GROWTH: u64 = 1_000;
/// How many provisioned pollers there are at least, from and to, and at the most: services-sqs-configure.
pub const LEAST_PROVISIONED: (i64, i64) = (2, 200);
pub const MOST_PROVISIONED: i64 = 10_000;
/// How many invocations a provisioned poller runs at the same time: services-sqs-scaling.
pub const INVOCATIONS_EACH: usize = 10;

/// What the function's code answers about a batch of which records failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureReport {
    /// The failed ones; for a FIFO queue it stops at the first and names all that follow too.
    AsDocumented,
    Failed,
    /// An empty list: complete success.
    Nothing,
    /// Not readable: complete failure.
    Malformed,
}

impl MappingSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let batch_size = reader.integer("BatchSize") as usize;
        let batching_window = reader.seconds("MaximumBatchingWindowInSeconds");
        if batch_size > BATCH_WITHOUT_WINDOW && batching_window == 0 {
            reader.reader.wrong(
                "BatchSize",
                tr!("A batch of {} needs a batching window.", batch_size),
                tr!("Set MaximumBatchingWindowInSeconds to at least 1, or BatchSize to at most 10."),
            );
        }
        let maximum_concurrency = reader.optional_integer("MaximumConcurrency");
        let mut maximum_pollers =
            reader.integer("MaximumPollers").min(maximum_concurrency.unwrap_or(i64::MAX)) as usize;
        let mut initial_pollers = (reader.integer("InitialPollers") as usize).min(maximum_pollers);
        let mut growth = GROWTH;
        if let Some((minimum, maximum)) = read_provisioned(reader) {
            if maximum_concurrency.is_some() {
                reader.reader.wrong(
                    "ProvisionedPollerConfig",
                    tr!("Provisioned mode cannot be combined with MaximumConcurrency."),
                    tr!("Remove one of them."),
                );
            }
            (initial_pollers, maximum_pollers) = (minimum * INVOCATIONS_EACH, maximum * INVOCATIONS_EACH);
            growth = PROVISIONED_GROWTH;
        }
        MappingSettings {
            batch_size,
            batching_window,
            report: read_report(reader),
            heartbeat: read_seconds(reader, "VisibilityHeartbeatSeconds"),
            visibility_after_failure: read_seconds(reader, "VisibilityAfterFailureSeconds"),
            filters: read_filters(reader),
            enabled: reader.boolean("Enabled"),
            polls_as_queue: reader.choice("Polling") == "AS_QUEUE",
            initial_pollers,
            maximum_pollers,
            growth,
            latency: reader.distribution("Latency"),
        }
    }
}

fn read_filters(reader: &mut SettingReader<'_, '_>) -> Vec<rules::Pattern> {
    let (value, path) = reader.json("FilterCriteria");
    let Value::Array(items) = &value else {
        let message = tr!("This is {}, but a list of patterns is needed.", kind_name(&value));
        reader.reader.problems.say(path, message, tr!("Write [{\"body\": {\"amount\": [100]}}]."));
        return Vec::new();
    };
    if items.len() > MAXIMUM_FILTERS {
        let message = tr!("{} patterns are too many.", items.len());
        reader.reader.problems.say(path.clone(), message, tr!("At most {}.", MAXIMUM_FILTERS));
    }
    let mut filters = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match rules::Pattern::parse(&item.to_string()) {
            Ok(pattern) => filters.push(pattern),
            Err(error) => reader.say_rule_error(&format!("{path}[{index}]"), &error),
        }
    }
    filters
}

fn read_report(reader: &mut SettingReader<'_, '_>) -> Option<FailureReport> {
    let report = match reader.choice("BatchItemFailures") {
        "failed records" => FailureReport::Failed,
        "nothing" => FailureReport::Nothing,
        "malformed" => FailureReport::Malformed,
        _ => FailureReport::AsDocumented,
    };
    reader.boolean("ReportBatchItemFailures").then_some(report)
}

fn read_seconds(reader: &mut SettingReader<'_, '_>, name: &'static str) -> Option<u64> {
    reader.optional_integer(name).map(|seconds| seconds.unsigned_abs() * 1_000_000)
}

/// The least and the most pollers of the provisioned mode.
fn read_provisioned(reader: &mut SettingReader<'_, '_>) -> Option<(usize, usize)> {
    let (value, path) = reader.json("ProvisionedPollerConfig");
    let fields = match &value {
        Value::Null => return None,
        Value::Object(fields) => fields,
        other => {
            let message = tr!("This is {}, but an object or null is needed.", kind_name(other));
            reader.reader.problems.say(path, message, tr!("Write {\"MinimumPollers\": 2, \"MaximumPollers\": 200}."));
            return None;
        }
    };
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let minimum =
        inner.integer("MinimumPollers", 2, LEAST_PROVISIONED.0, LEAST_PROVISIONED.1, phrase!("pollers")) as usize;
    let maximum =
        inner.integer("MaximumPollers", 200, LEAST_PROVISIONED.0, MOST_PROVISIONED, phrase!("pollers")) as usize;
    if minimum > maximum {
        let message =
            tr!("{maximum} are fewer than the MinimumPollers, {minimum}.", maximum = maximum, minimum = minimum);
        inner.wrong("MaximumPollers", message, tr!("Swap them."));
    }
    inner.finish();
    Some((minimum, maximum))
}
