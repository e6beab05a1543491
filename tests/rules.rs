//! The rule engine against verdicts of the real one.
//!
//! A seeded sample of the generated vectors lies in `tests/vectors`; all of them, and those that may not be copied, are
//! read from `../shared/vectors`, or from where `EVENTYARD_VECTORS` says, when they are there.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use eventyard::cli::match_events::{judge_pair, judge_policy};
use eventyard::rules::json::{Document, Kind, Value};
use eventyard::rules::{Event, InputTransformer, Matcher, Pattern, Reserved};

/// A line of a vectors file, with its members by name.
struct Vector {
    line: String,
    document: Document,
}

impl Vector {
    fn read(line: &str) -> Vector {
        Vector { line: line.to_string(), document: Document::parse(line).expect("a vector is JSON") }
    }

    fn member(&self, name: &str) -> Option<Value<'_>> {
        self.document.root().members().find(|(key, _)| key.string() == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> String {
        self.member(name).map(|value| value.string().into_owned()).unwrap_or_default()
    }

    fn is(&self, name: &str, kind: Kind) -> bool {
        self.member(name).is_some_and(|value| value.kind() == kind)
    }

    /// What `match --pairs` must say.
    fn expected(&self) -> &'static str {
        if self.is("error", Kind::True) {
            "invalid"
        } else if self.is("error", Kind::False) {
            "valid"
        } else if self.is("event_error", Kind::True) {
            "invalid event"
        } else if self.is("matches", Kind::True) {
            "match"
        } else {
            "no match"
        }
    }
}

/// Where all vectors are, if they are here.
fn vectors() -> Option<PathBuf> {
    let place = std::env::var_os("EVENTYARD_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"), PathBuf::from);
    place.is_dir().then_some(place)
}

fn read(file: &str) -> Option<Vec<Vector>> {
    let Some(place) = vectors() else {
        eprintln!("skipped: {file} is not here; set EVENTYARD_VECTORS to the directory that has it");
        return None;
    };
    let text = fs::read_to_string(place.join(file)).expect(file);
    Some(text.lines().map(Vector::read).collect())
}

fn sample(file: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(path).expect(file)).read_to_string(&mut text).expect(file);
    text.lines().map(Vector::read).collect()
}

/// Judges every vector and fails with those that come out otherwise. Quirks of the engine are only counted.
#[track_caller]
fn judge(vectors: &[Vector], verdict: impl Fn(&Vector) -> String, expected: impl Fn(&Vector) -> String) {
    let mut wrong = Vec::new();
    let mut quirks: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for vector in vectors {
        let (verdict, expected) = (verdict(vector), expected(vector));
        if let Some(quirk) = vector.member("quirk") {
            let name = quirk.elements().next().map(|name| name.string().chars().take(40).collect()).unwrap_or_default();
            let (followed, all) = quirks.entry(name).or_default();
            *followed += usize::from(verdict == expected);
            *all += 1;
        } else if verdict != expected {
            wrong.push(format!("{verdict}, expected {expected}: {}", vector.line));
        }
    }
    for (quirk, (followed, all)) in quirks {
        eprintln!("quirk, {followed} of {all} followed: {quirk}");
    }
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{shown}", wrong.len(), vectors.len());
}

fn judge_pairs(vectors: &[Vector]) {
    let verdict = |vector: &Vector| {
        let verdict = judge_pair(&vector.line).result;
        // The compiled matcher must say the same as the plain definition.
        let text = |name: &str| match vector.member(&format!("{name}_text")) {
            Some(value) => value.string().into_owned(),
            None => vector.member(name).map(|value| value.raw().to_string()).unwrap_or_default(),
        };
        if let (Ok(pattern), Ok(event)) = (Pattern::parse(&text("pattern")), Event::parse(&text("event"))) {
            let mut matching = Vec::new();
            let mut matcher = Matcher::new();
            matcher.insert(7, &pattern);
            matcher.matches(&event, &mut matching);
            assert_eq!(matching == [7], verdict == "match", "{}", vector.line);
            let printed = Pattern::parse(&pattern.to_string()).expect("what is printed can be read");
            assert_eq!(printed, pattern, "{}", vector.line);
        }
        verdict.to_string()
    };
    judge(vectors, verdict, |vector| vector.expected().to_string());
}

#[test]
fn sample_of_generated_patterns() {
    judge_pairs(&sample("patterns.jsonl.gz"));
}

#[test]
fn generated_patterns() {
    if let Some(vectors) = read("patterns-generated.jsonl") {
        judge_pairs(&vectors);
    }
}

#[test]
fn patterns_from_engine_tests() {
    if let Some(vectors) = read("patterns-from-engine-tests.jsonl") {
        judge_pairs(&vectors);
    }
}

/// Many rules in one matcher. Where the engine's rules disturb each other, what each says alone counts.
#[test]
fn rule_sets() {
    let Some(vectors) = read("rule-sets-from-engine-tests.jsonl") else { return };
    let verdict = |vector: &Vector| {
        let rules = vector.member("rules_text").expect("rules");
        let mut matcher = Matcher::new();
        let mut names = Vec::new();
        for (name, patterns) in rules.members() {
            for pattern in patterns.elements() {
                matcher.insert(names.len() as u32, &Pattern::parse(&pattern.string()).expect("a valid pattern"));
            }
            names.push(name.string().into_owned());
        }
        let mut matching = Vec::new();
        matcher.matches(&Event::parse(&vector.text("event_text")).expect("a valid event"), &mut matching);
        let mut matching: Vec<String> = matching.into_iter().map(|rule| names[rule as usize].clone()).collect();
        matching.sort();
        matching.join(" ")
    };
    let expected = |vector: &Vector| {
        let names = vector.member("single_union").or_else(|| vector.member("matches")).expect("a verdict");
        let mut names: Vec<String> = names.elements().map(|name| name.string().into_owned()).collect();
        names.sort();
        names.join(" ")
    };
    for vector in &vectors {
        assert_eq!(verdict(vector), expected(vector), "{}", vector.line);
    }
}

#[test]
fn filter_policies() {
    let Some(vectors) = read("filter-policies.jsonl") else { return };
    // Emulators' tests that contradict the service: a value that is no array is refused when the subscription is made,
    // and numbers are compared as they are, not rounded.
    let contradicts = |vector: &Vector| {
        vector.is("aws_validated", Kind::False)
            && (vector.text("note").starts_with("policy value is not an array") || vector.is("disputed", Kind::True))
    };
    let vectors: Vec<Vector> = vectors.into_iter().filter(|vector| !contradicts(vector)).collect();
    judge(&vectors, |vector| judge_policy(&vector.line).result.to_string(), |vector| vector.expected().to_string());
}

#[test]
fn input_transformers() {
    let Some(vectors) = read("input-transformer.jsonl") else { return };
    for vector in &vectors {
        let paths: Vec<(String, String)> = vector
            .member("paths")
            .into_iter()
            .flat_map(|paths| paths.members())
            .map(|(name, path)| (name.string().into_owned(), path.string().into_owned()))
            .collect();
        let mut event: Vec<String> = vector
            .member("event")
            .into_iter()
            .flat_map(|event| event.members())
            .map(|(key, value)| format!("{}:{}", key.raw(), value.raw()))
            .collect();
        event.push(format!("\"detail\":{}", vector.member("detail").expect("detail").raw()));
        event.push("\"time\":\"date\"".to_string());
        let event = Event::parse(&format!("{{{}}}", event.join(","))).expect("an event");
        let reserved = Reserved {
            rule_arn: "arn:<partition>:events:<region>:111111111111:rule/<bus-name>/<rule-name>".to_string(),
            rule_name: "<rule-name>".to_string(),
            ingestion_time: "date".to_string(),
        };
        let transformer = InputTransformer::parse(&paths, &vector.text("template")).expect("a valid transformer");
        let made = transformer.apply(&event, &reserved);
        if vector.is("delivered", Kind::False) {
            assert_eq!(made, None, "{}", vector.line);
        } else if vector.text("body_is") == "text" {
            assert_eq!(made, Some(vector.text("body")), "{}", vector.line);
        } else {
            let made: serde_json::Value = serde_json::from_str(&made.expect("an input")).expect("JSON");
            let body: serde_json::Value =
                serde_json::from_str(vector.member("body").expect("body").raw()).expect("JSON");
            assert_eq!(made, body, "{}", vector.line);
        }
    }
}
