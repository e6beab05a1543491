//! The test run: whether every goal can be missed and reached, every question has an answer, every pause comes.

use super::draft::Draft;
use crate::diagram::{Problem, list_problems};
use crate::lessons::labs::{Finding, Lab, check, prove};
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;
use std::rc::Rc;
use std::time::Duration;

#[derive(Clone, PartialEq)]
enum Proof {
    None,
    Running,
    Refused(Vec<Problem>),
    Done(Vec<Finding>),
}

fn run(lab: &Lab) -> Proof {
    let problems = check(lab);
    if !problems.is_empty() {
        return Proof::Refused(problems);
    }
    match prove(&Rc::new(lab.clone())) {
        Ok(findings) => Proof::Done(findings),
        Err(problems) => Proof::Refused(problems),
    }
}

fn finding(finding: Finding) -> AnyView {
    let kept = finding.is_kept();
    let verdict = match (finding.can_pass, finding.can_fail) {
        (true, true) => "",
        (false, true) => "cannot pass",
        (true, false) => "cannot fail",
        (false, false) => "can neither pass nor fail",
    };
    let (sign, class) = if kept { ("✓", "lab-goal reached") } else { ("✕", "lab-goal failed") };
    view! {
        <li class=class data-testid="author-finding">
            <span class="lab-sign" role="img" aria-label=if kept { "good" } else { "not good" }>{sign}</span>
            <span>{format!("Step {}: {} ", finding.step + 1, finding.about)}<b>{verdict}</b></span>
            <small>{finding.words}</small>
        </li>
    }
    .into_any()
}

pub fn view(draft: Draft) -> AnyView {
    let proof = RwSignal::new(Proof::None);
    // What was found out does not hold for what was changed since.
    Effect::new(move |_| {
        draft.lab.track();
        if proof.with_untracked(|proof| *proof != Proof::None) {
            proof.set(Proof::None);
        }
    });
    let start = move |_| {
        proof.set(Proof::Running);
        // The page says so first.
        set_timeout(
            move || {
                if let Some(lab) = draft.lab.try_get_untracked() {
                    proof.set(run(&lab));
                }
            },
            Duration::from_millis(50),
        );
    };
    let running = live_flag(move || proof.with(|proof| *proof == Proof::Running));
    let words = live_text(move || {
        proof.with(|proof| match proof {
            Proof::None => String::new(),
            Proof::Running => "Playing the solution and its opposite…".to_string(),
            Proof::Refused(problems) => format!("It cannot be played. {}", list_problems(problems)),
            Proof::Done(findings) => {
                let bad = findings.iter().filter(|finding| !finding.is_kept()).count();
                match (bad, findings.len()) {
                    (_, 0) => {
                        "It can be played to its end. There is nothing to be reached or missed in it.".to_string()
                    }
                    (0, _) => "Every goal can be missed and can be reached; every question has its answer.".to_string(),
                    (bad, _) => format!("{bad} of these do not hold."),
                }
            }
        })
    });
    let list = live_part(move || match proof.get() {
        Proof::Done(findings) => findings.into_iter().map(finding).collect_view().into_any(),
        _ => ().into_any(),
    });
    view! {
        <div class="lab-box" data-testid="author-proof">
            <p class="lab-kicker">"Test run"</p>
            <p class="quiet">"Plays each step with its solution and without it: a goal that cannot be missed teaches nothing."</p>
            <div><button data-testid="author-prove" disabled=running on:click=start>"Test run"</button></div>
            <p role="status" data-testid="author-verdict">{words}</p>
            <ul class="lab-goals">{list}</ul>
        </div>
    }
    .into_any()
}
