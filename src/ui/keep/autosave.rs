//! Every change is kept, a moment after it was made and at the latest when the page is left.

use super::storage::{self, Failure};
use super::{Stored, Wish};
use crate::diagram::{Document, Ids};
use crate::exchange::kept::Kept;
use crate::lessons::guide;
use crate::ui::embed::embedded;
use crate::ui::reactive::{live_flag, live_text};
use crate::ui::state::{Keeper, NEW, State};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::{ev, prelude::*};
use std::time::Duration;
use uuid::Uuid;

/// How long after a change it is kept: long enough to join what is typed.
const PAUSE: Duration = Duration::from_millis(400);
/// What keeps changing is kept after this many milliseconds all the same.
const LONGEST_WAIT: f64 = 2_000.0;

/// Why what is on the screen is not kept at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trouble {
    Failed(Failure),
    /// Another window has changed the entry since it was read here.
    Elsewhere,
}

#[derive(Clone, Copy)]
pub struct Autosave {
    state: State,
    /// The document as it was read or kept last.
    last: StoredValue<Document>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// The time of the first change that is not kept yet, in milliseconds.
    waiting_since: StoredValue<Option<f64>>,
    trouble: RwSignal<Option<Trouble>>,
    /// Counts up when the list of what is kept has changed.
    pub changed: RwSignal<u64>,
}

/// A UUID that nobody has yet.
fn new_id() -> Uuid {
    Ids::new((js_sys::Math::random() * 9_007_199_254_740_992.0) as u64).next_id()
}

impl Autosave {
    pub fn start(state: State) -> Autosave {
        let last = state.read(|simulation| simulation.document().clone());
        let autosave = Autosave {
            state,
            last: StoredValue::new(last),
            timer: StoredValue::new(None),
            waiting_since: StoredValue::new(None),
            trouble: RwSignal::new(None),
            changed: RwSignal::new(0),
        };
        // The part may arrive after the first change: then there is something to keep at once.
        if state.diagram.with_untracked(|key| guide::find(key).is_some())
            && state.kept.get_untracked() == Stored::default()
        {
            autosave.last.set_value(state.original());
        }
        Effect::new(move |_| {
            state.revision.track();
            autosave.soon();
        });
        state.set_keeper(Keeper {
            leave: Callback::new(move |()| autosave.keep()),
            opened: Callback::new(move |()| autosave.opened()),
            keep_new: Callback::new(move |()| autosave.write(new_id().to_string(), 1, autosave.document())),
        });
        let at_once = move || autosave.keep();
        window_event_listener_untyped("pagehide", move |_| at_once());
        window_event_listener_untyped("visibilitychange", move |_| at_once());
        window_event_listener(ev::storage, move |event| autosave.heard(&event));
        autosave
    }

    fn document(self) -> Document {
        self.state.read(|simulation| simulation.document().clone())
    }

    /// Another diagram is open.
    fn opened(self) {
        self.last.set_value(self.document());
        self.trouble.set(None);
    }

    /// Keeps the diagram when nothing has changed for a moment, and now and then while it keeps changing.
    fn soon(self) {
        let now = js_sys::Date::now();
        let since = self.waiting_since.try_update_value(|since| *since.get_or_insert(now)).unwrap_or(now);
        if now - since > LONGEST_WAIT {
            return self.keep();
        }
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
        let handle = set_timeout_with_handle(move || self.keep(), PAUSE);
        self.timer.set_value(handle.ok());
    }

    /// Keeps what has changed.
    fn keep(self) {
        self.waiting_since.set_value(None);
        // What was there in the past is not what somebody has made of it since, a lab's diagram is the lab's, and in an
        // embed nothing is kept.
        if self.state.in_past.get_untracked() || self.state.is_hosted() || embedded() {
            return;
        }
        let document = self.document();
        if self.last.with_value(|last| *last == document) || self.trouble.get_untracked() == Some(Trouble::Elsewhere) {
            return;
        }
        let state = self.state;
        let mut key = state.diagram.get_untracked();
        let mut stored = state.kept.get_untracked();
        // What cannot be read stays; what is new here gets a place of its own.
        if key == NEW || stored.damaged {
            key = new_id().to_string();
            stored = Stored::default();
        }
        let there = storage::text(&key);
        if there.is_some_and(|text| Kept::revision_of(&text) != Some(stored.revision)) {
            self.trouble.set(Some(Trouble::Elsewhere));
            return;
        }
        // A diagram of the guide that is as the guide has it needs no entry.
        if guide::find(&key).is_some() && document == state.original() {
            storage::remove(&key);
            self.kept_as(key, Stored::default(), document);
            return;
        }
        self.write(key, stored.revision + 1, document);
    }

    /// Keeps what has changed, now. False where that is not possible.
    pub fn keep_now(self) -> bool {
        self.keep();
        self.trouble.get_untracked().is_none()
    }

    fn write(self, key: String, revision: u64, document: Document) {
        let (seed, time) = (self.state.seed.get_untracked(), js_sys::Date::now());
        let kept = Kept { document, seed, revision, time };
        match storage::write(&key, &kept.to_text()) {
            Ok(()) => self.kept_as(key, Stored { revision, damaged: false }, kept.document),
            Err(failure) => self.trouble.set(Some(Trouble::Failed(failure))),
        }
    }

    fn kept_as(self, key: String, stored: Stored, document: Document) {
        let state = self.state;
        self.last.set_value(document);
        self.trouble.set(None);
        state.kept.set(stored);
        if state.diagram.get_untracked() != key {
            state.diagram.set(key);
            state.show_address();
        }
        self.changed.update(|count| *count += 1);
    }

    /// Another window has kept something.
    fn heard(self, event: &web_sys::StorageEvent) {
        self.changed.update(|count| *count += 1);
        let own = self.state.diagram.get_untracked();
        let entry = event.key();
        if entry.as_deref().and_then(storage::key_of) != Some(own.as_str()) {
            return;
        }
        let revision = event.new_value().as_deref().and_then(Kept::revision_of);
        if revision != Some(self.state.kept.get_untracked().revision) {
            self.trouble.set(Some(Trouble::Elsewhere));
        }
    }

    /// What is on the screen was deleted: it is not kept again.
    pub fn forget(self) {
        self.last.set_value(self.document());
    }

    /// What the other window has is shown here; what was here can still be had by keeping a copy first.
    fn load_theirs(self) {
        let key = self.state.diagram.get_untracked();
        self.trouble.set(None);
        self.state.open(&key);
    }

    /// What is on the screen becomes a diagram of its own.
    pub fn duplicate(self) {
        let mut document = self.document();
        document.name = format!("{} (copy)", document.name);
        self.trouble.set(None);
        self.keep();
        self.state.open_document(document);
    }
}

/// Says what is not kept, and what to do about it.
#[component]
pub fn Banner(autosave: Autosave) -> impl IntoView {
    let state = autosave.state;
    let trouble = autosave.trouble;
    let words = live_text(move || match trouble.get() {
        None => "",
        Some(Trouble::Elsewhere) => {
            tr!("This diagram was changed in another window. What you see here is not kept until you choose.")
        }
        Some(Trouble::Failed(Failure::Full)) => {
            tr!(
                "The browser's storage is full: your changes are on the screen, but they are not kept. Save them as a file, or delete diagrams you no longer need."
            )
        }
        Some(Trouble::Failed(Failure::Forbidden)) => {
            tr!(
                "This browser does not let the page keep anything: your changes are on the screen only. Save them as a file."
            )
        }
    });
    let elsewhere = live_flag(move || trouble.get() != Some(Trouble::Elsewhere));
    view! {
        <div class="notice banner" role="alert" data-testid="keep-trouble" class:hidden=live_flag(move || trouble.get().is_none())>
            <p>{words}</p>
            <div class="buttons">
                <button class:hidden=elsewhere data-testid="keep-theirs" on:click=move |_| autosave.load_theirs()>{tr!("Show the other window's")}</button>
                <button class:hidden=elsewhere data-testid="keep-copy" on:click=move |_| autosave.duplicate()>{tr!("Keep mine as a copy")}</button>
                <button data-testid="keep-file" on:click=move |_| state.wish.set(Some(Wish::SaveFile))>{tr!("Save as a file")}</button>
            </div>
        </div>
    }
}
