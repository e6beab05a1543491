//! The client: who sends what, how often, and what it does with the answer.

use super::MODEL;
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::send_options::SendOptions;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::template::Template;
use crate::rules;
use serde_json::Value;

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Arrivals",
        kind: Kind::Json {
            default: r#"{"poisson": 2}"#,
            shape: r#"{"constant": 2}, {"poisson": 2}, {"burst": {"size": 20, "everySeconds": 10}} or {"ramp": {"from": 1, "to": 50, "overSeconds": 60}}; rates in requests a second"#,
        },
        help: "How requests arrive. Poisson is what independent customers look like; constant is a metronome; burst and ramp show how a design takes a rush. A rate of 0 sends nothing by itself.",
        source: MODEL,
    },
    Setting {
        name: "Payloads",
        kind: Kind::Json {
            default: r#"[{"requestId": "{{requestId}}"}]"#,
            shape: "a list of JSON payloads; each request takes one at random",
        },
        help: "What is sent: one of these JSON documents, drawn at random for each request.",
        source: MODEL,
    },
    Setting {
        name: "Method",
        kind: Kind::Choice { default: "POST", options: &["GET", "POST", "PUT", "PATCH", "DELETE"] },
        help: "The HTTP method of the requests.",
        source: MODEL,
    },
    Setting {
        name: "Path",
        kind: Kind::Text { default: "/" },
        help: "The path that the requests go to; the gateway finds the route by it.",
        source: MODEL,
    },
    Setting {
        name: "ApiKey",
        kind: Kind::Text { default: "" },
        help: "Sent as the header x-api-key; empty sends none.",
        source: "api-gateway-api-key-source",
    },
    Setting {
        name: "Authorization",
        kind: Kind::Text { default: "" },
        help: "Sent as the header Authorization, for gateways with an authorizer; empty sends none.",
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "TimeoutMillis",
        kind: Kind::Integer { default: 30_000, min: 1, max: 900_000, unit: "ms" },
        help: "How long the client waits for an answer before it gives up.",
        source: MODEL,
    },
    Setting {
        name: "Retries",
        kind: Kind::Integer { default: 0, min: 0, max: 10, unit: "retries" },
        help: "How often the client tries again after a failure, a throttle or a time-out.",
        source: MODEL,
    },
    Setting {
        name: "RetryBackoffMillis",
        kind: Kind::Integer { default: 200, min: 0, max: 60_000, unit: "ms" },
        help: "The longest wait before the first retry; it doubles each time, and the actual wait is drawn between nothing and that (full jitter).",
        source: MODEL,
    },
    Setting {
        name: "PollStatus",
        kind: Kind::Json {
            default: "null",
            shape: r#"{"path": "/payments/{{requestId}}", "everyMillis": 1000, "attempts": 20, "until": {"status": ["completed"]}} or null"#,
        },
        help: "After a successful answer, ask for the request's status until the answer matches the pattern in `until`.",
        source: MODEL,
    },
    Setting {
        name: "MessageAttributes",
        kind: Kind::Json { default: "{}", shape: r#"{"type": {"DataType": "String", "StringValue": "payment"}}"# },
        help: "Sent along where the client sends straight to a queue or publishes to a topic; filter policies look at them.",
        source: "sqs-message-metadata",
    },
    Setting {
        name: "Source",
        kind: Kind::Text { default: "client" },
        help: "The event's source, where the client puts events on a bus.",
        source: "eb-putevents",
    },
    Setting {
        name: "DetailType",
        kind: Kind::Text { default: "Payment" },
        help: "The event's detail-type, where the client puts events on a bus.",
        source: "eb-putevents",
    },
];

/// How requests arrive. Rates are per second; spans in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrivals {
    Constant { rate: f64 },
    Poisson { rate: f64 },
    Burst { size: u32, every: u64 },
    Ramp { from: f64, to: f64, over: u64 },
}

impl Arrivals {
    /// Requests a second in the long run.
    pub fn rate(&self) -> f64 {
        match *self {
            Arrivals::Constant { rate } | Arrivals::Poisson { rate } => rate,
            Arrivals::Burst { size, every } => f64::from(size) * 1e6 / every as f64,
            Arrivals::Ramp { to, .. } => to,
        }
    }
}

/// Asking for a request's status until it is done.
#[derive(Clone, Debug)]
pub struct PollStatus {
    pub path: String,
    /// Between two questions, in microseconds.
    pub every: u64,
    pub attempts: u32,
    pub until: rules::Pattern,
}

#[derive(Clone, Debug)]
pub struct ClientSettings {
    pub arrivals: Arrivals,
    pub payloads: Vec<Template>,
    pub method: String,
    pub path: String,
    pub api_key: String,
    pub authorization: String,
    /// Microseconds.
    pub timeout: u64,
    pub retries: u32,
    /// Microseconds.
    pub backoff: u64,
    pub poll_status: Option<PollStatus>,
    /// Name, data type, value.
    pub attributes: Vec<(String, String, String)>,
    pub source: String,
    pub detail_type: String,
    pub send_options: SendOptions,
}

impl ClientSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        ClientSettings {
            arrivals: read_arrivals(reader),
            payloads: read_payloads(reader),
            method: reader.choice("Method").to_string(),
            path: reader.text("Path"),
            api_key: reader.text("ApiKey"),
            authorization: reader.text("Authorization"),
            timeout: reader.milliseconds("TimeoutMillis"),
            retries: reader.integer("Retries") as u32,
            backoff: reader.milliseconds("RetryBackoffMillis"),
            poll_status: read_poll_status(reader),
            attributes: read_attributes(reader),
            source: reader.text("Source"),
            detail_type: reader.text("DetailType"),
            send_options: SendOptions::read(reader),
        }
    }
}

/// A request every 10 microseconds is as fast as the clock of the simulation can tell apart usefully.
const MAXIMUM_RATE: f64 = 100_000.0;

fn read_arrivals(reader: &mut SettingReader<'_, '_>) -> Arrivals {
    let (value, path) = reader.json("Arrivals");
    let nothing = Arrivals::Constant { rate: 0.0 };
    let form = match value.as_object() {
        Some(fields) if fields.len() == 1 => fields.iter().next(),
        _ => None,
    };
    let problems = &mut *reader.reader.problems;
    let wrong = "Use {\"constant\": 2}, {\"poisson\": 2}, {\"burst\": {\"size\": 20, \"everySeconds\": 10}} or {\"ramp\": {\"from\": 1, \"to\": 50, \"overSeconds\": 60}}.";
    let Some((form, inner)) = form else {
        problems.say(path, "This does not say how requests arrive.", wrong);
        return nothing;
    };
    let rate = |value: &Value| value.as_f64().filter(|rate| (0.0..=MAXIMUM_RATE).contains(rate));
    let inner_path = format!("{path}.{form}");
    match (form.as_str(), inner) {
        ("constant" | "poisson", value) => match rate(value) {
            Some(rate) if form == "constant" => Arrivals::Constant { rate },
            Some(rate) => Arrivals::Poisson { rate },
            None => {
                problems.say(
                    inner_path,
                    format!("`{value}` is not a rate."),
                    format!("Use a number from 0 to {MAXIMUM_RATE} requests a second."),
                );
                nothing
            }
        },
        ("burst", Value::Object(fields)) => {
            let mut inner = Reader::new(fields, inner_path, problems);
            let size = inner.integer("size", 10, 0, 100_000, "requests") as u32;
            let every = inner.number("everySeconds", 10.0, 0.001, 86_400.0, "seconds");
            inner.finish();
            Arrivals::Burst { size, every: (every * 1e6) as u64 }
        }
        ("ramp", Value::Object(fields)) => {
            let mut inner = Reader::new(fields, inner_path, problems);
            let from = inner.number("from", 0.0, 0.0, MAXIMUM_RATE, "requests a second");
            let to = inner.number("to", 10.0, 0.0, MAXIMUM_RATE, "requests a second");
            let over = inner.number("overSeconds", 60.0, 1.0, 86_400.0, "seconds");
            inner.finish();
            Arrivals::Ramp { from, to, over: (over * 1e6) as u64 }
        }
        _ => {
            problems.say(inner_path, "This does not say how requests arrive.", wrong);
            nothing
        }
    }
}

fn read_payloads(reader: &mut SettingReader<'_, '_>) -> Vec<Template> {
    let (value, path) = reader.json("Payloads");
    let problems = &mut *reader.reader.problems;
    let Value::Array(items) = &value else {
        problems.say(
            path,
            format!("This is {}, but a list of payloads is needed.", kind_name(&value)),
            "Write [{\"amount\": 49.9}].",
        );
        return vec![Template::message()];
    };
    if items.is_empty() {
        problems.say(path.clone(), "There is nothing to send.", "Give at least one payload.");
    }
    let mut payloads = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match Template::parse(item, &format!("{path}[{index}]")) {
            Ok(template) => payloads.push(template),
            Err(found) => found.into_iter().for_each(|problem| problems.add(problem)),
        }
    }
    if payloads.is_empty() { vec![Template::message()] } else { payloads }
}

fn read_poll_status(reader: &mut SettingReader<'_, '_>) -> Option<PollStatus> {
    let (value, path) = reader.json("PollStatus");
    let fields = match &value {
        Value::Null => return None,
        Value::Object(fields) => fields,
        other => {
            let message = format!("This is {}, but an object or null is needed.", kind_name(other));
            reader.reader.problems.say(path, message, "");
            return None;
        }
    };
    let mut inner = Reader::new(fields, path.clone(), reader.reader.problems);
    let status_path = inner.required_text("path").to_string();
    let every = inner.integer("everyMillis", 1_000, 10, 3_600_000, "ms").unsigned_abs() * 1_000;
    let attempts = inner.integer("attempts", 20, 1, 1_000, "") as u32;
    let until = inner.get("until").cloned().unwrap_or(Value::Null);
    inner.finish();
    match rules::Pattern::parse(&until.to_string()) {
        Ok(until) => Some(PollStatus { path: status_path, every, attempts, until }),
        Err(error) => {
            reader.say_rule_error(&format!("{path}.until"), &error);
            None
        }
    }
}

fn read_attributes(reader: &mut SettingReader<'_, '_>) -> Vec<(String, String, String)> {
    let (value, path) = reader.json("MessageAttributes");
    let problems = &mut *reader.reader.problems;
    let Value::Object(fields) = &value else {
        problems.say(path, format!("This is {}, but an object is needed.", kind_name(&value)), "");
        return Vec::new();
    };
    let mut attributes = Vec::new();
    for (name, value) in fields {
        let path = format!("{path}.{name}");
        let Value::Object(value) = value else {
            problems.say(
                path,
                "An attribute is an object.",
                "Write {\"DataType\": \"String\", \"StringValue\": \"…\"}.",
            );
            continue;
        };
        let mut inner = Reader::new(value, path, problems);
        let data_type = inner.choice("DataType", "String", &["String", "String.Array", "Number"]).to_string();
        let text = inner.required_text("StringValue").to_string();
        inner.finish();
        attributes.push((name.clone(), data_type, text));
    }
    attributes
}
