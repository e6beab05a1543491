//! Asks which events of a bus's archive come once more, and stops that again: StartReplay, CancelReplay.

use crate::kernel::{SECOND, Time};
use crate::services::ReplayState;
use crate::simulation::{Command, NodeView};
use crate::ui::format::parse_number;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{said, use_state};
use leptos::prelude::*;
use uuid::Uuid;

/// The longest run, in seconds.
const LONGEST: f64 = 366.0 * 86_400.0;

/// From and until when, as buses with an archive have it.
#[component]
pub fn ReplayForm(id: Uuid, view: Memo<Option<NodeView>>) -> impl IntoView {
    let state = use_state();
    let (from, until) = (RwSignal::new("0".to_string()), RwSignal::new(String::new()));
    let refused = RwSignal::new(String::new());
    let archived = Memo::new(move |_| matches!(view.get(), Some(NodeView::Bus(bus)) if bus.archive.is_some()));
    let under_way = Memo::new(move |_| match view.get() {
        Some(NodeView::Bus(bus)) => {
            bus.replays.iter().any(|replay| matches!(replay.state, ReplayState::Starting | ReplayState::Running))
        }
        _ => false,
    });
    let moment = |text: String| {
        let seconds = parse_number(&text).filter(|seconds| (0.0..=LONGEST).contains(seconds));
        seconds.map(|seconds| Time((seconds * SECOND as f64) as u64))
    };
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let now = state.read(|simulation| simulation.now());
        let until = until.get_untracked();
        let end = if until.trim().is_empty() { Some(now) } else { moment(until) };
        let (Some(start), Some(end)) = (moment(from.get_untracked()), end) else {
            return refused.set(tr!("Type seconds of simulated time, such as 12.5.").to_string());
        };
        let result = state.apply(Command::StartReplay { bus: id, start, end });
        refused.set(result.err().map(|problems| said(&problems)).unwrap_or_default());
    };
    let field = |label: &'static str, test: &'static str, hint: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                {label}" "
                <input
                    inputmode="decimal" size="6" data-testid=test placeholder=hint prop:value=live_text(move || value.get())
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <form class="replay-form" class:hidden=live_flag(move || !archived.get()) on:submit=start>
            {field(tr!("From second"), "replay-from", "0", from)} " " {field(tr!("until second" => "to"), "replay-until", tr!("now"), until)}
            <button data-testid="replay">{tr!("Replay")}</button>
            <button
                type="button" data-testid="cancel-replay" class:hidden=live_flag(move || !under_way.get())
                on:click=move |_| state.try_apply(Command::CancelReplay { bus: id })
            >
                {tr!("Cancel the replay")}
            </button>
            <p class="error" role="status">{live_text(move || refused.get())}</p>
        </form>
    }
}
