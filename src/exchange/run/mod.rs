//! A run that leaves the app: its figures over time as CSV and JSON, its journal as JSON lines, and a report that can be
//! read without the app.

mod figures;
mod journal;
mod page;
mod series;

pub use figures::Figures;
pub use journal::journal_line;
pub use series::series_csv;

use crate::diagram::{Document, Problem};
use crate::language::in_english;
use crate::simulation::study::{Conditions, Progress, Run};
use crate::simulation::{Done, Simulation};
use page::Page;

/// A file of an exported run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: &'static str,
    /// As browsers are told.
    pub kind: &'static str,
    pub text: String,
}

/// A run that is done again from its beginning in order to be written down.
pub struct Export {
    document: Document,
    commands: Vec<Done>,
    run: Option<Run>,
    figures: Figures,
    journal: Option<String>,
    /// Records that are written already.
    written: u64,
    files: Vec<File>,
}

impl Export {
    /// The run of a document as it was at the beginning, with the commands that followed, up to `span` microseconds; its
    /// figures are noted every so many microseconds.
    pub fn new(
        document: &Document,
        seed: u64,
        commands: &[Done],
        span: u64,
        every: u64,
    ) -> Result<Export, Vec<Problem>> {
        let run = Run::new(document, seed, &Conditions { span, ..Conditions::default() })?;
        Ok(Export {
            document: document.clone(),
            commands: commands.to_vec(),
            figures: Figures::new(every),
            run: Some(run.with_commands(commands)),
            journal: Some(String::new()),
            written: 0,
            files: Vec::new(),
        })
    }

    /// Writes no journal: it is most of the work.
    pub fn without_journal(mut self) -> Export {
        self.journal = None;
        self
    }

    /// Handles up to about `budget` events. What is written is in English: programs read it as well.
    pub fn work(&mut self, budget: u64) -> Progress {
        in_english(|| self.work_and_write(budget))
    }

    fn work_and_write(&mut self, budget: u64) -> Progress {
        let Some(mut run) = self.run.take() else { return Progress::DONE };
        let (figures, journal, written) = (&mut self.figures, &mut self.journal, &mut self.written);
        let over = run.work_and(budget, &mut |simulation| {
            figures.look(simulation);
            if let Some(journal) = journal {
                write_journal(journal, written, simulation);
            }
        });
        if !over {
            let share = run.share();
            self.run = Some(run);
            return Progress { share: share.min(0.99) };
        }
        self.figures.last(run.simulation());
        self.files = files(&self.document, &self.commands, &self.figures, run);
        Progress::DONE
    }

    /// The lines of the journal since this was asked last. A long run's journal is larger than what fits into memory.
    pub fn take_journal(&mut self) -> String {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Everything but the journal, once all is done.
    pub fn into_files(self) -> Vec<File> {
        self.files
    }
}

fn write_journal(text: &mut String, written: &mut u64, simulation: &Simulation) {
    for (number, record) in simulation.journal().since(*written) {
        *text += &journal_line(simulation, number, record);
        text.push('\n');
    }
    *written = simulation.journal().count();
}

fn files(document: &Document, commands: &[Done], figures: &Figures, run: Run) -> Vec<File> {
    let report = run.simulation().report();
    let summary = serde_json::to_string_pretty(&report).unwrap_or_default();
    let bills = page::bills(run.simulation());
    let outcome = run.finish();
    let page = Page { document, report: &report, outcome: &outcome, commands, bills: &bills }.html();
    let file = |name, kind, text| File { name, kind, text };
    vec![
        file("report.html", "text/html", page),
        file("metrics.csv", "text/csv", figures.csv()),
        file("metrics.json", "application/json", figures.json()),
        file("report.json", "application/json", summary),
        file("diagram.eventyard.json", "application/json", document.to_text()),
    ]
}
