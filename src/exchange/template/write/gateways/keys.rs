//! API keys: which ones a gateway takes, and which of them functions of the same diagram send.
//!
//! A key's value is made when the key is made, and nothing in a template can ask for it. What a function has to know
//! is therefore a parameter.

use crate::diagram::Node;
use serde_json::Value;
use uuid::Uuid;

/// A key of a gateway.
pub struct Key<'a> {
    /// What its resource is called behind the gateway's name.
    pub suffix: String,
    /// As written in the diagram.
    pub value: &'a str,
}

/// Every key of a gateway, in the order of its plans.
pub fn keys(gateway: &Node) -> Vec<Key<'_>> {
    let mut keys = Vec::new();
    let own = gateway.settings.get("ApiKey").and_then(Value::as_str).filter(|key| !key.is_empty());
    keys.extend(own.map(|value| Key { suffix: "UnlimitedUsagePlanKey1".to_string(), value }));
    let plans = gateway.settings.get("UsagePlans").and_then(Value::as_array);
    for (index, plan) in plans.into_iter().flatten().enumerate() {
        let values = plan.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let named = values
            .enumerate()
            .map(|(number, value)| Key { suffix: format!("UsagePlan{}Key{}", index + 1, number + 1), value });
        keys.extend(named);
    }
    keys
}

/// The place among [`keys`] of the key that a step's header names.
pub fn sent_key(gateway: &Node, name: &str, value: &Value) -> Option<usize> {
    let value = value.as_str().filter(|_| name.eq_ignore_ascii_case("x-api-key"))?;
    keys(gateway).iter().position(|key| key.value == value)
}

/// Whether a handler sends this key of a gateway.
pub fn sends(handler: &Value, gateway: &Node, place: usize) -> bool {
    match handler {
        Value::Array(items) => items.iter().any(|item| sends(item, gateway, place)),
        Value::Object(fields) => {
            let to = fields.get("to").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
            let headers = fields.get("headers").and_then(Value::as_object).filter(|_| to == Some(gateway.id));
            headers.into_iter().flatten().any(|(name, value)| sent_key(gateway, name, value) == Some(place))
                || fields.values().any(|field| sends(field, gateway, place))
        }
        _ => false,
    }
}

/// What the environment variable says behind the gateway's name.
pub fn variable(place: usize) -> String {
    format!("KEY_{}", place + 1)
}
