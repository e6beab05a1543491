//! What can be done with the selected node or edge.

use crate::diagram::{EdgeIndex, NodeIndex, NodeKind};
use crate::services::{Activity, Fault};
use crate::simulation::{Command, Glance};
use crate::ui::canvas::events::ask;
use crate::ui::reactive::live_part;
use crate::ui::selection::Selection;
use crate::ui::state::{State, use_state};
use crate::ui::tester::Subject;
use crate::ui::timeline::{breaks_at, toggle_arrival};
use leptos::prelude::*;
use uuid::Uuid;

/// What decides which buttons there are.
#[derive(Clone, Copy, PartialEq)]
struct Situation {
    id: Uuid,
    /// `None` for an edge.
    kind: Option<NodeKind>,
    activity: Activity,
    faulty: bool,
    dead_letter_queue: bool,
    /// What the pattern tester can do with it.
    subject: Option<Subject>,
    /// Whether time stops when a message gets there.
    breaks: bool,
    /// Whether any fault can strike it.
    strikable: bool,
}

fn situation(state: State) -> Option<Situation> {
    let selected = state.selected()?;
    state.revision.track();
    state.run.track();
    state.tick.track();
    let breaks = breaks_at(state, selected.id());
    state.read(|simulation| {
        let plan = simulation.plan();
        let of_node = |id: Uuid, node: NodeIndex| Situation {
            id,
            kind: Some(plan.node(node).kind),
            activity: simulation.activity(node),
            faulty: !simulation.node_fault(node).is_none(),
            dead_letter_queue: matches!(simulation.glance(node), Glance::Queue { dead_letter_queue: true, .. }),
            subject: Subject::of(simulation, id),
            breaks,
            strikable: plan.can_be_struck(id),
        };
        let of_edge = |id: Uuid, edge: EdgeIndex| Situation {
            id,
            kind: None,
            activity: Activity::Running,
            faulty: !simulation.edge_fault(edge).is_none(),
            dead_letter_queue: false,
            subject: Subject::of(simulation, id),
            breaks,
            strikable: plan.can_be_struck(id),
        };
        match selected {
            Selection::Node(id) => plan.find_node(id).map(|node| of_node(id, node)),
            Selection::Edge(id) => plan.find_edge(id).map(|edge| of_edge(id, edge)),
        }
    })
}

#[component]
pub fn Actions() -> impl IntoView {
    let state = use_state();
    let situation = Memo::new(move |_| situation(state));
    let button = move |name: &'static str, label: &'static str, help: &'static str, act: Box<dyn Fn()>| {
        view! { <button data-testid=name title=help on:click=move |_| act()>{label}</button> }
    };
    let buttons = live_part(move || {
        let Some(Situation { id, kind, activity, faulty, dead_letter_queue, subject, breaks, strikable }) =
            situation.get()
        else {
            return ().into_any();
        };
        let command = move |command: Command| -> Box<dyn Fn()> { Box::new(move || state.try_apply(command.clone())) };
        let mut buttons = Vec::new();
        if matches!(
            kind,
            Some(NodeKind::Client | NodeKind::Queue | NodeKind::Topic | NodeKind::Bus | NodeKind::Function)
        ) {
            buttons.push(button(
                "send-open",
                tr!("Send…"),
                tr!("Send a message of your own"),
                Box::new(move || state.composing.set(Some(id))),
            ));
        }
        if kind.is_some() {
            if activity == Activity::Running {
                let stop = tr!("Take it out of service: it refuses what comes, and nothing polls for it");
                buttons.push(button("stop", tr!("Stop"), stop, command(Command::Stop { node: id })));
                let pause = tr!("Freeze it: what reaches it waits");
                buttons.push(button("pause", tr!("Freeze"), pause, command(Command::Pause { node: id })));
            } else {
                buttons.push(button(
                    "resume",
                    tr!("Start"),
                    tr!("Let it work again"),
                    command(Command::Resume { node: id }),
                ));
            }
        }
        if kind.is_some() {
            let (label, help) = match breaks {
                true => (tr!("No pause"), tr!("The run pauses when a message gets here; let it go on instead")),
                false => (tr!("Pause here"), tr!("Pause the run when a message gets here")),
            };
            buttons.push(button("break-here", label, help, Box::new(move || toggle_arrival(state, id))));
        }
        if let Some(subject) = subject {
            let help = tr!("Try its pattern on an event, and see which condition holds");
            buttons.push(button("tester-at", tr!("Test pattern…"), help, Box::new(move || state.open_tester(subject))));
        }
        if strikable {
            buttons.push(button(
                "fault-open",
                tr!("Faults…"),
                tr!("Outage, errors, latency, throttle"),
                Box::new(move || state.faulting.set(Some(id))),
            ));
        }
        if faulty {
            let heal = Command::Inject { target: id, fault: Fault::default() };
            buttons.push(button("heal", tr!("Heal"), tr!("End its faults"), command(heal)));
        }
        if kind == Some(NodeKind::Queue) {
            buttons.push(button(
                "purge",
                tr!("Purge"),
                tr!("Delete every message in it"),
                command(Command::Purge { queue: id }),
            ));
        }
        if dead_letter_queue {
            let help = tr!("Move its messages back to where they came from, or to another queue");
            buttons.push(button("redrive", tr!("Redrive…"), help, Box::new(|| ask("redrive"))));
        }
        buttons.into_iter().collect_view().into_any()
    });
    view! { {buttons} }
}
