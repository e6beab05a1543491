//! The window: what stands where.

use super::canvas::Canvas;
use super::canvas::events::ask;
use super::compare::{self, Topic};
use super::dialogs;
use super::dock::DockPanel;
use super::embed;
use super::exporting;
use super::guide::GuidePanel;
use super::headline::HeadlineFigures;
use super::importing;
use super::inspector;
use super::keep::{self, Wish};
use super::labs;
use super::on_demand::on_demand;
use super::problems;
use super::sharing;
use super::state::{Side, State, is_phone};
use super::story;
use super::tester::{self, Subject};
use super::theme::ThemeToggle;
use super::time;
use super::transport::{Icon, Transport};
use super::turns::in_turn;
use crate::language::translated;
use crate::lessons::guide;
use crate::ui::reactive::{live_flag, live_text};
use leptos::prelude::*;

#[component]
pub fn App(state: State) -> impl IntoView {
    provide_context(state);
    super::engine::follow(state);
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
    let menu = state.side_toggled;
    Effect::new(move |_| {
        state.run.track();
        // On a phone it covers the diagram, so choosing one closes it.
        state.close_side();
    });
    let undo_title = live_text(move || {
        state.can_undo().map_or(tr!("Nothing to undo").to_string(), |label| tr!("Undo: {label}", label = label))
    });
    let redo_title = live_text(move || {
        state.can_redo().map_or(tr!("Nothing to redo").to_string(), |label| tr!("Redo: {label}", label = label))
    });
    let title = live_text(move || {
        let id = state.diagram.get();
        match guide::find(&id) {
            Some(diagram) => translated(diagram.title).to_string(),
            None => {
                state.revision.track();
                state.read(|simulation| simulation.document().name.clone())
            }
        }
    });
    // Before the diagram: they take their room from it.
    let dock = in_turn(|| view! { <DockPanel /> });
    let transport = in_turn(|| view! { <Transport /> });
    // What a room covers cannot be reached either.
    let behind = live_flag(move || state.tester.get().is_some() || state.study.get().is_some());
    view! {
        <div class="app" class:folded=live_flag(move || menu.get())>
            <header class="header">
                <button
                    class="bare menu" data-testid="menu" aria-label=tr!("Show or hide guide and building blocks") title=tr!("Show or hide guide and building blocks")
                    aria-expanded=live_text(move || (menu.get() == is_phone()).to_string()) on:click=move |_| menu.update(|open| *open = !*open)
                >
                    "☰"
                </button>
                <span class="product"><Logo />"Eventyard"</span>
                <h1 class="title" data-testid="title">{title}</h1>
                <span class="space"></span>
                <button
                    class="bare icon-button" data-testid="undo" aria-label=tr!("Undo") title=undo_title
                    disabled=live_flag(move || state.can_undo().is_none()) on:click=|_| ask("undo")
                >
                    <Icon path=live_text(|| UNDO) />
                </button>
                <button
                    class="bare icon-button" data-testid="redo" aria-label=tr!("Redo") title=redo_title
                    disabled=live_flag(move || state.can_redo().is_none()) on:click=|_| ask("redo")
                >
                    <Icon path=live_text(|| REDO) />
                </button>
                <button class="bare icon-button" data-testid="history-open" aria-label=tr!("History") title=tr!("History (H)") on:click=|_| ask("history")>
                    <Icon path=live_text(|| HISTORY) />
                </button>
                <button class="bare icon-button" data-testid="commands" aria-label=tr!("All commands") title=tr!("All commands (Ctrl+K)") on:click=|_| ask("palette")>
                    <Icon path=live_text(|| SEARCH) />
                </button>
                <button class="bare" data-testid="file-menu-open" title=tr!("Name, open, save, pictures") on:click=move |_| state.wish.set(Some(Wish::Menu))>{tr!("File")}</button>
                <button class="bare wide-only" data-testid="share-open" title=tr!("A link that holds the diagram") on:click=move |_| state.wish.set(Some(Wish::Share))>{tr!("Share")}</button>
                <button
                    class="bare wide-only" data-testid="study-open" title=tr!("Designs side by side on the same requests; experiments")
                    on:click=move |_| state.open_study(Some(Topic::Compare))
                >
                    {tr!("Compare")}
                </button>
                <button class="bare wide-only" data-testid="tester-open" on:click=move |_| state.open_tester(Subject::Nothing)>{tr!("Pattern tester")}</button>
                <ThemeToggle />
                <button class="bare" data-testid="about" aria-label=tr!("About Eventyard, and keyboard shortcuts") on:click=move |_| state.about.set(true)>
                    "?"
                </button>
            </header>
            <nav class="side" inert=behind class:open=live_flag(move || menu.get()) aria-label=tr!("Guide and building blocks")>
                <div role="tablist" class="tabs" aria-label=tr!("Beside the diagram")>
                    {side_tab(state, Side::Guide, "side-guide", || tr!("Guide").to_string())}
                    {side_tab(state, Side::Build, "side-build", || tr!("Build").to_string())}
                    {side_tab(state, Side::Labs, "side-labs", || tr!("Labs").to_string())}
                    {side_tab(state, Side::Problems, "side-problems", move || match state.problems.get() {
                        0 => tr!("Problems").to_string(),
                        count => tr!("Problems {count}", count = count),
                    })}
                </div>
                <div role="tabpanel" aria-label=tr!("Guide") class:hidden=live_flag(move || state.side.get() != Side::Guide)>
                    {in_turn(|| view! { <GuidePanel /> })}
                    // Filled by `keep`.
                    <section id="shelf" aria-label=tr!("Your diagrams")></section>
                </div>
                // Filled by `problems`.
                <div role="tabpanel" aria-label=tr!("Problems") id="problems" class:hidden=live_flag(move || state.side.get() != Side::Problems)></div>
                // Filled by `labs`.
                <div role="tabpanel" aria-label=tr!("Labs") id="labs" class:hidden=live_flag(move || state.side.get() != Side::Labs)></div>
                // Filled by `building`.
                <div role="tabpanel" aria-label=tr!("Build") id="build" class:hidden=live_flag(move || state.side.get() != Side::Build)></div>
            </nav>
            <main class="stage" inert=behind>
                <HeadlineFigures />
                <Canvas />
                {transport}
                {dock}
            </main>
            <aside class="aside" inert=behind class:open=live_flag(move || state.story.get().is_some() || state.selection.with(|selected| !selected.is_empty())) class:tells=live_flag(move || state.story.get().is_some()) aria-label=tr!("Inspector")>
                {on_demand(move || state.story.get().is_some(), || Box::pin(story::panel_part()), move || state.story.set(None))}
                <inspector::Hint />
                {on_demand(move || state.selection.with(|selected| !selected.is_empty()), || Box::pin(inspector::part()), move || state.select(None))}
            </aside>
            <Notice />
            <p class="hidden-visually" aria-live="polite" data-testid="said">{live_text(move || state.said.get())}</p>
            {in_turn(move || parts(state))}
        </div>
    }
}

/// What is fetched when it is first wanted.
fn parts(state: State) -> impl IntoView {
    view! {
        {on_demand(move || state.tester.get().is_some(), || Box::pin(tester::part()), move || state.close_tester())}
        {on_demand(move || state.study.get().is_some(), || Box::pin(compare::part()), move || state.open_study(None))}
        {on_demand(|| true, || Box::pin(keep::part()), || ())}
        {on_demand(|| true, || Box::pin(time::part()), || ())}
        {on_demand(|| true, || Box::pin(problems::part()), || ())}
        {on_demand(move || labs::wanted(state), || Box::pin(labs::part()), move || labs::give_up(state))}
        {on_demand(move || state.wish.get() == Some(Wish::ExportTemplate), || Box::pin(exporting::part()), move || state.wish.set(None))}
        {on_demand(embed::embedded, || Box::pin(embed::part()), || ())}
        {on_demand(move || state.wish.get() == Some(Wish::Embed), || Box::pin(embed::dialog_part()), move || state.wish.set(None))}
        {on_demand(move || sharing::wanted(state), || Box::pin(sharing::part()), move || sharing::give_up(state))}
        {on_demand(move || state.importing.with(Option::is_some), || Box::pin(importing::part()), move || state.importing.set(None))}
        {on_demand(move || dialogs::any_open(state), || Box::pin(dialogs::part()), move || dialogs::close_all(state))}
    }
}

const UNDO: &str = "M4 8h8.5a4 4 0 0 1 0 8H8M7.5 4.5 4 8l3.5 3.5";
const REDO: &str = "M16 8H7.5a4 4 0 0 0 0 8H12M12.5 4.5 16 8l-3.5 3.5";
const HISTORY: &str = "M4 10a6 6 0 1 1 1.8 4.3M4 14.5V10.6h3.9M10 6.8V10l2.4 1.6";
const SEARCH: &str = "M8.7 14.2a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM12.8 12.8 17 17";

fn side_tab(
    state: State,
    own: Side,
    test: &'static str,
    label: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <button
            role="tab" class="bare tab" data-testid=test aria-selected=live_text(move || (state.side.get() == own).to_string())
            on:click=move |_| state.side.set(own)
        >
            {live_text(label)}
        </button>
    }
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
            <button class="bare" aria-label=tr!("Close this message") on:click=move |_| state.notice.set(None)>"✕"</button>
        </div>
    }
}
