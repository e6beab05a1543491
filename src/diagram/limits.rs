//! The services' figures that documents are checked against, for whoever tells people about them.

pub use super::deliveries::{MAXIMUM_RULES, MAXIMUM_TARGETS, MAXIMUM_WILDCARD_RULES, ORDINARY_MESSAGE_SIZE};
pub use super::handler::read::{BREAKER_FAILURES, BREAKER_OPEN_MILLIS, RECORD_EXPIRES};
pub use super::mapping::evaluate::MAXIMUM_TURNS;
pub use super::mapping::template::MAXIMUM_LENGTH as LONGEST_TEMPLATE;
pub use super::plan::{FIFO_BATCH, MINIMUM_UNRESERVED};
pub use super::settings::bus::MAXIMUM_PATTERN_LENGTH;
pub use super::settings::client::{
    CIRCUIT_FAILURES, CIRCUIT_OPEN_SECONDS, CIRCUIT_TRIALS, STATUS_ATTEMPTS, STATUS_EVERY_MILLIS,
};
pub use super::settings::gateway::checks::HTTP_TIMEOUT;
pub use super::settings::mapping::{
    BATCH_WITHOUT_WINDOW, GROWTH, INVOCATIONS_EACH, LEAST_PROVISIONED, MAXIMUM_FILTERS, MOST_PROVISIONED,
    PROVISIONED_GROWTH,
};
pub use super::settings::queue::MAXIMUM_SOURCES;
pub use super::settings::subscription::{MAXIMUM_POLICY_SECONDS, MOST_RETRIES};
pub use super::settings::target::MAXIMUM_INPUT_LENGTH;
