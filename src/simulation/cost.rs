//! The ledger: what a run would have cost at the document's prices. Data transfer, logs and traces are left out.

use super::Simulation;
use crate::diagram::settings::ApiType;
use crate::diagram::settings::Engine;
use crate::diagram::{NodeIndex, NodeKind, PRICES, Tariff};
use crate::kernel::SECOND;
use crate::services::{Policy, Service};
use serde::Serialize;

/// One line of a bill.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    pub tariff: Tariff,
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

/// As bills count it.
const GIGABYTE: f64 = 1_073_741_824.0;
/// Days that a month has on a bill here.
pub const MONTH: f64 = 30.0 * 86_400.0;

impl Simulation {
    /// What a node has used so far of what is paid for.
    fn usage(&self, node: NodeIndex) -> Vec<(Tariff, f64)> {
        match self.service(node) {
            Service::Function(it) => {
                let gigabyte_seconds = |megabyte_milliseconds: u64| megabyte_milliseconds as f64 / 1_024.0 / 1_000.0;
                let provisioned = it.counts.billed_memory_provisioned;
                vec![
                    (Tariff::LambdaRequests, it.counts.invocations as f64),
                    (Tariff::LambdaDuration, gigabyte_seconds(it.counts.billed_memory - provisioned)),
                    (Tariff::LambdaProvisionedDuration, gigabyte_seconds(provisioned)),
                    (Tariff::LambdaProvisionedConcurrency, gigabyte_seconds(it.provisioned_memory(self.now()))),
                ]
            }
            // Whom a gateway turns away, for a key, a token or a throttle, is not billed.
            Service::Gateway(it) => {
                let tariff = match it.settings().api_type {
                    ApiType::Rest => Tariff::ApiGatewayRestRequests,
                    ApiType::Http => Tariff::ApiGatewayHttpRequests,
                };
                let hours = it.cache_time(self.now()) as f64 / (3_600 * SECOND) as f64;
                vec![(tariff, it.billed as f64), (Tariff::ApiGatewayCache, hours)]
            }
            Service::Queue(it) if it.is_fifo() => vec![(Tariff::SqsFifoRequests, it.counts.requests as f64)],
            Service::Queue(it) => vec![
                (Tariff::SqsRequests, it.counts.requests as f64),
                (Tariff::SqsFairRequests, it.counts.fair_requests as f64),
            ],
            Service::Topic(it) => {
                let gigabytes = |bytes: u64| bytes as f64 / GIGABYTE;
                let http = it.receivers.list.iter().filter(|it| matches!(it.policy, Policy::Http(_)));
                let http = http.map(|it| it.counts.delivered as f64).sum();
                let mail = it.receivers.list.iter().filter(|it| self.plan.node(it.to).kind == NodeKind::Mailer);
                let mail = mail.map(|it| it.counts.delivered as f64).sum();
                let filtering = (Tariff::SnsPayloadFiltering, gigabytes(it.scanned_bytes));
                if it.is_fifo() {
                    vec![
                        (Tariff::SnsFifoPublishes, it.published as f64),
                        (Tariff::SnsFifoPublishedGigabytes, gigabytes(it.published_bytes)),
                        (Tariff::SnsFifoMessages, it.copies as f64),
                        (Tariff::SnsFifoMessageGigabytes, gigabytes(it.copied_bytes)),
                        filtering,
                    ]
                } else {
                    vec![
                        (Tariff::SnsPublishes, it.billed as f64),
                        (Tariff::SnsHttpDeliveries, http),
                        (Tariff::SnsEmailDeliveries, mail),
                        filtering,
                    ]
                }
            }
            Service::Bus(it) => vec![
                (Tariff::EventBridgeEvents, it.billed as f64),
                (Tariff::EventBridgeArchived, it.archive.archived_bytes as f64 / GIGABYTE),
            ],
            // What a rule hands on inside the account is free, but for other buses and HTTP.
            Service::Rule(it) => {
                let delivered = |kind: NodeKind| -> f64 {
                    let to = it.receivers.list.iter().filter(|target| self.plan.node(target.to).kind == kind);
                    to.map(|target| target.counts.delivered as f64).sum()
                };
                [(Tariff::EventBridgeCrossBus, NodeKind::Bus), (Tariff::EventBridgeApiDestinations, NodeKind::Endpoint)]
                    .map(|(tariff, kind)| (tariff, delivered(kind)))
                    .into_iter()
                    .filter(|(_, quantity)| *quantity > 0.0)
                    .collect()
            }
            Service::Database(it) if it.engine() == Engine::KeyValue => {
                let (writes, reads) = it.units();
                vec![(Tariff::DynamoDbWrites, writes), (Tariff::DynamoDbReads, reads)]
            }
            // Storage is left out: it is paid for what was there before.
            Service::Database(it) => {
                vec![(Tariff::AuroraCapacity, it.capacity_hours(self.now())), (Tariff::AuroraIo, it.writes() as f64)]
            }
            Service::Mailer(it) => vec![(Tariff::SesEmails, it.billed as f64)],
            _ => Vec::new(),
        }
    }

    /// What each node has cost so far, in US dollars, in the order of the plan.
    pub(super) fn costs(&self) -> Vec<f64> {
        let used = if self.plan.prices.free_tier { self.used() } else { Vec::new() };
        let payable = |tariff: Tariff| used.get(tariff as usize).map_or(1.0, |used| payable(*used, tariff));
        let mut costs = vec![0.0; self.plan.nodes.len()];
        for node in self.plan.node_indices() {
            let usage = self.usage(node).into_iter();
            costs[node.usize()] = usage.map(|(it, quantity)| quantity * self.plan.prices.each(it) * payable(it)).sum();
        }
        costs
    }

    /// What a node has cost so far: a line for each thing that it has used.
    pub fn charges(&self, node: NodeIndex) -> Vec<Charge> {
        let used = if self.plan.prices.free_tier { self.used() } else { Vec::new() };
        let payable = |tariff: Tariff| used.get(tariff as usize).map_or(1.0, |used| payable(*used, tariff));
        let usage = self.usage(node).into_iter().enumerate();
        // The first line stands for the service and is there from the beginning.
        let lines = usage.filter(|(line, (_, quantity))| *line == 0 || *quantity > 0.0);
        lines
            .map(|(_, (tariff, quantity))| Charge {
                tariff,
                item: tariff.price().item,
                quantity,
                cost: quantity * self.plan.prices.each(tariff) * payable(tariff),
            })
            .collect()
    }

    /// What all nodes together have used, in the order of the tariffs.
    fn used(&self) -> Vec<f64> {
        let mut used = vec![0.0; PRICES.len()];
        for (tariff, quantity) in self.plan.node_indices().flat_map(|node| self.usage(node)) {
            used[tariff as usize] += quantity;
        }
        used
    }

    /// What the run has cost so far.
    pub fn cost(&self) -> Cost {
        let prices = &self.plan.prices;
        // Dollars for all of it, were it used `times` as much; the free tier is for a month.
        let bill = |times: f64| -> f64 {
            let lines = self.plan.node_indices().flat_map(|node| self.usage(node));
            if !prices.free_tier {
                return lines.map(|(tariff, quantity)| quantity * times * prices.each(tariff)).sum();
            }
            let used = self.used();
            used.iter()
                .zip(Tariff::ALL)
                .map(|(used, tariff)| used * times * payable(used * times, *tariff) * prices.each(*tariff))
                .sum()
        };
        let total_usd = bill(1.0);
        let requests = self.requests_of_clients() as f64;
        let seconds = self.now().0 as f64 / SECOND as f64;
        Cost {
            total_usd,
            per_million_requests_usd: if requests > 0.0 { total_usd / requests * 1e6 } else { 0.0 },
            per_month_usd: if seconds > 0.0 { bill(MONTH / seconds) } else { 0.0 },
        }
    }

    fn requests_of_clients(&self) -> u64 {
        let sent = self.services.of_plan(&self.plan).map(|service| match service {
            Service::Client(client) => client.counts.sent,
            _ => 0,
        });
        sent.sum()
    }
}

/// The share of what was used in a month that has to be paid for once the free tier is taken off.
fn payable(used: f64, tariff: Tariff) -> f64 {
    if used > 0.0 { (1.0 - tariff.price().free / used).max(0.0) } else { 1.0 }
}
