//! How a REST API's mapping templates say what a route's plain settings say, written and read: the request to a service,
//! and a proxy's answer. What is read is written again, and only where that comes to the same text was it one of these;
//! everything else is somebody's own template and stays one.

use super::velocity::{self, Root};
use serde_json::Value;

/// What a service gets as its message.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The request's body as it is.
    Whole,
    /// What a payload template makes of it.
    Payload(Value),
    /// What a mapping template makes of it.
    Mapped(String),
}

/// What a route asks a service.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    SendMessage,
    Publish,
    PutEvents { source: String, detail_type: String },
}

/// A request to a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub action: Action,
    pub body: Body,
    /// Payload templates; empty for none.
    pub group: String,
    pub deduplication: String,
    /// Seconds.
    pub delay: Option<i64>,
}

/// The name by which the message is known inside of the request, because it has to be made before it can be encoded.
const MESSAGE: &str = "message";

impl Request {
    /// The mapping template. `address` is the topic's ARN or the bus's name; `literal` is done to whatever is none.
    pub fn write(&self, address: &str, literal: impl Fn(&str) -> String) -> String {
        let (define, body) = match &self.body {
            Body::Whole => (String::new(), "$input.body"),
            Body::Payload(template) => (definition(MESSAGE, &velocity::json(template, Root::Body)), "\"$message\""),
            Body::Mapped(template) => (definition(MESSAGE, template), "\"$message\""),
        };
        if let Action::PutEvents { source, detail_type } = &self.action {
            // What escapes for JavaScript escapes single quotes too, which JSON does not allow.
            let detail = format!("$util.escapeJavaScript({body}).replaceAll(\"\\\\'\", \"'\")");
            let quoted = |text: &str| literal(&Value::String(text.to_string()).to_string());
            let fields = [
                format!("\"EventBusName\": \"{address}\""),
                format!("\"Source\": {}", quoted(source)),
                format!("\"DetailType\": {}", quoted(detail_type)),
                format!("\"Detail\": \"{detail}\""),
            ];
            let entry = fields.join(",\n      ");
            return format!("{}{{\n  \"Entries\": [\n    {{\n      {entry}\n    }}\n  ]\n}}", literal(&define));
        }
        let mut request = match self.action {
            Action::SendMessage => "Action=SendMessage&MessageBody".to_string(),
            _ => format!("Action=Publish&TopicArn=$util.urlEncode('{address}')&Message"),
        };
        request.push_str(&format!("=$util.urlEncode({body})"));
        for (option, template) in [("MessageGroupId", &self.group), ("MessageDeduplicationId", &self.deduplication)] {
            if !template.is_empty() {
                let define = literal(&definition(option, &velocity::text(template, Root::Body)));
                request = format!("{define}{request}&{option}=$util.urlEncode(\"${option}\")");
            }
        }
        if let Some(delay) = self.delay {
            request.push_str(&format!("&DelaySeconds={delay}"));
        }
        format!("{}{request}", literal(&define))
    }

    /// The request that a mapping template makes.
    pub fn read(text: &str) -> Option<Request> {
        let (mut message, mut group, mut deduplication) = (None, String::new(), String::new());
        let mut rest = text;
        while let Some((name, inside, behind)) = defined(rest) {
            match name {
                MESSAGE => message = Some(inside),
                "MessageGroupId" => group = velocity::payload_text(inside, Root::Body)?,
                "MessageDeduplicationId" => deduplication = velocity::payload_text(inside, Root::Body)?,
                _ => return None,
            }
            rest = behind;
        }
        let body = match message {
            None => Body::Whole,
            Some(text) => {
                velocity::payload(text, Root::Body).map_or_else(|| Body::Mapped(text.to_string()), Body::Payload)
            }
        };
        let (action, address) = action_of(rest)?;
        let delay = rest.rsplit_once("&DelaySeconds=").and_then(|(_, seconds)| seconds.parse().ok());
        let request = Request { action, body, group, deduplication, delay };
        (request.write(address, str::to_string) == text).then_some(request)
    }
}

/// Whether a mapping template makes the whole request by itself: then it is handed on as it is.
pub fn is_request(template: &str) -> bool {
    let has = |line: &str| line.trim_start().starts_with("Action=");
    template.lines().any(has) || template.contains("\"Entries\"")
}

fn definition(name: &str, text: &str) -> String {
    format!("#define(${name}){text}#end\n")
}

/// What a text begins by defining: the name, what it stands for, and what follows.
fn defined(text: &str) -> Option<(&str, &str, &str)> {
    const END: &str = "#end\n";
    let (name, rest) = text.strip_prefix("#define($")?.split_once(')')?;
    // Conditions and loops inside end in the same way.
    let follows =
        |behind: &str| ["#define($Message", "Action=", "{\n  \"Entries\""].iter().any(|it| behind.starts_with(it));
    let mut ends = rest.match_indices(END).map(|(at, _)| (&rest[..at], &rest[at + END.len()..]));
    let (inside, behind) = ends.find(|(_, behind)| follows(behind))?;
    Some((name, inside, behind))
}

/// The action of a request without its definitions, and whom it is for.
fn action_of(text: &str) -> Option<(Action, &str)> {
    if text.starts_with("Action=SendMessage&") {
        return Some((Action::SendMessage, ""));
    }
    if let Some(rest) = text.strip_prefix("Action=Publish&TopicArn=$util.urlEncode('") {
        return Some((Action::Publish, rest.split_once('\'')?.0));
    }
    let mut fields = text.strip_prefix("{\n  \"Entries\": [\n    {\n      ")?.split(",\n      ");
    let mut field = |name: &str| fields.next()?.strip_prefix(name);
    let address = field("\"EventBusName\": \"")?.strip_suffix('"')?;
    let source = serde_json::from_str(field("\"Source\": ")?).ok()?;
    let detail_type = serde_json::from_str(field("\"DetailType\": ")?).ok()?;
    Some((Action::PutEvents { source, detail_type }, address))
}

/// What a route that is called a proxy makes of the function's answer where it maps it: status and body, as a proxy
/// integration would take them.
pub fn proxy_answer(template: Option<&Value>) -> String {
    let body = template.map_or_else(|| WHOLE_ANSWER.to_string(), |it| velocity::json(it, Root::AnswerBody));
    format!("{STATUS}\n{body}")
}

/// The template in [`proxy_answer`]; null where it leaves the body as it is.
pub fn read_proxy_answer(text: &str) -> Option<Value> {
    let body = text.strip_prefix(STATUS)?.strip_prefix('\n')?;
    if body == WHOLE_ANSWER { Some(Value::Null) } else { velocity::payload(body, Root::AnswerBody) }
}

const STATUS: &str = "#set($context.responseOverride.status = $input.path('$.statusCode'))";
const WHOLE_ANSWER: &str = "$input.json('$.body')";

/// What selects the answer of a function that has failed.
pub const FAILED: &str = "(.|\\n)+";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_read_as_they_are_written() {
        let bodies = [
            Body::Whole,
            Body::Payload(json!({ "n": "{{message.n}}", "at": "{{time}}" })),
            Body::Mapped("#if($input.path('$.n'))\nyes#end\nAction or not".to_string()),
        ];
        let events = Action::PutEvents { source: "a \"b\"".to_string(), detail_type: "Paid".to_string() };
        for body in bodies {
            for action in [Action::SendMessage, Action::Publish, events.clone()] {
                let plain = matches!(action, Action::PutEvents { .. });
                let request = Request {
                    action,
                    body: body.clone(),
                    group: if plain { String::new() } else { "{{message.shop}}-1".to_string() },
                    deduplication: if plain { String::new() } else { "{{requestId}}".to_string() },
                    delay: Some(5).filter(|_| !plain),
                };
                let text = request.write("address", str::to_string);
                assert_eq!(Request::read(&text).as_ref(), Some(&request), "{text}");
                assert!(is_request(&text));
            }
        }
        for other in
            ["Action=SendMessage&MessageBody=$input.body", "{\"n\": 1}", "", "#define($x)", "Action=Publish&TopicArn="]
        {
            assert_eq!(Request::read(other), None, "{other}");
        }
    }
}
