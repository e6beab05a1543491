//! All rules of one bus, decided in one pass over an event.
//!
//! A pattern's combinations of `$or` alternatives become *branches*, each a list of *requirements*: a path with its
//! conditions. Equal requirements of different rules are one. Each branch is hung on one of its requirements, the one
//! that the fewest others hang on; only these requirements can be looked up by value (`lookup`). So an event is read
//! once (`walk`), its values find the requirements they fulfil, and of the branches that hang on those the rest is
//! checked, each requirement at most once. What has nothing to do with an event costs nothing.

mod index;
mod lookup;
mod paths;
mod walk;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::condition::{Condition, Range};
use super::consistency::{Demand, agree};
use super::event::Event;
use super::json::{SyntaxError, position};
use super::pattern::{Leaf, Pattern};
use lookup::Lookup;
use paths::Paths;
use walk::{Findings, walk};

/// Many patterns, each with the number of its rule.
///
/// ```
/// use eventyard::rules::{Event, Matcher, Pattern};
/// let mut matcher = Matcher::new();
/// matcher.insert(7, &Pattern::parse(r#"{"source": ["shop"]}"#).unwrap());
/// matcher.insert(3, &Pattern::parse(r#"{"source": [{"prefix": "sh"}]}"#).unwrap());
/// let mut matching = Vec::new();
/// matcher.matches(&Event::parse(r#"{"source": "shop"}"#).unwrap(), &mut matching);
/// assert_eq!(matching, [3, 7]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    rules: Rules,
    work: Work,
}

/// What the rules ask for.
#[derive(Clone, Debug, Default)]
struct Rules {
    paths: Paths,
    fields: Slab<Field>,
    field_by_path: FxHashMap<String, u32>,
    requirements: Slab<Requirement>,
    requirement_by_content: FxHashMap<(u32, Vec<Condition>), u32>,
    branches: Slab<Branch>,
    /// Branches that no value can find, since they ask for absence only.
    unhung: Vec<u32>,
    /// By requirement: the rule that matches as soon as a value is found, when just one branch hangs there and has no
    /// other requirement. Most do.
    alone: Vec<Option<u32>>,
    branches_by_rule: BTreeMap<u32, Vec<u32>>,
}

/// A path that rules look at.
#[derive(Clone, Debug, Default)]
struct Field {
    path: String,
    node: u32,
    /// How many requirements there are on it.
    requirements: u32,
    lookup: Lookup,
}

/// A path with its conditions.
#[derive(Clone, Debug, Default)]
struct Requirement {
    field: u32,
    conditions: Vec<Condition>,
    /// How many branches have it.
    branches: u32,
    /// The branches that hang on it.
    hanging: Vec<u32>,
    /// Whether absence fulfils it too.
    absence: bool,
}

/// One combination of alternatives of one rule.
#[derive(Clone, Debug, Default)]
struct Branch {
    rule: u32,
    /// In the order of their paths.
    requirements: Box<[u32]>,
    /// The requirement that it hangs on.
    hook: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Outcome {
    #[default]
    Failed,
    /// Fulfilled whatever the other requirements choose.
    Free,
    /// Fulfilled in certain array elements only.
    Bound,
    /// Possibly fulfilled by absence, which depends on what the others choose.
    Absent,
}

/// Memory that is used again for each event.
#[derive(Clone, Debug, Default)]
struct Work {
    /// The number of the event at hand.
    event: u64,
    findings: Findings,
    targets: Vec<u32>,
    /// By requirement: the event for which a value found it last.
    found_for: Vec<u64>,
    /// By requirement: the event for which it was checked last, and what came of it.
    outcomes: Vec<(u64, Outcome)>,
    /// By field: the event for which it was seen last, and its occurrences then.
    seen: Vec<(u64, Vec<u32>)>,
    /// The requirements found by value.
    found: Vec<u32>,
}

impl Matcher {
    pub fn new() -> Matcher {
        Matcher::default()
    }

    pub(super) fn take(&mut self, rule: u32, pattern: &Pattern) {
        self.rules.insert(rule, pattern);
    }

    /// Removes a rule with all its patterns.
    pub fn remove(&mut self, rule: u32) {
        self.rules.remove(rule);
    }

    /// Appends the rules that match the event, in ascending order, each once.
    pub fn matches(&mut self, event: &Event, matching: &mut Vec<u32>) {
        // An event's text has been read before, so there is nothing to refuse.
        let _ = self.decide(event.text(), matching);
    }

    pub(super) fn decide(&mut self, text: &str, matching: &mut Vec<u32>) -> Result<(), SyntaxError> {
        walk(text, &self.rules.paths, &mut self.work.findings).map_err(|fault| {
            let (line, column) = position(text, fault.offset);
            SyntaxError { line, column, message: crate::language::translated(fault.message).to_string() }
        })?;
        self.rules.decide(text, &mut self.work, matching);
        Ok(())
    }
}

impl Rules {
    fn insert(&mut self, rule: u32, pattern: &Pattern) {
        for leaves in &pattern.branches {
            let requirements: Box<[u32]> =
                leaves.iter().map(|leaf| self.requirement(&pattern.leaves[*leaf as usize])).collect();
            let hook = requirements.iter().copied().min_by_key(|requirement| self.crowd(*requirement));
            let hook = hook.filter(|hook| !self.requirements[*hook].absence);
            let branch = self.branches.insert(Branch { rule, requirements, hook });
            match hook {
                Some(hook) => self.hang(branch, hook),
                None => self.unhung.push(branch),
            }
            self.branches_by_rule.entry(rule).or_default().push(branch);
        }
    }

    fn remove(&mut self, rule: u32) {
        for index in self.branches_by_rule.remove(&rule).unwrap_or_default() {
            let branch = self.branches.remove(index);
            match branch.hook {
                Some(hook) => self.unhang(index, hook),
                None => self.unhung.retain(|other| *other != index),
            }
            for requirement in branch.requirements {
                self.release(requirement);
            }
        }
    }

    fn decide(&self, text: &str, work: &mut Work, matching: &mut Vec<u32>) {
        work.event += 1;
        work.found.clear();
        work.found_for.resize(self.requirements.len(), 0);
        work.outcomes.resize(self.requirements.len(), Default::default());
        work.seen.resize(self.fields.len(), Default::default());
        let before = matching.len();
        for (index, occurrence) in work.findings.occurrences.iter_mut().enumerate() {
            let (event, occurrences) = &mut work.seen[occurrence.field as usize];
            if *event != work.event {
                *event = work.event;
                occurrences.clear();
            }
            occurrences.push(index as u32);
            let scalar = occurrence.scalar(text);
            self.fields[occurrence.field].lookup.find(&scalar, &mut work.targets);
            occurrence.learn(&scalar);
            for target in work.targets.drain(..) {
                let found_for = &mut work.found_for[target as usize];
                if *found_for != work.event {
                    *found_for = work.event;
                    match self.alone[target as usize] {
                        Some(rule) => matching.push(rule),
                        None => work.found.push(target),
                    }
                }
            }
        }
        // What else a branch needs can be asked only when all values are known.
        let found = std::mem::take(&mut work.found);
        for &found in &found {
            for branch in &self.requirements[found].hanging {
                let branch = &self.branches[*branch];
                if branch.requirements.len() == 1 || self.holds(branch, text, work) {
                    matching.push(branch.rule);
                }
            }
        }
        work.found = found;
        for branch in &self.unhung {
            if self.holds(&self.branches[*branch], text, work) {
                matching.push(self.branches[*branch].rule);
            }
        }
        sort_from(matching, before);
    }

    /// Whether all requirements of a branch are fulfilled together.
    fn holds(&self, branch: &Branch, text: &str, work: &mut Work) -> bool {
        let (mut bound, mut absent) = (0, 0);
        for requirement in &branch.requirements {
            match self.outcome(*requirement, text, work) {
                Outcome::Failed => return false,
                Outcome::Free => {}
                Outcome::Bound => bound += 1,
                Outcome::Absent => absent += 1,
            }
        }
        if absent == 0 && bound <= 1 {
            return true;
        }
        let demands: Vec<Demand> =
            branch.requirements.iter().map(|requirement| self.demand(*requirement, text, work)).collect();
        agree(&work.findings, &demands.iter().collect::<Vec<_>>())
    }

    fn outcome(&self, index: u32, text: &str, work: &mut Work) -> Outcome {
        let (event, outcome) = work.outcomes[index as usize];
        if event == work.event {
            return outcome;
        }
        let requirement = &self.requirements[index];
        let mut outcome = Outcome::Failed;
        let occurrences = occurrences(requirement.field, work);
        if requirement.absence {
            outcome = if occurrences.is_empty() { Outcome::Free } else { Outcome::Absent };
        } else {
            for occurrence in occurrences {
                let occurrence = &work.findings.occurrences[*occurrence as usize];
                // Only an occurrence outside of arrays can improve on one inside.
                if occurrence.element != 0 && outcome == Outcome::Bound {
                    continue;
                }
                let scalar = occurrence.scalar(text);
                if requirement.conditions.iter().any(|condition| condition.holds(&scalar)) {
                    outcome = if occurrence.element == 0 { Outcome::Free } else { Outcome::Bound };
                    if outcome == Outcome::Free {
                        break;
                    }
                }
            }
        }
        work.outcomes[index as usize] = (work.event, outcome);
        outcome
    }

    /// What a requirement asks of the event, in full.
    fn demand(&self, index: u32, text: &str, work: &Work) -> Demand {
        let requirement = &self.requirements[index];
        let (mut present, mut fulfilled) = (Vec::new(), Vec::new());
        for occurrence in occurrences(requirement.field, work) {
            let occurrence = &work.findings.occurrences[*occurrence as usize];
            present.push(occurrence.element);
            let scalar = occurrence.scalar(text);
            if requirement.conditions.iter().any(|condition| condition.holds(&scalar)) {
                fulfilled.push(occurrence.element);
            }
        }
        Demand::new(fulfilled, requirement.absence.then_some(present))
    }

    /// The requirement that a leaf makes, shared with other branches.
    fn requirement(&mut self, leaf: &Leaf) -> u32 {
        let field = match self.field_by_path.get(&leaf.path) {
            Some(known) => *known,
            None => {
                let node = self.paths.insert(&leaf.path);
                let field = Field { path: leaf.path.clone(), node, ..Field::default() };
                let field = self.fields.insert(field);
                self.paths.set_field(node, field);
                self.field_by_path.insert(leaf.path.clone(), field);
                field
            }
        };
        let content = (field, leaf.conditions.clone());
        let index = match self.requirement_by_content.get(&content) {
            Some(known) => *known,
            None => {
                let absence = leaf.wants_absence();
                let conditions = leaf.conditions.clone();
                let requirement = Requirement { field, conditions, branches: 0, hanging: Vec::new(), absence };
                let index = self.requirements.insert(requirement);
                self.requirement_by_content.insert(content, index);
                self.fields[field].requirements += 1;
                index
            }
        };
        self.requirements[index].branches += 1;
        index
    }

    /// A branch needs a requirement no longer.
    fn release(&mut self, index: u32) {
        self.requirements[index].branches -= 1;
        if self.requirements[index].branches > 0 {
            return;
        }
        let Requirement { field, conditions, .. } = self.requirements.remove(index);
        self.requirement_by_content.remove(&(field, conditions));
        self.fields[field].requirements -= 1;
        if self.fields[field].requirements == 0 {
            let Field { path, node, .. } = self.fields.remove(field);
            self.paths.clear_field(node);
            self.field_by_path.remove(&path);
        }
    }

    fn hang(&mut self, branch: u32, hook: u32) {
        let requirement = &mut self.requirements[hook];
        requirement.hanging.push(branch);
        if requirement.hanging.len() == 1 {
            let lookup = &mut self.fields[requirement.field].lookup;
            requirement.conditions.iter().for_each(|condition| lookup.insert(condition, hook));
        }
        self.see_who_is_alone(hook);
    }

    fn unhang(&mut self, branch: u32, hook: u32) {
        let requirement = &mut self.requirements[hook];
        requirement.hanging.retain(|other| *other != branch);
        if requirement.hanging.is_empty() {
            let lookup = &mut self.fields[requirement.field].lookup;
            requirement.conditions.iter().for_each(|condition| lookup.remove(condition, hook));
        }
        self.see_who_is_alone(hook);
    }

    fn see_who_is_alone(&mut self, hook: u32) {
        self.alone.resize(self.requirements.len(), None);
        self.alone[hook as usize] = match &self.requirements[hook].hanging[..] {
            [only] => Some(&self.branches[*only]).filter(|only| only.requirements.len() == 1).map(|only| only.rule),
            _ => None,
        };
    }

    /// How much work a branch makes when it hangs on a requirement: an estimate of how many events find it, and how
    /// many others hang there.
    fn crowd(&self, index: u32) -> usize {
        let requirement = &self.requirements[index];
        if requirement.absence {
            return usize::MAX;
        }
        let often: usize = requirement.conditions.iter().map(how_often).sum();
        often.saturating_mul(1 + requirement.hanging.len())
    }
}

/// A guess how often a condition holds: the less a condition fixes, the oftener.
fn how_often(condition: &Condition) -> usize {
    match condition {
        Condition::Text { .. } | Condition::Exactly(_) | Condition::EqualsIgnoringCase(_) => 1,
        Condition::Number { .. } | Condition::Numeric(Range::Equal(_)) => 1,
        Condition::Prefix(text) | Condition::Suffix(text) if text.len() >= 4 => 4,
        Condition::PrefixIgnoringCase(text) | Condition::SuffixIgnoringCase(text) if text.len() >= 4 => 4,
        Condition::Prefix(_) | Condition::Suffix(_) => 16,
        Condition::PrefixIgnoringCase(_) | Condition::SuffixIgnoringCase(_) | Condition::Wildcard(_) => 16,
        Condition::True | Condition::False | Condition::Null | Condition::Cidr(_) => 32,
        Condition::Numeric(_) => 64,
        Condition::Exists(_) | Condition::Filled | Condition::AnythingBut(_) => 1_024,
    }
}

fn occurrences(field: u32, work: &Work) -> &[u32] {
    match work.seen.get(field as usize) {
        Some((event, occurrences)) if *event == work.event => occurrences,
        _ => &[],
    }
}

/// Sorts what stands behind a place and takes out what is there twice; most often neither is needed.
fn sort_from(list: &mut Vec<u32>, from: usize) {
    if list[from..].is_sorted_by(|left, right| left < right) {
        return;
    }
    list[from..].sort_unstable();
    let mut kept = from;
    for index in from..list.len() {
        if kept == from || list[kept - 1] != list[index] {
            list[kept] = list[index];
            kept += 1;
        }
    }
    list.truncate(kept);
}

/// Things with numbers; the numbers of removed things are used again.
#[derive(Clone, Debug)]
struct Slab<T> {
    things: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab { things: Vec::new(), free: Vec::new() }
    }
}

impl<T: Default> Slab<T> {
    fn insert(&mut self, thing: T) -> u32 {
        if let Some(index) = self.free.pop() {
            self.things[index as usize] = thing;
            return index;
        }
        self.things.push(thing);
        self.things.len() as u32 - 1
    }

    fn remove(&mut self, index: u32) -> T {
        self.free.push(index);
        std::mem::take(&mut self.things[index as usize])
    }

    /// How many numbers have been given out.
    fn len(&self) -> usize {
        self.things.len()
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, index: u32) -> &T {
        &self.things[index as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, index: u32) -> &mut T {
        &mut self.things[index as usize]
    }
}
