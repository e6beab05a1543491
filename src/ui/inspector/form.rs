//! Forms for structured values, made from the description of what they hold (`diagram::shape`). Each field writes the
//! whole value anew: one step of the history, checked as a whole.

use crate::diagram::NodeKind;
use crate::diagram::shape::{CONDITIONS, Part, Shape, chosen};
use crate::language::translated;
use crate::ui::format::{parse_json, parse_number};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// A way into a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Field(&'static str),
    /// Of a list, or of an object whose names people choose.
    Nth(usize),
}

type Place = Vec<Step>;

/// Stands for a condition that is a value alone.
const EQUALS: &str = "equals";

/// A value that is being edited.
#[derive(Clone, Copy)]
pub struct Form {
    pub state: State,
    pub value: Signal<Value>,
    /// Writes the whole value; says whether it was accepted.
    pub apply: Callback<Value, bool>,
    /// Tells what cannot even be read.
    pub error: RwSignal<String>,
    pub prefix: StoredValue<String>,
}

fn find<'v>(value: &'v Value, place: &[Step]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Field(name), value) => value.get(name),
        (Step::Nth(index), Value::Object(fields)) => fields.values().nth(*index),
        (Step::Nth(index), value) => value.get(index),
    })
}

/// What is not there yet begins as null.
fn find_mut<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Field(name), Value::Object(fields)) => Some(fields.entry(*name).or_insert(Value::Null)),
        (Step::Nth(index), Value::Object(fields)) => fields.values_mut().nth(*index),
        (Step::Nth(index), value) => value.get_mut(index),
        _ => None,
    })
}

fn with(place: &Place, step: Step) -> Place {
    place.iter().copied().chain([step]).collect()
}

/// How many entries a list or an object has.
fn length(value: Option<&Value>) -> usize {
    match value {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(fields)) => fields.len(),
        _ => 0,
    }
}

/// A name that is not taken yet.
fn unused(fields: &Map<String, Value>, wanted: &str) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    [wanted.to_string()].into_iter().chain(numbered).find(|name| !fields.contains_key(name)).unwrap_or_default()
}

impl Form {
    /// The whole value as a form.
    pub fn view(self, shape: &'static Shape) -> AnyView {
        self.part(Vec::new(), shape, String::new(), None)
    }

    fn look<T: PartialEq + Send + Sync + 'static>(
        self,
        place: &Place,
        look: impl Fn(Option<&Value>) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let place = place.clone();
        Memo::new(move |_| self.value.with(|value| look(find(value, &place))))
    }

    fn change(self, place: &[Step], change: impl FnOnce(&mut Value)) -> bool {
        let mut whole = self.value.get_untracked();
        match find_mut(&mut whole, place) {
            Some(value) => change(value),
            None => return false,
        }
        self.apply.run(whole)
    }

    fn remove(self, place: &[Step]) -> bool {
        let Some((last, before)) = place.split_last() else { return false };
        self.change(before, |value| match (last, value) {
            (Step::Field(name), Value::Object(fields)) => {
                fields.shift_remove(*name);
            }
            (Step::Nth(index), Value::Object(fields)) => {
                if let Some(name) = fields.keys().nth(*index).cloned() {
                    fields.shift_remove(&name);
                }
            }
            (Step::Nth(index), Value::Array(items)) if *index < items.len() => {
                items.remove(*index);
            }
            _ => {}
        })
    }

    /// For tests and labels: the prefix and the way.
    fn id(self, place: &[Step]) -> String {
        place.iter().fold(self.prefix.get_value(), |id, step| match step {
            Step::Field(name) => format!("{id}-{name}"),
            Step::Nth(index) => format!("{id}-{index}"),
        })
    }

    /// One part of the value. `absent` is what holds where it is left out, for a part that may be.
    fn part(self, place: Place, shape: &'static Shape, label: String, absent: Option<&'static Part>) -> AnyView {
        match shape {
            Shape::Record(parts) => parts.iter().map(|part| self.field(&place, part)).collect_view().into_any(),
            Shape::Row(parts) => parts
                .iter()
                .enumerate()
                .map(|(index, part)| {
                    self.part(with(&place, Step::Nth(index)), &part.shape, translated(part.name).to_string(), None)
                })
                .collect_view()
                .into_any(),
            Shape::OneOf(parts) => self.one_of(place, parts, label),
            Shape::List(part) => self.list(place, part, label),
            Shape::Names(part) => self.names(place, part, label),
            Shape::Optional(part) => self.optional(place, part),
            Shape::Pattern => self.pattern(place, label),
            _ => self.leaf(place, shape, label, absent),
        }
    }

    /// A field of a record.
    fn field(self, place: &Place, part: &'static Part) -> AnyView {
        let place = with(place, Step::Field(part.name));
        match &part.shape {
            Shape::List(_) | Shape::Names(_) => self.part(place, &part.shape, part.name.to_string(), None),
            Shape::Record(_) | Shape::Row(_) | Shape::OneOf(_) | Shape::Pattern | Shape::Optional(_) => {
                let there = self.look(&place, |value| value.is_some_and(|value| !value.is_null()));
                live_part(move || {
                    if !there.get() && !part.needed {
                        return self.add_button(&place, part, part.name);
                    }
                    let remove = (!part.needed).then(|| self.remove_button(&place, part.name.to_string()));
                    let inner = self.part(place.clone(), &part.shape, String::new(), None);
                    view! {
                        <fieldset class="form-group">
                            <legend>{part.name}</legend>
                            {remove}
                            {inner}
                        </fieldset>
                    }
                    .into_any()
                })
                .into_any()
            }
            shape => {
                let absent = (!part.needed).then_some(part);
                self.leaf(place, shape, part.name.to_string(), absent)
            }
        }
    }

    fn add_button(self, place: &Place, part: &'static Part, name: &'static str) -> AnyView {
        let (test, place) = (format!("{}-add", self.id(place)), place.clone());
        let add = move |_| {
            self.change(&place, |value| *value = part.beginning());
        };
        view! { <button class="bare form-add" data-testid=test on:click=add>{tr!("Add {name}", name = name)}</button> }
            .into_any()
    }

    fn remove_button(self, place: &Place, name: String) -> AnyView {
        let (test, place) = (format!("{}-remove", self.id(place)), place.clone());
        let label = tr!("Remove {name}", name = name);
        let remove = move |_| {
            self.remove(&place);
        };
        view! {
            <button class="bare form-remove" data-testid=test aria-label=label.clone() title=label on:click=remove>"✕"</button>
        }
        .into_any()
    }

    fn optional(self, place: Place, part: &'static Part) -> AnyView {
        let there = self.look(&place, |value| value.is_some_and(|value| !value.is_null()));
        live_part(move || {
            if !there.get() {
                return self.add_button(&place, part, translated(part.name));
            }
            let (test, gone) = (format!("{}-remove", self.id(&place)), place.clone());
            let inner = self.part(place.clone(), &part.shape, String::new(), None);
            let remove = move |_| {
                self.change(&gone, |value| *value = Value::Null);
            };
            view! { {inner} <button class="bare form-add" data-testid=test on:click=remove>{tr!("Remove {name}", name = translated(part.name))}</button> }
                .into_any()
        })
        .into_any()
    }

    fn one_of(self, place: Place, parts: &'static [Part], label: String) -> AnyView {
        let now = self.look(&place, move |value| {
            value.and_then(Value::as_object).and_then(|fields| chosen(parts, fields)).map_or("", |part| part.name)
        });
        let (test, changed) = (format!("{}-kind", self.id(&place)), place.clone());
        let label = if label.is_empty() { tr!("kind").to_string() } else { label };
        let choose = move |event| {
            let name = event_target_value(&event);
            let Some(part) = parts.iter().find(|part| part.name == name) else { return };
            self.change(&changed, |value| *value = json!({ part.name: part.beginning() }));
        };
        let option = move |part: &'static Part| {
            view! { <option value=part.name selected=live_flag(move || now.get() == part.name)>{part.name}</option> }
        };
        let inner = live_part(move || {
            let name = now.get();
            let part = parts.iter().find(|part| part.name == name);
            part.map(|part| {
                let place = with(&place, Step::Field(part.name));
                self.part(place, &part.shape, part.name.to_string(), None)
            })
        });
        view! {
            <label class="form-part">
                <span>{label}</span>
                <select data-testid=test prop:value=live_text(move || now.get()) on:change=choose>
                    {parts.iter().map(option).collect_view()}
                </select>
            </label>
            {inner}
        }
        .into_any()
    }

    fn list(self, place: Place, part: &'static Part, label: String) -> AnyView {
        let count = self.look(&place, length);
        let (test, added) = (format!("{}-add", self.id(&place)), place.clone());
        let add = move |_| {
            self.change(&added, |value| {
                if !value.is_array() {
                    *value = json!([]);
                }
                if let Value::Array(items) = value {
                    items.push(part.beginning());
                }
            });
        };
        let rows = live_part(move || {
            let row = |index: usize| {
                let place = with(&place, Step::Nth(index));
                let name = format!("{} {}", translated(part.name), index + 1);
                let remove = self.remove_button(&place, name.clone());
                let inner = self.part(place, &part.shape, name, None);
                view! { <li class="form-row"><div>{inner}</div>{remove}</li> }
            };
            view! { <ol class="form-list">{(0..count.get()).map(row).collect_view()}</ol> }
        });
        let heading = (!label.is_empty()).then(|| view! { <span class="form-name">{label.clone()}</span> });
        let group = if label.is_empty() { translated(part.name).to_string() } else { label };
        view! {
            <div role="group" aria-label=group class="form-many">
                {heading}
                {rows}
                <button class="bare form-add" data-testid=test on:click=add>{tr!("Add {name}", name = translated(part.name))}</button>
            </div>
        }
        .into_any()
    }

    fn names(self, place: Place, part: &'static Part, label: String) -> AnyView {
        let count = self.look(&place, length);
        let (test, added) = (format!("{}-add", self.id(&place)), place.clone());
        let add = move |_| {
            self.change(&added, |value| {
                if !value.is_object() {
                    *value = json!({});
                }
                if let Value::Object(fields) = value {
                    fields.insert(unused(fields, part.name), part.beginning());
                }
            });
        };
        let rows = live_part(move || {
            let row = |index: usize| {
                let place = with(&place, Step::Nth(index));
                let remove = self.remove_button(&place, tr!("entry {}", index + 1));
                let name = self.name_field(&place, index);
                let inner = self.part(place, &part.shape, tr!("value").to_string(), None);
                view! { <li class="form-row"><div>{name}{inner}</div>{remove}</li> }
            };
            view! { <ul class="form-list">{(0..count.get()).map(row).collect_view()}</ul> }
        });
        let heading = (!label.is_empty()).then(|| view! { <span class="form-name">{label.clone()}</span> });
        let group = if label.is_empty() { tr!("names and values").to_string() } else { label };
        view! {
            <div role="group" aria-label=group class="form-many">
                {heading}
                {rows}
                <button class="bare form-add" data-testid=test on:click=add>{tr!("Add an entry")}</button>
            </div>
        }
        .into_any()
    }

    /// The name of the entry at a place. It may be changed: the entry stays where it is.
    fn name_field(self, place: &Place, index: usize) -> AnyView {
        let holder: Place = place[..place.len() - 1].to_vec();
        let now = self.look(&holder, move |value| {
            let fields = value.and_then(Value::as_object);
            fields.and_then(|fields| fields.keys().nth(index).cloned()).unwrap_or_default()
        });
        let rename = move |event| {
            let name = event_target_value(&event);
            let accepted = self.change(&holder, |value| {
                let Value::Object(fields) = value else { return };
                if fields.contains_key(&name) {
                    return;
                }
                let entries = std::mem::take(fields).into_iter().enumerate();
                fields.extend(entries.map(|(at, (own, value))| (if at == index { name.clone() } else { own }, value)));
            });
            if accepted && now.get_untracked() != name {
                self.error.set(tr!("There is a `{name}` already.", name = name));
            }
        };
        let test = format!("{}-name", self.id(place));
        view! {
            <label class="form-part">
                <span>{tr!("name")}</span>
                <input data-testid=test prop:value=live_text(move || now.get()) on:change=rename spellcheck="false" />
            </label>
        }
        .into_any()
    }

    /// A pattern: names with conditions, or with patterns in turn.
    fn pattern(self, place: Place, label: String) -> AnyView {
        let count = self.look(&place, length);
        let (test, added) = (format!("{}-add", self.id(&place)), place.clone());
        let add = move |_| {
            self.change(&added, |value| {
                if let Value::Object(fields) = value {
                    fields.insert(unused(fields, "field"), json!(["value"]));
                }
            });
        };
        let rows = live_part(move || {
            let row = |index: usize| {
                let place = with(&place, Step::Nth(index));
                let remove = self.remove_button(&place, tr!("field {}", index + 1));
                let name = self.name_field(&place, index);
                let inner = self.asked(place);
                view! { <li class="form-row"><div>{name}{inner}</div>{remove}</li> }
            };
            view! { <ul class="form-list">{(0..count.get()).map(row).collect_view()}</ul> }
        });
        let group = if label.is_empty() { tr!("pattern").to_string() } else { label };
        view! {
            <div role="group" aria-label=group class="form-many">
                {rows}
                <button class="bare form-add" data-testid=test on:click=add>{tr!("Add a field")}</button>
            </div>
        }
        .into_any()
    }

    /// What a pattern asks of one name.
    fn asked(self, place: Place) -> AnyView {
        let nested = self.look(&place, |value| value.is_some_and(Value::is_object));
        let (test, changed) = (format!("{}-asks", self.id(&place)), place.clone());
        let choose = move |event| {
            let value =
                if event_target_value(&event) == "holds" { json!({ "field": ["value"] }) } else { json!(["value"]) };
            self.change(&changed, |before| *before = value);
        };
        let inner = live_part(move || {
            if nested.get() { self.pattern(place.clone(), String::new()) } else { self.conditions(place.clone()) }
        });
        view! {
            <label class="form-part">
                <span>{tr!("asks")}</span>
                <select data-testid=test on:change=choose>
                    <option value="one of" selected=live_flag(move || !nested.get())>{tr!("one of these")}</option>
                    <option value="holds" selected=live_flag(move || nested.get())>{tr!("these fields")}</option>
                </select>
            </label>
            {inner}
        }
        .into_any()
    }

    fn conditions(self, place: Place) -> AnyView {
        let count = self.look(&place, length);
        let (test, added) = (format!("{}-add", self.id(&place)), place.clone());
        let add = move |_| {
            self.change(&added, |value| {
                if let Value::Array(items) = value {
                    items.push("value".into());
                }
            });
        };
        let rows = live_part(move || {
            let row = |index: usize| {
                let place = with(&place, Step::Nth(index));
                let remove = self.remove_button(&place, tr!("condition {}", index + 1));
                view! { <li class="form-row"><div>{self.condition(place)}</div>{remove}</li> }
            };
            view! { <ul class="form-list">{(0..count.get()).map(row).collect_view()}</ul> }
        });
        view! {
            {rows}
            <button class="bare form-add" data-testid=test on:click=add>{tr!("Add a condition")}</button>
        }
        .into_any()
    }

    fn condition(self, place: Place) -> AnyView {
        let now = self.look(&place, |value| {
            value.and_then(Value::as_object).and_then(|fields| chosen(CONDITIONS, fields)).map_or(EQUALS, |it| it.name)
        });
        let (test, changed) = (format!("{}-kind", self.id(&place)), place.clone());
        let choose = move |event| {
            let name = event_target_value(&event);
            let part = CONDITIONS.iter().find(|part| part.name == name);
            let value = part.map_or(json!("value"), |part| json!({ part.name: part.beginning() }));
            self.change(&changed, |before| *before = value);
        };
        let option = move |name: &'static str| {
            let label = if name == EQUALS { tr!("equals") } else { name };
            view! { <option value=name selected=live_flag(move || now.get() == name)>{label}</option> }
        };
        let inner = live_part(move || {
            let name = now.get();
            match CONDITIONS.iter().find(|part| part.name == name) {
                Some(part) => self.part(with(&place, Step::Field(part.name)), &part.shape, part.name.to_string(), None),
                None => self.leaf(place.clone(), &Shape::Scalar, tr!("value").to_string(), None),
            }
        });
        view! {
            <label class="form-part">
                <span>{tr!("condition")}</span>
                <select data-testid=test on:change=choose>
                    {[EQUALS].into_iter().chain(CONDITIONS.iter().map(|part| part.name)).map(option).collect_view()}
                </select>
            </label>
            {inner}
        }
        .into_any()
    }

    /// A single value.
    fn leaf(self, place: Place, shape: &'static Shape, label: String, absent: Option<&'static Part>) -> AnyView {
        let test = self.id(&place);
        let now = self.look(&place, |value| value.cloned());
        // What was typed and not accepted.
        let typed = RwSignal::new(None::<String>);
        let (kept, unit) = (place.clone(), unit(shape));
        let write = move |text: String| {
            let value = match read(shape, &text) {
                _ if absent.is_some() && text.trim().is_empty() => None,
                Ok(value) => Some(value),
                Err(why) => {
                    self.error.set(why);
                    typed.set(Some(text));
                    return;
                }
            };
            let accepted = match value {
                Some(value) => self.change(&kept, |before| *before = value),
                None => self.remove(&kept),
            };
            typed.set((!accepted).then_some(text));
        };
        let beginning = absent.map(Part::beginning);
        let shown = live_text(move || {
            typed
                .get()
                .unwrap_or_else(|| now.with(|value| value.as_ref().map(|it| written(shape, it)).unwrap_or_default()))
        });
        // Where it is left out, what holds then.
        let holds = StoredValue::new(beginning.clone().unwrap_or(Value::Null));
        let current = move || now.get().unwrap_or_else(|| holds.get_value());
        let placeholder = beginning.as_ref().map(|value| written(shape, value)).unwrap_or_default();
        let input = match shape {
            Shape::Boolean => view! {
                <input
                    type="checkbox" data-testid=test prop:checked=live_flag(move || current() == Value::Bool(true))
                    on:change=move |event| write(event_target_checked(&event).to_string())
                />
            }
            .into_any(),
            Shape::Choice(options) => {
                let option = move |option: &'static str| {
                    view! { <option value=option selected=live_flag(move || current() == option)>{option}</option> }
                };
                view! {
                    <select data-testid=test on:change=move |event| write(event_target_value(&event))>
                        {options.iter().copied().map(option).collect_view()}
                    </select>
                }
                .into_any()
            }
            Shape::Queue => {
                let option = move |(id, name): (String, String)| {
                    let own = id.clone();
                    view! { <option value=id selected=live_flag(move || current() == own.as_str())>{name}</option> }
                };
                view! {
                    <select data-testid=test on:change=move |event| write(event_target_value(&event))>
                        {queues(self.state).into_iter().map(option).collect_view()}
                    </select>
                }
                .into_any()
            }
            Shape::Json | Shape::Lines => {
                let rows = untrack(|| shown.get()).lines().count().clamp(2, 10).to_string();
                view! {
                    <textarea
                        data-testid=test rows=rows spellcheck="false" prop:value=shown
                        on:change=move |event| write(event_target_value(&event))
                    ></textarea>
                }
                .into_any()
            }
            _ => {
                let mode = match shape {
                    Shape::Integer { .. } => "numeric",
                    Shape::Number { .. } => "decimal",
                    _ => "text",
                };
                view! {
                    <input
                        data-testid=test inputmode=mode spellcheck="false" placeholder=placeholder prop:value=shown
                        on:change=move |event| write(event_target_value(&event))
                    />
                }
                .into_any()
            }
        };
        view! {
            <label class="form-part">
                <span>{label}</span>
                <span class="with-unit">{input}<span class="quiet">{translated(unit)}</span></span>
            </label>
        }
        .into_any()
    }
}

/// The queues of the diagram, by id and name; first none.
pub fn queues(state: State) -> Vec<(String, String)> {
    let mut list = vec![(String::new(), tr!("none").to_string())];
    list.extend(state.read(|simulation| {
        let nodes = simulation.document().nodes.iter().filter(|node| node.kind == NodeKind::Queue);
        nodes.map(|node| (node.id.to_string(), node.name.clone())).collect::<Vec<_>>()
    }));
    list
}

fn unit(shape: &Shape) -> &'static str {
    match shape {
        Shape::Integer { unit, .. } | Shape::Number { unit, .. } => unit,
        _ => "",
    }
}

/// A value as it stands in its field.
fn written(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Json, value) => format!("{value:#}"),
        // What reads like something else is quoted.
        (Shape::Scalar, Value::String(text)) if serde_json::from_str::<Value>(text).is_ok() => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}

/// What was typed, as a value; or why it is none.
fn read(shape: &Shape, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    match shape {
        Shape::Integer { min, max, unit } => {
            let number = trimmed.parse::<i64>();
            number.map(Value::from).map_err(|_| {
                tr!("Use a whole number from {min} to {max} {unit}.", min = min, max = max, unit = translated(unit))
            })
        }
        Shape::Number { min, max, unit } => match parse_number(trimmed) {
            Some(number) if number == (number as i64) as f64 => Ok(Value::from(number as i64)),
            Some(number) => Ok(Value::from(number)),
            None => Err(tr!("Use a number from {min} to {max} {unit}.", min = min, max = max, unit = translated(unit))),
        },
        Shape::Boolean => Ok(Value::from(trimmed == "true")),
        Shape::Scalar => Ok(serde_json::from_str::<Value>(trimmed)
            .ok()
            .filter(|value| !value.is_array() && !value.is_object())
            .unwrap_or_else(|| text.into())),
        Shape::Json => parse_json(trimmed),
        _ => Ok(text.into()),
    }
}
