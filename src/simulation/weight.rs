//! About how much memory a copy of a simulation takes.

use super::Simulation;
use crate::services::{Call, Message, Pending, Service};

/// What even an empty diagram takes, histograms and plans above all.
const LEAST: usize = 384 << 10;
/// Keys, queue entries and the like, with what their tables leave free.
const ENTRY: usize = 192;

impl Simulation {
    /// Estimated from what there can be many of; in bytes.
    pub(super) fn weight(&self) -> usize {
        let services = self.services.of_plan(&self.plan).map(|service| match service {
            Service::Database(it) => it.known_keys() * ENTRY,
            Service::Queue(it) => it.stored().count() * ENTRY,
            Service::Function(it) => it.queued_count() * ENTRY,
            _ => 0,
        });
        let kept = self.journal().count() - self.journal().first_kept();
        LEAST
            + services.sum::<usize>()
            + self.ledger_weight()
            + self.world.messages.room() * size_of::<Option<Message>>()
            + self.world.calls.len() * 2 * size_of::<Call>()
            + self.world.agenda.len() * 2 * size_of::<Pending>()
            + kept as usize * size_of::<crate::services::Record>()
    }

    /// Lets the journal of a copy forget all but the latest records.
    pub(super) fn forget_records(&mut self, kept: usize) {
        self.world.journal.shorten(kept);
    }
}
