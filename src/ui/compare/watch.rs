//! Designs side by side on one clock: small diagrams, on which the same requests travel at the same moment.

use super::mini::Mini;
use crate::kernel::{SECOND, Time};
use crate::language::translation_of;
use crate::language::{decimal, plain};
use crate::simulation::study::Design;
use crate::simulation::{Done, Simulation};
use crate::ui::canvas::tokens::Painter;
use crate::ui::canvas::{Layout, Viewport};
use crate::ui::reactive::{live_flag, live_part, live_text};
use leptos::html::Canvas;
use leptos::prelude::*;

/// Between two pictures of the figures, in milliseconds.
const PICTURE: f64 = 100.0;
/// Simulated seconds in a real one.
const SPEEDS: [f64; 5] = [0.25, 1.0, 10.0, 30.0, 100.0];
/// All simulations together may take this long for a frame, in milliseconds.
const BUDGET: f64 = 10.0;
/// A frame that comes later than this, after the tab was hidden for example, counts as no longer.
const LONGEST_FRAME: f64 = 100.0;
const SLICE: u64 = 2_000;

struct Shown {
    name: String,
    simulation: Simulation,
    /// Still to be done to it, the next one last.
    commands: Vec<Done>,
    mini: Mini,
    layout: Layout,
    painter: Painter,
    canvas: NodeRef<Canvas>,
}

impl Shown {
    /// Lets it run until then, for no more than `budget` events. Gives whether it got there.
    fn run_until(&mut self, until: Time, budget: u64) -> bool {
        match self.commands.last() {
            Some(done) if done.time <= until => {
                let there = self.simulation.run_until(done.time, budget).reached;
                if there && let Some(done) = self.commands.pop() {
                    // It was possible in the run that it comes from.
                    let _ = self.simulation.apply(done.command);
                }
                false
            }
            _ => self.simulation.run_until(until, budget).reached,
        }
    }

    /// Paints what has moved in this many seconds.
    fn paint(&mut self, seconds: f64, speed: f64) {
        self.painter.read(&self.simulation, speed);
        self.painter.advance(seconds);
        if let Some(canvas) = self.canvas.get_untracked() {
            let frame = self.mini.frame();
            let zoom = f64::from(canvas.client_width()) / frame.width();
            let viewport = Viewport { x: -frame.left * zoom, y: -frame.top * zoom, zoom };
            self.painter.draw(&canvas, &self.layout, viewport, None);
        }
    }
}

/// The designs that are watched, and their clock.
#[derive(Clone, Copy)]
pub struct Watch {
    shown: StoredValue<Vec<Shown>, LocalStorage>,
    span: StoredValue<u64>,
    speed: RwSignal<f64>,
    /// When the last frame was, and the last picture of the figures, in milliseconds.
    last: StoredValue<(f64, f64)>,
    playing: RwSignal<bool>,
    /// Whether a frame is asked for already: whoever pauses and plays on within one frame has one all the same.
    asked: StoredValue<bool>,
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
            span: StoredValue::new(0),
            speed: RwSignal::new(SPEEDS[1]),
            last: StoredValue::new((0.0, 0.0)),
            playing: RwSignal::new(false),
            asked: StoredValue::new(false),
            now: RwSignal::new(0),
            pictures: RwSignal::new(0),
            run: RwSignal::new(0),
        }
    }

    /// Shows these designs from their beginning.
    pub fn show(self, designs: Vec<Design>, seed: u64, span: u64) {
        let shown = designs.into_iter().filter_map(|Design { name, document, mut commands }| {
            commands.reverse();
            let simulation = Simulation::new(&document, seed).ok()?;
            let (mini, layout) = (Mini::new(&simulation), Layout::of(&simulation));
            Some(Shown { name, simulation, commands, mini, layout, painter: Painter::new(), canvas: NodeRef::new() })
        });
        self.shown.set_value(shown.collect());
        self.span.set_value(span);
        self.now.set(0);
        self.run.update(|run| *run += 1);
        self.pictures.update(|count| *count += 1);
    }

    pub fn play(self) {
        if !self.playing.get_untracked() {
            self.playing.set(true);
            self.last.set_value((now(), 0.0));
            self.ask();
        }
    }

    /// Asks for the next frame, once.
    fn ask(self) {
        if !self.asked.get_value() {
            self.asked.set_value(true);
            request_animation_frame(move || self.turn());
        }
    }

    pub fn pause(self) {
        self.playing.set(false);
    }

    /// One frame; asks for the next one while it plays.
    fn turn(self) {
        if self.asked.try_set_value(false).is_some() {
            // The room is gone.
            return;
        }
        if !self.playing.try_get_untracked().unwrap_or_default() {
            return;
        }
        let start = now();
        let (frame, picture) = self.last.get_value();
        let seconds = (start - frame).clamp(0.0, LONGEST_FRAME) / 1e3;
        let speed = self.speed.get_untracked();
        let step = (seconds * speed * SECOND as f64) as u64;
        let until = (self.now.get_untracked() + step).min(self.span.get_value());
        let mut reached = true;
        self.shown.update_value(|shown| {
            for design in shown {
                while !design.run_until(Time(until), SLICE) {
                    if now() - start > BUDGET {
                        reached = false;
                        break;
                    }
                }
                design.paint(seconds, speed);
            }
        });
        // Whoever is behind catches up before the clock goes on.
        let over = reached && until >= self.span.get_value();
        let due = start - picture >= PICTURE || over;
        self.last.set_value((start, if due { start } else { picture }));
        if reached {
            self.now.set(until);
        }
        if due {
            self.pictures.update(|count| *count += 1);
        }
        if over {
            self.pause();
        } else {
            self.ask();
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
            view! { <option value=speed.to_string() selected=selected>{format!("{}×", plain(speed, 2))}</option> }
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
                        {live_text(move || if self.playing.get() { tr!("Pause") } else { tr!("Play side by side") })}
                    </button>
                    <select aria-label=tr!("Speed") on:change=move |event| self.speed.set(event_target_value(&event).parse().unwrap_or(SPEEDS[2]))>
                        {speeds.collect_view()}
                    </select>
                    <span data-testid="watch-time">{live_text(move || Time(self.now.get()))}</span>
                    <span class="quiet">{tr!("One clock, the same requests; the first seed.")}</span>
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
                    if headline.requests == 0 {
                        return tr!("Not begun yet").to_string();
                    }
                    tr!(
                        "{requests} requests, {success} % success, p95 {latency} ms, {waiting} wait",
                        requests = headline.requests,
                        success = decimal(headline.success_rate * 100.0, 0),
                        latency = decimal(headline.latency.p95 as f64 / 1_000.0, 0),
                        waiting = headline.queue_depth
                    )
                })
            })
        });
        let design = self.shown.with_value(|shown| shown.get(place).map(|design| (design.name.clone(), design.canvas)));
        let Some((name, canvas)) = design else { return ().into_any() };
        view! {
            <figure class="watch-design" data-testid="watch-design">
                <figcaption><b>{translation_of(&name).into_owned()}</b><span class="quiet">{words}</span></figcaption>
                <div class="watch-picture">
                    <div inner_html=picture></div>
                    <canvas node_ref=canvas aria-hidden="true"></canvas>
                </div>
            </figure>
        }
        .into_any()
    }
}

/// Of the page, in milliseconds.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
