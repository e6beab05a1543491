//! What all services share: clock, agenda, messages, calls under way, journal and faults. A service reaches it only
//! through its [`Context`], which knows who is asking.

use super::account::Account;
use super::call::{BatchId, Call, CallId, Calls, Leg, Operation, ResourceId};
use super::component::Component;
use super::fault::{Activity, FaultState, SOCKET_TIMEOUT};
use super::journal::{Journal, Limit, Record, Status, Told, Way, What};
use super::lineage::{LineageId, Lineages};
use super::message::{Ending, Envelope, Message, MessageId, Messages, Reason, Serial, Trace};
use super::payload::{AttributesId, PayloadId, Payloads};
use super::service::Level;
use crate::diagram::{EdgeIndex, Fault, NodeIndex, Plan};
use crate::kernel::{Agenda, Bucket, MILLISECOND, Ring, Sampler, Stream, Time};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use uuid::Uuid;

/// What a service is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody calls.
    Request(CallId),
    /// A call of one's own was answered.
    Reply(CallId),
    /// A timer of one's own is due; `tag` says which, `token` for what.
    Timer { tag: u8, token: u64 },
}

/// An event and whom it is for, in as few bytes as can be: the agenda moves them about all the time.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    pub component: Component,
    kind: u8,
    tag: u8,
    number: u64,
}

impl Pending {
    pub fn new(component: Component, event: Event) -> Pending {
        let (kind, tag, number) = match event {
            Event::Request(call) => (0, 0, call.number()),
            Event::Reply(call) => (1, 0, call.number()),
            Event::Timer { tag, token } => (2, tag, token),
        };
        Pending { component, kind, tag, number }
    }

    pub fn event(self) -> Event {
        match self.kind {
            0 => Event::Request(CallId::from_number(self.number)),
            1 => Event::Reply(CallId::from_number(self.number)),
            _ => Event::Timer { tag: self.tag, token: self.number },
        }
    }
}

/// One of the messages of a batch, as the function sees it.
#[derive(Clone, Copy, Debug)]
pub struct BatchRecord {
    /// The queue holds it, and it may be gone meanwhile: see [`Messages::find_mut`].
    pub message: MessageId,
    /// Where the queue keeps it; with `receive`, the receipt handle.
    pub entry: u32,
    pub receive: u32,
    pub serial: Serial,
    pub trace: Trace,
    pub payload: PayloadId,
    pub attributes: AttributesId,
    pub envelope: Envelope,
    pub lineage: LineageId,
    /// Whether the function fails over it: a fault marked the message.
    pub poison: bool,
    pub outcome: Outcome,
}

/// What became of a record of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It stays in the queue and comes back when its visibility timeout ends.
    Failed,
    /// The mapping's filter criteria refused it; it leaves the queue.
    Filtered,
}

/// Where a request's latency is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// Half there, half back.
    Both,
    There,
    Back,
}

/// The latency and faults of an edge.
#[derive(Clone, Debug)]
struct EdgeState {
    latency: Sampler,
    stream: Stream,
    fault_stream: Stream,
    fault: Box<FaultState>,
    /// Whether the fault is at work.
    faulty: bool,
    node_to: Component,
    /// Nothing sets out on it any longer.
    removed: bool,
}

/// What is asked of a component with every event, apart from the rest, so that all of it stays at hand.
#[derive(Clone, Copy, Debug)]
struct Gate {
    /// The node that people see: a mapping belongs to its function.
    node: NodeIndex,
    /// It works as always: neither paused nor stopped nor removed, and no fault is at work.
    open: bool,
}

#[derive(Clone, Debug)]
struct ComponentState {
    stream: Stream,
    fault_stream: Stream,
    fault: Box<FaultState>,
    activity: Activity,
    /// Its node is not in the diagram any longer.
    removed: bool,
    /// Whether what it does takes time of its own, which a fault can multiply.
    works: bool,
    /// Events that came while it was paused or removed.
    held: VecDeque<Event>,
}

impl ComponentState {
    fn new(seed: u64, id: Uuid) -> Self {
        ComponentState {
            stream: Stream::new(seed, id, STREAM_OWN),
            fault_stream: Stream::new(seed, id, STREAM_FAULT),
            fault: Box::default(),
            activity: Activity::Running,
            removed: false,
            works: false,
            held: VecDeque::new(),
        }
    }

    fn is_open(&self) -> bool {
        self.activity == Activity::Running && !self.removed && !self.fault.active()
    }
}

/// What the simulation remembers of one request.
#[derive(Clone, Copy, Debug)]
pub struct TraceInfo {
    pub number: Trace,
    pub client: NodeIndex,
    pub started: Time,
}

/// How many requests are remembered for showing; older ones are still counted.
const REMEMBERED_TRACES: usize = 1 << 16;

#[derive(Clone, Debug)]
pub struct World {
    pub now: Time,
    pub seed: u64,
    pub agenda: Agenda<Pending>,
    pub messages: Messages,
    pub payloads: Payloads,
    pub calls: Calls,
    pub journal: Journal,
    pub account: Account,
    pub lineages: Lineages,
    edges: Vec<EdgeState>,
    gates: Vec<Gate>,
    components: Vec<ComponentState>,
    /// How many nodes there ever were.
    node_count: usize,
    batches: Vec<Vec<BatchRecord>>,
    free_batches: Vec<BatchId>,
    resources: Vec<(String, String)>,
    by_resource: FxHashMap<(String, String), ResourceId>,
    last_trace: Trace,
    traces: Ring<TraceInfo>,
    /// Whether some fault loses answers at the moment.
    losing: bool,
    /// Whether some fault multiplies the latency of all ways to a node.
    slowing: bool,
    /// What was sent in calls whose answer may get lost, so that it can be sent again.
    sent: FxHashMap<CallId, Message>,
}

/// Purposes of random streams; each owner has one stream for each.
const STREAM_OWN: u64 = 0;
const STREAM_FAULT: u64 = 1;
const STREAM_LATENCY: u64 = 2;
pub(super) const STREAM_RETRY: u64 = 3;

impl World {
    /// A world in which nothing is yet.
    pub fn new(seed: u64) -> Self {
        let mut world = World {
            now: Time::ZERO,
            seed,
            agenda: Agenda::default(),
            messages: Messages::default(),
            payloads: Payloads::default(),
            calls: Calls::default(),
            journal: Journal::default(),
            account: Account::default(),
            lineages: Lineages::default(),
            edges: Vec::new(),
            gates: Vec::new(),
            components: Vec::new(),
            node_count: 0,
            batches: Vec::new(),
            free_batches: Vec::new(),
            resources: Vec::new(),
            by_resource: FxHashMap::default(),
            last_trace: 0,
            traces: Ring::new(REMEMBERED_TRACES),
            losing: false,
            slowing: false,
            sent: FxHashMap::default(),
        };
        world.resource("POST", "/");
        world
    }

    /// Takes over what a plan says: makes place for nodes and edges that are new, and knows the others' latencies anew.
    pub fn configure(&mut self, plan: &Plan) {
        let seed = self.seed;
        self.account.unreserved = plan.unreserved_concurrency();
        let (rate, burst) = (plan.account.gateway_rate, plan.account.gateway_burst);
        if self.now == Time::ZERO {
            // The bucket is full at first.
            self.account.gateways = Bucket::new(rate, burst);
        } else {
            self.account.gateways.set_limits(rate, burst, self.now);
        }
        for (state, edge) in self.edges.iter_mut().zip(&plan.edges) {
            state.latency = Sampler::new(&edge.latency);
            state.removed = edge.removed;
        }
        let known = self.components.len() / 2;
        let count = plan.nodes.len().max(plan.edges.len());
        // Both kinds of component are numbered through; most edges have none, and nothing is ever asked of theirs.
        for place in known..count {
            let gate = Gate { node: NodeIndex(place as u32), open: true };
            for _ in 0..2 {
                self.components.push(ComponentState::new(seed, Uuid::nil()));
                self.gates.push(gate);
            }
        }
        for place in self.node_count..plan.nodes.len() {
            let node = NodeIndex(place as u32);
            let mut state = ComponentState::new(seed, plan.node(node).id);
            state.works = plan.node(node).kind.works();
            self.components[Component::from(node).usize()] = state;
        }
        self.node_count = plan.nodes.len();
        for place in self.edges.len()..plan.edges.len() {
            let index = EdgeIndex(place as u32);
            let edge = plan.edge(index);
            let mapping = Component::of_mapping(index).usize();
            self.components[mapping] = ComponentState::new(seed, edge.id);
            self.gates[mapping].node = edge.to;
            self.edges.push(EdgeState {
                latency: Sampler::new(&edge.latency),
                stream: Stream::new(seed, edge.id, STREAM_LATENCY),
                fault_stream: Stream::new(seed, edge.id, STREAM_FAULT),
                fault: Box::default(),
                faulty: false,
                node_to: edge.to.into(),
                removed: edge.removed,
            });
        }
    }

    /// A node is removed, which held these messages. Whoever waits for it is told that nothing answers there; its timers
    /// and answers to it are kept, for the case that it comes back.
    pub fn remove(&mut self, component: Component, held: &[MessageId]) {
        self.components[component.usize()].removed = true;
        self.turn(component);
        for message in held {
            self.remove_message(component, *message);
        }
        let waits = |call: &Call| {
            // Pollers go with their mapping, and what they have begun may still come to its end.
            let by_poller = matches!(
                call.operation,
                Operation::InvokeBatch { .. }
                    | Operation::Receive { .. }
                    | Operation::Delete { .. }
                    | Operation::ChangeVisibility { .. }
            );
            call.to == component && call.leg == Leg::Waiting && !by_poller
        };
        let waiting: Vec<CallId> = self.calls.iter().filter(|(_, call)| waits(call)).map(|(id, _)| id).collect();
        for id in waiting {
            self.answer(id, Status::Unreachable, PayloadId::NULL, None);
        }
    }

    /// A node comes back with the messages that it held, and with the timers and answers that came meanwhile.
    pub fn restore(&mut self, component: Component, held: &[MessageId]) {
        for message in held {
            self.restore_message(component, *message);
        }
        self.components[component.usize()].removed = false;
        self.turn(component);
        let state = &mut self.components[component.usize()];
        let paused = state.activity == Activity::Paused;
        for event in std::mem::take(&mut state.held) {
            if let Event::Reply(id) = event
                && let Some(message) = self.calls.get(id).and_then(|call| call.message)
                && self.messages.get(message).removed
            {
                self.restore_message(component, message);
            }
            if paused {
                self.components[component.usize()].held.push_back(event);
            } else {
                self.agenda.push(self.now, Pending::new(component, event));
            }
        }
    }

    fn remove_message(&mut self, component: Component, message: MessageId) {
        self.record(component, None, Some(message), 0, What::Ended(Ending::Dropped(Reason::Removed)));
        self.messages.remove(message);
    }

    fn restore_message(&mut self, component: Component, message: MessageId) {
        self.messages.restore(message);
        self.record(component, None, Some(message), 0, What::Restored);
    }

    /// Something comes to a node that is not there any longer.
    fn miss(&mut self, component: Component, event: Event) {
        match event {
            Event::Timer { .. } => self.components[component.usize()].held.push_back(event),
            Event::Request(id) => {
                let Some(call) = self.calls.get_mut(id) else { return };
                call.leg = Leg::Waiting;
                let Call { message, serial, trace, .. } = *call;
                self.record_serial(component, None, serial, trace, What::NotThere);
                self.answer(id, Status::Unreachable, PayloadId::NULL, message);
            }
            Event::Reply(id) => {
                let Some(call) = self.calls.get(id) else { return };
                if let Some(message) = call.message {
                    self.remove_message(component, message);
                }
                self.components[component.usize()].held.push_back(event);
            }
        }
    }

    pub fn resource(&mut self, method: &str, path: &str) -> ResourceId {
        let key = (method.to_string(), path.to_string());
        if let Some(id) = self.by_resource.get(&key) {
            return *id;
        }
        let id = ResourceId(self.resources.len() as u32);
        self.resources.push(key.clone());
        self.by_resource.insert(key, id);
        id
    }

    /// Method and path.
    pub fn resource_parts(&self, id: ResourceId) -> (&str, &str) {
        let (method, path) = &self.resources[id.0 as usize];
        (method, path)
    }

    pub fn trace_info(&self, trace: Trace) -> Option<&TraceInfo> {
        // They are numbered through from 1 on.
        self.traces.get(u64::from(trace.checked_sub(1)?))
    }

    pub fn set_node_fault(&mut self, node: NodeIndex, fault: Fault) {
        let now = self.now;
        self.components[Component::from(node).usize()].fault.set(fault, now);
        self.turn(node.into());
        self.survey_faults();
    }

    pub fn set_edge_fault(&mut self, edge: EdgeIndex, fault: Fault) {
        let now = self.now;
        let state = &mut self.edges[edge.usize()];
        state.fault.set(fault, now);
        state.faulty = state.fault.active();
        self.survey_faults();
    }

    /// Notes what has to be asked for each call, as long as some fault does it.
    fn survey_faults(&mut self) {
        self.slowing = self.components.iter().any(|state| !state.works && state.fault.fault().latency_factor.is_some());
        let nodes = self.components.iter().map(|state| &*state.fault);
        self.losing = nodes.chain(self.edges.iter().map(|state| &*state.fault)).any(FaultState::loses_answers);
    }

    pub fn node_fault(&self, node: NodeIndex) -> &Fault {
        self.components[Component::from(node).usize()].fault.fault()
    }

    pub fn edge_fault(&self, edge: EdgeIndex) -> &Fault {
        self.edges[edge.usize()].fault.fault()
    }

    /// The buckets of all faults that throttle, and of the account.
    pub fn buckets(&self, visit: &mut dyn FnMut(Level)) {
        visit(Level::of("account", &self.account.gateways, self.now));
        let nodes = self.components.iter().map(|state| &*state.fault);
        nodes.chain(self.edges.iter().map(|state| &*state.fault)).filter_map(FaultState::bucket).for_each(visit);
    }

    pub fn activity(&self, component: Component) -> Activity {
        self.components[component.usize()].activity
    }

    /// Sets whether a component works. Events that a pause held back are due now, in the order in which they came.
    pub fn set_activity(&mut self, component: Component, activity: Activity) {
        self.components[component.usize()].activity = activity;
        self.turn(component);
        let state = &mut self.components[component.usize()];
        if activity != Activity::Paused && !state.removed {
            for event in std::mem::take(&mut state.held) {
                self.agenda.push(self.now, Pending::new(component, event));
            }
        }
    }

    /// Opens or shuts a component's gate after something about it has changed.
    fn turn(&mut self, component: Component) {
        self.gates[component.usize()].open = self.components[component.usize()].is_open();
    }

    /// Takes the next event due at `until` or before, and moves the clock. Events for whoever is paused are held back;
    /// answers nobody waits for end here.
    pub fn next_event(&mut self, until: Time) -> Option<Pending> {
        loop {
            let (time, pending) = self.agenda.pop_until(until)?;
            self.now = time;
            let (component, event) = (pending.component, pending.event());
            let Some(gate) = self.gates.get(component.usize()) else { return Some(pending) };
            let open = gate.open;
            if !open && self.holds_up(component, event) {
                continue;
            }
            match event {
                Event::Timer { .. } => return Some(pending),
                Event::Request(id) if open => {
                    let Some(call) = self.calls.get_mut(id) else { continue };
                    call.leg = Leg::Waiting;
                    return Some(pending);
                }
                Event::Request(id) => {
                    if self.arrives(id, component) {
                        return Some(pending);
                    }
                }
                Event::Reply(id) => {
                    let Some(call) = self.calls.get(id) else { continue };
                    if !call.abandoned {
                        return Some(pending);
                    }
                    let Some(call) = self.calls.remove(id) else { continue };
                    if let Some(message) = call.message {
                        self.end(component, message, Ending::Dropped(Reason::CallerGone));
                    }
                    if let Some(batch) = call.batch {
                        self.free_batch(batch);
                    }
                }
            }
        }
    }

    /// Whether an event does not get to a component, because it is paused or removed.
    fn holds_up(&mut self, component: Component, event: Event) -> bool {
        let state = &mut self.components[component.usize()];
        if state.removed {
            let misses = !self.is_abandoned(event);
            if misses {
                self.miss(component, event);
            }
            return misses;
        }
        let paused = state.activity == Activity::Paused;
        if paused {
            state.held.push_back(event);
        }
        paused
    }

    /// Whether this is an answer that nobody waits for.
    fn is_abandoned(&self, event: Event) -> bool {
        matches!(event, Event::Reply(id) if self.calls.get(id).is_some_and(|call| call.abandoned))
    }

    /// Whether a request gets past the faults of the node that it reaches.
    fn arrives(&mut self, id: CallId, component: Component) -> bool {
        let Some(call) = self.calls.get_mut(id) else { return false };
        let state = &self.components[component.usize()];
        let stopped = state.activity == Activity::Stopped;
        let refused = if stopped {
            Some(Status::UNAVAILABLE)
        } else if state.fault.active() {
            match self.arrives_at_fault(id, component) {
                Ok(refused) => refused,
                Err(()) => return false,
            }
        } else {
            call.leg = Leg::Waiting;
            return true;
        };
        let Some(call) = self.calls.get_mut(id) else { return false };
        call.leg = Leg::Waiting;
        match refused {
            None => true,
            Some(status) => {
                let (message, serial, trace) = (call.message, call.serial, call.trace);
                let what = match status {
                    _ if stopped => What::OutOfService,
                    Status::THROTTLED => What::Throttled { limit: Limit::Fault },
                    status => What::RefusedByFault { status },
                };
                self.record_serial(component, None, serial, trace, what);
                self.answer(id, status, PayloadId::NULL, message);
                false
            }
        }
    }

    /// What a node's fault does to a request that reaches it: refuses it, or not; an error means that it is held up.
    fn arrives_at_fault(&mut self, id: CallId, component: Component) -> Result<Option<Status>, ()> {
        let now = self.now;
        let Some(call) = self.calls.get_mut(id) else { return Err(()) };
        let (message, operation, abandoned) = (call.message, call.operation, call.abandoned);
        let state = &mut self.components[component.usize()];
        // A function's outage, errors and slowness happen while it runs: see `services/function.rs`.
        let runs_code =
            matches!(operation, Operation::Invoke { .. } | Operation::InvokeBatch { .. } | Operation::InvokeLater);
        let delay = if call.delayed || runs_code { 0 } else { state.fault.delay(&mut state.fault_stream) };
        if delay > 0 {
            call.delayed = true;
            self.agenda.push(now + delay, Pending::new(component, Event::Request(id)));
            return Err(());
        }
        let refused = if runs_code {
            state.fault.throttles(now).then_some(Status::THROTTLED)
        } else {
            state.fault.refuses(Status::UNAVAILABLE, Status::Http(500), &mut state.fault_stream, now)
        };
        let Some(message) = message else {
            if let (Operation::InvokeBatch { batch, .. }, None) = (operation, refused) {
                self.batch_at_fault(batch, component);
            }
            return Ok(refused);
        };
        if refused.is_some() {
            return Ok(refused);
        }
        // What is here because of a duplicate is not duplicated again.
        let twice = !abandoned && state.fault.duplicates(&mut state.fault_stream);
        let marks = state.fault.poisons();
        if state.fault.loses_answers() {
            self.sent.insert(id, *self.messages.get(message));
        }
        if marks {
            self.poison(component, None, message);
        }
        if twice && let Some(call) = self.duplicate(component, None, id) {
            self.agenda.push(now, Pending::new(component, Event::Request(call)));
        }
        Ok(None)
    }

    /// What a function's fault does to the messages of a batch that it is invoked with: it marks the next ones, or has it
    /// see some twice.
    fn batch_at_fault(&mut self, batch: BatchId, component: Component) {
        let mut records = std::mem::take(&mut self.batches[batch.0 as usize]);
        let mut again = Vec::new();
        for record in &mut records {
            let state = &mut self.components[component.usize()];
            if state.fault.poisons() {
                record.poison = true;
                if let Some(message) = self.messages.find_mut(record.message, record.serial) {
                    message.poison = true;
                }
                self.record_serial(component, None, record.serial, record.trace, What::Poisoned);
            }
            let state = &mut self.components[component.usize()];
            if state.fault.duplicates(&mut state.fault_stream) {
                again.push(*record);
                self.record_serial(component, None, record.serial, record.trace, What::Duplicated);
            }
        }
        records.append(&mut again);
        self.batches[batch.0 as usize] = records;
    }

    fn poison(&mut self, component: Component, edge: Option<EdgeIndex>, message: MessageId) {
        self.messages.get_mut(message).poison = true;
        self.record(component, edge, Some(message), 0, What::Poisoned);
    }

    /// A second call like this one, with a copy of its message, for whose answer nobody waits.
    fn duplicate(&mut self, component: Component, edge: Option<EdgeIndex>, id: CallId) -> Option<CallId> {
        let call = *self.calls.get(id)?;
        let message = call.message?;
        self.record(component, edge, Some(message), 0, What::Duplicated);
        let copy = self.copy(component, message);
        Some(self.calls.add(Call { message: Some(copy), tag: u64::MAX, abandoned: true, leg: Leg::There, ..call }))
    }

    /// A copy of a message, for one receiver of several.
    fn copy(&mut self, component: Component, id: MessageId) -> MessageId {
        let original = *self.messages.get(id);
        self.create_like(component, &original)
    }

    fn create_like(&mut self, component: Component, original: &Message) -> MessageId {
        let copy = self.messages.create(original.trace, original.payload, original.attributes, self.now);
        let message = self.messages.get_mut(copy);
        message.envelope = original.envelope;
        message.receive_count = original.receive_count;
        message.poison = original.poison;
        message.group = original.group;
        message.deduplication = original.deduplication;
        message.origin = original.origin;
        message.origin_created = original.origin_created;
        message.forwards = original.forwards;
        message.lineage = original.lineage;
        let (payload, attributes) = (original.payload, original.attributes);
        let what = What::Created { payload, attributes, attempt: 1, from: original.serial };
        self.record(component, None, Some(copy), 0, what);
        self.record_envelope(component, copy);
        copy
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn record(
        &mut self,
        component: Component,
        edge: Option<EdgeIndex>,
        message: Option<MessageId>,
        trace: Trace,
        what: What,
    ) {
        let node = self.gates[component.usize()].node;
        let (serial, trace) = match message {
            Some(message) => {
                let message = self.messages.get(message);
                (message.serial, message.trace)
            }
            None => (0, trace),
        };
        self.journal.push(Record { time: self.now, node, edge, message: serial, trace, what });
    }

    /// A copy is in the envelope that the original is in.
    fn record_envelope(&mut self, component: Component, copy: MessageId) {
        let envelope = self.messages.get(copy).envelope;
        if envelope != Envelope::None {
            self.record(component, None, Some(copy), 0, What::Wrapped { envelope });
        }
    }

    /// Writes down something about a message that another one holds, or that has ended.
    fn record_serial(
        &mut self,
        component: Component,
        edge: Option<EdgeIndex>,
        message: Serial,
        trace: Trace,
        what: What,
    ) {
        let node = self.gates[component.usize()].node;
        self.journal.push(Record { time: self.now, node, edge, message, trace, what });
    }

    fn end(&mut self, component: Component, message: MessageId, ending: Ending) {
        self.record(component, None, Some(message), 0, What::Ended(ending));
        self.messages.end(message, ending);
    }

    /// Sends an answer on its way back; `message` is handed back to the caller.
    fn answer(&mut self, id: CallId, status: Status, answer: PayloadId, message: Option<MessageId>) {
        if self.losing && self.loses_answer(id, status, message) {
            return;
        }
        let now = self.now;
        let Some(call) = self.calls.get_mut(id) else { return };
        call.leg = Leg::Back;
        call.status = status;
        call.answer = answer;
        call.message = message;
        let arrives = now + call.way_back;
        let Call { from, to, edge, serial, trace, .. } = *call;
        if edge.is_some() {
            self.record_serial(to, edge, serial, trace, What::Replied { status, arrives });
        }
        self.agenda.push(arrives, Pending::new(from, Event::Reply(id)));
    }

    /// Whether the answer to this call gets lost; then the caller hears nothing until its patience ends.
    fn loses_answer(&mut self, id: CallId, status: Status, message: Option<MessageId>) -> bool {
        let sent = self.sent.remove(&id);
        let Some(call) = self.calls.get(id).copied() else { return false };
        let node = &mut self.components[call.to.usize()];
        let mut lost = node.fault.loses(&mut node.fault_stream);
        if let Some(edge) = call.edge {
            let edge = &mut self.edges[edge.usize()];
            lost |= edge.fault.loses(&mut edge.fault_stream);
        }
        if !lost {
            return false;
        }
        // What was taken can be sent again by whoever waits.
        let again = sent.filter(|_| message.is_none() && status.is_success() && !call.abandoned);
        let message = message.or_else(|| {
            again.map(|sent| {
                let copy = self.create_like(call.from, &sent);
                self.messages.get_mut(copy).attempt = sent.attempt;
                copy
            })
        });
        self.lose(id, call.to, message);
        true
    }

    /// Nothing of a call arrives any more: the caller is left to its timeout, or to that of its socket.
    fn lose(&mut self, id: CallId, at: Component, message: Option<MessageId>) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(id) else { return };
        call.leg = Leg::Back;
        call.status = Status::Unreachable;
        call.answer = PayloadId::NULL;
        call.headers = PayloadId::NULL;
        call.message = message;
        let Call { from, edge, serial, trace, sent, .. } = *call;
        let notices = now.max(sent + SOCKET_TIMEOUT);
        self.record_serial(at, edge, serial, trace, What::Lost);
        self.agenda.push(notices, Pending::new(from, Event::Reply(id)));
    }

    /// Writes down something that was done by hand.
    pub fn record_action(&mut self, node: NodeIndex, edge: Option<EdgeIndex>, told: Told) {
        let action = self.journal.add_action(told);
        self.journal.push(Record { time: self.now, node, edge, message: 0, trace: 0, what: What::Acted { action } });
    }

    pub fn batch(&self, id: BatchId) -> &[BatchRecord] {
        &self.batches[id.0 as usize]
    }

    fn free_batch(&mut self, id: BatchId) {
        self.batches[id.0 as usize].clear();
        self.free_batches.push(id);
    }
}

/// What a service may do, and who it is.
pub struct Context<'a> {
    pub world: &'a mut World,
    pub me: Component,
}

/// A request that a service wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The edge it takes; without one it takes no time and is not drawn, and `to` says where it goes.
    pub edge: Option<EdgeIndex>,
    /// Where to, if that is not where the edge points: pollers go against the edge.
    pub to: Option<Component>,
    pub operation: Operation,
    pub message: Option<MessageId>,
    pub trace: Trace,
    /// Comes back with the answer.
    pub tag: u64,
    pub way: Way,
    pub trip: Trip,
}

impl Request {
    /// A request along an edge, there and back.
    pub fn along(edge: EdgeIndex, operation: Operation, message: MessageId, trace: Trace, tag: u64) -> Request {
        let way = if operation.is_synchronous() { Way::Request } else { Way::Message };
        Request { edge: Some(edge), to: None, operation, message: Some(message), trace, tag, way, trip: Trip::Both }
    }

    /// A request inside a service, which takes no time.
    pub fn inside(to: Component, operation: Operation, message: Option<MessageId>, trace: Trace, tag: u64) -> Request {
        Request { edge: None, to: Some(to), operation, message, trace, tag, way: Way::Message, trip: Trip::There }
    }
}

/// The answer to a request.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    pub tag: u64,
    pub status: Status,
    pub answer: PayloadId,
    /// Of an HTTP answer: an object, or null.
    pub headers: PayloadId,
    /// The message, if the other side did not take it.
    pub message: Option<MessageId>,
    pub trace: Trace,
    pub batch: Option<BatchId>,
    pub edge: Option<EdgeIndex>,
    pub operation: Operation,
}

impl Context<'_> {
    pub fn now(&self) -> Time {
        self.world.now
    }

    /// The node that people see: a mapping speaks for its function.
    pub fn node(&self) -> NodeIndex {
        self.world.gates[self.me.usize()].node
    }

    pub fn stream(&mut self) -> &mut Stream {
        &mut self.world.components[self.me.usize()].stream
    }

    /// How long some work of this node takes, in microseconds; a fault may make it longer.
    pub fn draw(&mut self, sampler: &Sampler) -> u64 {
        let state = &mut self.world.components[self.me.usize()];
        let usual = sampler.draw(&mut state.stream);
        if state.fault.active() { state.fault.slowed(usual) } else { usual }
    }

    pub fn activity(&self) -> Activity {
        self.world.components[self.me.usize()].activity
    }

    /// Whether this node, as a function, is out of order: every run fails.
    pub fn outage(&self) -> bool {
        self.world.components[self.me.usize()].fault.fault().outage
    }

    /// Whether a fault makes this run fail.
    pub fn fault_strikes(&mut self) -> bool {
        let state = &mut self.world.components[self.me.usize()];
        state.fault.strikes(&mut state.fault_stream)
    }

    /// What a fault adds to the work, in microseconds.
    pub fn fault_delay(&mut self) -> u64 {
        let state = &mut self.world.components[self.me.usize()];
        state.fault.delay(&mut state.fault_stream)
    }

    /// Whether a fault keeps this node, as a function, from reusing its environments.
    pub fn cold_starts(&self) -> bool {
        self.world.components[self.me.usize()].fault.fault().cold_starts
    }

    pub fn timer(&mut self, delay: u64, tag: u8, token: u64) {
        self.timer_at(self.world.now + delay, tag, token);
    }

    pub fn timer_at(&mut self, time: Time, tag: u8, token: u64) {
        self.world.agenda.push(time, Pending::new(self.me, Event::Timer { tag, token }));
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn record(&mut self, message: Option<MessageId>, what: What) {
        self.world.record(self.me, None, message, 0, what);
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn record_on(&mut self, edge: EdgeIndex, message: Option<MessageId>, what: What) {
        self.world.record(self.me, Some(edge), message, 0, what);
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn record_trace(&mut self, trace: Trace, what: What) {
        self.world.record(self.me, None, None, trace, what);
    }

    /// Something about a message that somebody else holds.
    pub fn record_about(&mut self, edge: Option<EdgeIndex>, message: Serial, trace: Trace, what: What) {
        self.world.record_serial(self.me, edge, message, trace, what);
    }

    /// Something about a call of one's own.
    pub fn record_call(&mut self, call: CallId, what: What) {
        if let Some(Call { edge, serial, trace, .. }) = self.world.calls.get(call).copied() {
            self.world.record_serial(self.me, edge, serial, trace, what);
        }
    }

    pub fn new_trace(&mut self) -> Trace {
        self.world.last_trace = self.world.last_trace.wrapping_add(1);
        let info = TraceInfo { number: self.world.last_trace, client: self.node(), started: self.world.now };
        self.world.traces.push(info);
        self.world.last_trace
    }

    /// A message of which no other one is the cause.
    pub fn create(&mut self, trace: Trace, payload: PayloadId, attributes: AttributesId, attempt: u16) -> MessageId {
        self.create_from(0, trace, payload, attributes, attempt)
    }

    /// A message because of another one.
    pub fn create_from(
        &mut self,
        from: Serial,
        trace: Trace,
        payload: PayloadId,
        attributes: AttributesId,
        attempt: u16,
    ) -> MessageId {
        let id = self.world.messages.create(trace, payload, attributes, self.world.now);
        self.world.messages.get_mut(id).attempt = attempt;
        self.record(Some(id), What::Created { payload, attributes, attempt, from });
        id
    }

    /// Gives a message another body.
    pub fn rewrite(&mut self, id: MessageId, payload: PayloadId) {
        let message = self.world.messages.get_mut(id);
        if message.payload != payload {
            message.payload = payload;
            self.record_contents(id);
        }
    }

    /// Gives a message other attributes.
    pub fn reattribute(&mut self, id: MessageId, attributes: AttributesId) {
        self.world.messages.get_mut(id).attributes = attributes;
        self.record_contents(id);
    }

    fn record_contents(&mut self, id: MessageId) {
        let Message { payload, attributes, .. } = *self.message(id);
        self.record(Some(id), What::Rewritten { payload, attributes });
    }

    /// Puts a message into an envelope, or takes it out.
    pub fn wrap(&mut self, id: MessageId, envelope: Envelope) {
        let message = self.world.messages.get_mut(id);
        if message.envelope != envelope {
            message.envelope = envelope;
            self.record(Some(id), What::Wrapped { envelope });
        }
    }

    pub fn message(&self, id: MessageId) -> &Message {
        self.world.messages.get(id)
    }

    pub fn message_mut(&mut self, id: MessageId) -> &mut Message {
        self.world.messages.get_mut(id)
    }

    /// Ends a message that this service holds.
    pub fn end(&mut self, id: MessageId, ending: Ending) {
        self.world.end(self.me, id, ending);
    }

    /// Makes a request along an edge. The call holds the message until the other side takes it.
    pub fn call(&mut self, request: Request) -> CallId {
        let now = self.world.now;
        let mut latency = 0;
        let (mut faulty, mut removed) = (false, false);
        let mut to = request.to.unwrap_or(self.me);
        if let Some(edge) = request.edge {
            let edge = &mut self.world.edges[edge.usize()];
            latency = edge.latency.draw(&mut edge.stream);
            to = request.to.unwrap_or(edge.node_to);
            faulty = edge.faulty;
            removed = edge.removed;
            if faulty {
                latency = edge.fault.slowed(latency) + edge.fault.delay(&mut edge.fault_stream);
            }
            if self.world.slowing
                && let Some(state) = self.world.components.get(to.usize()).filter(|state| !state.works)
            {
                latency = state.fault.slowed(latency);
            }
        }
        let (there, back) = match request.trip {
            Trip::Both => (latency / 2, latency - latency / 2),
            Trip::There => (latency, 0),
            Trip::Back => (0, latency),
        };
        let serial = match (request.message, request.operation) {
            (Some(message), _) => self.message(message).serial,
            (None, Operation::InvokeBatch { batch, .. }) => self.batch(batch).first().map_or(0, |first| first.serial),
            (None, Operation::EventDone { event, .. }) => event,
            (None, _) => 0,
        };
        let id = self.world.calls.add(Call {
            from: self.me,
            to,
            edge: request.edge,
            tag: request.tag,
            operation: request.operation,
            message: request.message,
            serial,
            trace: request.trace,
            leg: Leg::There,
            abandoned: false,
            way_back: back,
            sent: now,
            status: Status::OK,
            answer: PayloadId::NULL,
            headers: PayloadId::NULL,
            batch: None,
            delayed: false,
        });
        if request.edge.is_some() {
            let what = What::Departed { way: request.way, arrives: now + there };
            self.world.record(self.me, request.edge, request.message, request.trace, what);
        }
        if removed {
            self.record_call(id, What::NotThere);
            self.refuse_on_the_way(id, Status::Unreachable, latency, request.message);
        } else if faulty {
            self.call_at_fault(id, latency, there);
        } else {
            self.world.agenda.push(now + there, Pending::new(to, Event::Request(id)));
        }
        id
    }

    /// A call gets as far as what stops it, and the caller learns of it after the whole way.
    fn refuse_on_the_way(&mut self, id: CallId, status: Status, latency: u64, message: Option<MessageId>) {
        if let Some(call) = self.world.calls.get_mut(id) {
            call.way_back = latency.max(MILLISECOND);
        }
        self.world.answer(id, status, PayloadId::NULL, message);
    }

    /// What an edge's fault does to a call that has just set out.
    fn call_at_fault(&mut self, id: CallId, latency: u64, there: u64) {
        let (me, now) = (self.me, self.world.now);
        let Some(Call { edge: Some(index), to, message, .. }) = self.world.calls.get(id).copied() else { return };
        let edge = &mut self.world.edges[index.usize()];
        if edge.fault.fault().partition {
            self.world.lose(id, me, message);
            return;
        }
        if let Some(status) = edge.fault.refuses(Status::Unreachable, Status::Unreachable, &mut edge.fault_stream, now)
        {
            self.record_call(id, What::RefusedByFault { status });
            self.refuse_on_the_way(id, status, latency, message);
            return;
        }
        self.world.agenda.push(now + there, Pending::new(to, Event::Request(id)));
        let Some(message) = message else { return };
        let marks = edge.fault.poisons();
        let twice = edge.fault.duplicates(&mut edge.fault_stream);
        if edge.fault.loses_answers() {
            self.world.sent.insert(id, *self.world.messages.get(message));
        }
        if marks {
            self.world.poison(me, Some(index), message);
        }
        if twice && let Some(call) = self.world.duplicate(me, Some(index), id) {
            self.world.agenda.push(now + there, Pending::new(to, Event::Request(call)));
        }
    }

    /// Whether a fault is at work on an edge.
    pub fn is_faulty(&self, edge: EdgeIndex) -> bool {
        self.world.edges[edge.usize()].faulty
    }

    /// What the fault of an event source mapping does to a message that is received over it: marks it, or has it
    /// delivered twice, which is the answer.
    pub fn received_at_fault(&mut self, edge: EdgeIndex, message: MessageId, may_repeat: bool) -> bool {
        let state = &mut self.world.edges[edge.usize()];
        let twice = may_repeat && state.fault.duplicates(&mut state.fault_stream);
        if state.fault.poisons() {
            self.world.poison(self.me, Some(edge), message);
        }
        if twice {
            self.record_on(edge, Some(message), What::Duplicated);
        }
        twice
    }

    /// Where an edge ends.
    pub fn end_of(&self, edge: EdgeIndex) -> Component {
        self.world.edges[edge.usize()].node_to
    }

    /// The call that was received. It lives until it is answered.
    pub fn request(&self, id: CallId) -> Option<&Call> {
        self.world.calls.get(id)
    }

    /// Takes the message out of a call that was received: from now on this service holds it.
    pub fn take_message(&mut self, id: CallId) -> Option<MessageId> {
        self.world.calls.get_mut(id).and_then(|call| call.message.take())
    }

    /// Answers a call. A message given here is handed back to the caller.
    pub fn reply(&mut self, id: CallId, status: Status, answer: PayloadId, message: Option<MessageId>) {
        // Whoever was removed and comes back may answer what was answered in its absence.
        if self.world.calls.get(id).is_some_and(|call| call.leg != Leg::Back) {
            self.world.answer(id, status, answer, message);
        } else if let Some(message) = message {
            self.end(message, Ending::Dropped(Reason::CallerGone));
        }
    }

    /// Answers an HTTP request with headers: an object, or null.
    pub fn reply_with_headers(
        &mut self,
        id: CallId,
        status: Status,
        answer: PayloadId,
        headers: PayloadId,
        message: Option<MessageId>,
    ) {
        if headers != PayloadId::NULL
            && let Some(call) = self.world.calls.get_mut(id)
        {
            call.headers = headers;
        }
        self.reply(id, status, answer, message);
    }

    /// Answers a poll with a batch.
    pub fn reply_batch(&mut self, id: CallId, batch: BatchId) {
        if self.world.losing && self.world.loses_answer(id, Status::OK, None) {
            // The messages come back when their visibility timeout ends.
            self.world.free_batch(batch);
            return;
        }
        let records = self.world.batch(batch).len() as u16;
        let now = self.world.now;
        let Some(call) = self.world.calls.get_mut(id) else { return };
        call.leg = Leg::Back;
        call.status = Status::OK;
        call.batch = Some(batch);
        let (from, edge, arrives) = (call.from, call.edge, now + call.way_back);
        if records > 0 {
            let trace = self.world.batch(batch).first().map_or(0, |record| record.trace);
            let serial = self.world.batch(batch).first().map_or(0, |record| record.serial);
            let what = What::Departed { way: Way::Batch { records }, arrives };
            let node = self.node();
            self.world.journal.push(Record { time: now, node, edge, message: serial, trace, what });
        }
        self.world.agenda.push(arrives, Pending::new(from, Event::Reply(id)));
    }

    /// The answer to a call of one's own. The call is over.
    pub fn take_reply(&mut self, id: CallId) -> Option<Reply> {
        let call = self.world.calls.remove(id)?;
        Some(Reply {
            tag: call.tag,
            status: call.status,
            answer: call.answer,
            headers: call.headers,
            message: call.message,
            trace: call.trace,
            batch: call.batch,
            edge: call.edge,
            operation: call.operation,
        })
    }

    /// Stops waiting for an answer. What comes back later is dropped.
    pub fn abandon(&mut self, id: CallId) {
        if let Some(call) = self.world.calls.get_mut(id) {
            call.abandoned = true;
        }
    }

    pub fn new_batch(&mut self) -> BatchId {
        match self.world.free_batches.pop() {
            Some(id) => id,
            None => {
                self.world.batches.push(Vec::new());
                BatchId(self.world.batches.len() as u32 - 1)
            }
        }
    }

    pub fn batch(&self, id: BatchId) -> &[BatchRecord] {
        &self.world.batches[id.0 as usize]
    }

    pub fn batch_mut(&mut self, id: BatchId) -> &mut Vec<BatchRecord> {
        &mut self.world.batches[id.0 as usize]
    }

    pub fn free_batch(&mut self, id: BatchId) {
        self.world.free_batch(id);
    }

    /// A copy of a message that this service holds, for one receiver of several. The copy is held too.
    pub fn copy(&mut self, id: MessageId) -> MessageId {
        self.world.copy(self.me, id)
    }

    /// One of the messages that a request brings together, as a message of its own. It is held here.
    pub fn unpack(&mut self, request: MessageId, payload: PayloadId, attributes: AttributesId) -> MessageId {
        let request = *self.message(request);
        let id = self.create_from(request.serial, request.trace, payload, attributes, 1);
        let message = self.message_mut(id);
        (message.lineage, message.poison) = (request.lineage, request.poison);
        id
    }

    /// A new message with everything that another one had, which somebody else holds or has ended. It is held here.
    pub fn renew(&mut self, old: &Message) -> MessageId {
        let id = self.world.messages.create(old.trace, old.payload, old.attributes, old.created);
        let message = self.world.messages.get_mut(id);
        *message = Message { serial: message.serial, dead: false, ..*old };
        let Message { payload, attributes, attempt, serial: from, .. } = *old;
        self.record(Some(id), What::Created { payload, attributes, attempt, from });
        self.world.record_envelope(self.me, id);
        id
    }
}
