//! The fields that forms of the author are made of. Each follows its own part of the lab, so that typing in one leaves
//! the others alone.

use crate::ui::labs::markdown;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;

/// What a field shows and what becomes of what is typed.
#[derive(Clone, Copy)]
pub struct Bound {
    pub value: Signal<String>,
    pub write: Callback<String>,
}

impl Bound {
    pub fn new(
        read: impl Fn() -> String + Send + Sync + 'static,
        write: impl Fn(String) + Send + Sync + 'static,
    ) -> Bound {
        Bound { value: Memo::new(move |_| read()).into(), write: Callback::new(write) }
    }
}

pub fn text(label: &'static str, test: &'static str, bound: Bound) -> AnyView {
    view! {
        <label class="lab-field">
            <span>{label}</span>
            <input
                data-testid=test autocomplete="off" prop:value=bound.value
                on:input=move |event| bound.write.run(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

/// Markdown, with a preview below.
pub fn prose(label: &'static str, test: &'static str, rows: &'static str, bound: Bound) -> AnyView {
    let empty = live_flag(move || bound.value.with(|text| text.trim().is_empty()));
    view! {
        <div class="lab-field">
            <label>
                <span>{label}</span>
                <textarea
                    class="lab-prose" data-testid=test rows=rows prop:value=bound.value
                    on:input=move |event| bound.write.run(event_target_value(&event))
                ></textarea>
            </label>
            <details class="lab-preview" class:hidden=empty>
                <summary>{tr!("Preview")}</summary>
                <div class="lab-text" data-testid=format!("{test}-preview")>{live_part(move || bound.value.with(|text| markdown::blocks(text)))}</div>
            </details>
        </div>
    }
    .into_any()
}

pub fn check(
    label: &'static str,
    test: &'static str,
    value: impl Fn() -> bool + Send + Sync + 'static,
    write: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    let value = live_flag(value);
    view! {
        <label class="lab-check-field">
            <input type="checkbox" data-testid=test prop:checked=value on:change=move |event| write(event_target_checked(&event)) />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// A choice; each option has a value and a name. The options follow what they read.
pub fn select(
    label: &'static str,
    test: &'static str,
    options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    bound: Bound,
) -> AnyView {
    let options = Memo::new(move |_| options());
    let list = live_part(move || {
        let chosen = bound.value.get();
        let option = move |(value, name): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{name}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    });
    view! {
        <label class="lab-field">
            <span>{label}</span>
            <select data-testid=test on:change=move |event| bound.write.run(event_target_value(&event))>{list}</select>
        </label>
    }
    .into_any()
}

/// A choice that adds something to a list and then stands at its first line again.
pub fn add(
    label: &'static str,
    test: &'static str,
    options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    act: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let options = Memo::new(move |_| options());
    let list = live_part(move || {
        options.get().into_iter().map(|(value, name)| view! { <option value=value>{name}</option> }).collect_view()
    });
    let chosen = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        if !value.is_empty() {
            act(value);
        }
        if let Some(select) =
            event.target().and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlSelectElement>(it).ok())
        {
            select.set_selected_index(0);
        }
    };
    view! {
        <select class="lab-add" aria-label=label data-testid=test on:change=chosen>
            <option value="">{label}</option>
            {list}
        </select>
    }
    .into_any()
}

/// What stands in a list, each with a button to take it out.
pub fn chips(
    test: &'static str,
    items: impl Fn() -> Vec<String> + Send + Sync + 'static,
    remove: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> AnyView {
    let items = Memo::new(move |_| items());
    let list = live_part(move || {
        let chip = move |(place, words): (usize, String)| {
            let label = tr!("Take out: {what}", what = words);
            view! {
                <li class="lab-chip" data-testid=test>
                    <span>{words}</span>
                    <button type="button" class="bare" aria-label=label title=tr!("Take out") on:click=move |_| remove(place)>"✕"</button>
                </li>
            }
        };
        items.get().into_iter().enumerate().map(chip).collect_view()
    });
    let empty = live_flag(move || items.with(Vec::is_empty));
    view! { <ul class="lab-chips" class:hidden=empty>{list}</ul> }.into_any()
}

/// Something that can be folded away.
pub fn section(title: &'static str, test: &'static str, open: bool, note: Signal<String>, inside: AnyView) -> AnyView {
    view! {
        <details class="lab-section" open=open data-testid=test>
            <summary><b>{title}</b>" "<span class="quiet">{live_text(move || note.get())}</span></summary>
            <div class="lab-section-body">{inside}</div>
        </details>
    }
    .into_any()
}
