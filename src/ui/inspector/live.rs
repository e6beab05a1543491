//! How a node fares, by its kind. Read again at every tick.

use super::parts::{Messages, at, deliveries, figures, name_of, story_button};
use super::replay::ReplayForm;
use crate::diagram::{AS_OF, REGION};
use crate::kernel::Time;
use crate::services::{Circuit, Trace};
use crate::simulation::*;
use crate::ui::dock::COST;
use crate::ui::format::{count, dollars, left, span};
use crate::ui::reactive::{live_part, live_text};
use crate::ui::state::{State, is_phone, use_state};
use leptos::prelude::*;
use uuid::Uuid;

/// The present view; what was seen last where the node is gone.
fn watch(state: State, id: Uuid) -> Memo<Option<NodeView>> {
    Memo::new(move |_| {
        state.tick.track();
        state.read(|simulation| simulation.plan().find_node(id).map(|node| simulation.view(node)))
    })
}

#[component]
pub fn Live(id: Uuid) -> impl IntoView {
    let state = use_state();
    let view = watch(state, id);
    // Lists that people open and read keep their elements; the rest is small and simply built anew.
    let live = match view.get_untracked() {
        Some(NodeView::Queue(_)) => view! { <QueueLive id view /> }.into_any(),
        Some(NodeView::Client(_)) => view! { <ClientLive view /> }.into_any(),
        Some(NodeView::Bus(_) | NodeView::Topic(_)) => view! { <Router id view /> }.into_any(),
        Some(NodeView::Function(_)) => view! { <FunctionLive view /> }.into_any(),
        _ => live_part(move || small(state, id, view.get())).into_any(),
    };
    view! {
        {live}
        {live_part(move || {
            view.track();
            bill(state, id)
        })}
    }
}

/// What the node has cost so far.
fn bill(state: State, id: Uuid) -> AnyView {
    let charges = state
        .read(|simulation| simulation.plan().find_node(id).map(|node| simulation.charges(node)).unwrap_or_default());
    if charges.is_empty() {
        return ().into_any();
    }
    let row = |charge: &Charge| {
        view! { <tr><td>{charge.item}</td><td>{count(charge.quantity as u64)}</td><td>{dollars(charge.cost)}" $"</td></tr> }
    };
    view! {
        <h3>"Cost so far"</h3>
        <table data-testid="bill">{charges.iter().map(row).collect_view()}</table>
        <p class="quiet">
            "Prices of "{REGION}", "{AS_OF}". "
            <button
                class="bare to-dock" data-testid="costs-open"
                on:click=move |_| {
                    // On a phone the inspector lies over it.
                    if is_phone() {
                        state.select(None);
                    }
                    state.dock.show(COST);
                }
            >
                "All costs and prices"
            </button>
        </p>
    }
    .into_any()
}

fn small(state: State, id: Uuid, view: Option<NodeView>) -> AnyView {
    match view {
        Some(NodeView::Gateway(it)) => gateway(state, it).into_any(),
        Some(NodeView::Rule(it)) => view! {
            {figures(vec![("matched", count(it.matched))])}
            {(!it.schedule.is_empty()).then(|| {
                let now = state.read(|simulation| simulation.now());
                let next = it.next.map_or("never again".to_string(), |next| format!("in {}", left(next, now)));
                view! {
                    <h3>"Schedule"</h3>
                    <pre>{it.schedule}</pre>
                    {figures(vec![("fired", count(it.fired)), ("next", next)])}
                }
            })}
            <h3>"Event pattern"</h3>
            <pre>{it.pattern}</pre>
            <h3>"Targets"</h3>
            {deliveries(state, ["target", "delivered", "filtered", "failed"], it.targets)}
        }
        .into_any(),
        Some(NodeView::Database(it)) => database(state, id, it).into_any(),
        Some(NodeView::Mailer(it)) => mailer(state, id, it).into_any(),
        Some(NodeView::Endpoint(it)) => {
            figures(vec![("requests", count(it.requests)), ("failures", count(it.failures))]).into_any()
        }
        Some(NodeView::Other) => view! {
            <p class="quiet">"This resource is drawn so that nothing of the template is missing. It is not simulated: no message comes here."</p>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn gateway(state: State, it: GatewayView) -> impl IntoView {
    let buckets = it
        .buckets
        .iter()
        .map(|bucket| {
            let share = (bucket.tokens / bucket.burst.max(1) as f64).clamp(0.0, 1.0) * 100.0;
            let words = format!(
                "{}: {} of {} tokens, {} more each second",
                bucket.name,
                bucket.tokens as u64,
                count(bucket.burst),
                bucket.rate
            );
            view! {
                <div class="meter" role="img" aria-label="Tokens left"><span style:width=format!("{share:.1}%")></span></div>
                <p class="quiet">{words}</p>
            }
        })
        .collect_view();
    let keys = it.keys.iter().map(|key| {
        let left = match (key.left, key.limit) {
            (Some(left), Some(limit)) => format!("{} of {} left", count(left), count(limit)),
            _ => "no quota".to_string(),
        };
        vec![key.key.clone(), key.plan.clone(), count(key.requests), left]
    });
    let routes = it.routes.iter().map(|route| {
        let path = format!("{} {}", route.method, route.path);
        vec![path, name_of(state, route.target), count(route.requests), count(route.errors)]
    });
    let log = it.log.iter().map(|entry| {
        let mut how = vec![span(entry.response_latency)];
        how.extend(entry.integration_latency.map(|latency| format!("integration {}", span(latency))));
        how.extend(entry.authorizer_latency.map(|latency| format!("authorizer {}", span(latency))));
        how.extend(entry.cached.then(|| "from the cache".to_string()));
        how.extend(entry.canary.then(|| "canary".to_string()));
        how.extend(entry.why.map(str::to_string));
        let request = format!("{} {}", entry.method, entry.path);
        vec![at(entry.time), entry.trace.to_string(), entry.status.to_string(), request, how.join(", ")]
    });
    let statuses = it
        .statuses
        .iter()
        .map(|(status, number)| view! { <li><b>{*status}</b>" "{count(*number)}</li> })
        .collect_view();
    let mut numbers = vec![("waiting for an integration", count(it.waiting))];
    if let Some((hits, misses, kept)) = it.cache {
        numbers.push(("from the cache", format!("{} of {}", count(hits), count(hits + misses))));
        numbers.push(("answers kept", count(kept)));
    }
    if let Some((asked, hits)) = it.authorizer {
        numbers.push(("authorizer asked", count(asked)));
        numbers.push(("decisions reused", count(hits)));
    }
    numbers.extend(it.canary.map(|requests| ("to the canary", count(requests))));
    view! {
        <h3>"Token buckets"</h3>
        {buckets}
        {figures(numbers)}
        {table("Routes", ["route", "to", "requests", "errors"], routes.collect())}
        {table("API keys", ["key", "plan", "requests", "quota"], keys.collect())}
        <h3>"Answers"</h3>
        <ul class="statuses">{statuses}</ul>
        {table("Access log", ["time", "request", "status", "what", "how"], log.collect())}
    }
}

/// A table of texts; nothing where it has no rows.
fn table<const N: usize>(title: &'static str, heads: [&'static str; N], rows: Vec<Vec<String>>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
        view! { <tr>{cells}</tr> }
    };
    view! {
        <h3>{title}</h3>
        <table>
            <thead><tr>{heads.map(|head| view! { <th>{head}</th> }).collect_view()}</tr></thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// A button to the story of what a node has written down of a request.
fn why(state: State, id: Uuid, trace: Trace, time: Time) -> impl IntoView {
    story_button(state, move |simulation| simulation.message_at(trace, simulation.plan().find_node(id)?, time))
}

fn database(state: State, id: Uuid, it: DatabaseView) -> impl IntoView {
    let tables = it
        .tables
        .into_iter()
        .map(|table| {
            let rows = table
                .rows
                .into_iter()
                .map(|row| {
                    view! {
                        <tr data-testid="db-row" class:bad=row.duplicate>
                            <td>{at(row.time)}</td>
                            <td>
                                <code>{row.row}</code>
                                {row.duplicate.then(|| view! { <b class="mark">" duplicate"</b> })}
                                {why(state, id, row.trace, row.time)}
                            </td>
                        </tr>
                    }
                })
                .collect_view();
            view! {
                <h3>"Table "{table.name}</h3>
                <p class="quiet">{count(table.total)}" rows, "{count(table.duplicates)}" of them duplicates; newest first"</p>
                <table class="rows"><tbody>{rows}</tbody></table>
            }
        })
        .collect_view();
    view! {
        {figures(
            vec![
                if it.key_value {
                    ("write capacity", format!("{} units/s", count(it.maximum)))
                } else {
                    ("connections", format!("{} of {}", it.connections, count(it.maximum)))
                },
                if it.key_value { ("throttled", count(it.throttles)) } else { ("waiting", count(it.waiting)) },
                ("statements", count(it.statements)),
                ("failures", count(it.failures)),
                ("in the outbox", count(it.outbox_count)),
            ],
        )}
        {tables}
        {(it.statements == 0).then(|| view! { <p class="quiet">"No statement has reached this database yet."</p> })}
    }
}

fn mailer(state: State, id: Uuid, it: MailerView) -> impl IntoView {
    let empty = it.outbox.is_empty();
    let mails = it
        .outbox
        .into_iter()
        .map(|mail| {
            view! {
                <li class="mail" data-testid="mail">
                    <p class="quiet">{at(mail.time)}" to "{mail.recipient}" "{why(state, id, mail.trace, mail.time)}</p>
                    <p><b>{mail.subject}</b></p>
                    <p>{mail.body}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        {figures(
            vec![
                ("sent", count(it.sent)),
                ("failures", count(it.failures)),
                ("over quota", count(it.throttles)),
                ("bounces", count(it.bounces)),
                ("complaints", count(it.complaints)),
            ],
        )}
        <h3>"Outbox"</h3>
        <ul>{mails}</ul>
        {empty.then(|| view! { <p class="quiet">"No e-mail has gone out yet."</p> })}
    }
}

#[component]
fn QueueLive(id: Uuid, view: Memo<Option<NodeView>>) -> impl IntoView {
    let state = use_state();
    let queue = move || match view.get() {
        Some(NodeView::Queue(it)) => Some(it),
        _ => None,
    };
    let list =
        move |pick: fn(QueueView) -> Vec<MessageView>| Signal::derive(move || queue().map(pick).unwrap_or_default());
    let number = move |pick: fn(&QueueView) -> u64| move || queue().map(|it| count(pick(&it)));
    let totals = live_part(move || {
        queue().map(|it| {
            let mut rows = vec![
                ("oldest", span(it.oldest_age)),
                ("sent", count(it.sent)),
                ("received", count(it.received)),
                ("deleted", count(it.deleted)),
                ("redelivered", count(it.redelivered)),
                ("dead-lettered", count(it.dead_lettered)),
                ("expired", count(it.expired)),
            ];
            // What only some queues have is shown where there is some.
            let more = [
                (if it.fifo { "message groups" } else { "tenants" }, it.groups),
                ("noisy tenants", it.noisy),
                ("blocked by their group", it.blocked),
                ("duplicates dropped", it.deduplicated),
                ("throttled", it.throttled),
                ("refused", it.refused),
                ("delivered twice", it.delivered_twice),
                ("deleted too late", it.expired_receipts),
            ];
            rows.extend(more.into_iter().filter(|row| row.1 > 0).map(|(name, number)| (name, count(number))));
            figures(rows)
        })
    });
    let redriving = Memo::new(move |_| queue().is_some_and(|it| it.redriving));
    let cancel = move |_| {
        state.try_apply(Command::CancelRedrive { queue: id });
    };
    let redrive = live_part(move || {
        redriving.get().then(|| {
            view! {
                <p>
                    "Moves its messages back. "
                    <button data-testid="cancel-redrive" on:click=cancel>"Cancel"</button>
                </p>
            }
        })
    });
    view! {
        {totals}
        {redrive}
        <h3>"Visible: "<span data-testid="queue-visible">{number(|it| it.visible_count)}</span></h3>
        <Messages list=list(|it| it.visible) empty="Nothing waits here. Press Send, or raise the client's rate." due="" />
        <h3>"In flight: "<span data-testid="queue-in-flight">{number(|it| it.in_flight_count)}</span></h3>
        <Messages list=list(|it| it.in_flight) empty="Nobody is working on a message of this queue." due="visible again in" />
        <h3>"Delayed: "<span data-testid="queue-delayed">{number(|it| it.delayed_count)}</span></h3>
        <Messages list=list(|it| it.delayed) empty="No message is delayed." due="visible in" />
    }
}

/// A topic or a bus: who got what, and the latest that came.
/// A bus's archive, and what is replayed from it.
fn archive_of(archive: ArchiveView, replays: Vec<ReplayView>) -> impl IntoView {
    let row = |replay: ReplayView| {
        let span = format!("{} to {}", replay.start, replay.end);
        view! { <tr><td>{replay.name}</td><td>{span}</td><td>{replay.state.words()}</td><td>{count(replay.replayed)}</td></tr> }
    };
    view! {
        <h3>"Archive"</h3>
        {figures(vec![("events kept", count(archive.events)), ("KB", count(archive.bytes / 1_024))])}
        <table><tbody>{replays.into_iter().map(row).collect_view()}</tbody></table>
    }
}

#[component]
fn Router(id: Uuid, view: Memo<Option<NodeView>>) -> impl IntoView {
    let state = use_state();
    let recent = Signal::derive(move || match view.get() {
        Some(NodeView::Bus(it)) => it.recent,
        Some(NodeView::Topic(it)) => it.recent,
        _ => Vec::new(),
    });
    let top = live_part(move || match view.get() {
        Some(NodeView::Bus(it)) => view! {
            {figures(
                vec![
                    ("events", count(it.events)),
                    ("no rule matched", count(it.unmatched)),
                    ("throttled", count(it.throttled)),
                    ("entries refused", count(it.refused)),
                ],
            )}
            {it.archive.map(|archive| archive_of(archive, it.replays))}
            <h3>"Rules"</h3>
            {deliveries(state, ["rule", "matched", "left", "failed"], it.rules)}
        }
        .into_any(),
        Some(NodeView::Topic(it)) => view! {
            {figures(
                vec![
                    ("published", count(it.published)),
                    ("throttled", count(it.throttled)),
                    ("duplicates", count(it.duplicates)),
                ],
            )}
            <h3>"Subscriptions"</h3>
            {deliveries(state, ["subscriber", "delivered", "filtered", "failed"], it.subscriptions)}
            <p class="quiet">"The publisher sees none of this."</p>
        }
        .into_any(),
        _ => ().into_any(),
    });
    view! {
        {top}
        <ReplayForm id view />
        <h3>"The latest"</h3>
        <Messages list=recent empty="Nothing has come here yet. Press Send, or raise the client's rate." due="" />
    }
}

#[component]
fn FunctionLive(view: Memo<Option<NodeView>>) -> impl IntoView {
    let state = use_state();
    let function = move || match view.get() {
        Some(NodeView::Function(it)) => Some(it),
        _ => None,
    };
    let queued = Signal::derive(move || function().map(|it| it.queued).unwrap_or_default());
    let top = live_part(move || {
        function().map(|it| {
            let now = state.read(|simulation| simulation.now());
            let slots = it
                .slots
                .iter()
                .map(|slot| {
                    let (class, words) = match slot.state {
                        SlotState::Starting => ("starting", "cold start".to_string()),
                        SlotState::Running if slot.records > 1 => ("running", format!("batch of {}", slot.records)),
                        SlotState::Running => ("running", format!("request {}", slot.trace)),
                        SlotState::Idle => ("idle", "idle".to_string()),
                        SlotState::Provisioned => ("idle", "provisioned".to_string()),
                    };
                    view! { <li class=class><b>{words}</b>" "{span(now.since(slot.since))}</li> }
                })
                .collect_view();
            let mappings = it
                .mappings
                .iter()
                .map(|mapping| {
                    let queue = name_of(state, mapping.queue);
                    view! {
                        <h3>"Event source mapping: "{queue}</h3>
                        {figures(
                            vec![
                                ("pollers", count(mapping.pollers)),
                                ("at the queue", count(mapping.polling)),
                                ("running the function", count(mapping.invoking)),
                                ("backing off", count(mapping.backing_off)),
                                ("polls", count(mapping.polls)),
                                ("empty polls", count(mapping.empty_polls)),
                                ("filtered", count(mapping.filtered)),
                            ],
                        )}
                    }
                })
                .collect_view();
            let destinations = it
                .destinations
                .iter()
                .map(|destination| {
                    let kind = state.read(|simulation| simulation.plan().edge(destination.edge).kind.name());
                    view! {
                        <h3>{kind}": "{name_of(state, destination.to)}</h3>
                        {figures(vec![("delivered", count(destination.delivered)), ("failed", count(destination.failed))])}
                    }
                })
                .collect_view();
            let none = it.slots.is_empty();
            view! {
                <h3>"Environments"</h3>
                <ul class="slots">{slots}</ul>
                {none.then(|| view! { <p class="quiet">"There is no environment yet; the first invocation is a cold start."</p> })}
                {figures(
                    vec![
                        ("concurrency limit", count(it.limit)),
                        ("provisioned", count(it.provisioned)),
                        ("invocations", count(it.invocations)),
                        ("errors", count(it.errors)),
                        ("timeouts", count(it.timeouts)),
                        ("throttles", count(it.throttles)),
                        ("cold starts", count(it.cold_starts)),
                        ("most at a time", count(it.concurrent_max)),
                        ("billed", format!("{} ms", count(it.billed))),
                    ],
                )}
                {mappings}
                {destinations}
                <h3>"Own queue for asynchronous invocations: "{count(it.queued_count)}</h3>
            }
        })
    });
    view! {
        {top}
        <Messages list=queued empty="No event waits in the function's own queue." due="next try in" />
    }
}

#[component]
fn ClientLive(view: Memo<Option<NodeView>>) -> impl IntoView {
    let state = use_state();
    let client = move || match view.get() {
        Some(NodeView::Client(it)) => Some(it),
        _ => None,
    };
    let top = live_part(move || {
        client().map(|it| {
            let mut numbers = vec![
                ("sent", count(it.sent)),
                ("succeeded", count(it.succeeded)),
                ("failed", count(it.failed)),
                ("timed out", count(it.timed_out)),
                ("waiting", count(it.waiting)),
                ("retries", count(it.retries)),
                ("p50", span(it.latency.p50)),
                ("p99", span(it.latency.p99)),
            ];
            if let Some(circuit) = it.circuit {
                let words = match circuit.circuit {
                    Circuit::Closed => "closed",
                    Circuit::Open => "open",
                    Circuit::HalfOpen => "half open",
                };
                numbers.push(("circuit", words.to_string()));
                numbers.push(("not sent", count(circuit.refused)));
            }
            if it.preflights + it.blocked > 0 {
                numbers.push(("preflight requests", count(it.preflights)));
                numbers.push(("blocked by the browser", count(it.blocked)));
            }
            figures(numbers)
        })
    });
    let recent = move || client().map(|it| it.recent).unwrap_or_default();
    let row = move |exchange: ExchangeView| {
        let trace = exchange.trace;
        let latest = Memo::new(move |before: Option<&ExchangeView>| {
            let found = recent().into_iter().find(|exchange| exchange.trace == trace);
            found.or_else(|| before.cloned()).unwrap_or_else(|| exchange.clone())
        });
        let verdict = move || {
            let it = latest.get();
            let words = match (it.status, it.latency) {
                (Some(status), Some(latency)) if status.is_success() => {
                    format!("✓ {} success, {}", status.words(), span(latency))
                }
                (Some(status), latency) => format!("✕ {} failed, {}", status.words(), span(latency.unwrap_or(0))),
                (None, _) => "… waiting".to_string(),
            };
            let attempt = if it.attempt > 1 { format!(", attempt {}", it.attempt) } else { String::new() };
            let now = state.read(|simulation| simulation.now());
            format!("{words}{attempt}, sent {} ago", span(now.since(it.sent)))
        };
        view! {
            <li class="exchange" data-testid="exchange">
                <details>
                    <summary><b>"request "{trace}</b>" "<span>{verdict}</span></summary>
                    <p class="quiet">"request id "<code>{live_text(move || latest.get().request_id)}</code></p>
                    {story_button(state, move |simulation| simulation.first_message(trace))}
                    <h4>"Request"</h4>
                    <pre>{live_text(move || latest.get().request)}</pre>
                    <h4>"Answer"</h4>
                    <pre>{live_text(move || latest.get().answer)}</pre>
                    <p class="quiet">{live_text(move || latest.get().progress.map(|words| format!("Status: {words}")).unwrap_or_default())}</p>
                </details>
            </li>
        }
    };
    view! {
        {top}
        <h3>"Latest requests"</h3>
        <ul class="messages"><For each=recent key=|exchange| exchange.trace children=row /></ul>
    }
}
