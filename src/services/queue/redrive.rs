//! StartMessageMoveTask: dead letters go back to where they came from, or to a queue of one's choice, at a rate.

use super::{Queue, TIMER_REDRIVE};
use crate::kernel::SECOND;
use crate::services::call::Operation;
use crate::services::component::Component;
use crate::services::journal::Way;
use crate::services::message::Ending;
use crate::services::world::{Context, Request, Trip};

/// What the service moves at the most where no rate is given: sqs-configure-dead-letter-queue-redrive.
pub const DEFAULT_RATE: u32 = 500;

/// A redrive that is running.
#[derive(Clone, Copy, Debug)]
pub struct Redriving {
    /// Microseconds between two moves.
    pause: u64,
    /// The queue of one's choice.
    destination: Option<Component>,
}

impl Queue {
    /// Whether dead letters can be moved back: only those that a queue moved here can.
    pub fn can_redrive(&self) -> bool {
        !self.sources.is_empty()
    }

    pub fn is_redriving(&self) -> bool {
        self.redriving.is_some()
    }

    /// Starts to move messages, at this many a second.
    pub fn redrive(&mut self, rate: Option<u32>, destination: Option<Component>, context: &mut Context<'_>) {
        let rate = rate.unwrap_or(DEFAULT_RATE).clamp(1, DEFAULT_RATE);
        self.redriving = Some(Redriving { pause: SECOND / u64::from(rate), destination });
        self.redrive_next(context);
    }

    /// Stops moving. What has been moved stays where it is.
    pub fn cancel_redrive(&mut self) {
        self.redriving = None;
    }

    /// Moves the next message: the oldest first.
    pub(super) fn redrive_next(&mut self, context: &mut Context<'_>) {
        let Some(redriving) = self.redriving else { return };
        let next = match &self.fifo {
            Some(fifo) => fifo.groups.next(&mut None, &self.entries),
            None => self.line.next(context.now(), &self.entries),
        };
        let Some(entry) = next.and_then(|index| self.remove(index, context.now())) else {
            self.redriving = None;
            return;
        };
        let source = entry.source.and_then(|source| self.sources.iter().find(|known| known.0 == source));
        let Some((source, edge)) = source.or(self.sources.first()).copied() else {
            // Its last source was taken away meanwhile.
            self.redriving = None;
            let index = self.add(entry.message, None, entry.order, context);
            self.show(index, true, context);
            return;
        };
        let old = *context.message(entry.message);
        // What is moved back is a new message: sqs-configure-dead-letter-queue-redrive.
        let fresh = context.create_from(old.serial, old.trace, old.payload, old.attributes, 1);
        context.wrap(fresh, old.envelope);
        let message = context.message_mut(fresh);
        message.poison = old.poison;
        message.origin = old.origin;
        message.origin_created = old.origin_created;
        message.group = old.group;
        message.deduplication = old.deduplication;
        context.end(entry.message, Ending::Redriven);
        let destination = redriving.destination;
        context.call(Request {
            // A queue of one's choice is not at the end of an edge.
            edge: destination.is_none().then_some(edge),
            to: destination.or(Some(source)),
            operation: Operation::Accept { dead: false },
            message: Some(fresh),
            trace: old.trace,
            tag: entry.order,
            way: Way::Message,
            trip: Trip::There,
        });
        context.timer(redriving.pause, TIMER_REDRIVE, 0);
    }
}
