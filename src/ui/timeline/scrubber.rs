//! The line of time itself: drag along it, or go by keyboard.

use super::place;
use crate::kernel::{SECOND, Time};
use crate::ui::dock::TIMELINE;
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, use_state};
use crate::ui::time::{past, sign_of};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// More marks than this only cover each other.
const MARKS: usize = 80;

/// A mark: where it stands, in thousandths, what kind it is, and what it says.
type Shown = (u32, &'static str, String);

/// From when to when is shown, and up to where it is known, in seconds.
fn scale(state: State) -> (f64, f64) {
    let end = past(state, |past, _| past.end().seconds()).unwrap_or(0.0);
    state.stretch.get_untracked().unwrap_or((0.0, end.max(1.0)))
}

fn share(time: Time, (from, to): (f64, f64)) -> f64 {
    ((time.seconds() - from) / (to - from)).clamp(0.0, 1.0)
}

fn marks(state: State) -> Vec<Shown> {
    let scale = scale(state);
    let list = past(state, |past, _| {
        let within = past.metrics().marks().rev().filter(|mark| {
            let seconds = mark.time.seconds();
            seconds >= scale.0 && seconds <= scale.1
        });
        let mut list: Vec<Shown> = within
            .take(MARKS)
            .map(|mark| {
                let at = (share(mark.time, scale) * 1e3) as u32;
                (at, sign_of(mark.kind), format!("{}, {}: {}", mark.time, mark.kind.words(), mark.words))
            })
            .collect();
        let current = past.lines().into_iter().find(|line| line.current);
        let origins = past.lines().into_iter().filter_map(|line| {
            let (_, time) = line.origin?;
            let concerns = line.current || current.as_ref().map(|it| it.id) == line.origin.map(|it| it.0);
            concerns.then(|| {
                (
                    (share(time, scale) * 1e3) as u32,
                    "branch",
                    tr!("{time}: {branch} begins", time = time, branch = line.name),
                )
            })
        });
        list.extend(origins);
        list
    });
    list.unwrap_or_default()
}

/// Goes there; while it is dragged at most once a frame.
fn go(state: State, seconds: f64) {
    let end = past(state, |past, _| past.end()).unwrap_or_default();
    state.seek(Time((seconds.max(0.0) * SECOND as f64) as u64).min(end));
}

fn by_key(state: State, event: &KeyboardEvent) {
    let Some((now, end)) = past(state, |past, simulation| (simulation.now().seconds(), past.end().seconds())) else {
        return;
    };
    let (from, to) = scale(state);
    let step = ((to - from) / 100.0).max(0.01);
    let to = match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => now - step * if event.shift_key() { 0.1 } else { 1.0 },
        "ArrowRight" | "ArrowUp" => now + step * if event.shift_key() { 0.1 } else { 1.0 },
        "PageUp" => now + step * 10.0,
        "PageDown" => now - step * 10.0,
        "Home" => 0.0,
        "End" => end,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    state.playing.set(false);
    go(state, to.min(end));
}

#[component]
pub fn Scrubber() -> impl IntoView {
    let state = use_state();
    let track = NodeRef::<Div>::new();
    let dragging = RwSignal::new(false);
    let wanted = StoredValue::new(None::<f64>);
    let at = move |event: &PointerEvent| {
        let Some(track) = track.get_untracked() else { return };
        let place = track.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
        let (from, to) = scale(state);
        let waiting = wanted.get_value().is_some();
        wanted.set_value(Some(from + share.clamp(0.0, 1.0) * (to - from)));
        if !waiting {
            request_animation_frame(move || {
                if let Some(Some(seconds)) = wanted.try_update_value(Option::take) {
                    go(state, seconds);
                }
            });
        }
    };
    let shown = Memo::new(move |before: Option<&(u32, u32, f64)>| {
        if !state.dock.shows(TIMELINE) {
            return before.copied().unwrap_or_default();
        }
        state.tick.track();
        state.stretch.track();
        let scale = scale(state);
        let now = state.read(|simulation| simulation.now());
        let end = past(state, |past, _| past.end()).unwrap_or_default();
        ((share(now, scale) * 1e4) as u32, (share(end, scale) * 1e4) as u32, now.seconds())
    });
    let signs = Memo::new(move |_| {
        shown.track();
        // An edit at rest moves nothing, and is a mark all the same.
        state.revision.track();
        marks(state)
    });
    let percent = |share: u32| format!("{:.2}%", f64::from(share) / 100.0);
    let pressed = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(track) = track.get_untracked() {
            let _ = track.set_pointer_capture(event.pointer_id());
            let _ = track.focus();
        }
        event.prevent_default();
        state.playing.set(false);
        dragging.set(true);
        at(&event);
    };
    view! {
        <div class="scrub">
            <div
                node_ref=track class="scrub-track" role="slider" tabindex="0" aria-label=tr!("Moment that is shown") data-testid="scrubber"
                aria-valuemin="0" aria-valuemax=live_text(move || { shown.track(); past(state, |past, _| past.end().seconds() as u64).unwrap_or(0) })
                aria-valuenow=live_text(move || shown.get().2 as u64) aria-valuetext=place(state) class:dragging=live_flag(move || dragging.get())
                on:pointerdown=pressed on:pointermove=move |event| if dragging.get_untracked() { at(&event) }
                on:pointerup=move |event| {
                    if dragging.get_untracked() {
                        at(&event);
                        dragging.set(false);
                    }
                }
                on:pointercancel=move |_| dragging.set(false) on:keydown=move |event| by_key(state, &event)
            >
                <div class="scrub-line">
                    <div class="scrub-known" style:width=live_text(move || percent(shown.get().1))></div>
                    <div class="scrub-passed" style:width=live_text(move || percent(shown.get().0))></div>
                </div>
                {live_part(move || {
                    signs
                        .get()
                        .into_iter()
                        .map(|(at, kind, words)| {
                            view! {
                                <span
                                    class=format!("scrub-mark scrub-{kind}") data-testid=format!("mark-{kind}") title=words
                                    style:left=format!("{:.1}%", f64::from(at) / 10.0)
                                ></span>
                            }
                        })
                        .collect_view()
                })}
                <div class="scrub-thumb" style:left=live_text(move || percent(shown.get().0))></div>
            </div>
            <span class="scrub-place" data-testid="scrub-place">{place(state)}</span>
            <button
                data-testid="to-end" title=tr!("To the latest moment that is known") disabled=live_flag(move || !state.in_past.get())
                on:click=move |_| go(state, f64::MAX / 1e9)
            >
                {tr!("Latest")}
            </button>
            <button
                class:hidden=live_flag(move || state.stretch.get().is_none()) data-testid="whole-time"
                title=tr!("Show all of the time, not only the stretch that was chosen on a chart") on:click=move |_| state.stretch.set(None)
            >
                {tr!("All")}
            </button>
            <p class="quiet scrub-legend" aria-hidden="true">
                <span class="scrub-sign scrub-fault"></span>{tr!("fault")}" "<span class="scrub-sign scrub-edit"></span>{tr!("edit")}" "
                <span class="scrub-sign scrub-command"></span>{tr!("command")}" "<span class="scrub-sign scrub-branch"></span>{tr!("branch")}
            </p>
        </div>
    }
}
