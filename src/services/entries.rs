//! The entries of SendMessageBatch, PublishBatch and PutEvents: read once for each request, each accepted or refused on its
//! own.

use super::message::{Ending, Reason};
use super::payload::AttributeList;
use serde_json::{Map, Value};

/// API_SendMessageBatch, API_PublishBatch, API_PutEvents.
pub const MAXIMUM_ENTRIES: usize = 10;
/// API_PutEventsRequestEntry.
const MAXIMUM_DETAIL_TYPE: usize = 128;
/// All entries together, in bytes: eb-putevents.
pub const MAXIMUM_PUT_EVENTS: u64 = 1_048_576;
/// What a `Time` adds to an entry, in bytes: eb-putevents.
const TIME_SIZE: usize = 14;

/// What is wrong with one entry of a request whose other entries are accepted: the `ErrorCode` of API_PutEvents, the
/// `Code` of API_PublishBatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryError {
    InvalidArgument,
    MalformedDetail,
    NotAuthorizedForSource,
    Throttled,
}

impl EntryError {
    pub fn code(self) -> &'static str {
        match self {
            EntryError::InvalidArgument => "InvalidArgument",
            EntryError::MalformedDetail => "MalformedDetail",
            EntryError::NotAuthorizedForSource => "NotAuthorizedForSourceException",
            EntryError::Throttled => "Throttled",
        }
    }

    pub fn message(self) -> &'static str {
        match self {
            EntryError::InvalidArgument => "Parameter is not valid. Source, DetailType and Detail are needed.",
            EntryError::MalformedDetail => "Detail is malformed.",
            EntryError::NotAuthorizedForSource => "Not authorized for the source.",
            EntryError::Throttled => "Rate exceeded.",
        }
    }

    /// How the entry ends.
    pub fn ending(self) -> Ending {
        Ending::Dropped(if self == EntryError::Throttled { Reason::Throttled } else { Reason::Refused })
    }
}

/// One message of a SendMessageBatch or PublishBatch.
#[derive(Clone, Debug)]
pub struct BatchEntry {
    pub id: String,
    pub message: Value,
    pub attributes: AttributeList,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    /// DelaySeconds.
    pub delay: Option<u16>,
}

/// One event of a PutEvents, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct EventEntry {
    pub event: Result<NewEvent, EntryError>,
    /// The entry as it was written.
    pub written: Value,
}

#[derive(Clone, Debug)]
pub struct NewEvent {
    pub source: String,
    pub detail_type: String,
    pub detail: Value,
    pub resources: Value,
    pub time: Option<String>,
    pub bus_name: Option<String>,
}

/// The entries of a request; the code of the error where the request as a whole is refused.
fn list<'a>(request: &'a Value, name: &str) -> Result<&'a [Value], &'static str> {
    let entries = match request {
        Value::Array(entries) => entries,
        other => match other.get(name) {
            Some(Value::Array(entries)) => entries,
            _ => return Err("EmptyBatchRequest"),
        },
    };
    match entries.len() {
        0 => Err("EmptyBatchRequest"),
        1..=MAXIMUM_ENTRIES => Ok(entries),
        _ => Err("TooManyEntriesInBatchRequest"),
    }
}

fn text(entry: &Value, name: &str) -> Option<String> {
    match entry.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// The entries of a PublishBatch, or the code of the error where the request as a whole is refused: API_PublishBatch.
pub fn publications(request: &Value) -> Result<Vec<BatchEntry>, &'static str> {
    batch(request, "PublishBatchRequestEntries", "Message", "InvalidParameter")
}

/// The entries of a SendMessageBatch, or the code of the error where the request as a whole is refused:
/// API_SendMessageBatch.
pub fn sends(request: &Value) -> Result<Vec<BatchEntry>, &'static str> {
    batch(request, "Entries", "MessageBody", "MissingParameter")
}

/// The entries of a request that has them under the name `list`, each with its body under the name `body`.
fn batch(
    request: &Value,
    list_name: &str,
    body: &str,
    without_body: &'static str,
) -> Result<Vec<BatchEntry>, &'static str> {
    let mut entries: Vec<BatchEntry> = Vec::new();
    for entry in list(request, list_name)? {
        let id = text(entry, "Id").ok_or("InvalidBatchEntryId")?;
        let valid = id.len() <= 80 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !valid {
            return Err("InvalidBatchEntryId");
        }
        if entries.iter().any(|known| known.id == id) {
            return Err("BatchEntryIdsNotDistinct");
        }
        let message = entry.get(body).cloned().unwrap_or_default();
        if message.is_null() {
            return Err(without_body);
        }
        let attributes = entry.get("MessageAttributes").map_or_else(Vec::new, attributes);
        let (group, deduplication) = (text(entry, "MessageGroupId"), text(entry, "MessageDeduplicationId"));
        // What is no number of seconds is more than any queue allows.
        let seconds = |delay: &Value| delay.as_u64().and_then(|seconds| seconds.try_into().ok()).unwrap_or(u16::MAX);
        let delay = entry.get("DelaySeconds").map(seconds);
        entries.push(BatchEntry { id, message, attributes, group, deduplication, delay });
    }
    Ok(entries)
}

/// `{"name": {"DataType": "String", "StringValue": "a"}}`, as API_Publish writes attributes.
pub fn attributes(value: &Value) -> AttributeList {
    let empty = Map::new();
    let fields = value.as_object().unwrap_or(&empty);
    let attribute = |(name, value): (&String, &Value)| {
        let data_type = text(value, "DataType").unwrap_or_else(|| "String".to_string());
        let held = value.get("StringValue").or(value.get("BinaryValue"));
        (name.clone(), data_type, held.and_then(Value::as_str).unwrap_or_default().to_string())
    };
    fields.iter().map(attribute).collect()
}

/// The entries of a PutEvents and their size in bytes, or the code of the error where the request as a whole is
/// refused: API_PutEvents.
pub fn events(request: &Value) -> Result<(Vec<EventEntry>, u64), &'static str> {
    let mut size = 0;
    let mut entries = Vec::new();
    for entry in list(request, "Entries").map_err(|_| "ValidationException")? {
        let named = |name| text(entry, name).map_or(0, |text| text.len());
        let detail = entry.get("Detail").map_or(0, |detail| match detail {
            Value::String(text) => text.len(),
            other => other.to_string().len(),
        });
        let resources = entry
            .get("Resources")
            .and_then(Value::as_array)
            .map_or(0, |resources| resources.iter().map(|resource| resource.as_str().map_or(0, str::len)).sum());
        let time = if entry.get("Time").is_some() { TIME_SIZE } else { 0 };
        size += (named("Source") + named("DetailType") + detail + resources + time) as u64;
        entries.push(EventEntry { event: event(entry), written: entry.clone() });
    }
    // Where no entry has what every entry needs, the request is refused, not its entries.
    let lacks = |entry: &EventEntry| matches!(entry.event, Err(EntryError::InvalidArgument));
    if size >= MAXIMUM_PUT_EVENTS || entries.iter().all(lacks) {
        return Err("ValidationException");
    }
    Ok((entries, size))
}

fn event(entry: &Value) -> Result<NewEvent, EntryError> {
    let detail = match entry.get("Detail") {
        None | Some(Value::Null) => return Err(EntryError::InvalidArgument),
        // The interface takes the detail as text.
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        Some(value) => value.clone(),
    };
    let (source, detail_type) = (text(entry, "Source"), text(entry, "DetailType"));
    let (Some(source), Some(detail_type)) = (source, detail_type) else { return Err(EntryError::InvalidArgument) };
    check_event(&source, &detail_type, &detail)?;
    if is_a_services(&source) {
        return Err(EntryError::NotAuthorizedForSource);
    }
    Ok(NewEvent {
        source,
        detail_type,
        detail,
        resources: entry
            .get("Resources")
            .filter(|it| it.is_array())
            .cloned()
            .unwrap_or_else(|| Value::Array(Vec::new())),
        time: text(entry, "Time"),
        bus_name: text(entry, "EventBusName"),
    })
}

/// Whether a source is one of the services' own, which nobody else may use: eb-events-structure.
pub fn is_a_services(source: &str) -> bool {
    source.starts_with("aws.")
}

/// What API_PutEventsRequestEntry asks of an event.
pub fn check_event(source: &str, detail_type: &str, detail: &Value) -> Result<(), EntryError> {
    if source.is_empty() || detail_type.is_empty() || detail_type.chars().count() > MAXIMUM_DETAIL_TYPE {
        return Err(EntryError::InvalidArgument);
    }
    if !detail.is_object() {
        return Err(EntryError::MalformedDetail);
    }
    Ok(())
}
