//! Writes that leave two rows when a message comes twice.

use super::asynchronous::is_asynchronous;
use super::{Found, Rule, Severity};
use crate::diagram::document::EdgeKind;
use crate::diagram::edit::{AT_END, Change, Edit};
use crate::diagram::handler::Action;
use serde_json::{Map, Value, json};

/// Queue → function → `write` without `idempotent`.
pub const NOT_IDEMPOTENT: Rule = Rule {
    id: "not-idempotent",
    severity: Severity::Hint,
    why: phrase!(
        "Queues, topics, buses and asynchronous invocations deliver at least once. What comes twice is written twice."
    ),
    source: "standard-queues-at-least-once-delivery",
    find: |design| {
        let mut found = Vec::new();
        for (node, settings) in design.functions() {
            let twice = design.has_incoming(node, &[EdgeKind::EventSourceMapping]) || is_asynchronous(design, node);
            let writes = |action: &Action| matches!(action, Action::Write { idempotent: false, .. });
            let guarded = |action: &Action| matches!(action, Action::Idempotency { .. });
            let steps = settings.handler.all_steps();
            let any = |is: fn(&Action) -> bool| steps.iter().any(|step| is(&step.action));
            if !twice || !any(writes) || any(guarded) {
                continue;
            }
            let planned = design.plan.node(node);
            let message = tr!("“{}” writes a second row when a message comes twice.", planned.name);
            let written = design.document.node(planned.id).and_then(|node| node.settings.get("Handler"));
            let fix = written.map(|handler| {
                let edit = Edit::Set {
                    target: planned.id,
                    setting: "Handler".to_string(),
                    value: Some(made_idempotent(handler)),
                    place: AT_END,
                };
                Change::labelled(tr!("Make {} idempotent", planned.name), edit)
            });
            found.push(Found { fix, ..Found::new(planned.id, message).about("Handler") });
        }
        found
    },
};

/// Every step that writes, wherever it stands.
fn made_idempotent(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(made_idempotent).collect(),
        Value::Object(fields) => {
            let mut mended: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), made_idempotent(value))).collect();
            if fields.get("step") == Some(&json!("write")) {
                mended.insert("idempotent".to_string(), true.into());
            }
            Value::Object(mended)
        }
        other => other.clone(),
    }
}
