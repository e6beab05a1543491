//! The settings of each kind of node and edge: described once, read into plain structs.

mod account;
mod bus;
mod client;
mod database;
mod edges;
mod endpoint;
mod function;
mod gateway;
mod mailer;
mod queue;
mod topic;

pub use account::AccountSettings;
pub use bus::{BusSettings, RuleSettings};
pub use client::{Arrivals, ClientSettings, PollStatus};
pub use database::{DatabaseSettings, Engine};
pub use edges::{EdgeSettings, Route, Subscription, Target, TargetInput};
pub use endpoint::EndpointSettings;
pub use function::FunctionSettings;
pub use gateway::{Authorizer, GatewaySettings};
pub use mailer::MailerSettings;
pub use queue::{MappingSettings, QueueSettings};
pub use topic::TopicSettings;

use super::document::{EdgeKind, NodeKind};
use super::send_options;
use super::setting::Setting;

/// Marks a figure of our own, where the service publishes none.
const MODEL: &str = "model";

/// The settings of the account, in the order in which they are shown.
pub fn of_account() -> &'static [&'static [Setting]] {
    &[account::SETTINGS]
}

/// The settings of a kind of node, in the order in which they are shown.
pub fn of_node(kind: NodeKind) -> &'static [&'static [Setting]] {
    match kind {
        NodeKind::Client => &[client::SETTINGS, send_options::SETTINGS],
        NodeKind::Gateway => &[gateway::SETTINGS],
        NodeKind::Function => &[function::SETTINGS],
        NodeKind::Queue => &[queue::SETTINGS],
        NodeKind::Topic => &[topic::SETTINGS],
        NodeKind::Bus => &[bus::SETTINGS],
        NodeKind::Rule => &[bus::RULE_SETTINGS],
        NodeKind::Database => &[database::SETTINGS],
        NodeKind::Mailer => &[mailer::SETTINGS],
        NodeKind::Endpoint => &[endpoint::SETTINGS],
    }
}

/// The settings of a kind of edge, in the order in which they are shown.
pub fn of_edge(kind: EdgeKind) -> &'static [&'static [Setting]] {
    match kind {
        EdgeKind::Request => &[edges::REQUEST_LATENCY],
        EdgeKind::Integration => &[edges::INTEGRATION, send_options::SETTINGS, edges::INTEGRATION_LATENCY],
        EdgeKind::Call => &[edges::CALL_LATENCY],
        EdgeKind::Send => &[edges::SEND_LATENCY],
        EdgeKind::Publish => &[edges::PUBLISH_LATENCY],
        EdgeKind::PutEvents => &[edges::PUT_EVENTS_LATENCY],
        EdgeKind::Subscription => &[edges::SUBSCRIPTION, edges::SUBSCRIPTION_LATENCY],
        EdgeKind::Rule => &[edges::RULE_LATENCY],
        EdgeKind::Target => &[edges::TARGET, edges::TARGET_LATENCY],
        EdgeKind::EventSourceMapping => &[queue::MAPPING, queue::MAPPING_LATENCY],
        EdgeKind::Redrive => &[queue::REDRIVE],
        EdgeKind::Query => &[edges::QUERY_LATENCY],
        EdgeKind::Email => &[edges::EMAIL_LATENCY],
        EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter => &[edges::DESTINATION_LATENCY],
    }
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
