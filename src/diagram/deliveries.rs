//! What topics, buses and rules may deliver to whom: checks that need the whole diagram.

use super::document::{Document, EdgeKind, NodeKind};
use super::plan::{NodeSettings, Plan, PlanEdge, PlanNode};
use super::reader::Problems;
use super::settings::{DEFAULT_BUS, EdgeSettings, Protocol, Subscription, Target, TopicSettings};
use uuid::Uuid;

/// eb-quota.
pub const MAXIMUM_TARGETS: usize = 5;
pub const MAXIMUM_RULES: usize = 300;
pub const MAXIMUM_WILDCARD_RULES: usize = 30;
/// subscription-filter-policy-constraints.
const MAXIMUM_FILTER_POLICIES: usize = 200;
/// general/gr/sns.
const MAXIMUM_FIFO_SUBSCRIPTIONS: usize = 100;
/// large-message-payloads: above this size a topic may have only so many subscriptions.
pub const ORDINARY_MESSAGE_SIZE: u64 = 262_144;
const MAXIMUM_LARGE_SUBSCRIPTIONS: usize = 100;

pub fn check(document: &Document, plan: &Plan, problems: &mut Problems) {
    for (position, node) in plan.nodes.iter().enumerate() {
        let path = format!("nodes[{position}]");
        match &node.settings {
            NodeSettings::Topic(topic) => check_topic(plan, node, topic, &path, problems),
            NodeSettings::Bus(_) => check_bus(plan, node, &path, problems),
            NodeSettings::Rule(_) => check_rule(plan, node, &path, problems),
            _ => {}
        }
    }
    for edge in &plan.edges {
        let position = document.edges.iter().position(|other| other.id == edge.id).unwrap_or_default();
        let path = format!("edges[{position}].settings");
        match &edge.settings {
            EdgeSettings::Subscription(subscription) => {
                check_subscription(plan, edge, subscription, &path, problems);
                let fifo = matches!(&plan.node(edge.from).settings, NodeSettings::Topic(topic) if topic.fifo);
                check_dead_letter_queue(plan, subscription.dead_letter_queue, fifo, &path, problems);
            }
            EdgeSettings::Target(target) => {
                check_target(plan, edge, target, &path, problems);
                check_dead_letter_queue(plan, target.dead_letter_queue, false, &path, problems);
            }
            _ => {}
        }
    }
}

fn outgoing<'a>(plan: &'a Plan, node: &'a PlanNode, kind: EdgeKind) -> impl Iterator<Item = &'a PlanEdge> {
    node.outgoing.iter().map(|edge| plan.edge(*edge)).filter(move |edge| edge.kind == kind)
}

fn check_topic(plan: &Plan, node: &PlanNode, topic: &TopicSettings, path: &str, problems: &mut Problems) {
    let subscriptions = || {
        outgoing(plan, node, EdgeKind::Subscription).filter_map(|edge| match &edge.settings {
            EdgeSettings::Subscription(subscription) => Some((edge, subscription)),
            _ => None,
        })
    };
    let count = subscriptions().count();
    if subscriptions().filter(|(_, subscription)| subscription.filter.is_some()).count() > MAXIMUM_FILTER_POLICIES {
        let message = tr!(
            "The topic “{topic}” has more than {most} filter policies.",
            topic = node.name,
            most = MAXIMUM_FILTER_POLICIES
        );
        problems.say(path, message, tr!("Filter in the subscribers, or use several topics."));
    }
    if topic.fifo && count > MAXIMUM_FIFO_SUBSCRIPTIONS {
        let message = tr!(
            "The FIFO topic “{topic}” has more than {most} subscriptions.",
            topic = node.name,
            most = MAXIMUM_FIFO_SUBSCRIPTIONS
        );
        problems.say(path, message, tr!("Use a second topic."));
    }
    let small = |edge: &PlanEdge| !matches!(plan.node(edge.to).kind, NodeKind::Queue | NodeKind::Function);
    let large = topic.maximum_message_size > ORDINARY_MESSAGE_SIZE;
    if large && (count > MAXIMUM_LARGE_SUBSCRIPTIONS || subscriptions().any(|(edge, _)| small(edge))) {
        problems.say(
            format!("{path}.settings.MaximumMessageSize"),
            tr!("The topic “{}” has a subscriber that does not take messages this large.", node.name),
            tr!("More than 262144 bytes need at most 100 subscriptions, all of them queues or functions."),
        );
    }
}

fn check_bus(plan: &Plan, node: &PlanNode, path: &str, problems: &mut Problems) {
    let rules = || outgoing(plan, node, EdgeKind::Rule).map(|edge| &plan.node(edge.to).settings);
    if rules().count() > MAXIMUM_RULES {
        let message = tr!("The bus “{bus}” has more than {most} rules.", bus = node.name, most = MAXIMUM_RULES);
        problems.say(path, message, tr!("Use a second bus."));
    }
    let wildcard = |settings: &&NodeSettings| match settings {
        NodeSettings::Rule(rule) => rule.pattern.as_ref().is_some_and(|pattern| pattern.has_wildcard()),
        _ => false,
    };
    if rules().filter(wildcard).count() > MAXIMUM_WILDCARD_RULES {
        let message = tr!(
            "The bus “{bus}” has more than {most} rules with wildcards.",
            bus = node.name,
            most = MAXIMUM_WILDCARD_RULES
        );
        problems.say(path, message, tr!("Use prefixes or suffixes, or a second bus."));
    }
}

fn check_rule(plan: &Plan, node: &PlanNode, path: &str, problems: &mut Problems) {
    let NodeSettings::Rule(rule) = &node.settings else { return };
    if outgoing(plan, node, EdgeKind::Target).count() > MAXIMUM_TARGETS {
        let message = tr!("The rule “{rule}” has more than {most} targets.", rule = node.name, most = MAXIMUM_TARGETS);
        problems.say(path, message, tr!("Add a second rule with the same pattern."));
    }
    let buses = || node.incoming.iter().map(|edge| plan.edge(*edge)).filter(|edge| edge.kind == EdgeKind::Rule);
    if buses().count() > 1 {
        let message = tr!("The rule “{}” belongs to more than one bus.", node.name);
        problems.say(path, message, tr!("Use one rule for each bus."));
    }
    let custom = |edge: &PlanEdge| match &plan.node(edge.from).settings {
        NodeSettings::Bus(bus) => bus.name != DEFAULT_BUS,
        _ => false,
    };
    if rule.schedule.is_some() && buses().any(custom) {
        problems.say(
            format!("{path}.settings.ScheduleExpression"),
            tr!("Only rules of the default bus can have a schedule."),
            tr!("Connect the rule to a bus whose Name is default."),
        );
    }
}

fn check_subscription(plan: &Plan, edge: &PlanEdge, subscription: &Subscription, path: &str, problems: &mut Problems) {
    let receiver = plan.node(edge.to);
    let fifo_topic = matches!(&plan.node(edge.from).settings, NodeSettings::Topic(topic) if topic.fifo);
    let fifo_queue = matches!(&receiver.settings, NodeSettings::Queue(queue) if queue.fifo);
    if fifo_topic && receiver.kind != NodeKind::Queue {
        let message = tr!(
            "A FIFO topic delivers to queues only; “{node}” is a {kind}.",
            node = receiver.name,
            kind = receiver.kind.noun()
        );
        problems.say(path, message, tr!("Put a queue between."));
    }
    if fifo_queue && !fifo_topic {
        let message = tr!("A standard topic does not deliver to FIFO queues, such as “{}”.", receiver.name);
        problems.say(path, message, tr!("Switch the topic's FifoTopic on, or use a standard queue."));
    }
    let fits = match subscription.protocol {
        None => true,
        Some(Protocol::Sqs) => receiver.kind == NodeKind::Queue,
        Some(Protocol::Lambda) => receiver.kind == NodeKind::Function,
        Some(Protocol::Email | Protocol::EmailJson) => receiver.kind == NodeKind::Mailer,
        Some(Protocol::Http | Protocol::Sms) => receiver.kind == NodeKind::Endpoint,
    };
    if !fits {
        let message =
            tr!("This protocol does not reach “{node}”, a {kind}.", node = receiver.name, kind = receiver.kind.noun());
        problems.say(
            format!("{path}.Protocol"),
            message,
            tr!("sqs for queues, lambda for functions, email for e-mail; http, https or sms for endpoints."),
        );
    }
}

fn check_target(plan: &Plan, edge: &PlanEdge, target: &Target, path: &str, problems: &mut Problems) {
    let receiver = plan.node(edge.to);
    let NodeSettings::Queue(queue) = &receiver.settings else {
        if !target.message_group_id.is_empty() {
            let message = tr!("“{}” is no queue.", receiver.name);
            problems.say(format!("{path}.MessageGroupId"), message, tr!("Only queues have message groups."));
        }
        return;
    };
    if queue.fifo && target.message_group_id.is_empty() {
        problems.say(
            format!("{path}.MessageGroupId"),
            tr!("“{}” is a FIFO queue.", receiver.name),
            tr!("A FIFO queue as a target needs a MessageGroupId."),
        );
    }
    if queue.fifo && !queue.content_based_deduplication {
        problems.say(
            path,
            tr!("“{}” is a FIFO queue that does not deduplicate by content.", receiver.name),
            tr!("A rule sends no deduplication ids: switch the queue's ContentBasedDeduplication on."),
        );
    }
}

/// A topic's dead letters go to a queue of the topic's type, a rule's to a standard queue (sns-dead-letter-queues,
/// eb-rule-dlq).
fn check_dead_letter_queue(plan: &Plan, id: Option<Uuid>, fifo: bool, path: &str, problems: &mut Problems) {
    let Some(id) = id else { return };
    let path = format!("{path}.DeadLetterQueue");
    match plan.find_node(id).map(|node| &plan.node(node).settings) {
        Some(NodeSettings::Queue(queue)) if queue.fifo != fifo => {
            let hint = if fifo { tr!("Choose a FIFO queue.") } else { tr!("Choose a standard queue.") };
            problems.say(path, tr!("This is no dead-letter queue of the same type."), hint);
        }
        Some(NodeSettings::Queue(_)) => {}
        _ => problems.say(
            path,
            tr!("There is no queue with the id {id}.", id = id),
            tr!("Choose a queue of this diagram."),
        ),
    }
}
