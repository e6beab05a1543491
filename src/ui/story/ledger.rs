//! The Ledger tab: what the customers were promised against what has come of it.

use crate::diagram::NodeIndex;
use crate::language::translated;
use crate::services::Trace;
use crate::simulation::{LATE_AFTER, LedgerColumn, LedgerView, Shortfall};
use crate::ui::dock::{LEDGER, TRACE};
use crate::ui::format::{count, parse_number, with_code};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

/// How many requests are listed behind a figure.
const LISTED: usize = 8;

/// What the figures stand for, and how one asks for the requests behind them.
const FIGURES: [(&str, &str, Option<Shortfall>); 7] = [
    (phrase!("expected"), phrase!("what the requests taken stand for"), None),
    (phrase!("on time"), phrase!("there before the threshold"), None),
    (phrase!("late"), phrase!("there, but later than the threshold"), Some(Shortfall::Late)),
    (phrase!("pending"), phrase!("not there yet, and there is still time"), Some(Shortfall::Pending)),
    (
        phrase!("missing"),
        phrase!("not there, and the threshold has passed; it may still come"),
        Some(Shortfall::Missing),
    ),
    (phrase!("duplicates"), phrase!("more than expected"), Some(Shortfall::Duplicate)),
    (
        phrase!("unasked"),
        phrase!("there although the client was told that the request had failed"),
        Some(Shortfall::Unasked),
    ),
];

fn figure(column: &LedgerColumn, place: usize) -> u64 {
    let it = &column.entries;
    [it.expected, it.on_time, it.late, it.pending, it.missing, it.duplicates, it.unasked][place]
}

/// A figure that somebody asks about.
type Asked = (NodeIndex, usize);

#[component]
pub fn LedgerPanel() -> impl IntoView {
    let state = use_state();
    let shown = move || state.dock.shows(LEDGER);
    let late_after = RwSignal::new(LATE_AFTER);
    let asked = RwSignal::new(None::<Asked>);
    Effect::new(move |_| {
        state.run.track();
        asked.set(None);
    });
    let ledger = Memo::new(move |before: Option<&Option<LedgerView>>| {
        if !shown() {
            return before.cloned().flatten();
        }
        state.tick.track();
        state.run.track();
        // Another run, and another moment of this one, has a ledger of its own.
        let late_after = late_after.get();
        state.advance(|simulation| simulation.set_late_after(late_after));
        state.read(|simulation| simulation.ledger())
    });
    let behind = Memo::new(move |before: Option<&Option<Vec<(Trace, String)>>>| {
        let (node, place) = asked.get()?;
        if !shown() {
            return before.cloned().flatten();
        }
        ledger.with(|_| ());
        let shortfall = FIGURES[place].2?;
        Some(state.read(|simulation| {
            let traces = simulation.shortfalls(node, shortfall, LISTED);
            traces.into_iter().map(|trace| (trace, simulation.why_not(trace, node).sentence)).collect::<Vec<_>>()
        }))
    });
    let top = move || ledger.get().map(top);
    let rows = move || ledger.get().map(|ledger| ledger.columns.iter().map(|column| row(asked, column)).collect_view());
    view! {
        <div class="ledger" data-testid="ledger">
            <div class="ledger-head">
                <dl class="figures" data-testid="ledger-requests">{live_part(top)}</dl>
                <label class="ledger-late">
                    <span>{tr!("Late after")}</span>
                    <input
                        inputmode="decimal" data-testid="ledger-late" prop:value=live_text(move || (late_after.get() as f64 / 1e6).to_string())
                        on:change=move |event| {
                            match parse_number(&event_target_value(&event)) {
                                Some(seconds) if (0.001..=1e6).contains(&seconds) => late_after.set((seconds * 1e6) as u64),
                                _ => state.refuse(tr!("“Late after” is a number of seconds above 0.")),
                            }
                        }
                    />
                    <span>{tr!("s from when the client sent the request")}</span>
                </label>
            </div>
            <table class="ledger-table" data-testid="ledger-table" class:hidden=live_flag(move || ledger.get().is_none_or(|it| it.columns.is_empty()))>
                <thead>
                    <tr>
                        <th>{tr!("Where")}</th>
                        {FIGURES.map(|(name, help, _)| view! { <th title=translated(help)>{translated(name)}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{live_part(rows)}</tbody>
            </table>
            {live_part(move || behind.get().map(|list| reasons(state, asked, list)))}
            <p class="story-empty" class:hidden=live_flag(move || ledger.get().is_some_and(|it| !it.columns.is_empty()))>
                {tr!("This design has no database and no e-mail service, so nothing can be missing. Add one, and connect a function to it.")}
            </p>
            <details class="ledger-help">
                <summary>{tr!("How this is counted")}</summary>
                <p>
                    {tr!("A request is taken once its client has an answer that is a success. What is expected of it is what the same request leaves in each database and mailer when the design, as it was then, runs it alone and nothing goes wrong. Rows and e-mails count for the request that they were written for.")}
                </p>
                <p>
                    {tr!("A row that was there already, or an item that replaces one with the same key, counts once. What is missing may still come: then it is late. The latest 65,536 requests are judged by the threshold above, older ones by the one that held when they were left.")}
                </p>
            </details>
        </div>
    }
}

fn top(ledger: LedgerView) -> AnyView {
    let mut list = vec![
        (tr!("payments asked for"), ledger.requests),
        (tr!("taken"), ledger.taken),
        (tr!("failed"), ledger.failed),
        (tr!("not answered yet"), ledger.open),
        (tr!("taken, and everything there once"), ledger.whole),
    ];
    if ledger.unattributed > 0 {
        list.push((tr!("rows of older requests"), ledger.unattributed));
    }
    let missed = ledger
        .missed
        .then(|| view! { <p class="quiet">{tr!("Some records were forgotten before they were counted.")}</p> });
    let figure = |(name, value): (&'static str, u64)| view! { <div><dt>{name}</dt><dd>{count(value)}</dd></div> };
    view! { {list.into_iter().map(figure).collect_view()} {missed} }.into_any()
}

fn row(asked: RwSignal<Option<Asked>>, column: &LedgerColumn) -> AnyView {
    let Some(node) = column.node else { return ().into_any() };
    let cells = (0..FIGURES.len()).map(|place| {
        let value = figure(column, place);
        let (name, _, shortfall) = FIGURES[place];
        let bad = value > 0 && matches!(shortfall, Some(Shortfall::Missing | Shortfall::Duplicate | Shortfall::Unasked));
        let words = count(value);
        // The press counts: the figure may be another one, and another element, before the button is let go.
        let ask = move || asked.set(Some((node, place)));
        let inside = if value > 0 && shortfall.is_some() {
            let label = tr!("{value} {figure} in {place}: why?", value = value, figure = translated(name), place = column.name);
            view! {
                <button class="bare ledger-why" data-testid=format!("why-{}", name.replace(' ', "-")) aria-label=label on:pointerdown=move |_| ask() on:click=move |_| ask()>
                    {words}
                </button>
            }
            .into_any()
        } else {
            words.into_any()
        };
        view! { <td class:bad=bad>{inside}</td> }
    });
    let cells = cells.collect_view();
    view! { <tr><th scope="row">{column.name.clone()}" "<span class="quiet">{column.unit}</span></th>{cells}</tr> }
        .into_any()
}

/// The requests behind a figure, each with the reason.
fn reasons(state: State, asked: RwSignal<Option<Asked>>, list: Vec<(Trace, String)>) -> AnyView {
    let Some((node, place)) = asked.get_untracked() else { return ().into_any() };
    let name = state.read(|simulation| super::name_of(simulation, node));
    let empty = list.is_empty().then(|| {
        view! { <p class="quiet">{tr!("None of the requests that are remembered one by one any more.")}</p> }
    });
    let line = |(trace, sentence): (Trace, String)| {
        let open = move |_| {
            state.request.set(Some(trace));
            state.dock.show(TRACE);
        };
        view! {
            <li>
                <button class="bare ledger-request" data-testid="ledger-request" title=tr!("Show this request") on:click=open>
                    <b>{tr!("Request {id}", id = trace)}</b>
                    <span data-testid="ledger-reason">{with_code(&sentence)}</span>
                </button>
            </li>
        }
    };
    view! {
        <section class="ledger-reasons" data-testid="ledger-reasons" aria-label=tr!("The requests behind the figure")>
            <h3>
                {tr!("{place}, {figure}: the latest requests, and why", place = name, figure = translated(FIGURES[place].0))}
                <button class="bare" aria-label=tr!("Close this list") on:click=move |_| asked.set(None)>"✕"</button>
            </h3>
            {empty}
            <ul>{list.into_iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}
