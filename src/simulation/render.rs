//! Payloads as people see them: what differs for every request is filled in, and the envelope put around.

use super::Simulation;
use crate::diagram::{EdgeIndex, NodeIndex, NodeSettings};
use crate::kernel::{MILLISECOND, SECOND, Time, mix};
use crate::rules::date;
use crate::services::{Envelope, Message, PayloadId, Trace, arn};
use serde_json::{Map, Value, json};
use uuid::Builder;

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
            Envelope::Notification { topic } => self.notification(message, topic, payload, "URL"),
            Envelope::Record { subscription } => self.record_of_topic(message, subscription, payload),
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

    /// The envelope of a topic without raw delivery: sns-message-and-json-formats. Nothing is signed here. `url` is how
    /// the names of addresses end: URL, in a function's event Url.
    fn notification(&self, message: &Message, topic: NodeIndex, payload: Value, url: &str) -> Value {
        let attributes = self.attribute_map(message);
        let topic_arn = arn(&self.plan, topic);
        let mut envelope = json!({
            "Type": "Notification",
            "MessageId": self.id(PURPOSE_EVENT, u64::from(message.origin)),
            "TopicArn": topic_arn,
            "Subject": null,
            "Message": match payload {
                Value::String(text) => text,
                other => other.to_string(),
            },
            "Timestamp": precise_timestamp(message.origin_created),
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
        });
        let fifo = matches!(&self.plan.node(topic).settings, NodeSettings::Topic(settings) if settings.fifo);
        if url == "URL" {
            envelope.as_object_mut().map(|fields| fields.remove("Subject"));
        }
        if fifo {
            envelope["SequenceNumber"] = format!("1{:019}", message.origin).into();
        }
        envelope[format!("SigningCert{url}")] =
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService.pem".into();
        envelope[format!("Unsubscribe{url}")] =
            format!("https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic_arn}").into();
        if !attributes.is_empty() || url == "Url" {
            envelope["MessageAttributes"] = Value::Object(attributes);
        }
        envelope
    }

    /// What a topic invokes a function with, always one record: with-sns.
    fn record_of_topic(&self, message: &Message, subscription: EdgeIndex, payload: Value) -> Value {
        let edge = self.plan.edge(subscription);
        json!({ "Records": [{
            "EventVersion": "1.0",
            "EventSubscriptionArn": format!("{}:{}", arn(&self.plan, edge.from), edge.id),
            "EventSource": "aws:sns",
            "Sns": self.notification(message, edge.from, payload, "Url"),
        }] })
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
    let seconds = time.since_1970();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// As [`timestamp`], with milliseconds.
fn precise_timestamp(time: Time) -> String {
    let whole = timestamp(time);
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), time.0 % SECOND / MILLISECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_has_a_date() {
        assert_eq!(timestamp(Time::ZERO), "2026-01-01T00:00:00Z");
        assert_eq!(timestamp(Time(86_400 * 31 * SECOND + 3_661 * SECOND)), "2026-02-01T01:01:01Z");
    }
}
