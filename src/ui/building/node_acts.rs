//! What can be done with the selected node or edge while it runs: send, stop, break, heal.

use super::Hands;
use crate::diagram::NodeKind;
use crate::services::{Activity, Fault};
use crate::simulation::{Command, Glance, Simulation};
use crate::ui::selection::Selection;
use crate::ui::tester::Subject;
use leptos::prelude::*;

fn look<T: Default>(hands: Hands, look: impl FnOnce(&Simulation, crate::diagram::NodeIndex) -> T) -> T {
    let Some(id) = hands.subject_node() else { return T::default() };
    hands
        .state
        .read(|simulation| simulation.plan().find_node(id).map(|node| look(simulation, node)).unwrap_or_default())
}

pub fn can_send(hands: Hands) -> bool {
    use NodeKind::*;
    look(hands, |simulation, node| matches!(simulation.plan().node(node).kind, Client | Queue | Topic | Bus | Function))
}

pub fn is_running(hands: Hands) -> bool {
    look(hands, |simulation, node| simulation.activity(node) == Activity::Running)
}

pub fn is_resting(hands: Hands) -> bool {
    look(hands, |simulation, node| simulation.activity(node) != Activity::Running)
}

pub fn is_queue(hands: Hands) -> bool {
    look(hands, |simulation, node| simulation.plan().node(node).kind == NodeKind::Queue)
}

pub fn can_redrive(hands: Hands) -> bool {
    look(hands, |simulation, node| matches!(simulation.glance(node), Glance::Queue { dead_letter_queue: true, .. }))
}

pub fn is_faulty(hands: Hands) -> bool {
    hands.state.read(|simulation| match hands.subject().single() {
        Some(Selection::Node(id)) => {
            simulation.plan().find_node(id).is_some_and(|node| !simulation.node_fault(node).is_none())
        }
        Some(Selection::Edge(id)) => {
            simulation.plan().find_edge(id).is_some_and(|edge| !simulation.edge_fault(edge).is_none())
        }
        None => false,
    })
}

fn subject_of_test(hands: Hands) -> Option<Subject> {
    let one = hands.subject().single()?;
    hands.state.read(|simulation| Subject::of(simulation, one.id()))
}

pub fn has_pattern(hands: Hands) -> bool {
    subject_of_test(hands).is_some()
}

pub fn test_pattern(hands: Hands) {
    if let Some(subject) = subject_of_test(hands) {
        hands.state.open_tester(subject);
    }
}

pub fn send(hands: Hands) {
    hands.state.composing.set(hands.subject_node());
}

/// Whether any fault can strike what is selected.
pub fn can_be_struck(hands: Hands) -> bool {
    let one = hands.subject().single();
    one.is_some_and(|one| hands.state.read(|simulation| simulation.plan().can_be_struck(one.id())))
}

pub fn faults(hands: Hands) {
    hands.state.faulting.set(hands.subject().single().map(Selection::id));
}

fn apply(hands: Hands, command: impl FnOnce(uuid::Uuid) -> Command) {
    if let Some(one) = hands.subject().single() {
        hands.state.try_apply(command(one.id()));
    }
}

pub fn stop(hands: Hands) {
    apply(hands, |node| Command::Stop { node });
}

pub fn freeze(hands: Hands) {
    apply(hands, |node| Command::Pause { node });
}

pub fn start(hands: Hands) {
    apply(hands, |node| Command::Resume { node });
}

pub fn heal(hands: Hands) {
    apply(hands, |target| Command::Inject { target, fault: Fault::default() });
}

pub fn purge(hands: Hands) {
    apply(hands, |queue| Command::Purge { queue });
}

pub fn redrive(hands: Hands) {
    hands.redriving.set(hands.subject_node());
}

pub fn delete(hands: Hands) {
    hands.delete(&hands.subject());
}
