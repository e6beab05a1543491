//! Names of things as the services write them. Simulated ones belong to the documentation's example account.

use crate::diagram::settings::DEFAULT_BUS;
use crate::diagram::{NodeIndex, NodeKind, NodeSettings, Plan};

pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "us-east-1";

/// A node's Amazon Resource Name.
pub fn arn(plan: &Plan, node: NodeIndex) -> String {
    let node = plan.node(node);
    let name = node.name.replace(' ', "-");
    let (service, resource) = match (&node.settings, node.kind) {
        (NodeSettings::Bus(bus), _) => ("events", format!("event-bus/{}", bus.name)),
        (_, NodeKind::Rule) => ("events", format!("rule/{}{name}", custom_bus(plan, node.incoming.first().copied()))),
        (_, NodeKind::Endpoint) => ("events", format!("api-destination/{name}")),
        (_, NodeKind::Function) => ("lambda", format!("function:{name}")),
        (_, NodeKind::Topic) => ("sns", name),
        (_, NodeKind::Queue) => ("sqs", name),
        (_, NodeKind::Mailer) => ("ses", format!("identity/{name}")),
        (_, NodeKind::Database) => ("rds", format!("cluster:{name}")),
        (_, NodeKind::Gateway | NodeKind::Client | NodeKind::Bus | NodeKind::Other) => ("execute-api", name),
    };
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

/// A rule's name has the bus in front, unless that is the default one.
fn custom_bus(plan: &Plan, edge: Option<crate::diagram::EdgeIndex>) -> String {
    match edge.map(|edge| &plan.node(plan.edge(edge).from).settings) {
        Some(NodeSettings::Bus(bus)) if bus.name != DEFAULT_BUS => format!("{}/", bus.name),
        _ => String::new(),
    }
}
