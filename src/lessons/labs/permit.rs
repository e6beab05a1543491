//! What people may change in a step.

use super::lab::Allow;
use super::names::{find, find_setting};
use crate::diagram::{Document, Edit, FAULT_KINDS, Fault};
use crate::simulation::Command;
use uuid::Uuid;

/// `Sales.outage`: the target and the kind of fault.
pub(super) fn split_fault(text: &str) -> Result<(&str, &str), String> {
    let Some((target, kind)) = text.rsplit_once('.') else {
        return Err(tr!("`{text}` names no fault.", text = text));
    };
    match FAULT_KINDS.iter().any(|known| known.name == kind) {
        true => Ok((target, kind)),
        false => Err(tr!("`{kind}` is not a kind of fault.", kind = kind)),
    }
}

/// `redrive Sales dead letters`: the verb and the node.
pub(super) fn act_words(text: &str) -> Result<(&str, &str), String> {
    match text.split_once(' ') {
        Some((verb @ ("send" | "run" | "purge" | "redrive"), name)) => Ok((verb, name.trim())),
        _ => Err(tr!("`{text}` is nothing that can be done.", text = text)),
    }
}

impl Allow {
    /// Whether nothing may be changed.
    pub fn is_nothing(&self) -> bool {
        *self == Allow::default()
    }

    /// Whether this command may be given, or why not, for people. Moving nodes is always allowed.
    pub fn permits(&self, document: &Document, command: &Command) -> Result<(), String> {
        if self.anything {
            return Ok(());
        }
        match command {
            Command::Edit(edit) => self.permits_edit(document, edit),
            Command::Set { target, setting, .. } => self.permits_setting(document, *target, setting),
            Command::Inject { target, fault } => self.permits_fault(document, *target, fault),
            Command::Send { node, .. } => self.permits_act(document, "send", *node),
            Command::Pause { node } | Command::Stop { node } | Command::Resume { node } => {
                self.permits_act(document, "run", *node)
            }
            Command::Purge { queue } => self.permits_act(document, "purge", *queue),
            Command::Redrive { queue, .. } | Command::CancelRedrive { queue } => {
                self.permits_act(document, "redrive", *queue)
            }
            Command::StartReplay { .. } | Command::CancelReplay { .. } => Err(self.refusal()),
        }
    }

    /// Whether an edit may be made, or why not. Undoing asks as well.
    pub fn permits_edit(&self, document: &Document, edit: &Edit) -> Result<(), String> {
        match edit {
            _ if self.anything || edit.only_moves() => Ok(()),
            Edit::Set { target, setting, .. } => self.permits_setting(document, *target, setting),
            Edit::Many(edits) => edits.iter().try_for_each(|edit| self.permits_edit(document, edit)),
            _ => Err(self.refusal()),
        }
    }

    /// Whether a form may offer this setting.
    pub fn permits_setting(&self, document: &Document, target: Uuid, setting: &str) -> Result<(), String> {
        self.if_listed(self.settings.iter().any(|it| find_setting(document, it) == Ok((target, setting))))
    }

    fn permits_fault(&self, document: &Document, target: Uuid, fault: &Fault) -> Result<(), String> {
        let of_it = self.faults.iter().filter_map(|it| split_fault(it).ok());
        let mut of_it = of_it.filter(|(name, _)| find(document, name) == Ok(target));
        let listed = match fault.is_none() {
            true => of_it.next().is_some(),
            false => fault.to_json().keys().all(|kind| of_it.clone().any(|(_, known)| known == kind)),
        };
        self.if_listed(listed)
    }

    fn permits_act(&self, document: &Document, verb: &str, node: Uuid) -> Result<(), String> {
        let is =
            |it: &String| act_words(it).is_ok_and(|(known, name)| known == verb && find(document, name) == Ok(node));
        self.if_listed(self.acts.iter().any(is))
    }

    fn if_listed(&self, listed: bool) -> Result<(), String> {
        if self.anything || listed { Ok(()) } else { Err(self.refusal()) }
    }

    /// What can be changed, in words: the forbidden thing is shown beside it.
    fn refusal(&self) -> String {
        let all: Vec<&str> = self.settings.iter().chain(&self.faults).chain(&self.acts).map(String::as_str).collect();
        match all.as_slice() {
            [] => tr!("In this step of the lab nothing is to be changed.").to_string(),
            list => tr!("In this step of the lab you can change only: {}.", list.join(", ")),
        }
    }
}
