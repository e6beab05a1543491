//! A field for one setting, made from its description. What is refused stays in the field with the reason. What is
//! structured has a form of several fields, and stands there as JSON for those who would rather write it.

use super::form::{Form, queues};
use crate::diagram::shape::{DISTRIBUTION, Shape};
use crate::diagram::{Distribution, Kind, Problem, Setting};
use crate::language::translated;
use crate::ui::format::{parse_json, parse_number};
use crate::ui::labs;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{said, use_state};
use leptos::prelude::*;
use serde_json::{Value, json};

/// How a value stands in its field.
fn shown(value: &Value, kind: &Kind) -> String {
    match (value, kind) {
        (Value::Null, Kind::OptionalInteger { .. }) => String::new(),
        (Value::String(text), Kind::Text { .. } | Kind::Choice { .. } | Kind::Queue) => text.clone(),
        (value, Kind::Distribution { .. }) => match value {
            Value::Object(fields) if fields.len() == 1 && fields.contains_key("constant") => {
                fields["constant"].to_string()
            }
            other => other.to_string(),
        },
        (value, Kind::Json { .. }) => format!("{value:#}"),
        (value, _) => value.to_string(),
    }
}

/// What was typed, as a value; or why it is none.
fn parse(text: &str, kind: &Kind) -> Result<Value, String> {
    let trimmed = text.trim();
    match kind {
        Kind::Integer { min, max, unit, .. } => trimmed.parse::<i64>().map(Value::from).map_err(|_| {
            tr!("Use a whole number from {min} to {max} {unit}.", min = min, max = max, unit = translated(unit))
        }),
        Kind::OptionalInteger { .. } if trimmed.is_empty() => Ok(Value::Null),
        Kind::OptionalInteger { min, max, .. } => trimmed
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| tr!("Use a whole number from {min} to {max}, or leave it empty.", min = min, max = max)),
        Kind::Number { min, max, unit, .. } => match parse_number(trimmed) {
            Some(number) => Ok(Value::from(number)),
            None => Err(tr!("Use a number from {min} to {max} {unit}.", min = min, max = max, unit = translated(unit))),
        },
        Kind::Boolean { .. } => Ok(Value::from(trimmed == "true")),
        Kind::Choice { .. } | Kind::Text { .. } | Kind::Queue => Ok(Value::from(text)),
        Kind::Distribution { .. } | Kind::Json { .. } => parse_json(trimmed),
    }
}

/// Writes a value; null goes back to the default. An error says why not.
pub type Write = Callback<Value, Result<(), Vec<Problem>>>;

/// A field for one setting. `current` is the value as written, `None` where the default holds; `prefix` begins the
/// element's id, so that fields of the same name can stand on one page.
#[component]
pub fn Field(
    setting: &'static Setting,
    prefix: String,
    #[prop(into)] current: Signal<Option<Value>>,
    write: Write,
) -> AnyView {
    let state = use_state();
    let name = setting.name;
    let kind = &setting.kind;
    let value = move || current.get().unwrap_or_else(|| setting.kind.default_value());
    // What is in the field: what people typed until it holds, then what the document says.
    let typed = RwSignal::new(None::<String>);
    let error = RwSignal::new(String::new());
    let text = move || typed.get().unwrap_or_else(|| shown(&value(), kind));
    let apply = move |text: String| {
        let result = parse(&text, kind).and_then(|value| write.run(value).map_err(|problems| said(&problems)));
        match result {
            Ok(()) => {
                error.set(String::new());
                typed.set(None);
            }
            Err(message) => {
                error.set(message);
                typed.set(Some(text));
            }
        }
    };
    let reset = move |_| {
        error.set(String::new());
        typed.set(None);
        if let Err(problems) = write.run(Value::Null) {
            error.set(said(&problems));
        }
    };
    let input_id = format!("{prefix}-{name}");
    let error_id = format!("{prefix}-error-{name}");
    let reset_id = format!("{prefix}-default-{name}");
    let as_id = format!("{prefix}-{name}-as");
    let invalid = move || (!error.get().is_empty()).to_string();
    let (test, describedby, label_for) = (input_id.clone(), error_id.clone(), input_id.clone());
    let shape: Option<&'static Shape> = match kind {
        Kind::Json { form, .. } if form.has_form() => Some(form),
        Kind::Distribution { .. } => Some(&DISTRIBUTION),
        _ => None,
    };
    let plain = move || match value() {
        // A duration may be a number alone.
        number @ Value::Number(_) if matches!(kind, Kind::Distribution { .. }) => json!({ "constant": number }),
        other => other,
    };
    let fits = Memo::new(move |_| shape.is_some_and(|shape| shape.fits(&plain())));
    // A number of milliseconds needs no form.
    let is_lone = matches!(kind, Kind::Distribution { .. }) && untrack(plain).get("constant").is_some();
    let as_text = RwSignal::new(is_lone);
    let input = match kind {
        Kind::Boolean { .. } => view! {
            <input
                type="checkbox" id=input_id data-testid=test aria-describedby=describedby
                prop:checked=live_flag(move || value() == Value::Bool(true))
                on:change=move |event| apply(event_target_checked(&event).to_string())
            />
        }
        .into_any(),
        Kind::Queue => {
            let option = move |(id, name): (String, String)| {
                let own = id.clone();
                view! { <option value=id selected=live_flag(move || value() == own.as_str())>{name}</option> }
            };
            view! {
                <select
                    id=input_id data-testid=test aria-describedby=describedby prop:value=text
                    on:change=move |event| apply(event_target_value(&event))
                >
                    {queues(state).into_iter().map(option).collect_view()}
                </select>
            }
            .into_any()
        }
        Kind::Choice { options, .. } => view! {
            <select
                id=input_id data-testid=test aria-describedby=describedby prop:value=text
                on:change=move |event| apply(event_target_value(&event))
            >
                {options
                    .iter()
                    .map(|option| view! { <option value=*option selected=live_flag(move || value() == *option)>{*option}</option> })
                    .collect_view()}
            </select>
        }
        .into_any(),
        Kind::Json { .. } | Kind::Distribution { .. } => {
            let lone = move || {
                let (id, test, describedby) = (input_id.clone(), test.clone(), describedby.clone());
                if matches!(kind, Kind::Distribution { .. }) {
                    return view! {
                        <input
                            id=id data-testid=test aria-describedby=describedby aria-invalid=invalid inputmode="text"
                            prop:value=text on:change=move |event| apply(event_target_value(&event))
                        />
                    }
                    .into_any();
                }
                let rows = match shown(&untrack(value), kind).lines().count() {
                    0..=2 => "2",
                    3..=5 => "5",
                    _ => "10",
                };
                view! {
                    <textarea
                        id=id data-testid=test aria-describedby=describedby aria-invalid=invalid rows=rows spellcheck="false"
                        prop:value=text on:change=move |event| apply(event_target_value(&event))
                    ></textarea>
                }
                .into_any()
            };
            match shape {
                Some(shape) => {
                    let write = move |value: Value| {
                        let result = write.run(value).map_err(|problems| said(&problems));
                        error.set(result.as_ref().err().cloned().unwrap_or_default());
                        result.is_ok()
                    };
                    let form = Form {
                        state,
                        value: Signal::derive(plain),
                        apply: Callback::new(write),
                        error,
                        prefix: StoredValue::new(label_for.clone()),
                    };
                    let form_test = format!("{label_for}-form");
                    live_part(move || {
                        if as_text.get() || !fits.get() {
                            return lone();
                        }
                        view! {
                            <div class="form" role="group" tabindex="-1" aria-label=name data-testid=form_test.clone()>
                                {form.view(shape)}
                            </div>
                        }
                        .into_any()
                    })
                    .into_any()
                }
                None => lone(),
            }
        }
        _ => {
            let mode = match kind {
                Kind::Integer { .. } | Kind::OptionalInteger { .. } => "numeric",
                Kind::Number { .. } => "decimal",
                _ => "text",
            };
            let placeholder = match kind {
                Kind::OptionalInteger { absent, .. } => translated(absent),
                _ => "",
            };
            view! {
                <input
                    id=input_id data-testid=test aria-describedby=describedby aria-invalid=invalid inputmode=mode
                    placeholder=placeholder prop:value=text on:change=move |event| apply(event_target_value(&event))
                />
            }
            .into_any()
        }
    };
    let limits = match kind {
        Kind::Integer { min, max, unit, .. } | Kind::OptionalInteger { min, max, unit, .. } => {
            tr!("{min} to {max} {unit}", min = min, max = max, unit = translated(unit))
        }
        Kind::Number { min, max, unit, .. } => {
            tr!("{min} to {max} {unit}", min = min, max = max, unit = translated(unit))
        }
        Kind::Json { shape, .. } => tr!("Holds {shape}.", shape = translated(shape)),
        Kind::Distribution { .. } => {
            tr!("Milliseconds, or a distribution such as {\"lognormal\": {\"median\": 16, \"p99\": 105}}.").to_string()
        }
        _ => String::new(),
    };
    // A distribution in words below its JSON.
    let words = live_text(move || match kind {
        Kind::Distribution { .. } => Distribution::parse(&value()).map_or(String::new(), |it| it.describe()),
        _ => String::new(),
    });
    // Whether somebody wanted to know what it is.
    let asked = RwSignal::new(false);
    let default = shown(&setting.kind.default_value(), kind);
    let default = match default.as_str() {
        "" | "null" => tr!("not set").to_string(),
        "{}" | "[]" => tr!("none").to_string(),
        _ => default,
    };
    let short_default: String = default.chars().take(48).collect();
    view! {
        <div class="setting" class:changed=live_flag(move || current.get().is_some())>
            <label for=label_for>{name}</label>
            <span class="with-unit">{input}<span class="quiet">{translated(setting.kind.unit())}</span></span>
            {live_part(move || {
                fits.get()
                    .then(|| {
                        let label = if as_text.get() { tr!("As a form") } else { tr!("As JSON") };
                        view! {
                            <button class="bare reset" data-testid=as_id.clone() aria-label=format!("{name}: {label}") on:click=move |_| as_text.update(|it| *it = !*it)>
                                {label}
                            </button>
                        }
                    })
            })}
            <p class="quiet">{words}</p>
            <p class="error" id=error_id.clone() data-testid=error_id role="status">{live_text(move || error.get())}</p>
            <details class="help" on:toggle=move |_| asked.set(true)>
                <summary>{tr!("What is this?")}</summary>
                <p>{translated(setting.help)}</p>
                <p class="quiet">{limits}</p>
                <p class="quiet">{tr!("Source: {page}", page = translated(setting.source))}</p>
                {labs::setting_term(name, asked)}
            </details>
            {live_part(move || {
                current
                    .get()
                    .is_some()
                    .then(|| {
                        view! {
                            <button class="bare reset" data-testid=reset_id.clone() on:click=reset>
                                {tr!("Default: {value}", value = short_default)}
                            </button>
                        }
                    })
            })}
        </div>
    }
    .into_any()
}
