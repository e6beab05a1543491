//! The document that people edit: nodes, edges and settings in the services' own terms.
//!
//! A document goes through three forms, each checked once: text → [`Document`] (as written) → [`Plan`] (every default
//! filled in, every reference resolved). Nothing above this layer checks settings again.
//!
//! Invariant: reading and checking never fail halfway. They return every [`Problem`] at once, each with the path to the
//! field, so a person can mend a document in one go.

mod align;
pub mod build;
mod connections;
mod deliveries;
mod distribution;
mod document;
mod doors;
mod edit;
mod fault;
mod handler;
mod ids;
pub mod limits;
pub mod mapping;
mod plan;
mod prices;
mod problem;
pub mod problems;
pub(crate) mod reader;
mod schema;
mod send_options;
mod setting;
pub mod settings;
pub mod shape;
pub mod step_kinds;
mod template;
mod until;

pub use connections::{Refusal, edge_kinds, refusal};
pub use distribution::Distribution;
pub use document::{ACCOUNT, Document, Edge, EdgeKind, FORMAT_VERSION, Node, NodeKind};
#[cfg(target_arch = "wasm32")]
pub(crate) use doors::{Mappings, Readers};
pub use edit::{AT_END, Applied, Change, Edit, History};
pub use fault::{FAULT_KINDS, Fault, FaultInput, FaultKind, FaultTarget, ScheduledFault};
pub use handler::{Action, Breaker, Condition, Handler, OnError, Step};
pub use ids::Ids;
pub use plan::{EdgeIndex, NodeIndex, NodeSettings, Plan, PlanEdge, PlanNode, check};
pub use prices::{AS_OF, FREE_TIER, PRICES, Price, Prices, REGION, Tariff};
pub use problem::{Problem, list_problems};
pub use schema::Schema;
pub use send_options::SendOptions;
pub use setting::{Kind, Setting};
#[cfg(target_arch = "wasm32")]
pub(crate) use settings::Structured;
pub use shape::Shape;
pub use template::{Scope, Template};
pub use until::Until;
