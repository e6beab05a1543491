//! The window: what stands where.

use super::canvas::Canvas;
use super::dialogs;
use super::guide::GuidePanel;
use super::headline::HeadlineFigures;
use super::inspector;
use super::log::LogPanel;
use super::on_demand::on_demand;
use super::state::State;
use super::tester::{self, Subject};
use super::theme::ThemeToggle;
use super::transport::{Transport, is_typing};
use crate::lessons::guide;
use crate::ui::reactive::{live_flag, live_text};
use leptos::{ev, prelude::*};

#[component]
pub fn App() -> impl IntoView {
    let state = State::from_address();
    provide_context(state);
    super::hooks::install(state);
    window_event_listener(ev::keydown, move |event| {
        if !is_typing(&event) && event.key() == "?" {
            state.about.set(true);
        }
    });
    // What is likely to be wanted soon is fetched once the app is there.
    set_timeout(
        || {
            leptos::task::spawn_local(async {
                // A failure shows when it is wanted.
                let _ = inspector::preload().await;
                let _ = dialogs::preload().await;
            });
        },
        std::time::Duration::from_secs(1),
    );
    // The guide stands beside the diagram until it is folded away; on a phone it lies above once it is asked for.
    let menu = RwSignal::new(false);
    Effect::new(move |_| {
        state.run.track();
        // On a phone it covers the diagram, so choosing one closes it.
        if is_phone() {
            menu.set(false);
        }
    });
    let title = live_text(move || {
        let id = state.diagram.get();
        guide::find(&id).map_or("A diagram of your own", |diagram| diagram.title)
    });
    // What a room covers cannot be reached either.
    let behind = live_flag(move || state.tester.get().is_some());
    view! {
        <div class="app" class:folded=live_flag(move || menu.get())>
            <header class="header">
                <button
                    class="bare menu" data-testid="menu" aria-label="Show or hide the guide" title="Show or hide the guide"
                    aria-expanded=live_text(move || (menu.get() == is_phone()).to_string()) on:click=move |_| menu.update(|open| *open = !*open)
                >
                    "☰"
                </button>
                <span class="product"><Logo />"Eventyard"</span>
                <h1 class="title" data-testid="title">{title}</h1>
                <span class="space"></span>
                <button class="bare" data-testid="tester-open" on:click=move |_| state.open_tester(Subject::Nothing)>"Pattern tester"</button>
                <ThemeToggle />
                <button class="bare" data-testid="about" aria-label="About Eventyard, and keyboard shortcuts" on:click=move |_| state.about.set(true)>
                    "?"
                </button>
            </header>
            <nav class="side" inert=behind class:open=live_flag(move || menu.get()) aria-label="Guide">
                <GuidePanel />
            </nav>
            <main class="stage" inert=behind>
                <HeadlineFigures />
                <Canvas />
                <Transport />
                <LogPanel />
            </main>
            <aside class="aside" inert=behind class:open=live_flag(move || state.selection.get().is_some()) aria-label="Inspector">
                <inspector::Hint />
                {on_demand(move || state.selection.get().is_some(), || Box::pin(inspector::part()), move || state.selection.set(None))}
            </aside>
            {on_demand(move || state.tester.get().is_some(), || Box::pin(tester::part()), move || state.close_tester())}
            <Notice />
            {on_demand(move || dialogs::any_open(state), || Box::pin(dialogs::part()), move || dialogs::close_all(state))}
        </div>
    }
}

/// As wide as in style/app.css.
fn is_phone() -> bool {
    matches!(window().match_media("(max-width: 720px)"), Ok(Some(query)) if query.matches())
}

/// The same drawing as in index.html.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
            <rect width="32" height="32" rx="7" />
            <path d="M6 16h7M19 16h2M13 11h6v10h-6zM21 16c3 0 2-6 5-6M21 16c3 0 2 6 5 6" />
        </svg>
    }
}

/// What was refused, and why.
#[component]
fn Notice() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <div class="notice" role="alert" class:hidden=live_flag(move || state.notice.get().is_none()) data-testid="notice">
            <p>{live_text(move || state.notice.get().unwrap_or_default())}</p>
            <button class="bare" aria-label="Close this message" on:click=move |_| state.notice.set(None)>"✕"</button>
        </div>
    }
}
