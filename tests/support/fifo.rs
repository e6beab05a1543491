//! Judges FIFO queues by what the journal says, and knows nothing of how they work.

use eventyard::diagram::NodeSettings;
use eventyard::kernel::Time;
use eventyard::services::{PayloadId, What};
use eventyard::simulation::Simulation;
use std::collections::BTreeMap;

/// The deduplication interval, in microseconds.
const INTERVAL: u64 = 300_000_000;

/// A message in a FIFO queue, as the journal tells.
#[derive(Clone, Debug)]
struct Present {
    serial: u32,
    group: String,
    /// When it was received, while it is in flight.
    received: Option<Time>,
}

/// Follows the journal: in a FIFO queue the messages of a group are received in the order in which they came, none
/// while an earlier receive of the group is open, and none twice within the deduplication interval.
#[derive(Default)]
pub struct FifoChecker {
    next: u64,
    /// By queue, in the order of arrival; what was refused by the dead-letter queue keeps its place.
    present: BTreeMap<usize, Vec<Present>>,
    away: BTreeMap<(usize, u32), Present>,
    accepted: BTreeMap<(usize, String), Time>,
}

impl FifoChecker {
    /// Reads on from where it stopped. To be called before the journal forgets anything.
    pub fn check(&mut self, simulation: &Simulation) {
        let journal = simulation.journal();
        assert!(self.next >= journal.first_kept(), "the slices are too long");
        for (_, record) in journal.since(self.next) {
            let node = record.node;
            let NodeSettings::Queue(settings) = &simulation.plan().node(node).settings else { continue };
            if !settings.fifo {
                continue;
            }
            let (queue, serial) = (node.usize(), record.message);
            let present = self.present.entry(queue).or_default();
            let place = present.iter().position(|it| it.serial == serial);
            match record.what {
                What::Grouped { group, deduplication } => {
                    let group = simulation.payload_text(group, record.trace);
                    let mut key = simulation.payload_text(deduplication, record.trace);
                    // A bus's event has an id and a time of its own, a destination's record a time, which the journal
                    // does not tell.
                    let own = ["detail-type", "timestamp"].iter().any(|field| key.contains(field));
                    if deduplication != PayloadId::NULL && !own {
                        if settings.deduplication_per_group {
                            key = format!("{group}/{key}");
                        }
                        let before = self.accepted.insert((queue, key.clone()), record.time);
                        let again = before.is_some_and(|before| record.time.since(before) < INTERVAL);
                        assert!(!again, "accepted twice within the deduplication interval: {key}");
                    }
                    present.push(Present { serial, group, received: None });
                }
                // A purge forgets what was sent before it.
                What::Acted { action } if journal.action(action).ends_with("was purged.") => {
                    self.accepted.retain(|(other, _), _| *other != queue);
                }
                What::Received { .. } => {
                    let place = place.expect("only what is there is received");
                    let group = present[place].group.clone();
                    for (other, message) in present.iter().enumerate().filter(|(_, it)| it.group == group) {
                        match message.received {
                            Some(time) => assert_eq!(time, record.time, "the group is blocked"),
                            None => assert!(other >= place, "an earlier message of the group was left out"),
                        }
                    }
                    present[place].received = Some(record.time);
                }
                What::Redelivered => match place {
                    Some(place) => present[place].received = None,
                    // The dead-letter queue did not take it. Serials do not tell the order; its old place is the first.
                    None => {
                        if let Some(mut message) = self.away.remove(&(queue, serial)) {
                            message.received = None;
                            present.insert(0, message);
                        }
                    }
                },
                What::VisibilityChanged { until } if until == record.time => {
                    if let Some(place) = place {
                        present[place].received = None;
                    }
                }
                What::DeadLettered => {
                    if let Some(place) = place {
                        self.away.insert((queue, serial), present.remove(place));
                    }
                }
                What::Deleted | What::Ended(_) => {
                    if let Some(place) = place {
                        present.remove(place);
                    }
                }
                _ => {}
            }
        }
        self.next = journal.count();
    }
}
