//! A request as a sequence diagram.

use super::name_of;
use crate::services::Trace;
use crate::simulation::{Sequence, Step, StepKind};
use crate::ui::dock::TRACE;
use crate::ui::reactive::live_part;
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

const COLUMN: f64 = 150.0;
const MARGIN: f64 = 78.0;
const HEAD: f64 = 44.0;
const ROW: f64 = 30.0;
/// Longer words than this are cut; the whole of them is the step's name.
const LONGEST: usize = 46;

#[component]
pub fn SequenceView(trace: Trace) -> impl IntoView {
    let state = use_state();
    let sequence = Memo::new(move |before: Option<&(Sequence, Vec<String>)>| {
        if !state.dock.shows(TRACE) {
            return before.cloned().unwrap_or_default();
        }
        state.tick.track();
        state.revision.track();
        state.read(|simulation| {
            let sequence = simulation.sequence(trace);
            let names = sequence.participants.iter().map(|node| name_of(simulation, *node)).collect();
            (sequence, names)
        })
    });
    live_part(move || {
        let (sequence, names) = sequence.get();
        draw(state, &sequence, &names)
    })
}

fn x(place: usize) -> f64 {
    MARGIN + place as f64 * COLUMN
}

fn y(row: usize) -> f64 {
    HEAD + (row as f64 + 0.8) * ROW
}

fn draw(state: State, sequence: &Sequence, names: &[String]) -> AnyView {
    let width = 2.0 * MARGIN + COLUMN * names.len().saturating_sub(1) as f64 + 120.0;
    let height = y(sequence.steps.len()) + 8.0;
    let heads = names.iter().enumerate().map(|(place, name)| {
        let words = cut(name, 18);
        view! {
            <g>
                <line class="sequence-life" x1=x(place) x2=x(place) y1=HEAD y2=height />
                <rect class="sequence-head" x=x(place) - 70.0 y="6" width="140" height="28" rx="6" />
                <text class="sequence-name" x=x(place) y="25" text-anchor="middle">{words}</text>
            </g>
        }
    });
    let heads = heads.collect_view();
    let steps = sequence.steps.iter().enumerate().map(|(row, it)| step(state, row, it, names)).collect_view();
    let left_out = match sequence.left_out {
        0 => String::new(),
        count => tr!("{n} step more is left out." | "{n} steps more are left out." % count),
    };
    view! {
        <div class="sequence" data-testid="sequence">
            <svg width=width height=height role="group" aria-label=tr!("Sequence diagram of the request")>
                <g aria-hidden="true">{heads}</g>
                {steps}
            </svg>
            <p class="quiet">{left_out}</p>
        </div>
    }
    .into_any()
}

fn step(state: State, row: usize, step: &Step, names: &[String]) -> AnyView {
    let (from, to, at) = (x(step.from), x(step.to), y(row));
    let message = step.message;
    let name = |place: usize| names.get(place).map_or("", String::as_str);
    let (time, words, sender, receiver) = (step.time, &step.words, name(step.from), name(step.to));
    let spoken = match step.kind {
        StepKind::Call => {
            tr!(
                "{time}: {sender} calls {receiver}, {words}",
                time = time,
                sender = sender,
                receiver = receiver,
                words = words
            )
        }
        StepKind::Message => {
            tr!(
                "{time}: {sender} sends to {receiver}, {words}",
                time = time,
                sender = sender,
                receiver = receiver,
                words = words
            )
        }
        StepKind::Return => {
            tr!(
                "{time}: {sender} answers {receiver}: {words}",
                time = time,
                sender = sender,
                receiver = receiver,
                words = words
            )
        }
        StepKind::Own | StepKind::Note => format!("{time}: {sender}: {words}"),
    };
    let class = match step.kind {
        StepKind::Call => "sequence-step call",
        StepKind::Return => "sequence-step return",
        StepKind::Message => "sequence-step message",
        StepKind::Own => "sequence-step own",
        StepKind::Note => "sequence-step note",
    };
    let words = cut(&step.words, LONGEST);
    let drawn = if step.from == step.to || matches!(step.kind, StepKind::Own | StepKind::Note) {
        let sign = if step.bad { "✕" } else { "•" };
        view! {
            <text class="sequence-sign" x=from y=at + 4.0 text-anchor="middle">{if words.starts_with('✕') { "•" } else { sign }}</text>
            <text class="sequence-words" x=from + 12.0 y=at + 4.0>{words}</text>
        }
        .into_any()
    } else {
        let right = to > from;
        let end = if step.lost { from + (to - from) / 2.0 } else { to };
        let back = if right { -7.0 } else { 7.0 };
        let head = format!("M{} {} L{} {} L{} {}", end + back, at - 4.5, end, at, end + back, at + 4.5);
        let cross = format!(
            "M{} {} L{} {} M{} {} L{} {}",
            end - 5.0,
            at - 5.0,
            end + 5.0,
            at + 5.0,
            end + 5.0,
            at - 5.0,
            end - 5.0,
            at + 5.0
        );
        view! {
            <line class="sequence-line" x1=from x2=end y1=at y2=at />
            <path class="sequence-arrow" d=if step.lost { cross } else { head } />
            <text class="sequence-words" x=(from + to) / 2.0 y=at - 5.0 text-anchor="middle">{words}</text>
        }
        .into_any()
    };
    let open = move || {
        if message != 0 {
            state.tell(message);
        }
    };
    view! {
        <g
            class=class class:bad=step.bad tabindex="0" role="button" aria-label=spoken data-testid="sequence-step" on:click=move |_| open()
            on:keydown=move |event| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    event.stop_propagation();
                    open();
                }
            }
        >
            <rect class="sequence-reach" x=from.min(to) - 60.0 y=at - ROW * 0.6 width=(to - from).abs() + 320.0 height=ROW />
            {drawn}
        </g>
    }
    .into_any()
}

fn cut(words: &str, longest: usize) -> String {
    if words.chars().count() <= longest {
        return words.to_string();
    }
    let mut short: String = words.chars().take(longest - 1).collect();
    short.push('…');
    short
}
