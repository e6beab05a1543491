//! What may be connected to what, and why not.

use super::document::{EdgeKind, NodeKind};

/// Why a connection is not allowed, and the usual detour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub detour: &'static str,
}

/// The kinds of edge allowed from one kind of node to another, the usual one first. Empty: not allowed; see [`refusal`].
pub fn edge_kinds(from: NodeKind, to: NodeKind) -> &'static [EdgeKind] {
    use NodeKind::*;
    match (from, to) {
        (Client, Gateway) => &[EdgeKind::Request],
        // A program with the service's own client library.
        (Client, Queue) => &[EdgeKind::Send],
        (Client, Topic) => &[EdgeKind::Publish],
        (Client, Bus) => &[EdgeKind::PutEvents],
        (Client, Function) => &[EdgeKind::Call],
        // What becomes of asynchronous invocations: invocation-async-retain-records.
        (Function, Queue) => &[EdgeKind::Send, EdgeKind::OnSuccess, EdgeKind::OnFailure, EdgeKind::DeadLetter],
        (Function, Topic) => &[EdgeKind::Publish, EdgeKind::OnSuccess, EdgeKind::OnFailure, EdgeKind::DeadLetter],
        (Function, Bus) => &[EdgeKind::PutEvents, EdgeKind::OnSuccess, EdgeKind::OnFailure],
        (Function, Function) => &[EdgeKind::Call, EdgeKind::OnSuccess, EdgeKind::OnFailure],
        (Gateway, Function) => &[EdgeKind::Integration, EdgeKind::Authorizer],
        (Gateway, Queue | Topic | Bus | Endpoint) => &[EdgeKind::Integration],
        (Function, Gateway | Endpoint) => &[EdgeKind::Call],
        (Function, Database) => &[EdgeKind::Query],
        (Function, Mailer) => &[EdgeKind::Email],
        // Bounces and complaints.
        (Mailer, Topic) => &[EdgeKind::Publish],
        (Mailer, Bus) => &[EdgeKind::PutEvents],
        (Queue, Function) => &[EdgeKind::EventSourceMapping],
        (Queue, Queue) => &[EdgeKind::Redrive],
        (Topic, Queue | Function | Endpoint | Mailer) => &[EdgeKind::Subscription],
        (Bus, Rule) => &[EdgeKind::Rule],
        (Rule, Function | Queue | Topic | Bus | Endpoint) => &[EdgeKind::Target],
        _ => &[],
    }
}

/// Why nothing may go from one kind of node to another; `None` where [`edge_kinds`] allows it.
pub fn refusal(from: NodeKind, to: NodeKind) -> Option<Refusal> {
    use NodeKind::*;
    if !edge_kinds(from, to).is_empty() {
        return None;
    }
    let (reason, detour) = match (from, to) {
        (Mailer, _) => (
            "tells topics and buses of bounces and complaints; it starts nothing else",
            "Subscribe to that topic, or connect from a function instead.",
        ),
        (Other, _) | (_, Other) => {
            ("cannot be connected to a resource that is not simulated", "Draw what stands behind it instead.")
        }
        (Database | Endpoint, _) => ("only answers; it starts nothing", "Connect from a function instead."),
        (_, Client) => ("cannot start a request to a client", "Answers go back along the client's own request."),
        (Topic, Database) => ("cannot write rows", "Put a function or a queue between."),
        (Topic, Bus) => ("does not deliver to event buses", "Put a function between that puts the events."),
        (Topic, Gateway) => {
            ("delivers to HTTP endpoints, queues, functions and e-mail", "Subscribe the function behind the gateway.")
        }
        (Topic, Topic) => {
            ("does not deliver to another topic", "Subscribe a function that publishes again, or use a bus.")
        }
        (Queue, Database | Mailer | Endpoint) => ("does not push: something has to poll it", "Put a function between."),
        (Queue, Topic | Bus | Gateway) => {
            ("does not push: something has to poll it", "Put a function between that forwards.")
        }
        (Bus, _) => ("delivers only through rules", "Add a rule, then connect the rule to its target."),
        (_, Rule) => ("is not an event bus, and rules belong to a bus", "Send to the bus; its rules decide."),
        (Rule, Database | Mailer) => ("has no such target", "Put a function between."),
        (Rule, Gateway) => {
            ("reaches a gateway only as an API destination", "Target the function behind it, or an HTTP endpoint.")
        }
        (Gateway, Database | Mailer) => {
            ("integrates with functions, queues, topics, buses and HTTP endpoints", "Put a function between.")
        }
        (Gateway, Gateway) => {
            ("would only add a second hop", "Connect both to the function, or call the second as an HTTP endpoint.")
        }
        (Client, Database | Mailer) => ("should not reach into the back end", "Put a gateway and a function between."),
        (Client, Endpoint) => ("calls gateways and functions here", "Put a gateway between."),
        _ => ("cannot be connected to that", "Put a function between."),
    };
    Some(Refusal { reason: format!("A {} {reason}.", from.name()), detour })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_either_allowed_or_refused_with_a_reason_and_a_detour() {
        for from in NodeKind::ALL {
            for to in NodeKind::ALL {
                match refusal(from, to) {
                    None => assert!(!edge_kinds(from, to).is_empty()),
                    Some(refusal) => {
                        assert!(edge_kinds(from, to).is_empty());
                        assert!(refusal.reason.len() > 15 && !refusal.detour.is_empty(), "{from:?} → {to:?}");
                    }
                }
            }
        }
    }
}
