//! The event bus, as Amazon EventBridge: all rules judge each event; every rule that takes it gets its own copy.

use super::call::{CallId, Operation};
use super::delivery::{Counts, deliver, keep_places};
use super::journal::{Status, What};
use super::message::{Ending, Message, Reason};
use super::payload::{PayloadId, billed_chunks};
use super::world::{Context, Event, Reply, World};
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeSettings, Plan};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::rc::Rc;

/// The account that simulated events come from: the documentation's example account.
const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
/// How many events are remembered for showing.
const REMEMBERED: usize = 20;

#[derive(Clone, Debug)]
pub struct BusRule {
    pub edge: EdgeIndex,
    pub rule: NodeIndex,
    pub enabled: bool,
    pub counts: Counts,
}

#[derive(Clone, Debug)]
pub struct Bus {
    pub rules: Vec<BusRule>,
    matcher: rules::Matcher,
    /// The whole event that source, detail-type and detail make.
    wrapped: FxHashMap<(PayloadId, PayloadId, PayloadId), PayloadId>,
    /// Which rules take an event.
    decided: FxHashMap<PayloadId, Rc<[u32]>>,
    accepted: PayloadId,
    pub events: u64,
    /// Events as they are billed: one for each 64 KB.
    pub billed: u64,
    /// Events that no rule took.
    pub unmatched: u64,
    pub recent: VecDeque<Message>,
}

impl Bus {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Self {
        let accepted = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "{{eventId}}" }] });
        let mut bus = Bus {
            rules: Vec::new(),
            matcher: rules::Matcher::new(),
            wrapped: FxHashMap::default(),
            decided: FxHashMap::default(),
            accepted: world.payloads.intern(accepted),
            events: 0,
            billed: 0,
            unmatched: 0,
            recent: VecDeque::new(),
        };
        bus.configure(plan, node);
        bus
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        let old = std::mem::take(&mut self.rules);
        let mut new = Vec::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            if planned.kind != EdgeKind::Rule || !matches!(planned.settings, EdgeSettings::Plain) {
                continue;
            }
            let NodeSettings::Rule(settings) = &plan.node(planned.to).settings else { continue };
            let counts = old.iter().find(|known| known.edge == *edge).map_or(Counts::default(), |known| known.counts);
            new.push(BusRule { edge: *edge, rule: planned.to, enabled: settings.enabled, counts });
        }
        self.rules = keep_places(old, new, |known| known.edge, |gone| gone.enabled = false);
        self.matcher = rules::Matcher::new();
        for (rule, number) in self.rules.iter().zip(0..) {
            if let (true, NodeSettings::Rule(settings)) = (rule.enabled, &plan.node(rule.rule).settings)
                && let Some(pattern) = &settings.pattern
            {
                self.matcher.insert(number, pattern);
            }
        }
        self.decided.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            Event::Reply(call) => {
                if let Some(reply) = context.take_reply(call) {
                    self.handed_over(reply, context);
                }
            }
            Event::Timer { .. } => {}
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        let Some(message) = context.take_message(id) else { return };
        let payload = context.message(message).payload;
        let event = match call.operation {
            Operation::PutEvents { source, detail_type } => self.wrap(source, detail_type, payload, context.world),
            Operation::ForwardEvent => payload,
            _ => {
                context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
                return;
            }
        };
        context.message_mut(message).payload = event;
        self.events += 1;
        self.billed += billed_chunks(context.world.payloads.get(event).text.len() as u64);
        self.recent.push_back(*context.message(message));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        context.reply(id, Status::OK, self.accepted, None);
        let matched = self.decide(event, context.world);
        for index in 0..self.rules.len() {
            let rule = &mut self.rules[index];
            if !rule.enabled {
                continue;
            }
            if matched.contains(&(index as u32)) {
                rule.counts.delivered += 1;
                let copy = context.copy(message);
                context.record_on(rule.edge, Some(copy), What::RuleMatched);
                deliver(rule.edge, Operation::ForwardEvent, copy, index as u64, context);
            } else {
                rule.counts.filtered += 1;
                context.record_on(rule.edge, Some(message), What::FilterRefused);
            }
        }
        // An event that no rule takes is gone, and nobody is told.
        let ending = if matched.is_empty() {
            self.unmatched += 1;
            Ending::Filtered
        } else {
            Ending::Processed
        };
        context.end(message, ending);
    }

    fn wrap(&mut self, source: PayloadId, detail_type: PayloadId, detail: PayloadId, world: &mut World) -> PayloadId {
        if let Some(known) = self.wrapped.get(&(source, detail_type, detail)) {
            return *known;
        }
        let value = |id| -> Value { world.payloads.get(id).value.clone() };
        let event = json!({
            "version": "0",
            "id": "{{eventId}}",
            "detail-type": value(detail_type),
            "source": value(source),
            "account": ACCOUNT,
            "time": "{{time}}",
            "region": REGION,
            "resources": [],
            "detail": value(detail),
        });
        let event = world.payloads.intern(event);
        self.wrapped.insert((source, detail_type, detail), event);
        event
    }

    fn decide(&mut self, event: PayloadId, world: &World) -> Rc<[u32]> {
        if let Some(known) = self.decided.get(&event) {
            return known.clone();
        }
        let mut matched = Vec::new();
        if let Ok(event) = rules::Event::parse(&world.payloads.get(event).text) {
            self.matcher.matches(&event, &mut matched);
        }
        let matched: Rc<[u32]> = matched.into();
        self.decided.insert(event, matched.clone());
        matched
    }

    /// A rule is part of the bus: it fails only where the edge or the rule itself was made to fail.
    fn handed_over(&mut self, reply: Reply, context: &mut Context<'_>) {
        if let Some(message) = reply.message {
            if let Some(rule) = self.rules.get_mut(reply.tag as usize) {
                rule.counts.failed += 1;
            }
            context.end(message, Ending::Dropped(Reason::Failed));
        }
    }
}
