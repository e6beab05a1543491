//! What an imported template leaves open: steps that were guessed, and deliveries that nobody allows.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::EdgeKind;
use crate::diagram::edit::{Change, Edit};
use crate::diagram::settings::{Access, EdgeSettings};
use serde_json::Value;

/// A handler with steps that an import has guessed.
pub const GUESSED: Rule = Rule {
    id: "guessed-handler",
    severity: Severity::Hint,
    why: phrase!(
        "A template does not hold what the code does. These steps follow from the function's permissions, environment and event sources; each says from what."
    ),
    source: "model",
    find: |design| {
        let guessed = design.functions().filter_map(|(node, _)| {
            let id = design.plan.node(node).id;
            let handler = design.document.node(id)?.settings.get("Handler")?;
            let mut checked = handler.clone();
            let count = forget_guesses(&mut checked);
            let message = tr!("The handler of “{}” is a guess: check it.", design.name(node));
            let edit = Edit::set(design.document, id, "Handler", checked);
            let label = tr!("Keep the handler of {} as it is", design.name(node));
            let fix = Some(Change::labelled(label, edit));
            (count > 0).then_some(Found { fix, ..Found::new(id, message).about("Handler") })
        });
        guessed.collect()
    },
};

/// Takes the notes off; gives how many there were.
fn forget_guesses(value: &mut Value) -> usize {
    match value {
        Value::Array(items) => items.iter_mut().map(forget_guesses).sum(),
        Value::Object(fields) if fields.contains_key("step") => {
            let own = fields.shift_remove("guess").is_some_and(|guess| guess != "");
            usize::from(own) + fields.values_mut().map(forget_guesses).sum::<usize>()
        }
        _ => 0,
    }
}

/// A receiver whose policy refuses what is delivered to it, or that is gone.
pub const NO_ACCESS: Rule = Rule {
    id: "delivery-not-allowed",
    severity: Severity::Error,
    why: phrase!(
        "Nothing arrives, and it is not tried again: topics and rules count it as a client-side error, gateways answer 500. The receiver's resource policy has to allow the service with this source."
    ),
    source: "sns-dead-letter-queues; eb-rule-dlq",
    find: |design| {
        let mut found = Vec::new();
        for kind in [EdgeKind::Subscription, EdgeKind::Target, EdgeKind::Integration] {
            found.extend(design.edges(kind).filter_map(|edge| refused(design, edge)));
        }
        found
    },
};

fn refused(design: &Design<'_>, edge: crate::diagram::EdgeIndex) -> Option<Found> {
    let edge = design.plan.edge(edge);
    let access = match &edge.settings {
        EdgeSettings::Subscription(subscription) => subscription.access,
        EdgeSettings::Target(target) => target.access,
        EdgeSettings::Route(route) if !route.allowed => Access::Denied,
        _ => Access::Allowed,
    };
    let (from, to) = (design.name(edge.from), design.name(edge.to));
    let message = match access {
        Access::Allowed => return None,
        Access::Denied if edge.kind == EdgeKind::Integration => {
            tr!("No policy of “{to}” lets “{from}” invoke it: every request is answered 500.", to = to, from = from)
        }
        Access::Denied => tr!("No policy of “{to}” lets “{from}” deliver to it.", to = to, from = from),
        Access::Deleted => tr!("“{from}” delivers to “{to}”, which is gone.", from = from, to = to),
    };
    Some(Found::new(edge.id, message).set(design, edge.id, "Access", Value::Null))
}
