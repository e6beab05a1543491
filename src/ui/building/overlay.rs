//! What is drawn over the diagram while people work on it: handles, marquee, guides, the connection under way, the field
//! for a name, and what an empty diagram says.

use super::Hands;
use super::panel::title;
use super::picker::KindIcon;
use crate::diagram::{Change, EdgeKind, Edit, NodeKind, Refusal};
use crate::drawing::{Axis, Guide, NODE_HEIGHT, NODE_WIDTH, Point};
use crate::ui::reactive::{live_flag, live_part, live_text};
use crate::ui::selection::Selection;
use leptos::html::Input;
use leptos::prelude::*;
use uuid::Uuid;

/// A connection that is being drawn.
#[derive(Clone)]
pub struct Wire {
    pub from: Uuid,
    /// Where its loose end is, in drawing units.
    pub to: Point,
    pub over: Option<Uuid>,
    /// Why it cannot end where the pointer is.
    pub refusal: Option<String>,
    pub targets: Vec<(Uuid, Result<EdgeKind, Refusal>)>,
}

/// A kind of node on its way from the palette, in pixels of the window.
#[derive(Clone, Copy, PartialEq)]
pub struct Carried {
    pub kind: NodeKind,
    pub at: Point,
    pub inside: bool,
}

/// How far a handle is from its node's side.
const HANDLE: f64 = 12.0;

fn place(hands: Hands, node: Uuid) -> Option<Point> {
    hands.drawing.laid.track();
    hands.drawing.layout.with_value(|layout| layout.place(node))
}

/// Where the line from a node's centre leaves the node.
fn border(centre: Point, to: Point) -> Point {
    let (dx, dy) = (to.x - centre.x, to.y - centre.y);
    let across = if dx == 0.0 { f64::INFINITY } else { NODE_WIDTH / 2.0 / dx.abs() };
    let down = if dy == 0.0 { f64::INFINITY } else { NODE_HEIGHT / 2.0 / dy.abs() };
    let share = across.min(down).min(1.0);
    Point { x: centre.x + dx * share, y: centre.y + dy * share }
}

/// The nodes that show handles: the one under the pointer, and the one that is selected.
fn handled(hands: Hands) -> Vec<Uuid> {
    if hands.wire.with(Option::is_some) || hands.dragging.get() {
        return Vec::new();
    }
    let selected = match hands.state.selected() {
        Some(Selection::Node(id)) => Some(id),
        _ => None,
    };
    let hovered = hands.hovered.get().filter(|id| Some(*id) != selected);
    selected.into_iter().chain(hovered).collect()
}

fn handles(hands: Hands, node: Uuid) -> AnyView {
    let Some(place) = place(hands, node) else { return ().into_any() };
    let (across, down) = (NODE_WIDTH / 2.0 + HANDLE, NODE_HEIGHT / 2.0 + HANDLE);
    let handle = |(dx, dy): (f64, f64)| {
        view! {
            <g class="handle" transform=format!("translate({} {})", place.x + dx, place.y + dy) data-handle=node.to_string()>
                <circle class="reach" r="13" />
                <circle class="dot" r="6" />
                <path d="M-3 0h6M0-3v6" />
            </g>
        }
    };
    [(across, 0.0), (0.0, down), (-across, 0.0), (0.0, -down)].map(handle).collect_view().into_any()
}

/// Where the connection under way may end, and where not.
fn targets(hands: Hands) -> AnyView {
    let Some(list) = hands.wire.with(|wire| wire.as_ref().map(|wire| wire.targets.clone())) else {
        return ().into_any();
    };
    let mark = |(id, allowed): (Uuid, Result<EdgeKind, Refusal>)| {
        let place = place(hands, id)?;
        let class = if allowed.is_ok() { "target allowed" } else { "target refused" };
        let (x, y) = (place.x - NODE_WIDTH / 2.0 - 4.0, place.y - NODE_HEIGHT / 2.0 - 4.0);
        Some(view! { <rect class=class x=x y=y width=NODE_WIDTH + 8.0 height=NODE_HEIGHT + 8.0 rx="12" /> })
    };
    list.into_iter().filter_map(mark).collect_view().into_any()
}

fn wire_path(hands: Hands) -> String {
    hands.wire.with(|wire| {
        let Some(wire) = wire else { return String::new() };
        let Some(from) = place(hands, wire.from) else { return String::new() };
        let start = border(from, wire.to);
        let end = match wire.over.and_then(|over| place(hands, over)) {
            Some(over) => border(over, from),
            None => wire.to,
        };
        format!("M{:.1} {:.1}L{:.1} {:.1}", start.x, start.y, end.x, end.y)
    })
}

fn into_path(hands: Hands) -> String {
    hands
        .into
        .get()
        .and_then(|edge| hands.drawing.layout.with_value(|layout| layout.wire(edge).map(|it| it.path())))
        .unwrap_or_default()
}

#[component]
pub fn Overlay(hands: Hands) -> impl IntoView {
    let viewport = hands.drawing.viewport;
    // Which nodes are marked changes only when a connection begins or ends, not with every move of the pointer.
    let wiring = Memo::new(move |_| hands.wire.with(|wire| wire.as_ref().map(|wire| wire.from)));
    let handled = Memo::new(move |_| handled(hands));
    let guides = move |wanted: fn(&Guide) -> bool| {
        live_text(move || {
            hands.guides.with(|guides| guides.iter().filter(|guide| wanted(guide)).map(guide_path).collect::<String>())
        })
    };
    let marquee =
        move |pick: fn(Point, Point) -> f64| live_text(move || hands.marquee.get().map_or(0.0, |(a, b)| pick(a, b)));
    let tip = move || hands.wire.with(|wire| wire.as_ref().and_then(|wire| Some((wire.refusal.clone()?, wire.to))));
    let tip_at = move |pick: fn(Point) -> f64| {
        live_text(move || {
            tip().map_or(String::new(), |(_, to)| format!("{:.0}px", pick(viewport.get_untracked().show(to))))
        })
    };
    view! {
        <svg class="overlay" aria-hidden="true">
            <g transform=live_text(move || viewport.get().transform())>
                {live_part(move || {
                    wiring.track();
                    untrack(|| targets(hands))
                })}
                <path class="into" d=live_text(move || into_path(hands)) />
                <path class="guide-line" d=guides(|guide| matches!(guide, Guide::Line { .. })) />
                <path class="guide-line space" d=guides(|guide| matches!(guide, Guide::Space { .. })) />
                <path
                    class="wire" class:refused=live_flag(move || hands.wire.with(|wire| wire.as_ref().is_some_and(|wire| wire.refusal.is_some())))
                    d=live_text(move || wire_path(hands))
                />
                {live_part(move || handled.get().into_iter().map(|node| handles(hands, node)).collect_view())}
            </g>
            <rect
                class="marquee" class:hidden=live_flag(move || hands.marquee.get().is_none())
                x=marquee(|a, b| a.x.min(b.x)) y=marquee(|a, b| a.y.min(b.y))
                width=marquee(|a, b| (a.x - b.x).abs()) height=marquee(|a, b| (a.y - b.y).abs())
            />
        </svg>
        <p
            class="refusal" role="status" data-testid="refusal" class:hidden=live_flag(move || tip().is_none())
            style:left=tip_at(|at| at.x + 16.0) style:top=tip_at(|at| at.y + 16.0)
        >
            {live_text(move || tip().map(|tip| tip.0).unwrap_or_default())}
        </p>
        <button
            class="select-mode" data-testid="select-mode" title=tr!("Draw a frame with a finger, tap to add")
            aria-pressed=live_text(move || hands.selecting.get().to_string()) on:click=move |_| hands.run("select-mode")
        >
            {tr!("Select")}
        </button>
        {live_part(move || hands.naming.get().map(|node| view! { <NameField hands node /> }))}
        {live_part(move || hands.carried.get().map(|carried| ghost(hands, carried)))}
        <EmptyState hands />
    }
}

/// What shows why something that is dragged snaps: the line on which nodes lie, or a space as large as another.
fn guide_path(guide: &Guide) -> String {
    match *guide {
        Guide::Line { across: Axis::Y, at, from, to } | Guide::Space { along: Axis::X, at, from, to } => {
            format!("M{from} {at}H{to}")
        }
        Guide::Line { at, from, to, .. } | Guide::Space { at, from, to, .. } => format!("M{at} {from}V{to}"),
    }
}

fn ghost(hands: Hands, carried: Carried) -> AnyView {
    let zoom = if carried.inside { hands.drawing.viewport.get_untracked().zoom } else { 0.6 };
    view! {
        <div
            class="ghost" style:left=format!("{:.0}px", carried.at.x) style:top=format!("{:.0}px", carried.at.y)
            style:width=format!("{:.0}px", NODE_WIDTH * zoom) style:height=format!("{:.0}px", NODE_HEIGHT * zoom)
        >
            <KindIcon kind=carried.kind />
            <span>{title(carried.kind)}</span>
        </div>
    }
    .into_any()
}

/// The field in which a node gets its name, where the name stands.
#[component]
fn NameField(hands: Hands, node: Uuid) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let name = hands.read(|document| document.node(node).map(|node| node.name.clone())).unwrap_or_default();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let viewport = hands.drawing.viewport;
    let shown = move || {
        let place = place(hands, node).unwrap_or(Point { x: 0.0, y: 0.0 });
        viewport.get().show(Point { x: place.x - NODE_WIDTH / 2.0, y: place.y - NODE_HEIGHT / 2.0 })
    };
    let end = move |keep: bool| {
        if keep {
            hands.finish_naming();
        } else {
            hands.naming.set(None);
        }
        hands.focus(Selection::Node(node));
    };
    view! {
        <input
            node_ref=field class="name-field" data-testid="name-field" aria-label=tr!("Name") value=name maxlength="80" autocomplete="off"
            style:left=live_text(move || format!("{:.0}px", shown().x)) style:top=live_text(move || format!("{:.0}px", shown().y))
            style:width=live_text(move || format!("{:.0}px", (NODE_WIDTH * viewport.get().zoom).max(140.0)))
            on:keydown=move |event| match event.key().as_str() {
                "Enter" => end(true),
                "Escape" => end(false),
                _ => {}
            }
            on:blur=move |_| hands.finish_naming()
        />
    }
}

impl Hands {
    /// Takes the name over that was typed, if one was.
    pub(super) fn finish_naming(self) {
        let Some(node) = self.naming.get_untracked() else { return };
        self.naming.set(None);
        let field = document().query_selector(".name-field").ok().flatten();
        let Some(field) =
            field.and_then(|field| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(field).ok())
        else {
            return;
        };
        let name = field.value().trim().to_string();
        let before = self.read(|document| document.node(node).map(|node| node.name.clone()));
        if name.is_empty() || before.as_ref() == Some(&name) {
            return;
        }
        let change = self.read(|document| Change::of(Edit::Rename { node, name }, document));
        self.perform(change, None);
    }
}

/// A sentence in which keys stand between backticks, and a tab's name between pairs of stars.
fn with_keys(sentence: &'static str) -> AnyView {
    let key = |(index, part): (usize, &'static str)| {
        if index % 2 == 1 { view! { <kbd>{part}</kbd> }.into_any() } else { part.into_any() }
    };
    let part = |(index, part): (usize, &'static str)| {
        if index % 2 == 1 {
            view! { <b>{part}</b> }.into_any()
        } else {
            part.split('`').enumerate().map(key).collect_view().into_any()
        }
    };
    sentence.split("**").enumerate().map(part).collect_view().into_any()
}

/// What an empty diagram says, and how to begin.
#[component]
fn EmptyState(hands: Hands) -> impl IntoView {
    let empty = Memo::new(move |_| {
        hands.state.revision.track();
        hands.state.run.track();
        hands.read(|document| document.nodes.is_empty())
    });
    let add = move |kind: NodeKind| {
        view! {
            <button on:click=move |_| hands.add_in_sight(kind) data-testid=format!("start-{}", kind.name())>
                <KindIcon kind />
                {title(kind)}
            </button>
        }
    };
    live_part(move || {
        empty.get().then(|| {
            view! {
                <section class="empty-diagram" data-testid="empty-diagram" aria-label=tr!("An empty diagram")>
                    <h2>{tr!("An empty diagram")}</h2>
                    <ol>
                        <li>{with_keys(tr!("Add nodes: drag them from **Build**, or press `A`."))}</li>
                        <li>{with_keys(tr!("Connect them: drag from the dot at a node's side, or press `C`."))}</li>
                        <li>{tr!("It runs while you build. A client starts the traffic.")}</li>
                    </ol>
                    <div class="buttons">{[NodeKind::Client, NodeKind::Gateway, NodeKind::Function, NodeKind::Queue].map(add).collect_view()}</div>
                </section>
            }
        })
    })
}
