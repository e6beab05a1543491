//! The prediction: asked before the run goes on, and afterwards set beside what happened.

use super::taking::Taking;
use crate::lessons::labs::{Answer, Answers, Phase, Question};
use crate::ui::format::parse_number;
use crate::ui::labs::markdown;
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;

pub fn view(taking: Taking) -> AnyView {
    let (question, phase) = taking.look(|session| (session.step().question.clone(), session.phase()));
    let Some(question) = question else { return ().into_any() };
    match phase {
        Phase::Asking => ask(taking, &question),
        Phase::Ready | Phase::Running => noted(taking, &question),
        Phase::Ended => verdict(taking, &question),
    }
}

/// An answer to a question in words; those of choices are Markdown.
fn words(taking: Taking, answer: Answer) -> AnyView {
    markdown::line(&taking.look(|session| session.words(session.place(), answer)))
}

fn ask(taking: Taking, question: &Question) -> AnyView {
    let fields = match &question.answer {
        Answers::Choice(choices) => choice(taking, choices.iter().map(|choice| choice.text.clone()).collect()),
        Answers::Number { unit, .. } => number(taking, unit.clone()),
        Answers::Node { .. } => node(taking),
    };
    view! {
        <div class="lab-box lab-ask" data-testid="lab-question" role="group" aria-labelledby="lab-ask">
            <p class="lab-kicker">{tr!("Predict")}</p>
            <div class="lab-text" id="lab-ask">{markdown::blocks(&question.ask)}</div>
            {fields}
        </div>
    }
    .into_any()
}

fn lock(disabled: Signal<bool>) -> AnyView {
    view! {
        <div><button class="primary" data-testid="lab-answer" disabled=disabled>{tr!("This is my prediction")}</button></div>
    }
    .into_any()
}

fn choice(taking: Taking, texts: Vec<String>) -> AnyView {
    let chosen = RwSignal::new(None::<u8>);
    let option = move |(place, text): (usize, String)| {
        let place = place as u8;
        view! {
            <label class="lab-option">
                <input type="radio" name="lab-choice" data-testid=format!("lab-choice-{}", place + 1) on:change=move |_| chosen.set(Some(place)) />
                <span>{markdown::line(&text)}</span>
            </label>
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(place) = chosen.get_untracked() {
            taking.answer(Answer::Choice(place));
        }
    };
    view! {
        <form class="lab-options" on:submit=submit>
            {texts.into_iter().enumerate().map(option).collect_view()}
            {lock(live_flag(move || chosen.get().is_none()))}
        </form>
    }
    .into_any()
}

fn number(taking: Taking, unit: String) -> AnyView {
    let typed = RwSignal::new(String::new());
    let number = move || typed.with(|text| parse_number(text));
    let wrong = live_text(move || {
        let empty = typed.with(|text| text.trim().is_empty());
        if empty || number().is_some() { "" } else { tr!("Type a number, such as 12 or 0.5.") }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(number) = untrack(number) {
            taking.answer(Answer::Number(number));
        }
    };
    view! {
        <form class="lab-options" on:submit=submit>
            <label class="lab-number">
                <input
                    inputmode="decimal" autocomplete="off" data-testid="lab-number" aria-label=tr!("Your prediction") aria-describedby="lab-number-wrong"
                    prop:value=live_text(move || typed.get()) on:input=move |event| typed.set(event_target_value(&event))
                />
                <span>{unit}</span>
            </label>
            <p class="error" id="lab-number-wrong">{wrong}</p>
            {lock(live_flag(move || number().is_none()))}
        </form>
    }
    .into_any()
}

fn node(taking: Taking) -> AnyView {
    let names: Vec<String> =
        taking.state.read(|simulation| simulation.document().nodes.iter().map(|node| node.name.clone()).collect());
    let option = move |name: String| {
        let (own, value) = (name.clone(), name.clone());
        let selected = live_flag(move || taking.picked.with(|picked| picked.as_deref() == Some(own.as_str())));
        view! { <option value=value selected=selected>{name}</option> }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let answer = taking.picked.with_untracked(|name| taking.look(|session| session.node_answer(name.as_deref()?)));
        if let Some(answer) = answer {
            taking.answer(answer);
        }
    };
    let chosen = move |event| {
        let name: String = event_target_value(&event);
        if !name.is_empty() {
            taking.pick(&name);
        }
    };
    view! {
        <form class="lab-options" on:submit=submit>
            <p class="quiet">{tr!("Click a node on the diagram, or choose it here.")}</p>
            <select data-testid="lab-node" aria-label=tr!("Which node?") on:change=chosen>
                <option value="">{tr!("Which node?")}</option>
                {names.into_iter().map(option).collect_view()}
            </select>
            {lock(live_flag(move || taking.picked.with(Option::is_none)))}
        </form>
    }
    .into_any()
}

/// While the run has not ended.
fn noted(taking: Taking, question: &Question) -> AnyView {
    let given = taking.look(|session| session.given(session.place()).copied());
    let Some(given) = given else { return ().into_any() };
    view! {
        <div class="lab-box" data-testid="lab-noted">
            <p class="lab-kicker">{tr!("You predict")}</p>
            <div class="lab-text quiet">{markdown::blocks(&question.ask)}</div>
            <p><b>{words(taking, given.answer)}</b></p>
        </div>
    }
    .into_any()
}

fn verdict(taking: Taking, question: &Question) -> AnyView {
    let Some(given) = taking.look(|session| session.given(session.place()).copied()) else { return ().into_any() };
    let (class, sign, says) = match given.right {
        Some(true) => ("lab-box lab-reveal right", "✓", tr!("Your prediction was right.")),
        Some(false) => ("lab-box lab-reveal wrong", "✕", tr!("It came otherwise than you predicted.")),
        None => ("lab-box lab-reveal", "○", tr!("This run did not show the answer.")),
    };
    let after = taking.look(|session| session.after());
    let found = given
        .truth
        .map(|truth| view! { <dt>{tr!("What happened")}</dt><dd data-testid="lab-found">{words(taking, truth)}</dd> });
    view! {
        <div class=class data-testid="lab-verdict">
            <p class="lab-verdict"><span aria-hidden="true">{sign}</span><span>{says}</span></p>
            <div class="lab-text quiet">{markdown::blocks(&question.ask)}</div>
            <dl class="lab-answer">
                <dt>{tr!("You predicted")}</dt>
                <dd data-testid="lab-predicted">{words(taking, given.answer)}</dd>
                {found}
            </dl>
            <div class="lab-text">{live_part(move || markdown::blocks(&after))}</div>
        </div>
    }
    .into_any()
}
