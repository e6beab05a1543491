//! What may be connected to what, and why not.

use super::document::{EdgeKind, NodeKind};
use crate::language::{filled, translated};

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
            phrase!("A mailer tells topics and buses of bounces and complaints; it starts nothing else."),
            phrase!("Subscribe to that topic, or connect from a function instead."),
        ),
        (Other, _) | (_, Other) => (
            phrase!("A {kind} cannot be connected to a resource that is not simulated."),
            phrase!("Draw what stands behind it instead."),
        ),
        (Database | Endpoint, _) => {
            (phrase!("A {kind} only answers; it starts nothing."), phrase!("Connect from a function instead."))
        }
        (_, Client) => (
            phrase!("A {kind} cannot start a request to a client."),
            phrase!("Answers go back along the client's own request."),
        ),
        (Topic, Database) => (phrase!("A topic cannot write rows."), phrase!("Put a function or a queue between.")),
        (Topic, Bus) => (
            phrase!("A topic does not deliver to event buses."),
            phrase!("Put a function between that puts the events."),
        ),
        (Topic, Gateway) => (
            phrase!("A topic delivers to HTTP endpoints, queues, functions and e-mail."),
            phrase!("Subscribe the function behind the gateway."),
        ),
        (Topic, Topic) => (
            phrase!("A topic does not deliver to another topic."),
            phrase!("Subscribe a function that publishes again, or use a bus."),
        ),
        (Queue, Database | Mailer | Endpoint) => {
            (phrase!("A queue does not push: something has to poll it."), phrase!("Put a function between."))
        }
        (Queue, Topic | Bus | Gateway) => (
            phrase!("A queue does not push: something has to poll it."),
            phrase!("Put a function between that forwards."),
        ),
        (Bus, _) => {
            (phrase!("A bus delivers only through rules."), phrase!("Add a rule, then connect the rule to its target."))
        }
        (_, Rule) => (
            phrase!("A {kind} is not an event bus, and rules belong to a bus."),
            phrase!("Send to the bus; its rules decide."),
        ),
        (Rule, Database | Mailer) => (phrase!("A rule has no such target."), phrase!("Put a function between.")),
        (Rule, Gateway) => (
            phrase!("A rule reaches a gateway only as an API destination."),
            phrase!("Target the function behind it, or an HTTP endpoint."),
        ),
        (Gateway, Database | Mailer) => (
            phrase!("A gateway integrates with functions, queues, topics, buses and HTTP endpoints."),
            phrase!("Put a function between."),
        ),
        (Gateway, Gateway) => (
            phrase!("A gateway would only add a second hop."),
            phrase!("Connect both to the function, or call the second as an HTTP endpoint."),
        ),
        (Client, Database | Mailer) => {
            (phrase!("A client should not reach into the back end."), phrase!("Put a gateway and a function between."))
        }
        (Client, Endpoint) => {
            (phrase!("A client calls gateways and functions here."), phrase!("Put a gateway between."))
        }
        _ => (phrase!("A {kind} cannot be connected to that."), phrase!("Put a function between.")),
    };
    Some(Refusal { reason: filled(translated(reason), &["kind"], &[&from.noun()]), detour: translated(detour) })
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
