//! What the rule engine says about the texts that stand in the tester.

use crate::rules::json::{Document, Kind};
use crate::rules::{Attributes, Event, Explanation, FilterPolicy, Leaf, Pattern, Scope, SyntaxError, explain};
use crate::ui::editor::{Flaw, Mark, MarkKind};
use crate::ui::flaws::place_of;
use std::fmt::Display;

/// What is tested against what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// An event pattern against an event.
    Pattern,
    /// A filter policy against a message's attributes.
    Attributes,
    /// A filter policy against a message's body.
    Body,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Match,
    NoMatch,
    /// One of the two texts cannot be read.
    Unreadable,
}

/// All that the room shows about two texts.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    pub outcome: Outcome,
    pub sentence: String,
    pub leaves: Vec<Leaf>,
    pub pattern_flaws: Vec<Flaw>,
    pub event_flaws: Vec<Flaw>,
    /// Something that the service would mind and the engine does not.
    pub warning: Option<String>,
}

/// What the service's own test of a pattern wants in an event: `API_TestEventPattern`.
const REQUIRED: [&str; 6] = ["id", "account", "source", "time", "region", "detail-type"];

/// Says what cannot be used, and why.
type Complaint = fn(&dyn Display) -> String;

fn of_event(why: &dyn Display) -> String {
    tr!("The event cannot be used: {why}", why = why)
}

fn of_attributes(why: &dyn Display) -> String {
    tr!("The list of attributes cannot be used: {why}", why = why)
}

fn unreadable(sentence: String) -> Verdict {
    Verdict {
        outcome: Outcome::Unreadable,
        sentence,
        leaves: Vec::new(),
        pattern_flaws: Vec::new(),
        event_flaws: Vec::new(),
        warning: None,
    }
}

fn event_fault(text: &str, complaint: Complaint, error: &SyntaxError) -> Verdict {
    let flaw = Flaw { at: place_of(text, error.line, error.column), message: error.message.clone() };
    Verdict { event_flaws: vec![flaw], ..unreadable(complaint(error)) }
}

fn of(explanation: Explanation, warning: Option<String>) -> Verdict {
    let outcome = if explanation.matched { Outcome::Match } else { Outcome::NoMatch };
    let sentence = explanation.reason.unwrap_or_else(|| match explanation.leaves.len() {
        0 => tr!("It asks for nothing, so everything passes.").to_string(),
        1 => tr!("Its condition holds.").to_string(),
        several => tr!("{} conditions, and as many of them hold as have to.", several),
    });
    Verdict {
        outcome,
        sentence,
        leaves: explanation.leaves,
        pattern_flaws: Vec::new(),
        event_flaws: Vec::new(),
        warning,
    }
}

/// Judges a pattern or policy (`left`) and an event, attributes or body (`right`).
pub fn judge(mode: Mode, left: &str, right: &str) -> Verdict {
    let refused = |error: crate::rules::PatternError| {
        let flaw = Flaw { at: place_of(left, error.line, error.column), message: error.to_string() };
        let sentence = match mode {
            Mode::Pattern => tr!("The pattern cannot be used: {why}", why = error),
            _ => tr!("The policy cannot be used: {why}", why = error),
        };
        Verdict { pattern_flaws: vec![flaw], ..unreadable(sentence) }
    };
    let scope = match mode {
        Mode::Pattern => {
            return match (Pattern::parse(left), Event::parse(right)) {
                (Err(error), _) => refused(error),
                (Ok(_), Err(error)) => event_fault(right, of_event, &error),
                (Ok(pattern), Ok(event)) => of(explain(&pattern, &event), missing_fields(right)),
            };
        }
        Mode::Attributes => Scope::MessageAttributes,
        Mode::Body => Scope::MessageBody,
    };
    let policy = match FilterPolicy::parse(left, scope) {
        Ok(policy) => policy,
        Err(error) => return refused(error),
    };
    let document = match Document::parse(right) {
        Ok(document) => document,
        // A body that is no JSON is a message all the same; it passes no policy.
        Err(_) if mode == Mode::Body => return of(policy.explain(&Attributes::default(), right), None),
        Err(error) => return event_fault(right, of_attributes, &error),
    };
    if mode == Mode::Body {
        return of(policy.explain(&Attributes::default(), right), None);
    }
    if document.root().kind() != Kind::Object {
        let message = tr!("attributes are an object: {\"name\": {\"Type\": \"String\", \"Value\": \"…\"}}").to_string();
        return event_fault(right, of_attributes, &SyntaxError { line: 1, column: 1, message });
    }
    of(policy.explain(&Attributes::of(document.root()), ""), None)
}

fn missing_fields(event: &str) -> Option<String> {
    let document = Document::parse(event).ok()?;
    let has = |wanted: &&str| document.root().members().any(|(key, _)| key.string() == *wanted);
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|wanted| !has(wanted)).collect();
    let list = missing.join(", ");
    (!missing.is_empty())
        .then(|| tr!("The service's own test wants these fields in an event as well: {list}.", list = list))
}

/// How the leaves are marked in the pattern's text.
pub fn marks(leaves: &[Leaf]) -> Vec<Mark> {
    let mark = |leaf: &Leaf| {
        let (kind, note) = match (leaf.replaced, leaf.held) {
            (true, _) => (MarkKind::Idle, tr!("– replaced by a later one").to_string()),
            (false, true) => {
                let value = leaf.actual.as_deref().unwrap_or(tr!("no value, as it should"));
                (MarkKind::Held, format!("✓ {value}"))
            }
            (false, false) => {
                (MarkKind::Failed, format!("✗ {}", leaf.actual.as_deref().unwrap_or(tr!("not in the event"))))
            }
        };
        Mark { start: leaf.start, end: leaf.end, kind, note }
    };
    leaves.iter().map(mark).collect()
}
