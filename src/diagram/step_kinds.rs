//! The steps a handler is made of, each described once for people: what it does, what can be filled in, and which lists
//! of steps it holds. `handler` reads them; the handler editor makes its forms from here.

use super::document::{Document, EdgeKind};
use super::setting::{Kind, Setting};
use super::shape::{self, OPTIONAL_PATTERN, Shape, TEXTS, needed, part, whole};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A kind of step.
#[derive(Debug)]
pub struct StepKind {
    /// As written in documents.
    pub name: &'static str,
    pub title: &'static str,
    /// The kind of edge that it needs to its target, which is written as `to`.
    pub edge: Option<EdgeKind>,
    pub fields: &'static [Setting],
    /// The lists of steps that it holds, with their titles.
    pub lists: &'static [(&'static str, &'static str)],
}

/// What a thrown error says, unless somebody words it.
pub(super) const THROWN: &str = "The handler threw an error.";

/// Where the figures of steps come from: they are a program's own.
const SOURCE: &str = "model";

const fn template(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    let shape = phrase!(
        "JSON in which {{message.amount}} is a value of the message, {{result.id}} one of the step before, and {{requestId}}, {{eventId}}, {{time}} differ each time"
    );
    Setting { name, kind: Kind::Json { default, shape, form: Shape::Json }, help, source: SOURCE }
}

const fn pattern(name: &'static str, help: &'static str) -> Setting {
    let shape = phrase!(r#"an event pattern, such as {"amount": [{"numeric": [">", 100]}]}"#);
    Setting { name, kind: Kind::Json { default: "null", shape, form: OPTIONAL_PATTERN }, help, source: SOURCE }
}

const fn text(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, kind: Kind::Text { default }, help, source: SOURCE }
}

const fn boolean(name: &'static str, help: &'static str) -> Setting {
    Setting { name, kind: Kind::Boolean { default: false }, help, source: SOURCE }
}

const fn share(name: &'static str, default: f64, help: &'static str) -> Setting {
    Setting {
        name,
        kind: Kind::Number { default, min: 0.0, max: 1.0, unit: phrase!("of the runs") },
        help,
        source: SOURCE,
    }
}

const fn integer(
    name: &'static str,
    (default, min, max): (i64, i64, i64),
    unit: &'static str,
    help: &'static str,
) -> Setting {
    Setting { name, kind: Kind::Integer { default, min, max, unit }, help, source: SOURCE }
}

const PAYLOAD: Setting =
    template("payload", r#""{{message}}""#, phrase!("What is sent. The message itself unless you say otherwise."));
const ATTRIBUTES: Setting = Setting {
    name: "attributes",
    kind: Kind::Json {
        default: "{}",
        shape: phrase!(r#"names with {"DataType": "String", "StringValue": "…"}; values may be templates"#),
        form: shape::ATTRIBUTES,
    },
    help: phrase!("Message attributes: what subscriptions filter by without looking into the body."),
    source: "sqs-message-metadata",
};
const GROUP: Setting = template(
    "messageGroupId",
    "null",
    phrase!("FIFO: messages of one group stay in order. Standard queues use it for fairness."),
);
const DEDUPLICATION: Setting = template(
    "messageDeduplicationId",
    "null",
    phrase!("FIFO: a second message with the same id within 5 minutes is accepted and dropped."),
);
const CIRCUIT_BREAKER: Shape = Shape::Optional(&needed(
    phrase!("circuit breaker"),
    r#"{"failures": 5, "openMillis": 30000}"#,
    Shape::Record(&[
        part("failures", "5", whole(1, 1_000, phrase!("failures"))),
        part("openMillis", "30000", whole(1, 3_600_000, "ms")),
    ]),
));
const TABLE: Setting = text("table", "rows", phrase!("The table's name. Rows of different tables never meet."));
const KEY: Setting =
    template("key", r#""{{requestId}}""#, phrase!("The row's business key: what makes a second one a duplicate."));

pub const STEP_KINDS: &[StepKind] = &[
    StepKind {
        name: "work",
        title: phrase!("Work"),
        edge: None,
        fields: &[
            Setting {
                name: "duration",
                kind: Kind::Distribution { default: "40" },
                help: phrase!("How long the code itself works."),
                source: SOURCE,
            },
            share("failureRate", 0.0, phrase!("In this share of the runs the code throws an error at the end.")),
            boolean(
                "cpuBound",
                phrase!("The duration is that on one whole processor; a function with less memory takes longer."),
            ),
        ],
        lists: &[],
    },
    StepKind {
        name: "call",
        title: phrase!("Call and wait"),
        edge: Some(EdgeKind::Call),
        fields: &[
            PAYLOAD,
            text("method", "POST", phrase!("The HTTP method, where a gateway or an endpoint is called.")),
            text("path", "/", phrase!("The path, where a gateway or an endpoint is called.")),
            Setting {
                name: "headers",
                kind: Kind::Json { default: "{}", shape: phrase!("names with their values"), form: TEXTS },
                help: phrase!("HTTP headers, such as x-api-key."),
                source: SOURCE,
            },
            Setting {
                name: "invocation",
                kind: Kind::Choice { default: "RequestResponse", options: &["RequestResponse", "Event"] },
                help: phrase!("For functions: wait for the answer, or hand the event over and go on."),
                source: "API_Invoke",
            },
        ],
        lists: &[],
    },
    StepKind {
        name: "send",
        title: phrase!("Send to a queue"),
        edge: Some(EdgeKind::Send),
        fields: &[PAYLOAD, ATTRIBUTES, GROUP, DEDUPLICATION],
        lists: &[],
    },
    StepKind {
        name: "sendBatch",
        title: phrase!("Send several to a queue"),
        edge: Some(EdgeKind::Send),
        fields: &[template(
            "entries",
            r#"[{"Id": "1", "MessageBody": "{{message}}"}]"#,
            phrase!(
                "Up to 10 entries, each with an Id, a MessageBody, and if needed MessageAttributes, DelaySeconds, MessageGroupId and MessageDeduplicationId. The result names those that failed."
            ),
        )],
        lists: &[],
    },
    StepKind {
        name: "publish",
        title: phrase!("Publish to a topic"),
        edge: Some(EdgeKind::Publish),
        fields: &[PAYLOAD, ATTRIBUTES, GROUP, DEDUPLICATION],
        lists: &[],
    },
    StepKind {
        name: "publishBatch",
        title: phrase!("Publish several to a topic"),
        edge: Some(EdgeKind::Publish),
        fields: &[template(
            "entries",
            r#"[{"Id": "1", "Message": "{{message}}"}]"#,
            phrase!(
                "Up to 10 entries, each with an Id, a Message, and if needed MessageAttributes, MessageGroupId and MessageDeduplicationId."
            ),
        )],
        lists: &[],
    },
    StepKind {
        name: "putEvents",
        title: phrase!("Put an event on a bus"),
        edge: Some(EdgeKind::PutEvents),
        fields: &[
            text("source", "app", phrase!("Who the event comes from; rules match it.")),
            text("detailType", "Happened", phrase!("What happened; rules match it.")),
            template("detail", r#""{{message}}""#, phrase!("The event's detail.")),
            template(
                "entries",
                "null",
                phrase!("Several events in one request instead: each entry with its Source, DetailType and Detail."),
            ),
        ],
        lists: &[],
    },
    StepKind {
        name: "write",
        title: phrase!("Write a row"),
        edge: Some(EdgeKind::Query),
        fields: &[
            TABLE,
            KEY,
            template("row", r#""{{message}}""#, phrase!("What the row holds.")),
            boolean("idempotent", phrase!("A row with this key is written once; what comes again changes nothing.")),
            template(
                "event",
                "null",
                phrase!("Written into the outbox in the same transaction: a relay step sends it on."),
            ),
        ],
        lists: &[],
    },
    StepKind {
        name: "read",
        title: phrase!("Read a row"),
        edge: Some(EdgeKind::Query),
        fields: &[
            TABLE,
            KEY,
            Setting {
                name: "otherwise",
                kind: Kind::Json { default: "null", shape: phrase!("any JSON"), form: Shape::Json },
                help: phrase!("The result where there is no such row."),
                source: SOURCE,
            },
        ],
        lists: &[],
    },
    StepKind {
        name: "email",
        title: phrase!("Send an e-mail"),
        edge: Some(EdgeKind::Email),
        fields: &[
            template("recipient", r#""{{message.email}}""#, phrase!("The address that it goes to.")),
            template("subject", r#""Thank you""#, phrase!("The subject line.")),
            template("body", r#""{{message}}""#, phrase!("What it says.")),
        ],
        lists: &[],
    },
    StepKind {
        name: "respond",
        title: phrase!("Respond"),
        edge: None,
        fields: &[template(
            "payload",
            r#"{"statusCode": 200}"#,
            phrase!("What the function returns. Behind a gateway, an object with statusCode."),
        )],
        lists: &[],
    },
    StepKind {
        name: "throw",
        title: phrase!("Throw an error"),
        edge: None,
        fields: &[
            text("error", "Error", phrase!("The error's type, as it stands in logs and records.")),
            text(
                "message",
                THROWN,
                phrase!("The error's message. An authorizer that throws exactly Unauthorized answers 401."),
            ),
            share(
                "probability",
                1.0,
                phrase!(
                    "The share of the runs in which it is thrown. With a condition: only for messages that match it."
                ),
            ),
            boolean("crash", phrase!("The whole process exits, and the environment starts anew.")),
        ],
        lists: &[],
    },
    StepKind {
        name: "if",
        title: phrase!("If"),
        edge: None,
        fields: &[],
        lists: &[("then", phrase!("Then")), ("else", phrase!("Otherwise"))],
    },
    StepKind {
        name: "parallel",
        title: phrase!("At the same time"),
        edge: None,
        fields: &[],
        lists: &[("steps", phrase!("At the same time"))],
    },
    StepKind {
        name: "idempotency",
        title: phrase!("Once for each key"),
        edge: Some(EdgeKind::Query),
        fields: &[
            text("table", "idempotency", phrase!("Where it is remembered.")),
            KEY,
            integer("expiresAfterSeconds", (3_600, 1, 31_536_000), "s", phrase!("How long it is remembered.")),
        ],
        lists: &[("steps", phrase!("Once for each key"))],
    },
    StepKind {
        name: "relay",
        title: phrase!("Relay the outbox"),
        edge: Some(EdgeKind::Query),
        fields: &[integer(
            "maximum",
            (10, 1, 1_000),
            phrase!("events"),
            phrase!("How many events one run takes at the most."),
        )],
        lists: &[("steps", phrase!("For each event"))],
    },
];

/// What every step may have.
pub const COMMON: &[Setting] = &[
    pattern("when", phrase!("The step is done only for messages that match this pattern.")),
    pattern("whenResult", phrase!("The step is done only if the previous step's result matches this pattern.")),
    integer("retries", (0, 0, 10), "", phrase!("How often it is tried again after a failure.")),
    integer(
        "backoffMillis",
        (100, 0, 60_000),
        "ms",
        phrase!("Before the first retry; doubles each time, with full jitter."),
    ),
    Setting {
        name: "onError",
        kind: Kind::Choice { default: "fail", options: &["fail", "continue"] },
        help: phrase!("What the code does when the step has failed for good: throw, or go on."),
        source: SOURCE,
    },
    text(
        "guess",
        "",
        phrase!(
            "Where the step was guessed, when a template was imported: from what. Empty once somebody has checked it."
        ),
    ),
    template("fallback", "null", phrase!("Instead of failing, go on with this as the step's result.")),
];

/// What every step with a target may have beside that.
pub const ASKING: &[Setting] = &[
    Setting {
        name: "timeoutMillis",
        kind: Kind::OptionalInteger {
            min: 1,
            max: 900_000,
            unit: "ms",
            absent: phrase!("29,000 for calls, else 3,000"),
        },
        help: phrase!("How long the code waits for the answer."),
        source: SOURCE,
    },
    Setting {
        name: "circuitBreaker",
        kind: Kind::Json { default: "null", shape: r#"{"failures": 5, "openMillis": 30000}"#, form: CIRCUIT_BREAKER },
        help: phrase!("After so many failures in a row the code no longer asks, and fails at once for so long."),
        source: SOURCE,
    },
];

/// The list of steps that any step may have instead of failing.
pub const FALLBACK: (&str, &str) = ("fallbackSteps", phrase!("Instead of failing"));

/// The description of a step of this name.
pub fn step_kind(name: &str) -> Option<&'static StepKind> {
    STEP_KINDS.iter().find(|kind| kind.name == name)
}

/// The nodes that a step of this kind can be for: those that the function is connected to in the right way.
pub fn targets(document: &Document, function: Uuid, kind: &StepKind) -> Vec<Uuid> {
    let Some(wanted) = kind.edge else { return Vec::new() };
    let edges = document.edges.iter().filter(|edge| edge.from == function && edge.kind == wanted);
    edges.map(|edge| edge.to).collect()
}

/// A new step of this kind, filled in so that it runs; `None` where the function is connected to nothing that it could
/// be for.
pub fn new_step(document: &Document, function: Uuid, kind: &StepKind) -> Option<Value> {
    let mut step = Map::new();
    step.insert("step".to_string(), kind.name.into());
    if kind.edge.is_some() {
        let target = *targets(document, function, kind).first()?;
        step.insert("to".to_string(), target.to_string().into());
    }
    // What has to be there.
    for field in kind.fields {
        let needed = matches!(
            (kind.name, field.name),
            ("work", "duration")
                | ("putEvents", "source" | "detailType")
                | ("sendBatch" | "publishBatch", "entries")
                | ("email", _)
                | ("respond", _)
        );
        if needed {
            step.insert(field.name.to_string(), field.kind.default_value());
        }
    }
    if kind.name == "if" {
        step.insert("when".to_string(), json!({ "amount": [{ "numeric": [">", 100] }] }));
    }
    for (list, _) in kind.lists {
        step.insert((*list).to_string(), json!([]));
    }
    Some(Value::Object(step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::{Ids, NodeKind, build, check};

    /// A function that is connected to one node of each kind that it can use.
    fn document() -> (Document, Uuid) {
        let mut document = Document::new("Steps");
        let mut ids = Ids::new(1);
        let mut add = |document: &mut Document, kind| {
            let change = build::new_node(document, kind, (0.0, 0.0), &mut ids);
            let id = change.added[0];
            document.apply(change.edit).expect("added");
            id
        };
        let function = add(&mut document, NodeKind::Function);
        let kinds =
            [NodeKind::Endpoint, NodeKind::Queue, NodeKind::Topic, NodeKind::Bus, NodeKind::Database, NodeKind::Mailer];
        let others = kinds.map(|kind| add(&mut document, kind));
        let mut ids = Ids::new(2);
        for other in others {
            let change = build::connect(&document, function, other, None, &mut ids).expect("allowed");
            document.apply(change.edit).expect("connected");
        }
        (document, function)
    }

    #[test]
    fn every_step_is_read_as_it_is_made_and_with_every_field_filled_in() {
        let (document, function) = document();
        for kind in STEP_KINDS {
            let made = new_step(&document, function, kind).expect("there is something of each kind");
            let mut full = made.clone();
            for field in kind.fields.iter().chain(COMMON).chain(if kind.edge.is_some() { ASKING } else { &[] }) {
                let value = match field.name {
                    "when" | "whenResult" => json!({ "amount": [1] }),
                    "timeoutMillis" => 1_000.into(),
                    _ => field.kind.default_value(),
                };
                if !value.is_null() && full.get(field.name).is_none() {
                    full[field.name] = value;
                }
            }
            for step in [made, full] {
                let mut document = document.clone();
                let node = document.node_mut(function).expect("the function");
                node.settings.insert("Handler".to_string(), json!([step]));
                if let Err(problems) = check(&document) {
                    panic!("{}: {problems:?}", kind.name);
                }
            }
        }
    }
}
