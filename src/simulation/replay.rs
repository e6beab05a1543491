//! Replays from the archive of a bus.

use super::{Simulation, refuse};
use crate::diagram::{NodeIndex, Problem};
use crate::kernel::Time;
use crate::language::translated;
use crate::services::{Component, Context, Service, Told};
use uuid::Uuid;

const NO_BUS: &str = phrase!("Only buses have archives.");

impl Simulation {
    pub(super) fn start_replay(&mut self, id: Uuid, start: Time, end: Time) -> Result<(), Vec<Problem>> {
        let (node, name) = self.named(id)?;
        let me = Component::from(node);
        let Some(Service::Bus(bus)) = self.services.get_mut(me) else {
            return Err(refuse("bus", tr!("“{name}” is not a bus.", name = name), translated(NO_BUS)));
        };
        match bus.start_replay(start, end, &mut Context { world: &mut self.world, me }) {
            Ok(replay) => {
                let told = Told::new(|| {
                    tr!(
                        "“{name}”: {replay} of the events between {start} and {end} was started.",
                        name = name,
                        replay = replay,
                        start = start,
                        end = end
                    )
                });
                self.world.record_action(node, None, told);
                Ok(())
            }
            Err(message) => {
                Err(refuse("bus", message, tr!("Switch the bus's Archive on; give an end after the start.")))
            }
        }
    }

    pub(super) fn cancel_replay(&mut self, id: Uuid) -> Result<(), Vec<Problem>> {
        let (node, name) = self.named(id)?;
        let Some(Service::Bus(bus)) = self.services.get_mut(node.into()) else {
            return Err(refuse("bus", tr!("“{name}” is not a bus.", name = name), translated(NO_BUS)));
        };
        if bus.cancel_replays() == 0 {
            return Err(refuse("bus", tr!("“{name}” replays nothing.", name = name), ""));
        }
        self.world.record_action(node, None, Told::new(|| tr!("“{name}”: the replay was cancelled.", name = name)));
        Ok(())
    }

    fn named(&self, id: Uuid) -> Result<(NodeIndex, String), Vec<Problem>> {
        let node = self.find_node(id)?;
        Ok((node, self.plan.node(node).name.clone()))
    }
}
