//! Payloads as people see them: what differs for every request is filled in, and the envelope put around.

use super::Simulation;
use crate::diagram::NodeIndex;
use crate::kernel::{SECOND, Time, mix};
use crate::services::{Envelope, Message, PayloadId, Trace};
use serde_json::{Map, Value, json};
use uuid::Builder;

/// Simulated time begins here: 2026-01-01T00:00:00Z, in days since 1970.
const FIRST_DAY: u64 = 20_454;

const PURPOSE_REQUEST: u64 = 1;
const PURPOSE_EVENT: u64 = 2;

impl Simulation {
    fn id(&self, purpose: u64, number: u64) -> String {
        let high = mix(mix(self.world.seed, purpose), number);
        let low = mix(high, purpose);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// The request id that people see for a trace.
    pub fn request_id(&self, trace: Trace) -> String {
        self.id(PURPOSE_REQUEST, u64::from(trace))
    }

    /// A payload as a message of this trace carries it, indented.
    pub fn payload_text(&self, payload: PayloadId, trace: Trace) -> String {
        pretty(&self.fill_in(&self.world.payloads.get(payload).value, trace, trace, self.world.now))
    }

    /// A message's body as its receiver gets it, envelope included.
    pub(super) fn body(&self, message: &Message) -> Value {
        let payload = &self.world.payloads.get(message.payload).value;
        let payload = self.fill_in(payload, message.trace, message.origin, message.origin_created);
        match message.envelope {
            Envelope::None => payload,
            Envelope::Notification { topic } => self.notification(message, topic, payload),
        }
    }

    /// A message's group or deduplication id, if it has one.
    pub(super) fn label(&self, message: &Message, label: PayloadId) -> Option<String> {
        let value = &self.world.payloads.get(label).value;
        match self.fill_in(value, message.trace, message.origin, message.origin_created) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn attribute_map(&self, message: &Message) -> Map<String, Value> {
        let list = self.world.payloads.attributes(message.attributes);
        let attribute = |(name, data_type, value): &(String, String, String)| {
            let value = value.replace("{{requestId}}", &self.request_id(message.trace));
            (name.clone(), json!({ "Type": data_type, "Value": value }))
        };
        list.iter().map(attribute).collect()
    }

    /// A message's attributes, if it has any.
    pub(super) fn attributes(&self, message: &Message) -> Option<String> {
        let attributes = self.attribute_map(message);
        (!attributes.is_empty()).then(|| pretty(&Value::Object(attributes)))
    }

    /// The envelope of a topic without raw delivery: sns-message-and-json-formats.
    fn notification(&self, message: &Message, topic: NodeIndex, payload: Value) -> Value {
        let attributes = self.attribute_map(message);
        let name = self.plan.node(topic).name.replace(' ', "-");
        let mut envelope = json!({
            "Type": "Notification",
            "MessageId": self.id(PURPOSE_EVENT, u64::from(message.origin)),
            "TopicArn": format!("arn:aws:sns:us-east-1:123456789012:{name}"),
            "Message": payload.to_string(),
            "Timestamp": timestamp(message.origin_created),
        });
        if !attributes.is_empty() {
            envelope["MessageAttributes"] = Value::Object(attributes);
        }
        envelope
    }

    fn fill_in(&self, value: &Value, trace: Trace, origin: u32, created: Time) -> Value {
        match value {
            Value::String(text) if text.contains("{{") => Value::String(
                text.replace("{{requestId}}", &self.request_id(trace))
                    .replace("{{eventId}}", &self.id(PURPOSE_EVENT, u64::from(origin)))
                    .replace("{{time}}", &timestamp(created)),
            ),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.fill_in(item, trace, origin, created)).collect())
            }
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.fill_in(value, trace, origin, created)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    pub(super) fn filled_text(&self, payload: PayloadId, trace: Trace) -> String {
        match self.fill_in(&self.world.payloads.get(payload).value, trace, trace, self.world.now) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

pub(super) fn pretty(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => format!("{other:#}"),
    }
}

/// A simulated time as the services write times, in whole seconds.
fn timestamp(time: Time) -> String {
    let seconds = time.0 / SECOND;
    let (year, month, day) = date(FIRST_DAY + seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
fn date(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month as u64 + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_has_a_date() {
        assert_eq!(timestamp(Time::ZERO), "2026-01-01T00:00:00Z");
        assert_eq!(timestamp(Time(86_400 * 31 * SECOND + 3_661 * SECOND)), "2026-02-01T01:01:01Z");
        assert_eq!(date(11_016), (2000, 2, 29));
    }
}
