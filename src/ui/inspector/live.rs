//! How a node fares, by its kind. Read again at every tick.

use super::parts::{Messages, at, deliveries, figures, name_of, story_button};
use super::replay::ReplayForm;
use crate::diagram::{AS_OF, REGION};
use crate::kernel::Time;
use crate::language::translated;
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
        view! { <tr><td>{translated(charge.item)}</td><td>{count(charge.quantity as u64)}</td><td>{dollars(charge.cost)}" $"</td></tr> }
    };
    view! {
        <h3>{tr!("Cost so far")}</h3>
        <table data-testid="bill">{charges.iter().map(row).collect_view()}</table>
        <p class="quiet">
            {tr!("Prices of {region}, {date}.", region = REGION, date = translated(AS_OF))}" "
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
                {tr!("All costs and prices")}
            </button>
        </p>
    }
    .into_any()
}

fn small(state: State, id: Uuid, view: Option<NodeView>) -> AnyView {
    match view {
        Some(NodeView::Gateway(it)) => gateway(state, it).into_any(),
        Some(NodeView::Rule(it)) => view! {
            {figures(vec![(tr!("matched"), count(it.matched))])}
            {(!it.schedule.is_empty()).then(|| {
                let now = state.read(|simulation| simulation.now());
                let next = it.next.map_or(tr!("never again").to_string(), |next| tr!("in {}", left(next, now)));
                view! {
                    <h3>{tr!("Schedule")}</h3>
                    <pre>{it.schedule}</pre>
                    {figures(vec![(tr!("fired"), count(it.fired)), (tr!("next"), next)])}
                }
            })}
            <h3>{tr!("Event pattern")}</h3>
            <pre>{it.pattern}</pre>
            <h3>{tr!("Targets")}</h3>
            {deliveries(state, [tr!("target"), tr!("delivered"), tr!("filtered"), tr!("failed")], it.targets)}
        }
        .into_any(),
        Some(NodeView::Database(it)) => database(state, id, it).into_any(),
        Some(NodeView::Mailer(it)) => mailer(state, id, it).into_any(),
        Some(NodeView::Endpoint(it)) => {
            figures(vec![(tr!("requests"), count(it.requests)), (tr!("failures"), count(it.failures))]).into_any()
        }
        Some(NodeView::Other) => view! {
            <p class="quiet">{tr!("This resource is drawn so that nothing of the template is missing. It is not simulated: no message comes here.")}</p>
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
            let words = tr!(
                "{name}: {tokens} of {burst} tokens, {rate} more each second",
                name = bucket.name,
                tokens = bucket.tokens as u64,
                burst = count(bucket.burst),
                rate = bucket.rate
            );
            view! {
                <div class="meter" role="img" aria-label=tr!("Tokens left")><span style:width=format!("{share:.1}%")></span></div>
                <p class="quiet">{words}</p>
            }
        })
        .collect_view();
    let keys = it.keys.iter().map(|key| {
        let left = match (key.left, key.limit) {
            (Some(left), Some(limit)) => tr!("{left} of {limit} left", left = count(left), limit = count(limit)),
            _ => tr!("no quota").to_string(),
        };
        vec![key.key.clone(), key.plan.clone(), count(key.requests), left]
    });
    let routes = it.routes.iter().map(|route| {
        let path = format!("{} {}", route.method, route.path);
        vec![path, name_of(state, route.target), count(route.requests), count(route.errors)]
    });
    let log = it.log.iter().map(|entry| {
        let mut how = vec![span(entry.response_latency)];
        how.extend(entry.integration_latency.map(|latency| tr!("integration {}", span(latency))));
        how.extend(entry.authorizer_latency.map(|latency| tr!("authorizer {}", span(latency))));
        how.extend(entry.cached.then(|| tr!("from the cache").to_string()));
        how.extend(entry.canary.then(|| tr!("canary").to_string()));
        how.extend(entry.why.map(str::to_string));
        let request = format!("{} {}", entry.method, entry.path);
        vec![at(entry.time), entry.trace.to_string(), entry.status.to_string(), request, how.join(", ")]
    });
    let statuses = it
        .statuses
        .iter()
        .map(|(status, number)| view! { <li><b>{*status}</b>" "{count(*number)}</li> })
        .collect_view();
    let mut numbers = vec![(tr!("waiting for an integration"), count(it.waiting))];
    if let Some((hits, misses, kept)) = it.cache {
        numbers
            .push((tr!("from the cache"), tr!("{part} of {whole}", part = count(hits), whole = count(hits + misses))));
        numbers.push((tr!("answers kept"), count(kept)));
    }
    if let Some((asked, hits)) = it.authorizer {
        numbers.push((tr!("authorizer asked"), count(asked)));
        numbers.push((tr!("decisions reused"), count(hits)));
    }
    numbers.extend(it.canary.map(|requests| (tr!("to the canary"), count(requests))));
    view! {
        <h3>{tr!("Token buckets")}</h3>
        {buckets}
        {figures(numbers)}
        {table(tr!("Routes"), [tr!("route"), tr!("target" => "to"), tr!("requests"), tr!("errors")], routes.collect())}
        {table(tr!("API keys"), [tr!("key"), tr!("plan"), tr!("requests"), tr!("quota")], keys.collect())}
        <h3>{tr!("Answers")}</h3>
        <ul class="statuses">{statuses}</ul>
        {table(tr!("Access log"), [tr!("time"), tr!("request"), tr!("status"), tr!("what"), tr!("how")], log.collect())}
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
                                {row.duplicate.then(|| view! { <b class="mark">" "{tr!("duplicate")}</b> })}
                                {why(state, id, row.trace, row.time)}
                            </td>
                        </tr>
                    }
                })
                .collect_view();
            view! {
                <h3>{tr!("Table {name}", name = table.name)}</h3>
                <p class="quiet">{tr!("{rows} rows, {duplicates} of them duplicates; newest first", rows = count(table.total), duplicates = count(table.duplicates))}</p>
                <table class="rows"><tbody>{rows}</tbody></table>
            }
        })
        .collect_view();
    view! {
        {figures(
            vec![
                if it.key_value {
                    (tr!("write capacity"), tr!("{} units/s", count(it.maximum)))
                } else {
                    (tr!("connections"), tr!("{part} of {whole}", part = it.connections, whole = count(it.maximum)))
                },
                if it.key_value { (tr!("throttled"), count(it.throttles)) } else { (tr!("waiting"), count(it.waiting)) },
                (tr!("statements"), count(it.statements)),
                (tr!("failures"), count(it.failures)),
                (tr!("in the outbox"), count(it.outbox_count)),
            ],
        )}
        {tables}
        {(it.statements == 0).then(|| view! { <p class="quiet">{tr!("No statement has reached this database yet.")}</p> })}
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
                    <p class="quiet">{tr!("{time} to {recipient}", time = at(mail.time), recipient = mail.recipient)}" "{why(state, id, mail.trace, mail.time)}</p>
                    <p><b>{mail.subject}</b></p>
                    <p>{mail.body}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        {figures(
            vec![
                (tr!("sent"), count(it.sent)),
                (tr!("failures"), count(it.failures)),
                (tr!("over quota"), count(it.throttles)),
                (tr!("bounces"), count(it.bounces)),
                (tr!("complaints"), count(it.complaints)),
            ],
        )}
        <h3>{tr!("Outbox")}</h3>
        <ul>{mails}</ul>
        {empty.then(|| view! { <p class="quiet">{tr!("No e-mail has gone out yet.")}</p> })}
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
                (tr!("oldest"), span(it.oldest_age)),
                (tr!("sent"), count(it.sent)),
                (tr!("received"), count(it.received)),
                (tr!("deleted"), count(it.deleted)),
                (tr!("redelivered"), count(it.redelivered)),
                (tr!("dead-lettered"), count(it.dead_lettered)),
                (tr!("expired"), count(it.expired)),
            ];
            // What only some queues have is shown where there is some.
            let more = [
                (if it.fifo { tr!("message groups") } else { tr!("tenants") }, it.groups),
                (tr!("noisy tenants"), it.noisy),
                (tr!("blocked by their group"), it.blocked),
                (tr!("duplicates dropped"), it.deduplicated),
                (tr!("throttled"), it.throttled),
                (tr!("refused"), it.refused),
                (tr!("delivered twice"), it.delivered_twice),
                (tr!("deleted too late"), it.expired_receipts),
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
                    {tr!("Moves its messages back.")}" "
                    <button data-testid="cancel-redrive" on:click=cancel>{tr!("Cancel")}</button>
                </p>
            }
        })
    });
    view! {
        {totals}
        {redrive}
        <h3>{tr!("Visible:")}" "<span data-testid="queue-visible">{number(|it| it.visible_count)}</span></h3>
        <Messages list=list(|it| it.visible) empty=tr!("Nothing waits here. Press Send, or raise the client's rate.") due="" />
        <h3>{tr!("In flight:")}" "<span data-testid="queue-in-flight">{number(|it| it.in_flight_count)}</span></h3>
        <Messages list=list(|it| it.in_flight) empty=tr!("Nobody is working on a message of this queue.") due=tr!("visible again in {time}") />
        <h3>{tr!("Delayed:")}" "<span data-testid="queue-delayed">{number(|it| it.delayed_count)}</span></h3>
        <Messages list=list(|it| it.delayed) empty=tr!("No message is delayed.") due=tr!("visible in {time}") />
    }
}

/// A topic or a bus: who got what, and the latest that came.
/// A bus's archive, and what is replayed from it.
fn archive_of(archive: ArchiveView, replays: Vec<ReplayView>) -> impl IntoView {
    let row = |replay: ReplayView| {
        let span = tr!("{start} to {end}", start = replay.start, end = replay.end);
        view! { <tr><td>{replay.name}</td><td>{span}</td><td>{replay.state.words()}</td><td>{count(replay.replayed)}</td></tr> }
    };
    view! {
        <h3>{tr!("Archive")}</h3>
        {figures(vec![(tr!("events kept"), count(archive.events)), ("KB", count(archive.bytes / 1_024))])}
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
                    (tr!("events"), count(it.events)),
                    (tr!("no rule matched"), count(it.unmatched)),
                    (tr!("throttled"), count(it.throttled)),
                    (tr!("entries refused"), count(it.refused)),
                ],
            )}
            {it.archive.map(|archive| archive_of(archive, it.replays))}
            <h3>{tr!("Rules")}</h3>
            {deliveries(state, [tr!("rule"), tr!("matched"), tr!("events" => "left"), tr!("failed")], it.rules)}
        }
        .into_any(),
        Some(NodeView::Topic(it)) => view! {
            {figures(
                vec![
                    (tr!("published"), count(it.published)),
                    (tr!("throttled"), count(it.throttled)),
                    (tr!("duplicates"), count(it.duplicates)),
                ],
            )}
            <h3>{tr!("Subscriptions")}</h3>
            {deliveries(state, [tr!("subscriber"), tr!("delivered"), tr!("filtered"), tr!("failed")], it.subscriptions)}
            <p class="quiet">{tr!("The publisher sees none of this.")}</p>
        }
        .into_any(),
        _ => ().into_any(),
    });
    view! {
        {top}
        <ReplayForm id view />
        <h3>{tr!("The latest")}</h3>
        <Messages list=recent empty=tr!("Nothing has come here yet. Press Send, or raise the client's rate.") due="" />
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
                        SlotState::Starting => ("starting", tr!("cold start").to_string()),
                        SlotState::Running if slot.records > 1 => ("running", tr!("batch of {}", slot.records)),
                        SlotState::Running => ("running", tr!("request {id}", id = slot.trace)),
                        SlotState::Idle => ("idle", tr!("idle").to_string()),
                        SlotState::Provisioned => ("idle", tr!("provisioned").to_string()),
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
                        <h3>{tr!("Event source mapping: {queue}", queue = queue)}</h3>
                        {figures(
                            vec![
                                (tr!("pollers"), count(mapping.pollers)),
                                (tr!("at the queue"), count(mapping.polling)),
                                (tr!("running the function"), count(mapping.invoking)),
                                (tr!("backing off"), count(mapping.backing_off)),
                                (tr!("polls"), count(mapping.polls)),
                                (tr!("empty polls"), count(mapping.empty_polls)),
                                (tr!("filtered"), count(mapping.filtered)),
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
                        {figures(vec![(tr!("delivered"), count(destination.delivered)), (tr!("failed"), count(destination.failed))])}
                    }
                })
                .collect_view();
            let none = it.slots.is_empty();
            view! {
                <h3>{tr!("Environments")}</h3>
                <ul class="slots">{slots}</ul>
                {none.then(|| view! { <p class="quiet">{tr!("There is no environment yet; the first invocation is a cold start.")}</p> })}
                {figures(
                    vec![
                        (tr!("concurrency limit"), count(it.limit)),
                        (tr!("provisioned"), count(it.provisioned)),
                        (tr!("invocations"), count(it.invocations)),
                        (tr!("errors"), count(it.errors)),
                        (tr!("timeouts"), count(it.timeouts)),
                        (tr!("throttles"), count(it.throttles)),
                        (tr!("cold starts"), count(it.cold_starts)),
                        (tr!("most at a time"), count(it.concurrent_max)),
                        (tr!("billed"), format!("{} ms", count(it.billed))),
                    ],
                )}
                {mappings}
                {destinations}
                <h3>{tr!("Own queue for asynchronous invocations: {}", count(it.queued_count))}</h3>
            }
        })
    });
    view! {
        {top}
        <Messages list=queued empty=tr!("No event waits in the function's own queue.") due=tr!("next try in {time}") />
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
                (tr!("sent"), count(it.sent)),
                (tr!("succeeded"), count(it.succeeded)),
                (tr!("failed"), count(it.failed)),
                (tr!("timed out"), count(it.timed_out)),
                (tr!("waiting"), count(it.waiting)),
                (tr!("retries"), count(it.retries)),
                ("p50", span(it.latency.p50)),
                ("p99", span(it.latency.p99)),
            ];
            if let Some(circuit) = it.circuit {
                let words = match circuit.circuit {
                    Circuit::Closed => tr!("circuit" => "closed"),
                    Circuit::Open => tr!("circuit" => "open"),
                    Circuit::HalfOpen => tr!("circuit" => "half open"),
                };
                numbers.push((tr!("circuit"), words.to_string()));
                numbers.push((tr!("not sent"), count(circuit.refused)));
            }
            if it.preflights + it.blocked > 0 {
                numbers.push((tr!("preflight requests"), count(it.preflights)));
                numbers.push((tr!("blocked by the browser"), count(it.blocked)));
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
                    tr!("✓ {status} success, {latency}", status = status.words(), latency = span(latency))
                }
                (Some(status), latency) => {
                    tr!("✕ {status} failed, {latency}", status = status.words(), latency = span(latency.unwrap_or(0)))
                }
                (None, _) => tr!("… waiting").to_string(),
            };
            let attempt = (it.attempt > 1).then(|| tr!("attempt {}", it.attempt));
            let now = state.read(|simulation| simulation.now());
            let sent = tr!("sent {} ago", span(now.since(it.sent)));
            [words].into_iter().chain(attempt).chain([sent]).collect::<Vec<_>>().join(", ")
        };
        view! {
            <li class="exchange" data-testid="exchange">
                <details>
                    <summary><b>{tr!("request {id}", id = trace)}</b>" "<span>{verdict}</span></summary>
                    <p class="quiet">{tr!("request id")}" "<code>{live_text(move || latest.get().request_id)}</code></p>
                    {story_button(state, move |simulation| simulation.first_message(trace))}
                    <h4>{tr!("Request")}</h4>
                    <pre>{live_text(move || latest.get().request)}</pre>
                    <h4>{tr!("Answer")}</h4>
                    <pre>{live_text(move || latest.get().answer)}</pre>
                    <p class="quiet">{live_text(move || latest.get().progress.map(|words| tr!("Status: {words}", words = words)).unwrap_or_default())}</p>
                </details>
            </li>
        }
    };
    view! {
        {top}
        <h3>{tr!("Latest requests")}</h3>
        <ul class="messages"><For each=recent key=|exchange| exchange.trace children=row /></ul>
    }
}
