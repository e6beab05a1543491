//! A function's handler, prepared for running: targets resolved to edges, templates to ids, durations to samplers.

use super::call::{Operation, ResourceId};
use super::journal::Way;
use super::message::{MessageId, Serial};
use super::payload::{AttributesId, PayloadId, SendTemplates, TemplateId};
use super::world::World;
use crate::diagram::settings::FunctionSettings;
use crate::diagram::{
    Action, Breaker, Condition, EdgeIndex, EdgeKind, NodeIndex, NodeKind, OnError, Plan, Step, Template,
};
use crate::kernel::{Sampler, Time};
use serde_json::{Value, json};
use uuid::Uuid;

/// A handler as instructions. Lists of steps follow each other; jumps lead around what is not to be done.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub instructions: Vec<Instruction>,
    pub conditions: Vec<Condition>,
    pub breakers: Vec<Breaker>,
}

#[derive(Clone, Debug)]
pub struct Instruction {
    pub task: Task,
    /// Microseconds.
    pub timeout: u64,
    pub retries: u16,
    /// Microseconds.
    pub backoff: u64,
    /// Of [`Program::breakers`].
    pub breaker: Option<u16>,
    /// Where it goes on after a failure; `None` where the branch fails.
    pub on_error: Option<u32>,
}

#[derive(Clone, Debug)]
pub enum Task {
    Work {
        duration: Sampler,
        failure_rate: f64,
        /// The work's share of a processor that there is, as a fraction: it takes so much longer.
        processor: (u64, u64),
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
    Throw {
        error: PayloadId,
        probability: f64,
        crash: bool,
    },
    /// Fails as what was caught before.
    Rethrow,
    /// Goes on there where the condition does not hold.
    Unless {
        condition: u16,
        to: u32,
    },
    Jump {
        to: u32,
    },
    /// Runs branches from these places on at the same time, then goes on at `join`.
    Fork {
        branches: Vec<u32>,
        join: u32,
    },
    /// The end of a branch, or of the handler.
    End,
    /// Puts something in place of the result that failed.
    Result {
        payload: TemplateId,
    },
    /// Starts to count rounds of a relay.
    FirstRound,
    /// Goes back there for another round, as long as there are not `maximum`.
    NextRound {
        to: u32,
        maximum: u32,
    },
    /// Gives an event that was not relayed back to the outbox, and forgets it.
    LetGo {
        edge: EdgeIndex,
    },
}

/// What a request asks for; what depends on the message is still a template.
#[derive(Clone, Copy, Debug)]
pub enum RequestKind {
    Http {
        resource: ResourceId,
        headers: PayloadId,
    },
    Invoke {
        resource: ResourceId,
    },
    InvokeLater,
    Send(SendTemplates),
    SendBatch,
    Publish(SendTemplates),
    PublishBatch,
    PutEvents {
        source: PayloadId,
        detail_type: PayloadId,
    },
    PutEntries,
    Write {
        table: PayloadId,
        key: TemplateId,
        idempotent: bool,
        event: Option<TemplateId>,
    },
    Read {
        table: PayloadId,
        key: TemplateId,
        otherwise: PayloadId,
    },
    Email {
        recipient: TemplateId,
        subject: TemplateId,
    },
    /// Begins something that is to be done once; done already, it goes on at `done`.
    Claim {
        table: PayloadId,
        key: TemplateId,
        done: u32,
    },
    /// Marks it as done for so many microseconds, or as not begun.
    Settle {
        table: PayloadId,
        key: TemplateId,
        keep: Option<u64>,
    },
    /// Takes an event out of the outbox; without one it goes on at `none`.
    TakeEvent {
        none: u32,
    },
    EventDone,
}

impl RequestKind {
    /// Whether the service sees that what is sent comes from this invocation: through functions, queues and topics, not
    /// through buses and over HTTP (invocation-recursion).
    pub fn carries_lineage(self) -> bool {
        matches!(
            self,
            RequestKind::Invoke { .. }
                | RequestKind::InvokeLater
                | RequestKind::Send(_)
                | RequestKind::SendBatch
                | RequestKind::Publish(_)
                | RequestKind::PublishBatch
        )
    }

    /// `until`: when the invocation's time is up. `event`: the one from the outbox that is being relayed.
    pub fn operation(
        self,
        world: &mut World,
        message: PayloadId,
        result: PayloadId,
        until: Time,
        event: Serial,
    ) -> Operation {
        let now = world.now;
        let mut apply = |template| world.payloads.apply(template, message, result);
        match self {
            RequestKind::Http { resource, headers } => Operation::Http { resource, headers },
            RequestKind::Invoke { resource } => Operation::Invoke { resource },
            RequestKind::InvokeLater => Operation::InvokeLater,
            RequestKind::Send(_) => Operation::SendMessage,
            RequestKind::SendBatch => Operation::SendBatch,
            RequestKind::Publish(_) => Operation::Publish,
            RequestKind::PublishBatch => Operation::PublishBatch,
            RequestKind::PutEvents { source, detail_type } => Operation::PutEvents { source, detail_type },
            RequestKind::PutEntries => Operation::PutEntries,
            RequestKind::Write { table, key, idempotent, event } => {
                let event = event.map_or(PayloadId::NULL, &mut apply);
                Operation::Write { table, key: apply(key), idempotent, event }
            }
            RequestKind::Read { table, key, otherwise } => Operation::Read { table, key: apply(key), otherwise },
            RequestKind::Email { recipient, subject } => {
                Operation::SendEmail { recipient: apply(recipient), subject: apply(subject) }
            }
            RequestKind::Claim { table, key, .. } => Operation::Claim { table, key: apply(key), until },
            RequestKind::Settle { table, key, keep } => {
                Operation::Settle { table, key: apply(key), until: keep.map(|keep| now + keep) }
            }
            RequestKind::TakeEvent { .. } => Operation::TakeEvent { event: 0, until },
            RequestKind::EventDone => Operation::EventDone { event, sent: true },
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
        let mut compiler = Compiler { plan, node, settings, world, program: Program::default() };
        compiler.list(&settings.handler.steps, None);
        compiler.add(Task::End, None);
        compiler.program
    }
}

/// CPU power comes with memory; one whole processor at this many megabytes: configuration-memory.
pub const MEMORY_OF_ONE_PROCESSOR: u64 = 1_769;

struct Compiler<'a> {
    plan: &'a Plan,
    node: NodeIndex,
    settings: &'a FunctionSettings,
    world: &'a mut World,
    program: Program,
}

impl Compiler<'_> {
    fn here(&self) -> u32 {
        self.program.instructions.len() as u32
    }

    fn add(&mut self, task: Task, on_error: Option<u32>) -> u32 {
        let place = self.here();
        self.program.instructions.push(Instruction {
            task,
            timeout: 3_000_000,
            retries: 0,
            backoff: 0,
            breaker: None,
            on_error,
        });
        place
    }

    fn jump(&mut self) -> u32 {
        self.add(Task::Jump { to: 0 }, None)
    }

    /// Makes the jump or condition at `place` lead here.
    fn land(&mut self, place: u32) {
        let here = self.here();
        match self.program.instructions.get_mut(place as usize).map(|instruction| &mut instruction.task) {
            Some(Task::Jump { to } | Task::Unless { to, .. }) => *to = here,
            Some(Task::Fork { join, .. }) => *join = here,
            Some(Task::Request {
                kind: RequestKind::Claim { done: to, .. } | RequestKind::TakeEvent { none: to },
                ..
            }) => {
                *to = here;
            }
            _ => {}
        }
    }

    /// `handler`: where errors go that a step does not catch itself.
    fn list(&mut self, steps: &[Step], handler: Option<u32>) {
        for step in steps {
            self.step(step, handler);
        }
    }

    fn step(&mut self, step: &Step, handler: Option<u32>) {
        let skip = step.condition.as_ref().map(|condition| {
            self.program.conditions.push(condition.clone());
            let condition = self.program.conditions.len() as u16 - 1;
            self.add(Task::Unless { condition, to: 0 }, None)
        });
        // What catches errors stands in front of what may throw them.
        let catch = match &step.on_error {
            OnError::Fail => None,
            caught => {
                let over = self.jump();
                let catch = self.here();
                match caught {
                    OnError::Fallback(payload) => {
                        let payload = self.world.payloads.add_template(payload);
                        self.add(Task::Result { payload }, None);
                    }
                    OnError::Steps(steps) => self.list(steps, handler),
                    OnError::Fail | OnError::Continue => {}
                }
                let out = self.jump();
                self.land(over);
                Some((catch, out))
            }
        };
        let on_error = catch.map(|(catch, _)| catch).or(handler);
        self.action(step, skip, on_error);
        if let Some((_, out)) = catch {
            self.land(out);
        }
        if let (Some(skip), false) = (skip, matches!(step.action, Action::If { .. })) {
            self.land(skip);
        }
    }

    fn action(&mut self, step: &Step, skip: Option<u32>, on_error: Option<u32>) {
        match &step.action {
            Action::If { then, otherwise } => {
                self.list(then, on_error);
                let out = self.jump();
                if let Some(skip) = skip {
                    self.land(skip);
                }
                self.list(otherwise, on_error);
                self.land(out);
            }
            Action::Parallel { branches } => {
                let fork = self.add(Task::Fork { branches: Vec::new(), join: 0 }, on_error);
                let mut places = Vec::with_capacity(branches.len());
                for branch in branches {
                    places.push(self.here());
                    self.list(branch, None);
                    self.add(Task::End, None);
                }
                if let Some(Task::Fork { branches, .. }) =
                    self.program.instructions.get_mut(fork as usize).map(|instruction| &mut instruction.task)
                {
                    *branches = places;
                }
                self.land(fork);
            }
            Action::Idempotency { to, table, key, expires, steps } => {
                let Some(edge) = self.edge(*to, EdgeKind::Query) else { return };
                let table = self.text(table);
                let key = self.world.payloads.add_template(key);
                let claim = self.ask(
                    step,
                    edge,
                    RequestKind::Claim { table, key, done: 0 },
                    json!({ "status": "INPROGRESS" }),
                    on_error,
                );
                let over = self.jump();
                let release = self.here();
                // If this fails too, the record is in the way until the invocation's time is up.
                let kind = RequestKind::Settle { table, key, keep: None };
                self.ask(step, edge, kind, Value::Null, Some(release + 1));
                self.add(Task::Rethrow, on_error);
                self.land(over);
                self.list(steps, Some(release));
                let kind = RequestKind::Settle { table, key, keep: Some(*expires) };
                let done = json!({ "status": "COMPLETED", "data": "{{result}}" });
                self.ask(step, edge, kind, done, Some(release));
                self.land(claim);
            }
            Action::Relay { to, maximum, steps } => {
                let Some(edge) = self.edge(*to, EdgeKind::Query) else { return };
                self.add(Task::FirstRound, None);
                let take = self.ask(step, edge, RequestKind::TakeEvent { none: 0 }, Value::Null, on_error);
                let over = self.jump();
                let let_go = self.add(Task::LetGo { edge }, None);
                self.add(Task::Rethrow, on_error);
                self.land(over);
                self.list(steps, Some(let_go));
                self.ask(step, edge, RequestKind::EventDone, Value::Null, Some(let_go));
                self.add(Task::NextRound { to: take, maximum: *maximum }, None);
                self.land(take);
            }
            simple => {
                if let Some(task) = self.simple(simple) {
                    let place = self.add(task, on_error);
                    self.equip(place, step);
                }
            }
        }
    }

    /// Gives an instruction what the step says about time, retries and circuit breaker.
    fn equip(&mut self, place: u32, step: &Step) {
        let breaker = step.breaker.map(|breaker| {
            self.program.breakers.push(breaker);
            self.program.breakers.len() as u16 - 1
        });
        if let Some(instruction) = self.program.instructions.get_mut(place as usize) {
            instruction.timeout = step.timeout;
            instruction.retries = step.retries as u16;
            instruction.backoff = step.backoff;
            instruction.breaker = breaker;
        }
    }

    /// A request to a database that a step needs for itself.
    fn ask(&mut self, step: &Step, edge: EdgeIndex, kind: RequestKind, body: Value, on_error: Option<u32>) -> u32 {
        let body = Template::parse(&body, "").unwrap_or(Template::message());
        let task = request(edge, kind, &body, &[], self.world);
        let place = self.add(task, on_error);
        self.equip(place, step);
        place
    }

    /// `None` where the edge is gone; a checked plan has all of them.
    fn edge(&self, to: Uuid, kind: EdgeKind) -> Option<EdgeIndex> {
        self.plan.edge_between(self.node, self.plan.find_node(to)?, kind)
    }

    fn text(&mut self, text: &str) -> PayloadId {
        self.world.payloads.intern(Value::String(text.to_string()))
    }

    fn simple(&mut self, action: &Action) -> Option<Task> {
        let task = match action {
            Action::Work { duration, failure_rate, cpu_bound } => {
                let memory = self.settings.memory.min(MEMORY_OF_ONE_PROCESSOR);
                let processor = if *cpu_bound { (memory, MEMORY_OF_ONE_PROCESSOR) } else { (1, 1) };
                Task::Work { duration: Sampler::new(duration), failure_rate: *failure_rate, processor }
            }
            Action::Respond { payload } => Task::Respond { payload: self.world.payloads.add_template(payload) },
            Action::Throw { error, message, probability, crash } => {
                let error = if *crash {
                    json!({ "errorType": "Runtime.ExitError",
                            "errorMessage": "RequestId: {{requestId}} Error: Runtime exited with error" })
                } else {
                    json!({ "errorType": error, "errorMessage": message })
                };
                Task::Throw { error: self.world.payloads.intern(error), probability: *probability, crash: *crash }
            }
            Action::Call { to, method, path, payload, headers, asynchronous } => {
                let edge = self.edge(*to, EdgeKind::Call)?;
                let resource = self.world.resource(method, path);
                let kind = match self.plan.node(self.plan.edge(edge).to).kind {
                    NodeKind::Function if *asynchronous => RequestKind::InvokeLater,
                    NodeKind::Function => RequestKind::Invoke { resource },
                    _ => RequestKind::Http { resource, headers: self.world.payloads.intern(headers.clone()) },
                };
                request(edge, kind, payload, &[], self.world)
            }
            Action::Send { to, payload, attributes, options } => {
                let kind = RequestKind::Send(SendTemplates::new(options, &mut self.world.payloads));
                request(self.edge(*to, EdgeKind::Send)?, kind, payload, attributes, self.world)
            }
            Action::SendBatch { to, entries } => {
                request(self.edge(*to, EdgeKind::Send)?, RequestKind::SendBatch, entries, &[], self.world)
            }
            Action::Publish { to, payload, attributes, options } => {
                let kind = RequestKind::Publish(SendTemplates::new(options, &mut self.world.payloads));
                request(self.edge(*to, EdgeKind::Publish)?, kind, payload, attributes, self.world)
            }
            Action::PublishBatch { to, entries } => {
                request(self.edge(*to, EdgeKind::Publish)?, RequestKind::PublishBatch, entries, &[], self.world)
            }
            Action::PutEntries { to, entries } => {
                request(self.edge(*to, EdgeKind::PutEvents)?, RequestKind::PutEntries, entries, &[], self.world)
            }
            Action::PutEvents { to, source, detail_type, detail } => {
                let (source, detail_type) = (self.text(source), self.text(detail_type));
                let kind = RequestKind::PutEvents { source, detail_type };
                request(self.edge(*to, EdgeKind::PutEvents)?, kind, detail, &[], self.world)
            }
            Action::Write { to, table, key, row, idempotent, event } => {
                let table = self.text(table);
                let key = self.world.payloads.add_template(key);
                let event = event.as_ref().map(|event| self.world.payloads.add_template(event));
                let kind = RequestKind::Write { table, key, idempotent: *idempotent, event };
                request(self.edge(*to, EdgeKind::Query)?, kind, row, &[], self.world)
            }
            Action::Read { to, table, key, otherwise } => {
                let table = self.text(table);
                let key = self.world.payloads.add_template(key);
                let otherwise = self.world.payloads.intern(otherwise.clone());
                let kind = RequestKind::Read { table, key, otherwise };
                request(self.edge(*to, EdgeKind::Query)?, kind, &Template::message(), &[], self.world)
            }
            Action::Email { to, recipient, subject, body } => {
                let recipient = self.world.payloads.add_template(recipient);
                let subject = self.world.payloads.add_template(subject);
                let kind = RequestKind::Email { recipient, subject };
                request(self.edge(*to, EdgeKind::Email)?, kind, body, &[], self.world)
            }
            Action::Parallel { .. } | Action::If { .. } | Action::Idempotency { .. } | Action::Relay { .. } => {
                return None;
            }
        };
        Some(task)
    }
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
        | RequestKind::SendBatch
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
