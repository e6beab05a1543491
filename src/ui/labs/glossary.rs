//! The glossary: every term with its meaning, to search, and to come to from a lab's text or from the inspector.

use super::markdown;
use crate::diagram::NodeKind;
use crate::language::translated;
use crate::lessons::glossary::{self, TERMS, Term};
use crate::ui::dialogs::follow;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::use_state;
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The term that was asked for: by its id, or for a kind of node, `kind:queue`.
fn asked(wanted: &str) -> Option<&'static Term> {
    match wanted.strip_prefix("kind:") {
        Some(name) => NodeKind::ALL.into_iter().find(|kind| kind.name() == name).and_then(itself),
        None => glossary::find(wanted),
    }
}

/// The term for a kind of node itself, such as `event-bus`; where there is none, one about it.
fn itself(kind: NodeKind) -> Option<&'static Term> {
    let is_it = |term: &&Term| term.id == kind.name() || term.id.ends_with(&format!("-{}", kind.name()));
    let exact = TERMS.iter().find(|term| term.id == kind.name());
    exact.or_else(|| glossary::of_kind(kind).find(is_it)).or_else(|| glossary::of_kind(kind).next())
}

/// A word of a text that leads to its meaning; a term that there is not stays a word.
pub fn term_link(id: String, inside: AnyView) -> AnyView {
    let state = use_state();
    let Some(term) = glossary::find(&id) else { return inside };
    let label = tr!("Glossary: {term}", term = translated(term.name));
    view! {
        <button type="button" class="lab-term" data-testid="term-link" title=label on:click=move |_| state.term.set(Some(id.clone()))>
            {inside}
        </button>
    }
    .into_any()
}

/// Whether every word that was typed is found; where in the list it then stands: terms of that name first.
fn rank(term: &Term, words: &[String]) -> Option<u8> {
    let name = translated(term.name).to_lowercase();
    let all = format!("{name} {}", translated(term.meaning).to_lowercase());
    if !words.iter().all(|word| all.contains(word.as_str())) {
        return None;
    }
    Some(u8::from(!words.iter().all(|word| name.contains(word.as_str()))))
}

fn fitting(typed: &str) -> Vec<&'static Term> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(u8, &'static Term)> =
        TERMS.iter().filter_map(|term| Some((rank(term, &words)?, term))).collect();
    // Within a rank they stand in the order of the alphabet, as the browser knows it.
    let name = |term: &Term| js_sys::JsString::from(translated(term.name));
    let (none, usual) = (js_sys::Array::new(), js_sys::Object::new());
    found.sort_by(|(rank, term), (other_rank, other)| {
        let names = || name(term).locale_compare(&String::from(name(other)), &none, &usual).cmp(&0);
        rank.cmp(other_rank).then_with(names)
    });
    found.into_iter().map(|(_, term)| term).collect()
}

fn heading(id: &str) -> String {
    format!("term-{id}")
}

#[component]
pub fn Glossary() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let search = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let open = Memo::new(move |_| state.term.with(Option::is_some));
    follow(dialog, move || open.get());
    Effect::new(move |_| {
        let Some(wanted) = state.term.get() else { return };
        typed.set(String::new());
        // The list is drawn first.
        request_animation_frame(move || {
            let place = asked(&wanted).and_then(|term| document().get_element_by_id(&heading(term.id)));
            let place = place.and_then(|place| place.dyn_into::<web_sys::HtmlElement>().ok());
            match place {
                Some(place) => {
                    let _ = place.focus();
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Center);
                    place.scroll_into_view_with_scroll_into_view_options(&options);
                }
                None => {
                    if let Some(search) = search.get_untracked() {
                        let _ = search.focus();
                    }
                }
            }
        });
    });
    let entry = move |term: &'static Term| {
        let id = term.id;
        let found = live_flag(move || {
            state.term.with(|wanted| wanted.as_deref().and_then(asked).is_some_and(|term| term.id == id))
        });
        let related = term.related.iter().filter_map(|id| glossary::find(id)).map(move |other| {
            let id = other.id;
            view! { <button class="lab-term" on:click=move |_| state.term.set(Some(id.to_string()))>{translated(other.name)}</button> }
        });
        let related = related.collect_view();
        let none = term.related.is_empty();
        view! {
            <article class="glossary-term" class:found=found data-testid=format!("term-{id}")>
                <h3 id=heading(id) tabindex="-1">{translated(term.name)}</h3>
                <div class="lab-text">{markdown::blocks(translated(term.meaning))}</div>
                <p class="glossary-more quiet">
                    <span class:hidden=none>{tr!("See also")}</span>
                    {related}
                </p>
                {term
                    .address()
                    .map(|address| {
                        view! {
                            <p class="quiet glossary-more lab-text">
                                <a href=address target="_blank" rel="noopener noreferrer" aria-label=tr!("Documentation of {term}", term = translated(term.name))>
                                    {tr!("Documentation")}
                                </a>
                            </p>
                        }
                    })}
            </article>
        }
        .into_any()
    };
    let list = live_part(move || {
        // Dozens of entries, which nobody needs before somebody asks.
        open.get().then(|| typed.with(|typed| fitting(typed)).into_iter().map(entry).collect_view())
    });
    let count = live_text(move || match typed.with(|typed| fitting(typed).len()) {
        0 => tr!("No term fits. Use fewer or other words.").to_string(),
        count => tr!("{n} term" | "{n} terms" % count),
    });
    view! {
        <dialog node_ref=dialog class="glossary" aria-labelledby="glossary-title" data-testid="glossary" on:close=move |_| state.term.set(None)>
            <h2 id="glossary-title">{tr!("Glossary")}</h2>
            <input
                node_ref=search type="text" inputmode="search" data-testid="glossary-search" aria-label=tr!("Search the glossary") placeholder=tr!("Search terms and meanings")
                autocomplete="off" spellcheck="false" prop:value=live_text(move || typed.get())
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <p class="quiet" role="status" data-testid="glossary-count">{count}</p>
            <div class="glossary-terms" tabindex="0" role="region" aria-label=tr!("Terms")>{list}</div>
            <form method="dialog"><button class="primary">{tr!("Close")}</button></form>
        </dialog>
    }
}
