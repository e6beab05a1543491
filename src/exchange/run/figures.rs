//! Every figure of the report, noted at regular intervals.

use crate::kernel::Time;
use crate::simulation::Simulation;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// A table that grows with the run: a column for each figure, a row for each moment.
pub struct Figures {
    every: u64,
    next: Time,
    columns: Vec<String>,
    by_name: FxHashMap<String, usize>,
    rows: Vec<(Time, Vec<Option<f64>>)>,
}

impl Figures {
    /// Notes the figures every so many microseconds.
    pub fn new(every: u64) -> Figures {
        let every = every.max(1);
        Figures { every, next: Time(every), columns: Vec::new(), by_name: FxHashMap::default(), rows: Vec::new() }
    }

    /// Notes the figures if it is time.
    pub fn look(&mut self, simulation: &Simulation) {
        if simulation.now() >= self.next {
            self.note(simulation);
            while self.next <= simulation.now() {
                self.next = self.next + self.every;
            }
        }
    }

    /// Notes the figures at the run's end.
    pub fn last(&mut self, simulation: &Simulation) {
        if self.rows.last().is_none_or(|row| row.0 < simulation.now()) {
            self.note(simulation);
        }
    }

    fn note(&mut self, simulation: &Simulation) {
        let report = simulation.report();
        let mut row = vec![None; self.columns.len()];
        let parts = [("messages", report.messages), ("latency_us", report.latency_us), ("account", report.account)];
        for (name, part) in parts {
            self.flatten(name, &Value::Object(part), &mut row);
        }
        self.flatten("cost", &json!(report.cost), &mut row);
        if let Some(ledger) = &report.ledger {
            for column in &ledger.columns {
                self.flatten(&format!("ledger.{}", column.name), &json!(column.entries), &mut row);
            }
        }
        for (name, node) in &report.nodes {
            self.flatten(name, node, &mut row);
        }
        self.rows.push((simulation.now(), row));
    }

    fn flatten(&mut self, path: &str, value: &Value, row: &mut Vec<Option<f64>>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| self.flatten(&format!("{path}.{name}"), value, row));
            }
            other => {
                let Some(number) = other.as_f64() else { return };
                let column = match self.by_name.get(path) {
                    Some(column) => *column,
                    None => {
                        self.columns.push(path.to_string());
                        self.by_name.insert(path.to_string(), self.columns.len() - 1);
                        self.columns.len() - 1
                    }
                };
                if row.len() <= column {
                    row.resize(column + 1, None);
                }
                row[column] = Some(number);
            }
        }
    }

    /// A line for each moment; `time_s` and then the figures, empty where there was none yet.
    pub fn csv(&self) -> String {
        let mut text = String::from("time_s");
        for column in &self.columns {
            text.push(',');
            text += &cell(column);
        }
        for (time, row) in &self.rows {
            text += &format!("\n{}", time.seconds());
            for place in 0..self.columns.len() {
                text.push(',');
                if let Some(value) = row.get(place).copied().flatten() {
                    text += &value.to_string();
                }
            }
        }
        text.push('\n');
        text
    }

    /// A list of objects, one for each moment.
    pub fn json(&self) -> String {
        let rows = self.rows.iter().map(|(time, row)| {
            let figures = self.columns.iter().zip(row);
            let figures = figures.filter_map(|(name, value)| Some((name.clone(), json!(value.as_ref()?))));
            let time = [("time_s".to_string(), json!(time.seconds()))];
            Value::Object(time.into_iter().chain(figures).collect::<Map<_, _>>()).to_string()
        });
        format!("[\n{}\n]\n", rows.collect::<Vec<_>>().join(",\n"))
    }
}

/// A cell as RFC 4180 writes it. What a spreadsheet would take for a formula gets an apostrophe in front.
pub(super) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_string() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        assert_eq!(cell("Sales.rows"), "Sales.rows");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=SUM(A1)"), "'=SUM(A1)");
    }
}
