//! Designs side by side on one clock: small diagrams whose figures move together.

use super::mini::Mini;
use crate::diagram::Document;
use crate::kernel::{SECOND, Time};
use crate::simulation::Simulation;
use crate::ui::reactive::{live_flag, live_part, live_text};
use gloo_timers::callback::Interval;
use leptos::prelude::*;

/// Between two pictures, in milliseconds.
const PICTURE: u32 = 100;
/// Simulated seconds in a real one.
const SPEEDS: [u64; 4] = [1, 10, 30, 100];
/// All simulations together may take this long for a picture, in milliseconds.
const BUDGET: f64 = 30.0;
const SLICE: u64 = 2_000;

struct Shown {
    name: String,
    simulation: Simulation,
    mini: Mini,
}

/// The designs that are watched, and their clock.
#[derive(Clone, Copy)]
pub struct Watch {
    shown: StoredValue<Vec<Shown>, LocalStorage>,
    timer: StoredValue<Option<Interval>, LocalStorage>,
    span: StoredValue<u64>,
    speed: RwSignal<u64>,
    playing: RwSignal<bool>,
    /// Microseconds.
    now: RwSignal<u64>,
    /// Counts up with every picture.
    pictures: RwSignal<u32>,
    run: RwSignal<u32>,
}

impl Watch {
    pub fn new() -> Watch {
        Watch {
            shown: StoredValue::new_local(Vec::new()),
            timer: StoredValue::new_local(None),
            span: StoredValue::new(0),
            speed: RwSignal::new(SPEEDS[2]),
            playing: RwSignal::new(false),
            now: RwSignal::new(0),
            pictures: RwSignal::new(0),
            run: RwSignal::new(0),
        }
    }

    /// Shows these designs from their beginning.
    pub fn show(self, designs: Vec<(String, Document)>, seed: u64, span: u64) {
        let shown = designs.into_iter().filter_map(|(name, document)| {
            let simulation = Simulation::new(&document, seed).ok()?;
            let mini = Mini::new(&simulation);
            Some(Shown { name, simulation, mini })
        });
        self.shown.set_value(shown.collect());
        self.span.set_value(span);
        self.now.set(0);
        self.run.update(|run| *run += 1);
        self.pictures.update(|count| *count += 1);
    }

    pub fn play(self) {
        self.playing.set(true);
        self.timer.set_value(Some(Interval::new(PICTURE, move || self.turn())));
    }

    pub fn pause(self) {
        self.playing.set(false);
        self.timer.set_value(None);
    }

    fn turn(self) {
        let step = self.speed.get_untracked() * SECOND * u64::from(PICTURE) / 1_000;
        let until = (self.now.get_untracked() + step).min(self.span.get_value());
        let clock = window().performance();
        let start = clock.as_ref().map_or(0.0, |clock| clock.now());
        let mut reached = true;
        self.shown.update_value(|shown| {
            for design in shown {
                while !design.simulation.run_until(Time(until), SLICE).reached {
                    if clock.as_ref().is_none_or(|clock| clock.now() - start > BUDGET) {
                        reached = false;
                        break;
                    }
                }
            }
        });
        // Whoever is behind catches up before the clock goes on.
        if reached {
            self.now.set(until);
        }
        self.pictures.update(|count| *count += 1);
        if reached && until >= self.span.get_value() {
            self.pause();
        }
    }

    pub fn view(self) -> AnyView {
        let designs = live_part(move || {
            self.run.track();
            let count = self.shown.with_value(Vec::len);
            (0..count).map(|place| self.design(place)).collect_view()
        });
        let speeds = SPEEDS.map(|speed| {
            let selected = speed == self.speed.get_untracked();
            view! { <option value=speed.to_string() selected=selected>{format!("{speed}×")}</option> }
        });
        view! {
            <div class="watch" class:hidden=live_flag(move || {
                self.run.track();
                self.shown.with_value(Vec::is_empty)
            })>
                <div class="watch-bar">
                    <button
                        data-testid="watch-play" on:click=move |_| if self.playing.get_untracked() { self.pause() } else { self.play() }
                        disabled=live_flag(move || self.now.get() >= self.span.get_value() && !self.playing.get())
                    >
                        {live_text(move || if self.playing.get() { "Pause" } else { "Play side by side" })}
                    </button>
                    <select aria-label="Speed" on:change=move |event| self.speed.set(event_target_value(&event).parse().unwrap_or(SPEEDS[2]))>
                        {speeds.collect_view()}
                    </select>
                    <span data-testid="watch-time">{live_text(move || Time(self.now.get()))}</span>
                    <span class="quiet">"One clock, the same requests; the first seed."</span>
                </div>
                <div class="watch-designs">{designs}</div>
            </div>
        }
        .into_any()
    }

    fn design(self, place: usize) -> AnyView {
        let picture = live_text(move || {
            self.pictures.track();
            self.shown.with_value(|shown| {
                shown.get(place).map_or(String::new(), |design| design.mini.svg(&design.simulation))
            })
        });
        let words = live_text(move || {
            self.pictures.track();
            self.shown.with_value(|shown| {
                shown.get(place).map_or(String::new(), |design| {
                    let headline = design.simulation.headline();
                    format!(
                        "{} requests, {:.0} % answered with success, p95 {:.0} ms, {} wait",
                        headline.requests,
                        headline.success_rate * 100.0,
                        headline.latency.p95 as f64 / 1_000.0,
                        headline.queue_depth
                    )
                })
            })
        });
        let name = self.shown.with_value(|shown| shown.get(place).map_or(String::new(), |design| design.name.clone()));
        view! {
            <figure class="watch-design" data-testid="watch-design">
                <figcaption><b>{name}</b><span class="quiet">{words}</span></figcaption>
                <div inner_html=picture></div>
            </figure>
        }
        .into_any()
    }
}
