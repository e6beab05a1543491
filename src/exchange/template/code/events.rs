//! What makes a function run, and how its program gets at the message inside of each event.

use super::language::Language;
use super::steps::Writer;
use crate::diagram::{Document, Edge, EdgeKind, Node, NodeKind};
use serde_json::Value;

/// What a function has to tell apart.
#[derive(Default)]
struct Sources {
    /// A proxy integration; with the names of parameters in paths.
    request: Option<Vec<String>>,
    /// The handler wants the whole event of a request.
    whole: bool,
    authorizer: bool,
    queue: bool,
    reports: bool,
    fifo: bool,
    /// A queue's message may come in a topic's envelope.
    envelope: bool,
    topic: bool,
    /// Anything else is the message itself: rules, calls, mapped requests.
    plain: bool,
}

fn sources(document: &Document, node: &Node) -> Sources {
    let mut sources = Sources::default();
    let flag = |edge: &Edge, name: &str| edge.settings.get(name) == Some(&Value::Bool(true));
    let says = |settings: &serde_json::Map<String, Value>, name: &str, text: &str| {
        settings.get(name).and_then(Value::as_str) == Some(text)
    };
    for edge in document.edges.iter().filter(|edge| edge.to == node.id) {
        let Some(from) = document.node(edge.from) else { continue };
        match edge.kind {
            EdgeKind::Integration => {
                let mapped = ["RequestTemplate", "ResponseTemplate"]
                    .iter()
                    .any(|name| edge.settings.get(*name).is_some_and(|template| !template.is_null()));
                let rest = !says(&from.settings, "ApiType", "HTTP");
                if rest && (mapped || says(&edge.settings, "IntegrationType", "NON_PROXY")) {
                    sources.plain = true;
                    continue;
                }
                sources.whole |= says(&edge.settings, "FunctionEvent", "PROXY_EVENT");
                let parameters = sources.request.get_or_insert_default();
                let path = edge.settings.get("Path").and_then(Value::as_str).unwrap_or("/{proxy+}");
                for part in path.split('/') {
                    let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
                    if let Some(name) = name.filter(|name| !name.ends_with('+'))
                        && !parameters.iter().any(|known| known == name)
                    {
                        parameters.push(name.to_string());
                    }
                }
            }
            EdgeKind::Authorizer => sources.authorizer = true,
            EdgeKind::EventSourceMapping => {
                sources.queue = true;
                sources.reports |= flag(edge, "ReportBatchItemFailures");
                sources.fifo |= from.settings.get("FifoQueue") == Some(&Value::Bool(true));
                sources.envelope |= document.edges.iter().any(|other| {
                    other.to == from.id && other.kind == EdgeKind::Subscription && !flag(other, "RawMessageDelivery")
                });
            }
            EdgeKind::Subscription => sources.topic = true,
            _ => sources.plain = true,
        }
    }
    let any = sources.request.is_some() || sources.authorizer || sources.queue || sources.topic;
    sources.plain |= !any;
    sources
}

/// The entry point, which hands each message to `handle`.
pub fn entry(document: &Document, node: &Node, language: Language, writer: &mut Writer<'_>) -> String {
    let sources = sources(document, node);
    let asks = document
        .edges
        .iter()
        .any(|edge| edge.from == node.id && document.node(edge.to).is_some_and(|to| to.kind != NodeKind::Client));
    if language == Language::Python && asks {
        writer.need("os");
    }
    let lines = match language {
        Language::Nodejs => javascript(&sources),
        Language::Python => python(&sources, writer),
    };
    lines.join("\n")
}

/// Each source with what it is known by; the last one needs no test.
fn choose(cases: Vec<(&str, Vec<String>)>, language: Language) -> Vec<String> {
    let several = cases.len() > 1;
    let count = cases.len();
    let mut lines = Vec::new();
    for (index, (test, body)) in cases.into_iter().enumerate() {
        let tested = several && index + 1 < count;
        let depth = if tested { 2 } else { 1 };
        if tested {
            lines.push(match language {
                Language::Nodejs => format!("  if ({test}) {{"),
                Language::Python => format!("    if {test}:"),
            });
        }
        lines.extend(body.into_iter().map(|line| format!("{}{line}", language.indent(depth))));
        if tested && language == Language::Nodejs {
            lines.push("  }".to_string());
        }
    }
    lines
}

fn javascript(sources: &Sources) -> Vec<String> {
    let text = |lines: &[&str]| lines.iter().map(|line| (*line).to_string()).collect::<Vec<_>>();
    let mut cases: Vec<(&str, Vec<String>)> = Vec::new();
    if sources.queue {
        let mut lines = Vec::new();
        let body = if sources.envelope {
            vec![
                "const body = JSON.parse(record.body);",
                "const message = body?.Type === \"Notification\" ? JSON.parse(body.Message) : body;",
            ]
        } else {
            vec!["const message = JSON.parse(record.body);"]
        };
        let handle = "await handle(message, message?.requestId ?? record.messageId);";
        if sources.reports {
            lines.extend(text(&["const batchItemFailures = [];", "for (const record of event.Records) {"]));
            if sources.fifo {
                lines.extend(text(&[
                    "  // What follows a failure in a FIFO queue has to wait for it.",
                    "  if (batchItemFailures.length > 0) {",
                    "    batchItemFailures.push({ itemIdentifier: record.messageId });",
                    "    continue;",
                    "  }",
                ]));
            }
            lines.push("  try {".to_string());
            lines.extend(body.iter().map(|line| format!("    {line}")));
            lines.push(format!("    {handle}"));
            lines.extend(text(&[
                "  } catch (error) {",
                "    console.error(record.messageId, error);",
                "    batchItemFailures.push({ itemIdentifier: record.messageId });",
                "  }",
                "}",
                "return { batchItemFailures };",
            ]));
        } else {
            lines.push("for (const record of event.Records) {".to_string());
            lines.extend(body.iter().map(|line| format!("  {line}")));
            lines.push(format!("  {handle}"));
            lines.extend(text(&["}", "return undefined;"]));
        }
        cases.push(("event.Records?.[0]?.eventSource === \"aws:sqs\"", lines));
    }
    if sources.topic {
        let lines = text(&[
            "for (const { Sns } of event.Records) {",
            "  const message = JSON.parse(Sns.Message);",
            "  await handle(message, message?.requestId ?? Sns.MessageId);",
            "}",
            "return undefined;",
        ]);
        cases.push(("event.Records?.[0]?.Sns", lines));
    }
    if sources.authorizer {
        cases.push(("event.methodArn ?? event.routeArn", text(&["return handle(event, context.awsRequestId);"])));
    }
    if let Some(parameters) = &sources.request {
        let path: String = parameters
            .iter()
            .map(|name| {
                let access = if Language::Nodejs.is_name(name) {
                    format!(".{name}")
                } else {
                    format!(".[{}]", Language::Nodejs.string(name))
                };
                format!(" ?? event.pathParameters?{access}")
            })
            .collect();
        let mut lines = text(&["const body = event.body ? JSON.parse(event.body) : {};"]);
        lines.push(format!("const requestId = body?.requestId{path} ?? event.requestContext.requestId;"));
        let message = if sources.whole { "{ ...event, body }" } else { "body" };
        lines.push(format!("const answer = await handle({message}, requestId);"));
        lines.extend(text(&["return answer?.statusCode ? { ...answer, body: JSON.stringify(answer.body) } : answer;"]));
        cases.push(("event.requestContext", lines));
    }
    if sources.plain {
        let lines =
            text(&["return handle(event, event?.requestId ?? event?.detail?.requestId ?? context.awsRequestId);"]);
        cases.push(("", lines));
    }
    let mut lines = text(&["exports.handler = async (event, context) => {"]);
    lines.extend(choose(cases, Language::Nodejs));
    lines.push("};".to_string());
    lines
}

fn python(sources: &Sources, writer: &mut Writer<'_>) -> Vec<String> {
    let text = |lines: &[&str]| lines.iter().map(|line| (*line).to_string()).collect::<Vec<_>>();
    let mut cases: Vec<(&str, Vec<String>)> = Vec::new();
    if sources.queue || sources.topic || sources.request.is_some() {
        writer.need("json");
    }
    if sources.queue {
        let mut lines = Vec::new();
        let mut body = vec!["message = json.loads(record[\"body\"])"];
        if sources.envelope {
            body.push("if pick(message, \"Type\") == \"Notification\":");
            body.push("    message = json.loads(message[\"Message\"])");
        }
        writer.need("pick");
        let handle = "handle(message, pick(message, \"requestId\") or record[\"messageId\"])";
        if sources.reports {
            lines.extend(text(&["failures = []", "for record in event[\"Records\"]:"]));
            if sources.fifo {
                lines.extend(text(&[
                    "    # What follows a failure in a FIFO queue has to wait for it.",
                    "    if failures:",
                    "        failures.append({\"itemIdentifier\": record[\"messageId\"]})",
                    "        continue",
                ]));
            }
            lines.push("    try:".to_string());
            lines.extend(body.iter().map(|line| format!("        {line}")));
            lines.push(format!("        {handle}"));
            lines.extend(text(&[
                "    except Exception as error:",
                "        print(record[\"messageId\"], repr(error))",
                "        failures.append({\"itemIdentifier\": record[\"messageId\"]})",
                "return {\"batchItemFailures\": failures}",
            ]));
        } else {
            lines.push("for record in event[\"Records\"]:".to_string());
            lines.extend(body.iter().map(|line| format!("    {line}")));
            lines.push(format!("    {handle}"));
            lines.push("return None".to_string());
        }
        cases.push(("pick(event, \"Records\", \"0\", \"eventSource\") == \"aws:sqs\"", lines));
    }
    if sources.topic {
        let lines = text(&[
            "for record in event[\"Records\"]:",
            "    message = json.loads(record[\"Sns\"][\"Message\"])",
            "    handle(message, pick(message, \"requestId\") or record[\"Sns\"][\"MessageId\"])",
            "return None",
        ]);
        cases.push(("pick(event, \"Records\", \"0\", \"Sns\")", lines));
    }
    if sources.authorizer {
        let lines = text(&["return handle(event, context.aws_request_id)"]);
        cases.push(("pick(event, \"methodArn\") or pick(event, \"routeArn\")", lines));
    }
    if let Some(parameters) = &sources.request {
        let path: String = parameters
            .iter()
            .map(|name| format!(" or pick(event, \"pathParameters\", {})", Language::Python.string(name)))
            .collect();
        let mut lines = text(&["body = json.loads(event[\"body\"]) if event.get(\"body\") else {}"]);
        lines.push(format!("request_id = pick(body, \"requestId\"){path} or event[\"requestContext\"][\"requestId\"]"));
        let message = if sources.whole { "{**event, \"body\": body}" } else { "body" };
        lines.push(format!("answer = handle({message}, request_id)"));
        lines.extend(text(&[
            "if pick(answer, \"statusCode\"):",
            "    return {**answer, \"body\": json.dumps(answer.get(\"body\"))}",
            "return answer",
        ]));
        cases.push(("pick(event, \"requestContext\")", lines));
    }
    if sources.plain {
        let lines = text(&[
            "request_id = pick(event, \"requestId\") or pick(event, \"detail\", \"requestId\")",
            "return handle(event, request_id or context.aws_request_id)",
        ]);
        cases.push(("", lines));
    }
    writer.need("pick");
    let mut lines = text(&["def handler(event, context):"]);
    lines.extend(choose(cases, Language::Python));
    lines
}
