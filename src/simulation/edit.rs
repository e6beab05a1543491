//! Edits of a running diagram: applied at the current simulated time, journalled, part of the command log.

use super::{Command, Simulation};
use crate::diagram::{ACCOUNT, Document, Edit, Kind, NodeIndex, Plan, Problem, check, settings};
use crate::services::{Component, Context};
use serde_json::Value;
use uuid::Uuid;

impl Simulation {
    /// Edits the diagram while it runs and gives the inverse, or says why not and changes nothing. Moving nodes disturbs
    /// nothing and leaves no trace in the journal.
    pub fn edit(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        if edit.only_moves() {
            return self.document.apply(edit);
        }
        let done = self.note(Command::Edit(edit.clone()));
        let inverse = self.carry_out_edit(edit)?;
        self.log.push(done);
        Ok(inverse)
    }

    pub(super) fn carry_out_edit(&mut self, edit: Edit) -> Result<Edit, Vec<Problem>> {
        if edit.only_moves() {
            return self.document.apply(edit);
        }
        let words = words(&self.document, &edit);
        let place = self.place(&edit);
        let mut document = self.document.clone();
        let inverse = document.apply(edit)?;
        let plan = check(&document)?;
        if same_structure(&self.plan, &plan) {
            let faults = std::mem::replace(&mut document.faults, self.document.faults.clone());
            self.document = document;
            self.plan = plan;
            if let Some((node, edge)) = place {
                self.world.record_action(node, edge, words);
            }
            self.world.configure(&self.plan);
            for index in 0..self.services.len() {
                let me = Component(index as u32);
                let node = NodeIndex(index.min(self.plan.nodes.len().saturating_sub(1)) as u32);
                let mut context = Context { world: &mut self.world, me };
                self.services[index].configure(&self.plan, node, &mut context);
            }
            if faults != self.document.faults {
                self.reschedule(faults)?;
            }
        } else {
            // What runs is built for its nodes and edges, so with others it starts anew.
            let fresh = Simulation::new(&document, self.world.seed)?;
            let log = std::mem::take(&mut self.log);
            *self = Simulation { log, ..fresh };
        }
        Ok(inverse)
    }

    /// What the journal says the edit was about.
    fn place(&self, edit: &Edit) -> Option<(NodeIndex, Option<crate::diagram::EdgeIndex>)> {
        let target = match edit {
            Edit::Set { target, .. } => *target,
            Edit::Rename { node, .. } => *node,
            Edit::ReplaceNode(node) => node.id,
            Edit::ReplaceEdge(edge) => edge.id,
            Edit::Many(edits) => return edits.iter().find_map(|edit| self.place(edit)),
            _ => return None,
        };
        let edge = self.plan.find_edge(target);
        // What is about the account is told at the first node.
        let first = self.plan.node_indices().next().filter(|_| target == ACCOUNT);
        let node = self.plan.find_node(target).or(edge.map(|edge| self.plan.edge(edge).from)).or(first)?;
        Some((node, edge))
    }
}

fn same_structure(old: &Plan, new: &Plan) -> bool {
    old.nodes.len() == new.nodes.len()
        && old.edges.len() == new.edges.len()
        && old.nodes.iter().zip(&new.nodes).all(|(old, new)| (old.id, old.kind) == (new.id, new.kind))
        && old
            .edges
            .iter()
            .zip(&new.edges)
            .all(|(old, new)| (old.id, old.kind, old.from, old.to) == (new.id, new.kind, new.from, new.to))
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
    let (owner, lists, written) = match (document.node(target), document.edge(target)) {
        (Some(node), _) => (node.name.clone(), settings::of_node(node.kind), &node.settings),
        (None, Some(edge)) => {
            let owner = format!("{} → {}", of_node(edge.from), of_node(edge.to));
            (owner, settings::of_edge(edge.kind), &edge.settings)
        }
        (None, None) if target == ACCOUNT => ("Account".to_string(), settings::of_account(), &document.account),
        (None, None) => return format!("{name} was changed."),
    };
    let setting = lists.iter().flat_map(|list| list.iter()).find(|setting| setting.name == name);
    match setting {
        Some(setting) if !matches!(setting.kind, Kind::Json { .. }) => {
            let default = setting.default_value();
            let before = written.get(name).unwrap_or(&default);
            format!("{owner}: {name} was changed from {before} to {}.", value.unwrap_or(&default))
        }
        _ => format!("{owner}: {name} was changed."),
    }
}
