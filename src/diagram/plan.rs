//! The checked diagram: every default filled in, every reference resolved to an index. What is built from a plan does
//! not check again.

use super::connections;
use super::deliveries;
use super::distribution::Distribution;
use super::document::{Document, Edge, EdgeKind, Node, NodeKind};
use super::doors;
use super::fault::{FAULT_KINDS, FaultTarget};
use super::prices::Prices;
use super::problem::Problem;
use super::reader::Problems;
use super::setting::SettingReader;
use super::settings::{
    self, AccountSettings, BusSettings, ClientSettings, DatabaseSettings, EdgeSettings, EndpointSettings,
    FunctionSettings, GatewaySettings, MailerSettings, QueueSettings, RedriveAllow, RuleSettings, TopicSettings,
};
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// Index of a node in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

/// Index of an edge in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeIndex(pub u32);

impl NodeIndex {
    pub fn usize(self) -> usize {
        self.0 as usize
    }
}

impl EdgeIndex {
    pub fn usize(self) -> usize {
        self.0 as usize
    }
}

/// A node's settings, by its kind.
#[derive(Clone, Debug)]
pub enum NodeSettings {
    Client(Box<ClientSettings>),
    Gateway(Box<GatewaySettings>),
    Function(Box<FunctionSettings>),
    Queue(QueueSettings),
    Topic(TopicSettings),
    Bus(BusSettings),
    Rule(Box<RuleSettings>),
    Database(DatabaseSettings),
    Mailer(MailerSettings),
    Endpoint(EndpointSettings),
    Other,
}

#[derive(Clone, Debug)]
pub struct PlanNode {
    pub id: Uuid,
    pub kind: NodeKind,
    pub name: String,
    pub settings: NodeSettings,
    /// Edges that begin here, in document order.
    pub outgoing: Vec<EdgeIndex>,
    /// Edges that end here, in document order.
    pub incoming: Vec<EdgeIndex>,
    /// It is not in the document any longer; what is known of it stays for the journal. See [`Plan::continuing`].
    pub removed: bool,
}

#[derive(Clone, Debug)]
pub struct PlanEdge {
    pub id: Uuid,
    pub kind: EdgeKind,
    pub from: NodeIndex,
    pub to: NodeIndex,
    pub settings: EdgeSettings,
    /// There and back, or one way where nothing comes back.
    pub latency: Distribution,
    /// As [`PlanNode::removed`].
    pub removed: bool,
}

/// A diagram that can be simulated. Nodes and edges stand in document order, unless it continues another plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub name: String,
    pub account: AccountSettings,
    pub nodes: Vec<PlanNode>,
    pub edges: Vec<PlanEdge>,
    pub prices: Prices,
    index: FxHashMap<Uuid, u32>,
}

impl Plan {
    pub fn node(&self, index: NodeIndex) -> &PlanNode {
        &self.nodes[index.usize()]
    }

    pub fn edge(&self, index: EdgeIndex) -> &PlanEdge {
        &self.edges[index.usize()]
    }

    pub fn find_node(&self, id: Uuid) -> Option<NodeIndex> {
        self.index
            .get(&id)
            .copied()
            .map(NodeIndex)
            .filter(|index| self.nodes.get(index.usize()).is_some_and(|node| node.id == id && !node.removed))
    }

    pub fn find_edge(&self, id: Uuid) -> Option<EdgeIndex> {
        self.index
            .get(&id)
            .copied()
            .map(EdgeIndex)
            .filter(|index| self.edges.get(index.usize()).is_some_and(|edge| edge.id == id && !edge.removed))
    }

    /// What all functions without concurrency of their own share: lambda-concurrency.
    pub fn unreserved_concurrency(&self) -> u64 {
        let claims = self.nodes.iter().filter(|node| !node.removed).map(|node| match &node.settings {
            NodeSettings::Function(function) => function.claimed_concurrency(),
            _ => 0,
        });
        self.account.concurrency.saturating_sub(claims.sum())
    }

    /// What kind of thing a fault strikes.
    pub fn fault_target(&self, id: Uuid) -> Option<FaultTarget> {
        let node = self.find_node(id).map(|node| FaultTarget::Node(self.node(node).kind));
        node.or_else(|| self.find_edge(id).map(|edge| FaultTarget::Edge(self.edge(edge).kind)))
    }

    /// Whether there is any fault for this node or edge.
    pub fn can_be_struck(&self, id: Uuid) -> bool {
        self.fault_target(id).is_some_and(|target| FAULT_KINDS.iter().any(|kind| kind.applies_to(target)))
    }

    pub fn node_indices(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        let live: Vec<bool> = self.nodes.iter().map(|node| !node.removed).collect();
        (0..self.nodes.len() as u32).map(NodeIndex).filter(move |index| live[index.usize()])
    }

    pub fn edge_indices(&self) -> impl Iterator<Item = EdgeIndex> + use<> {
        let live: Vec<bool> = self.edges.iter().map(|edge| !edge.removed).collect();
        (0..self.edges.len() as u32).map(EdgeIndex).filter(move |index| live[index.usize()])
    }

    /// This plan with the indices of an earlier one: what is in both keeps its index, what is new comes behind, and what
    /// is gone stays, marked as removed and without edges. What comes back gets the index that it had.
    pub fn continuing(self, earlier: &Plan) -> Plan {
        let (nodes, edges, index) = (earlier.nodes.clone(), earlier.edges.clone(), earlier.index.clone());
        let mut plan = Plan { nodes, edges, index, ..self };
        for node in &mut plan.nodes {
            node.removed = true;
            node.outgoing.clear();
            node.incoming.clear();
        }
        plan.edges.iter_mut().for_each(|edge| edge.removed = true);
        let mut nodes: Vec<NodeIndex> = Vec::with_capacity(self.nodes.len());
        for node in self.nodes {
            let node = PlanNode { outgoing: Vec::new(), incoming: Vec::new(), ..node };
            let index = place(&mut plan.nodes, node, |known, node| (known.id, known.kind) == (node.id, node.kind));
            plan.index.insert(plan.nodes[index].id, index as u32);
            nodes.push(NodeIndex(index as u32));
        }
        for edge in self.edges {
            let edge = PlanEdge { from: nodes[edge.from.usize()], to: nodes[edge.to.usize()], ..edge };
            let index = place(&mut plan.edges, edge, |known, edge| {
                (known.id, known.kind, known.from, known.to) == (edge.id, edge.kind, edge.from, edge.to)
            });
            let edge = &plan.edges[index];
            plan.index.insert(edge.id, index as u32);
            plan.nodes[edge.from.usize()].outgoing.push(EdgeIndex(index as u32));
            plan.nodes[edge.to.usize()].incoming.push(EdgeIndex(index as u32));
        }
        plan
    }

    /// Whether what a function sends through functions, queues and topics can come back to it.
    pub fn can_come_back(&self, function: NodeIndex) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![function];
        while let Some(node) = open.pop() {
            for edge in &self.node(node).outgoing {
                let edge = self.edge(*edge);
                let next = self.node(edge.to).kind;
                if !matches!(next, NodeKind::Function | NodeKind::Queue | NodeKind::Topic) {
                    continue;
                }
                if edge.to == function {
                    return true;
                }
                if !std::mem::replace(&mut seen[edge.to.usize()], true) {
                    open.push(edge.to);
                }
            }
        }
        false
    }

    /// The first edge of this kind between two nodes.
    pub fn edge_between(&self, from: NodeIndex, to: NodeIndex, kind: EdgeKind) -> Option<EdgeIndex> {
        self.node(from).outgoing.iter().copied().find(|edge| {
            let edge = self.edge(*edge);
            edge.to == to && edge.kind == kind
        })
    }
}

/// Puts something where the same thing was before, or behind all others.
fn place<T>(known: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) -> usize {
    match known.iter().position(|known| same(known, &new)) {
        Some(index) => {
            known[index] = new;
            index
        }
        None => {
            known.push(new);
            known.len() - 1
        }
    }
}

/// Checks a document and fills in every default. Returns every problem, each with its path.
pub fn check(document: &Document) -> Result<Plan, Vec<Problem>> {
    let mut problems = Problems::default();
    let mut reader =
        SettingReader::new(&document.account, "account".to_string(), settings::account_fields(), &mut problems);
    let account = AccountSettings::read(&mut reader);
    reader.finish();
    let mut plan = Plan { name: document.name.clone(), account, ..Plan::default() };
    for (position, node) in document.nodes.iter().enumerate() {
        let path = format!("nodes[{position}]");
        if node.name.trim().is_empty() {
            problems.say(format!("{path}.name"), tr!("The name is empty."), tr!("Give the node a name."));
        }
        if plan.index.insert(node.id, position as u32).is_some() {
            problems.say(format!("{path}.id"), tr!("The id {} is used twice.", node.id), tr!("Ids have to differ."));
        }
        let settings = read_node(node, &path, document, &mut problems);
        plan.nodes.push(PlanNode {
            id: node.id,
            kind: node.kind,
            name: node.name.clone(),
            settings,
            outgoing: Vec::new(),
            incoming: Vec::new(),
            removed: false,
        });
    }
    let node_count = plan.nodes.len();
    for (position, edge) in document.edges.iter().enumerate() {
        let path = format!("edges[{position}]");
        if plan.index.contains_key(&edge.id) {
            problems.say(format!("{path}.id"), tr!("The id {} is used twice.", edge.id), tr!("Ids have to differ."));
        }
        let from = find(document, edge.from, &format!("{path}.from"), &mut problems);
        let to = find(document, edge.to, &format!("{path}.to"), &mut problems);
        let (Some(from), Some(to)) = (from, to) else { continue };
        check_connection(document, edge, from, to, &path, &mut problems);
        let mut reader = SettingReader::new(
            &edge.settings,
            format!("{path}.settings"),
            settings::edge_fields(edge.kind),
            &mut problems,
        );
        let (settings, latency) = EdgeSettings::read(edge.kind, &mut reader);
        reader.finish();
        let index = EdgeIndex(plan.edges.len() as u32);
        plan.index.insert(edge.id, index.0);
        plan.nodes[from].outgoing.push(index);
        plan.nodes[to].incoming.push(index);
        let (from, to) = (NodeIndex(from as u32), NodeIndex(to as u32));
        plan.edges.push(PlanEdge { id: edge.id, kind: edge.kind, from, to, settings, latency, removed: false });
    }
    debug_assert_eq!(node_count, document.nodes.len());
    check_whole(document, &plan, &mut problems);
    check_concurrency(&plan, &mut problems);
    check_faults(document, &plan, &mut problems);
    plan.prices = Prices::read(&document.prices, &mut problems);
    problems.into_result(plan)
}

fn find(document: &Document, id: Uuid, path: &str, problems: &mut Problems) -> Option<usize> {
    let found = document.nodes.iter().position(|node| node.id == id);
    if found.is_none() {
        problems.say(path, tr!("There is no node with the id {id}.", id = id), "");
    }
    found
}

fn check_connection(document: &Document, edge: &Edge, from: usize, to: usize, path: &str, problems: &mut Problems) {
    let (from, to) = (&document.nodes[from], &document.nodes[to]);
    if let Some(refusal) = connections::refusal(from.kind, to.kind) {
        let message = tr!(
            "“{from}” cannot be connected to “{to}”. {reason}",
            from = from.name,
            to = to.name,
            reason = refusal.reason
        );
        problems.say(path, message, refusal.detour);
        return;
    }
    let allowed = connections::edge_kinds(from.kind, to.kind);
    if !allowed.contains(&edge.kind) {
        let known = allowed.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let message = tr!(
            "From a {from} to a {to} an edge cannot be of kind `{kind}`.",
            from = from.kind.noun(),
            to = to.kind.noun(),
            kind = edge.kind.name()
        );
        problems.say(format!("{path}.kind"), message, tr!("Use {known}.", known = known));
    }
    if from.id == to.id && edge.kind == EdgeKind::Redrive {
        problems.say(path, tr!("A queue cannot be its own dead-letter queue."), tr!("Add a second queue."));
    }
}

fn read_node(node: &Node, path: &str, document: &Document, problems: &mut Problems) -> NodeSettings {
    let mut reader =
        SettingReader::new(&node.settings, format!("{path}.settings"), settings::node_fields(node.kind), problems);
    let settings = match node.kind {
        NodeKind::Client => NodeSettings::Client(Box::new(ClientSettings::read(&mut reader))),
        NodeKind::Gateway => NodeSettings::Gateway(Box::new(GatewaySettings::read(&mut reader))),
        NodeKind::Function => NodeSettings::Function(Box::new(FunctionSettings::read(&mut reader, node.id, document))),
        NodeKind::Queue => NodeSettings::Queue(QueueSettings::read(&mut reader)),
        NodeKind::Database => NodeSettings::Database(DatabaseSettings::read(&mut reader)),
        later => doors::read_node(later, &mut reader),
    };
    reader.finish();
    settings
}

fn check_faults(document: &Document, plan: &Plan, problems: &mut Problems) {
    for (position, scheduled) in document.faults.iter().enumerate() {
        match plan.fault_target(scheduled.target) {
            Some(target) => problems.extend(scheduled.fault.misfits(&format!("faults[{position}].fault"), target)),
            None => problems.say(
                format!("faults[{position}].target"),
                tr!("There is no node or edge with the id {}.", scheduled.target),
                tr!("Take this fault off the schedule."),
            ),
        }
    }
}

/// What must stay for functions without reserved concurrency: configuration-concurrency.
pub const MINIMUM_UNRESERVED: u64 = 100;

/// Whether an account may reserve what its functions ask for. A quota below 100 can be used but not divided.
fn check_concurrency(plan: &Plan, problems: &mut Problems) {
    let (account, unreserved) = (plan.account.concurrency, plan.unreserved_concurrency());
    for (position, node) in plan.nodes.iter().enumerate() {
        let NodeSettings::Function(function) = &node.settings else { continue };
        let path = format!("nodes[{position}].settings");
        if let Some(reserved) = function.reserved_concurrency
            && function.provisioned_concurrency > reserved
        {
            let message = tr!("“{}” has more provisioned than reserved concurrency.", node.name);
            problems.say(
                format!("{path}.ProvisionedConcurrentExecutions"),
                message,
                tr!("At most the reserved {reserved}.", reserved = reserved),
            );
        }
        if function.claimed_concurrency() > 0 && unreserved < MINIMUM_UNRESERVED {
            let name = match function.reserved_concurrency {
                Some(_) => "ReservedConcurrentExecutions",
                None => "ProvisionedConcurrentExecutions",
            };
            let message = tr!(
                "Of the account's {all} concurrent executions fewer than {fewest} would stay unreserved.",
                all = account,
                fewest = MINIMUM_UNRESERVED
            );
            problems.say(format!("{path}.{name}"), message, tr!("Reserve less, or raise the account's quota."));
        }
    }
}

/// services-sqs-configure.
pub const FIFO_BATCH: usize = 10;

/// What can only be seen when all nodes and edges are known.
fn check_whole(document: &Document, plan: &Plan, problems: &mut Problems) {
    for (position, node) in plan.nodes.iter().enumerate() {
        let path = format!("nodes[{position}]");
        let of_kind = |kind: EdgeKind| node.outgoing.iter().filter(|edge| plan.edge(**edge).kind == kind).count();
        if of_kind(EdgeKind::Redrive) > 1 {
            problems.say(
                &path,
                tr!("“{}” has more than one dead-letter queue.", node.name),
                tr!("Keep one redrive edge."),
            );
        }
        for kind in [EdgeKind::OnSuccess, EdgeKind::OnFailure, EdgeKind::DeadLetter] {
            if of_kind(kind) > 1 {
                let message = match kind {
                    EdgeKind::OnSuccess => tr!("“{}” has more than one destination on success.", node.name),
                    EdgeKind::OnFailure => tr!("“{}” has more than one destination on failure.", node.name),
                    _ => tr!("“{}” has more than one dead-letter queue.", node.name),
                };
                problems.say(&path, message, tr!("Keep one {kind} edge.", kind = kind.name()));
            }
        }
        if node.kind == NodeKind::Client && node.outgoing.len() > 1 {
            let message = tr!("The client “{}” sends to more than one place.", node.name);
            problems.say(&path, message, tr!("Use one client for each."));
        }
        if let NodeSettings::Gateway(settings) = &node.settings {
            let position_of = |id| document.edges.iter().position(|edge| edge.id == id).unwrap_or(0);
            settings::check_gateway(plan, node, settings, &path, position_of, problems);
        }
    }
    check_queues(document, plan, problems);
    deliveries::check(document, plan, problems);
}

/// What a queue's type and permissions demand of its dead-letter queue and of its mappings.
fn check_queues(document: &Document, plan: &Plan, problems: &mut Problems) {
    for edge in &plan.edges {
        let (from, to) = (&plan.node(edge.from).name, &plan.node(edge.to).name);
        let mut say = |setting: &str, message: String, hint: &str| {
            let position = document.edges.iter().position(|other| other.id == edge.id).unwrap_or_default();
            problems.say(format!("edges[{position}]{setting}"), message, hint);
        };
        let outcome = matches!(edge.kind, EdgeKind::OnSuccess | EdgeKind::OnFailure | EdgeKind::DeadLetter);
        if outcome && matches!(&plan.node(edge.to).settings, NodeSettings::Queue(queue) if queue.fifo) {
            let message = tr!(
                "“{to}” is a FIFO queue; what becomes of asynchronous invocations goes to a standard one.",
                to = to
            );
            say("", message, tr!("Choose a standard queue."));
        }
        let NodeSettings::Queue(queue) = &plan.node(edge.from).settings else { continue };
        match (&edge.settings, &plan.node(edge.to).settings) {
            (EdgeSettings::Redrive { .. }, NodeSettings::Queue(dead)) => {
                if queue.fifo != dead.fifo {
                    let message = tr!("“{to}” is not of the same type as “{from}”.", to = to, from = from);
                    say(
                        "",
                        message,
                        tr!("A FIFO queue needs a FIFO dead-letter queue, a standard queue a standard one."),
                    );
                }
                let allowed = match &dead.redrive_allow {
                    RedriveAllow::All => true,
                    RedriveAllow::None => false,
                    RedriveAllow::Queues(queues) => queues.contains(&plan.node(edge.from).id),
                };
                if !allowed {
                    let message =
                        tr!("The RedriveAllowPolicy of “{to}” does not let “{from}” use it.", to = to, from = from);
                    say("", message, tr!("Allow it there, or choose another dead-letter queue."));
                }
            }
            (EdgeSettings::Mapping(mapping), _) if queue.fifo => {
                if mapping.batch_size > FIFO_BATCH {
                    let message = tr!("A FIFO queue gives no batches of {}.", mapping.batch_size);
                    say(".settings.BatchSize", message, tr!("At most 10."));
                }
                if mapping.batching_window > 0 {
                    let message = tr!("A FIFO queue has no batching window.").to_string();
                    say(".settings.MaximumBatchingWindowInSeconds", message, tr!("Set it to 0."));
                }
            }
            _ => {}
        }
    }
}
