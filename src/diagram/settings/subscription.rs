//! A topic's subscription: its protocol, its filter policy, and what happens when a delivery fails.

use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{OPTIONAL_PATTERN, Shape, needed, part, whole};
use crate::rules;
use serde_json::Value;
use uuid::Uuid;

/// Whether a receiver lets itself be reached, for subscriptions and targets alike.
pub const ACCESS: Setting = Setting {
    name: "Access",
    kind: Kind::Choice { default: "ALLOWED", options: &["ALLOWED", "DENIED", "DELETED"] },
    help: phrase!(
        "DENIED: the receiver's resource policy does not let anything be delivered from here, the usual mistake with queues. DELETED: it is gone, though this still points to it. Neither is ever tried again."
    ),
    source: "sns-dead-letter-queues; eb-rule-dlq",
};

const RETRIES: Shape = whole(0, 100, phrase!("retries"));
const PAUSE: Shape = whole(1, 3_600, "s");

const DELIVERY_POLICY: Shape = Shape::Optional(&needed(
    phrase!("policy"),
    r#"{"healthyRetryPolicy": {"numRetries": 3}}"#,
    Shape::Record(&[
        part(
            "healthyRetryPolicy",
            r#"{"numRetries": 3}"#,
            Shape::Record(&[
                part("numRetries", "3", RETRIES),
                part("numNoDelayRetries", "0", RETRIES),
                part("numMinDelayRetries", "0", RETRIES),
                part("numMaxDelayRetries", "0", RETRIES),
                part("minDelayTarget", "20", PAUSE),
                part("maxDelayTarget", "20", PAUSE),
                part(
                    "backoffFunction",
                    r#""linear""#,
                    Shape::Choice(&["linear", "arithmetic", "geometric", "exponential"]),
                ),
            ]),
        ),
        part(
            "throttlePolicy",
            r#"{"maxReceivesPerSecond": 10}"#,
            Shape::Record(&[part("maxReceivesPerSecond", "10", whole(1, 1_000_000, phrase!("deliveries/s")))]),
        ),
    ]),
));

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Protocol",
        kind: Kind::Choice {
            default: "auto",
            options: &["auto", "sqs", "lambda", "http", "https", "email", "email-json", "sms"],
        },
        help: phrase!(
            "How the topic delivers. auto goes by the receiver: sqs, lambda, https or email. An endpoint with sms stands for a telephone."
        ),
        source: "API_Subscribe",
    },
    Setting {
        name: "FilterPolicy",
        kind: Kind::Json { default: "null", shape: phrase!("a filter policy or null"), form: OPTIONAL_PATTERN },
        help: phrase!(
            "Which messages this subscriber wants; null wants all. A message that it refuses is counted, and nobody is told."
        ),
        source: "sns-message-filtering",
    },
    Setting {
        name: "FilterPolicyScope",
        kind: Kind::Choice { default: "MessageAttributes", options: &["MessageAttributes", "MessageBody"] },
        help: phrase!("Whether the policy looks at the message's attributes or into its body."),
        source: "sns-message-filtering-scope",
    },
    Setting {
        name: "RawMessageDelivery",
        kind: Kind::Boolean { default: false },
        help: phrase!(
            "On: the subscriber gets the message alone. Off: it gets the topic's envelope with the message as a string inside. Queues and HTTP endpoints only; the others ignore it."
        ),
        source: "sns-large-payload-raw-message-delivery",
    },
    Setting {
        name: "DeliveryPolicy",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"{"healthyRetryPolicy": {"numRetries": 10, "minDelayTarget": 1, "maxDelayTarget": 60, "backoffFunction": "exponential"}, "throttlePolicy": {"maxReceivesPerSecond": 10}} or null"#
            ),
            form: DELIVERY_POLICY,
        },
        help: phrase!(
            "How often and when the topic tries again to deliver over HTTP; null is 3 retries, 20 seconds apart. The other protocols have policies of their own that nobody can change."
        ),
        source: "sns-message-delivery-retries",
    },
    Setting {
        name: "Subscribed",
        kind: Kind::Boolean { default: true },
        help: phrase!("Off: unsubscribed. The publisher notices nothing."),
        source: "sns-create-subscribe-endpoint-to-topic",
    },
    Setting {
        name: "Confirmed",
        kind: Kind::Boolean { default: true },
        help: phrase!(
            "Off: an HTTP endpoint or e-mail address that has not confirmed its subscription yet, and so gets nothing."
        ),
        source: "SendMessageToHttp.confirm",
    },
    ACCESS,
    Setting {
        name: "DeadLetterQueue",
        kind: Kind::Queue,
        help: phrase!(
            "A queue for messages that the topic could not deliver (RedrivePolicy, deadLetterTargetArn); empty drops them."
        ),
        source: "sns-dead-letter-queues",
    },
];

/// How a topic delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Sqs,
    Lambda,
    /// With or without TLS.
    Http,
    Email,
    /// An e-mail that holds the topic's envelope.
    EmailJson,
    Sms,
}

impl Protocol {
    fn of(name: &str) -> Option<Protocol> {
        match name {
            "sqs" => Some(Protocol::Sqs),
            "lambda" => Some(Protocol::Lambda),
            "http" | "https" => Some(Protocol::Http),
            "email" => Some(Protocol::Email),
            "email-json" => Some(Protocol::EmailJson),
            "sms" => Some(Protocol::Sms),
            _ => None,
        }
    }
}

/// Whether a receiver can be reached: see [`ACCESS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    #[default]
    Allowed,
    Denied,
    Deleted,
}

impl Access {
    pub(super) fn read(reader: &mut SettingReader<'_, '_>) -> Access {
        match reader.choice("Access") {
            "DENIED" => Access::Denied,
            "DELETED" => Access::Deleted,
            _ => Access::Allowed,
        }
    }
}

/// A topic's subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// `None` goes by the receiver.
    pub protocol: Option<Protocol>,
    pub filter: Option<rules::FilterPolicy>,
    pub raw: bool,
    pub delivery: DeliveryPolicy,
    pub subscribed: bool,
    pub confirmed: bool,
    pub access: Access,
    pub dead_letter_queue: Option<Uuid>,
}

/// How a topic delivers over HTTP.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryPolicy {
    /// The pause before each retry, in microseconds.
    pub pauses: Vec<u64>,
    pub max_receives_per_second: Option<u64>,
}

impl Subscription {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        let scope = match reader.choice("FilterPolicyScope") {
            "MessageBody" => rules::Scope::MessageBody,
            _ => rules::Scope::MessageAttributes,
        };
        let (policy, path) = reader.json("FilterPolicy");
        let filter = if policy.is_null() {
            None
        } else {
            match rules::FilterPolicy::parse(&policy.to_string(), scope) {
                Ok(filter) => Some(filter),
                Err(error) => {
                    reader.say_rule_error(&path, &error);
                    None
                }
            }
        };
        Subscription {
            protocol: Protocol::of(reader.choice("Protocol")),
            filter,
            raw: reader.boolean("RawMessageDelivery"),
            delivery: DeliveryPolicy::read(reader),
            subscribed: reader.boolean("Subscribed"),
            confirmed: reader.boolean("Confirmed"),
            access: Access::read(reader),
            dead_letter_queue: reader.reference("DeadLetterQueue"),
        }
    }
}

const SECOND: u64 = 1_000_000;
/// All pauses of a policy together: sns-message-delivery-retries.
pub const MOST_RETRIES: i64 = 100;
/// In seconds, all pauses together: sns-message-delivery-retries.
pub const MAXIMUM_POLICY_SECONDS: u64 = 3_600;

/// How the pauses grow from the smallest to the largest.
#[derive(Clone, Copy)]
enum Backoff {
    Linear,
    Arithmetic,
    Geometric,
    Exponential,
}

impl Backoff {
    /// Pause number `step` of `steps`, from `least` to `most`. The service publishes a picture: linear is the steepest
    /// at first and exponential the flattest; the other two lie between them, here at a third and two thirds.
    fn pause(self, least: f64, most: f64, step: u64, steps: u64) -> f64 {
        let share = if steps > 1 { step as f64 / (steps - 1) as f64 } else { 0.0 };
        let linear = least + (most - least) * share;
        let exponential = least * libm::pow(most / least, share);
        match self {
            Backoff::Linear => linear,
            Backoff::Arithmetic => (2.0 * linear + exponential) / 3.0,
            Backoff::Geometric => (linear + 2.0 * exponential) / 3.0,
            Backoff::Exponential => exponential,
        }
    }
}

impl Default for DeliveryPolicy {
    /// 3 retries, 20 s apart.
    fn default() -> Self {
        DeliveryPolicy { pauses: vec![20 * SECOND; 3], max_receives_per_second: None }
    }
}

impl DeliveryPolicy {
    fn read(reader: &mut SettingReader<'_, '_>) -> DeliveryPolicy {
        let mut policy = DeliveryPolicy::default();
        let (value, path) = reader.json("DeliveryPolicy");
        let fields = match &value {
            Value::Null => return policy,
            Value::Object(fields) => fields,
            other => {
                let message = tr!("This is {}, but an object or null is needed.", kind_name(other));
                reader.reader.problems.say(path, message, tr!("Write {\"healthyRetryPolicy\": {\"numRetries\": 5}}."));
                return policy;
            }
        };
        let mut outer = Reader::new(fields, path.clone(), reader.reader.problems);
        let (retry, throttle) = (outer.object("healthyRetryPolicy"), outer.object("throttlePolicy"));
        outer.finish();
        if let Some(throttle) = throttle {
            let mut inner = Reader::new(throttle, format!("{path}.throttlePolicy"), reader.reader.problems);
            let rate = inner.optional_integer("maxReceivesPerSecond", 1, 1_000_000, phrase!("deliveries/s"));
            policy.max_receives_per_second = rate.map(i64::unsigned_abs);
            inner.finish();
        }
        if let Some(retry) = retry {
            let mut inner = Reader::new(retry, format!("{path}.healthyRetryPolicy"), reader.reader.problems);
            policy.pauses = read_pauses(&mut inner);
            inner.finish();
        }
        policy
    }
}

fn read_pauses(reader: &mut Reader<'_, '_>) -> Vec<u64> {
    let retries = reader.integer("numRetries", 3, 0, MOST_RETRIES, phrase!("retries"));
    let at_once = reader.integer("numNoDelayRetries", 0, 0, 100, phrase!("retries"));
    let at_least = reader.integer("numMinDelayRetries", 0, 0, 100, phrase!("retries"));
    let at_most = reader.integer("numMaxDelayRetries", 0, 0, 100, phrase!("retries"));
    let most = reader.integer("maxDelayTarget", 20, 1, 3_600, "s");
    let least = reader.integer("minDelayTarget", 20.min(most), 1, 3_600, "s");
    let backoff =
        match reader.choice("backoffFunction", "linear", &["linear", "arithmetic", "geometric", "exponential"]) {
            "arithmetic" => Backoff::Arithmetic,
            "geometric" => Backoff::Geometric,
            "exponential" => Backoff::Exponential,
            _ => Backoff::Linear,
        };
    if least > most {
        let message = tr!("{least} s is more than maxDelayTarget, {most} s.", least = least, most = most);
        reader.wrong("minDelayTarget", message, tr!("The pauses grow from minDelayTarget to maxDelayTarget."));
    }
    let growing = retries - at_once - at_least - at_most;
    if growing < 0 {
        let message = tr!("{} are fewer than the retries of the single phases together.", retries);
        reader.wrong("numRetries", message, tr!("It counts all of them, with those between the phases."));
        return Vec::new();
    }
    let seconds = |count: i64, pause: i64| std::iter::repeat_n(pause.unsigned_abs() * SECOND, count as usize);
    let steps = growing.unsigned_abs();
    let grown = (0..steps).map(|step| (backoff.pause(least as f64, most as f64, step, steps) * SECOND as f64) as u64);
    let pauses: Vec<u64> =
        seconds(at_once, 0).chain(seconds(at_least, least)).chain(grown).chain(seconds(at_most, most)).collect();
    let total = pauses.iter().sum::<u64>() / SECOND;
    if total > MAXIMUM_POLICY_SECONDS {
        let message = tr!("All pauses of this policy together are {} s.", total);
        reader.wrong("numRetries", message, tr!("At most {} s: fewer or shorter ones.", MAXIMUM_POLICY_SECONDS));
    }
    pauses
}
