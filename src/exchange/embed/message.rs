//! What the page around an embed may say: `{ "eventyard": 1, "type": …, "id": … }`. `public/embed.d.ts` documents all of
//! it for those who write such pages.

use crate::diagram::{Document, Fault, Problem, list_problems};
use crate::exchange::link::{Link, fragment_of};
use crate::kernel::Time;
use crate::simulation::Command;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The version of the messages.
pub const PROTOCOL: u64 = 1;
/// Longer messages are not looked at, in bytes of their JSON.
pub const LONGEST: usize = 2 * 1024 * 1024;
/// As many messages as one request may send into the diagram.
const MOST_SENT: u64 = 1_000;
/// A day, in seconds.
const LATEST: f64 = 86_400.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Given back with the answer.
    pub id: Value,
    pub request: Request,
}

/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A diagram of the guide by its id.
    LoadDiagram(String),
    LoadDocument(Box<Document>),
    /// What follows the `#` of a link.
    LoadLink(String),
    Play {
        speed: Option<f64>,
    },
    Pause,
    Step,
    Seek(Time),
    /// Changes a setting of a node or edge.
    Set {
        target: String,
        setting: String,
        value: Value,
    },
    Send {
        node: String,
        payload: Value,
        count: u32,
    },
    Fault {
        target: String,
        fault: Fault,
    },
    GetState,
    Screenshot {
        png: bool,
    },
}

/// Why a message is not followed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// It is not meant for Eventyard.
    NotOurs,
    Wrong {
        id: Value,
        why: String,
    },
}

/// Reads the JSON of a message.
pub fn decode(text: &str) -> Result<Message, Refused> {
    if text.len() > LONGEST {
        return Err(Refused::Wrong { id: Value::Null, why: "The message is larger than 2 MB.".to_string() });
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(text) else { return Err(Refused::NotOurs) };
    let Some(version) = fields.get("eventyard") else { return Err(Refused::NotOurs) };
    // Only what is short is given back.
    let id = fields.get("id").filter(|id| id.is_u64() || id.as_str().is_some_and(|text| text.len() <= 100));
    let id = id.cloned().unwrap_or(Value::Null);
    let request = if version.as_u64() == Some(PROTOCOL) {
        read(&Fields(&fields))
    } else {
        Err(format!("This Eventyard speaks version {PROTOCOL}: write \"eventyard\": {PROTOCOL}."))
    };
    match request {
        Ok(request) => Ok(Message { id, request }),
        Err(why) => Err(Refused::Wrong { id, why }),
    }
}

struct Fields<'m>(&'m Map<String, Value>);

impl Fields<'_> {
    fn text(&self, name: &str) -> Result<String, String> {
        let text = self.0.get(name).and_then(Value::as_str);
        text.map(str::to_string).ok_or_else(|| format!("`{name}` is missing, or no text."))
    }

    fn number(&self, name: &str, least: f64, most: f64) -> Result<Option<f64>, String> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| format!("`{name}` has to be a number from {least} to {most}."))
    }

    fn only(&self, known: &[&str]) -> Result<(), String> {
        let common = ["eventyard", "type", "id"];
        match self.0.keys().find(|name| !known.contains(&name.as_str()) && !common.contains(&name.as_str())) {
            Some(name) => Err(format!("`{}` is not understood here.", name.chars().take(40).collect::<String>())),
            None => Ok(()),
        }
    }
}

fn read(fields: &Fields<'_>) -> Result<Request, String> {
    let kind = fields.text("type")?;
    let (known, request): (&[&str], Request) = match kind.as_str() {
        "load" => (&["diagram", "document", "link"], load(fields)?),
        "play" => (&["speed"], Request::Play { speed: fields.number("speed", 0.1, 1000.0)? }),
        "pause" => (&[], Request::Pause),
        "step" => (&[], Request::Step),
        "seek" => {
            let time = fields.number("time", 0.0, LATEST)?.ok_or("`time` is missing: simulated seconds.")?;
            (&["time"], Request::Seek(Time((time * 1e6) as u64)))
        }
        "set" => {
            let value = fields.0.get("value").cloned().unwrap_or(Value::Null);
            let (target, setting) = (fields.text("target")?, fields.text("setting")?);
            (&["target", "setting", "value"], Request::Set { target, setting, value })
        }
        "send" => {
            let count = match fields.0.get("count") {
                None => 1,
                Some(count) => {
                    let count = count.as_u64().filter(|count| (1..=MOST_SENT).contains(count));
                    count.ok_or(format!("`count` has to be a whole number from 1 to {MOST_SENT}."))?
                }
            };
            let payload = fields.0.get("payload").cloned().unwrap_or(Value::Object(Map::new()));
            (&["node", "payload", "count"], Request::Send { node: fields.text("node")?, payload, count: count as u32 })
        }
        "fault" => {
            let fault = match fields.0.get("fault") {
                None | Some(Value::Null) => Fault::default(),
                Some(Value::Object(fault)) => Fault::parse(fault, None).map_err(|problems| list_problems(&problems))?,
                Some(_) => return Err("`fault` has to be an object, such as {\"outage\": true}.".to_string()),
            };
            (&["target", "fault"], Request::Fault { target: fields.text("target")?, fault })
        }
        "getState" => (&[], Request::GetState),
        "screenshot" => {
            let png = match fields.0.get("format").map(Value::as_str) {
                None | Some(Some("svg")) => false,
                Some(Some("png")) => true,
                Some(_) => return Err("`format` has to be svg or png.".to_string()),
            };
            (&["format"], Request::Screenshot { png })
        }
        other => {
            let short: String = other.chars().take(40).collect();
            return Err(format!(
                "`{short}` is not understood; there are load, play, pause, step, seek, set, send, fault, getState, screenshot."
            ));
        }
    };
    fields.only(known)?;
    Ok(request)
}

fn load(fields: &Fields<'_>) -> Result<Request, String> {
    let said = |problems: Vec<Problem>| list_problems(&problems);
    match (fields.0.get("diagram"), fields.0.get("document"), fields.0.get("link")) {
        (Some(Value::String(id)), None, None) => Ok(Request::LoadDiagram(id.clone())),
        (None, Some(document), None) => Document::read(document).map(Box::new).map(Request::LoadDocument).map_err(said),
        (None, None, Some(Value::String(link))) => {
            let fragment = fragment_of(link).unwrap_or(link);
            Link::parse(fragment).map(|_| Request::LoadLink(fragment.to_string())).map_err(said)
        }
        _ => Err("Give one of `diagram` (an id of the guide), `document` and `link`.".to_string()),
    }
}

/// The node or edge that a page means: by its id, by its name, or `From -> To`.
pub fn find_target(document: &Document, text: &str) -> Option<Uuid> {
    let named = |name: &str| document.nodes.iter().find(|node| node.name == name).map(|node| node.id);
    if let Ok(id) = Uuid::try_parse(text) {
        return (document.node(id).is_some() || document.edge(id).is_some()).then_some(id);
    }
    if let Some(id) = named(text) {
        return Some(id);
    }
    let (from, to) = text.split_once("->")?;
    let (from, to) = (named(from.trim())?, named(to.trim())?);
    document.edges.iter().find(|edge| edge.from == from && edge.to == to).map(|edge| edge.id)
}

impl Request {
    /// What it means for a run of this document; `None` where it is not a command.
    pub fn command(&self, document: &Document) -> Result<Option<Command>, String> {
        let find = |text: &str| {
            let short: String = text.chars().take(40).collect();
            find_target(document, text).ok_or(format!("There is no node or edge `{short}`."))
        };
        Ok(Some(match self {
            Request::Set { target, setting, value } => {
                Command::Set { target: find(target)?, setting: setting.clone(), value: value.clone() }
            }
            Request::Send { node, payload, count } => {
                Command::Send { node: find(node)?, payload: payload.clone(), count: *count }
            }
            Request::Fault { target, fault } => Command::Inject { target: find(target)?, fault: fault.clone() },
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::guide;
    use serde_json::json;

    fn request(value: Value) -> Request {
        decode(&value.to_string()).expect("a message").request
    }

    fn why(value: Value) -> String {
        match decode(&value.to_string()) {
            Err(Refused::Wrong { why, .. }) => why,
            other => panic!("{value}: {other:?}"),
        }
    }

    #[test]
    fn everything_that_can_be_asked_for_is_understood() {
        let ask = |kind: &str, mut fields: Value| {
            fields["eventyard"] = 1.into();
            fields["type"] = kind.into();
            request(fields)
        };
        let document = guide::find("decouple-queue").expect("a diagram").document();
        assert_eq!(ask("load", json!({ "diagram": "combined" })), Request::LoadDiagram("combined".to_string()));
        let loaded = ask("load", json!({ "document": document.to_json() }));
        assert_eq!(loaded, Request::LoadDocument(Box::new(document.clone())));
        let link = Link::of(document.clone());
        let address = format!("https://example.org/?embed#{}", link.to_fragment());
        assert_eq!(ask("load", json!({ "link": address })), Request::LoadLink(link.to_fragment()));
        assert_eq!(ask("play", json!({ "speed": 2 })), Request::Play { speed: Some(2.0) });
        assert_eq!(ask("pause", json!({})), Request::Pause);
        assert_eq!(ask("step", json!({})), Request::Step);
        assert_eq!(ask("seek", json!({ "time": 1.5 })), Request::Seek(Time(1_500_000)));
        assert_eq!(ask("getState", json!({})), Request::GetState);
        assert_eq!(ask("screenshot", json!({ "format": "png" })), Request::Screenshot { png: true });
        let set = ask("set", json!({ "target": "Sales queue", "setting": "VisibilityTimeout", "value": 7 }));
        assert!(matches!(set.command(&document), Ok(Some(Command::Set { .. }))));
        let send = ask("send", json!({ "node": "Front end", "payload": { "amount": 1 }, "count": 3 }));
        assert!(matches!(send.command(&document), Ok(Some(Command::Send { count: 3, .. }))));
        let fault = ask("fault", json!({ "target": "Sales queue -> Sales", "fault": { "outage": true } }));
        assert!(matches!(fault.command(&document), Ok(Some(Command::Inject { .. }))));
        let nobody = ask("fault", json!({ "target": "Nobody" }));
        assert!(nobody.command(&document).expect_err("nobody").contains("Nobody"));
    }

    #[test]
    fn what_is_not_meant_for_us_is_not_answered() {
        for text in ["", "1", "\"play\"", "[]", "{\"type\":\"play\"}", "{", "null"] {
            assert_eq!(decode(text), Err(Refused::NotOurs), "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused_with_the_reason_and_its_id() {
        assert!(why(json!({ "eventyard": 2, "type": "play" })).contains("version 1"));
        assert!(why(json!({ "eventyard": 1 })).contains("type"));
        assert!(why(json!({ "eventyard": 1, "type": "eval", "code": "alert(1)" })).contains("eval"));
        assert!(why(json!({ "eventyard": 1, "type": "play", "speed": "fast" })).contains("speed"));
        assert!(why(json!({ "eventyard": 1, "type": "play", "volume": 1 })).contains("volume"));
        assert!(why(json!({ "eventyard": 1, "type": "seek" })).contains("time"));
        assert!(why(json!({ "eventyard": 1, "type": "seek", "time": 1e300 })).contains("86400"));
        assert!(why(json!({ "eventyard": 1, "type": "send", "node": "a", "count": 1e9 })).contains("count"));
        assert!(why(json!({ "eventyard": 1, "type": "load", "document": { "version": 1 } })).contains("name"));
        assert!(why(json!({ "eventyard": 1, "type": "load", "diagram": "a", "link": "b" })).contains("one of"));
        assert!(
            why(json!({ "eventyard": 1, "type": "fault", "target": "a", "fault": { "fire": 1 } })).contains("fire")
        );
        let wrong = decode(r#"{"eventyard":1,"type":"x","id":"mine"}"#);
        assert!(matches!(wrong, Err(Refused::Wrong { id, .. }) if id == "mine"));
        let long = format!("{{\"eventyard\":1,\"type\":\"{}\"}}", "x".repeat(LONGEST));
        assert!(matches!(decode(&long), Err(Refused::Wrong { .. })));
    }
}
