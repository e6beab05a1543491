//! Ready-made comparisons: what the guide claims, put to the test.

use super::guide;
use crate::diagram::{Distribution, Document, Edge, EdgeKind, Fault, Node, NodeKind};
use crate::kernel::SECOND;
use crate::simulation::study::{Conditions, Design, Metric, NamedFault};
use serde_json::{Value, json};
use uuid::Uuid;

/// Designs and what they are put through, with a sentence that says what to look at.
pub struct ReadyMade {
    /// Names it on the command line and in the address.
    pub id: &'static str,
    pub title: &'static str,
    pub sentence: &'static str,
    designs: &'static [&'static str],
    /// What is built into the designs for it.
    equip: fn(&mut Document),
    conditions: fn() -> Conditions,
    /// Rows that the table has besides the usual ones.
    pub metrics: &'static [Metric],
}

/// In the guide's order.
pub const COMPARISONS: &[ReadyMade] = &[
    ReadyMade {
        id: "chain-or-queue",
        title: phrase!("Synchronous chain or queue, when Sales is slow"),
        sentence: phrase!(
            "From 60 s to 180 s every piece of Sales' work takes 2 s longer. In the chain all of it is added to the \
                   customer's answer and to what Payments is billed for; behind the queue the answer stays as fast as it \
                   was, and the work waits."
        ),
        designs: &["gateway-multiple", "decouple-queue"],
        equip: |_| {},
        conditions: slow_sales,
        metrics: &[Metric::Billed],
    },
    ReadyMade {
        id: "chain-or-queue-outage",
        title: phrase!("Synchronous chain or queue, when Sales is down"),
        sentence: phrase!(
            "Sales fails from 60 s to 180 s. The chain fails every payment of these two minutes; behind the queue all \
                   are answered with success, and what was tried too often lies in the dead-letter queue, to be moved back."
        ),
        designs: &["gateway-multiple", "decouple-queue"],
        equip: |_| {},
        conditions: sales_outage,
        metrics: &[],
    },
    ReadyMade {
        id: "one-or-several-gateways",
        title: phrase!("One gateway or several, with a hot client"),
        sentence: phrase!(
            "A second client asks for reports far more often than a gateway lets through. Behind gateways of their own \
                   payments notice nothing; behind one gateway they are throttled with the reports."
        ),
        designs: &["gateway-multiple", "gateway-single"],
        equip: add_reports,
        conditions: of_front_end,
        metrics: &[],
    },
    ReadyMade {
        id: "topic-or-bus",
        title: phrase!("Topic or event bus"),
        sentence: phrase!(
            "The same payments reach the same three services. The bus answers a little later, and routes by content: \
                   Sales is not even asked to run for payments below 100. The topic feeds Sales through a queue, and so few \
                   payments make its polls, empty or not, cost more than the bus's events; the e-mails cost more than either."
        ),
        designs: &["pubsub-topic", "pubsub-bus-rules"],
        equip: |_| {},
        conditions: Conditions::default,
        metrics: &[Metric::Messaging],
    },
    ReadyMade {
        id: "bus-option-1-or-2",
        title: phrase!("Event bus: three events or one"),
        sentence: phrase!(
            "Option 1 puts three events on the bus for each payment, one for each service, and pays for three; Payments \
                   takes longer to send them. Option 2 puts one, and rules decide who hears of it: nobody without an \
                   address gets an e-mail."
        ),
        designs: &["pubsub-bus-types", "pubsub-bus-rules"],
        equip: |_| {},
        conditions: Conditions::default,
        metrics: &[Metric::Messaging],
    },
];

impl ReadyMade {
    pub fn designs(&self) -> Vec<Design> {
        let designs = self.designs.iter().filter_map(|id| guide::find(id)).map(|diagram| {
            let mut document = diagram.document();
            (self.equip)(&mut document);
            Design::new(diagram.title.to_string(), document)
        });
        designs.collect()
    }

    pub fn conditions(&self) -> Conditions {
        (self.conditions)()
    }
}

pub fn find(id: &str) -> Option<&'static ReadyMade> {
    COMPARISONS.iter().find(|comparison| comparison.id == id)
}

/// Sales from the first to the third minute.
fn in_sales(fault: Fault) -> Conditions {
    let fault = NamedFault { target: "Sales".to_string(), at: 60.0, until: Some(180.0), fault };
    Conditions { span: 600 * SECOND, faults: vec![fault], ..Conditions::default() }
}

fn slow_sales() -> Conditions {
    in_sales(Fault { latency: Some(Distribution::Constant(2_000.0)), ..Fault::default() })
}

fn sales_outage() -> Conditions {
    in_sales(Fault { outage: true, ..Fault::default() })
}

fn of_front_end() -> Conditions {
    Conditions { client: Some("Front end".to_string()), ..Conditions::default() }
}

/// What a hot client needs: reports, behind the gateway that there is for everything, or behind one of their own.
fn add_reports(document: &mut Document) {
    let id = |place: u128| Uuid::from_u128(0x0000_0099_0000_4000_8000_0000_0000_0000 + place);
    let (client, function) = (id(1), id(2));
    let shared = document.nodes.iter().find(|node| node.name == "Insurance API");
    let (gateway, key) = match shared {
        Some(node) => (node.id, node.settings.get("ApiKey").cloned().unwrap_or_default()),
        None => (id(3), Value::Null),
    };
    let node = |id, kind, name: &str, x, y, settings: Value| {
        let settings = settings.as_object().cloned().unwrap_or_default();
        Node { id, kind, name: name.to_string(), x, y, settings }
    };
    let mut asks = json!({ "Arrivals": { "poisson": 60 }, "Method": "GET", "Path": "/reports" });
    if key.is_string() {
        asks["ApiKey"] = key;
    } else {
        let limits = json!({ "ThrottlingRateLimit": 40, "ThrottlingBurstLimit": 20 });
        document.nodes.push(node(gateway, NodeKind::Gateway, "Reports API", 240.0, 496.0, limits));
    }
    document.nodes.push(node(client, NodeKind::Client, "Reporting client", 0.0, 496.0, asks));
    let handler = json!({ "MemorySize": 256, "Handler": [
        { "step": "work", "duration": { "lognormal": { "median": 20, "p99": 60 } } },
        { "step": "respond", "payload": { "statusCode": 200, "body": { "reports": [] } } },
    ] });
    document.nodes.push(node(function, NodeKind::Function, "Reports", 592.0, 496.0, handler));
    let route = json!({ "Method": "GET", "Path": "/reports" });
    let route = route.as_object().cloned().unwrap_or_default();
    document.edges.push(Edge {
        id: id(4),
        kind: EdgeKind::Request,
        from: client,
        to: gateway,
        settings: Default::default(),
    });
    document.edges.push(Edge { id: id(5), kind: EdgeKind::Integration, from: gateway, to: function, settings: route });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::list_problems;

    #[test]
    fn every_comparison_can_be_run() {
        for ready in COMPARISONS {
            let designs = ready.designs();
            assert!(designs.len() >= 2, "{}", ready.id);
            if let Err(problems) = ready.conditions().prepare(&designs) {
                panic!("{}: {}", ready.id, list_problems(&problems));
            }
            assert_eq!(find(ready.id).expect("it is found").title, ready.title);
        }
    }
}
