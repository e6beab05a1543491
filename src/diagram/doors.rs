//! The doors to what only some diagrams use, and what therefore comes later ([`crate::later`]): the settings of topics,
//! buses, rules, mailers and endpoints, the gateways' mapping language, and models.

use super::document::{EdgeKind, NodeKind};
use super::mapping::{MappingScope, MappingTemplate, ParameterChange};
use super::plan::NodeSettings;
use super::problem::Problem;
use super::schema::Schema;
use super::setting::SettingReader;
use super::settings::{
    BusSettings, EdgeSettings, EndpointSettings, MailerSettings, QueueSettings, RuleSettings, Subscription, Target,
    TopicSettings, read_other,
};
use crate::language::translated;
use crate::later::{ABSENT, later};
use serde_json::Value;

later! {
    /// The settings of what stands on the other side of a topic or a bus.
    Readers {
        node: fn(NodeKind, &mut SettingReader<'_, '_>) -> NodeSettings = read_later_node,
        edge: fn(EdgeKind, &mut SettingReader<'_, '_>) -> EdgeSettings = read_later_edge,
    }
}

fn read_later_node(kind: NodeKind, reader: &mut SettingReader<'_, '_>) -> NodeSettings {
    match kind {
        NodeKind::Topic => NodeSettings::Topic(TopicSettings::read(reader)),
        NodeKind::Bus => NodeSettings::Bus(BusSettings::read(reader)),
        NodeKind::Rule => NodeSettings::Rule(Box::new(RuleSettings::read(reader))),
        NodeKind::Mailer => NodeSettings::Mailer(MailerSettings::read(reader)),
        NodeKind::Other => {
            read_other(reader);
            NodeSettings::Other
        }
        _ => NodeSettings::Endpoint(EndpointSettings::read(reader)),
    }
}

fn read_later_edge(kind: EdgeKind, reader: &mut SettingReader<'_, '_>) -> EdgeSettings {
    match kind {
        EdgeKind::Subscription => EdgeSettings::Subscription(Box::new(Subscription::read(reader))),
        _ => EdgeSettings::Target(Box::new(Target::read(reader))),
    }
}

/// The settings of a node whose kind comes later.
pub(super) fn read_node(kind: NodeKind, reader: &mut SettingReader<'_, '_>) -> NodeSettings {
    match Readers::get() {
        Some(readers) => (readers.node)(kind, reader),
        // With a problem there is no plan, so nobody will see these.
        None => {
            reader.forgo(translated(ABSENT.0), translated(ABSENT.1));
            NodeSettings::Queue(QueueSettings::default())
        }
    }
}

/// The settings of an edge whose kind comes later.
pub(super) fn read_edge(kind: EdgeKind, reader: &mut SettingReader<'_, '_>) -> EdgeSettings {
    match Readers::get() {
        Some(readers) => (readers.edge)(kind, reader),
        None => {
            reader.forgo(translated(ABSENT.0), translated(ABSENT.1));
            EdgeSettings::Plain
        }
    }
}

later! {
    /// What gateways make of requests and answers beyond passing them on.
    Mappings {
        parse: fn(&str, &str) -> Result<MappingTemplate, Problem> = MappingTemplate::read,
        apply: fn(&MappingTemplate, MappingScope<'_>) -> Option<Value> = MappingTemplate::make,
        parse_change: fn(&str, &str, bool) -> Result<ParameterChange, (String, &'static str)> = ParameterChange::read,
        parse_schema: fn(&Value, &str) -> Result<Schema, Vec<Problem>> = Schema::read,
        check: fn(&Schema, &Value) -> Result<(), String> = Schema::compare,
    }
}

fn absent(path: &str) -> Problem {
    Problem::new(path, translated(ABSENT.0)).with_hint(translated(ABSENT.1))
}

impl MappingTemplate {
    /// Reads a template; what is not understood is a problem with its line.
    pub fn parse(source: &str, path: &str) -> Result<MappingTemplate, Problem> {
        Mappings::get().map_or_else(|| Err(absent(path)), |mappings| (mappings.parse)(source, path))
    }

    /// What it makes, as JSON where it is JSON, and as a string otherwise; `None` where it would not come to an end in
    /// reasonable time.
    pub fn apply(&self, scope: MappingScope<'_>) -> Option<Value> {
        (Mappings::get()?.apply)(self, scope)
    }
}

impl ParameterChange {
    /// Reads one member of RequestParameters, or with `response` of ResponseParameters. An error is the message and a
    /// hint.
    pub fn parse(key: &str, value: &str, response: bool) -> Result<ParameterChange, (String, &'static str)> {
        match Mappings::get() {
            Some(mappings) => (mappings.parse_change)(key, value, response),
            None => Err((translated(ABSENT.0).to_string(), translated(ABSENT.1))),
        }
    }
}

impl Schema {
    /// Reads a model. Every keyword that would not be checked is a problem, so that nobody relies on it.
    pub fn parse(source: &Value, path: &str) -> Result<Schema, Vec<Problem>> {
        Mappings::get().map_or_else(|| Err(vec![absent(path)]), |mappings| (mappings.parse_schema)(source, path))
    }

    /// What is wrong with a value, in words.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        Mappings::get().map_or(Ok(()), |mappings| (mappings.check)(self, value))
    }
}
