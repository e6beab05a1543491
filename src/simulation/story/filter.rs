//! Which condition of a filter, pattern or policy refused a message, and on which field.

use super::Simulation;
use super::request::Request;
use crate::diagram::NodeSettings;
use crate::diagram::settings::EdgeSettings;
use crate::rules::{Attributes, Event, Explanation, explain};
use crate::services::{Record, record_for_filters};

impl Request {
    /// Why the filter on the edge of this record refused the message that it is about.
    pub fn refusal(&self, simulation: &Simulation, record: &Record) -> String {
        let Some(edge) = record.edge else { return simulation.tell(record) };
        let (payload, attributes, envelope) = self.carried(record.message, record);
        let payloads = &simulation.world.payloads;
        let text = &payloads.get(payload).text;
        let planned = simulation.plan.edge(edge);
        let (filter, explanation) = match &planned.settings {
            EdgeSettings::Subscription(subscription) => {
                let mut given = Attributes::default();
                for (name, data_type, value) in payloads.attributes(attributes) {
                    given.insert(name, data_type, value);
                }
                (Filter::Policy, subscription.filter.as_ref().map(|filter| filter.explain(&given, text)))
            }
            EdgeSettings::Mapping(mapping) => {
                let seen = record_for_filters((payload, attributes, envelope), payloads).to_string();
                let event = Event::parse(&seen).ok();
                // The first filter stands for all: with several, a message has to pass one of them.
                let filter = mapping.filters.first();
                (Filter::Criteria, filter.zip(event).map(|(filter, event)| explain(filter, &event)))
            }
            _ => match (&simulation.plan.node(planned.to).settings, Event::parse(text)) {
                (NodeSettings::Rule(rule), Ok(event)) => {
                    (Filter::Pattern, rule.pattern.as_ref().map(|pattern| explain(pattern, &event)))
                }
                _ => (Filter::Other, None),
            },
        };
        let (from, to) = (simulation.name(planned.from), simulation.name(planned.to));
        match explanation {
            Some(Explanation { matched: false, reason: Some(reason), .. }) => filter.refused_because(from, to, &reason),
            Some(Explanation { matched: true, .. }) => filter.refused_before(to),
            _ => filter.refused(to),
        }
    }
}

/// What stands on an edge.
#[derive(Clone, Copy)]
enum Filter {
    Policy,
    Criteria,
    Pattern,
    /// Whatever stood there is not there any longer.
    Other,
}

impl Filter {
    fn refused_because(self, from: &str, to: &str, reason: &str) -> String {
        match self {
            Filter::Policy => tr!(
                "the filter policy of the subscription from {from} to {to} refused it: {reason}",
                from = from,
                to = to,
                reason = reason
            ),
            Filter::Criteria => tr!(
                "the filter criteria of the event source mapping from {from} to {to} refused it: {reason}",
                from = from,
                to = to,
                reason = reason
            ),
            Filter::Pattern => {
                tr!("the event pattern of {rule} refused it: {reason}", rule = to, reason = reason)
            }
            Filter::Other => tr!("the filter of {to} refused it: {reason}", to = to, reason = reason),
        }
    }

    /// Today it would not.
    fn refused_before(self, to: &str) -> String {
        match self {
            Filter::Policy => tr!("the filter policy to {}, which has been changed since, refused it", to),
            Filter::Criteria => tr!("the filter criteria to {}, which has been changed since, refused it", to),
            Filter::Pattern => tr!("the event pattern to {}, which has been changed since, refused it", to),
            Filter::Other => tr!("the filter to {}, which has been changed since, refused it", to),
        }
    }

    fn refused(self, to: &str) -> String {
        match self {
            Filter::Policy => tr!("the filter policy to {} refused it", to),
            Filter::Criteria => tr!("the filter criteria to {} refused it", to),
            Filter::Pattern => tr!("the event pattern to {} refused it", to),
            Filter::Other => tr!("the filter to {} refused it", to),
        }
    }
}
