//! What this browser keeps of labs: how far somebody has come in each, and the labs that were made or opened here. Where
//! nothing can be kept, they are held as long as the page lives, and people are told.

use crate::diagram::{Ids, Problem};
use crate::lessons::labs::{Lab, Progress};
use crate::ui::keep::storage::{self, Failure};
use leptos::prelude::*;
use std::collections::BTreeMap;

const PROGRESS: &str = "eventyard.lab-progress.";
const OWN: &str = "eventyard.own-lab.";

/// In addresses: a lab of one's own.
const PREFIX: &str = "own:";

/// Which lab: one that comes with the app by its id, or one of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Shipped(String),
    Own(String),
}

impl Key {
    /// As addresses and entries write it.
    pub fn parse(text: &str) -> Key {
        match text.strip_prefix(PREFIX) {
            Some(own) => Key::Own(own.to_string()),
            None => Key::Shipped(text.to_string()),
        }
    }

    /// One that nobody has yet.
    pub fn fresh() -> Key {
        let start = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
        Key::Own(Ids::new(start).next_id().to_string())
    }

    pub fn text(&self) -> String {
        match self {
            Key::Shipped(id) => id.clone(),
            Key::Own(id) => format!("{PREFIX}{id}"),
        }
    }
}

/// What lies under a key.
pub enum Kept<T> {
    Nothing,
    Something(T),
    /// It cannot be read, and is left as it is.
    Spoilt(Vec<Problem>),
}

#[derive(Clone, Copy)]
pub struct Shelf {
    /// What could not be kept, by entry.
    held: StoredValue<BTreeMap<String, String>>,
    /// Why something was not kept last.
    pub trouble: RwSignal<Option<Failure>>,
    /// Counts up when something was kept.
    pub changed: RwSignal<u64>,
    /// The lab of which a course package is wanted.
    pub packing: RwSignal<Option<Key>>,
    /// What a course or another page around has kept of a lab; taken when that is opened.
    pub resumed: StoredValue<Option<Progress>>,
}

impl Shelf {
    pub fn new() -> Shelf {
        Shelf {
            held: StoredValue::new(BTreeMap::new()),
            trouble: RwSignal::new(None),
            changed: RwSignal::new(0),
            packing: RwSignal::new(None),
            resumed: StoredValue::new(None),
        }
    }

    fn get(self, entry: &str) -> Option<String> {
        self.held.with_value(|held| held.get(entry).cloned()).or_else(|| storage::get(entry))
    }

    fn put(self, entry: &str, text: String) {
        let failure = storage::put(entry, &text).err();
        self.held.update_value(|held| match failure {
            Some(_) => drop(held.insert(entry.to_string(), text)),
            None => drop(held.remove(entry)),
        });
        if self.trouble.get_untracked() != failure {
            self.trouble.set(failure);
        }
        self.changed.update(|count| *count += 1);
    }

    fn remove(self, entry: &str) {
        self.held.update_value(|held| drop(held.remove(entry)));
        storage::delete(entry);
        self.changed.update(|count| *count += 1);
    }

    /// Another window has kept something.
    pub fn heard(self, entry: Option<String>) {
        if entry.is_none_or(|entry| entry.starts_with(PROGRESS) || entry.starts_with(OWN)) {
            self.changed.update(|count| *count += 1);
        }
    }

    /// How far somebody has come in the lab that has this id.
    pub fn begun(self, key: &Key, lab: &str) -> Kept<Progress> {
        match self.resumed.try_update_value(|resumed| resumed.take_if(|it| it.lab() == lab)).flatten() {
            Some(progress) => Kept::Something(progress),
            None => self.progress(key),
        }
    }

    pub fn progress(self, key: &Key) -> Kept<Progress> {
        match self.get(&format!("{PROGRESS}{}", key.text())).map(|text| Progress::parse(&text)) {
            None => Kept::Nothing,
            Some(Some(progress)) => Kept::Something(progress),
            Some(None) => Kept::Spoilt(Vec::new()),
        }
    }

    /// Together with what another window has come to meanwhile.
    pub fn keep_progress(self, key: &Key, progress: &Progress) {
        let text = match self.progress(key) {
            Kept::Something(kept) => kept.joined(progress).to_text(),
            Kept::Nothing | Kept::Spoilt(_) => progress.to_text(),
        };
        self.put(&format!("{PROGRESS}{}", key.text()), text);
    }

    /// A lab of one's own.
    pub fn lab(self, id: &str) -> Kept<Lab> {
        match self.get(&format!("{OWN}{id}")).map(|text| Lab::read_text(&text)) {
            None => Kept::Nothing,
            Some(Ok(lab)) => Kept::Something(lab),
            Some(Err(problems)) => Kept::Spoilt(problems),
        }
    }

    pub fn keep_lab(self, id: &str, lab: &Lab) {
        self.put(&format!("{OWN}{id}"), lab.to_text());
    }

    /// What lies there, to be put back; it is gone afterwards.
    pub fn take_lab(self, id: &str) -> Option<String> {
        let entry = format!("{OWN}{id}");
        let text = self.get(&entry);
        self.remove(&entry);
        text
    }

    pub fn put_back(self, id: &str, text: String) {
        self.put(&format!("{OWN}{id}"), text);
    }

    /// The labs of one's own, by name. What cannot be read is there, too.
    pub fn own(self) -> Vec<(String, Result<Lab, Vec<Problem>>)> {
        self.changed.track();
        let mut ids = storage::names(OWN);
        self.held
            .with_value(|held| ids.extend(held.keys().filter_map(|entry| entry.strip_prefix(OWN)).map(str::to_string)));
        ids.sort();
        ids.dedup();
        let mut labs: Vec<_> = ids
            .into_iter()
            .filter_map(|id| match self.lab(&id) {
                Kept::Nothing => None,
                Kept::Something(lab) => Some((id, Ok(lab))),
                Kept::Spoilt(problems) => Some((id, Err(problems))),
            })
            .collect();
        labs.sort_by_key(|(_, lab)| lab.as_ref().map_or(String::new(), |lab| lab.title.to_lowercase()));
        labs
    }

    /// Why something is not kept, for people; empty where it is.
    pub fn words(self) -> &'static str {
        match self.trouble.get() {
            None => "",
            Some(Failure::Full) => {
                tr!(
                    "The browser's storage is full: this is kept only as long as the page is open. Delete diagrams or labs that you no longer need."
                )
            }
            Some(Failure::Forbidden) => {
                tr!("This browser does not let the page keep anything: this is kept only as long as the page is open.")
            }
        }
    }
}
