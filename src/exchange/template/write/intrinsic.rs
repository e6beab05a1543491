//! CloudFormation's intrinsic functions, in their full spelling; the YAML writer shortens them to tags.

use serde_json::{Value, json};

pub fn reference(name: &str) -> Value {
    json!({ "Ref": name })
}

pub fn attribute(name: &str, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [name, attribute] })
}

/// A text in which `${Name}` and `${Name.Attribute}` are replaced.
pub fn substitute(text: impl Into<String>) -> Value {
    json!({ "Fn::Sub": text.into() })
}

/// What stands for itself inside [`substitute`].
pub fn escape(text: &str) -> String {
    text.replace("${", "${!")
}

/// The name that a resource gets where one has to be given: two stacks of the same template do not collide.
pub fn physical(name: &str) -> String {
    format!("${{AWS::StackName}}-{name}")
}

/// An ARN of this account and Region, to be substituted.
pub fn arn(service: &str, resource: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
}

/// Whether CloudFormation would take an object with this key for something else than data.
fn is_special(key: &str) -> bool {
    key.starts_with("Fn::") || key == "Ref" || key == "Condition"
}

/// JSON that somebody wrote, as a template may hold it: CloudFormation allows no null, and would take some keys for
/// functions, but wherever it asks for JSON it takes its text as well.
pub fn written(value: &Value) -> Value {
    if is_plain(value) { value.clone() } else { Value::String(value.to_string()) }
}

pub fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(fields) => fields.iter().all(|(key, value)| !is_special(key) && is_plain(value)),
        _ => true,
    }
}

/// The same without what a template may not hold, for places where no text is allowed.
pub fn pruned(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).map(pruned).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, value)| !is_special(key) && !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), pruned(value))).collect())
        }
        other => other.clone(),
    }
}
