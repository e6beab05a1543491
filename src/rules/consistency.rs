//! Array consistency: what a pattern asks inside one array of objects must hold in the same element.
//!
//! Each value of an event stands in a chain of array elements, outermost first; a value that is itself an element, a
//! string in an array of strings, adds nothing to its chain. Two values agree unless their chains go through different
//! elements of one array. A pattern matches when one value can be chosen for each of its leaves so that all agree.
//!
//! `exists: false` makes the order matter: the engine takes the leaves by path and asks, when such a leaf's turn comes,
//! whether all values there disagree with what was chosen *before*. So does the search here.

use std::collections::BTreeSet;

/// How many choices a search may try. Only an event in which one key occurs many times, each with its own array, makes
/// a search that long; the question is then as hard as any, and counts as no match.
const MAX_CHOICES: usize = 1_000_000;

/// Which elements of which arrays hold which others.
///
/// Elements are known by numbers in the order of the text: one that holds another has the smaller number, and what it
/// holds are the numbers up to its end. 0 stands for everything outside of arrays.
pub(crate) trait Nesting {
    /// The element that holds the array of this one; 0 for none.
    fn outer(&self, element: u32) -> u32;
    /// The array that this is an element of.
    fn array(&self, element: u32) -> u32;
    /// The first number behind everything that the element holds.
    fn element_end(&self, element: u32) -> u32;
    /// The first number behind all elements of the array.
    fn array_end(&self, array: u32) -> u32;
}

/// Where two chains part, if that is in one array: the element of the first chain there.
fn parting(nesting: &impl Nesting, left: u32, right: u32) -> Option<u32> {
    let (mut left, mut right) = (left, right);
    let (mut left_below, mut right_below) = (0, 0);
    while left != right {
        if left > right {
            left_below = left;
            left = nesting.outer(left);
        } else {
            right_below = right;
            right = nesting.outer(right);
        }
    }
    (left_below != 0 && right_below != 0 && nesting.array(left_below) == nesting.array(right_below))
        .then_some(left_below)
}

/// What one leaf of a pattern asks of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demand {
    /// The elements in which a value fulfils it, ascending, each once.
    pub(crate) fulfilled: Vec<u32>,
    /// When absence fulfils it too: the elements in which there is any value, ascending, each once.
    pub(crate) absence: Option<Vec<u32>>,
}

impl Demand {
    /// From elements in any order; `present` when absence is as good.
    pub(crate) fn new(mut fulfilled: Vec<u32>, present: Option<Vec<u32>>) -> Demand {
        fulfilled.sort_unstable();
        fulfilled.dedup();
        let absence = present.map(|mut present| {
            present.sort_unstable();
            present.dedup();
            present
        });
        Demand { fulfilled, absence }
    }
}

/// Whether all demands, in the order of their paths, can be fulfilled together.
pub(crate) fn agree(nesting: &impl Nesting, demands: &[&Demand]) -> bool {
    if demands.iter().any(|demand| demand.fulfilled.is_empty() && demand.absence.is_none()) {
        return false;
    }
    // What an empty chain fulfils constrains nothing. But a constraint can help a later absence, so with one in the
    // pattern every way must be tried.
    let no_absence = demands.iter().all(|demand| demand.absence.is_none());
    let remaining: Vec<&Demand> = demands
        .iter()
        .filter(|demand| match &demand.absence {
            Some(present) => !present.is_empty(),
            None => !(no_absence && demand.fulfilled.first() == Some(&0)),
        })
        .copied()
        .collect();
    if no_absence && remaining.len() <= 1 {
        return true;
    }
    let last_use = last_use(nesting, &remaining);
    Search { nesting, demands: &remaining, last_use, hopeless: BTreeSet::new(), choices: 0 }.fulfil(0, &[])
}

/// For each array the last demand that has to do with it, as pairs ordered by array.
fn last_use(nesting: &impl Nesting, demands: &[&Demand]) -> Vec<(u32, usize)> {
    let mut uses = std::collections::BTreeMap::new();
    for (index, demand) in demands.iter().enumerate() {
        for &element in demand.fulfilled.iter().chain(demand.absence.iter().flatten()) {
            let mut element = element;
            // An array that already knows this demand has told the arrays around it.
            while element != 0 && uses.insert(nesting.array(element), index) != Some(index) {
                element = nesting.outer(element);
            }
        }
    }
    uses.into_iter().collect()
}

struct Search<'d, N> {
    nesting: &'d N,
    demands: &'d [&'d Demand],
    last_use: Vec<(u32, usize)>,
    /// What was tried in vain: a demand with the elements chosen before it, as far as they still matter.
    hopeless: BTreeSet<(usize, Vec<u32>)>,
    choices: usize,
}

impl<N: Nesting> Search<'_, N> {
    fn fulfil(&mut self, index: usize, chosen: &[u32]) -> bool {
        let Some(demand) = self.demands.get(index) else { return true };
        let chosen = self.still_matters(index, chosen);
        if self.hopeless.contains(&(index, chosen.clone())) {
            return false;
        }
        let absent = demand.absence.as_ref().is_some_and(|present| self.next(present, 0, &chosen).is_none());
        if absent && self.fulfil(index + 1, &chosen) {
            return true;
        }
        let mut from = 0;
        while let Some(place) = self.next(&demand.fulfilled, from, &chosen) {
            self.choices += 1;
            if self.choices > MAX_CHOICES {
                return false;
            }
            let with_this: Vec<u32> = chosen.iter().copied().chain([demand.fulfilled[place]]).collect();
            if self.fulfil(index + 1, &with_this) {
                return true;
            }
            from = place + 1;
        }
        self.hopeless.insert((index, chosen));
        false
    }

    /// The place of the first candidate, from a place on, that agrees with all that is chosen. Jumps over whole arrays.
    fn next(&self, candidates: &[u32], from: usize, chosen: &[u32]) -> Option<usize> {
        let mut place = from;
        'candidates: while let Some(&candidate) = candidates.get(place) {
            for &element in chosen {
                if let Some(wanted) = parting(self.nesting, element, candidate) {
                    // Only within `wanted` can a candidate from this array agree.
                    let resume =
                        if candidate < wanted { wanted } else { self.nesting.array_end(self.nesting.array(wanted)) };
                    place += candidates[place..].partition_point(|other| *other < resume);
                    continue 'candidates;
                }
            }
            return Some(place);
        }
        None
    }

    /// What was chosen, cut down to elements of arrays that later demands have to do with, in order, each once, and
    /// without those that hold another.
    fn still_matters(&self, index: usize, chosen: &[u32]) -> Vec<u32> {
        let matters = |array: u32| {
            let found = self.last_use.binary_search_by_key(&array, |(array, _)| *array);
            found.is_ok_and(|found| self.last_use[found].1 >= index)
        };
        let mut kept: Vec<u32> = chosen
            .iter()
            .map(|&element| {
                let mut element = element;
                while element != 0 && !matters(self.nesting.array(element)) {
                    element = self.nesting.outer(element);
                }
                element
            })
            .filter(|element| *element != 0)
            .collect();
        kept.sort_unstable();
        kept.dedup();
        let holds_next =
            |place: usize| kept.get(place + 1).is_some_and(|next| *next < self.nesting.element_end(kept[place]));
        (0..kept.len()).filter(|place| !holds_next(*place)).map(|place| kept[place]).collect()
    }
}
