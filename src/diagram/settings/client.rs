//! The client: who sends what, how often, and what it does with the answer.

use super::MODEL;
use crate::diagram::distribution::Distribution;
use crate::diagram::reader::{Reader, kind_name};
use crate::diagram::send_options::SendOptions;
use crate::diagram::setting::{Kind, Setting, SettingReader};
use crate::diagram::shape::{ATTRIBUTES, DISTRIBUTION, Shape, TEXTS, needed, number, part, whole};
use crate::diagram::template::Template;
use crate::diagram::until::Until;
use crate::small;
use serde_json::{Map, Value};

const RATE: Shape = number(0.0, MAXIMUM_RATE, phrase!("requests/s"));
const SECONDS: Shape = number(0.001, 86_400.0, "s");
const SPAN: Shape = number(1.0, 86_400.0, "s");
const SWING: Shape = number(0.0, MAXIMUM_RATE / 2.0, phrase!("requests/s"));

const ARRIVALS: Shape = Shape::OneOf(&[
    needed("poisson", "2", RATE),
    needed("constant", "2", RATE),
    needed(
        "burst",
        r#"{"size": 20, "everySeconds": 10}"#,
        Shape::Record(&[
            part("size", "10", whole(0, 100_000, phrase!("requests"))),
            part("everySeconds", "10", SECONDS),
        ]),
    ),
    needed(
        "ramp",
        r#"{"from": 1, "to": 50, "overSeconds": 60}"#,
        Shape::Record(&[part("from", "0", RATE), part("to", "10", RATE), part("overSeconds", "60", SPAN)]),
    ),
    needed(
        "steps",
        r#"[{"rate": 5, "seconds": 30}, {"rate": 50, "seconds": 10}]"#,
        Shape::List(&needed(
            phrase!("step"),
            r#"{"rate": 5, "seconds": 30}"#,
            Shape::Record(&[part("rate", "1", RATE), part("seconds", "10", SECONDS)]),
        )),
    ),
    needed(
        "sine",
        r#"{"mean": 10, "amplitude": 8, "periodSeconds": 60}"#,
        Shape::Record(&[part("mean", "10", SWING), part("amplitude", "5", SWING), part("periodSeconds", "60", SPAN)]),
    ),
    needed("times", "[0.5, 2]", Shape::List(&needed(phrase!("time"), "1", number(0.0, 1e9, "s")))),
    needed(
        "closed",
        r#"{"users": 10, "thinkTime": {"exponential": 1000}}"#,
        Shape::Record(&[
            part("users", "10", whole(0, 100_000, phrase!("users"))),
            part("thinkTime", r#"{"constant": 1000}"#, DISTRIBUTION),
        ]),
    ),
]);

const CIRCUIT_BREAKER: Shape = Shape::Optional(&needed(
    phrase!("circuit breaker"),
    r#"{"failures": 5, "openSeconds": 10, "halfOpenRequests": 1}"#,
    Shape::Record(&[
        part("failures", "5", whole(1, 1_000, phrase!("failures"))),
        part("openSeconds", "10", number(0.001, 3_600.0, "s")),
        part("halfOpenRequests", "1", whole(1, 1_000, phrase!("requests"))),
    ]),
));

const POLL_STATUS: Shape = Shape::Optional(&needed(
    phrase!("polling"),
    r#"{"path": "/payments/{{requestId}}", "everyMillis": 1000, "attempts": 20, "until": {"status": ["completed"]}}"#,
    Shape::Record(&[
        needed("path", r#""/payments/{{requestId}}""#, Shape::Text),
        part("everyMillis", "1000", whole(10, 3_600_000, "ms")),
        part("attempts", "20", whole(1, 1_000, phrase!("questions"))),
        needed("until", r#"{"status": ["completed"]}"#, Shape::Pattern),
    ]),
));

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Arrivals",
        kind: Kind::Json {
            default: r#"{"poisson": 2}"#,
            shape: phrase!(
                r#"{"constant": 2}, {"poisson": 2}, {"burst": {"size": 20, "everySeconds": 10}}, {"ramp": {"from": 1, "to": 50, "overSeconds": 60}}, {"steps": [{"rate": 5, "seconds": 30}, {"rate": 50, "seconds": 10}]}, {"sine": {"mean": 10, "amplitude": 8, "periodSeconds": 60}}, {"times": [0.5, 2]} or {"closed": {"users": 10, "thinkTime": {"exponential": 1000}}}; rates in requests a second, think time in ms"#
            ),
            form: ARRIVALS,
        },
        help: phrase!(
            "How requests arrive. Poisson is what independent customers look like; constant is a metronome; burst, ramp, steps and sine show how a design takes a rush; times sends at exactly these seconds. These do not wait for answers. In a closed model each user waits for the answer, thinks, and then sends again: when answers slow down, so does the traffic. A rate of 0 sends nothing by itself."
        ),
        source: MODEL,
    },
    Setting {
        name: "Payloads",
        kind: Kind::Json {
            default: r#"[{"requestId": "{{requestId}}"}]"#,
            shape: phrase!("a list of JSON payloads; each request takes one at random"),
            form: Shape::List(&needed(phrase!("payload"), r#"{"requestId": "{{requestId}}"}"#, Shape::Json)),
        },
        help: phrase!("What is sent: one of these JSON documents, drawn at random for each request."),
        source: MODEL,
    },
    Setting {
        name: "Method",
        kind: Kind::Choice { default: "POST", options: &["GET", "POST", "PUT", "PATCH", "DELETE"] },
        help: phrase!("The HTTP method of the requests."),
        source: MODEL,
    },
    Setting {
        name: "Path",
        kind: Kind::Text { default: "/" },
        help: phrase!("The path that the requests go to; the gateway finds the route by it."),
        source: MODEL,
    },
    Setting {
        name: "ApiKey",
        kind: Kind::Text { default: "" },
        help: phrase!("Sent as the header x-api-key; empty sends none."),
        source: "api-gateway-api-key-source",
    },
    Setting {
        name: "Authorization",
        kind: Kind::Text { default: "" },
        help: phrase!("Sent as the header Authorization, for gateways with an authorizer; empty sends none."),
        source: "apigateway-use-lambda-authorizer",
    },
    Setting {
        name: "Headers",
        kind: Kind::Json {
            default: "{}",
            shape: r#"{"Content-Type": "application/json", "X-Tenant": "a"}"#,
            form: TEXTS,
        },
        help: phrase!("Further headers of the requests. A value may hold {{requestId}}."),
        source: MODEL,
    },
    Setting {
        name: "IdempotencyKey",
        kind: Kind::Choice { default: "NONE", options: &["NONE", "PER_REQUEST", "PER_ATTEMPT"] },
        help: phrase!(
            "Sends the header Idempotency-Key. PER_REQUEST: the same for every attempt, so that a retry can be told from a new request. PER_ATTEMPT: the usual mistake, a new key for each attempt."
        ),
        source: MODEL,
    },
    Setting {
        name: "Origin",
        kind: Kind::Text { default: "" },
        help: phrase!(
            "Set to a web page's origin, such as https://shop.example, the client is a browser: it asks first whether it may send (a preflight request, unless the request is a simple one), and gets no answer to see without Access-Control-Allow-Origin."
        ),
        source: "how-to-cors",
    },
    Setting {
        name: "TimeoutMillis",
        kind: Kind::Integer { default: 30_000, min: 1, max: 900_000, unit: "ms" },
        help: phrase!("How long the client waits for an answer before it gives up."),
        source: MODEL,
    },
    Setting {
        name: "Retries",
        kind: Kind::Integer { default: 0, min: 0, max: 10, unit: phrase!("retries") },
        help: phrase!("How often the client tries again after a failure, a throttle or a time-out."),
        source: MODEL,
    },
    Setting {
        name: "RetryBackoffMillis",
        kind: Kind::Integer { default: 200, min: 0, max: 60_000, unit: "ms" },
        help: phrase!(
            "The longest wait before the first retry; it doubles each time, and the actual wait is drawn between nothing and that (full jitter)."
        ),
        source: MODEL,
    },
    Setting {
        name: "RetryJitter",
        kind: Kind::Choice { default: "FULL", options: &["FULL", "EQUAL", "NONE"] },
        help: phrase!(
            "How the wait before a retry is drawn: FULL between nothing and the longest wait, EQUAL between half of it and all of it, NONE always all of it, so that clients that failed together come back together."
        ),
        source: MODEL,
    },
    Setting {
        name: "RetryMaximumBackoffMillis",
        kind: Kind::OptionalInteger { min: 1, max: 3_600_000, unit: "ms", absent: phrase!("no limit") },
        help: phrase!("The longest wait before any retry, however often it has doubled."),
        source: MODEL,
    },
    Setting {
        name: "RetryOn",
        kind: Kind::Choice { default: "ANY", options: &["ANY", "TRANSIENT"] },
        help: phrase!(
            "ANY failure, or only TRANSIENT ones: time-outs, nothing reached, 429 and 5xx. Repeating what was refused for good, such as a 403, only makes load."
        ),
        source: "feature-retry-behavior",
    },
    Setting {
        name: "CircuitBreaker",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(r#"{"failures": 5, "openSeconds": 10, "halfOpenRequests": 1} or null"#),
            form: CIRCUIT_BREAKER,
        },
        help: phrase!(
            "After so many failures in a row the circuit opens: requests fail at once, without being sent. After openSeconds it is half open: so many requests are let through, and they decide whether it closes or opens again."
        ),
        source: MODEL,
    },
    Setting {
        name: "PollStatus",
        kind: Kind::Json {
            default: "null",
            shape: phrase!(
                r#"{"path": "/payments/{{requestId}}", "everyMillis": 1000, "attempts": 20, "until": {"status": ["completed"]}} or null"#
            ),
            form: POLL_STATUS,
        },
        help: phrase!(
            "After a successful answer, ask for the request's status until the answer matches the pattern in `until`."
        ),
        source: MODEL,
    },
    Setting {
        name: "MessageAttributes",
        kind: Kind::Json {
            default: "{}",
            shape: r#"{"type": {"DataType": "String", "StringValue": "payment"}}"#,
            form: ATTRIBUTES,
        },
        help: phrase!(
            "Sent along where the client sends straight to a queue or publishes to a topic; filter policies look at them."
        ),
        source: "sqs-message-metadata",
    },
    Setting {
        name: "Source",
        kind: Kind::Text { default: "client" },
        help: phrase!("The event's source, where the client puts events on a bus."),
        source: "eb-putevents",
    },
    Setting {
        name: "DetailType",
        kind: Kind::Text { default: "Payment" },
        help: phrase!("The event's detail-type, where the client puts events on a bus."),
        source: "eb-putevents",
    },
];

/// How requests arrive. Rates are per second; spans in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    Constant {
        rate: f64,
    },
    Poisson {
        rate: f64,
    },
    Burst {
        size: u32,
        every: u64,
    },
    Ramp {
        from: f64,
        to: f64,
        over: u64,
    },
    /// Rates and how long each holds, again and again; independent customers at each rate.
    Steps(Vec<(f64, u64)>),
    /// A rate that swings around its mean.
    Sine {
        mean: f64,
        amplitude: f64,
        period: u64,
    },
    /// Microseconds since the start, ascending.
    Times(Vec<u64>),
    /// Users who wait for their answer and think before they send again.
    Closed {
        users: u32,
        think: Distribution,
    },
}

/// How the wait before a retry is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    Full,
    Equal,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyKey {
    None,
    PerRequest,
    PerAttempt,
}

/// When a client stops sending to what fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// In a row.
    pub failures: u32,
    /// Microseconds.
    pub open: u64,
    /// Requests that are let through to try, and have to succeed.
    pub trials: u32,
}

/// Asking for a request's status until it is done.
#[derive(Clone, Debug)]
pub struct PollStatus {
    pub path: String,
    /// Between two questions, in microseconds.
    pub every: u64,
    pub attempts: u32,
    pub until: Until,
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
    pub jitter: Jitter,
    /// Microseconds.
    pub maximum_backoff: u64,
    /// Whether failures that will not pass by themselves are left alone.
    pub transient_only: bool,
    pub circuit_breaker: Option<CircuitBreaker>,
    /// An object of texts.
    pub headers: Map<String, Value>,
    pub idempotency_key: IdempotencyKey,
    /// Where the client is a browser: the origin of its page.
    pub origin: String,
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
            jitter: match reader.choice("RetryJitter") {
                "EQUAL" => Jitter::Equal,
                "NONE" => Jitter::None,
                _ => Jitter::Full,
            },
            maximum_backoff: reader
                .optional_integer("RetryMaximumBackoffMillis")
                .map_or(u64::MAX, |milliseconds| milliseconds.unsigned_abs() * 1_000),
            transient_only: reader.choice("RetryOn") == "TRANSIENT",
            circuit_breaker: read_circuit_breaker(reader),
            headers: super::read_texts(reader, "Headers"),
            idempotency_key: match reader.choice("IdempotencyKey") {
                "PER_REQUEST" => IdempotencyKey::PerRequest,
                "PER_ATTEMPT" => IdempotencyKey::PerAttempt,
                _ => IdempotencyKey::None,
            },
            origin: reader.text("Origin"),
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
    let wrong =
        tr!("Use one of constant, poisson, burst, ramp, steps, sine, times and closed, such as {\"poisson\": 2}.");
    let Some((form, inner)) = form else {
        problems.say(path, tr!("This does not say how requests arrive."), wrong);
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
                    tr!("`{}` is not a rate.", value),
                    tr!("Use a number from 0 to {} requests a second.", small::short(MAXIMUM_RATE, 0)),
                );
                nothing
            }
        },
        ("burst", Value::Object(fields)) => {
            let mut inner = Reader::new(fields, inner_path, problems);
            let size = inner.integer("size", 10, 0, 100_000, phrase!("requests")) as u32;
            let every = inner.number("everySeconds", 10.0, 0.001, 86_400.0, phrase!("seconds"));
            inner.finish();
            Arrivals::Burst { size, every: (every * 1e6) as u64 }
        }
        ("ramp", Value::Object(fields)) => {
            let mut inner = Reader::new(fields, inner_path, problems);
            let from = inner.number("from", 0.0, 0.0, MAXIMUM_RATE, phrase!("requests a second"));
            let to = inner.number("to", 10.0, 0.0, MAXIMUM_RATE, phrase!("requests a second"));
            let over = inner.number("overSeconds", 60.0, 1.0, 86_400.0, phrase!("seconds"));
            inner.finish();
            Arrivals::Ramp { from, to, over: (over * 1e6) as u64 }
        }
        ("steps", Value::Array(items)) if !items.is_empty() => {
            let mut steps = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let Value::Object(fields) = item else {
                    problems.say(
                        format!("{inner_path}[{index}]"),
                        tr!("A step is an object."),
                        tr!("Write {\"rate\": 5, \"seconds\": 30}."),
                    );
                    continue;
                };
                let mut inner = Reader::new(fields, format!("{inner_path}[{index}]"), problems);
                let rate = inner.number("rate", 1.0, 0.0, MAXIMUM_RATE, phrase!("requests a second"));
                let span = inner.number("seconds", 10.0, 0.001, 86_400.0, phrase!("seconds"));
                inner.finish();
                steps.push((rate, (span * 1e6) as u64));
            }
            Arrivals::Steps(steps)
        }
        ("sine", Value::Object(fields)) => {
            let mut inner = Reader::new(fields, inner_path, problems);
            let mean = inner.number("mean", 10.0, 0.0, MAXIMUM_RATE / 2.0, phrase!("requests a second"));
            let amplitude = inner.number("amplitude", 5.0, 0.0, MAXIMUM_RATE / 2.0, phrase!("requests a second"));
            let period = inner.number("periodSeconds", 60.0, 1.0, 86_400.0, phrase!("seconds"));
            inner.finish();
            Arrivals::Sine { mean, amplitude, period: (period * 1e6) as u64 }
        }
        ("times", Value::Array(items)) => {
            let valid = |value: &Value| value.as_f64().filter(|seconds| (0.0..=1e9).contains(seconds));
            let times: Option<Vec<u64>> = items.iter().map(|item| Some((valid(item)? * 1e6 + 0.5) as u64)).collect();
            match times {
                Some(mut times) => {
                    small::sort(&mut times);
                    Arrivals::Times(times)
                }
                None => {
                    problems.say(
                        inner_path,
                        tr!("These are not times."),
                        tr!("Write seconds since the start, such as [0.5, 2]."),
                    );
                    nothing
                }
            }
        }
        ("closed", Value::Object(fields)) => {
            let think = fields.get("thinkTime").cloned().unwrap_or(Value::from(1_000));
            let think = Distribution::read(&think, &format!("{inner_path}.thinkTime"), problems);
            let mut inner = Reader::new(fields, inner_path, problems);
            let users = inner.integer("users", 10, 0, 100_000, phrase!("users")) as u32;
            inner.get("thinkTime");
            inner.finish();
            Arrivals::Closed { users, think: think.unwrap_or(Distribution::Constant(1_000.0)) }
        }
        _ => {
            problems.say(inner_path, tr!("This does not say how requests arrive."), wrong);
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
            tr!("This is {}, but a list of payloads is needed.", kind_name(&value)),
            tr!("Write [{\"amount\": 49.9}]."),
        );
        return vec![Template::message()];
    };
    if items.is_empty() {
        problems.say(path.clone(), tr!("There is nothing to send."), tr!("Give at least one payload."));
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

/// What a status poll and a circuit breaker do where they do not say otherwise.
pub const STATUS_EVERY_MILLIS: i64 = 1_000;
pub const STATUS_ATTEMPTS: i64 = 20;
pub const CIRCUIT_FAILURES: i64 = 5;
pub const CIRCUIT_OPEN_SECONDS: f64 = 10.0;
pub const CIRCUIT_TRIALS: i64 = 1;

fn read_poll_status(reader: &mut SettingReader<'_, '_>) -> Option<PollStatus> {
    let (value, path) = reader.json("PollStatus");
    let fields = match &value {
        Value::Null => return None,
        Value::Object(fields) => fields,
        other => {
            let message = tr!("This is {}, but an object or null is needed.", kind_name(other));
            reader.reader.problems.say(path, message, "");
            return None;
        }
    };
    let mut inner = Reader::new(fields, path.clone(), reader.reader.problems);
    let status_path = inner.required_text("path").to_string();
    let every = inner.integer("everyMillis", STATUS_EVERY_MILLIS, 10, 3_600_000, "ms").unsigned_abs() * 1_000;
    let attempts = inner.integer("attempts", STATUS_ATTEMPTS, 1, 1_000, "") as u32;
    let until = inner.get("until").cloned().unwrap_or(Value::Null);
    inner.finish();
    match Until::parse(&until) {
        Ok(until) => Some(PollStatus { path: status_path, every, attempts, until }),
        Err(error) => {
            reader.say_rule_error(&format!("{path}.until"), &error);
            None
        }
    }
}

fn read_circuit_breaker(reader: &mut SettingReader<'_, '_>) -> Option<CircuitBreaker> {
    let (value, path) = reader.json("CircuitBreaker");
    let fields = super::optional_object(reader, &value, &path)?;
    let mut inner = Reader::new(fields, path, reader.reader.problems);
    let failures = inner.integer("failures", CIRCUIT_FAILURES, 1, 1_000, phrase!("failures")) as u32;
    let open = inner.number("openSeconds", CIRCUIT_OPEN_SECONDS, 0.001, 3_600.0, phrase!("seconds"));
    let trials = inner.integer("halfOpenRequests", CIRCUIT_TRIALS, 1, 1_000, phrase!("requests")) as u32;
    inner.finish();
    Some(CircuitBreaker { failures, open: (open * 1e6) as u64, trials })
}

fn read_attributes(reader: &mut SettingReader<'_, '_>) -> Vec<(String, String, String)> {
    let (value, path) = reader.json("MessageAttributes");
    let problems = &mut *reader.reader.problems;
    let Value::Object(fields) = &value else {
        problems.say(path, tr!("This is {}, but an object is needed.", kind_name(&value)), "");
        return Vec::new();
    };
    let mut attributes = Vec::new();
    for (name, value) in fields {
        let path = format!("{path}.{name}");
        let Value::Object(value) = value else {
            problems.say(
                path,
                tr!("An attribute is an object."),
                tr!("Write {\"DataType\": \"String\", \"StringValue\": \"…\"}."),
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
