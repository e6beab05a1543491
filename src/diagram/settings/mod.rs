//! The settings of each kind of node and edge: described once, read into plain structs.

mod account;
pub(in crate::diagram) mod bus;
pub(in crate::diagram) mod client;
mod database;
mod edges;
mod endpoint;
mod function;
pub(in crate::diagram) mod gateway;
mod mailer;
pub(in crate::diagram) mod mapping;
mod other;
pub(in crate::diagram) mod queue;
pub(in crate::diagram) mod subscription;
pub(in crate::diagram) mod target;
mod topic;

pub use account::AccountSettings;
pub use bus::{ArchiveSettings, BusSettings, DEFAULT_BUS, RuleSettings};
pub use client::{Arrivals, CircuitBreaker, ClientSettings, IdempotencyKey, Jitter, PollStatus};
pub use database::{DatabaseSettings, Engine};
pub use edges::EdgeSettings;
pub use endpoint::EndpointSettings;
pub use function::FunctionSettings;
#[cfg(target_arch = "wasm32")]
pub(crate) use gateway::Structured;
pub use gateway::{
    ApiType, Authorizer, Canary, Cors, GATEWAY_RESPONSES, GatewayResponse, GatewaySettings, IntegrationResponse,
    Passthrough, Period, Quota, Route, Throttle, UsagePlan, check_gateway,
};
pub use mailer::MailerSettings;
pub use mapping::{FailureReport, MappingSettings};
pub use other::{MAXIMUM_TEMPLATE, read_other};
pub use queue::{QueueSettings, RedriveAllow};
pub use subscription::{Access, DeliveryPolicy, Protocol, Subscription};
pub use target::{Target, TargetInput};
pub use topic::TopicSettings;

use super::document::{ACCOUNT, Document, EdgeKind, NodeKind};
use super::reader::{Reader, kind_name};
use super::send_options;
use super::setting::{Field, Setting, SettingReader, fields};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Marks a figure of our own, where the service publishes none.
const MODEL: &str = phrase!("model");

/// Lists of settings for each kind of something, twice: with the words for people, in the order in which they are shown, and
/// as the fields that are read.
macro_rules! described {
    ($settings:ident, $fields:ident, $of:ty, { $($kind:pat => [$($list:expr),+],)+ }) => {
        /// The settings of this kind, in the order in which they are shown.
        pub fn $settings(kind: $of) -> &'static [&'static [Setting]] {
            match kind { $($kind => &[$($list),+],)+ }
        }

        /// The same settings as what is read of them.
        pub fn $fields(kind: $of) -> &'static [&'static [Field]] {
            match kind { $($kind => const { &[$(fields!($list)),+] },)+ }
        }
    };
}

/// The settings of the account, in the order in which they are shown.
pub fn of_account() -> &'static [&'static [Setting]] {
    &[account::SETTINGS]
}

/// The same settings as what is read of them.
pub fn account_fields() -> &'static [&'static [Field]] {
    const { &[fields!(account::SETTINGS)] }
}

described!(of_node, node_fields, NodeKind, {
    NodeKind::Client => [client::SETTINGS, send_options::SETTINGS],
    NodeKind::Gateway => [gateway::SETTINGS],
    NodeKind::Function => [function::SETTINGS],
    NodeKind::Queue => [queue::SETTINGS],
    NodeKind::Topic => [topic::SETTINGS],
    NodeKind::Bus => [bus::SETTINGS],
    NodeKind::Rule => [bus::RULE_SETTINGS],
    NodeKind::Database => [database::SETTINGS],
    NodeKind::Mailer => [mailer::SETTINGS],
    NodeKind::Endpoint => [endpoint::SETTINGS],
    NodeKind::Other => [other::SETTINGS],
});

described!(of_edge, edge_fields, EdgeKind, {
    EdgeKind::Request => [edges::REQUEST_LATENCY],
    EdgeKind::Integration => [gateway::INTEGRATION, send_options::SETTINGS, edges::INTEGRATION_LATENCY],
    EdgeKind::Authorizer => [edges::AUTHORIZER_LATENCY],
    EdgeKind::Call => [edges::CALL_LATENCY],
    EdgeKind::Send => [edges::SEND_LATENCY],
    EdgeKind::Publish => [edges::PUBLISH_LATENCY],
    EdgeKind::PutEvents => [edges::PUT_EVENTS, edges::PUT_EVENTS_LATENCY],
    EdgeKind::Subscription => [subscription::SETTINGS, edges::SUBSCRIPTION_LATENCY],
    EdgeKind::Rule => [edges::RULE_LATENCY],
    EdgeKind::Target => [target::SETTINGS, edges::TARGET_LATENCY],
    EdgeKind::EventSourceMapping => [mapping::SETTINGS, mapping::LATENCY],
    EdgeKind::Redrive => [queue::REDRIVE],
    EdgeKind::Query => [edges::QUERY_LATENCY],
    EdgeKind::Email => [edges::EMAIL_LATENCY],
    EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter => [edges::DESTINATION_LATENCY],
});

/// The fields of whatever has this id: a node, an edge, or the account; none if it is not there.
pub fn fields_of(document: &Document, target: Uuid) -> &'static [&'static [Field]] {
    match (document.node(target), document.edge(target)) {
        (Some(node), _) => node_fields(node.kind),
        (None, Some(edge)) => edge_fields(edge.kind),
        (None, None) if target == ACCOUNT => account_fields(),
        (None, None) => &[],
    }
}

/// The field of this name.
pub fn field(lists: &'static [&'static [Field]], name: &str) -> Option<&'static Field> {
    lists.iter().flat_map(|list| list.iter()).find(|field| field.name == name)
}

/// An object, or null for none.
fn optional_object<'v>(
    reader: &mut SettingReader<'_, '_>,
    value: &'v Value,
    path: &str,
) -> Option<&'v Map<String, Value>> {
    if !value.is_null() && !value.is_object() {
        let message = tr!("This is {}, but an object or null is needed.", kind_name(value));
        reader.reader.problems.say(path, message, "");
    }
    value.as_object()
}

/// An object whose members are texts.
fn read_texts(reader: &mut SettingReader<'_, '_>, name: &'static str) -> Map<String, Value> {
    let (value, path) = reader.json(name);
    match value {
        Value::Object(fields) if fields.values().all(Value::is_string) => fields,
        _ => {
            reader.reader.problems.say(
                path,
                tr!("This is not an object of texts."),
                tr!("Write {\"name\": \"value\"}."),
            );
            Map::new()
        }
    }
}

/// A setting that is a list of texts.
fn read_list(reader: &mut SettingReader<'_, '_>, name: &'static str) -> Vec<String> {
    let (value, path) = reader.json(name);
    let list = value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_string)).collect());
    match list {
        Some(Some(list)) => list,
        _ => {
            reader.reader.problems.say(path, tr!("This is not a list of texts."), tr!("Write [\"one\", \"two\"]."));
            Vec::new()
        }
    }
}

/// A field that is a list of texts.
fn texts_of(reader: &mut Reader<'_, '_>, name: &str) -> Vec<String> {
    let items = reader.array(name).unwrap_or(&[]);
    if items.iter().any(|item| !item.is_string()) {
        reader.wrong(name, tr!("This is not a list of texts."), tr!("Write [\"one\", \"two\"]."));
    }
    items.iter().filter_map(Value::as_str).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_help_a_source_and_a_unique_name() {
        let nodes = NodeKind::ALL.map(of_node);
        let edges = EdgeKind::ALL.map(of_edge);
        for lists in nodes.iter().chain(edges.iter()).chain([&of_account()]) {
            let mut names = Vec::new();
            for setting in lists.iter().flat_map(|list| list.iter()) {
                assert!(setting.help.len() > 20, "{}", setting.name);
                assert!(!setting.source.is_empty(), "{}", setting.name);
                assert!(!names.contains(&setting.name), "{} twice", setting.name);
                names.push(setting.name);
            }
        }
    }
}
