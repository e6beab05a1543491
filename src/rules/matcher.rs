//! All rules of one bus, decided together.

use super::event::Event;
use super::pattern::Pattern;

/// Many patterns, each with the number of its rule.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    rules: std::collections::BTreeMap<u32, Vec<Pattern>>,
}

impl Matcher {
    pub fn new() -> Matcher {
        Matcher::default()
    }

    /// Adds a pattern to a rule; a rule with several patterns matches when one of them does.
    pub fn insert(&mut self, rule: u32, pattern: &Pattern) {
        self.rules.entry(rule).or_default().push(pattern.clone());
    }

    /// Removes a rule with all its patterns.
    pub fn remove(&mut self, rule: u32) {
        self.rules.remove(&rule);
    }

    /// Appends the rules that match the event, in ascending order, each once.
    pub fn matches(&mut self, event: &Event, matching: &mut Vec<u32>) {
        let rules = self.rules.iter();
        matching.extend(
            rules.filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(event))).map(|(id, _)| *id),
        );
    }

    /// As [`Matcher::matches`], straight from an event's text.
    pub fn matches_text(&mut self, text: &str, matching: &mut Vec<u32>) -> Result<(), super::SyntaxError> {
        self.matches(&Event::parse(text)?, matching);
        Ok(())
    }
}
