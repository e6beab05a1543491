//! Asks where a dead-letter queue's messages go, and how fast: StartMessageMoveTask.

use super::Hands;
use crate::diagram::{NodeKind, NodeSettings};
use crate::simulation::Command;
use crate::ui::dialogs::follow;
use crate::ui::reactive::{live_part, live_text};
use crate::ui::state::said;
use leptos::html::Dialog;
use leptos::prelude::*;
use uuid::Uuid;

/// Messages a second: sqs-configure-dead-letter-queue-redrive.
const FASTEST: u32 = 500;

/// Queues to which these messages may be moved: of the same type, and not the one they are in.
fn destinations(hands: Hands, queue: Uuid) -> Vec<(Uuid, String)> {
    hands.state.read(|simulation| {
        let plan = simulation.plan();
        let fifo = |settings: &NodeSettings| matches!(settings, NodeSettings::Queue(queue) if queue.fifo);
        let Some(own) = plan.find_node(queue).map(|index| fifo(&plan.node(index).settings)) else { return Vec::new() };
        let others = plan.nodes.iter().filter(|node| node.kind == NodeKind::Queue && !node.removed && node.id != queue);
        others.filter(|node| fifo(&node.settings) == own).map(|node| (node.id, node.name.clone())).collect()
    })
}

#[component]
pub fn RedriveDialog(hands: Hands) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let destination = RwSignal::new(String::new());
    let rate = RwSignal::new("10".to_string());
    let refused = RwSignal::new(String::new());
    Effect::new(move |_| {
        if hands.redriving.get().is_some() {
            destination.set(String::new());
            refused.set(String::new());
        }
    });
    follow(dialog, move || hands.redriving.get().is_some());
    let start = move |_| {
        let Some(queue) = hands.redriving.get_untracked() else { return };
        let Some(rate) = rate.get_untracked().trim().parse().ok().filter(|rate| (1..=FASTEST).contains(rate)) else {
            refused.set(tr!("A redrive moves 1 to {most} messages a second.", most = FASTEST));
            return;
        };
        let destination = Uuid::parse_str(&destination.get_untracked()).ok();
        match hands.state.apply(Command::Redrive { queue, rate: Some(rate), destination }) {
            Ok(()) => hands.redriving.set(None),
            Err(problems) => refused.set(said(&problems)),
        }
    };
    let options = live_part(move || {
        let queues = hands.redriving.get().map(|queue| destinations(hands, queue)).unwrap_or_default();
        let option = |(id, name): (Uuid, String)| view! { <option value=id.to_string()>{name}</option> };
        queues.into_iter().map(option).collect_view().into_any()
    });
    let title = live_text(move || {
        hands.redriving.get().map_or(String::new(), |id| tr!("Redrive: {queue}", queue = hands.state.name_of(id)))
    });
    view! {
        <dialog node_ref=dialog aria-labelledby="redrive-title" data-testid="redrive-dialog" on:close=move |_| hands.redriving.set(None)>
            <h2 id="redrive-title">{title}</h2>
            <p>{tr!("What is moved is a new message: its age begins anew.")}</p>
            <p>
                <label for="redrive-to">{tr!("Move its messages to")}" "</label>
                <select id="redrive-to" data-testid="redrive-to" prop:value=live_text(move || destination.get()) on:change=move |event| destination.set(event_target_value(&event))>
                    <option value="">{tr!("where each came from")}</option>
                    {options}
                </select>
            </p>
            <p>
                <label for="redrive-rate">{tr!("Messages a second")}" "</label>
                <input
                    id="redrive-rate" data-testid="redrive-rate" type="number" min="1" max=FASTEST.to_string() aria-describedby="redrive-error"
                    prop:value=live_text(move || rate.get()) on:input=move |event| rate.set(event_target_value(&event))
                />
            </p>
            <p id="redrive-error" class="error" role="status">{live_text(move || refused.get())}</p>
            <div class="buttons">
                <button class="primary" data-testid="redrive-start" on:click=start>{tr!("Start")}</button>
                <button on:click=move |_| hands.redriving.set(None)>{tr!("Cancel")}</button>
            </div>
        </dialog>
    }
}
