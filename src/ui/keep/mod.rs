//! Keeping what people draw: every change goes into the browser's storage by itself, under the diagram's own name, and
//! into files when people ask for it. Fetched on demand; only [`storage`] is there from the beginning.
//!
//! Nothing is overwritten that was not read first: an entry that another window has changed, or that cannot be read, is
//! left as it is, and people choose.

mod autosave;
mod document_json;
pub mod download;
mod file_menu;
mod files;
mod shelf;
pub mod storage;
mod update;

use super::compare::{self, RunFile};
use super::importing::Template;
use super::language;
use super::on_demand::Part;
use super::sharing::Incoming;
use super::state::State;
use autosave::Autosave;
pub use files::{MAXIMUM_BYTES, read};
use leptos::portal::Portal;
use leptos::{ev, prelude::*};
use wasm_split_helpers::wasm_split;

/// What the storage holds of the diagram that is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stored {
    /// The revision that was read or written last; 0 where there is none.
    pub revision: u64,
    /// What lies there cannot be read.
    pub damaged: bool,
}

/// What somebody asked for, by a button or a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// The list of what can be done with the file.
    Menu,
    /// The whole document as text.
    Json,
    OpenFile,
    /// A SAM or CloudFormation template.
    ImportTemplate,
    SaveFile,
    SavePng,
    SaveSvg,
    SaveMermaid,
    /// A template that deploys the diagram.
    ExportTemplate,
    /// A link that holds the diagram.
    Share,
    /// What puts the diagram into another page.
    Embed,
    Duplicate,
    /// The run so far.
    Run(RunFile),
    /// The app in another language, by its place among all.
    Speak(usize),
}

#[wasm_split(keep, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <Keep /> }.into_any())
}

#[component]
fn Keep() -> impl IntoView {
    let state = expect_context::<State>();
    let autosave = Autosave::start(state);
    let files = files::Files::new(state);
    // Another link was put into the address.
    window_event_listener(ev::hashchange, move |_| {
        if let Some(incoming) = Incoming::later() {
            state.incoming.set(Some(incoming));
        }
    });
    let shelf = document().get_element_by_id("shelf");
    Effect::new(move |_| {
        let Some(wish) = state.wish.get() else { return };
        match wish {
            Wish::Menu | Wish::Json | Wish::ExportTemplate | Wish::Share | Wish::Embed => return,
            Wish::OpenFile => files.choose(),
            Wish::ImportTemplate => state.importing.set(Some(Template::default())),
            Wish::SaveFile => download::json(state),
            Wish::SavePng => download::png(state),
            Wish::SaveSvg => download::svg(state),
            Wish::SaveMermaid => download::mermaid(state),
            Wish::Duplicate => autosave.duplicate(),
            // What cannot be kept would be lost; the banner says why, and what to do about it.
            Wish::Speak(place) => {
                if autosave.keep_now() {
                    language::choose(place);
                }
            }
            Wish::Run(file) => leptos::task::spawn_local(async move {
                if compare::export_run(state, file).await.is_err() {
                    state.refuse(tr!("This part of Eventyard could not be loaded. Please try again."));
                }
            }),
        }
        state.wish.set(None);
    });
    view! {
        <autosave::Banner autosave />
        <update::Update autosave />
        <files::Chooser files />
        <Portal><file_menu::FileMenu /><document_json::DocumentJson /><files::ProblemsDialog files /></Portal>
        {shelf.map(|place| view! { <Portal mount=place><shelf::Shelf autosave /></Portal> })}
    }
}
