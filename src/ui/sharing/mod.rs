//! Links: the dialog that makes them, and what opens them. Fetched on demand; the page's first module only sees whether
//! the address holds one.
//!
//! What a link brings becomes a diagram of its own, which is kept like any other once somebody changes it. Until then the
//! link stays in the address, so that loading the page again shows the same; afterwards the address names what is kept.
//! A link that cannot be opened changes nothing of what is open or kept.

pub mod dialog;
mod fetch;
mod open;

use super::keep::Wish;
use super::on_demand::Part;
use super::sheet;
use super::state::State;
use crate::exchange::link::{SAFE_LIMIT, lab_fragment};
use dialog::ShareDialog;
use leptos::portal::Portal;
use leptos::prelude::*;
use open::Opening;
use serde_json::Value;
use wasm_split_helpers::wasm_split;

/// A link that is to be opened.
#[derive(Clone, PartialEq)]
pub struct Incoming {
    what: What,
    /// Nothing else is open: the page was loaded with it.
    at_start: bool,
}

#[derive(Clone, PartialEq)]
enum What {
    /// What follows the `#`.
    Fragment(String),
    /// Where a document is to be fetched from.
    Source(String),
}

impl Incoming {
    /// What the address holds when the page is loaded: a link behind the `#`, or else where to fetch a document.
    pub fn at_start(source: Option<String>) -> Option<Incoming> {
        Incoming::in_address(source, true)
    }

    /// The link that was put into the address since.
    pub fn later() -> Option<Incoming> {
        Incoming::in_address(None, false)
    }

    fn in_address(source: Option<String>, at_start: bool) -> Option<Incoming> {
        let fragment = window().location().hash().unwrap_or_default();
        let what = match source {
            _ if fragment.len() > 1 => What::Fragment(fragment),
            Some(source) => What::Source(source),
            None => return None,
        };
        Some(Incoming { what, at_start })
    }

    /// A link that somebody handed over while something else is open.
    pub fn link(fragment: String) -> Incoming {
        Incoming { what: What::Fragment(fragment), at_start: false }
    }

    /// As it stands in the address.
    pub fn address(&self) -> String {
        match &self.what {
            What::Fragment(fragment) => fragment.clone(),
            What::Source(source) => format!("?src={}", js_sys::encode_uri_component(source)),
        }
    }
}

/// Copies a link that holds a lab, and says how long it is.
pub fn copy_lab(state: State, lab: &Value) {
    let text = format!("{}#{}", dialog::base(), lab_fragment(lab));
    let length = text.len();
    dialog::copy(state, text, NodeRef::new());
    if length > SAFE_LIMIT {
        state.refuse(&tr!(
            "The link has {number} characters, and is cut off by some programs. A file goes everywhere.",
            number = length
        ));
    }
}

/// Whether somebody wants to make or to open a link.
pub fn wanted(state: State) -> bool {
    state.incoming.with(Option::is_some) || state.wish.get() == Some(Wish::Share)
}

pub fn give_up(state: State) {
    if state.incoming.get_untracked().is_some_and(|incoming| incoming.at_start) {
        state.open_instead();
    }
    state.incoming.set(None);
    state.wish.set(None);
}

#[wasm_split(sharing, fallible)]
pub fn part() -> Part {
    sheet::adopt(include_str!("../../../style/sharing.css"));
    Ok(view! { <Opening /><Portal><ShareDialog /></Portal> }.into_any())
}
