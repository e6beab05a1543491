//! The run on the screen as a file: it is done again from its beginning, in slices, and written down.

use super::RunFile;
use crate::exchange::run::{Export, series_csv};
use crate::kernel::SECOND;
use crate::ui::keep::download;
use crate::ui::state::{State, said};
use crate::ui::time::past;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// A slice may take this long, in milliseconds.
const BUDGET: f64 = 8.0;
const SLICE: u64 = 500;
/// Rows that figures over time have, at the most.
const ROWS: u64 = 1_000;
/// A longer journal is cut off here, in bytes: the page has to hold all of it.
const LONGEST_JOURNAL: usize = 96 << 20;

struct Writing {
    export: Export,
    file: RunFile,
    journal: String,
    cut: bool,
}

pub fn begin(state: State, file: RunFile) {
    if file == RunFile::Series {
        return match past(state, |past, simulation| series_csv(simulation, past.metrics())) {
            Some(text) => download::text(state, &text, "text/csv", &download::file_name(state, "time-series.csv")),
            None => state.refuse(tr!("The time series are still on their way. Please try again in a moment.")),
        };
    }
    let export = state.read(|simulation| {
        let span = simulation.now().0;
        let every = (span / ROWS).max(SECOND);
        Export::new(simulation.beginning(), simulation.seed(), simulation.log(), span, every)
    });
    match export {
        Ok(export) => {
            let export = if file == RunFile::Journal { export } else { export.without_journal() };
            state.say(tr!("The run is being written."));
            let writing = Writing { export, file, journal: String::new(), cut: false };
            turn(state, Rc::new(RefCell::new(Some(writing))));
        }
        Err(problems) => state.refuse(&said(&problems)),
    }
}

fn turn(state: State, slot: Rc<RefCell<Option<Writing>>>) {
    let Some(mut writing) = slot.take() else { return };
    let clock = window().performance();
    let now = || clock.as_ref().map_or(0.0, |clock| clock.now());
    let start = now();
    loop {
        let progress = writing.export.work(SLICE);
        let lines = writing.export.take_journal();
        if writing.journal.len() + lines.len() <= LONGEST_JOURNAL {
            writing.journal += &lines;
        } else {
            writing.cut = true;
        }
        if progress.done() {
            return finish(state, writing);
        }
        if now() - start > BUDGET {
            break;
        }
    }
    slot.replace(Some(writing));
    set_timeout(move || turn(state, slot), Duration::ZERO);
}

fn finish(state: State, writing: Writing) {
    let Writing { export, file, journal, cut } = writing;
    if cut {
        state.refuse(tr!(
            "The journal is longer than the page can hold: its end is missing. The command line writes all of it."
        ));
    }
    let (name, ending) = match file {
        RunFile::Report => ("report.html", "report.html"),
        RunFile::Figures => ("metrics.csv", "metrics.csv"),
        RunFile::FiguresAsJson => ("metrics.json", "metrics.json"),
        // It was written at once.
        RunFile::Series => return,
        RunFile::Journal => {
            return download::text(
                state,
                &journal,
                "application/x-ndjson",
                &download::file_name(state, "journal.jsonl"),
            );
        }
    };
    if let Some(file) = export.into_files().into_iter().find(|file| file.name == name) {
        download::text(state, &file.text, file.kind, &download::file_name(state, ending));
    }
}
