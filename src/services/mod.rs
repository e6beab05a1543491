//! Each service's state machine, and the world they share.

mod call;
mod component;
mod fault;
mod journal;
mod message;
mod payload;
mod world;

pub use call::{BatchId, Call, CallId, Calls, Leg, Operation, ResourceId};
pub use component::Component;
pub use fault::{Activity, Fault};
pub use journal::{CAPACITY, Journal, Record, Status, Way, What};
pub use message::{Ending, Envelope, Message, MessageId, Messages, Reason, Serial, Totals, Trace};
pub use payload::{AttributeList, AttributesId, Payload, PayloadId, Payloads, TemplateId};
pub use world::{BatchRecord, Context, Event, Pending, Reply, Request, TraceInfo, World};
