//! Replays from the archive of a bus.

use super::{Simulation, refuse};
use crate::diagram::{NodeIndex, Problem};
use crate::kernel::Time;
use crate::services::{Component, Context, Service};
use uuid::Uuid;

const NO_BUS: &str = "Only buses have archives.";

impl Simulation {
    pub(super) fn start_replay(&mut self, id: Uuid, start: Time, end: Time) -> Result<(), Vec<Problem>> {
        let (node, name) = self.named(id)?;
        let me = Component::from(node);
        let Some(Service::Bus(bus)) = self.services.get_mut(me) else {
            return Err(refuse("bus", format!("“{name}” is not a bus."), NO_BUS));
        };
        match bus.start_replay(start, end, &mut Context { world: &mut self.world, me }) {
            Ok(replay) => {
                let words = format!("“{name}”: {replay} of the events between {start} and {end} was started.");
                self.world.record_action(node, None, words);
                Ok(())
            }
            Err(message) => Err(refuse("bus", message, "Switch the bus's Archive on; give an end after the start.")),
        }
    }

    pub(super) fn cancel_replay(&mut self, id: Uuid) -> Result<(), Vec<Problem>> {
        let (node, name) = self.named(id)?;
        let Some(Service::Bus(bus)) = self.services.get_mut(node.into()) else {
            return Err(refuse("bus", format!("“{name}” is not a bus."), NO_BUS));
        };
        if bus.cancel_replays() == 0 {
            return Err(refuse("bus", format!("“{name}” replays nothing."), ""));
        }
        self.world.record_action(node, None, format!("“{name}”: the replay was cancelled."));
        Ok(())
    }

    fn named(&self, id: Uuid) -> Result<(NodeIndex, String), Vec<Problem>> {
        let node = self.find_node(id)?;
        Ok((node, self.plan.node(node).name.clone()))
    }
}
