//! The parts of a step: what it points at, what may be changed, its run, goals and hints, and what came of it.

use super::taking::Taking;
use crate::language::translated;
use crate::lessons::labs::{Allow, Phase, Session, Standing};
use crate::simulation::Simulation;
use crate::ui::format::span;
use crate::ui::labs::{markdown, places};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::selection::Selection;
use crate::ui::state::State;
use leptos::prelude::*;
use std::time::Duration;

/// Selects what a lab calls by this name.
fn go(state: State, name: &str) {
    let found = state.read(|simulation| {
        let document = simulation.document();
        let id = places::find(document, name)?;
        Some(if document.node(id).is_some() { Selection::Node(id) } else { Selection::Edge(id) })
    });
    if let Some(found) = found {
        state.select(Some(found));
    }
}

/// The inspector's field of a setting; the inspector may be on its way.
fn go_to_setting(state: State, target: &str, setting: &str) {
    go(state, target);
    open_setting(format!("setting-{setting}"), MOST_LOOKS);
}

/// So many times it is looked whether the inspector is there, which may have to be fetched first.
const MOST_LOOKS: u32 = 100;
/// Between two looks.
const A_MOMENT: Duration = Duration::from_millis(60);

fn open_setting(field: String, looks: u32) {
    let look = move || match find("tab-settings") {
        Some(tab) => {
            tab.click();
            request_animation_frame(move || {
                if let Some(field) = find(&field).or_else(|| find(&format!("{field}-form"))) {
                    let _ = field.focus();
                }
            });
        }
        None if looks > 1 => open_setting(field, looks - 1),
        None => {}
    };
    set_timeout(look, A_MOMENT);
}

fn find(test: &str) -> Option<web_sys::HtmlElement> {
    let element = document().query_selector(&format!("[data-testid='{test}']")).ok().flatten()?;
    wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(element).ok()
}

/// Ways to what the step points at.
pub fn pointed(taking: Taking) -> AnyView {
    let names = taking.look(|session| session.step().highlight.clone());
    if names.is_empty() || taking.asks_for_node() {
        return ().into_any();
    }
    let one = move |name: String| {
        let shown = name.replace("->", "→");
        view! { <button data-testid="lab-look" on:click=move |_| go(taking.state, &name)>{shown}</button> }
    };
    view! { <p class="lab-look"><span>{tr!("Look at")}</span>{names.into_iter().map(one).collect_view()}</p> }
        .into_any()
}

fn fault_words(text: &str) -> String {
    let Some((target, kind)) = text.rsplit_once('.') else { return text.to_string() };
    let known = crate::diagram::FAULT_KINDS.iter().find(|known| known.name == kind);
    tr!("faults of {node}: {fault}", node = target, fault = known.map_or(kind, |known| translated(known.label)))
}

fn act_words(text: &str) -> String {
    match text.split_once(' ') {
        Some(("send", name)) => tr!("send messages: {node}", node = name),
        Some(("run", name)) => tr!("stop, freeze and start {node}", node = name),
        Some(("purge", name)) => tr!("purge {node}", node = name),
        Some(("redrive", name)) => tr!("redrive {node}", node = name),
        _ => text.to_string(),
    }
}

/// What may be changed in this step, with ways to it.
pub fn may_change(taking: Taking) -> AnyView {
    let (allow, phase) = taking.look(|session| (session.step().allow.clone(), session.phase()));
    if allow.is_nothing() || phase == Phase::Asking {
        return ().into_any();
    }
    let Allow { anything, settings, faults, acts } = allow;
    let state = taking.state;
    let setting = move |text: String| {
        let (target, name) = text.rsplit_once('.').unwrap_or(("", &text));
        let words = tr!("{setting} of {node}", setting = name, node = target.replace("->", "→"));
        let (target, name) = (target.to_string(), name.to_string());
        view! { <li><button class="lab-term" data-testid="lab-may" on:click=move |_| go_to_setting(state, &target, &name)>{words}</button></li> }
    };
    let other = move |(name, words): (String, String)| {
        view! { <li><button class="lab-term" data-testid="lab-may" on:click=move |_| go(state, &name)>{words}</button></li> }
    };
    let faults = faults
        .into_iter()
        .map(|text| (text.rsplit_once('.').map_or(String::new(), |it| it.0.to_string()), fault_words(&text)));
    let acts = acts
        .into_iter()
        .map(|text| (text.split_once(' ').map_or(String::new(), |it| it.1.to_string()), act_words(&text)));
    let others: Vec<(String, String)> = faults.chain(acts).collect();
    view! {
        <div class="lab-box" data-testid="lab-may-change">
            <p class="lab-kicker">{tr!("What you may change in this step")}</p>
            <ul class="lab-may">
                {anything.then(|| view! { <li>{tr!("Everything, as in a diagram of your own.")}</li> })}
                {settings.into_iter().map(setting).collect_view()}
                {others.into_iter().map(other).collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

/// The button that begins the run, and how far it is.
pub fn run(taking: Taking) -> AnyView {
    let Some((phase, limit)) = taking.look(|session| Some((session.phase(), session.step().run.as_ref()?.limit)))
    else {
        return ().into_any();
    };
    let state = taking.state;
    match phase {
        Phase::Asking => {
            view! { <p class="quiet">{tr!("The run begins once you have made your prediction.")}</p> }.into_any()
        }
        Phase::Ready => {
            let pause = taking.look(|session| session.step().run.as_ref().is_some_and(|run| !run.until.is_empty()));
            let how = if pause {
                tr!("It pauses by itself at the decisive moment.")
            } else {
                tr!("It pauses by itself when its time is over.")
            };
            view! {
                <div class="lab-box lab-run">
                    <div><button class="primary" id="lab-run" data-testid="lab-run" on:click=move |_| taking.run()>{tr!("▶ Run")}</button></div>
                    <p class="quiet">{how}</p>
                </div>
            }
            .into_any()
        }
        Phase::Running => {
            let passed = Memo::new(move |_| {
                state.tick.track();
                state.read(Simulation::now).since(taking.began.get())
            });
            let share = Signal::derive(move || (passed.get() as f64 / limit.max(1) as f64).min(1.0));
            view! {
                <div class="lab-box lab-run" data-testid="lab-running">
                    <progress max="1" aria-label=tr!("How far the run is") prop:value=share></progress>
                    <p class="quiet">{live_text(move || tr!("{passed} of at most {limit} of simulated time", passed = span(passed.get()), limit = span(limit)))}</p>
                    <div>
                        <button data-testid="lab-pause" on:click=move |_| state.playing.update(|playing| *playing = !*playing)>
                            {live_text(move || if state.playing.get() { tr!("Pause") } else { tr!("Go on") })}
                        </button>
                    </div>
                </div>
            }
            .into_any()
        }
        Phase::Ended => ().into_any(),
    }
}

/// The goals, each with how it stands and what was measured.
pub fn goals(taking: Taking) -> AnyView {
    let titles: Vec<String> =
        taking.look(|session| session.step().goals.iter().map(|goal| goal.title.clone()).collect());
    if titles.is_empty() || taking.look(Session::phase) == Phase::Asking {
        return ().into_any();
    }
    let goal = move |(place, title): (usize, String)| {
        let state = Memo::new(move |_| taking.follow(|session| session.goals().get(place).cloned()));
        let standing = move || state.with(|goal| goal.as_ref().map_or(Standing::NotYet, |goal| goal.standing));
        let class = live_text(move || match standing() {
            Standing::Reached => "lab-goal reached",
            Standing::Missed => "lab-goal failed",
            Standing::NotYet | Standing::Holds => "lab-goal open",
        });
        let sign = live_text(move || match standing() {
            Standing::Reached => "✓",
            Standing::Missed => "✕",
            Standing::Holds => "◐",
            Standing::NotYet => "○",
        });
        let words = live_text(move || {
            let measured = state.with(|goal| goal.as_ref().map(|goal| goal.words.clone()).unwrap_or_default());
            if measured.is_empty() { String::new() } else { format!("{}: {measured}", translated(standing().words())) }
        });
        view! {
            <li class=class data-testid=format!("lab-goal-{}", place + 1)>
                <span class="lab-sign" role="img" aria-label=live_text(move || translated(standing().words()))>{sign}</span>
                <span>{markdown::line(&title)}</span>
                <small>{words}</small>
            </li>
        }
    };
    view! {
        <div class="lab-box">
            <p class="lab-kicker">{tr!("Goals")}</p>
            <ul class="lab-goals">{titles.into_iter().enumerate().map(goal).collect_view()}</ul>
        </div>
    }
    .into_any()
}

/// What came of the step: what to see in it, and another attempt.
pub fn outcome(taking: Taking) -> AnyView {
    let (reveal, missed, has_run) =
        taking.look(|session| (session.reveal(), session.missed(), session.step().run.is_some()));
    let words = if missed { tr!("Change something and try again") } else { tr!("Run it again") };
    // What to see in it is only there once it is to be seen.
    let text = if missed { tr!("Not there yet: a goal was missed.") } else { &reveal };
    view! {
        <div class="lab-text" id="lab-outcome" tabindex="-1" data-testid="lab-outcome">{markdown::blocks(text)}</div>
        {has_run
            .then(|| {
                view! {
                    <div>
                        <button class:primary=missed data-testid="lab-again" on:click=move |_| taking.again()>{words}</button>
                    </div>
                }
            })}
    }
    .into_any()
}

pub fn hints(taking: Taking) -> AnyView {
    let (count, asking) = taking.look(|session| (session.step().hints.len(), session.phase() == Phase::Asking));
    if count == 0 || asking {
        return ().into_any();
    }
    let shown = Memo::new(move |_| taking.follow(|session| session.hints().to_vec()));
    let list = live_part(move || {
        let hint = |text: String| view! { <div class="lab-hint lab-text" data-testid="lab-hint">{markdown::blocks(&text)}</div> };
        shown.get().into_iter().map(hint).collect_view()
    });
    let none_left = live_flag(move || shown.with(Vec::len) >= count);
    let label = live_text(move || {
        tr!("Hint {number} of {count}", number = (shown.with(Vec::len) + 1).min(count), count = count)
    });
    view! {
        {list}
        <div class:hidden=none_left><button data-testid="lab-hint-more" on:click=move |_| taking.hint()>{label}</button></div>
    }
    .into_any()
}
