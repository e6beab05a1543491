//! The event bus, as Amazon EventBridge: all rules judge each event; every rule that takes it gets its own copy.

use super::archive::{Archive, MAXIMUM_REPLAYS, Replay, ReplayState};
use super::arn::{ACCOUNT, REGION};
use super::call::{Call, CallId, Operation};
use super::delivery::{FIRST_OWN_TIMER, Receiver, Receivers};
use super::entries::{self, EntryError, NewEvent};
use super::journal::{Limit, Status, What};
use super::message::{Ending, Message, MessageId, Reason};
use super::payload::{AttributesId, PayloadId, billed_chunks};
use super::service::Level;
use super::world::{Context, Event, World};
use crate::diagram::settings::{BusSettings, EdgeSettings};
use crate::diagram::{EdgeIndex, EdgeKind, NodeIndex, NodeKind, NodeSettings, Plan};
use crate::kernel::{Pace, SECOND, Time};
use crate::rules;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::rc::Rc;

/// How many events are remembered for showing.
const REMEMBERED: usize = 20;
/// How often an event may go from bus to bus. The service goes on and bills each hop; here a circle ends.
pub const MAXIMUM_FORWARDS: u8 = 16;

const TIMER_REPLAY: u8 = FIRST_OWN_TIMER;
/// Between two minutes of a replay's window; the service says that it goes minute by minute, not how fast.
pub const REPLAY_PAUSE: u64 = SECOND;

/// A rule of the bus. Stands at the receiver's place.
#[derive(Clone, Debug)]
pub struct BusRule {
    pub edge: EdgeIndex,
    pub rule: NodeIndex,
    /// Whether it judges events: rules that are disabled or only have a schedule do not.
    pub enabled: bool,
    pub matched: u64,
    pub left: u64,
}

#[derive(Clone, Debug)]
pub struct Bus {
    settings: BusSettings,
    pub rules: Vec<BusRule>,
    pub receivers: Receivers,
    matcher: rules::Matcher,
    /// Edges whose senders write the name of a bus that does not exist.
    misnamed: Vec<EdgeIndex>,
    /// Edges on which a service sends events of its own.
    of_services: Vec<EdgeIndex>,
    /// The whole event that source, detail-type and detail make, or what is wrong with it.
    wrapped: FxHashMap<(PayloadId, PayloadId, PayloadId), Result<PayloadId, EntryError>>,
    /// Which rules take an event.
    decided: FxHashMap<PayloadId, Rc<[u32]>>,
    quota: Pace,
    accepted: PayloadId,
    pub archive: Archive,
    pub replays: Vec<Replay>,
    pub events: u64,
    /// Events as they are billed: one for each 64 KB.
    pub billed: u64,
    /// Events that no rule took.
    pub unmatched: u64,
    pub throttled: u64,
    /// Entries that were not accepted, in requests that were.
    pub refused: u64,
    pub replayed: u64,
    pub recent: VecDeque<Message>,
}

impl Bus {
    pub fn new(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Self> {
        let NodeSettings::Bus(settings) = &plan.node(node).settings else { return None };
        let accepted = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "{{eventId}}" }] });
        let mut bus = Bus {
            settings: settings.clone(),
            rules: Vec::new(),
            receivers: Receivers::default(),
            matcher: rules::Matcher::new(),
            misnamed: Vec::new(),
            of_services: Vec::new(),
            wrapped: FxHashMap::default(),
            decided: FxHashMap::default(),
            quota: Pace::per_second(settings.put_events_per_second),
            accepted: world.payloads.intern(accepted),
            archive: Archive::default(),
            replays: Vec::new(),
            events: 0,
            billed: 0,
            unmatched: 0,
            throttled: 0,
            refused: 0,
            replayed: 0,
            recent: VecDeque::new(),
        };
        bus.configure(plan, node);
        Some(bus)
    }

    pub fn configure(&mut self, plan: &Plan, node: NodeIndex) {
        let NodeSettings::Bus(settings) = &plan.node(node).settings else { return };
        self.settings = settings.clone();
        self.quota = Pace::per_second(settings.put_events_per_second).after(self.quota);
        let invocations = Pace::per_second(settings.invocations_per_second);
        self.receivers.pace = Some(self.receivers.pace.map_or(invocations, |before| invocations.after(before)));
        self.archive.configure();
        let misnamed = |edge: &EdgeIndex| match &plan.edge(*edge).settings {
            EdgeSettings::PutEvents { bus_name } => !bus_name.is_empty() && *bus_name != settings.name,
            _ => false,
        };
        self.misnamed = plan.node(node).incoming.iter().copied().filter(misnamed).collect();
        let of_service = |edge: &EdgeIndex| plan.node(plan.edge(*edge).from).kind == NodeKind::Mailer;
        self.of_services = plan.node(node).incoming.iter().copied().filter(of_service).collect();
        let old = std::mem::take(&mut self.rules);
        let mut receivers = Vec::new();
        self.matcher = rules::Matcher::new();
        for edge in &plan.node(node).outgoing {
            let planned = plan.edge(*edge);
            if planned.kind != EdgeKind::Rule {
                continue;
            }
            let rule = plan.node(planned.to);
            let NodeSettings::Rule(settings) = &rule.settings else { continue };
            let (matched, left) =
                old.iter().find(|known| known.edge == *edge).map_or((0, 0), |known| (known.matched, known.left));
            let pattern = settings.pattern.as_ref().filter(|_| settings.enabled);
            if let Some(pattern) = pattern {
                self.matcher.insert(self.rules.len() as u32, pattern);
            }
            self.rules.push(BusRule { edge: *edge, rule: planned.to, enabled: pattern.is_some(), matched, left });
            let mut receiver = Receiver::new(*edge, planned.to, Operation::ForwardEvent);
            receiver.weight = rule.outgoing.len() as u64;
            receivers.push(receiver);
        }
        self.receivers.configure(receivers);
        self.decided.clear();
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match event {
            Event::Request(call) => self.request(call, context),
            // A rule is part of the bus: it fails only where the edge or the rule itself was made to fail.
            Event::Reply(call) => self.receivers.answered(call, context),
            Event::Timer { tag: TIMER_REPLAY, token } => self.replay_next(token as usize, context),
            Event::Timer { tag, token } => self.receivers.timer(tag, token, context),
        }
    }

    fn request(&mut self, id: CallId, context: &mut Context<'_>) {
        let Some(call) = context.request(id).copied() else { return };
        let Some(message) = context.take_message(id) else { return };
        match call.operation {
            Operation::PutEvents { .. } | Operation::PutEntries if !self.quota.admits(context.now()) => {
                self.throttled += 1;
                context.record(Some(message), What::Throttled { limit: Limit::PutEvents });
                context.reply(id, Status::THROTTLED, PayloadId::NULL, Some(message));
            }
            Operation::PutEvents { source, detail_type } => {
                self.put_event(id, call, message, (source, detail_type), context);
            }
            Operation::PutEntries => self.put_entries(id, message, context),
            Operation::ForwardEvent => {
                context.reply(id, Status::OK, self.accepted, None);
                let forwards = context.message(message).forwards.saturating_add(1);
                context.message_mut(message).forwards = forwards;
                if forwards > MAXIMUM_FORWARDS {
                    context.end(message, Ending::Dropped(Reason::Loop));
                    return;
                }
                self.accept(message, context);
            }
            _ => context.reply(id, Status::Http(400), PayloadId::NULL, Some(message)),
        }
    }

    /// An entry that is not accepted fails in an answer that is a success: whoever does not look at FailedEntryCount
    /// never learns of it (API_PutEvents).
    fn put_event(
        &mut self,
        id: CallId,
        call: Call,
        message: MessageId,
        (source, detail_type): (PayloadId, PayloadId),
        context: &mut Context<'_>,
    ) {
        let detail = context.message(message).payload;
        let source_text = context.world.payloads.get(source).value.as_str();
        let not_authorized = source_text.is_some_and(entries::is_a_services)
            && !call.edge.is_some_and(|edge| self.of_services.contains(&edge));
        let event = match self.wrap(source, detail_type, detail, context.world) {
            Ok(_) if not_authorized => Err(EntryError::NotAuthorizedForSource),
            wrapped => wrapped,
        };
        match event {
            Ok(event) => {
                context.reply(id, Status::OK, self.accepted, None);
                if call.edge.is_some_and(|edge| self.misnamed.contains(&edge)) {
                    context.end(message, Ending::Dropped(Reason::NoSuchBus));
                    return;
                }
                context.rewrite(message, event);
                self.accept(message, context);
            }
            // Where the only entry lacks what it needs, the request is refused.
            Err(error @ EntryError::InvalidArgument) => {
                context.record(Some(message), What::EntryRefused { error });
                context.reply(id, Status::Http(400), PayloadId::NULL, Some(message));
            }
            Err(error) => {
                let failed = json!({ "ErrorCode": error.code(), "ErrorMessage": error.message() });
                let answer = json!({ "FailedEntryCount": 1, "Entries": [failed] });
                let answer = context.world.payloads.intern(answer);
                context.reply(id, Status::OK, answer, None);
                self.refuse(message, error, context);
            }
        }
    }

    fn refuse(&mut self, message: MessageId, error: EntryError, context: &mut Context<'_>) {
        self.refused += 1;
        context.record(Some(message), What::EntryRefused { error });
        context.end(message, error.ending());
    }

    /// Each entry is an event of its own, accepted or refused by itself: API_PutEvents.
    fn put_entries(&mut self, id: CallId, request: MessageId, context: &mut Context<'_>) {
        let parsed = entries::events(&context.world.payloads.get(context.message(request).payload).value);
        let entries = match parsed {
            Ok((entries, _)) => entries,
            Err(code) => {
                let answer = context.world.payloads.intern(json!({ "Error": { "Code": code } }));
                context.reply(id, Status::Http(400), answer, Some(request));
                return;
            }
        };
        let (mut answers, mut failed) = (Vec::new(), 0);
        let mut messages = Vec::new();
        for entry in entries {
            let payload = match &entry.event {
                Ok(event) => context.world.payloads.intern(envelope(event)),
                Err(_) => context.world.payloads.intern(entry.written),
            };
            let message = context.unpack(request, payload, AttributesId::NONE);
            answers.push(match &entry.event {
                Ok(_) => json!({ "EventId": "{{eventId}}" }),
                Err(error) => json!({ "ErrorCode": error.code(), "ErrorMessage": error.message() }),
            });
            failed += u64::from(entry.event.is_err());
            messages.push((message, entry.event));
        }
        let answer = json!({ "FailedEntryCount": failed, "Entries": answers });
        let answer = context.world.payloads.intern(answer);
        context.end(request, Ending::Processed);
        context.reply(id, Status::OK, answer, None);
        for (message, event) in messages {
            match event {
                Err(error) => self.refuse(message, error, context),
                Ok(event) if event.bus_name.as_ref().is_some_and(|name| *name != self.settings.name) => {
                    context.end(message, Ending::Dropped(Reason::NoSuchBus));
                }
                Ok(_) => self.accept(message, context),
            }
        }
    }

    fn accept(&mut self, message: MessageId, context: &mut Context<'_>) {
        let event = *context.message(message);
        self.events += 1;
        // What comes from another bus is billed to the rule that sent it.
        if event.forwards == 0 {
            self.billed += billed_chunks(context.world.payloads.get(event.payload).text.len() as u64);
        }
        if let Some(settings) = &self.settings.archive {
            self.archive.add(&event, settings, context.world);
        }
        self.route(message, context);
    }

    /// Gives a copy to each rule that takes the event.
    fn route(&mut self, message: MessageId, context: &mut Context<'_>) {
        self.recent.push_back(*context.message(message));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        let matched = self.decide(context.message(message).payload, context.world);
        for index in 0..self.rules.len() {
            let rule = &mut self.rules[index];
            if !rule.enabled {
                continue;
            }
            if matched.contains(&(index as u32)) {
                rule.matched += 1;
                let copy = context.copy(message);
                context.record_on(rule.edge, Some(copy), What::RuleMatched);
                self.receivers.send(index, copy, context);
            } else {
                rule.left += 1;
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

    fn wrap(
        &mut self,
        source: PayloadId,
        detail_type: PayloadId,
        detail: PayloadId,
        world: &mut World,
    ) -> Result<PayloadId, EntryError> {
        if let Some(known) = self.wrapped.get(&(source, detail_type, detail)) {
            return *known;
        }
        let text = |id| world.payloads.get(id).value.as_str().unwrap_or_default().to_string();
        let (source_text, detail_type_text) = (text(source), text(detail_type));
        let value = world.payloads.get(detail).value.clone();
        let size = (source_text.len() + detail_type_text.len()) as u64 + world.payloads.get(detail).text.len() as u64;
        let checked = entries::check_event(&source_text, &detail_type_text, &value);
        let event = match checked {
            Ok(()) if size >= entries::MAXIMUM_PUT_EVENTS => Err(EntryError::InvalidArgument),
            Ok(()) => Ok(world.payloads.intern(envelope(&NewEvent {
                source: source_text,
                detail_type: detail_type_text,
                detail: value,
                resources: json!([]),
                time: None,
                bus_name: None,
            }))),
            Err(error) => Err(error),
        };
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

    /// StartReplay: the archive's events between two times come once more. Gives the replay's name, or why there is none.
    pub fn start_replay(&mut self, start: Time, end: Time, context: &mut Context<'_>) -> Result<String, &'static str> {
        if self.settings.archive.is_none() && self.archive.archived == 0 {
            return Err(tr!("This bus has no archive."));
        }
        if end <= start {
            return Err(tr!("A replay ends after it starts."));
        }
        if self.replays.iter().filter(|replay| replay.is_active()).count() >= MAXIMUM_REPLAYS {
            return Err(tr!("Ten replays are running already."));
        }
        let replay = Replay::new(self.replays.len() as u32 + 1, start, end);
        let name = replay.name();
        context.timer(REPLAY_PAUSE, TIMER_REPLAY, self.replays.len() as u64);
        self.replays.push(replay);
        Ok(name)
    }

    /// CancelReplay, for all that are running. What was replayed stays so. Gives how many there were.
    pub fn cancel_replays(&mut self) -> usize {
        let active = self.replays.iter_mut().filter(|replay| replay.is_active());
        active.map(|replay| replay.finish(ReplayState::Cancelled)).count()
    }

    fn replay_next(&mut self, index: usize, context: &mut Context<'_>) {
        if let Some(settings) = &self.settings.archive {
            self.archive.expire(settings, context.now());
        }
        let Some(replay) = self.replays.get_mut(index).filter(|replay| replay.is_active()) else { return };
        let Some((start, end)) = replay.next_minute(&self.archive) else {
            replay.reached = replay.end;
            replay.finish(ReplayState::Completed);
            return;
        };
        (replay.state, replay.reached) = (ReplayState::Running, end);
        let events = self.archive.between(start, end, context.stream());
        replay.replayed += events.len() as u64;
        self.replayed += events.len() as u64;
        for event in events {
            let Some(replay) = self.replays.get_mut(index) else { return };
            let payload = replay.event(event.payload, context.world);
            let message = context.create_from(event.origin, event.trace, payload, AttributesId::NONE, 1);
            let again = context.message_mut(message);
            (again.origin, again.origin_created) = (event.origin, event.origin_created);
            context.record(Some(message), What::Replayed);
            // Events of a replay are not archived again: eb-archive.
            self.route(message, context);
        }
        context.timer(REPLAY_PAUSE, TIMER_REPLAY, index as u64);
    }

    pub fn has_archive(&self) -> bool {
        self.settings.archive.is_some()
    }

    pub fn buckets(&self, now: Time, visit: &mut dyn FnMut(Level)) {
        visit(Level::of_pace("PutEvents", &self.quota, now));
    }

    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        self.receivers.held(visit);
    }
}

/// The whole event: eb-events.
fn envelope(event: &NewEvent) -> Value {
    json!({
        "version": "0",
        "id": "{{eventId}}",
        "detail-type": event.detail_type,
        "source": event.source,
        "account": ACCOUNT,
        "time": event.time.as_deref().unwrap_or("{{time}}"),
        "region": REGION,
        "resources": event.resources,
        "detail": event.detail,
    })
}
