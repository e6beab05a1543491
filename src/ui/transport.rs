//! Play, pause, step, reset, speed and the simulated clock.

use super::canvas::events::ask;
use super::state::{SPEEDS, use_state};
use super::time;
use crate::language::{decimal, plain};
use crate::small::short;
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_text};
use leptos::prelude::*;

const PLAY: &str = "M5 3.5v13l11-6.5z";
const PAUSE: &str = "M6.5 4v12M13.5 4v12";
const STEP: &str = "M4 4v12l8-6zM15 4v12";
const BACK: &str = "M16 4v12l-8-6zM5 4v12";
const START: &str = "M17 4v12l-6-6zM11 4v12l-6-6zM3.5 4v12";
const RESET: &str = "M4.5 10a5.5 5.5 0 1 0 1.8-4M4 3.5v3.5h3.5";

/// An icon of our own, drawn in strokes: not every font has these signs.
#[component]
pub fn Icon(#[prop(into)] path: Signal<String>) -> impl IntoView {
    view! {
        <svg class="stroke-icon" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            <path d=path />
        </svg>
    }
}

#[component]
pub fn Transport() -> impl IntoView {
    let state = use_state();
    let speeds = move |shown: fn(f64) -> bool| {
        let speeds = SPEEDS.into_iter().filter(move |speed| shown(*speed));
        speeds
            .map(|speed| {
                let name = format!("{}×", plain(speed, 2));
                view! { <option value=short(speed, 2).to_string() selected=live_flag(move || state.speed.get() == speed)>{name}</option> }
            })
            .collect_view()
    };
    let toggle = move || state.playing.update(|playing| *playing = !*playing);
    let now = live_text(move || {
        state.tick.track();
        state.read(|simulation| simulation.now().to_string())
    });
    let note = live_text(move || match (state.stopped.get(), state.branched.get(), state.in_past.get()) {
        (Some(words), ..) => tr!("Paused: {reason}.", reason = words),
        (_, Some(name), _) => tr!("{branch} begins here. What had come after is kept: see Timeline.", branch = name),
        (_, _, true) => tr!("In the past: what comes next is known. A change here begins a branch.").to_string(),
        _ => String::new(),
    });
    view! {
        <div class="transport" role="group" aria-label=tr!("Transport")>
            <button
                class="icon-button" data-testid="to-start" aria-label=tr!("Back to the beginning") title=tr!("Back to the beginning; what came after is kept")
                on:click=move |_| state.go_to_beginning()
            >
                <Icon path=live_text(|| START) />
            </button>
            <button class="icon-button" data-testid="back" aria-label=tr!("Step back") title=tr!("Back to the event before (,)") on:click=move |_| time::back(state)>
                <Icon path=live_text(|| BACK) />
            </button>
            <button
                class="primary" data-testid="play" title=tr!("Space") on:click=move |_| toggle()
                aria-pressed=live_text(move || state.playing.get().to_string())
            >
                <Icon path=live_text(move || if state.playing.get() { PAUSE } else { PLAY }) />
                {live_text(move || if state.playing.get() { tr!("Pause") } else { tr!("Play") })}
            </button>
            <button data-testid="step" title=tr!("To the next event (.)") on:click=move |_| state.step()>
                <Icon path=live_text(|| STEP) />
                {tr!("transport" => "Step")}
            </button>
            <button data-testid="reset" title=tr!("The same diagram from the beginning, as it was loaded") on:click=|_| ask("reset")>
                <Icon path=live_text(|| RESET) />
                {tr!("Reset")}
            </button>
            <label class="speed">
                <span class="quiet">{tr!("Speed")}</span>
                <select
                    aria-label=tr!("Speed") data-testid="speed" prop:value=live_text(move || short(state.speed.get(), 2).to_string())
                    on:change=move |event| {
                        if let Some(speed) = parse_number(&event_target_value(&event)) {
                            state.speed.set(speed);
                        }
                    }
                >
                    <optgroup label=tr!("Slow motion")>{speeds(|speed| speed < 1.0)}</optgroup>
                    {speeds(|speed| speed >= 1.0)}
                </select>
            </label>
            // Not told aloud: it changes all the time.
            <span class="clock" role="timer" aria-label=tr!("Simulated time") data-testid="clock" title=tr!("Simulated time")>{now}</span>
            <p class="transport-note" role="status" data-testid="time-note">{note}</p>
            <span class="quiet reached">
                {live_text(move || state.reached_speed.get().map(|speed| tr!("this machine reaches {}×", decimal(speed, 0))).unwrap_or_default())}
            </span>
        </div>
    }
}
