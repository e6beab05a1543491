//! A function's handler, prepared for running: targets resolved to edges, templates to ids, durations to samplers.

use super::call::{Operation, ResourceId};
use super::journal::Way;
use super::message::MessageId;
use super::payload::{AttributesId, PayloadId, SendTemplates, TemplateId};
use super::world::World;
use crate::diagram::settings::FunctionSettings;
use crate::diagram::{Action, EdgeIndex, EdgeKind, NodeIndex, NodeKind, OnError, Plan, Template};
use crate::kernel::Sampler;
use serde_json::Value;

#[derive(Clone, Debug, Default)]
pub struct Program {
    pub stages: Vec<Vec<Step>>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub task: Task,
    /// Microseconds.
    pub timeout: u64,
    pub retries: u16,
    /// Microseconds.
    pub backoff: u64,
    pub on_error: OnError,
}

#[derive(Clone, Debug)]
pub enum Task {
    Work {
        duration: Sampler,
        failure_rate: f64,
    },
    Respond {
        payload: TemplateId,
    },
    Request {
        edge: EdgeIndex,
        way: Way,
        payload: TemplateId,
        attributes: Vec<(String, String, TemplateId)>,
        kind: RequestKind,
    },
}

/// What a request asks for; what depends on the message is still a template.
#[derive(Clone, Copy, Debug)]
pub enum RequestKind {
    Http { resource: ResourceId, headers: PayloadId },
    Invoke { resource: ResourceId },
    InvokeLater,
    Send(SendTemplates),
    Publish(SendTemplates),
    PublishBatch,
    PutEvents { source: PayloadId, detail_type: PayloadId },
    PutEntries,
    Write { table: PayloadId, key: TemplateId, idempotent: bool },
    Read { table: PayloadId, key: TemplateId, otherwise: PayloadId },
    Email { recipient: TemplateId, subject: TemplateId },
}

impl RequestKind {
    /// Whether the service sees that what is sent comes from this invocation: through functions, queues and topics, not
    /// through buses and over HTTP (invocation-recursion).
    pub fn carries_lineage(self) -> bool {
        matches!(
            self,
            RequestKind::Invoke { .. } | RequestKind::InvokeLater | RequestKind::Send(_) | RequestKind::Publish(_)
        )
    }

    pub fn operation(self, world: &mut World, message: PayloadId, result: PayloadId) -> Operation {
        let mut apply = |template| world.payloads.apply(template, message, result);
        match self {
            RequestKind::Http { resource, headers } => Operation::Http { resource, headers },
            RequestKind::Invoke { resource } => Operation::Invoke { resource },
            RequestKind::InvokeLater => Operation::InvokeLater,
            RequestKind::Send(_) => Operation::SendMessage,
            RequestKind::Publish(_) => Operation::Publish,
            RequestKind::PublishBatch => Operation::PublishBatch,
            RequestKind::PutEvents { source, detail_type } => Operation::PutEvents { source, detail_type },
            RequestKind::PutEntries => Operation::PutEntries,
            RequestKind::Write { table, key, idempotent } => Operation::Write { table, key: apply(key), idempotent },
            RequestKind::Read { table, key, otherwise } => Operation::Read { table, key: apply(key), otherwise },
            RequestKind::Email { recipient, subject } => {
                Operation::SendEmail { recipient: apply(recipient), subject: apply(subject) }
            }
        }
    }
}

impl RequestKind {
    /// Gives the message what its sender says about it.
    pub fn label(self, message: MessageId, from: PayloadId, result: PayloadId, world: &mut World) {
        if let RequestKind::Send(options) | RequestKind::Publish(options) = self {
            options.label(message, from, result, world);
        }
    }
}

impl Program {
    pub fn compile(plan: &Plan, node: NodeIndex, settings: &FunctionSettings, world: &mut World) -> Program {
        let stages = settings.handler.stages.iter().map(|stage| {
            stage
                .iter()
                .filter_map(|step| {
                    Some(Step {
                        task: compile(plan, node, &step.action, world)?,
                        timeout: step.timeout,
                        retries: step.retries as u16,
                        backoff: step.backoff,
                        on_error: step.on_error,
                    })
                })
                .collect()
        });
        Program { stages: stages.collect() }
    }
}

/// `None` where the edge is gone; a checked plan has all of them.
fn compile(plan: &Plan, node: NodeIndex, action: &Action, world: &mut World) -> Option<Task> {
    let edge = |to, kind: EdgeKind| plan.edge_between(node, plan.find_node(to)?, kind);
    let task = match action {
        Action::Work { duration, failure_rate } => {
            Task::Work { duration: Sampler::new(duration), failure_rate: *failure_rate }
        }
        Action::Respond { payload } => Task::Respond { payload: world.payloads.add_template(payload) },
        Action::Call { to, method, path, payload, headers, asynchronous } => {
            let edge = edge(*to, EdgeKind::Call)?;
            let resource = world.resource(method, path);
            let kind = match plan.node(plan.edge(edge).to).kind {
                NodeKind::Function if *asynchronous => RequestKind::InvokeLater,
                NodeKind::Function => RequestKind::Invoke { resource },
                _ => RequestKind::Http { resource, headers: world.payloads.intern(headers.clone()) },
            };
            request(edge, kind, payload, &[], world)
        }
        Action::Send { to, payload, attributes, options } => {
            let kind = RequestKind::Send(SendTemplates::new(options, &mut world.payloads));
            request(edge(*to, EdgeKind::Send)?, kind, payload, attributes, world)
        }
        Action::Publish { to, payload, attributes, options } => {
            let kind = RequestKind::Publish(SendTemplates::new(options, &mut world.payloads));
            request(edge(*to, EdgeKind::Publish)?, kind, payload, attributes, world)
        }
        Action::PublishBatch { to, entries } => {
            request(edge(*to, EdgeKind::Publish)?, RequestKind::PublishBatch, entries, &[], world)
        }
        Action::PutEntries { to, entries } => {
            request(edge(*to, EdgeKind::PutEvents)?, RequestKind::PutEntries, entries, &[], world)
        }
        Action::PutEvents { to, source, detail_type, detail } => {
            let source = world.payloads.intern(Value::String(source.clone()));
            let detail_type = world.payloads.intern(Value::String(detail_type.clone()));
            let kind = RequestKind::PutEvents { source, detail_type };
            request(edge(*to, EdgeKind::PutEvents)?, kind, detail, &[], world)
        }
        Action::Write { to, table, key, row, idempotent } => {
            let table = world.payloads.intern(Value::String(table.clone()));
            let key = world.payloads.add_template(key);
            let kind = RequestKind::Write { table, key, idempotent: *idempotent };
            request(edge(*to, EdgeKind::Query)?, kind, row, &[], world)
        }
        Action::Read { to, table, key, otherwise } => {
            let table = world.payloads.intern(Value::String(table.clone()));
            let key = world.payloads.add_template(key);
            let otherwise = world.payloads.intern(otherwise.clone());
            let kind = RequestKind::Read { table, key, otherwise };
            request(edge(*to, EdgeKind::Query)?, kind, &Template::message(), &[], world)
        }
        Action::Email { to, recipient, subject, body } => {
            let recipient = world.payloads.add_template(recipient);
            let subject = world.payloads.add_template(subject);
            request(edge(*to, EdgeKind::Email)?, RequestKind::Email { recipient, subject }, body, &[], world)
        }
    };
    Some(task)
}

fn request(
    edge: EdgeIndex,
    kind: RequestKind,
    payload: &Template,
    attributes: &[(String, String, Template)],
    world: &mut World,
) -> Task {
    let way = match kind {
        RequestKind::InvokeLater
        | RequestKind::Send(_)
        | RequestKind::Publish(_)
        | RequestKind::PublishBatch
        | RequestKind::PutEvents { .. }
        | RequestKind::PutEntries => Way::Message,
        _ => Way::Request,
    };
    let payload = world.payloads.add_template(payload);
    let attributes = attributes
        .iter()
        .map(|(name, kind, value)| (name.clone(), kind.clone(), world.payloads.add_template(value)))
        .collect();
    Task::Request { edge, way, payload, attributes, kind }
}

impl Task {
    /// The attributes that go with a request about this message.
    pub fn attributes(&self, world: &mut World, message: PayloadId, result: PayloadId) -> AttributesId {
        match self {
            Task::Request { attributes, .. } if !attributes.is_empty() => {
                let list = attributes
                    .iter()
                    .map(|(name, kind, value)| {
                        let value = world.payloads.apply(*value, message, result);
                        let text = match &world.payloads.get(value).value {
                            Value::String(text) => text.clone(),
                            other => other.to_string(),
                        };
                        (name.clone(), kind.clone(), text)
                    })
                    .collect();
                world.payloads.intern_attributes(list)
            }
            _ => AttributesId::NONE,
        }
    }
}
