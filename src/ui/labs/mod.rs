//! Labs: found in the list beside the diagram, taken with the player, made with the author; and the glossary. Fetched on
//! demand, style sheet and all.
//!
//! A lab borrows the window: the person's own diagram, with its run, its past and what can be undone, is put aside (`own`,
//! `stage`) and comes back when the lab is left. Meanwhile the lab is the state's [`Host`](super::state::Host), which is
//! asked before anything is changed, and nothing is kept of its diagram. What the lab says is for
//! [`crate::lessons::labs::Session`] to decide; here it is shown, and carried out.

mod author;
mod cards;
mod course;
mod glossary;
mod list;
mod markdown;
mod marks;
mod opening;
mod own;
mod places;
mod player;
mod shelf;
mod stage;

use super::embed::parameter;
use super::on_demand::Part;
use super::reactive::live_part;
use super::sheet;
use super::state::{Side, State, is_phone, said, use_state};
use crate::diagram::{NodeKind, Problem};
use crate::language::translated;
use crate::lessons::glossary::{TERMS, Term, of_setting};
use crate::lessons::labs::{self, Lab, check};
use crate::ui::selection::Selection;
use leptos::portal::Portal;
use leptos::{ev, prelude::*};
pub use opening::LabFile;
use shelf::{Kept, Key, Shelf};
use stage::Stage;
use std::rc::Rc;
use std::time::Duration;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Whether somebody wants something of labs.
pub fn wanted(state: State) -> bool {
    state.side.get() == Side::Labs
        || state.lab.with(Option::is_some)
        || state.term.with(Option::is_some)
        || state.lab_file.with(Option::is_some)
}

/// Takes back whatever was wanted.
pub fn give_up(state: State) {
    state.lab.set(None);
    state.term.set(None);
    state.lab_file.set(None);
    if state.side.get_untracked() == Side::Labs {
        state.side.set(Side::Guide);
    }
}

#[wasm_split(labs, fallible)]
pub fn part() -> Part {
    sheet::adopt(include_str!("../../../style/labs.css"));
    Ok(view! { <Labs /> }.into_any())
}

/// The ids and titles of the labs that come with the app; the titles in the person's language, and as they are written.
#[wasm_split(labs, fallible)]
pub fn titles() -> Result<Vec<(&'static str, String, String)>, SplitLoaderError> {
    Ok(cards::cards().iter().map(|card| (card.id, card.title.clone(), card.english.clone())).collect())
}

#[wasm_split(labs, fallible)]
fn find_term_of_setting(kind: Option<NodeKind>, name: &'static str) -> Result<Option<&'static Term>, SplitLoaderError> {
    let of_kind = kind.and_then(|kind| of_setting(kind, name));
    // Edges have no kind of node.
    Ok(of_kind.or_else(|| TERMS.iter().find(|term| kind.is_none() && term.settings.contains(&name))))
}

fn selected_kind(state: State) -> Option<NodeKind> {
    let Some(Selection::Node(id)) = state.selected() else { return None };
    state.read(|simulation| simulation.document().node(id).map(|node| node.kind))
}

/// For a setting's help: a link into the glossary where a term fits, looked for once somebody has asked.
pub fn setting_term(name: &'static str, asked: RwSignal<bool>) -> AnyView {
    let state = use_state();
    let kind = untrack(|| selected_kind(state));
    let found = RwSignal::new(None::<&'static Term>);
    Effect::new(move |_| {
        if asked.get() {
            leptos::task::spawn_local(async move {
                // Without the connection there is no link, and the help says what it says. The field may be gone by then.
                if let Ok(term) = find_term_of_setting(kind, name).await {
                    found.try_set(term);
                }
            });
        }
    });
    let link = move |term: &'static Term| {
        view! {
            <button
                type="button" class="link" data-testid=format!("term-of-{name}") on:click=move |_| state.term.set(Some(term.id.to_string()))
            >
                {tr!("Glossary: {term}", term = translated(term.name))}
            </button>
        }
    };
    live_part(move || found.get().map(link)).into_any()
}

/// For the head of the inspector: what this kind of node is.
pub fn kind_term(kind: NodeKind) -> AnyView {
    let state = use_state();
    view! {
        <button
            class="link" data-testid="kind-term" title=tr!("What is this? Opens the glossary")
            on:click=move |_| state.term.set(Some(format!("kind:{}", kind.name())))
        >
            {tr!("Glossary")}
        </button>
    }
    .into_any()
}

/// What has the window.
#[derive(Clone, PartialEq)]
enum Room {
    Taking(Key),
    Making(String),
}

/// Between two looks whether the parts that a lab needs have arrived, and how many looks.
const PAUSE: Duration = Duration::from_millis(50);
const LOOKS: u32 = 200;

#[component]
fn Labs() -> impl IntoView {
    let state = use_state();
    let (shelf, stage) = (Shelf::new(), Stage::new(state));
    provide_context(shelf);
    window_event_listener(ev::storage, move |event| shelf.heard(event.key()));
    // A page around an embed may have kept how far somebody had come.
    let resuming = StoredValue::new(parameter("progress").is_some());
    if let Some(kept) = parameter("progress") {
        leptos::task::spawn_local(async move {
            // Without the connection, or damaged, the lab begins anew.
            shelf.resumed.set_value(course::resumed(kept).await.ok().flatten());
            resuming.set_value(false);
        });
    }
    let room = RwSignal::new(None::<Room>);
    Effect::new(move |_| match state.lab.get() {
        Some(wanted) => arrive(state, shelf, room, resuming, wanted, LOOKS),
        None => {
            stage.leave();
            if room.with_untracked(Option::is_some) {
                room.set(None);
            }
        }
    });
    let inside = move || {
        live_part(move || {
            let room = room.get();
            untrack(|| match room {
                None => list::view(state, shelf),
                Some(room) => open(state, stage, shelf, room).unwrap_or_else(|problems| {
                    state.refuse(&said(&problems));
                    state.lab.set(None);
                    ().into_any()
                }),
            })
        })
    };
    let panel = document().get_element_by_id("labs");
    view! {
        <Portal>
            <glossary::Glossary />
            {opening::view(state, shelf)}
        </Portal>
        {course::packaging(shelf)}
        {panel.map(|panel| view! { <Portal mount=panel>{inside()}</Portal> })}
    }
}

/// Comes to what was asked for, once what keeps diagrams and what notes the past are there.
fn arrive(
    state: State,
    shelf: Shelf,
    room: RwSignal<Option<Room>>,
    resuming: StoredValue<bool>,
    wanted: String,
    looks: u32,
) {
    if (!state.is_settled() || resuming.get_value()) && looks > 0 {
        set_timeout(move || arrive(state, shelf, room, resuming, wanted, looks - 1), PAUSE);
        return;
    }
    let make = |lab: Lab| {
        let key = Key::fresh();
        if let Key::Own(id) = key {
            shelf.keep_lab(&id, &lab);
            state.lab.set(Some(format!("edit:{id}")));
        }
    };
    match wanted.split_once(':') {
        None if wanted == "make" => return make(state.read(author::from_diagram)),
        Some(("copy", id)) => {
            return match shipped(id) {
                Ok(lab) => make(Lab { title: format!("{} (copy)", lab.title), id: format!("{}-copy", lab.id), ..lab }),
                Err(problems) => {
                    state.lab.set(None);
                    state.refuse(&said(&problems));
                }
            };
        }
        _ => {}
    }
    let next = match wanted.strip_prefix("edit:") {
        Some(id) => Room::Making(id.to_string()),
        None => Room::Taking(Key::parse(&wanted)),
    };
    state.side.set(Side::Labs);
    if !is_phone() {
        state.side_toggled.set(false);
    }
    if room.with_untracked(|room| room.as_ref() != Some(&next)) {
        // The step at which a lab stands is no other lab's.
        if room.with_untracked(Option::is_some) {
            state.lab_step.set_value(None);
        }
        room.set(Some(next));
    }
}

fn shipped(id: &str) -> Result<Lab, Vec<Problem>> {
    match labs::find(id) {
        Some(entry) => entry.lab(),
        None => Err(vec![
            Problem::new("", tr!("There is no lab “{id}”.", id = id))
                .with_hint(tr!("All labs are listed beside the diagram.")),
        ]),
    }
}

fn kept(shelf: Shelf, id: &str) -> Result<Lab, Vec<Problem>> {
    match shelf.lab(id) {
        Kept::Something(lab) => Ok(lab),
        Kept::Spoilt(problems) => Err(problems),
        Kept::Nothing => Err(vec![Problem::new("", tr!("This lab is not kept in this browser any longer."))]),
    }
}

fn open(state: State, stage: Stage, shelf: Shelf, room: Room) -> Result<AnyView, Vec<Problem>> {
    match room {
        Room::Making(id) => {
            let lab = kept(shelf, &id)?;
            author::view(state, stage, shelf, id, lab)
        }
        Room::Taking(key) => {
            let lab = match &key {
                Key::Shipped(id) => shipped(id)?,
                Key::Own(id) => kept(shelf, id)?,
            };
            let problems = check(&lab);
            if !problems.is_empty() {
                return Err(problems);
            }
            player::view(state, stage, shelf, key, Rc::new(lab))
        }
    }
}
