//! The fields that both kinds of study have: how long, how many seeds, which fault.

use crate::diagram::{FAULT_KINDS, Fault, FaultInput};
use crate::kernel::SECOND;
use crate::language::translated;
use crate::simulation::study::NamedFault;
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;
use serde_json::{Map, Value};

pub type Text = RwSignal<String>;

pub fn text(value: &str) -> Text {
    RwSignal::new(value.to_string())
}

/// A field for a number, with its unit.
pub fn number(label: &'static str, unit: &'static str, test: &'static str, value: Text) -> AnyView {
    view! {
        <label class="field">
            <span>{label}</span>
            <span class="study-number">
                <input
                    inputmode="decimal" data-testid=test prop:value=live_text(move || value.get())
                    on:change=move |event| value.set(event_target_value(&event))
                />
                <span class="quiet">{unit}</span>
            </span>
        </label>
    }
    .into_any()
}

/// A choice; each option has a value and a name.
pub fn choice(label: &'static str, test: &'static str, value: Text, options: Vec<(String, String)>) -> AnyView {
    let options = options.into_iter().map(move |(own, name)| {
        let selected = value.with_untracked(|value| *value == own);
        view! { <option value=own selected=selected>{name}</option> }
    });
    view! {
        <label class="field">
            <span>{label}</span>
            <select data-testid=test on:change=move |event| value.set(event_target_value(&event))>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// Simulated time and seeds.
#[derive(Clone, Copy)]
pub struct Extent {
    pub seconds: Text,
    pub seeds: Text,
    pub first: Text,
}

/// More would never end in a browser.
const MOST_SEEDS: f64 = 200.0;
const LONGEST: f64 = 86_400.0;

impl Extent {
    pub fn new(seconds: &str, seeds: &str) -> Extent {
        Extent { seconds: text(seconds), seeds: text(seeds), first: text("1") }
    }

    /// Microseconds, and the seeds.
    pub fn read(&self) -> Result<(u64, Vec<u64>), String> {
        let number = |text: Text, name: &str, least: f64, most: f64| {
            let value = text.with_untracked(|text| parse_number(text)).filter(|value| (least..=most).contains(value));
            value.ok_or_else(|| {
                tr!("{what}: type a number from {least} to {most}.", what = name, least = least, most = most)
            })
        };
        let seconds = number(self.seconds, tr!("Simulated time"), 1.0, LONGEST)?;
        let seeds = number(self.seeds, tr!("Seeds"), 1.0, MOST_SEEDS)? as u64;
        let first = number(self.first, tr!("First seed"), 0.0, 9e15)? as u64;
        Ok(((seconds * SECOND as f64) as u64, (first..first + seeds).collect()))
    }

    pub fn view(&self) -> AnyView {
        view! {
            <div class="study-row">
                {number(tr!("Simulated time"), "s", "study-seconds", self.seconds)}
                {number(tr!("Seeds"), "", "study-seeds", self.seeds)} {number(tr!("First seed"), "", "study-first", self.first)}
            </div>
        }
        .into_any()
    }
}

/// One fault, by the name of what it strikes.
#[derive(Clone, Copy)]
pub struct FaultFields {
    target: Text,
    kind: Text,
    value: Text,
    from: Text,
    until: Text,
}

impl FaultFields {
    pub fn new() -> FaultFields {
        FaultFields { target: text(""), kind: text("outage"), value: text("500"), from: text("60"), until: text("120") }
    }

    pub fn read(&self) -> Result<Vec<NamedFault>, String> {
        let target = self.target.get_untracked();
        if target.is_empty() {
            return Ok(Vec::new());
        }
        let name = self.kind.get_untracked();
        let kind = FAULT_KINDS.iter().find(|kind| kind.name == name).ok_or(tr!("Choose a fault."))?;
        let number = |text: Text| text.with_untracked(|text| parse_number(text));
        let value: Value = match kind.input {
            FaultInput::Flag => true.into(),
            FaultInput::Share => number(self.value).map(|per_cent| per_cent / 100.0).into(),
            FaultInput::Count => number(self.value).map(|count| count as i64).into(),
            _ => number(self.value).into(),
        };
        let fields: Map<String, Value> = [(kind.name.to_string(), value)].into_iter().collect();
        let fault =
            Fault::parse(&fields, None).map_err(|problems| tr!("Fault: {problem}", problem = problems[0].message))?;
        let at = number(self.from).filter(|at| *at >= 0.0).ok_or(tr!("Fault: type when it begins, in seconds."))?;
        let until = number(self.until).filter(|until| *until > at);
        if until.is_none() && !self.until.with_untracked(|text| text.trim().is_empty()) {
            return Err(tr!("Fault: it has to end after it has begun.").to_string());
        }
        Ok(vec![NamedFault { target, at, until, fault }])
    }

    /// The fields; the names are of what can be struck.
    pub fn view(&self, names: Signal<Vec<String>>) -> AnyView {
        let FaultFields { target, kind, value, from, until } = *self;
        let none = live_flag(move || target.with(String::is_empty));
        let input = move || kind.with(|name| FAULT_KINDS.iter().find(|kind| kind.name == name).map(|kind| kind.input));
        let flag = live_flag(move || matches!(input(), None | Some(FaultInput::Flag)));
        let unit = live_text(move || match input() {
            Some(FaultInput::Share) => "%",
            Some(FaultInput::Milliseconds) => "ms",
            Some(FaultInput::Rate) => "/s",
            Some(FaultInput::Factor) => tr!("times"),
            _ => "",
        });
        let targets = live_part(move || {
            let options = names.get().into_iter().map(|name| {
                let chosen = target.with_untracked(|target| *target == name);
                view! { <option value=name.clone() selected=chosen>{name.clone()}</option> }
            });
            view! {
                <select data-testid="study-fault-target" aria-label=tr!("What a fault strikes") on:change=move |event| target.set(event_target_value(&event))>
                    <option value="">{tr!("No fault")}</option>
                    {options.collect_view()}
                </select>
            }
        });
        let kinds: Vec<(String, String)> =
            FAULT_KINDS.iter().map(|kind| (kind.name.to_string(), translated(kind.label).to_string())).collect();
        view! {
            <fieldset class="study-fault">
                <legend>{tr!("Fault")}</legend>
                {targets}
                <div class="study-row" class:hidden=none>
                    {choice(tr!("What"), "study-fault-kind", kind, kinds)}
                    <label class="field" class:hidden=flag>
                        <span>{tr!("How much")}</span>
                        <span class="study-number">
                            <input
                                inputmode="decimal" data-testid="study-fault-value" prop:value=live_text(move || value.get())
                                on:change=move |event| value.set(event_target_value(&event))
                            />
                            <span class="quiet">{unit}</span>
                        </span>
                    </label>
                    {number(tr!("time" => "From"), "s", "study-fault-from", from)} {number(tr!("time" => "Until"), "s", "study-fault-until", until)}
                </div>
            </fieldset>
        }
        .into_any()
    }
}
