//! The dock under the transport: a row of tabs, each a part of the app that is fetched when it is first shown. On a
//! phone it is folded until one of them is chosen, and then a sheet under the diagram.
//!
//! A tab that was shown stays in the page. It has to rest while it is hidden: [`Dock::shows`].

mod log;

use super::dialogs;
use super::embed::embedded;
use super::metrics;
use super::on_demand::{Part, on_demand};
use super::reactive::{live_flag, live_text};
use super::state::{is_phone, use_state};
use super::story;
use super::timeline;
use leptos::prelude::*;
use std::future::Future;
use std::pin::Pin;

/// A tab, and the door to the part that fills it.
struct Tab {
    id: &'static str,
    title: &'static str,
    load: fn() -> Pin<Box<dyn Future<Output = Part>>>,
}

/// All tabs, in their order.
static TABS: &[Tab] = &[
    Tab { id: TIMELINE, title: phrase!("Timeline"), load: || Box::pin(timeline::part()) },
    Tab { id: LOG, title: phrase!("Log"), load: || Box::pin(log::part()) },
    Tab { id: TRACE, title: phrase!("Trace"), load: || Box::pin(story::trace_part()) },
    Tab { id: METRICS, title: phrase!("Metrics"), load: || Box::pin(metrics::part()) },
    Tab { id: LEDGER, title: phrase!("Ledger"), load: || Box::pin(story::ledger_part()) },
    Tab { id: COST, title: phrase!("Cost"), load: || Box::pin(dialogs::costs_part()) },
    Tab { id: COMPARE, title: phrase!("Compare"), load: || Box::pin(metrics::compare_part()) },
];

pub const TIMELINE: &str = "timeline";
pub const LOG: &str = "log";
pub const TRACE: &str = "trace";
pub const LEDGER: &str = "ledger";
pub const METRICS: &str = "metrics";
pub const COST: &str = "cost";
pub const COMPARE: &str = "compare";

/// Which tab is chosen, and whether the dock is open.
#[derive(Clone, Copy)]
pub struct Dock {
    tab: RwSignal<&'static str>,
    open: RwSignal<bool>,
}

impl Dock {
    pub fn new() -> Dock {
        Dock { tab: RwSignal::new(LOG), open: RwSignal::new(!is_phone() && !embedded()) }
    }

    /// Whether people see this tab.
    pub fn shows(&self, id: &str) -> bool {
        self.open.get() && self.tab.get() == id
    }

    /// Opens the dock at this tab.
    pub fn show(&self, id: &'static str) {
        self.tab.set(id);
        self.open.set(true);
    }

    /// Opens the dock at this tab; where it is shown already, folds the dock away.
    fn toggle(&self, id: &'static str) {
        if untrack(|| self.shows(id)) { self.open.set(false) } else { self.show(id) }
    }
}

#[component]
pub fn DockPanel() -> impl IntoView {
    let dock = use_state().dock;
    let fold = move || if dock.open.get() { tr!("Fold the panel below away") } else { tr!("Open the panel below") };
    view! {
        <section class="dock" class:closed=live_flag(move || !dock.open.get()) aria-label=tr!("Below the diagram")>
            <div class="dock-bar">
                <div role="tablist" class="dock-tabs" aria-label=tr!("Below the diagram")>
                    {TABS.iter().enumerate().map(|(place, tab)| tab_button(dock, place, tab)).collect_view()}
                </div>
                <button
                    class="bare dock-fold" data-testid="dock-toggle" aria-label=live_text(fold) title=live_text(fold)
                    aria-expanded=live_text(move || dock.open.get().to_string()) on:click=move |_| dock.open.update(|open| *open = !*open)
                >
                    {live_text(move || if dock.open.get() { "▾" } else { "▴" })}
                </button>
            </div>
            {TABS.iter().map(|tab| tab_panel(dock, tab)).collect_view()}
        </section>
    }
}

fn tab_button(dock: Dock, place: usize, tab: &'static Tab) -> AnyView {
    let id = tab.id;
    view! {
        <button
            role="tab" class="bare tab" id=format!("dock-tab-{id}") data-testid=format!("dock-{id}")
            aria-controls=format!("dock-{id}") aria-selected=live_text(move || dock.shows(id).to_string())
            tabindex=live_text(move || if dock.tab.get() == id { "0" } else { "-1" }) on:click=move |_| dock.toggle(id)
            on:keydown=move |event| {
                let next = match event.key().as_str() {
                    "ArrowLeft" => (place + TABS.len() - 1) % TABS.len(),
                    "ArrowRight" => (place + 1) % TABS.len(),
                    "Home" => 0,
                    "End" => TABS.len() - 1,
                    _ => return,
                };
                event.prevent_default();
                event.stop_propagation();
                dock.show(TABS[next].id);
                focus(&format!("dock-tab-{}", TABS[next].id));
            }
        >
            {crate::language::translated(tab.title)}
        </button>
    }
    .into_any()
}

fn tab_panel(dock: Dock, tab: &'static Tab) -> AnyView {
    let id = tab.id;
    let part = on_demand(move || dock.shows(id), tab.load, move || dock.open.set(false));
    view! {
        <div
            role="tabpanel" class=format!("dock-body dock-{id}") id=format!("dock-{id}") aria-labelledby=format!("dock-tab-{id}")
            class:hidden=live_flag(move || !dock.shows(id))
        >
            {part}
        </div>
    }
    .into_any()
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
