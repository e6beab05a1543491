//! What the run costs, node by node, and the prices that it is counted at, which people can change.

use crate::diagram::{AS_OF, Edit, FREE_TIER, PRICES, Price, REGION};
use crate::language::{decimal, translated};
use crate::simulation::{Command, Simulation};
use crate::ui::dock::COST;
use crate::ui::format::{dollars, parse_number};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::state::{State, said, use_state};
use leptos::prelude::*;
use serde_json::{Map, Value};

/// A quantity as a bill says it.
fn quantity(amount: f64) -> String {
    if amount.fract() == 0.0 { amount.to_string() } else { decimal(amount, 3) }
}

/// The bill of every node.
fn bill(simulation: &Simulation) -> AnyView {
    let plan = simulation.plan();
    let lines = plan.node_indices().flat_map(|node| {
        let name = plan.node(node).name.clone();
        simulation.charges(node).into_iter().map(move |charge| {
            let (item, used, cost) = (charge.item, quantity(charge.quantity), dollars(charge.cost));
            view! { <tr><td>{name.clone()}</td><td>{used}" "{translated(item)}</td><td>{cost}" $"</td></tr> }
        })
    });
    let cost = simulation.cost();
    let sum = |what: &'static str, amount: f64| {
        view! { <tr><th colspan="2" scope="row">{what}</th><td><b>{dollars(amount)}" $"</b></td></tr> }
    };
    view! {
        <table class="bill" data-testid="costs-bill">
            <thead><tr><th>{tr!("Node")}</th><th>{tr!("Used so far")}</th><th>{tr!("Cost")}</th></tr></thead>
            <tbody>{lines.collect_view()}</tbody>
            <tfoot>
                {sum(tr!("Together"), cost.total_usd)}
                {sum(tr!("A request"), cost.per_million_requests_usd / 1e6)}
                {sum(tr!("A million requests"), cost.per_million_requests_usd)}
                {sum(tr!("A month of 30 days at this rate"), cost.per_month_usd)}
            </tfoot>
        </table>
    }
    .into_any()
}

/// Writes one of the document's prices; null goes back to the list price.
fn write(state: State, name: &str, value: Value) -> Result<(), String> {
    let mut prices: Map<String, Value> = state.read(|simulation| simulation.document().prices.clone());
    if value.is_null() {
        prices.shift_remove(name);
    } else {
        prices.insert(name.to_string(), value);
    }
    state.apply(Command::Edit(Edit::prices(prices))).map_err(|problems| said(&problems))
}

fn price_row(state: State, price: &'static Price, refused: RwSignal<String>) -> AnyView {
    let changed = move || {
        state.revision.track();
        state.run.track();
        state.read(|simulation| simulation.document().prices.get(price.name).and_then(Value::as_f64))
    };
    let set = move |value: Value| refused.set(write(state, price.name, value).err().unwrap_or_default());
    let typed = move |text: String| match parse_number(&text) {
        Some(value) if value == price.default => set(Value::Null),
        Some(value) => set(value.into()),
        None => refused.set(tr!("{name}: this is not a number of dollars.", name = price.name)),
    };
    view! {
        <tr class:changed=live_flag(move || changed().is_some())>
            <td>
                <label for=price.name><code>{price.name}</code></label>
                <small class="quiet">{price.source}</small>
            </td>
            <td>
                <input
                    id=price.name inputmode="decimal" class="short" data-testid=format!("price-{}", price.name)
                    prop:value=live_text(move || changed().unwrap_or(price.default))
                    on:change=move |event| typed(event_target_value(&event))
                />
                " "<small>{translated(price.unit)}</small>
            </td>
            <td>
                <button type="button" class="bare" aria-label=tr!("List price of {name}", name = price.name) disabled=live_flag(move || changed().is_none()) on:click=move |_| set(Value::Null)>
                    {tr!("List price")}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

/// The Cost tab.
#[component]
pub fn Costs() -> impl IntoView {
    let state = use_state();
    let shows = move || state.dock.shows(COST);
    let refused = RwSignal::new(String::new());
    let free = move || {
        state.revision.track();
        state.run.track();
        state.read(|simulation| simulation.plan().prices.free_tier)
    };
    let present = live_part(move || {
        if !shows() {
            return ().into_any();
        }
        state.tick.track();
        state.read(bill)
    });
    let rows = PRICES.iter().map(|price| price_row(state, price, refused)).collect_view();
    view! {
        <div class="costs" data-testid="costs">
            <section class="costs-bill" aria-label=tr!("What it has cost so far")>{present}</section>
            <section class="costs-prices" aria-label=tr!("Prices")>
                <h3>{tr!("Prices")}</h3>
                <p class="quiet">
                    {tr!(
                        "List prices of {region}, {month}, first tier. Data transfer, logs, traces and storage are left out. A changed price belongs to the diagram.",
                        region = REGION,
                        month = translated(AS_OF)
                    )}
                </p>
                <label class="field check">
                    <input
                        type="checkbox" data-testid="costs-free-tier" prop:checked=live_flag(free)
                        on:change=move |event| {
                            let value = if event_target_checked(&event) { Value::Bool(true) } else { Value::Null };
                            refused.set(write(state, FREE_TIER, value).err().unwrap_or_default());
                        }
                    />
                    <span>{tr!("Take the free tier off")}</span>
                    <small class="quiet">{tr!("What is free each month, as in an account that uses nothing else.")}</small>
                </label>
                <p class="error" role="status" data-testid="costs-error">{live_text(move || refused.get())}</p>
                <table class="prices">
                    <thead><tr><th>{tr!("Price")}</th><th>{tr!("Dollars")}</th><td></td></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        </div>
    }
}
