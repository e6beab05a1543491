//! A rule of an event bus: makes of each event what its targets need, and delivers it with retries.

use super::call::{CallId, Operation};
use super::component::Component;
use super::delivery::{Counts, GIVEN_UP, Retries, can_retry, deliver, give_up, keep_places, rule_pause};
use super::journal::Status;
use super::message::{Ending, MessageId, Reason};
use super::payload::PayloadId;
use super::world::{Context, Event, Reply, World};
use crate::diagram::settings::{EdgeSettings, TargetInput};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, Plan};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::Value;

const TIMER_RETRY: u8 = 0;

#[derive(Clone, Debug)]
pub struct Target {
    pub edge: EdgeIndex,
    pub to: NodeIndex,
    kind: NodeKind,
    input: TargetInput,
    maximum_retries: u32,
    maximum_age: u64,
    dead_letter_queue: Option<Component>,
    /// The edge is gone; what is under way to it still comes back.
    removed: bool,
    pub counts: Counts,
}

#[derive(Clone, Debug)]
pub struct Rule {
    name: String,
    pub targets: Vec<Target>,
    retries: Retries,
    /// What a target gets of an event.
    inputs: FxHashMap<(usize, PayloadId), PayloadId>,
    pub matched: u64,
}

impl Rule {
    pub fn new(plan: &Plan, node: NodeIndex) -> Self {
        let mut rule = Rule {
            name: String::new(),
            targets: Vec::new(),
            retries: Retries::default(),
            inputs: FxHashMap::default(),
            matched: 0,
        };
        rule.configure(plan, node);
        rule
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        self.name = plan.node(node).name.clone();
        let old = std::mem::take(&mut self.targets);
        let mut new = Vec::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            let EdgeSettings::Target(settings) = &planned.settings else { continue };
            let counts = old.iter().find(|known| known.edge == *edge).map_or(Counts::default(), |known| known.counts);
            new.push(Target {
                edge: *edge,
                to: planned.to,
                kind: plan.node(planned.to).kind,
                input: settings.input.clone(),
                maximum_retries: settings.maximum_retries,
                maximum_age: settings.maximum_age,
                dead_letter_queue: settings.dead_letter_queue.and_then(|id| plan.find_node(id)).map(Component::from),
                removed: false,
                counts,
            });
        }
        self.targets = keep_places(old, new, |known| known.edge, |gone| gone.removed = true);
        self.inputs.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.delivered(reply, context);
                }
            }
            Event::Timer { token, .. } => {
                if let Some(retry) = self.retries.take(token) {
                    if let Some(target) = self.targets.get_mut(retry.receiver) {
                        target.counts.retrying = target.counts.retrying.saturating_sub(1);
                    }
                    self.send(retry.receiver, retry.message, context);
                }
            }
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(message) = context.take_message(id) else { return };
        context.reply(id, Status::OK, PayloadId::NULL, None);
        self.matched += 1;
        let Some(last) = self.targets.iter().rposition(|target| !target.removed) else {
            context.end(message, Ending::Dropped(Reason::NobodyListened));
            return;
        };
        let event = context.message(message).payload;
        for index in 0..=last {
            if self.targets[index].removed {
                continue;
            }
            // The last target gets the rule's own copy.
            let copy = if index == last { message } else { context.copy(message) };
            context.message_mut(copy).payload = self.input(index, event, context.world);
            self.send(index, copy, context);
        }
    }

    fn input(&mut self, index: usize, event: PayloadId, world: &mut World) -> PayloadId {
        if let Some(known) = self.inputs.get(&(index, event)) {
            return *known;
        }
        let text = world.payloads.get(event).text.clone();
        let made = match (&self.targets[index].input, rules::Event::parse(&text)) {
            (TargetInput::Path(path), Ok(parsed)) => path.apply(&parsed),
            (TargetInput::Transformer(transformer), Ok(parsed)) => {
                let reserved = rules::Reserved {
                    rule_arn: format!("arn:aws:events:us-east-1:123456789012:rule/{}", self.name),
                    rule_name: self.name.clone(),
                    ingestion_time: "{{time}}".to_string(),
                };
                transformer.apply(&parsed, &reserved)
            }
            _ => None,
        };
        let input = match made {
            None => event,
            // What is not JSON is text.
            Some(made) => world.payloads.intern(serde_json::from_str(&made).unwrap_or(Value::String(made))),
        };
        self.inputs.insert((index, event), input);
        input
    }

    fn send(&mut self, index: usize, message: MessageId, context: &mut Context<'_>) {
        let Some(target) = self.targets.get(index).filter(|target| !target.removed) else {
            context.end(message, Ending::Dropped(Reason::Removed));
            return;
        };
        let operation = match target.kind {
            NodeKind::Queue => Operation::SendMessage,
            NodeKind::Function => Operation::InvokeLater,
            NodeKind::Topic => Operation::Publish,
            NodeKind::Bus => Operation::ForwardEvent,
            _ => Operation::Http { resource: Default::default(), headers: PayloadId::NULL },
        };
        deliver(target.edge, operation, message, index as u64, context);
    }

    fn delivered(&mut self, reply: Reply, context: &mut Context<'_>) {
        let index = reply.tag as usize;
        let Some(target) = self.targets.get_mut(index).filter(|_| reply.tag != GIVEN_UP) else {
            if let Some(message) = reply.message {
                context.end(message, Ending::Dropped(Reason::RetriesExhausted));
            }
            return;
        };
        if reply.status.is_success() {
            target.counts.delivered += 1;
        }
        let Some(message) = reply.message else { return };
        let failures = context.message(message).attempt;
        let age = context.now().since(context.message(message).created);
        let longest = rule_pause(failures);
        // Half of the pause is certain, the other half is drawn.
        let pause = longest / 2 + context.stream().below(longest / 2 + 1);
        if target.removed {
            context.end(message, Ending::Dropped(Reason::Removed));
            return;
        }
        let again = can_retry(reply.status)
            && u32::from(failures) <= target.maximum_retries
            && age + pause <= target.maximum_age;
        if again {
            target.counts.retrying += 1;
            self.retries.wait(message, index, pause, TIMER_RETRY, context);
        } else {
            target.counts.failed += 1;
            give_up(message, target.dead_letter_queue, context);
        }
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.retries.held(visit);
    }

    pub fn retrying(&self) -> u64 {
        self.retries.count()
    }
}
