//! What the tester was opened for: a rule, a subscription, a bus, or nothing of the diagram.

use super::verdict::Mode;
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeKind, NodeKind};
use crate::rules::Scope;
use crate::simulation::{Command, NodeView, Simulation};
use serde_json::Value;
use uuid::Uuid;

/// What the tester works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    Nothing,
    /// A rule node, whose pattern can be put back.
    Rule(Uuid),
    /// A subscription, whose filter policy can be put back.
    Subscription(Uuid),
    Bus(Uuid),
}

/// The texts that a subject brings along; what it does not have is `None`.
pub struct Texts {
    pub mode: Mode,
    pub left: Option<String>,
    pub event: Option<String>,
    pub attributes: Option<String>,
    pub body: Option<String>,
}

impl Subject {
    /// The subject that a node or an edge makes, if it makes one.
    pub fn of(simulation: &Simulation, id: Uuid) -> Option<Subject> {
        let plan = simulation.plan();
        match (plan.find_node(id), plan.find_edge(id)) {
            (Some(node), _) => match plan.node(node).kind {
                NodeKind::Rule => Some(Subject::Rule(id)),
                NodeKind::Bus => Some(Subject::Bus(id)),
                _ => None,
            },
            (None, Some(edge)) => (plan.edge(edge).kind == EdgeKind::Subscription).then_some(Subject::Subscription(id)),
            (None, None) => None,
        }
    }

    pub fn id(self) -> Option<Uuid> {
        match self {
            Subject::Nothing => None,
            Subject::Rule(id) | Subject::Subscription(id) | Subject::Bus(id) => Some(id),
        }
    }

    pub fn texts(self, simulation: &Simulation) -> Option<Texts> {
        let plan = simulation.plan();
        let setting = |id: Uuid, name: &str| -> Option<String> {
            let document = simulation.document();
            let node = document.node(id).map(|node| &node.settings);
            let settings = node.or_else(|| document.edges.iter().find(|edge| edge.id == id).map(|edge| &edge.settings));
            settings?.get(name).filter(|value| !value.is_null()).map(|value| format!("{value:#}"))
        };
        let latest = |node| match simulation.view(node) {
            NodeView::Bus(bus) => bus.recent.into_iter().next(),
            NodeView::Topic(topic) => topic.recent.into_iter().next(),
            _ => None,
        };
        let texts = |mode, left| Texts { mode, left, event: None, attributes: None, body: None };
        match self {
            Subject::Nothing => None,
            Subject::Bus(id) => {
                let event = latest(plan.find_node(id)?).map(|message| message.body);
                Some(Texts { event, ..texts(Mode::Pattern, None) })
            }
            Subject::Rule(id) => {
                let event = self.receiver(simulation).and_then(|bus| latest(plan.find_node(bus)?));
                let event = event.map(|message| message.body);
                Some(Texts { event, ..texts(Mode::Pattern, setting(id, "EventPattern")) })
            }
            Subject::Subscription(id) => {
                let edge = plan.edge(plan.find_edge(id)?);
                let EdgeSettings::Subscription(settings) = &edge.settings else { return None };
                let of_body = settings.filter.as_ref().is_some_and(|filter| filter.scope() == Scope::MessageBody);
                let mode = if of_body { Mode::Body } else { Mode::Attributes };
                let message = latest(edge.from);
                let attributes = message.as_ref().and_then(|message| message.attributes.clone());
                let left = setting(id, "FilterPolicy");
                Some(Texts { attributes, body: message.map(|message| message.body), ..texts(mode, left) })
            }
        }
    }

    /// The bus or topic that an event can be sent to: the subject's own, else the diagram's first bus.
    pub fn receiver(self, simulation: &Simulation) -> Option<Uuid> {
        let plan = simulation.plan();
        let before = |id: Uuid| {
            let node = plan.find_node(id)?;
            plan.edges.iter().find(|edge| edge.to == node && !edge.removed).map(|edge| plan.node(edge.from).id)
        };
        match self {
            Subject::Bus(id) => Some(id),
            Subject::Rule(id) => before(id),
            Subject::Subscription(id) => plan.find_edge(id).map(|edge| plan.node(plan.edge(edge).from).id),
            Subject::Nothing => {
                plan.nodes.iter().find(|node| node.kind == NodeKind::Bus && !node.removed).map(|node| node.id)
            }
        }
    }

    /// The commands that put a pattern or a policy back where it came from.
    pub fn put_back(self, mode: Mode, left: Value) -> Vec<Command> {
        let set = |target: Uuid, name: &str, value: Value| Command::Set { target, setting: name.to_string(), value };
        match (self, mode) {
            (Subject::Rule(id), Mode::Pattern) => vec![set(id, "EventPattern", left)],
            (Subject::Subscription(id), Mode::Attributes | Mode::Body) => {
                let scope = if mode == Mode::Body { "MessageBody" } else { "MessageAttributes" };
                // The old policy need not suit the new scope, so it goes first.
                vec![
                    set(id, "FilterPolicy", Value::Null),
                    set(id, "FilterPolicyScope", scope.into()),
                    set(id, "FilterPolicy", left),
                ]
            }
            _ => Vec::new(),
        }
    }
}
