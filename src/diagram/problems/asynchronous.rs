//! Functions that are invoked asynchronously.

use super::{Design, Found, Rule, Severity};
use crate::diagram::document::EdgeKind;
use crate::diagram::handler::Action;
use crate::diagram::plan::NodeIndex;

/// Topic → function, and nowhere for what fails three times.
pub const NO_DESTINATION: Rule = Rule {
    id: "no-failure-destination",
    severity: Severity::Warning,
    why: phrase!(
        "An event that fails is tried twice more and then dropped; nobody learns of it. Connect the function to a queue for its failures."
    ),
    source: "invocation-async-retain-records",
    find: |design| {
        let lost = design.functions().filter(|(node, _)| {
            is_asynchronous(design, *node) && !design.has_outgoing(*node, &[EdgeKind::OnFailure, EdgeKind::DeadLetter])
        });
        lost.map(|(node, _)| {
            let message = tr!("“{}” has nowhere to put events that it cannot work on.", design.name(node));
            Found::new(design.plan.node(node).id, message)
        })
        .collect()
    },
};

/// Whether somebody hands it events and does not wait.
pub fn is_asynchronous(design: &Design<'_>, node: NodeIndex) -> bool {
    let id = design.plan.node(node).id;
    let called_so = design.functions().any(|(_, settings)| {
        settings
            .handler
            .all_steps()
            .into_iter()
            .any(|step| matches!(&step.action, Action::Call { to, asynchronous: true, .. } if *to == id))
    });
    called_so
        || design
            .has_incoming(node, &[EdgeKind::Subscription, EdgeKind::Target, EdgeKind::OnSuccess, EdgeKind::OnFailure])
}
