//! Which functions ran on the way to a message, and how often: what the detection of recursive loops counts
//! (invocation-recursion). The service carries the count along in a header of the request.

use crate::diagram::NodeIndex;
use crate::small;
use rustc_hash::FxHashMap;

/// At about this many invocations of a function in one chain of requests the next one is refused.
pub const LOOP_LIMIT: u8 = 16;

/// A list of functions and counts in [`Lineages`]. The same list has the same id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LineageId(u32);

impl LineageId {
    /// Of a message that no function has led to.
    pub const NONE: LineageId = LineageId(0);
}

type Counts = Vec<(NodeIndex, u8)>;

#[derive(Clone, Debug)]
pub struct Lineages {
    lists: Vec<Counts>,
    by_list: FxHashMap<Counts, LineageId>,
    after: FxHashMap<(LineageId, NodeIndex), LineageId>,
}

impl Default for Lineages {
    fn default() -> Self {
        let by_list = [(Vec::new(), LineageId::NONE)].into_iter().collect();
        Lineages { lists: vec![Vec::new()], by_list, after: FxHashMap::default() }
    }
}

impl Lineages {
    /// How often this function ran on the way.
    pub fn count(&self, lineage: LineageId, function: NodeIndex) -> u8 {
        let list = &self.lists[lineage.0 as usize];
        list.iter().find(|(node, _)| *node == function).map_or(0, |(_, count)| *count)
    }

    /// The lineage of what this function sends when it runs for a message of lineage `before`. Counts end at the limit.
    pub fn after(&mut self, before: LineageId, function: NodeIndex) -> LineageId {
        if let Some(known) = self.after.get(&(before, function)) {
            return *known;
        }
        let mut list = self.lists[before.0 as usize].clone();
        match list.iter_mut().find(|(node, _)| *node == function) {
            Some((_, count)) => *count = (*count + 1).min(LOOP_LIMIT),
            None => {
                list.push((function, 1));
                small::sort(&mut list);
            }
        }
        let next = LineageId(self.lists.len() as u32);
        let id = *self.by_list.entry(list.clone()).or_insert(next);
        if id == next {
            self.lists.push(list);
        }
        self.after.insert((before, function), id);
        id
    }
}
