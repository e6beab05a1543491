//! What somebody predicted and found, at the end of a lab.

use super::taking::Taking;
use crate::lessons::labs::StepSummary;
use crate::ui::labs::cards::cards;
use crate::ui::labs::markdown;
use leptos::prelude::*;

fn step(found: StepSummary) -> AnyView {
    let StepSummary { title, asked, predicted, found, right, goals, hints, .. } = found;
    let class = match right {
        Some(true) => "right",
        Some(false) => "wrong",
        None => "",
    };
    let answer = |words: &str| markdown::line(words);
    let goals = goals.into_iter().map(|(title, reached)| {
        let (sign, words, class) =
            if reached { ("✓", tr!("reached"), "lab-goal reached") } else { ("✕", tr!("not reached"), "lab-goal failed") };
        view! {
            <li class=class><span class="lab-sign" role="img" aria-label=words>{sign}</span><span>{markdown::line(&title)}</span></li>
        }
    });
    let goals = goals.collect_view();
    let hints = match hints {
        0 => String::new(),
        count => tr!("With one hint." | "With {n} hints." % count),
    };
    let verdict = match right {
        Some(true) => "✓ ",
        Some(false) => "✕ ",
        None => "",
    };
    view! {
        <li class=class data-testid="lab-summary-step">
            <h4>{title}</h4>
            {asked.map(|asked| view! { <div class="lab-text quiet">{markdown::blocks(&asked)}</div> })}
            {predicted
                .map(|predicted| {
                    view! {
                        <dl class="lab-answer">
                            <dt>{tr!("You predicted")}</dt>
                            <dd>{verdict}{answer(&predicted)}</dd>
                            {found.map(|found| view! { <dt>{tr!("It was")}</dt><dd>{answer(&found)}</dd> })}
                        </dl>
                    }
                })}
            <ul class="lab-goals">{goals}</ul>
            <p class="quiet">{hints}</p>
        </li>
    }
    .into_any()
}

pub fn view(taking: Taking) -> AnyView {
    let (teaches, score, steps, id) = taking
        .look(|session| (session.lab().teaches.clone(), session.score(), session.summary(), session.lab().id.clone()));
    let predictions = (score.questions > 0).then(|| {
        view! { <div><b data-testid="lab-score-right">{tr!("{part} of {whole}", part = score.right, whole = score.questions)}</b><span class="quiet">{tr!("predictions right")}</span></div> }
    });
    let goals = (score.goals > 0).then(|| {
        view! { <div><b data-testid="lab-score-goals">{tr!("{part} of {whole}", part = score.goals_reached, whole = score.goals)}</b><span class="quiet">{tr!("goals reached")}</span></div> }
    });
    let cards = cards();
    let place = cards.iter().position(|card| card.id == id);
    let state = taking.state;
    let next = place.and_then(|place| cards.get(place + 1)).map(|card| {
        let id = card.id;
        view! {
            <button class="primary" data-testid="lab-next-lab" on:click=move |_| state.lab.set(Some(id.to_string()))>
                {tr!("Next lab: {title}", title = card.title)}
            </button>
        }
    });
    view! {
        <div class="lab-found-all" data-testid="lab-summary">
            <h3 id="lab-summary-title" tabindex="-1">{tr!("What you predicted and found")}</h3>
            <div class="lab-score">{predictions}{goals}</div>
            <div class="lab-box lab-reveal right"><p class="lab-kicker">{tr!("The idea")}</p><div class="lab-text">{markdown::blocks(&teaches)}</div></div>
            <ol class="lab-found">{steps.into_iter().map(step).collect_view()}</ol>
            <div class="buttons">
                {next}
                <button data-testid="lab-over" on:click=move |_| taking.go_to(0)>{tr!("Go through it again")}</button>
                <button data-testid="lab-summary-leave" on:click=move |_| taking.leave()>{tr!("Back to your diagram")}</button>
            </div>
        </div>
    }
    .into_any()
}
