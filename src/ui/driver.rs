//! The one animation loop: lets the simulation go on, paints what moves, and now and then tells the signals.

use super::canvas::Drawing;
use super::canvas::tokens::Painter;
use super::state::State;
use crate::kernel::SECOND;
use crate::simulation::Simulation;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The simulation may take this much of a frame, in milliseconds.
const BUDGET: f64 = 8.0;
/// Events between two looks at the clock.
const SLICE: u64 = 2_000;
/// Between two ticks, in milliseconds.
const TICK: f64 = 100.0;
/// A frame that comes later than this, after the tab was hidden for example, counts as no longer.
const LONGEST_FRAME: f64 = 100.0;
/// After a step, what set out is still drawn for this long, in seconds.
const LINGER: f64 = 0.8;

type Frame = Closure<dyn FnMut(f64)>;

struct Loop {
    painter: RefCell<Painter>,
    last: Cell<f64>,
    last_tick: Cell<f64>,
    linger: Cell<f64>,
    running: Cell<bool>,
    frame: RefCell<Option<Frame>>,
}

/// Starts the loop. It rests while nothing moves.
pub fn start(state: State, drawing: Drawing) {
    let driver = Rc::new(Loop {
        painter: RefCell::new(Painter::new()),
        last: Cell::new(0.0),
        last_tick: Cell::new(0.0),
        linger: Cell::new(0.0),
        running: Cell::new(false),
        frame: RefCell::new(None),
    });
    let inner = driver.clone();
    *driver.frame.borrow_mut() = Some(Closure::new(move |now: f64| {
        inner.running.set(false);
        if inner.turn(now, state, drawing) {
            inner.request();
        }
    }));
    let seen = driver.clone();
    drawing.picker.set_value(Some(Rc::new(move |place, reach| seen.painter.try_borrow().ok()?.token_at(place, reach))));
    // Whatever people do wakes it.
    let waker = StoredValue::new_local(driver.clone());
    Effect::new(move |_| {
        state.playing.track();
        state.run.track();
        state.jumps.track();
        drawing.viewport.track();
        drawing.laid.track();
        state.highlighted.track();
        waker.with_value(|driver| driver.request());
    });
    Effect::new(move |before: Option<u64>| {
        state.tick.track();
        let jumps = state.jumps.get_untracked();
        // A moment that is shown out of turn stands still.
        if before == Some(jumps) && !state.playing.get_untracked() {
            waker.with_value(|driver| {
                driver.linger.set(LINGER);
                driver.request();
            });
        }
        jumps
    });
}

impl Loop {
    fn request(&self) {
        if self.running.replace(true) {
            return;
        }
        if let Some(frame) = self.frame.borrow().as_ref() {
            let _ = window().request_animation_frame(frame.as_ref().unchecked_ref());
        }
    }

    /// One frame. Gives whether another one is wanted.
    fn turn(&self, now: f64, state: State, drawing: Drawing) -> bool {
        let elapsed = (now - self.last.replace(now)).clamp(0.0, LONGEST_FRAME) / 1e3;
        let playing = state.playing.get_untracked();
        let speed = state.speed.get_untracked();
        let mut painter = self.painter.borrow_mut();
        let shown = (state.run.get_untracked(), state.jumps.get_untracked());
        painter.start_run(shown);
        if playing {
            let reached = go_on(state, elapsed * speed);
            if now - self.last_tick.get() >= TICK {
                self.last_tick.set(now);
                let slow = (elapsed > 0.0 && reached < 0.9).then_some(reached * speed);
                if state.reached_speed.get_untracked() != slow {
                    state.reached_speed.set(slow);
                }
                state.ticked();
            }
        }
        state.read(|simulation| painter.read(simulation, speed));
        let moves = playing || self.linger.get() > 0.0;
        self.linger.set((self.linger.get() - elapsed).max(0.0));
        if moves {
            painter.advance(elapsed);
        }
        if let Some(canvas) = drawing.canvas.get_untracked() {
            let viewport = drawing.viewport.get_untracked();
            let highlighted = state.highlighted.get_untracked();
            drawing.layout.with_value(|layout| painter.draw(&canvas, layout, viewport, highlighted));
        }
        playing || (self.linger.get() > 0.0 && painter.busy())
    }
}

/// Lets this many simulated seconds pass, as far as a frame has room. Gives the share that was reached.
fn go_on(state: State, seconds: f64) -> f64 {
    let now = || state.read(Simulation::now);
    let from = now();
    let until = from + (seconds * SECOND as f64) as u64;
    let clock = window().performance();
    let start = clock.as_ref().map_or(0.0, |clock| clock.now());
    while !state.run_until(until, SLICE).reached {
        // At a breakpoint.
        if !state.playing.get_untracked() {
            return 1.0;
        }
        if clock.as_ref().is_none_or(|clock| clock.now() - start > BUDGET) {
            return now().since(from) as f64 / until.since(from).max(1) as f64;
        }
    }
    1.0
}
