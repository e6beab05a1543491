//! How the nodes fare. One pass at every tick finds which nodes have something else to show than before, and only those
//! are told: with hundreds of nodes most have not changed.

use crate::diagram::{NodeIndex, Plan};
use crate::services::Activity;
use crate::simulation::{Glance, Simulation};
use leptos::prelude::*;
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// What a node shows besides its name.
#[derive(Clone, PartialEq)]
pub struct Fare {
    pub glance: Glance,
    pub activity: Activity,
    /// The fault in words; empty where there is none.
    pub fault: String,
}

impl Fare {
    fn of(simulation: &Simulation, node: NodeIndex) -> Fare {
        let fault = simulation.node_fault(node);
        Fare {
            glance: simulation.glance(node),
            activity: simulation.activity(node),
            fault: if fault.is_none() { String::new() } else { fault.describe() },
        }
    }

    /// Whether [`Fare::of`] would give the same; without making a text for nodes that have no fault.
    fn holds(&self, simulation: &Simulation, node: NodeIndex) -> bool {
        let fault = simulation.node_fault(node);
        self.activity == simulation.activity(node)
            && self.fault.is_empty() == fault.is_none()
            && (fault.is_none() || self.fault == fault.describe())
            && self.glance == simulation.glance(node)
    }
}

/// The nodes that are shown, each with what it shows.
#[derive(Default)]
pub struct Fares(FxHashMap<Uuid, RwSignal<Fare>>);

impl Fares {
    /// From now on this node is told how it fares. `None` if the simulation does not have it.
    pub fn follow(&mut self, simulation: &Simulation, id: Uuid) -> Option<RwSignal<Fare>> {
        let fare = RwSignal::new(Fare::of(simulation, simulation.plan().find_node(id)?));
        self.0.insert(id, fare);
        Some(fare)
    }

    /// Its place may be another one's by now: the same node of another run.
    pub fn leave(&mut self, id: Uuid, own: RwSignal<Fare>) {
        if self.0.get(&id) == Some(&own) {
            self.0.remove(&id);
        }
    }

    /// The nodes that fare differently than they show, with what they should show.
    pub fn changed(&self, simulation: &Simulation) -> Vec<(RwSignal<Fare>, Fare)> {
        let plan: &Plan = simulation.plan();
        let followed = plan.node_indices().filter_map(|node| Some((node, *self.0.get(&plan.node(node).id)?)));
        followed
            .filter(|(node, fare)| !fare.with_untracked(|fare| fare.holds(simulation, *node)))
            .map(|(node, fare)| (fare, Fare::of(simulation, node)))
            .collect()
    }
}
