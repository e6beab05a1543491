//! Courses: the dialog that makes packages, and what is told of a lab in an embed, to courses and to anybody else. Each is
//! fetched on demand.

mod dialog;

use super::shelf::Shelf;
use crate::exchange::course::{self, Results, Standard};
use crate::exchange::embed::{course as course_message, progress as progress_message, statement as statement_message};
use crate::lessons::labs::{Lab, Progress};
use crate::ui::embed::{parameter, tell};
use crate::ui::on_demand::{Part, on_demand};
use crate::ui::sharing::dialog::base;
use leptos::portal::Portal;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// So much of the score is wanted unless it is said otherwise.
const MASTERY: f64 = 0.8;

/// The dialog, once somebody wants it.
pub fn packaging(shelf: Shelf) -> AnyView {
    on_demand(move || shelf.packing.with(Option::is_some), || Box::pin(part()), move || shelf.packing.set(None))
}

#[wasm_split(packaging, fallible)]
fn part() -> Part {
    Ok(view! { <Portal><dialog::PackageDialog /></Portal> }.into_any())
}

/// Progress as a course, or any other page, kept it and gives it back in the address.
#[wasm_split(course, fallible)]
pub fn resumed(kept: String) -> Result<Option<Progress>, SplitLoaderError> {
    Ok(course::resume(&kept))
}

/// Tells the page around an embed how far somebody has come, and what has happened since it was told last.
#[wasm_split(course, fallible)]
pub fn report(lab: Rc<Lab>, progress: Progress) -> Result<(), SplitLoaderError> {
    thread_local! {
        static BEFORE: RefCell<Option<Results>> = const { RefCell::new(None) };
    }
    let now = Results::of(&lab, &progress);
    let suspended = course::suspend(&progress);
    let mastery = parameter("mastery").and_then(|text| text.parse().ok()).filter(|share| (0.0..=1.0).contains(share));
    let mastery = mastery.unwrap_or(MASTERY);
    let standard = parameter("course").and_then(|id| Standard::find(&id));
    tell(&progress_message(&now, &suspended, mastery));
    match standard {
        Some(Standard::Scorm12) => tell(&course_message(&course::scorm12(&now, &suspended, mastery))),
        Some(Standard::Scorm2004) => tell(&course_message(&course::scorm2004(&now, &suspended, mastery))),
        Some(Standard::Cmi5) | None => {}
    }
    let activity = parameter("activity").unwrap_or_else(|| activity(&lab.id));
    let before = BEFORE.replace(Some(now.clone())).filter(|before| before.lab == now.lab);
    let cmi5 = standard == Some(Standard::Cmi5);
    for statement in course::statements(before.as_ref(), &now, &activity, mastery, cmi5) {
        tell(&statement_message(statement));
    }
    Ok(())
}

/// Names a lab in statements.
fn activity(id: &str) -> String {
    format!("{}?lab={id}", base())
}
