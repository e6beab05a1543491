//! Faults, by hand and by the document's schedule.

use super::{Simulation, refuse, unknown};
use crate::diagram::{Document, Fault, Problem, ScheduledFault, check};
use crate::kernel::{SECOND, Time};
use crate::services::{Component, Context, Event, Pending, Service, Told};
use uuid::Uuid;

/// What the schedule has set going.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    /// Counts up when the schedule changes, so that older timers mean nothing.
    generation: u32,
    /// Targets whose present fault comes from the schedule, and its place there.
    in_force: Vec<(Uuid, usize)>,
}

const TIMER_BEGINS: u8 = 0;
const TIMER_ENDS: u8 = 1;

fn time(seconds: f64) -> Time {
    Time((seconds * SECOND as f64 + 0.5) as u64)
}

impl Schedule {
    fn token(&self, place: usize) -> u64 {
        u64::from(self.generation) << 32 | place as u64
    }

    fn place(&self, token: u64) -> Option<usize> {
        (token >> 32 == u64::from(self.generation)).then_some((token & u64::from(u32::MAX)) as usize)
    }
}

impl Simulation {
    /// Sets timers for what the document schedules.
    pub(super) fn arrange_faults(&mut self) {
        for (place, scheduled) in self.document.faults.iter().enumerate() {
            let begun = self.schedule.in_force.iter().any(|(_, known)| *known == place);
            if time(scheduled.at) >= self.world.now && !begun {
                let event = Event::Timer { tag: TIMER_BEGINS, token: self.schedule.token(place) };
                self.world.agenda.push(time(scheduled.at), Pending::new(Component::SIMULATION, event));
            }
        }
    }

    pub(super) fn scheduled(&mut self, event: Event) {
        let Event::Timer { tag, token } = event else { return };
        let Some(place) = self.schedule.place(token) else { return };
        if tag == TIMER_BEGINS {
            self.begin(place);
        } else {
            self.end(place);
        }
    }

    fn begin(&mut self, place: usize) {
        let Some(scheduled) = self.document.faults.get(place).cloned() else { return };
        if self.strike(scheduled.target, scheduled.fault).is_ok() {
            self.schedule.in_force.push((scheduled.target, place));
            self.arrange_end(place);
        }
    }

    fn arrange_end(&mut self, place: usize) {
        let Some(until) = self.document.faults.get(place).and_then(|scheduled| scheduled.until) else { return };
        let event = Event::Timer { tag: TIMER_ENDS, token: self.schedule.token(place) };
        let at = time(until).max(self.world.now);
        self.world.agenda.push(at, Pending::new(Component::SIMULATION, event));
    }

    /// Ends a scheduled fault, unless somebody has healed it or set another meanwhile. What the schedule set before it,
    /// and has not ended yet, is in force again.
    fn end(&mut self, place: usize) {
        let Some(entry) = self.schedule.in_force.iter().position(|(_, known)| *known == place) else { return };
        let (target, _) = self.schedule.in_force.remove(entry);
        let later = self.schedule.in_force[entry..].iter().any(|(other, _)| *other == target);
        if later {
            return;
        }
        let earlier = self.schedule.in_force.iter().rev().find(|(other, _)| *other == target);
        let fault = earlier.and_then(|(_, place)| self.document.faults.get(*place)).map(|it| it.fault.clone());
        let _ = self.strike(target, fault.unwrap_or_default());
    }

    /// Changes the schedule. What is in force and not listed any longer heals; what is new and should have begun already,
    /// begins now.
    pub(super) fn reschedule(&mut self, faults: Vec<ScheduledFault>) -> Result<(), Vec<Problem>> {
        let document = Document { faults, ..self.document.clone() };
        check(&document)?;
        let old = std::mem::replace(&mut self.document, document).faults;
        let new = self.document.faults.clone();
        let known = |wanted: &ScheduledFault, list: &[ScheduledFault]| {
            // An end may be moved while a fault is in force.
            list.iter().position(|it| it.at == wanted.at && it.target == wanted.target && it.fault == wanted.fault)
        };
        for gone in old.iter().filter(|it| known(it, &new).is_none()) {
            let told = self.of_schedule(gone, |target, fault| {
                tr!("“{target}”: {fault} was taken off the schedule.", target = target, fault = fault)
            });
            self.announce(gone, told);
        }
        for added in new.iter().filter(|it| known(it, &old).is_none()) {
            let from = added.at;
            let told = self.of_schedule(added, |target, fault| match added.until {
                Some(until) => tr!(
                    "“{target}”: {fault} was scheduled from {from} s to {until} s.",
                    target = target,
                    fault = fault,
                    from = from,
                    until = until
                ),
                None => tr!(
                    "“{target}”: {fault} was scheduled from {from} s on.",
                    target = target,
                    fault = fault,
                    from = from
                ),
            });
            self.announce(added, told);
        }
        self.schedule.generation += 1;
        let mut healed = Vec::new();
        let before = std::mem::take(&mut self.schedule.in_force);
        for (target, place) in before {
            match old.get(place).and_then(|it| known(it, &new)) {
                Some(place) => self.schedule.in_force.push((target, place)),
                None => healed.push(target),
            }
        }
        for target in healed {
            let present = self.schedule.in_force.iter().rev().find(|(other, _)| *other == target);
            let fault = present.and_then(|(_, place)| new.get(*place)).map(|it| it.fault.clone());
            let _ = self.strike(target, fault.unwrap_or_default());
        }
        for entry in 0..self.schedule.in_force.len() {
            self.arrange_end(self.schedule.in_force[entry].1);
        }
        let now = self.world.now;
        for (place, scheduled) in new.iter().enumerate() {
            let begun = time(scheduled.at) < now;
            let over = scheduled.until.is_some_and(|until| time(until) <= now);
            if begun && !over && known(scheduled, &old).is_none() {
                self.begin(place);
            }
        }
        self.arrange_faults();
        Ok(())
    }

    fn of_schedule(&self, scheduled: &ScheduledFault, words: impl Fn(&str, &str) -> String) -> Told {
        Told::new(|| words(&self.target_name(scheduled.target), &scheduled.fault.describe()))
    }

    fn announce(&mut self, scheduled: &ScheduledFault, told: Told) {
        let node = self.plan.find_node(scheduled.target);
        let edge = self.plan.find_edge(scheduled.target);
        let Some(node) = node.or_else(|| edge.map(|edge| self.plan.edge(edge).from)) else { return };
        self.world.record_action(node, edge, told);
    }

    /// The name of a node, or of an edge's two ends.
    fn target_name(&self, id: Uuid) -> String {
        if let Some(node) = self.plan.find_node(id) {
            return self.plan.node(node).name.clone();
        }
        self.plan.find_edge(id).map_or(String::new(), |edge| {
            let edge = self.plan.edge(edge);
            format!("{}” → “{}", self.plan.node(edge.from).name, self.plan.node(edge.to).name)
        })
    }

    /// Makes something go wrong by hand, or heals it. What the schedule had set there is over.
    pub(super) fn inject(&mut self, target: Uuid, fault: Fault) -> Result<(), Vec<Problem>> {
        if ![fault.error_rate, fault.duplicate_rate, fault.lost_answer_rate].iter().all(|it| (0.0..=1.0).contains(it)) {
            return Err(refuse("fault", tr!("This is not a share."), tr!("Use 0 to 1.")));
        }
        if fault.throttle.is_some_and(|rate| !(0.0..=1e6).contains(&rate)) {
            return Err(refuse("throttlePerSecond", tr!("This is not a rate."), tr!("Use requests a second, from 0.")));
        }
        if fault.latency_factor.is_some_and(|factor| !(0.0..=1e3).contains(&factor)) {
            return Err(refuse("latencyFactor", tr!("This is not a factor."), tr!("Use 0 to 1,000.")));
        }
        let Some(kind) = self.plan.fault_target(target) else { return Err(unknown(target)) };
        let misfits = fault.misfits("", kind);
        if !misfits.is_empty() {
            return Err(misfits);
        }
        self.schedule.in_force.retain(|(other, _)| *other != target);
        self.strike(target, fault)
    }

    fn strike(&mut self, target: Uuid, fault: Fault) -> Result<(), Vec<Problem>> {
        let name = self.target_name(target);
        let told = Told::new(|| match fault.is_none() {
            true => tr!("“{name}”: healed.", name = name),
            false => format!("“{name}”: {}.", fault.describe()),
        });
        match (self.plan.find_node(target), self.plan.find_edge(target)) {
            (Some(node), _) => {
                self.world.record_action(node, None, told);
                let failover = fault.failover;
                self.world.set_node_fault(node, fault);
                let me = Component::from(node);
                if let (true, Some(Service::Database(database))) = (failover, self.services.get_mut(me)) {
                    database.fail_over(&mut Context { world: &mut self.world, me });
                }
            }
            (None, Some(edge)) => {
                self.world.record_action(self.plan.edge(edge).from, Some(edge), told);
                self.world.set_edge_fault(edge, fault);
            }
            (None, None) => return Err(unknown(target)),
        }
        Ok(())
    }
}
