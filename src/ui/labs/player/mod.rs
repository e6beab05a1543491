//! The player: a lab's texts, question, run, goals and hints beside the diagram that it is about.

mod ahead;
mod parts;
mod question;
mod spoken;
mod summary;
mod taking;

use super::markdown;
use super::shelf::{Key, Shelf};
use super::stage::Stage;
use crate::diagram::Problem;
use crate::lessons::labs::{Lab, Phase, Session};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::State;
use leptos::prelude::*;
use std::rc::Rc;
use taking::Taking;

/// Takes a lab.
pub fn view(state: State, stage: Stage, shelf: Shelf, key: Key, lab: Rc<Lab>) -> Result<AnyView, Vec<Problem>> {
    let taking = Taking::begin(state, stage, shelf, key, lab)?;
    Ok(player(taking))
}

fn player(taking: Taking) -> AnyView {
    let (title, count) = taking.look(|session| (session.lab().title.clone(), session.lab().steps.len()));
    // What stands in the middle is built anew for each step and for each of its phases.
    let shown = Memo::new(move |_| (taking.summary.get(), taking.follow(|session| (session.place(), session.phase()))));
    let middle = live_part(move || {
        let (summary, _) = shown.get();
        if summary { summary::view(taking) } else { step(taking) }
    });
    let trouble = live_text(move || taking.shelf.words());
    let spoilt = live_flag(move || !taking.spoilt.get());
    view! {
        <section class="lab-player" data-testid="lab-player" aria-labelledby="lab-title">
            <div class="lab-top">
                <div class="lab-top-line">
                    <span data-testid="lab-where">
                        {live_text(move || match shown.get() {
                            (true, _) => tr!("Lab · summary").to_string(),
                            (false, (place, _)) => tr!("Lab · step {step} of {count}", step = place + 1, count = count),
                        })}
                    </span>
                    <button data-testid="lab-leave" title=tr!("Back to your own diagram; your progress stays") on:click=move |_| taking.leave()>
                        {tr!("Leave")}
                    </button>
                </div>
                <h2 id="lab-title" data-testid="lab-title">{title}</h2>
                {dots(taking, count)}
            </div>
            <div class="lab-body" tabindex="0" role="region" aria-label=tr!("The lab's text")>
                <p class="lab-hint" class:hidden=live_flag(move || trouble.with(String::is_empty)) data-testid="lab-not-kept">{trouble}</p>
                <p class="lab-hint" class:hidden=spoilt data-testid="lab-spoilt">
                    {tr!("What this browser keeps of your progress in this lab cannot be read. It is left as it is, and nothing new is kept.")}
                    " "
                    <button class="link" on:click=move |_| taking.begin_anew()>{tr!("Replace it")}</button>
                </p>
                {middle}
            </div>
            {foot(taking, count)}
        </section>
    }
    .into_any()
}

/// One for each step: how far one has come, and a way to each.
fn dots(taking: Taking, count: usize) -> AnyView {
    let dot = |place: usize| {
        let title = taking.look(|session| session.lab().steps[place].title.clone());
        let done = live_flag(move || taking.follow(|session| session.progress().is_done(place)));
        let here = live_text(move || {
            let here = !taking.summary.get() && taking.follow(|session| session.place() == place);
            if here { "step" } else { "false" }
        });
        let label = live_text(move || {
            let number = place + 1;
            if done.get() {
                tr!("Step {number}: {title}, done", number = number, title = title)
            } else {
                tr!("Step {number}: {title}", number = number, title = title)
            }
        });
        view! {
            <li>
                <button
                    class="lab-dot" class:done=done data-testid=format!("lab-step-{}", place + 1) aria-current=here aria-label=label title=label
                    on:click=move |_| taking.go_to(place)
                >
                    <span></span>
                </button>
            </li>
        }
    };
    view! { <ol class="lab-steps" aria-label=tr!("Steps")>{(0..count).map(dot).collect_view()}</ol> }.into_any()
}

fn step(taking: Taking) -> AnyView {
    let (title, text, phase) =
        taking.look(|session| (session.step().title.clone(), session.step().text.clone(), session.phase()));
    let ended = phase == Phase::Ended;
    view! {
        <h3 id="lab-step-title" tabindex="-1" data-testid="lab-step-title">{title}</h3>
        <div class="lab-text">{markdown::blocks(&text)}</div>
        {parts::pointed(taking)}
        {question::view(taking)}
        {parts::may_change(taking)}
        {parts::run(taking)}
        {parts::goals(taking)}
        {ended.then(|| parts::outcome(taking))}
        {parts::hints(taking)}
    }
    .into_any()
}

fn foot(taking: Taking, count: usize) -> AnyView {
    let first = live_flag(move || taking.follow(Session::place) == 0 && !taking.summary.get());
    let is_last = move || taking.follow(Session::place) + 1 >= count;
    let on = move |_| {
        let place = taking.place();
        if place + 1 < count { taking.go_to(place + 1) } else { taking.finish() }
    };
    let back = move |_| {
        let place = taking.place();
        taking.go_to(if taking.summary.get_untracked() { place } else { place.saturating_sub(1) });
    };
    let ended = move || taking.follow(|session| session.phase() == Phase::Ended && !session.missed());
    let onward = live_text(move || match (ended(), is_last()) {
        (true, true) => tr!("Summary"),
        (true, false) => tr!("Next step"),
        (false, _) => tr!("Skip"),
    });
    let summary = live_flag(move || taking.summary.get());
    view! {
        <div class="lab-foot">
            <button data-testid="lab-back" disabled=first on:click=back>{tr!("Back")}</button>
            <button data-testid="lab-restart" class:hidden=summary title=tr!("This step again, from its beginning") on:click=move |_| taking.go_to(taking.place())>
                {tr!("Restart step")}
            </button>
            <button class="lab-onward" class:primary=live_flag(ended) class:hidden=summary data-testid="lab-next" on:click=on>{onward}</button>
        </div>
    }
    .into_any()
}
