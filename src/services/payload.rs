//! Payloads, each kept once: a million requests with the same body share one document.

use super::message::{Envelope, Message, MessageId, Serial, Trace};
use super::world::World;
use crate::diagram::{Scope, SendOptions, Template};
use crate::kernel::SECOND;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::rc::Rc;

/// A payload in [`Payloads`]. The same document has the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadId(pub u32);

impl PayloadId {
    /// JSON null: no payload.
    pub const NULL: PayloadId = PayloadId(0);
}

/// A list of message attributes in [`Payloads`]: name, data type, value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributesId(pub u32);

impl AttributesId {
    pub const NONE: AttributesId = AttributesId(0);
}

/// A template in [`Payloads`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemplateId(pub u32);

/// How deep a payload can be nested. What wraps its own message again and again would otherwise grow without end.
const MAXIMUM_DEPTH: usize = 100;

/// Leaves out what is nested more than `depth` levels deep.
fn prune(value: &mut Value, depth: usize) {
    match value {
        Value::Array(items) if depth == 0 => items.clear(),
        Value::Object(fields) if depth == 0 => fields.clear(),
        Value::Array(items) => items.iter_mut().for_each(|item| prune(item, depth - 1)),
        Value::Object(fields) => fields.values_mut().for_each(|field| prune(field, depth - 1)),
        _ => {}
    }
}

/// How many requests a payload of this size is billed as: queues, topics and buses count each 64 KB.
pub fn billed_chunks(bytes: u64) -> u64 {
    bytes.div_ceil(64 * 1024).max(1)
}

/// Name, data type, value of each attribute.
pub type AttributeList = Vec<(String, String, String)>;

#[derive(Clone, Debug)]
pub struct Payload {
    pub value: Value,
    pub text: Rc<str>,
    /// Whether something in it differs for every request; see [`crate::diagram::Template`].
    pub symbolic: bool,
}

/// What a payload says once its placeholders are filled in for a message: two of these are equal where the texts would
/// be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Filled {
    payload: PayloadId,
    request: Trace,
    event: Serial,
    second: u64,
}

/// [`SendOptions`], prepared.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendTemplates {
    group: Option<TemplateId>,
    deduplication: Option<TemplateId>,
    delay: Option<u16>,
}

impl SendTemplates {
    pub fn new(options: &SendOptions, payloads: &mut Payloads) -> SendTemplates {
        let mut add = |template: &Option<Template>| template.as_ref().map(|template| payloads.add_template(template));
        SendTemplates { group: add(&options.group), deduplication: add(&options.deduplication), delay: options.delay }
    }

    /// Gives a message what its sender says about it: `from` is what the sender is working on.
    pub fn label(self, message: MessageId, from: PayloadId, result: PayloadId, world: &mut World) {
        let mut text = |template: Option<TemplateId>| {
            template.map_or(PayloadId::NULL, |template| world.payloads.apply_text(template, from, result))
        };
        let (group, deduplication) = (text(self.group), text(self.deduplication));
        let message = world.messages.get_mut(message);
        (message.group, message.deduplication, message.delay) = (group, deduplication, self.delay);
    }
}

/// All payloads, attributes and templates of a simulation.
#[derive(Clone, Debug)]
pub struct Payloads {
    payloads: Vec<Payload>,
    by_text: FxHashMap<Rc<str>, PayloadId>,
    attributes: Vec<Rc<AttributeList>>,
    by_attributes: FxHashMap<AttributeList, AttributesId>,
    templates: Vec<Template>,
    /// A template applied to a message and a result always gives the same payload.
    applied: FxHashMap<(TemplateId, PayloadId, PayloadId), PayloadId>,
}

impl Default for Payloads {
    fn default() -> Self {
        let mut payloads = Payloads {
            payloads: Vec::new(),
            by_text: FxHashMap::default(),
            attributes: Vec::new(),
            by_attributes: FxHashMap::default(),
            templates: Vec::new(),
            applied: FxHashMap::default(),
        };
        payloads.intern(Value::Null);
        payloads.intern_attributes(Vec::new());
        payloads
    }
}

impl Payloads {
    pub fn intern(&mut self, mut value: Value) -> PayloadId {
        prune(&mut value, MAXIMUM_DEPTH);
        let text = value.to_string();
        if let Some(id) = self.by_text.get(text.as_str()) {
            return *id;
        }
        let id = PayloadId(self.payloads.len() as u32);
        let text: Rc<str> = text.into();
        let symbolic = text.contains("{{");
        self.payloads.push(Payload { value, text: text.clone(), symbolic });
        self.by_text.insert(text, id);
        id
    }

    pub fn get(&self, id: PayloadId) -> &Payload {
        &self.payloads[id.0 as usize]
    }

    /// What a payload says in this message.
    pub fn filled(&self, payload: PayloadId, message: &Message) -> Filled {
        let mut filled = Filled { payload, request: 0, event: 0, second: 0 };
        let written = self.get(payload);
        if written.symbolic {
            let names = |symbol: &str| written.text.contains(symbol);
            filled.request = if names("{{requestId}}") { message.trace } else { 0 };
            filled.event = if names("{{eventId}}") { message.origin } else { 0 };
            filled.second = if names("{{time}}") { message.origin_created.0 / SECOND } else { 0 };
        }
        filled
    }

    /// What the whole body of this message says: in an envelope no two are equal.
    pub fn filled_body(&self, message: &Message) -> Filled {
        let mut filled = self.filled(message.payload, message);
        if message.envelope != Envelope::None {
            filled.event = message.origin;
        }
        filled
    }

    pub fn intern_attributes(&mut self, list: AttributeList) -> AttributesId {
        if let Some(id) = self.by_attributes.get(&list) {
            return *id;
        }
        let id = AttributesId(self.attributes.len() as u32);
        self.attributes.push(Rc::new(list.clone()));
        self.by_attributes.insert(list, id);
        id
    }

    pub fn attributes(&self, id: AttributesId) -> &AttributeList {
        &self.attributes[id.0 as usize]
    }

    /// A message's size in bytes: its body, and the names, types and values of its attributes.
    pub fn size(&self, body: PayloadId, attributes: AttributesId) -> u64 {
        let attributes = self.attributes(attributes).iter();
        let attributes: usize = attributes.map(|(name, kind, value)| name.len() + kind.len() + value.len()).sum();
        (self.get(body).text.len() + attributes) as u64
    }

    /// Keeps a template; the same one has the same id.
    pub fn add_template(&mut self, template: &Template) -> TemplateId {
        if let Some(position) = self.templates.iter().position(|known| known == template) {
            return TemplateId(position as u32);
        }
        self.templates.push(template.clone());
        TemplateId(self.templates.len() as u32 - 1)
    }

    /// What the template makes of a message and the previous step's result.
    pub fn apply(&mut self, template: TemplateId, message: PayloadId, result: PayloadId) -> PayloadId {
        if let Some(known) = self.applied.get(&(template, message, result)) {
            return *known;
        }
        let scope = Scope { message: &self.get(message).value, result: &self.get(result).value };
        let value = self.templates[template.0 as usize].apply(scope);
        let id = self.intern(value);
        self.applied.insert((template, message, result), id);
        id
    }

    /// As [`Payloads::apply`], for what has to be a text; null where nothing comes out.
    pub fn apply_text(&mut self, template: TemplateId, message: PayloadId, result: PayloadId) -> PayloadId {
        let id = self.apply(template, message, result);
        match &self.get(id).value {
            Value::Null => PayloadId::NULL,
            Value::String(text) if text.is_empty() => PayloadId::NULL,
            Value::String(_) => id,
            other => {
                let text = other.to_string();
                self.intern(Value::String(text))
            }
        }
    }
}
