//! The lab that is being made, and what can be undone of the making.

use crate::lessons::labs::{Lab, Step};
use leptos::prelude::*;

/// So many steps back.
const STEPS: usize = 200;

#[derive(Clone, Copy)]
pub struct Draft {
    pub lab: RwSignal<Lab>,
    undone: StoredValue<Vec<Lab>>,
    done: StoredValue<Vec<Lab>>,
    /// Where the latest change was made: what is typed into one field is one entry.
    place: StoredValue<String>,
    /// The step that is shown.
    pub at: RwSignal<usize>,
    /// Counts up when something can be undone or redone that could not before.
    pub changes: RwSignal<u64>,
}

impl Draft {
    pub fn new(lab: Lab) -> Draft {
        Draft {
            lab: RwSignal::new(lab),
            undone: StoredValue::new(Vec::new()),
            done: StoredValue::new(Vec::new()),
            place: StoredValue::new(String::new()),
            at: RwSignal::new(0),
            changes: RwSignal::new(0),
        }
    }

    /// Changes the lab. Changes that follow each other at the same place become one entry; an empty place is never the same.
    pub fn edit(self, place: &str, change: impl FnOnce(&mut Lab)) {
        let before = self.lab.get_untracked();
        let mut lab = before.clone();
        change(&mut lab);
        if lab == before {
            return;
        }
        let joins = !place.is_empty() && self.place.with_value(|last| last == place);
        if !joins {
            self.done.update_value(|done| {
                done.push(before);
                if done.len() > STEPS {
                    done.remove(0);
                }
            });
        }
        self.place.set_value(place.to_string());
        self.undone.update_value(Vec::clear);
        self.lab.set(lab);
        self.keep_in_range();
        self.changes.update(|count| *count += 1);
    }

    /// Changes the step that is shown.
    pub fn edit_step(self, place: &str, change: impl FnOnce(&mut Step)) {
        let at = self.at.get_untracked();
        let place = if place.is_empty() { String::new() } else { format!("{at} {place}") };
        self.edit(&place, |lab| {
            if let Some(step) = lab.steps.get_mut(at) {
                change(step);
            }
        });
    }

    /// Something of the step that is shown; of an empty one where there is none.
    pub fn of_step<T>(self, look: impl FnOnce(&Step) -> T) -> T {
        let at = self.at.get();
        self.lab.with(|lab| match lab.steps.get(at) {
            Some(step) => look(step),
            None => look(&Step::default()),
        })
    }

    fn keep_in_range(self) {
        let last = self.lab.with_untracked(|lab| lab.steps.len().saturating_sub(1));
        if self.at.get_untracked() > last {
            self.at.set(last);
        }
    }

    pub fn can_undo(self) -> bool {
        self.changes.track();
        self.done.with_value(|done| !done.is_empty())
    }

    pub fn can_redo(self) -> bool {
        self.changes.track();
        self.undone.with_value(|undone| !undone.is_empty())
    }

    pub fn undo(self) {
        self.swap(self.done, self.undone);
    }

    pub fn redo(self) {
        self.swap(self.undone, self.done);
    }

    fn swap(self, from: StoredValue<Vec<Lab>>, to: StoredValue<Vec<Lab>>) {
        let Some(lab) = from.try_update_value(Vec::pop).flatten() else { return };
        to.update_value(|list| list.push(self.lab.get_untracked()));
        self.place.set_value(String::new());
        self.lab.set(lab);
        self.keep_in_range();
        self.changes.update(|count| *count += 1);
    }
}
