//! Undo and redo, with a label for each entry. Bounded only by memory.
//!
//! The history holds edits, not documents: whoever holds the document (a [`Document`](crate::diagram::Document), a
//! running simulation) is handed in with each step as `apply`, which carries out an edit and gives its inverse.

use super::{Change, Edit};
use crate::diagram::problem::Problem;

/// Carrying out an edit gives its inverse.
pub type Applied = Result<Edit, Vec<Problem>>;

#[derive(Clone, Debug)]
struct Entry {
    label: String,
    /// What takes it back, while it is done; what does it again, while it is undone.
    edit: Edit,
    key: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Entry>,
    /// The entry that is done again first is the last.
    undone: Vec<Entry>,
}

impl History {
    /// Carries out a change and remembers how to take it back. Changes that follow each other with the same key become
    /// one entry: the moves of one drag, the letters typed into one field. What was undone before is forgotten.
    pub fn perform(
        &mut self,
        change: Change,
        key: Option<&str>,
        apply: impl FnOnce(Edit) -> Applied,
    ) -> Result<(), Vec<Problem>> {
        let Change { label, edit, .. } = change;
        // Only what is small is compared: a move to where the node is, a value typed twice.
        let small = matches!(edit, Edit::Move(_) | Edit::Rename { .. } | Edit::Set { .. }).then(|| edit.clone());
        let inverse = apply(edit)?;
        if small.is_some_and(|edit| changes_nothing(&edit, &inverse)) {
            return Ok(());
        }
        let joins = self.undone.is_empty() && key.is_some();
        self.undone.clear();
        match self.done.last_mut().filter(|last| joins && last.key.as_deref() == key) {
            Some(last) => {
                if !last.edit.covers(&inverse) {
                    let earlier = std::mem::replace(&mut last.edit, Edit::Many(Vec::new()));
                    last.edit = Edit::Many(vec![inverse, earlier]);
                }
                last.label = label;
            }
            None => self.done.push(Entry { label, edit: inverse, key: key.map(str::to_string) }),
        }
        Ok(())
    }

    /// Ends the present entry: what follows becomes one of its own, even with the same key.
    pub fn seal(&mut self) {
        if let Some(last) = self.done.last_mut() {
            last.key = None;
        }
    }

    /// Takes back the latest entry; `None` where there is none. Gives its label.
    pub fn undo(&mut self, apply: impl FnOnce(Edit) -> Applied) -> Result<Option<String>, Vec<Problem>> {
        step(&mut self.done, &mut self.undone, apply)
    }

    /// Does again what was undone last; `None` where there is nothing. Gives its label.
    pub fn redo(&mut self, apply: impl FnOnce(Edit) -> Applied) -> Result<Option<String>, Vec<Problem>> {
        step(&mut self.undone, &mut self.done, apply)
    }

    /// Undoes or redoes until `count` entries are done.
    pub fn jump(&mut self, count: usize, mut apply: impl FnMut(Edit) -> Applied) -> Result<(), Vec<Problem>> {
        while self.done.len() > count && self.undo(&mut apply)?.is_some() {}
        while self.done.len() < count && self.redo(&mut apply)?.is_some() {}
        Ok(())
    }

    /// How many entries are done; those behind in [`History::labels`] are undone.
    pub fn position(&self) -> usize {
        self.done.len()
    }

    /// The labels of all entries, oldest first, done and undone.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.done.iter().chain(self.undone.iter().rev()).map(|entry| entry.label.as_str())
    }

    /// What undoing would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.done.last().map(|entry| entry.label.as_str())
    }

    /// What redoing would do again.
    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|entry| entry.label.as_str())
    }
}

fn step(
    from: &mut Vec<Entry>,
    to: &mut Vec<Entry>,
    apply: impl FnOnce(Edit) -> Applied,
) -> Result<Option<String>, Vec<Problem>> {
    let Some(entry) = from.last() else { return Ok(None) };
    let inverse = apply(entry.edit.clone())?;
    let Some(mut entry) = from.pop() else { return Ok(None) };
    entry.edit = inverse;
    // What was done again is finished: nothing joins it.
    entry.key = None;
    let label = entry.label.clone();
    to.push(entry);
    Ok(Some(label))
}

fn changes_nothing(edit: &Edit, inverse: &Edit) -> bool {
    match (edit, inverse) {
        (Edit::Set { value, .. }, Edit::Set { value: before, .. }) => value == before,
        (edit, inverse) => edit == inverse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::{Document, Ids, NodeKind, build};

    fn move_to(document: &Document, x: f64) -> Change {
        Change::of(Edit::Move(vec![(document.nodes[0].id, x, 0.0)]), document)
    }

    #[test]
    fn a_drag_is_one_entry_and_jumping_goes_both_ways() {
        let mut document = Document::new("Mine");
        let mut history = History::default();
        let change = build::new_node(&document, NodeKind::Queue, (0.0, 0.0), &mut Ids::new(1));
        history.perform(change, None, |edit| document.apply(edit)).expect("added");
        for x in [8.0, 16.0, 24.0] {
            history.perform(move_to(&document, x), Some("drag 1"), |edit| document.apply(edit)).expect("moved");
        }
        history.perform(move_to(&document, 32.0), Some("drag 2"), |edit| document.apply(edit)).expect("moved");
        history.perform(move_to(&document, 32.0), Some("drag 3"), |edit| document.apply(edit)).expect("not moved");
        assert_eq!(history.labels().collect::<Vec<_>>(), ["Add Queue", "Move Queue", "Move Queue"]);
        history.undo(|edit| document.apply(edit)).expect("undone");
        assert_eq!(document.nodes[0].x, 24.0);
        history.jump(0, |edit| document.apply(edit)).expect("undone");
        assert!(document.nodes.is_empty());
        history.jump(2, |edit| document.apply(edit)).expect("done again");
        assert_eq!((document.nodes[0].x, history.position(), history.redo_label()), (24.0, 2, Some("Move Queue")));
    }
}
