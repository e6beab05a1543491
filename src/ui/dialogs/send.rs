//! Composes a payload and sends it, once or as a burst.

use super::follow;
use crate::diagram::{NodeKind, NodeSettings};
use crate::simulation::Command;
use crate::ui::format::{parse_json, with_code};
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{said, use_state};
use leptos::html::Dialog;
use leptos::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const MOST: u32 = 1_000;

/// A good example for this node: what its client sends, or what any client of the diagram sends.
fn example(state: crate::ui::state::State, id: Uuid) -> String {
    let payload = state.read(|simulation| {
        let plan = simulation.plan();
        let own = plan.find_node(id).map(|index| plan.node(index));
        let client = own
            .filter(|node| node.kind == NodeKind::Client)
            .or(plan.nodes.iter().find(|node| node.kind == NodeKind::Client && !node.removed));
        match client.map(|node| &node.settings) {
            Some(NodeSettings::Client(client)) => client.payloads.first().map(|payload| payload.source().clone()),
            _ => None,
        }
    });
    let payload = payload.unwrap_or_else(|| {
        json!({ "customerId": "C-1042", "policyNumber": "AUTO-77310", "amount": 49.9, "currency": "EUR", "period": "2026-03" })
    });
    // FIFO needs a message group: the request as the service has it, instead of the message alone.
    let body = state.read(|simulation| {
        let plan = simulation.plan();
        match plan.find_node(id).map(|index| &plan.node(index).settings) {
            Some(NodeSettings::Queue(queue)) if queue.fifo => Some("MessageBody"),
            Some(NodeSettings::Topic(topic)) if topic.fifo => Some("Message"),
            _ => None,
        }
    });
    let payload = match body {
        Some(body) => {
            json!({ body: payload, "MessageGroupId": "C-1042", "MessageDeduplicationId": "{{requestId}}" })
        }
        None => payload,
    };
    format!("{payload:#}")
}

/// The payload, or what is wrong with it and where.
fn parse(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Err(tr!("There is no payload yet. Write JSON, for example {example}.", example = "{\"amount\": 49.9}"));
    }
    parse_json(text)
}

#[component]
pub fn SendDialog() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    let text = RwSignal::new(String::new());
    let burst = RwSignal::new("20".to_string());
    let refused = RwSignal::new(String::new());
    // What was composed for a node is still there when its dialog opens again.
    let composed = StoredValue::new(None);
    Effect::new(move |_| {
        if let Some(id) = state.composing.get() {
            let now = Some((state.run.get_untracked(), id));
            if composed.get_value() != now {
                composed.set_value(now);
                text.set(example(state, id));
            }
            refused.set(String::new());
        }
    });
    follow(dialog, move || state.composing.get().is_some());
    let problem = move || match refused.get() {
        refused if refused.is_empty() => parse(&text.get()).err().unwrap_or_default(),
        refused => refused,
    };
    let send = move |count: u32| {
        let (Some(node), Ok(payload)) = (state.composing.get_untracked(), parse(&text.get_untracked())) else { return };
        match state.apply(Command::Send { node, payload, count }) {
            Ok(()) => {
                refused.set(String::new());
                state.composing.set(None);
            }
            Err(problems) => refused.set(said(&problems)),
        }
    };
    let send_burst = move || match burst.get_untracked().trim().parse::<u32>() {
        Ok(count) if (1..=MOST).contains(&count) => send(count),
        _ => refused.set(tr!("A burst has 1 to {most} messages.", most = MOST)),
    };
    let name = live_text(move || {
        let name = state.composing.get().map_or(String::new(), |id| state.name_of(id));
        tr!("Send: {node}", node = name)
    });
    view! {
        <dialog node_ref=dialog class="wide" aria-labelledby="send-title" on:close=move |_| state.composing.set(None)>
            <h2 id="send-title">{name}</h2>
            <label for="send-payload">{with_code(tr!("Payload, JSON. `{{requestId}}` stands for each request's own id."))}</label>
            <textarea
                id="send-payload" data-testid="send-payload" rows="12" spellcheck="false" aria-describedby="send-error"
                aria-invalid=live_text(move || (!problem().is_empty()).to_string()) prop:value=live_text(move || text.get())
                on:input=move |event| {
                    refused.set(String::new());
                    text.set(event_target_value(&event));
                }
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        send(1);
                    }
                }
            ></textarea>
            <p id="send-error" class="error" data-testid="send-error" role="status">{problem}</p>
            <div class="buttons">
                <button class="primary" data-testid="send-one" disabled=live_flag(move || !problem().is_empty()) title=tr!("Ctrl+Enter") on:click=move |_| send(1)>
                    {tr!("Send one")}
                </button>
                <label>
                    {tr!("Burst of")}
                    " "
                    <input
                        type="number" class="short" data-testid="send-count" min="1" max=MOST prop:value=live_text(move || burst.get())
                        on:input=move |event| {
                            refused.set(String::new());
                            burst.set(event_target_value(&event));
                        }
                    />
                </label>
                <button data-testid="send-burst" disabled=live_flag(move || parse(&text.get()).is_err()) on:click=move |_| send_burst()>{tr!("Send burst")}</button>
                <span class="space"></span>
                <button class="bare" on:click=move |_| state.composing.set(None)>{tr!("Close")}</button>
            </div>
        </dialog>
    }
}
