//! What a run would have cost at list prices. Free tiers, data transfer, logs and databases, which are paid by the hour,
//! are left out.

use super::Simulation;
use crate::diagram::{NodeIndex, NodeKind};
use crate::kernel::SECOND;
use crate::services::Service;
use serde::Serialize;

/// Where and when the prices hold.
pub const REGION: &str = "us-east-1";
pub const AS_OF: &str = "September 2026";

/// US dollars for one unit; the services' price lists, first tier.
mod price {
    const MILLION: f64 = 1e6;
    /// AWS Lambda: $0.20 per million requests.
    pub const INVOCATION: f64 = 0.20 / MILLION;
    /// AWS Lambda: x86, each GB-second.
    pub const GIGABYTE_SECOND: f64 = 0.000_016_666_7;
    /// Amazon API Gateway, REST: $3.50 per million requests.
    pub const GATEWAY_REQUEST: f64 = 3.50 / MILLION;
    /// Amazon SQS, standard: $0.40 per million requests of up to 64 KB.
    pub const QUEUE_REQUEST: f64 = 0.40 / MILLION;
    /// Amazon SNS, standard: $0.50 per million publications of up to 64 KB; deliveries to SQS and Lambda are free.
    pub const PUBLICATION: f64 = 0.50 / MILLION;
    /// Amazon SNS: $0.60 per million deliveries over HTTP.
    pub const HTTP_DELIVERY: f64 = 0.60 / MILLION;
    /// Amazon EventBridge: $1.00 per million custom events of up to 64 KB.
    pub const EVENT: f64 = 1.00 / MILLION;
    /// Amazon SES: $0.10 per thousand e-mails.
    pub const EMAIL: f64 = 0.10 / 1e3;
}

/// One line of a bill.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    pub item: &'static str,
    pub quantity: f64,
    /// US dollars.
    pub cost: f64,
}

/// What a whole run comes to, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    pub total_usd: f64,
    /// For a million of the clients' requests like those so far.
    pub per_million_requests_usd: f64,
    /// For 30 days at the rate so far.
    pub per_month_usd: f64,
}

impl Simulation {
    /// What a node has cost so far; nothing for what is not billed by use.
    pub fn charges(&self, node: NodeIndex) -> Vec<Charge> {
        let charge = |item, quantity: u64, price: f64| {
            let quantity = quantity as f64;
            Charge { item, quantity, cost: quantity * price }
        };
        match self.service(node) {
            Service::Function(it) => {
                let gigabyte_seconds = it.counts.billed_memory as f64 / 1_024.0 / 1_000.0;
                vec![
                    charge("requests", it.counts.invocations, price::INVOCATION),
                    Charge {
                        item: "GB-seconds",
                        quantity: gigabyte_seconds,
                        cost: gigabyte_seconds * price::GIGABYTE_SECOND,
                    },
                ]
            }
            // What the gateway itself turns away, for its key, its token or the throttle, is not billed.
            Service::Gateway(it) => {
                vec![charge("requests", it.requests.saturating_sub(it.rejected), price::GATEWAY_REQUEST)]
            }
            Service::Queue(it) => vec![charge("requests", it.counts.requests, price::QUEUE_REQUEST)],
            Service::Topic(it) => {
                let to_http = |edge| self.plan.node(self.plan.edge(edge).to).kind == NodeKind::Endpoint;
                let over_http = it.subscriptions.iter().filter(|subscription| to_http(subscription.edge));
                let delivered: u64 = over_http.map(|subscription| subscription.counts.delivered).sum();
                let mut charges = vec![charge("publications", it.billed, price::PUBLICATION)];
                if delivered > 0 {
                    charges.push(charge("deliveries over HTTP", delivered, price::HTTP_DELIVERY));
                }
                charges
            }
            Service::Bus(it) => vec![charge("events", it.billed, price::EVENT)],
            Service::Outside(it) if self.plan.node(node).kind == NodeKind::Mailer => {
                vec![charge("e-mails", it.requests - it.failures, price::EMAIL)]
            }
            _ => Vec::new(),
        }
    }

    pub fn cost(&self) -> Cost {
        let charges = self.plan.node_indices().flat_map(|node| self.charges(node));
        let total_usd: f64 = charges.map(|charge| charge.cost).sum();
        let requests = self.requests_of_clients();
        let seconds = self.now().0 as f64 / SECOND as f64;
        let per = |amount: f64| if amount > 0.0 { total_usd / amount } else { 0.0 };
        Cost {
            total_usd,
            per_million_requests_usd: per(requests as f64) * 1e6,
            per_month_usd: per(seconds) * 30.0 * 86_400.0,
        }
    }

    fn requests_of_clients(&self) -> u64 {
        let sent = self.services.iter().map(|service| match service {
            Service::Client(client) => client.counts.sent,
            _ => 0,
        });
        sent.sum()
    }
}
