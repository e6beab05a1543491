//! What can be done with the diagram as a file.

use super::Wish;
use crate::diagram::{Change, Edit};
use crate::language::translated;
use crate::ui::compare::RunFile;
use crate::ui::dialogs::follow;
use crate::ui::reactive::live_text;
use crate::ui::state::use_state;
use leptos::html::Dialog;
use leptos::prelude::*;

/// What can be asked for, how it is called, and what it is good for.
const CHOICES: [(Wish, &str, &str, &str); 16] = [
    (
        Wish::OpenFile,
        "file-open",
        phrase!("Open a file…"),
        phrase!("A diagram that was saved, or an SVG picture of one. Dropping it onto the window does the same."),
    ),
    (
        Wish::ImportTemplate,
        "file-import",
        phrase!("Import template…"),
        phrase!("AWS SAM or CloudFormation, YAML or JSON. Dropping or pasting it onto the diagram does the same."),
    ),
    (
        Wish::Share,
        "file-share",
        phrase!("Share…"),
        phrase!("A link that holds the diagram, or this very moment of its run."),
    ),
    (
        Wish::Embed,
        "file-embed",
        phrase!("Embed…"),
        phrase!("A snippet that puts the diagram, running, into a page or a slide."),
    ),
    (
        Wish::SaveFile,
        "file-save",
        phrase!("Save as a file"),
        phrase!("The document as JSON: readable, and easy to compare."),
    ),
    (
        Wish::Json,
        "file-json",
        phrase!("Edit as JSON…"),
        phrase!("The whole document as text, with what is wrong pointed at."),
    ),
    (Wish::Duplicate, "file-duplicate", phrase!("Duplicate"), phrase!("Go on with a copy; this one stays as it is.")),
    (Wish::SavePng, "file-png", phrase!("Picture as PNG"), phrase!("For slides and chats.")),
    (
        Wish::SaveSvg,
        "file-svg",
        phrase!("Picture as SVG"),
        phrase!("Sharp at any size. The diagram is inside: opening it here restores it."),
    ),
    (
        Wish::SaveMermaid,
        "file-mermaid",
        phrase!("Mermaid text"),
        phrase!("For documents that draw Mermaid flowcharts."),
    ),
    (
        Wish::Run(RunFile::Report),
        "file-report",
        phrase!("Report of this run"),
        phrase!("One page with diagram, charts, ledger and settings, readable without Eventyard."),
    ),
    (
        Wish::Run(RunFile::Figures),
        "file-figures",
        phrase!("Figures over time as CSV"),
        phrase!("Every figure of every node, for spreadsheets."),
    ),
    (
        Wish::Run(RunFile::FiguresAsJson),
        "file-figures-json",
        phrase!("Figures over time as JSON"),
        phrase!("The same, for programs."),
    ),
    (
        Wish::Run(RunFile::Series),
        "file-series",
        phrase!("Time series as CSV"),
        phrase!("Rates, errors, percentiles, depths and costs of every node and edge, as the charts show them."),
    ),
    (
        Wish::Run(RunFile::Journal),
        "file-journal",
        phrase!("Journal as JSON lines"),
        phrase!("Everything that happened, a line for each."),
    ),
    (
        Wish::ExportTemplate,
        "file-template",
        phrase!("Export template…"),
        phrase!("For AWS SAM and CloudFormation, with the functions' code: deploys the diagram for real."),
    ),
];

#[component]
pub fn FileMenu() -> impl IntoView {
    let state = use_state();
    let dialog = NodeRef::<Dialog>::new();
    follow(dialog, move || state.wish.get() == Some(Wish::Menu));
    let name = live_text(move || {
        state.revision.track();
        state.read(|simulation| simulation.document().name.clone())
    });
    let rename = move |event| {
        let name = event_target_value(&event).trim().to_string();
        if name.is_empty() {
            return state.refuse(tr!("A diagram needs a name."));
        }
        let edit = Edit::SetField { field: "name".to_string(), value: Some(name.clone().into()) };
        state.perform(Change::labelled(tr!("Call the diagram “{name}”", name = name), edit), None);
    };
    let closed = move |_| {
        if state.wish.get_untracked() == Some(Wish::Menu) {
            state.wish.set(None);
        }
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="file-title" data-testid="file-menu" on:close=closed>
            <h2 id="file-title">{tr!("Diagram")}</h2>
            <label class="field">
                <span>{tr!("Name")}</span>
                <input data-testid="diagram-name" prop:value=name on:change=rename />
            </label>
            <ul class="choices">
                {CHOICES
                    .iter()
                    .map(|(wish, test, label, help)| {
                        view! {
                            <li>
                                <button class="bare" data-testid=*test on:click=move |_| state.wish.set(Some(*wish))>
                                    <b>{translated(label)}</b>
                                    <small class="quiet">{translated(help)}</small>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <form method="dialog"><button>{tr!("Close")}</button></form>
        </dialog>
    }
}
