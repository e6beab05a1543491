//! Templates of AWS SAM and CloudFormation, out (`write`) and in (`read`).
//!
//! # What becomes of what
//!
//! Each node and each edge becomes resources of its own, named after it ([`names`]), so that changing one thing changes
//! one place of the template.
//!
//! | node | resource |
//! |---|---|
//! | gateway, REST | `AWS::Serverless::Api`: every route and the authorizer in its `DefinitionBody`; usage plans and keys as `AWS::ApiGateway::UsagePlan`, `…ApiKey`, `…UsagePlanKey` |
//! | gateway, HTTP | `AWS::Serverless::HttpApi`, in the same way |
//! | function | `AWS::Serverless::Function`: environment variables and `Policies` for what it is connected to |
//! | queue | `AWS::SQS::Queue` |
//! | topic | `AWS::SNS::Topic` |
//! | bus | `AWS::Events::EventBus` and `AWS::Events::Archive`; a bus named `default` is the account's and needs none |
//! | rule | `AWS::Events::Rule` with its targets |
//! | database, key-value | `AWS::DynamoDB::Table` with the keys `pk` and `sk`: rows of all the diagram's tables |
//! | database, relational | `AWS::RDS::DBCluster` (Aurora Serverless v2, PostgreSQL, Data API) and `AWS::RDS::DBInstance` |
//! | mailer | the parameter `…Sender`; `AWS::SES::ConfigurationSet` and `…EventDestination` for bounces and complaints |
//! | endpoint | the parameter `…Url` |
//! | other | what a template that it was read from said of it, with what only it needs; nothing where it was drawn by hand |
//! | client | nothing, or an `AWS::IAM::ManagedPolicy` for one that is no HTTP client |
//!
//! | edge | resource |
//! |---|---|
//! | integration | a path of the API's body; `AWS::Lambda::Permission`, or a role that the gateway takes on |
//! | authorizer | a security scheme of the API's body, `AWS::Lambda::Permission` |
//! | call, send, publish, put-events, query, email | environment variables and statements of the function's `Policies` |
//! | subscription | `AWS::SNS::Subscription`; `AWS::Lambda::Permission` or the queue's `AWS::SQS::QueuePolicy` |
//! | target | an entry of the rule's `Targets`; permission or policy as above; `AWS::Events::ApiDestination` for endpoints |
//! | event-source-mapping | `AWS::Lambda::EventSourceMapping`: SAM's own event would let the function read every queue |
//! | redrive | the queue's `RedrivePolicy` |
//! | on-success, on-failure | the function's `EventInvokeConfig` |
//! | dead-letter | the function's `DeadLetterQueue` |
//!
//! # What a template cannot say
//!
//! Traffic, faults, positions, ids, and the settings that [`unsaid`] lists with the reason for each stand in the template's
//! `Metadata`, under [`METADATA_KEY`]; of a template without, all other settings come back:
//!
//! ```yaml
//! Metadata:
//!   Eventyard:
//!     Digest: 4be0c1…     # of everything else in the template: see `digest`
//!     Diagram: |          # the whole document, as text: CloudFormation allows no null, not even here
//!       {
//!         "version": 1,
//!         …
//! ```
//!
//! Where the digest is right, nobody has changed the template since, and the document is the diagram, exactly. Where it
//! is not, the template holds, and the document only adds what the template cannot say: [`names::Names`] tells which
//! resource was which node.

pub mod code;
pub mod names;
pub mod read;
mod requests;
pub mod unsaid;
mod velocity;
pub mod write;

use serde_json::Value;

/// The header by which SAM knows its templates.
pub const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// Where the diagram stands in a template's `Metadata`.
pub const METADATA_KEY: &str = "Eventyard";
/// The document's text, below [`METADATA_KEY`].
pub const DIAGRAM: &str = "Diagram";
/// The template's [`digest`], below [`METADATA_KEY`].
pub const DIGEST: &str = "Digest";

/// Whether a text looks like a template, rather than like a diagram or anything else.
pub fn looks_like_template(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let has = |word: &str| text.contains(word);
    !start.starts_with('<') && has("Resources") && has("Type") && (has("AWS::") || has("Alexa::") || has("Custom::"))
}

/// A number that changes with anything that a template says, its `Metadata` and the order of keys apart.
///
/// `template` is in JSON's form, with intrinsic functions spelt in full (`{"Fn::GetAtt": ["Queue", "Arn"]}`). A number
/// counts by its value, so that 1 and 1.0 are the same in every notation.
pub fn digest(template: &Value) -> String {
    let mut hash = Hash(FNV_OFFSET);
    match template {
        Value::Object(sections) => {
            let mut names: Vec<&String> = sections.keys().filter(|name| *name != "Metadata").collect();
            names.sort_unstable();
            for name in names {
                hash.text(name);
                hash.value(&sections[name]);
            }
        }
        other => hash.value(other),
    }
    format!("{:016x}", hash.0)
}

/// FNV-1a, 64 bits: the Internet-Draft draft-eastlake-fnv.
struct Hash(u64);

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl Hash {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }

    /// The length goes first, so that no two lists of texts look alike.
    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes(b"n"),
            Value::Bool(truth) => self.bytes(if *truth { b"t" } else { b"f" }),
            Value::Number(number) => {
                self.bytes(b"#");
                // No two names for zero.
                let number = number.as_f64().unwrap_or_default() + 0.0;
                self.bytes(&number.to_bits().to_le_bytes());
            }
            Value::String(text) => {
                self.bytes(b"s");
                self.text(text);
            }
            Value::Array(items) => {
                self.bytes(b"[");
                items.iter().for_each(|item| self.value(item));
                self.bytes(b"]");
            }
            Value::Object(fields) => {
                self.bytes(b"{");
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort_unstable();
                for name in names {
                    self.text(name);
                    self.value(&fields[name]);
                }
                self.bytes(b"}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_digest_sees_changes_but_neither_order_nor_metadata() {
        let one = json!({ "Resources": { "A": { "x": 1, "y": [true] } }, "Metadata": { "z": 1 } });
        let same = json!({ "Metadata": {}, "Resources": { "A": { "y": [true], "x": 1.0 } } });
        let other = json!({ "Resources": { "A": { "x": 1, "y": [false] } } });
        assert_eq!(digest(&one), digest(&same));
        assert_ne!(digest(&one), digest(&other));
    }
}
