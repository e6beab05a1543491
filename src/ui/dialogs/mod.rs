//! The dialogs: send a message, make something go wrong, costs, fidelity, about.

mod about;
mod costs;
mod fault;
mod fidelity;
mod send;

pub use about::AboutDialog;
pub use costs::CostsDialog;
pub use fault::FaultDialog;
pub use fidelity::FidelityDialog;
pub use send::SendDialog;

use leptos::html::Dialog;
use leptos::prelude::*;

/// Opens and closes a `<dialog>` as a signal says.
fn follow(dialog: NodeRef<Dialog>, open: impl Fn() -> bool + 'static) {
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
