//! A rule of an event bus: makes of each event what its targets need, and delivers it with retries. A rule with a
//! schedule also fires by itself.

use super::arn::{ACCOUNT, REGION, arn};
use super::call::{CallId, Operation};
use super::component::Component;
use super::delivery::{FIRST_OWN_TIMER, Origin, Policy, Receiver, Receivers};
use super::fault::Activity;
use super::journal::{Status, What};
use super::message::{Ending, MessageId, Reason};
use super::payload::{AttributesId, PayloadId};
use super::world::{Context, Event, World};
use crate::diagram::settings::{EdgeSettings, TargetInput};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::kernel::{Pace, SECOND, Time};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

const TIMER_SCHEDULE: u8 = FIRST_OWN_TIMER;
/// Later than any calendar here goes: what is due then never is.
const END_OF_TIME: Time = Time(10_000_000_000 * SECOND);
/// How long an API destination has to answer: eb-api-destinations.
pub const HTTP_PATIENCE: u64 = 5 * SECOND;

/// What of an event a receiver gets. Stands at the receiver's place.
#[derive(Clone, Debug)]
struct Target {
    input: TargetInput,
    message_group: PayloadId,
}

#[derive(Clone, Debug)]
pub struct Rule {
    name: String,
    arn: String,
    targets: Vec<Target>,
    /// One for each target.
    pub receivers: Receivers,
    /// What a target gets of an event.
    inputs: FxHashMap<(usize, PayloadId), Option<PayloadId>>,
    schedule: Option<rules::Schedule>,
    /// When the schedule began to hold.
    scheduled_since: Time,
    /// When it fires next.
    pub next: Option<Time>,
    /// Tells the present timer from those of earlier schedules.
    timer: u64,
    /// The event that it sends when it fires.
    scheduled_event: PayloadId,
    pub matched: u64,
    pub fired: u64,
}

impl Rule {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Self {
        let mut rule = Rule {
            name: String::new(),
            arn: String::new(),
            targets: Vec::new(),
            receivers: Receivers::default(),
            inputs: FxHashMap::default(),
            schedule: None,
            scheduled_since: Time::ZERO,
            next: None,
            timer: 0,
            scheduled_event: PayloadId::NULL,
            matched: 0,
            fired: 0,
        };
        rule.take_over(plan, node, world);
        rule
    }

    /// Takes over changed settings.
    pub fn configure(&mut self, plan: &Plan, node: NodeIndex, context: &mut Context<'_>) {
        self.take_over(plan, node, context.world);
        self.start(plan, node, context);
    }

    fn take_over(&mut self, plan: &Plan, node: NodeIndex, world: &mut World) {
        self.name = plan.node(node).name.clone();
        self.arn = arn(plan, node);
        self.targets.clear();
        let mut receivers = Vec::new();
        for edge in &plan.node(node).outgoing {
            let Some((target, receiver)) = self.target(plan, *edge, world) else { continue };
            self.targets.push(target);
            receivers.push(receiver);
        }
        self.receivers.configure(receivers);
        self.inputs.clear();
        self.scheduled_event = world.payloads.intern(json!({
            "version": "0",
            "id": "{{eventId}}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": "{{time}}",
            "region": REGION,
            "resources": [self.arn],
            "detail": {},
        }));
    }

    fn target(&self, plan: &Plan, edge: EdgeIndex, world: &mut World) -> Option<(Target, Receiver)> {
        let planned = plan.edge(edge);
        let EdgeSettings::Target(settings) = &planned.settings else { return None };
        let receiving = plan.node(planned.to);
        let operation = match receiving.kind {
            NodeKind::Queue => Operation::SendMessage,
            NodeKind::Function => Operation::InvokeLater,
            NodeKind::Topic => Operation::Publish,
            NodeKind::Bus => Operation::ForwardEvent,
            _ => Operation::Http { resource: Default::default(), headers: PayloadId::NULL },
        };
        let mut receiver = Receiver::new(edge, planned.to, operation);
        let endpoint = match &receiving.settings {
            NodeSettings::Endpoint(endpoint) => Some(endpoint),
            _ => None,
        };
        receiver.policy = Policy::Rule {
            retries: settings.maximum_retries,
            age: settings.maximum_age,
            api_destination: endpoint.is_some(),
        };
        if let Some(endpoint) = endpoint {
            receiver.patience = Some(HTTP_PATIENCE);
            receiver.pace = Some(Pace::per_second(settings.requests_per_second));
            receiver.retry_after = endpoint.retry_after;
        }
        receiver.access = settings.access;
        receiver.dead_letter_queue = settings.dead_letter_queue.and_then(|id| plan.find_node(id)).map(Component::from);
        let target_arn = arn(plan, planned.to);
        receiver.origin = Some(Box::new(Origin { rule_arn: self.arn.clone(), target_arn }));
        let message_group = match settings.message_group_id.as_str() {
            "" => PayloadId::NULL,
            group => world.payloads.intern(Value::String(group.to_string())),
        };
        Some((Target { input: settings.input.clone(), message_group }, receiver))
    }

    /// Sets the timer of the schedule, if it is not the one that is running.
    pub fn start(&mut self, plan: &Plan, node: NodeIndex, context: &mut Context<'_>) {
        let NodeSettings::Rule(settings) = &plan.node(node).settings else { return };
        let schedule = settings.schedule.as_ref().filter(|_| settings.enabled);
        if self.schedule.as_ref() == schedule {
            return;
        }
        self.schedule = schedule.cloned();
        self.scheduled_since = context.now();
        self.set_timer(context);
    }

    fn set_timer(&mut self, context: &mut Context<'_>) {
        let (now, since) = (context.now().since_1970(), self.scheduled_since.since_1970());
        let next = self.schedule.as_ref().and_then(|schedule| schedule.next_after(now, since)).map(Time::from_1970);
        self.next = next.filter(|next| *next < END_OF_TIME);
        self.timer += 1;
        if let Some(next) = self.next {
            context.timer_at(next, TIMER_SCHEDULE, self.timer);
        }
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => self.receivers.answered(call, context),
            Event::Timer { tag: TIMER_SCHEDULE, token } if token == self.timer => self.fire(context),
            Event::Timer { tag: TIMER_SCHEDULE, .. } => {}
            Event::Timer { tag, token } => self.receivers.timer(tag, token, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(message) = context.take_message(id) else { return };
        context.reply(id, Status::OK, PayloadId::NULL, None);
        self.matched += 1;
        self.deliver(message, context);
    }

    fn fire(&mut self, context: &mut Context<'_>) {
        self.set_timer(context);
        if context.activity() == Activity::Stopped {
            return;
        }
        self.fired += 1;
        let trace = context.new_trace();
        let message = context.create(trace, self.scheduled_event, AttributesId::NONE, 1);
        context.record(Some(message), What::Fired);
        self.deliver(message, context);
    }

    fn deliver(&mut self, message: MessageId, context: &mut Context<'_>) {
        if self.targets.is_empty() {
            context.end(message, Ending::Dropped(Reason::NobodyListened));
            return;
        }
        let event = context.message(message).payload;
        for index in 0..self.targets.len() {
            // The last target gets the rule's own copy.
            let copy = if index + 1 == self.targets.len() { message } else { context.copy(message) };
            let Some(payload) = self.input(index, event, context.world) else {
                context.end(copy, Ending::Dropped(Reason::BrokenInput));
                continue;
            };
            context.rewrite(copy, payload);
            context.message_mut(copy).group = self.targets[index].message_group;
            self.receivers.send(index, copy, context);
        }
    }

    /// What a target gets of an event; `None` where its transformer makes no JSON: then the service delivers nothing.
    fn input(&mut self, index: usize, event: PayloadId, world: &mut World) -> Option<PayloadId> {
        if let Some(known) = self.inputs.get(&(index, event)) {
            return *known;
        }
        let text = world.payloads.get(event).text.clone();
        let made = match (&self.targets[index].input, rules::Event::parse(&text)) {
            (TargetInput::Constant(value), _) => Some(value.to_string()),
            (TargetInput::Path(path), Ok(parsed)) => path.apply(&parsed),
            (TargetInput::Transformer(transformer), Ok(parsed)) => {
                let reserved = rules::Reserved {
                    rule_arn: self.arn.clone(),
                    rule_name: self.name.clone(),
                    ingestion_time: "{{time}}".to_string(),
                };
                transformer.apply(&parsed, &reserved)
            }
            _ => None,
        };
        let input = match (made, &self.targets[index].input) {
            // What is not JSON is text.
            (Some(made), _) => Some(world.payloads.intern(serde_json::from_str(&made).unwrap_or(Value::String(made)))),
            (None, TargetInput::Transformer(_)) => None,
            (None, _) => Some(event),
        };
        self.inputs.insert((index, event), input);
        input
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.receivers.held(visit);
    }
}
