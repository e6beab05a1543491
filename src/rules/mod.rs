//! The event-pattern language and filter policies.
