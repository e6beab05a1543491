//! Which of many conditions on one field hold for a value, without trying each.

use rustc_hash::FxHashMap;

use crate::rules::address::{Address, Block};
use crate::rules::condition::{Bound, Condition, Exclusion, Numeral, Range, Scalar};
use crate::rules::text::Wildcard;

/// The conditions of one field; each stands for a target, and one target may have several.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup {
    texts: FxHashMap<Box<str>, Vec<u32>>,
    lower_texts: FxHashMap<Box<[u8]>, Vec<u32>>,
    prefixes: Affixes,
    suffixes: Affixes,
    lower_prefixes: Affixes,
    lower_suffixes: Affixes,
    inner: Grams,
    addresses: FxHashMap<Address, Vec<u32>>,
    blocks: Vec<(Block, u32)>,
    numbers: FxHashMap<u64, Vec<u32>>,
    literals: FxHashMap<Box<str>, Vec<u32>>,
    /// Ranges with a lower bound only and with an upper bound only, ordered by it, and with both, ordered by the lower.
    above: Vec<(Bound, u32)>,
    below: Vec<(Bound, u32)>,
    between: Vec<(Bound, Bound, u32)>,
    words: [Vec<u32>; 3],
    /// Conditions that hold for any text.
    any_text: Vec<u32>,
    /// Conditions that hold for any value.
    any: Vec<u32>,
    /// Conditions without an order to look them up by, tried one by one.
    others: Vec<(Condition, u32)>,
    /// `anything-but`: its targets, in order, and what shuts each out.
    excluding: Vec<u32>,
    excluded: Option<Box<Lookup>>,
}

/// What must be checked beyond the look-up before a target counts: wildcards are found by one of their pieces.
#[derive(Clone, Debug)]
struct Candidate {
    target: u32,
    wildcard: Option<Box<Wildcard>>,
}

impl Candidate {
    fn fits(&self, text: &str) -> bool {
        self.wildcard.as_ref().is_none_or(|wildcard| wildcard.matches(text))
    }
}

/// Beginnings or endings, found by trying the lengths that occur.
#[derive(Clone, Debug, Default)]
struct Affixes {
    by_text: FxHashMap<Box<[u8]>, Vec<Candidate>>,
    /// Length and how many texts have it, ordered.
    lengths: Vec<(usize, usize)>,
}

impl Affixes {
    fn insert(&mut self, text: &str, candidate: Candidate) {
        let candidates = self.by_text.entry(text.as_bytes().into()).or_default();
        if candidates.is_empty() {
            match self.lengths.binary_search_by_key(&text.len(), |(length, _)| *length) {
                Ok(known) => self.lengths[known].1 += 1,
                Err(place) => self.lengths.insert(place, (text.len(), 1)),
            }
        }
        candidates.push(candidate);
    }

    /// How many are found by a text.
    fn crowd(&self, text: &str) -> usize {
        self.by_text.get(text.as_bytes()).map_or(0, Vec::len)
    }

    fn remove(&mut self, text: &str, target: u32) {
        self.remove_where(text, |candidate| candidate.target == target && candidate.wildcard.is_none());
    }

    fn remove_wildcard(&mut self, text: &str, target: u32) {
        self.remove_where(text, |candidate| candidate.target == target && candidate.wildcard.is_some());
    }

    fn remove_where(&mut self, text: &str, gone: impl Fn(&Candidate) -> bool) {
        let Some(candidates) = self.by_text.get_mut(text.as_bytes()) else { return };
        candidates.retain(|candidate| !gone(candidate));
        if candidates.is_empty() {
            self.by_text.remove(text.as_bytes());
            if let Ok(known) = self.lengths.binary_search_by_key(&text.len(), |(length, _)| *length) {
                self.lengths[known].1 -= 1;
                if self.lengths[known].1 == 0 {
                    self.lengths.remove(known);
                }
            }
        }
    }

    /// Appends the targets whose text is where `slice` says for a length; `whole` is what wildcards must fit.
    fn find<'t>(&self, length: usize, whole: &str, slice: impl Fn(usize) -> &'t [u8], targets: &mut Vec<u32>) {
        for (known, _) in self.lengths.iter().take_while(|(known, _)| *known <= length) {
            if let Some(candidates) = self.by_text.get(slice(*known)) {
                targets.extend(candidates.iter().filter(|candidate| candidate.fits(whole)).map(|found| found.target));
            }
        }
    }

    fn find_start(&self, text: &[u8], whole: &str, targets: &mut Vec<u32>) {
        self.find(text.len(), whole, |length| &text[..length], targets);
    }

    fn find_end(&self, text: &[u8], whole: &str, targets: &mut Vec<u32>) {
        self.find(text.len(), whole, |length| &text[text.len() - length..], targets);
    }
}

/// Wildcards found by a few bytes that must be somewhere in the text.
#[derive(Clone, Debug, Default)]
struct Grams {
    /// By how many bytes less one they are found, and by which.
    by_gram: [FxHashMap<u64, Vec<Candidate>>; 8],
}

impl Grams {
    fn gram(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0, |gram, byte| gram << 8 | u64::from(*byte))
    }

    /// The runs of bytes by which a piece can be found, all of one length, each with its gram.
    fn runs(piece: &str) -> (usize, impl Iterator<Item = u64>) {
        let length = piece.len().clamp(1, 8);
        (length - 1, piece.as_bytes().windows(length).map(Grams::gram))
    }

    /// Of the runs in a piece the one that the fewest others are found by, and how many those are.
    fn quietest(&self, piece: &str) -> Option<(usize, u64, usize)> {
        let (map, grams) = Grams::runs(piece);
        let crowd = |gram: u64| self.by_gram[map].get(&gram).map_or(0, Vec::len);
        grams.map(|gram| (map, gram, crowd(gram))).min_by_key(|(_, _, crowd)| *crowd)
    }

    fn remove(&mut self, piece: &str, target: u32) {
        let (map, grams) = Grams::runs(piece);
        for gram in grams {
            if let Some(candidates) = self.by_gram[map].get_mut(&gram) {
                candidates.retain(|candidate| candidate.target != target);
                if candidates.is_empty() {
                    self.by_gram[map].remove(&gram);
                }
            }
        }
    }

    fn find(&self, text: &str, targets: &mut Vec<u32>) {
        for (map, length) in self.by_gram.iter().zip(1..) {
            if map.is_empty() {
                continue;
            }
            for run in text.as_bytes().windows(length) {
                if let Some(candidates) = map.get(&Grams::gram(run)) {
                    targets.extend(candidates.iter().filter(|found| found.fits(text)).map(|found| found.target));
                }
            }
        }
    }
}

fn drop_target(list: &mut Vec<u32>, target: u32) {
    if let Some(place) = list.iter().position(|known| *known == target) {
        list.remove(place);
    }
}

fn drop_from<K, Q>(map: &mut FxHashMap<K, Vec<u32>>, key: &Q, target: u32)
where
    K: std::hash::Hash + Eq + std::borrow::Borrow<Q>,
    Q: std::hash::Hash + Eq + ?Sized,
{
    if let Some(list) = map.get_mut(key) {
        drop_target(list, target);
        if list.is_empty() {
            map.remove(key);
        }
    }
}

impl Lookup {
    /// Adds a condition that stands for a target; the conditions of one target are added in one go. A condition that
    /// asks for absence has nothing to look up.
    pub(super) fn insert(&mut self, condition: &Condition, target: u32) {
        let plain = Candidate { target, wildcard: None };
        match condition {
            Condition::Text { address: Some(address), .. } => self.addresses.entry(*address).or_default().push(target),
            Condition::Text { text, .. } | Condition::Exactly(text) => {
                self.texts.entry(text.as_str().into()).or_default().push(target);
            }
            Condition::Number { number: Some(number), .. } => {
                self.numbers.entry(number.bits()).or_default().push(target);
            }
            Condition::Number { literal, .. } => {
                self.literals.entry(literal.as_str().into()).or_default().push(target);
            }
            Condition::True => self.words[0].push(target),
            Condition::False => self.words[1].push(target),
            Condition::Null => self.words[2].push(target),
            Condition::Prefix(text) => self.prefixes.insert(text, plain),
            Condition::Suffix(text) => self.suffixes.insert(text, plain),
            Condition::PrefixIgnoringCase(text) if text.is_ascii() => {
                self.lower_prefixes.insert(&text.to_ascii_lowercase(), plain);
            }
            Condition::SuffixIgnoringCase(text) if text.is_ascii() => {
                self.lower_suffixes.insert(&text.to_ascii_lowercase(), plain);
            }
            Condition::EqualsIgnoringCase(text) if text.is_ascii() => {
                self.lower_texts.entry(text.to_ascii_lowercase().into_bytes().into()).or_default().push(target);
            }
            Condition::Wildcard(wildcard) => self.insert_wildcard(wildcard, target),
            Condition::Cidr(block) => self.blocks.push((block.clone(), target)),
            Condition::Numeric(Range::Equal(value)) => {
                self.numbers.entry(value.number.bits()).or_default().push(target);
            }
            Condition::Numeric(Range::Between { lower, upper }) => match (lower, upper) {
                (Some(lower), Some(upper)) => {
                    let place = self.between.partition_point(|(known, _, _)| known.value.number <= lower.value.number);
                    self.between.insert(place, (lower.clone(), upper.clone(), target));
                }
                (Some(lower), None) => {
                    let place = self.above.partition_point(|(known, _)| known.value.number <= lower.value.number);
                    self.above.insert(place, (lower.clone(), target));
                }
                (None, Some(upper)) => {
                    let place = self.below.partition_point(|(known, _)| known.value.number <= upper.value.number);
                    self.below.insert(place, (upper.clone(), target));
                }
                (None, None) => {}
            },
            Condition::Exists(true) => self.any.push(target),
            Condition::Exists(false) => {}
            // What is shut out by one of a target's two `anything-but` is let in by the other.
            Condition::AnythingBut(exclusion) => match self.excluding.binary_search(&target) {
                Ok(_) => self.others.push((condition.clone(), target)),
                Err(place) => {
                    self.excluding.insert(place, target);
                    let excluded = self.excluded.get_or_insert_default();
                    for_each_excluded(exclusion, |condition| excluded.insert(condition, target));
                }
            },
            Condition::Filled
            | Condition::PrefixIgnoringCase(_)
            | Condition::SuffixIgnoringCase(_)
            | Condition::EqualsIgnoringCase(_) => self.others.push((condition.clone(), target)),
        }
    }

    /// Removes a condition that was added for a target.
    pub(super) fn remove(&mut self, condition: &Condition, target: u32) {
        match condition {
            Condition::Text { address: Some(address), .. } => drop_from(&mut self.addresses, address, target),
            Condition::Text { text, .. } | Condition::Exactly(text) => {
                drop_from(&mut self.texts, text.as_str(), target)
            }
            Condition::Number { number: Some(number), .. } => drop_from(&mut self.numbers, &number.bits(), target),
            Condition::Number { literal, .. } => drop_from(&mut self.literals, literal.as_str(), target),
            Condition::True => drop_target(&mut self.words[0], target),
            Condition::False => drop_target(&mut self.words[1], target),
            Condition::Null => drop_target(&mut self.words[2], target),
            Condition::Prefix(text) => self.prefixes.remove(text, target),
            Condition::Suffix(text) => self.suffixes.remove(text, target),
            Condition::PrefixIgnoringCase(text) if text.is_ascii() => {
                self.lower_prefixes.remove(&text.to_ascii_lowercase(), target);
            }
            Condition::SuffixIgnoringCase(text) if text.is_ascii() => {
                self.lower_suffixes.remove(&text.to_ascii_lowercase(), target);
            }
            Condition::EqualsIgnoringCase(text) if text.is_ascii() => {
                drop_from(&mut self.lower_texts, text.to_ascii_lowercase().as_bytes(), target);
            }
            Condition::Wildcard(wildcard) => self.remove_wildcard(wildcard, target),
            Condition::Cidr(_) => self.blocks.retain(|(_, known)| *known != target),
            Condition::Numeric(Range::Equal(value)) => drop_from(&mut self.numbers, &value.number.bits(), target),
            Condition::Numeric(Range::Between { .. }) => {
                self.above.retain(|(_, known)| *known != target);
                self.below.retain(|(_, known)| *known != target);
                self.between.retain(|(_, _, known)| *known != target);
            }
            Condition::Exists(true) => drop_target(&mut self.any, target),
            Condition::Exists(false) => {}
            Condition::AnythingBut(exclusion) => {
                drop_target(&mut self.excluding, target);
                if let Some(excluded) = &mut self.excluded {
                    for_each_excluded(exclusion, |condition| excluded.remove(condition, target));
                }
                if self.excluding.is_empty() {
                    self.excluded = None;
                }
                self.others.retain(|(_, known)| *known != target);
            }
            Condition::Filled
            | Condition::PrefixIgnoringCase(_)
            | Condition::SuffixIgnoringCase(_)
            | Condition::EqualsIgnoringCase(_) => self.others.retain(|(_, known)| *known != target),
        }
    }

    /// Hangs a wildcard on its beginning, its end or a piece between, where the fewest others hang.
    fn insert_wildcard(&mut self, wildcard: &Wildcard, target: u32) {
        let candidate = Candidate { target, wildcard: Some(Box::new(wildcard.clone())) };
        let (Some(first), Some(last)) = (wildcard.pieces.first(), wildcard.pieces.last()) else { return };
        if wildcard.pieces.len() == 1 {
            return self.texts.entry(first.as_str().into()).or_default().push(target);
        }
        let at_start = (!first.is_empty()).then(|| self.prefixes.crowd(first));
        let at_end = (!last.is_empty()).then(|| self.suffixes.crowd(last));
        let inside =
            wildcard.pieces.iter().filter_map(|piece| self.inner.quietest(piece)).min_by_key(|(_, _, crowd)| *crowd);
        let quieter = |crowd: usize| inside.is_none_or(|(_, _, inside)| crowd <= inside);
        match (at_start, at_end) {
            (Some(start), end) if quieter(start) && end.is_none_or(|end| start <= end) => {
                self.prefixes.insert(first, candidate)
            }
            (_, Some(end)) if quieter(end) => self.suffixes.insert(last, candidate),
            _ => match inside {
                Some((map, gram, _)) => self.inner.by_gram[map].entry(gram).or_default().push(candidate),
                None => self.any_text.push(target),
            },
        }
    }

    /// Removes a wildcard from wherever it hangs.
    fn remove_wildcard(&mut self, wildcard: &Wildcard, target: u32) {
        let (Some(first), Some(last)) = (wildcard.pieces.first(), wildcard.pieces.last()) else { return };
        if wildcard.pieces.len() == 1 {
            return drop_from(&mut self.texts, first.as_str(), target);
        }
        if wildcard.pieces.iter().all(String::is_empty) {
            return drop_target(&mut self.any_text, target);
        }
        self.prefixes.remove_wildcard(first, target);
        self.suffixes.remove_wildcard(last, target);
        wildcard.pieces.iter().for_each(|piece| self.inner.remove(piece, target));
    }

    /// Appends the targets of all conditions that hold for a value; a target may come more than once.
    pub(super) fn find(&self, value: &Scalar<'_>, targets: &mut Vec<u32>) {
        targets.extend_from_slice(&self.any);
        match value {
            Scalar::Text(text) => self.find_text(text, targets),
            Scalar::Number(numeral) => self.find_number(numeral, targets),
            Scalar::True => targets.extend_from_slice(&self.words[0]),
            Scalar::False => targets.extend_from_slice(&self.words[1]),
            Scalar::Null => targets.extend_from_slice(&self.words[2]),
        }
        let others = self.others.iter().filter(|(condition, _)| condition.holds(value));
        targets.extend(others.map(|(_, target)| *target));
        if let Some(excluded) = &self.excluded {
            let mut shut_out = Vec::new();
            excluded.find(value, &mut shut_out);
            shut_out.sort_unstable();
            let mut shut_out = shut_out.into_iter().peekable();
            targets.extend(self.excluding.iter().copied().filter(|target| {
                while shut_out.next_if(|other| other < target).is_some() {}
                shut_out.peek() != Some(target)
            }));
        }
    }

    fn find_text(&self, text: &str, targets: &mut Vec<u32>) {
        if !self.texts.is_empty()
            && let Some(found) = self.texts.get(text)
        {
            targets.extend_from_slice(found);
        }
        targets.extend_from_slice(&self.any_text);
        self.prefixes.find_start(text.as_bytes(), text, targets);
        self.suffixes.find_end(text.as_bytes(), text, targets);
        self.inner.find(text, targets);
        if !self.addresses.is_empty() || !self.blocks.is_empty() {
            self.find_address(text, targets);
        }
        let ignores_case = !self.lower_texts.is_empty()
            || !self.lower_prefixes.lengths.is_empty()
            || !self.lower_suffixes.lengths.is_empty();
        if ignores_case {
            // Most values are short, and then need no memory of their own.
            let mut buffer = [0; 128];
            let mut long = Vec::new();
            let lower = match buffer.get_mut(..text.len()) {
                Some(short) => short,
                None => {
                    long.resize(text.len(), 0);
                    &mut long[..]
                }
            };
            lower.copy_from_slice(text.as_bytes());
            lower.make_ascii_lowercase();
            if let Some(found) = self.lower_texts.get(&*lower) {
                targets.extend_from_slice(found);
            }
            self.lower_prefixes.find_start(lower, text, targets);
            self.lower_suffixes.find_end(lower, text, targets);
        }
    }

    fn find_address(&self, text: &str, targets: &mut Vec<u32>) {
        let Some(address) = Address::parse(text) else { return };
        if let Some(found) = self.addresses.get(&address) {
            targets.extend_from_slice(found);
        }
        let blocks = self.blocks.iter().filter(|(block, _)| block.contains(address));
        targets.extend(blocks.map(|(_, target)| *target));
    }

    fn find_number(&self, numeral: &Numeral<'_>, targets: &mut Vec<u32>) {
        if !self.literals.is_empty()
            && let Some(found) = self.literals.get(numeral.literal)
        {
            targets.extend_from_slice(found);
        }
        if !self.compares_numbers() {
            return;
        }
        let Some(number) = numeral.number() else { return };
        if !self.numbers.is_empty()
            && let Some(found) = self.numbers.get(&number.bits())
        {
            targets.extend_from_slice(found);
        }
        let is_above = |bound: &Bound| bound.value.number < number || bound.inclusive && bound.value.number == number;
        let is_below = |bound: &Bound| number < bound.value.number || bound.inclusive && bound.value.number == number;
        let reached = self.above.partition_point(|(bound, _)| bound.value.number <= number);
        targets.extend(self.above[..reached].iter().filter(|(bound, _)| is_above(bound)).map(|(_, target)| *target));
        let passed = self.below.partition_point(|(bound, _)| bound.value.number < number);
        targets.extend(self.below[passed..].iter().filter(|(bound, _)| is_below(bound)).map(|(_, target)| *target));
        let reached = self.between.partition_point(|(lower, _, _)| lower.value.number <= number);
        let between = self.between[..reached].iter().filter(|(lower, upper, _)| is_above(lower) && is_below(upper));
        targets.extend(between.map(|(_, _, target)| *target));
    }

    fn compares_numbers(&self) -> bool {
        !(self.numbers.is_empty() && self.above.is_empty() && self.below.is_empty() && self.between.is_empty())
    }
}

/// The conditions for which an `anything-but` does not hold.
fn for_each_excluded(exclusion: &Exclusion, mut each: impl FnMut(&Condition)) {
    match exclusion {
        Exclusion::Texts(texts) => texts.iter().for_each(|text| each(&Condition::Exactly(text.clone()))),
        Exclusion::Numbers(numbers) => {
            numbers.iter().for_each(|literal| each(&Condition::Numeric(Range::Equal(literal.clone()))));
        }
        Exclusion::Prefixes(texts) => texts.iter().for_each(|text| each(&Condition::Prefix(text.clone()))),
        Exclusion::Suffixes(texts) => texts.iter().for_each(|text| each(&Condition::Suffix(text.clone()))),
        Exclusion::IgnoringCase(texts) => {
            texts.iter().for_each(|text| each(&Condition::EqualsIgnoringCase(text.clone())));
        }
        Exclusion::Wildcards(wildcards) => {
            wildcards.iter().for_each(|wildcard| each(&Condition::Wildcard(wildcard.clone())));
        }
    }
}
