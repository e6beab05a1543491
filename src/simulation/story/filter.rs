//! Which condition of a filter, pattern or policy refused a message, and on which field.

use super::Simulation;
use super::request::Request;
use crate::diagram::settings::EdgeSettings;
use crate::diagram::{EdgeIndex, NodeSettings};
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
        let (what, explanation) = match &planned.settings {
            EdgeSettings::Subscription(subscription) => {
                let mut given = Attributes::default();
                for (name, data_type, value) in payloads.attributes(attributes) {
                    given.insert(name, data_type, value);
                }
                ("filter policy", subscription.filter.as_ref().map(|filter| filter.explain(&given, text)))
            }
            EdgeSettings::Mapping(mapping) => {
                let seen = record_for_filters((payload, attributes, envelope), payloads).to_string();
                let event = Event::parse(&seen).ok();
                // The first filter stands for all: with several, a message has to pass one of them.
                let filter = mapping.filters.first();
                ("filter criteria", filter.zip(event).map(|(filter, event)| explain(filter, &event)))
            }
            _ => match (&simulation.plan.node(planned.to).settings, Event::parse(text)) {
                (NodeSettings::Rule(rule), Ok(event)) => {
                    ("event pattern", rule.pattern.as_ref().map(|pattern| explain(pattern, &event)))
                }
                _ => ("filter", None),
            },
        };
        let to = simulation.name(planned.to);
        match explanation {
            Some(Explanation { matched: false, reason: Some(reason), .. }) => {
                format!("the {what} of {} refused it: {reason}", self.owner(simulation, edge))
            }
            Some(Explanation { matched: true, .. }) => {
                format!("the {what} to {to}, which has been changed since, refused it")
            }
            _ => format!("the {what} to {to} refused it"),
        }
    }

    /// Whose filter stands on an edge.
    fn owner(&self, simulation: &Simulation, edge: EdgeIndex) -> String {
        let edge = simulation.plan.edge(edge);
        let (from, to) = (simulation.name(edge.from), simulation.name(edge.to));
        match edge.settings {
            EdgeSettings::Subscription(_) => format!("the subscription from {from} to {to}"),
            EdgeSettings::Mapping(_) => format!("the event source mapping from {from} to {to}"),
            _ => to.to_string(),
        }
    }
}
