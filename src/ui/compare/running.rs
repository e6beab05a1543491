//! Lets a study go on in small slices between frames, so that the page stays responsive; and stops it when told to.

use crate::simulation::study::{Breaking, Comparison, Progress, Sweep};
use crate::ui::reactive::{live_flag, live_text};
use leptos::prelude::*;
use std::time::Duration;

pub enum Job {
    Compare(Comparison),
    Sweep(Sweep),
    Break(Box<Breaking>),
}

impl Job {
    fn work(&mut self, budget: u64) -> Progress {
        match self {
            Job::Compare(comparison) => comparison.work(budget),
            Job::Sweep(sweep) => sweep.work(budget),
            Job::Break(breaking) => breaking.work(budget),
        }
    }
}

/// A slice may take this long, in milliseconds.
const BUDGET: f64 = 8.0;
/// Events between two looks at the clock.
const SLICE: u64 = 1_000;
/// Between two updates of the bar, and of the results so far.
const SHOW: f64 = 100.0;
const RESULTS: f64 = 700.0;

/// The one study of a tab.
#[derive(Clone, Copy)]
pub struct Runner {
    job: StoredValue<Option<Job>, LocalStorage>,
    /// Slices of an older study carry an older number.
    generation: StoredValue<u32>,
    pub running: RwSignal<bool>,
    share: RwSignal<f64>,
    /// Counts up when there are new results to show.
    results: RwSignal<u32>,
    shown: StoredValue<(f64, f64)>,
    problem: RwSignal<String>,
}

fn clock() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

impl Runner {
    pub fn new() -> Runner {
        Runner {
            job: StoredValue::new_local(None),
            generation: StoredValue::new(0),
            running: RwSignal::new(false),
            share: RwSignal::new(0.0),
            results: RwSignal::new(0),
            shown: StoredValue::new((0.0, 0.0)),
            problem: RwSignal::new(String::new()),
        }
    }

    /// Begins a study in place of the one before, or says why not.
    pub fn start(self, job: Result<Job, String>) {
        self.generation.update_value(|generation| *generation += 1);
        match job {
            Ok(job) => {
                self.problem.set(String::new());
                self.job.set_value(Some(job));
                self.share.set(0.0);
                self.running.set(true);
                self.results.update(|count| *count += 1);
                self.next(self.generation.get_value());
            }
            Err(problem) => {
                self.running.set(false);
                self.problem.set(problem);
            }
        }
    }

    /// Stops; what is complete stays.
    pub fn cancel(self) {
        self.generation.update_value(|generation| *generation += 1);
        self.running.set(false);
        self.results.update(|count| *count += 1);
    }

    fn next(self, generation: u32) {
        set_timeout(move || self.turn(generation), Duration::ZERO);
    }

    fn turn(self, generation: u32) {
        if generation != self.generation.get_value() {
            return;
        }
        let start = clock();
        let mut progress = Progress::DONE;
        self.job.update_value(|job| {
            let Some(job) = job else { return };
            loop {
                progress = job.work(SLICE);
                if progress.done() || clock() - start > BUDGET {
                    break;
                }
            }
        });
        let (bar, results) = self.shown.get_value();
        if progress.done() || start - bar > SHOW {
            self.share.set(progress.share);
            self.shown.set_value((start, results));
        }
        if progress.done() || start - results > RESULTS {
            self.shown.set_value((start, start));
            self.results.update(|count| *count += 1);
        }
        if progress.done() {
            self.running.set(false);
        } else {
            self.next(generation);
        }
    }

    /// Looks at the study, and again whenever there are new results.
    pub fn follow<T>(&self, look: impl FnOnce(Option<&Job>) -> T) -> T {
        self.results.track();
        self.job.with_value(|job| look(job.as_ref()))
    }

    pub fn look<T>(&self, look: impl FnOnce(Option<&Job>) -> T) -> T {
        self.job.with_value(|job| look(job.as_ref()))
    }

    /// The bar and the button to stop; what was refused.
    pub fn view(self) -> AnyView {
        let running = self.running;
        let share = self.share;
        let problem = self.problem;
        view! {
            <div class="study-progress" class:hidden=live_flag(move || !running.get())>
                <progress max="1" data-testid="study-progress" aria-label=tr!("How far the study is") prop:value=Signal::derive(move || share.get())></progress>
                <span>{live_text(move || format!("{:.0} %", (share.get() * 100.0).floor()))}</span>
                <button type="button" data-testid="study-cancel" on:click=move |_| self.cancel()>{tr!("Stop")}</button>
            </div>
            <p class="study-problem" role="alert" data-testid="study-problem">{live_text(move || problem.get())}</p>
        }
        .into_any()
    }
}
