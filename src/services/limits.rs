//! The services' figures for whoever tells people about them: each is the constant that the engine itself goes by.

pub use super::archive::{CAPACITY as ARCHIVED_EVENTS, MAXIMUM_REPLAYS, MINUTE as REPLAYED_AT_ONCE};
pub use super::bus::{MAXIMUM_FORWARDS, REPLAY_PAUSE};
pub use super::client::browser::USUAL_AGE as PREFLIGHT_AGE;
pub use super::database::MAXIMUM_ITEM;
pub use super::database::capacity::{
    DOUBLING, OVER_PEAK, READ_UNIT, READS as TABLE_READS, WRITE_UNIT, WRITES as TABLE_WRITES,
};
pub use super::database::connections::STATEMENTS_PER_ACU;
pub use super::deduplication::INTERVAL as DEDUPLICATION_INTERVAL;
pub use super::delivery::JITTER;
pub use super::entries::{MAXIMUM_ENTRIES, MAXIMUM_PUT_EVENTS};
pub use super::fault::SOCKET_TIMEOUT;
pub use super::function::asynchronous::{MAXIMUM_THROTTLE_RETRY, RETRY as EVENT_RETRIES, THROTTLE_RETRY};
pub use super::function::concurrency::{
    NEW_ENVIRONMENT, NEW_ENVIRONMENTS_WITHIN, PROVISIONED_EACH, PROVISIONING, REQUESTS_PER_SECOND,
};
pub use super::function::{MAXIMUM_EVENT, MAXIMUM_INIT, MAXIMUM_PAYLOAD};
pub use super::gateway::access_log::KEPT as LOGGED_REQUESTS;
pub use super::gateway::cache::LARGEST as LARGEST_CACHED;
pub use super::gateway::{AUTHORIZER_TIMEOUT, LARGEST_BODY};
pub use super::lineage::LOOP_LIMIT;
pub use super::mapping::{LONG_POLL, MAXIMUM_PAYLOAD as LARGEST_BATCH, RECEIVE_MAXIMUM};
pub use super::program::MEMORY_OF_ONE_PROCESSOR;
pub use super::queue::accept::{MAXIMUM_BATCH, MAXIMUM_ID};
pub use super::queue::quota::{HIGH as HIGH_THROUGHPUT_CALLS, NORMAL as FIFO_CALLS, PER_GROUP as CALLS_OF_A_GROUP};
pub use super::queue::redrive::DEFAULT_RATE as MOST_MOVED;
pub use super::queue::tenants::{NOISY_IN_FLIGHT, NOISY_SHARE};
pub use super::queue::{FOUND_BY_ANY_POLL, MAXIMUM_IN_FLIGHT, MAXIMUM_VISIBILITY, PERSISTENT};
pub use super::rule::HTTP_PATIENCE as API_DESTINATION_PATIENCE;
pub use super::topic::{
    EMAILS_PER_SECOND, FIFO_MESSAGES_PER_SECOND, GROUP_MESSAGES_PER_SECOND, HTTP_PATIENCE as TOPIC_PATIENCE,
    MAXIMUM_RAW_ATTRIBUTES,
};
