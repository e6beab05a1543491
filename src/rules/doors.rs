//! The doors into this layer. What lies behind them is large and not wanted by every diagram, so it comes later
//! ([`crate::later`]); until then texts are refused, and without a pattern there is nothing to match.

use super::error::PatternError;
use super::event::Event;
use super::filter_policy::{Attributes, FilterPolicy, Scope};
use super::json::SyntaxError;
use super::matcher::Matcher;
use super::parse::Dialect;
use super::pattern::Pattern;
use super::regular::RegularExpression;
use super::schedule::Schedule;
use super::transformer::{InputPath, InputTransformer, Reserved};
use crate::language::translated;
use crate::later::{ABSENT, later};

later! {
    /// What this layer does.
    Rules {
        parse: fn(&str, Dialect) -> Result<Pattern, PatternError> = Pattern::read,
        matches: fn(&Pattern, &Event) -> bool = Pattern::holds_for,
        read_event: fn(&str) -> Result<Event, SyntaxError> = Event::read,
        parse_policy: fn(&str, Scope) -> Result<FilterPolicy, PatternError> = FilterPolicy::read,
        policy_matches: fn(&FilterPolicy, &Attributes, &str) -> bool = FilterPolicy::lets_pass,
        insert: fn(&mut Matcher, u32, &Pattern) = Matcher::take,
        decide: fn(&mut Matcher, &str, &mut Vec<u32>) -> Result<(), SyntaxError> = Matcher::decide,
        parse_path: fn(&str) -> Result<InputPath, PatternError> = InputPath::read,
        follow_path: fn(&InputPath, &Event) -> Option<String> = InputPath::follow,
        parse_transformer: fn(&[(String, String)], &str) -> Result<InputTransformer, PatternError> = InputTransformer::read,
        transform: fn(&InputTransformer, &Event, &Reserved) -> Option<String> = InputTransformer::transform,
        parse_schedule: fn(&str) -> Result<Schedule, PatternError> = Schedule::read,
        parse_expression: fn(&str) -> Result<RegularExpression, PatternError> = RegularExpression::read,
        expression_matches: fn(&RegularExpression, &str) -> bool = RegularExpression::holds_for,
    }
}

fn absent<T>() -> Result<T, PatternError> {
    let (message, hint) = (translated(ABSENT.0).to_string(), translated(ABSENT.1).to_string());
    Err(PatternError { line: 1, column: 1, path: String::new(), message, hint })
}

impl Pattern {
    /// Reads an event pattern: a JSON object whose leaves are non-empty arrays of conditions.
    ///
    /// # Errors
    /// Refuses what the service refuses, and says where and what would be right. Also refused is a `$or` that stands
    /// for more than 1,000 combinations (`eb-create-pattern-operators`).
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse)(text, Dialect::default()))
    }

    /// Whether the event matches.
    pub fn matches(&self, event: &Event) -> bool {
        Rules::get().is_some_and(|rules| (rules.matches)(self, event))
    }
}

impl Event {
    /// Reads an event, a JSON object.
    ///
    /// # Errors
    /// When the text is not JSON, is not an object, or is nested more than 1,000 deep (`eb-putevents`).
    pub fn parse(text: &str) -> Result<Event, SyntaxError> {
        match Rules::get() {
            Some(rules) => (rules.read_event)(text),
            None => Err(SyntaxError { line: 1, column: 1, message: translated(ABSENT.0).to_string() }),
        }
    }
}

impl FilterPolicy {
    /// Reads a policy. `{}` matches every message.
    ///
    /// # Errors
    /// Refuses what is no pattern, more than 5 keys at the top, more than 150 combinations of values
    /// (`subscription-filter-policy-constraints`), and for attributes a nested policy.
    pub fn parse(text: &str, scope: Scope) -> Result<FilterPolicy, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse_policy)(text, scope))
    }

    /// Whether a message passes. A body that is no JSON object passes no policy but `{}`.
    pub fn matches(&self, attributes: &Attributes, body: &str) -> bool {
        Rules::get().is_some_and(|rules| (rules.policy_matches)(self, attributes, body))
    }
}

impl Matcher {
    /// Adds a pattern to a rule. A rule with several patterns matches when one of them does.
    pub fn insert(&mut self, rule: u32, pattern: &Pattern) {
        if let Some(rules) = Rules::get() {
            (rules.insert)(self, rule, pattern);
        }
    }

    /// Appends the rules that match an event's text, in ascending order, each once.
    ///
    /// # Errors
    /// When the text is not a JSON object. What no rule looks at is skipped with an eye on its quotes and brackets
    /// only, so not every fault is noticed.
    pub fn matches_text(&mut self, text: &str, matching: &mut Vec<u32>) -> Result<(), SyntaxError> {
        Rules::get().map_or(Ok(()), |rules| (rules.decide)(self, text, matching))
    }
}

impl InputPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Refuses what the service does not support: other characters in keys than letters, digits, `-`, `_` and `/`,
    /// keys in brackets, filters (`eb-transform-target-input`), and more than 256 characters.
    pub fn parse(text: &str) -> Result<InputPath, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse_path)(text))
    }

    /// What the path leads to, as JSON without spaces; with `*` in the path an array of all it leads to. Nothing when
    /// the event has no such place.
    pub fn apply(&self, event: &Event) -> Option<String> {
        (Rules::get()?.follow_path)(self, event)
    }
}

impl InputTransformer {
    /// Reads a paths map (name and path) and a template.
    ///
    /// # Errors
    /// Refuses more than 100 paths, names with other characters than letters, digits, `-` and `_`, templates of more
    /// than 8,192 characters (`API_InputTransformer`), variables that are not defined, a variable as a key, an event
    /// inside a string, and templates that can make no JSON.
    pub fn parse(paths: &[(String, String)], template: &str) -> Result<InputTransformer, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse_transformer)(paths, template))
    }

    /// The input for the target, or nothing when what the template makes of this event is not JSON: the service then
    /// delivers nothing.
    pub fn apply(&self, event: &Event, reserved: &Reserved) -> Option<String> {
        (Rules::get()?.transform)(self, event, reserved)
    }
}

impl Schedule {
    /// Reads a schedule expression.
    ///
    /// # Errors
    /// Refuses what the service refuses: other units than minutes, hours and days, a plural after 1 or a singular after
    /// anything else, stray spaces, both days at once, values outside their field.
    pub fn parse(text: &str) -> Result<Schedule, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse_schedule)(text))
    }
}

impl RegularExpression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Refuses what is not closed, repeats nothing, or is not understood: back references, look-around, flags.
    pub fn parse(text: &str) -> Result<RegularExpression, PatternError> {
        Rules::get().map_or_else(absent, |rules| (rules.parse_expression)(text))
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        Rules::get().is_some_and(|rules| (rules.expression_matches)(self, text))
    }
}
