//! One of the services: which state machine a component is.

use super::bus::Bus;
use super::client::Client;
use super::component::Component;
use super::database::Database;
use super::endpoint::Endpoint;
use super::function::Function;
use super::gateway::Gateway;
use super::mailer::Mailer;
use super::mapping::Mapping;
use super::message::MessageId;
use super::queue::Queue;
use super::rule::Rule;
use super::topic::Topic;
use super::world::{Context, Event, World};
use crate::diagram::{EdgeIndex, NodeIndex, NodeKind, Plan};
use crate::kernel::{Bucket, Pace, Time};
use crate::later::later;

/// What is in a token bucket, in whatever its tokens are counted, and what fits in.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    pub what: &'static str,
    pub level: f64,
    pub capacity: f64,
}

impl Level {
    pub fn of(what: &'static str, bucket: &Bucket, now: Time) -> Level {
        Level { what, level: bucket.level(now), capacity: bucket.burst() as f64 }
    }

    pub fn of_pace(what: &'static str, pace: &Pace, now: Time) -> Level {
        Level { what, level: pace.level(now), capacity: pace.rate() as f64 }
    }
}

#[derive(Clone, Debug)]
pub enum Service {
    Client(Box<Client>),
    Gateway(Box<Gateway>),
    Function(Box<Function>),
    Queue(Box<Queue>),
    Topic(Box<Topic>),
    Bus(Box<Bus>),
    Rule(Box<Rule>),
    Database(Box<Database>),
    Mailer(Box<Mailer>),
    Endpoint(Box<Endpoint>),
    /// Drawn, not simulated: nothing comes to it.
    Other,
    Mapping(Box<Mapping>),
}

later! {
    /// The services on the other side of a topic or a bus: not every diagram has them ([`crate::later`]).
    Kinds {
        make: fn(&Plan, NodeIndex, &mut World) -> Option<Service> = Service::make_later,
        handle: fn(&mut Service, Event, &mut Context<'_>) = Service::handle_later,
        configure: fn(&mut Service, &Plan, NodeIndex, &mut Context<'_>) = Service::configure_later,
    }
}

impl Service {
    fn make_later(plan: &Plan, node: NodeIndex, world: &mut World) -> Option<Service> {
        match plan.node(node).kind {
            NodeKind::Topic => Topic::new(plan, node, world).map(|it| Service::Topic(Box::new(it))),
            NodeKind::Bus => Bus::new(plan, node, world).map(|it| Service::Bus(Box::new(it))),
            NodeKind::Rule => Some(Service::Rule(Box::new(Rule::new(plan, node, world)))),
            NodeKind::Mailer => Mailer::new(plan, node, world).map(|it| Service::Mailer(Box::new(it))),
            _ => None,
        }
    }

    fn handle_later(&mut self, event: Event, context: &mut Context<'_>) {
        match self {
            Service::Topic(it) => it.handle(event, context),
            Service::Bus(it) => it.handle(event, context),
            Service::Rule(it) => it.handle(event, context),
            Service::Mailer(it) => it.handle(event, context),
            Service::Endpoint(it) => it.handle(event, context),
            _ => {}
        }
    }

    fn configure_later(&mut self, plan: &Plan, node: NodeIndex, context: &mut Context<'_>) {
        match self {
            Service::Topic(it) => it.configure(plan, node),
            Service::Bus(it) => it.configure(plan, node),
            Service::Rule(it) => it.configure(plan, node, context),
            Service::Mailer(it) => it.configure(plan, node, context.now()),
            Service::Endpoint(it) => it.configure(plan, node),
            _ => {}
        }
    }

    /// The service of a node. A checked plan has settings of the node's kind, so there always is one.
    pub fn of_node(plan: &Plan, node: NodeIndex, world: &mut World) -> Service {
        let service = match plan.node(node).kind {
            NodeKind::Client => Client::new(plan, node, world).map(|it| Service::Client(Box::new(it))),
            NodeKind::Gateway => Gateway::new(plan, node, world).map(|it| Service::Gateway(Box::new(it))),
            NodeKind::Function => Function::new(plan, node, world).map(|it| Service::Function(Box::new(it))),
            NodeKind::Queue => Some(Service::Queue(Box::new(Queue::new(plan, node)))),
            NodeKind::Database => Database::new(plan, node, world).map(|it| Service::Database(Box::new(it))),
            NodeKind::Other => Some(Service::Other),
            _ => Kinds::get().and_then(|kinds| (kinds.make)(plan, node, world)),
        };
        service.unwrap_or_else(|| Service::Endpoint(Box::new(Endpoint::new(plan, node))))
    }

    pub fn of_mapping(plan: &Plan, edge: EdgeIndex) -> Option<Service> {
        Mapping::new(plan, edge).map(|mapping| Service::Mapping(Box::new(mapping)))
    }

    pub fn handle(&mut self, event: Event, context: &mut Context<'_>) {
        match self {
            Service::Client(it) => it.handle(event, context),
            Service::Gateway(it) => it.handle(event, context),
            Service::Function(it) => it.handle(event, context),
            Service::Queue(it) => it.handle(event, context),
            Service::Database(it) => it.handle(event, context),
            Service::Other => {}
            Service::Mapping(it) => it.handle(event, context),
            later => {
                if let Some(kinds) = Kinds::get() {
                    (kinds.handle)(later, event, context);
                }
            }
        }
    }

    /// Takes over changed settings, and acts on them where something has to start or stop at once.
    pub fn configure(&mut self, plan: &Plan, me: Component, context: &mut Context<'_>) {
        let node = match (&mut *self, me.node()) {
            (Service::Mapping(it), _) => {
                it.configure(plan);
                it.wake(context);
                return;
            }
            (_, Ok(node)) => node,
            (_, Err(_)) => return,
        };
        match self {
            Service::Client(it) => {
                if it.configure(plan, node, context.world) {
                    it.start(context);
                }
            }
            Service::Gateway(it) => it.configure(plan, node, context.world),
            Service::Function(it) => it.configure(plan, node, context.world),
            Service::Queue(it) => it.configure(plan, node, context),
            Service::Database(it) => it.configure(plan, node, context.now()),
            Service::Mapping(_) | Service::Other => {}
            later => {
                if let Some(kinds) = Kinds::get() {
                    (kinds.configure)(later, plan, node, context);
                }
            }
        }
    }

    /// Every token bucket that it throttles with, as it stands.
    pub fn buckets(&self, now: Time, visit: &mut dyn FnMut(Level)) {
        match self {
            Service::Gateway(it) => it.buckets(now, visit),
            Service::Function(it) => it.buckets(visit),
            Service::Queue(it) => it.buckets(visit),
            Service::Topic(it) => it.buckets(now, visit),
            Service::Bus(it) => it.buckets(now, visit),
            Service::Database(it) => it.buckets(visit),
            Service::Mailer(it) => it.buckets(now, visit),
            Service::Client(_) | Service::Rule(_) | Service::Endpoint(_) | Service::Mapping(_) | Service::Other => {}
        }
    }

    /// Every message that it holds.
    pub fn held(&self, visit: &mut dyn FnMut(MessageId)) {
        match self {
            Service::Client(it) => it.held(visit),
            Service::Function(it) => it.held(visit),
            Service::Queue(it) => it.held(visit),
            Service::Topic(it) => it.held(visit),
            Service::Bus(it) => it.held(visit),
            Service::Rule(it) => it.held(visit),
            Service::Database(it) => it.held(visit),
            Service::Mailer(it) => it.held(visit),
            Service::Endpoint(it) => it.held(visit),
            Service::Gateway(it) => it.held(visit),
            // Mappings only see what the queue holds.
            Service::Mapping(_) | Service::Other => {}
        }
    }
}
