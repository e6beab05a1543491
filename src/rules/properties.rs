//! Properties that hold for every pattern and event, and the plain evaluator that judges the compiled one.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::arbitrary::Choices;
use super::condition::Scalar;
use super::json::{Document, Kind, Value};
use super::pattern::{Pattern, path_order};
use super::{Event, Matcher, explain};

/// For each path its values, each with the index it has in each array around it.
type Fields<'e> = BTreeMap<String, Vec<(Scalar<'e>, BTreeMap<u32, u32>)>>;

/// Writes an event as a flat list of paths.
fn flatten<'e>(value: Value<'e>, path: &str, arrays: &BTreeMap<u32, u32>, fields: &mut Fields<'e>) {
    match value.kind() {
        Kind::Object => {
            for (key, inner) in value.members() {
                let key = key.string();
                let path = if value.index() == 0 { key.into_owned() } else { format!("{path}.{key}") };
                flatten(inner, &path, arrays, fields);
            }
        }
        Kind::Array => {
            for (index, inner) in (0..).zip(value.elements()) {
                let mut arrays = arrays.clone();
                if matches!(inner.kind(), Kind::Object | Kind::Array) {
                    arrays.insert(value.index(), index);
                }
                flatten(inner, path, &arrays, fields);
            }
        }
        _ => {
            if let Some(scalar) = Scalar::of(value) {
                fields.entry(path.to_string()).or_default().push((scalar, arrays.clone()));
            }
        }
    }
}

fn agree(left: &BTreeMap<u32, u32>, right: &BTreeMap<u32, u32>) -> bool {
    left.iter().all(|(array, index)| right.get(array).is_none_or(|other| other == index))
}

/// Whether a branch's leaves, from one on, can be fulfilled given what was chosen before: tries everything.
fn fulfil(pattern: &Pattern, branch: &[u32], fields: &Fields<'_>, chosen: &BTreeMap<u32, u32>) -> bool {
    let Some((leaf, rest)) = branch.split_first() else { return true };
    let leaf = &pattern.leaves[*leaf as usize];
    let values = fields.get(&leaf.path).map(Vec::as_slice).unwrap_or_default();
    let reachable = || values.iter().filter(|(_, arrays)| agree(chosen, arrays));
    if leaf.wants_absence() && reachable().next().is_none() && fulfil(pattern, rest, fields, chosen) {
        return true;
    }
    reachable().any(|(value, arrays)| {
        let together = chosen.iter().chain(arrays).map(|(array, index)| (*array, *index)).collect();
        leaf.conditions.iter().any(|condition| condition.holds(value)) && fulfil(pattern, rest, fields, &together)
    })
}

fn matches_plainly(pattern: &Pattern, document: &Document) -> bool {
    let mut fields = Fields::new();
    flatten(document.root(), "", &BTreeMap::new(), &mut fields);
    pattern.branches.iter().any(|branch| fulfil(pattern, branch, &fields, &BTreeMap::new()))
}

/// Patterns and events in turn out of arbitrary bytes, those that are refused left out.
fn patterns(bytes: &[u8], count: usize) -> Vec<Pattern> {
    let mut choices = Choices::new(bytes);
    (0..count).filter_map(|_| Pattern::parse(&choices.pattern()).ok()).collect()
}

fn event(bytes: &[u8]) -> Event {
    Event::parse(&Choices::new(bytes).event()).expect("generated events are JSON")
}

fn found(matcher: &mut Matcher, event: &Event) -> Vec<u32> {
    let mut matching = Vec::new();
    matcher.matches(event, &mut matching);
    matching
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_matcher_decides_as_the_plain_evaluator(rules in bytes(300), events in prop::collection::vec(bytes(120), 1..4)) {
        let patterns = patterns(&rules, 12);
        let mut matcher = Matcher::new();
        for (rule, pattern) in (0..).zip(&patterns) {
            matcher.insert(rule, pattern);
        }
        for event in events.iter().map(|bytes| event(bytes)) {
            let document = Document::parse(event.text()).unwrap();
            let expected: Vec<u32> =
                (0..).zip(&patterns).filter(|(_, pattern)| matches_plainly(pattern, &document)).map(|(rule, _)| rule).collect();
            prop_assert_eq!(&found(&mut matcher, &event), &expected, "{:?} {:?}", &patterns, &event);
            for (rule, pattern) in (0..).zip(&patterns) {
                let matched = expected.contains(&rule);
                prop_assert_eq!(pattern.matches(&event), matched, "{} {:?}", pattern, &event);
                let explanation = explain(pattern, &event);
                prop_assert_eq!(explanation.matched, matched);
                prop_assert_eq!(explanation.reason.is_some(), !matched);
            }
        }
    }

    #[test]
    fn removing_what_was_added_leaves_no_trace(
        kept in bytes(200), passing in bytes(200), order in bytes(40), events in prop::collection::vec(bytes(120), 1..4),
    ) {
        let (kept, passing) = (patterns(&kept, 6), patterns(&passing, 6));
        let mut plain = Matcher::new();
        for (rule, pattern) in (0..).zip(&kept) {
            plain.insert(rule, pattern);
        }
        // The same rules, with others coming and going between them, and events in between.
        let mut busy = Matcher::new();
        let mut choices = Choices::new(&order);
        let mut present = Vec::new();
        for (rule, pattern) in (0..).zip(&kept) {
            for (other, passing) in (100..).zip(&passing) {
                match choices.below(4) {
                    0 if !present.contains(&other) => {
                        busy.insert(other, passing);
                        present.push(other);
                    }
                    1 => {
                        busy.remove(other);
                        present.retain(|known| *known != other);
                    }
                    2 => drop(found(&mut busy, &event(&events[0]))),
                    _ => {}
                }
            }
            busy.insert(rule, pattern);
        }
        for other in present {
            busy.remove(other);
        }
        for event in events.iter().map(|bytes| event(bytes)) {
            prop_assert_eq!(found(&mut busy, &event), found(&mut plain, &event));
        }
    }

    #[test]
    fn what_is_printed_reads_as_the_same_pattern(rules in bytes(200)) {
        for pattern in patterns(&rules, 4) {
            let printed = Pattern::parse(&pattern.to_string());
            prop_assert_eq!(printed.as_ref(), Ok(&pattern));
            prop_assert_eq!(printed.unwrap().to_string(), pattern.to_string());
        }
    }

    #[test]
    fn paths_have_an_order(left in "[a-c.\u{e000}\u{10000}]{0,4}", right in "[a-c.\u{e000}\u{10000}]{0,4}") {
        prop_assert_eq!(path_order(&left, &right), path_order(&right, &left).reverse());
    }
}
