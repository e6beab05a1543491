//! The inspector: how the selected node or edge fares, and its settings.

mod actions;
mod field;
mod form;
mod handler;
mod json;
mod live;
mod parts;
mod replay;
mod settings;
mod several;

use crate::language::translated;
use actions::Actions;
use json::JsonView;

use super::labs;
use super::on_demand::Part;
use super::selection::Selection;
use super::state::use_state;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;
use live::Live;
use settings::Settings;
use several::Several;
use wasm_split_helpers::wasm_split;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Live,
    Settings,
    Json,
}

impl Tab {
    const ALL: [(Tab, &str, &str); 3] = [
        (Tab::Live, "tab-live", phrase!("Live")),
        (Tab::Settings, "tab-settings", phrase!("Settings")),
        (Tab::Json, "tab-json", "JSON"),
    ];
}

#[wasm_split(inspector, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <Inspector /> }.into_any())
}

/// What stands in the inspector's place while nothing is selected.
#[component]
pub fn Hint() -> impl IntoView {
    let state = use_state();
    view! {
        <div class="empty" class:hidden=live_flag(move || state.selection.with(|selected| !selected.is_empty()))>
            <h2>{tr!("Inspector")}</h2>
            <p>{tr!("Click a node or an edge to see inside: the messages in a queue, a function's environments, the rows of a database.")}</p>
            <p>{tr!("Its settings can be changed while it runs, and each node can be stopped or made to fail.")}</p>
        </div>
    }
}

#[component]
fn Inspector() -> impl IntoView {
    let state = use_state();
    let tab = RwSignal::new(Tab::Live);
    // An edge has nothing of its own that moves: its settings come first.
    Effect::new(move |_| {
        if let Some(Selection::Edge(_)) = state.selected() {
            tab.set(Tab::Settings);
        }
    });
    let heading = move || {
        let selected = state.selected()?;
        state.revision.track();
        state.read(|simulation| {
            let plan = simulation.plan();
            match selected {
                Selection::Node(id) => {
                    let node = simulation.document().node(id)?;
                    Some((node.name.clone(), node.stands_for()))
                }
                Selection::Edge(id) => {
                    let edge = plan.edge(plan.find_edge(id)?);
                    Some((
                        format!("{} → {}", plan.node(edge.from).name, plan.node(edge.to).name),
                        edge.kind.stands_for(),
                    ))
                }
            }
        })
    };
    let kind = Memo::new(move |_| {
        state.revision.track();
        let Some(Selection::Node(id)) = state.selected() else { return None };
        state.read(|simulation| simulation.document().node(id).map(|node| node.kind))
    });
    let tab_button = move |own: Tab, test: &'static str, label: &'static str| {
        view! {
            <button
                role="tab" class="bare tab" data-testid=test aria-selected=live_text(move || (tab.get() == own).to_string())
                tabindex=live_text(move || if tab.get() == own { "0" } else { "-1" }) on:click=move |_| tab.set(own)
                on:keydown=move |event| {
                    let step = match event.key().as_str() {
                        "ArrowLeft" => Tab::ALL.len() - 1,
                        "ArrowRight" => 1,
                        _ => return,
                    };
                    event.prevent_default();
                    let place = Tab::ALL.iter().position(|(tab, ..)| *tab == own).unwrap_or(0);
                    let (next, test, _) = Tab::ALL[(place + step) % Tab::ALL.len()];
                    tab.set(next);
                    focus(&format!("[data-testid={test}]"));
                }
            >
                {translated(label)}
            </button>
        }
    };
    let selected = Memo::new(move |_| state.selected());
    let several = Memo::new(move |_| state.selection.with(|selected| selected.len() > 1));
    let body = move || {
        match (selected.get(), tab.get()) {
        (None, _) => ().into_any(),
        (Some(Selection::Node(id)), Tab::Live) => view! { <Live id /> }.into_any(),
        (Some(Selection::Edge(_)), Tab::Live) => view! {
            <p class="quiet">{tr!("What passes here is drawn on the edge itself. Open its settings, or its faults to slow it down or cut it.")}</p>
        }
        .into_any(),
        (Some(selected), Tab::Settings) => view! { <Settings id=selected.id() /> }.into_any(),
        (Some(selected), Tab::Json) => view! { <JsonView id=selected.id() /> }.into_any(),
    }
    };
    view! {
        <div class="inspector" data-testid="inspector">
            <Show when=move || several.get()><Several /></Show>
            <Show when=move || selected.get().is_some()>
                <div class="inspector-head">
                    <div>
                        <h2 data-testid="inspector-title">{live_text(move || heading().map(|heading| heading.0).unwrap_or_default())}</h2>
                        <p class="quiet">
                            {live_text(move || heading().map(|heading| translated(heading.1)).unwrap_or_default())}
                            " "
                            {live_part(move || kind.get().map(labs::kind_term))}
                        </p>
                    </div>
                    <button class="bare" data-testid="inspector-close" aria-label=tr!("Close the inspector") on:click=move |_| state.select(None)>"✕"</button>
                </div>
                <div class="actions"><Actions /></div>
                <div role="tablist" class="tabs" aria-label=tr!("Inspector")>
                    {Tab::ALL.map(|(tab, test, label)| tab_button(tab, test, label)).into_iter().collect_view()}
                </div>
                <div role="tabpanel" class="tab-body">{live_part(body)}</div>
            </Show>
        </div>
    }
}

fn focus(selector: &str) {
    use wasm_bindgen::JsCast;
    let element = document().query_selector(selector).ok().flatten();
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
