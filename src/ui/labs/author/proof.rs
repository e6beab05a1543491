//! The test run: whether every goal can be missed and reached, every question has an answer, every pause comes.

use super::draft::Draft;
use crate::diagram::{Problem, list_problems};
use crate::lessons::labs::{Finding, Lab, Proof, check};
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use std::rc::Rc;
use std::time::Duration;

/// A slice may take this long, in milliseconds.
const BUDGET: f64 = 12.0;
/// Events between two looks at the clock.
const SLICE: u64 = 2_000;

#[derive(Clone, PartialEq)]
enum Verdict {
    None,
    /// At which step it is, and of how many.
    Running(usize, usize),
    Stopped,
    Refused(Vec<Problem>),
    Done(Vec<Finding>),
}

/// A test run in slices, so that the page goes on meanwhile.
#[derive(Clone, Copy)]
struct Test {
    verdict: RwSignal<Verdict>,
    proof: StoredValue<Option<Proof>, LocalStorage>,
    /// Slices of an older test run carry an older number.
    generation: StoredValue<u32>,
}

impl Test {
    fn begin(self, lab: &Lab) {
        self.stop(Verdict::None);
        let problems = check(lab);
        let begun = if problems.is_empty() { Proof::new(&Rc::new(lab.clone())) } else { Err(problems) };
        match begun {
            Err(problems) => self.verdict.set(Verdict::Refused(problems)),
            Ok(proof) => {
                let (step, steps) = proof.progress();
                self.proof.set_value(Some(proof));
                self.verdict.set(Verdict::Running(step, steps));
                let generation = self.generation.get_value();
                // The page says so first.
                set_timeout(move || self.turn(generation), Duration::from_millis(50));
            }
        }
    }

    fn turn(self, generation: u32) {
        // The author may have been left.
        if self.generation.try_get_value() != Some(generation) {
            return;
        }
        let clock = || window().performance().map_or(0.0, |clock| clock.now());
        let start = clock();
        let mut done = Ok(false);
        self.proof.update_value(|proof| {
            let Some(proof) = proof else { return };
            while let Ok(false) = done
                && clock() - start < BUDGET
            {
                done = proof.work(SLICE);
            }
        });
        match done {
            Err(problems) => self.stop(Verdict::Refused(problems)),
            Ok(true) => {
                let findings = self.proof.with_value(|proof| proof.as_ref().map(|proof| proof.findings().to_vec()));
                self.stop(Verdict::Done(findings.unwrap_or_default()));
            }
            Ok(false) => {
                let (step, steps) =
                    self.proof.with_value(|proof| proof.as_ref().map(Proof::progress)).unwrap_or_default();
                if self.verdict.with_untracked(|known| *known != Verdict::Running(step, steps)) {
                    self.verdict.set(Verdict::Running(step, steps));
                }
                set_timeout(move || self.turn(generation), Duration::ZERO);
            }
        }
    }

    fn stop(self, verdict: Verdict) {
        self.generation.update_value(|generation| *generation += 1);
        self.proof.set_value(None);
        self.verdict.set(verdict);
    }
}

fn finding(finding: Finding) -> AnyView {
    let kept = finding.is_kept();
    let verdict = match (finding.can_pass, finding.can_fail) {
        (true, true) => "",
        (false, true) => tr!("cannot pass"),
        (true, false) => tr!("cannot fail"),
        (false, false) => tr!("can neither pass nor fail"),
    };
    let (sign, class) = if kept { ("✓", "lab-goal reached") } else { ("✕", "lab-goal failed") };
    view! {
        <li class=class data-testid="author-finding">
            <span class="lab-sign" role="img" aria-label=if kept { tr!("good") } else { tr!("not good") }>{sign}</span>
            <span>{tr!("Step {step}: {about} ", step = finding.step + 1, about = finding.about)}<b>{verdict}</b></span>
            <small>{finding.words}</small>
        </li>
    }
    .into_any()
}

pub fn view(draft: Draft) -> AnyView {
    let verdict = RwSignal::new(Verdict::None);
    let test = Test { verdict, proof: StoredValue::new_local(None), generation: StoredValue::new(0) };
    // What was found out does not hold for what was changed since.
    Effect::new(move |_| {
        draft.lab.track();
        if verdict.with_untracked(|verdict| *verdict != Verdict::None) {
            test.stop(Verdict::None);
        }
    });
    let start = move |_| draft.lab.with_untracked(|lab| test.begin(lab));
    let is_running = move || verdict.with(|verdict| matches!(verdict, Verdict::Running(..)));
    let words = live_text(move || {
        verdict.with(|verdict| match verdict {
            Verdict::None => String::new(),
            Verdict::Running(step, steps) => {
                let step = (step + 1).min(*steps);
                tr!("Playing the solution and its opposite: step {step} of {steps}…", step = step, steps = steps)
            }
            Verdict::Stopped => tr!("Stopped.").to_string(),
            Verdict::Refused(problems) => tr!("It cannot be played. {problems}", problems = list_problems(problems)),
            Verdict::Done(findings) => {
                let bad = findings.iter().filter(|finding| !finding.is_kept()).count();
                match (bad, findings.len()) {
                    (_, 0) => {
                        tr!("It can be played to its end. There is nothing to be reached or missed in it.").to_string()
                    }
                    (0, _) => {
                        tr!("Every goal can be missed and can be reached; every question has its answer.").to_string()
                    }
                    (bad, _) => tr!("{n} of these do not hold." | "{n} of these do not hold." % bad),
                }
            }
        })
    });
    let list = live_part(move || match verdict.get() {
        Verdict::Done(findings) => findings.into_iter().map(finding).collect_view().into_any(),
        _ => ().into_any(),
    });
    view! {
        <div class="lab-box" data-testid="author-proof">
            <p class="lab-kicker">{tr!("Test run")}</p>
            <p class="quiet">{tr!("Plays each step with its solution and without it: a goal that cannot be missed teaches nothing.")}</p>
            <div class="buttons">
                <button data-testid="author-prove" disabled=live_flag(is_running) on:click=start>{tr!("Test run")}</button>
                <button
                    data-testid="author-prove-stop" class:hidden=live_flag(move || !is_running()) on:click=move |_| test.stop(Verdict::Stopped)
                >
                    {tr!("Stop")}
                </button>
            </div>
            <p role="status" data-testid="author-verdict">{words}</p>
            <ul class="lab-goals">{list}</ul>
        </div>
    }
    .into_any()
}
