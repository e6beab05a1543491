//! Edits of a running diagram: applied at the current simulated time, journalled, part of the command log.

use super::{Command, Simulation};
use crate::diagram::{ACCOUNT, Document, EdgeIndex, Edit, Kind, NodeIndex, Plan, Problem, check, settings};
use crate::services::{Component, Context, MessageId, Service, TIMER_WAKE, Told};
use crate::small;
use serde_json::Value;
use uuid::Uuid;

impl Simulation {
    /// See [`Simulation::edit`].
    pub(super) fn edit_and_note(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        if edit.only_moves() {
            return self.document.apply(edit);
        }
        self.close_expectations();
        let done = self.note(Command::Edit(edit.clone()));
        let inverse = self.carry_out_edit(edit)?;
        self.log.push(done);
        Ok(inverse)
    }

    pub(super) fn carry_out_edit(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        if edit.only_moves() {
            return self.document.apply(edit);
        }
        let told = Told::new(|| words(&self.document, &edit));
        let mut document = self.document.clone();
        let inverse = document.apply(edit.clone())?;
        let plan = check(&document)?.continuing(&self.plan);
        // What is scheduled for something is set going and healed while that is there.
        let faults = document.faults;
        let (now, later): (Vec<_>, Vec<_>) =
            faults.iter().cloned().partition(|fault| self.plan.fault_target(fault.target).is_some());
        if now != self.document.faults {
            self.reschedule(now)?;
        }
        if let Some((node, edge)) = place(&self.plan, &edit).or_else(|| place(&plan, &edit)) {
            self.world.record_action(node, edge, told);
        }
        self.document = Document { faults: self.document.faults.clone(), ..document };
        self.adopt(plan);
        if !later.is_empty() {
            self.reschedule(faults)?;
        }
        Ok(inverse)
    }

    /// Goes on with a plan that continues the present one.
    pub(super) fn adopt(&mut self, plan: Plan) {
        let before = std::mem::replace(&mut self.plan, plan);
        let (mut removed, mut restored, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for ((old, new), place) in before.nodes.iter().zip(&self.plan.nodes).zip(0..) {
            match (old.removed, new.removed) {
                (false, true) => removed.push(NodeIndex(place)),
                (true, false) => restored.push(NodeIndex(place)),
                (false, false) => kept.push(NodeIndex(place)),
                (true, true) => {}
            }
        }
        for node in removed {
            let held = self.held_by(node);
            self.world.remove(node.into(), &held);
            if let Service::Function(function) = self.services.of_node(node) {
                function.leave_account(&mut self.world.account);
            }
        }
        self.world.configure(&self.plan);
        for node in &restored {
            let held = self.held_by(*node);
            self.world.restore((*node).into(), &held);
            if let Service::Function(function) = self.services.of_node(*node) {
                function.enter_account(&mut self.world.account);
            }
        }
        kept.extend(restored);
        small::sort(&mut kept);
        let mappings = (0..before.edges.len() as u32).map(|place| Component::of_mapping(EdgeIndex(place)));
        for me in kept.into_iter().map(Component::from).chain(mappings) {
            if let Some(service) = self.services.get_mut(me) {
                service.configure(&self.plan, me, &mut Context { world: &mut self.world, me });
            }
        }
        for me in self.services.extend(&self.plan, &mut self.world) {
            match (self.services.get_mut(me), me.node()) {
                (Some(Service::Client(client)), _) => client.start(&mut Context { world: &mut self.world, me }),
                (Some(Service::Rule(rule)), Ok(node)) => {
                    rule.start(&self.plan, node, &mut Context { world: &mut self.world, me });
                }
                (Some(Service::Mapping(_)), Err(edge)) => {
                    // A function that was stopped gets no pollers that run.
                    let activity = self.world.activity(self.plan.edge(edge).to.into());
                    self.world.set_activity(me, activity);
                    Context { world: &mut self.world, me }.timer(0, TIMER_WAKE, 0);
                }
                _ => {}
            }
        }
    }

    fn held_by(&self, node: NodeIndex) -> Vec<MessageId> {
        let mut held = Vec::new();
        self.service(node).held(&mut |message| held.push(message));
        held
    }
}

/// What the journal says the edit was about, where this plan has it.
fn place(plan: &Plan, edit: &Edit) -> Option<(NodeIndex, Option<EdgeIndex>)> {
    let target = match edit {
        Edit::AddNode { node, .. } => node.id,
        Edit::AddEdge { edge, .. } => edge.id,
        Edit::RemoveNode { id, .. } | Edit::RemoveEdge { id, .. } => *id,
        Edit::Set { target, .. } => *target,
        Edit::SetEnds { edge, .. } => *edge,
        Edit::Rename { node, .. } => *node,
        Edit::ReplaceNode(node) => node.id,
        Edit::ReplaceEdge(edge) => edge.id,
        Edit::Many(edits) => return edits.iter().find_map(|edit| place(plan, edit)),
        // Prices change nothing but the bill.
        Edit::SetField { field, .. } if field == "prices" => return None,
        // What changes the diagram as a whole is told at its first node.
        Edit::Replace(_) | Edit::SetField { .. } => return plan.node_indices().next().map(|node| (node, None)),
        Edit::Move(_) => return None,
    };
    let edge = plan.find_edge(target);
    let first = plan.node_indices().next().filter(|_| target == ACCOUNT);
    let node = plan.find_node(target).or(edge.map(|edge| plan.edge(edge).from)).or(first)?;
    Some((node, edge))
}

/// The edit in words, for the journal.
fn words(document: &Document, edit: &Edit) -> String {
    match edit {
        Edit::Set { target, setting, value, .. } => setting_words(document, *target, setting, value.as_ref()),
        other => format!("{}.", other.label(document)),
    }
}

fn setting_words(document: &Document, target: Uuid, name: &str, value: Option<&Value>) -> String {
    let of_node = |id| document.node(id).map_or("?", |node| node.name.as_str());
    let (owner, written) = match (document.node(target), document.edge(target)) {
        (Some(node), _) => (node.name.clone(), &node.settings),
        (None, Some(edge)) => (format!("{} → {}", of_node(edge.from), of_node(edge.to)), &edge.settings),
        (None, None) if target == ACCOUNT => (tr!("Account").to_string(), &document.account),
        (None, None) => return tr!("{name} was changed.", name = name),
    };
    match settings::field(settings::fields_of(document, target), name) {
        Some(field) if !matches!(field.kind, Kind::Json { .. }) => {
            let default = field.kind.default_value();
            let before = written.get(name).unwrap_or(&default);
            tr!(
                "{owner}: {name} was changed from {before} to {after}.",
                after = value.unwrap_or(&default),
                owner = owner,
                name = name,
                before = before
            )
        }
        _ => tr!("{owner}: {name} was changed.", owner = owner, name = name),
    }
}
