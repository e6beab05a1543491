//! Each service's state machine, and the world they share.
//!
//! One file a service. A service is told of events ([`Event`]) and acts only through its [`Context`]: it makes calls,
//! answers them, sets timers and writes into the journal. It knows nothing of other services' insides.
//!
//! Invariant: every message that is alive has exactly one holder, a service or a call on its way. Whoever takes a
//! message out of a call ends it, hands it on, hands it back with the answer, or keeps it; `Service::held` tells what is
//! kept, and [`crate::simulation::Simulation::census`] checks that nothing is held twice or by nobody.

mod account;
mod all;
mod archive;
mod arn;
mod bus;
mod call;
mod client;
mod component;
mod database;
mod deduplication;
mod delivery;
mod endpoint;
mod entries;
mod fault;
mod function;
mod gateway;
mod journal;
pub mod limits;
mod lineage;
mod mailer;
mod mapping;
mod message;
mod payload;
mod program;
mod queue;
mod rule;
mod service;
mod topic;
mod world;

pub use crate::diagram::Fault;
pub use account::Account;
pub use all::Services;
pub use archive::{Replay, ReplayState};
pub use arn::arn;
pub use bus::Bus;
pub use call::{BatchId, BatchReport, Call, CallId, Calls, Leg, Operation, ResourceId};
pub use client::{Circuit, Client};
pub use component::Component;
pub use delivery::{Cause, Policy, Receiver, Receivers};
pub use entries::EntryError;
pub use fault::Activity;
pub use function::{Destination, Function};
pub use gateway::{AccessLogEntry, Gateway, GatewayError, Route};
pub use journal::{
    CAPACITY, Environment, Journal, Limit, Overload, Record, Refusal, StatementError, Status, Strike, Told, Way, What,
};
pub use lineage::LineageId;
pub use mapping::{Mapping, PollerState, TIMER_WAKE, record_for_filters};
pub use message::{Ending, Envelope, Message, MessageId, Messages, Reason, Serial, Totals, Trace};
pub use payload::{AttributeList, AttributesId, Filled, Payload, PayloadId, Payloads, SendTemplates, TemplateId};
pub use queue::{Entry, Queue, State as EntryState};
#[cfg(target_arch = "wasm32")]
pub(crate) use service::Kinds;
pub use service::{Level, Service};
pub use world::{BatchRecord, Context, Event, Outcome, Pending, Reply, Request, TraceInfo, Trip, World};
