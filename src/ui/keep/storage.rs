//! The browser's storage: one entry for each diagram, under the name by which the address knows it; and entries of other
//! kinds, whose owners name them (see `labs`).

use crate::diagram::Problem;
use crate::exchange::kept::Kept;
use crate::ui::embed::embedded;
use leptos::prelude::window;

const PREFIX: &str = "eventyard.diagram.";

/// Why something could not be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// In a private window or an embed, for example.
    Forbidden,
    Full,
}

fn storage() -> Option<web_sys::Storage> {
    // What visitors keep is no business of the pages around an embed.
    if embedded() {
        return None;
    }
    window().local_storage().ok().flatten()
}

fn entry(key: &str) -> String {
    format!("{PREFIX}{key}")
}

/// The diagram that an entry of the storage holds; `None` where the entry is something else.
pub fn key_of(entry: &str) -> Option<&str> {
    entry.strip_prefix(PREFIX)
}

/// What lies in an entry, as text.
pub fn get(entry: &str) -> Option<String> {
    storage()?.get_item(entry).ok().flatten()
}

pub fn put(entry: &str, text: &str) -> Result<(), Failure> {
    let storage = storage().ok_or(Failure::Forbidden)?;
    // The one reason for which storage that is there refuses an entry is that it is full.
    storage.set_item(entry, text).map_err(|_| Failure::Full)
}

pub fn delete(entry: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(entry);
    }
}

/// The names of all entries, without the prefix that they begin with.
pub fn names(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let entries = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    entries.filter_map(|name| name.strip_prefix(prefix).map(str::to_string)).collect()
}

/// What is kept of a diagram, as text.
pub fn text(key: &str) -> Option<String> {
    get(&entry(key))
}

/// What lies there; an error where it is damaged.
pub fn read(key: &str) -> Option<Result<Kept, Vec<Problem>>> {
    text(key).map(|text| Kept::parse(&text))
}

pub fn write(key: &str, text: &str) -> Result<(), Failure> {
    put(&entry(key), text)
}

pub fn remove(key: &str) {
    delete(&entry(key));
}

/// The names of all diagrams that are kept.
pub fn keys() -> Vec<String> {
    names(PREFIX)
}
