//! The dialogs: send a message, make something go wrong, fidelity, about; and the Cost tab, which is as small.

mod about;
mod costs;
mod fault;
mod fidelity;
mod send;

use super::on_demand::Part;
use super::state::State;
use about::AboutDialog;
use costs::Costs;
use fault::FaultDialog;
use fidelity::FidelityDialog;
use leptos::html::Dialog;
use leptos::prelude::*;
use send::SendDialog;
use wasm_split_helpers::wasm_split;

/// All dialogs: one file, because each is small.
#[wasm_split(dialogs, fallible, preload(preload))]
pub fn part() -> Part {
    Ok(view! { <SendDialog /> <FaultDialog /> <AboutDialog /> <FidelityDialog /> }.into_any())
}

#[wasm_split(dialogs, fallible)]
pub fn costs_part() -> Part {
    Ok(view! { <Costs /> }.into_any())
}

/// Whether somebody asked for one of them.
pub fn any_open(state: State) -> bool {
    state.about.get() || state.fidelity.get() || state.composing.get().is_some() || state.faulting.get().is_some()
}

/// Takes back whatever was asked for.
pub fn close_all(state: State) {
    state.about.set(false);
    state.fidelity.set(false);
    state.composing.set(None);
    state.faulting.set(None);
}

/// Opens and closes a `<dialog>` as a signal says.
pub fn follow(dialog: NodeRef<Dialog>, open: impl Fn() -> bool + 'static) {
    Effect::new(move |_| {
        let wanted = open();
        let Some(dialog) = dialog.get() else { return };
        if wanted && !dialog.open() {
            // A browser that knows no modal dialogs shows it in place.
            if dialog.show_modal().is_err() {
                dialog.show();
            }
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
}
