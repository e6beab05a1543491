//! Pieces that several live views are made of.

use crate::diagram::NodeIndex;
use crate::kernel::Time;
use crate::language::filled;
use crate::services::Serial;
use crate::simulation::{DeliveryView, MessageView, Simulation};
use crate::ui::format::{count, left, span};
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{State, use_state};
use leptos::prelude::*;

/// Named figures in a row.
pub fn figures(list: Vec<(&'static str, String)>) -> impl IntoView {
    let figure = |(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    view! { <dl class="figures">{list.into_iter().map(figure).collect_view()}</dl> }
}

pub fn name_of(state: State, node: NodeIndex) -> String {
    state.read(|simulation| simulation.plan().nodes.get(node.usize()).map_or(String::new(), |node| node.name.clone()))
}

/// Messages, each of which opens on a click. What is open stays so while the list moves on. `due` says what happens in
/// `{time}`, if anything does.
#[component]
pub fn Messages(list: Signal<Vec<MessageView>>, empty: &'static str, due: &'static str) -> impl IntoView {
    let state = use_state();
    let now = move || {
        state.tick.track();
        state.read(|simulation| simulation.now())
    };
    let row = move |message: MessageView| {
        let serial = message.serial;
        // Its figures change while it stays in the list.
        let latest = Memo::new(move |before: Option<&Option<MessageView>>| {
            let found = list.with(|list| list.iter().find(|message| message.serial == serial).cloned());
            found.or_else(|| before.cloned().flatten())
        });
        let words = live_text(move || {
            latest.get().map_or(String::new(), |message| {
                let received = !due.is_empty() || message.receive_count > 0;
                let received = received.then(|| tr!("received {}×", message.receive_count));
                let age = tr!("{} old", span(now().since(message.created)));
                let due = message.due.map(|until| filled(due, &["time"], &[&left(until, now())]));
                received.into_iter().chain([age]).chain(due).collect::<Vec<_>>().join(", ")
            })
        });
        let lit = live_flag(move || state.highlighted.get() == Some(serial));
        view! {
            <li class="message" class:lit=lit>
                <details on:toggle=move |_| state.highlighted.set(Some(serial))>
                    <summary><b>{tr!("message {serial}", serial = serial)}</b>" "<span class="quiet">{words}</span></summary>
                    <pre>{message.body.clone()}</pre>
                    {message.attributes.clone().map(|attributes| view! { <p>{tr!("Attributes")}</p><pre>{attributes}</pre> })}
                    <p class="quiet">{tr!("request {id}", id = message.request_id)}</p>
                    <button class="small" data-testid="message-why" on:click=move |_| state.tell(serial)>{tr!("Its story: where and why?")}</button>
                </details>
            </li>
        }
    };
    view! {
        <ul class="messages">
            <For each=move || list.get() key=|message| message.serial children=row />
        </ul>
        <p class="quiet" class:hidden=live_flag(move || !list.with(Vec::is_empty))>{empty}</p>
    }
}

/// Receivers and how they fare.
pub fn deliveries(state: State, head: [&'static str; 4], list: Vec<DeliveryView>) -> impl IntoView {
    let rows = list
        .into_iter()
        .map(|it| {
            let name = name_of(state, it.to);
            let off = if it.enabled { String::new() } else { format!(" ({})", tr!("off")) };
            let mut failed = count(it.failed);
            if it.retrying > 0 {
                failed += &format!(", ↻ {}", count(it.retrying));
            }
            if it.waiting > 0 {
                failed = failed + ", " + &tr!("{} waiting", count(it.waiting));
            }
            for (cause, times) in &it.causes {
                failed += &format!("; {}: {}", cause.words(), count(*times));
            }
            if it.dead_lettered > 0 {
                failed = failed + "; " + &tr!("{} in the dead-letter queue", count(it.dead_lettered));
            }
            view! {
                <tr><td>{name}{off}</td><td>{count(it.delivered)}</td><td>{count(it.filtered)}</td><td>{failed}</td></tr>
            }
        })
        .collect_view();
    view! {
        <table>
            <thead><tr>{head.map(|head| view! { <th>{head}</th> }).collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// A time of the simulation as a short column.
pub fn at(time: Time) -> String {
    time.to_string()
}

/// A button to the story of the message behind a row, an e-mail or an exchange; nothing where the journal has forgotten it.
pub fn story_button(
    state: State,
    find: impl Fn(&Simulation) -> Option<Serial> + Copy + Send + 'static,
) -> impl IntoView {
    // While rows come in, a click may find the button replaced under it: the press counts.
    let open = move || match state.read(find) {
        Some(serial) => state.tell(serial),
        None => state.refuse(tr!("The journal has forgotten this message: it keeps the latest records only.")),
    };
    view! { <button class="bare why" data-testid="row-why" title=tr!("Its story: where it came from, and why") on:pointerdown=move |event| if event.pointer_type() == "mouse" && event.button() == 0 { open() } on:click=move |_| open()>{tr!("why?")}</button> }
}
