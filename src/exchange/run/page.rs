//! The report as one page of HTML: readable without the app and without a network, and without scripts.

use super::super::Theme;
use super::super::chart::{Chart, Line};
use super::super::svg::{self, escape};
use crate::diagram::Document;
use crate::simulation::study::{Metric, Outcome, SeriesRow};
use crate::simulation::{Charge, Command, Done, Report, Simulation};
use serde_json::Value;
use std::fmt::Write;

/// A run, ready to be written.
pub struct Page<'a> {
    pub document: &'a Document,
    pub report: &'a Report,
    pub outcome: &'a Outcome,
    pub commands: &'a [Done],
    /// By node.
    pub bills: &'a [(String, Vec<Charge>)],
}

/// What each node is billed for.
pub fn bills(simulation: &Simulation) -> Vec<(String, Vec<Charge>)> {
    let plan = simulation.plan();
    plan.node_indices().map(|node| (plan.node(node).name.clone(), simulation.charges(node))).collect()
}

const STYLE: &str = include_str!("page.css");
/// Points of a line that shows a rate, at the most.
const RATES: usize = 60;
/// The most waiting nodes that are drawn.
const DRAWN: usize = 6;

impl Page<'_> {
    pub fn html(&self) -> String {
        let mut out = String::new();
        let name = escape(&self.document.name);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <title>{name} – Eventyard report</title>\n<style>{STYLE}</style></head><body><main>\n<h1>{name}</h1>\n"
        );
        self.summary(&mut out);
        let _ = writeln!(out, "<figure class=\"diagram\">{}</figure>", svg::write(self.document, Theme::Light));
        self.outcomes(&mut out);
        self.charts(&mut out);
        self.messages(&mut out);
        self.business(&mut out);
        self.bill(&mut out);
        self.figures(&mut out);
        self.settings(&mut out);
        self.doings(&mut out);
        out += "</main></body></html>\n";
        out
    }

    fn summary(&self, out: &mut String) {
        let report = self.report;
        let seconds = report.simulated_us as f64 / 1e6;
        let lines = [
            ("Simulated", format!("{seconds} s")),
            ("Seed", report.seed.to_string()),
            ("Version", format!("Eventyard {}", env!("CARGO_PKG_VERSION"))),
            ("Journal", format!("{} ({} records)", report.journal_hash, report.records)),
        ];
        *out += "<dl class=\"summary\">";
        for (name, value) in lines {
            let _ = write!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(&value));
        }
        *out += "</dl>\n";
        let again = match self.commands.is_empty() {
            true => "The same document, seed and time give the same run, on every platform:",
            false => {
                "The same document and seed, with the commands below at their times, give the same run. Without them:"
            }
        };
        let _ = writeln!(
            out,
            "<p>{again}</p><pre>eventyard simulate diagram.eventyard.json --for {seconds}s --seed {}</pre>",
            report.seed
        );
    }

    fn outcomes(&self, out: &mut String) {
        *out += "<h2>What came of it</h2><table><tbody>";
        let counts = &self.outcome.counts;
        let _ = write!(
            out,
            "<tr><th scope=\"row\">Requests</th><td>{} sent, {} answered with success, {} failed, {} waiting</td></tr>",
            counts.sent, counts.succeeded, counts.failed, self.outcome.waiting
        );
        for metric in Metric::table() {
            let Some(value) = metric.of(self.outcome) else { continue };
            let _ = write!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", metric.label(), metric.format(value));
        }
        *out += "</tbody></table>\n";
    }

    fn charts(&self, out: &mut String) {
        let series = &self.outcome.series;
        let line = |name: &str, value: &dyn Fn(&SeriesRow) -> Option<f64>| Line {
            name: name.to_string(),
            points: series.rows.iter().filter_map(|row| Some((row.time.seconds(), value(row)?))).collect(),
            ..Line::default()
        };
        let milliseconds = |value: Option<u64>| value.map(|value| value as f64 / 1_000.0);
        // Single seconds say little where few requests come: several together show the rate.
        let together = series.rows.len().div_ceil(RATES).max(1);
        let rate = |name: &str, count: fn(&SeriesRow) -> u64| Line {
            name: name.to_string(),
            points: series
                .rows
                .chunks(together)
                .filter_map(|rows| {
                    let sum: u64 = rows.iter().map(count).sum();
                    Some((rows.last()?.time.seconds(), sum as f64 / rows.len() as f64))
                })
                .collect(),
            ..Line::default()
        };
        let requests = vec![rate("answered with success", |row| row.succeeded), rate("failed", |row| row.failed)];
        let latency = vec![line("p50", &|row| milliseconds(row.p50)), line("p95", &|row| milliseconds(row.p95))];
        let most =
            |place: usize| series.rows.iter().filter_map(|row| row.waiting.get(place)).max().copied().unwrap_or(0);
        let mut places: Vec<usize> = (0..series.nodes.len()).filter(|place| most(*place) > 0).collect();
        places.sort_by_key(|place| std::cmp::Reverse(most(*place)));
        places.truncate(DRAWN);
        let waiting = places
            .into_iter()
            .map(|place| line(&series.nodes[place], &|row| row.waiting.get(place).map(|count| f64::from(*count))));
        let waiting: Vec<Line> = waiting.collect();
        let charts = [
            ("Requests a second", "requests/s", requests),
            ("Time to a successful answer", "ms", latency),
            ("What waits to be worked on", "messages", waiting),
        ];
        let faults = self.document.faults.iter();
        let end = self.report.simulated_us as f64 / 1e6;
        let shaded: Vec<(f64, f64)> = faults.map(|fault| (fault.at, fault.until.unwrap_or(end))).collect();
        *out += "<h2>Over simulated time</h2>";
        if !shaded.is_empty() {
            *out += "<p>Shaded: a scheduled fault is in force.</p>";
        }
        for (title, unit, lines) in charts {
            let chart = Chart {
                title: title.to_string(),
                x_label: "simulated seconds".to_string(),
                y_label: unit.to_string(),
                lines,
                shaded: shaded.clone(),
                mark: None,
            };
            let _ = write!(out, "<figure><figcaption>{title}</figcaption>");
            match chart.lines.iter().all(|line| line.points.is_empty()) {
                true => *out += "<p>Nothing.</p>",
                false => *out += &format!("{}{}", chart.legend(), chart.svg(720.0, 240.0)),
            }
            *out += "</figure>\n";
        }
    }

    fn messages(&self, out: &mut String) {
        *out += "<h2>Messages</h2><p>Whatever was created has ended or is still in progress.</p><table><tbody>";
        for (name, count) in &self.report.messages {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th><td>{count}</td></tr>", escape(&name.replace('_', " ")));
        }
        *out += "</tbody></table>\n";
    }

    fn business(&self, out: &mut String) {
        let Some(ledger) = &self.report.ledger else { return };
        let _ = write!(
            out,
            "<h2>Business ledger</h2><p>{} requests taken; of {} of them everything is there, once. Late: more than {} s \
             after the request.</p><table><thead><tr><th>Where</th><th>Expected</th><th>On time</th><th>Late</th>\
             <th>Pending</th><th>Missing</th><th>Twice</th><th>Of failed requests</th></tr></thead><tbody>",
            ledger.taken,
            ledger.whole,
            ledger.late_after_us as f64 / 1e6
        );
        for column in &ledger.columns {
            let it = &column.entries;
            let name = format!("{} ({})", column.name, column.unit);
            let _ = write!(out, "<tr><td>{}</td>", escape(&name));
            for count in [it.expected, it.on_time, it.late, it.pending, it.missing, it.duplicates, it.unasked] {
                let _ = write!(out, "<td>{count}</td>");
            }
            *out += "</tr>";
        }
        *out += "</tbody></table>\n";
    }

    fn bill(&self, out: &mut String) {
        let cost = &self.report.cost;
        *out += "<h2>Bill</h2><table><thead><tr><th>Node</th><th>Used</th><th>Cost</th></tr></thead><tbody>";
        for (node, charges) in self.bills {
            for charge in charges {
                let _ = write!(
                    out,
                    "<tr><td>{}</td><td>{} {}</td><td>${:.6}</td></tr>",
                    escape(node),
                    quantity(charge.quantity),
                    escape(charge.item),
                    charge.cost
                );
            }
        }
        let _ = writeln!(
            out,
            "</tbody><tfoot><tr><th colspan=\"2\" scope=\"row\">Together</th><td>${:.6}</td></tr>\
             <tr><th colspan=\"2\" scope=\"row\">A million requests</th><td>${:.2}</td></tr></tfoot></table>",
            cost.total_usd, cost.per_million_requests_usd
        );
    }

    fn figures(&self, out: &mut String) {
        *out += "<h2>Figures of each node</h2>";
        for (node, figures) in &self.report.nodes {
            let _ = write!(out, "<h3>{}</h3><table><tbody>", escape(node));
            for (name, value) in figures.as_object().into_iter().flatten() {
                let _ = write!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                    escape(&name.replace('_', " ")),
                    escape(&plain(value))
                );
            }
            *out += "</tbody></table>";
        }
        out.push('\n');
    }

    fn settings(&self, out: &mut String) {
        *out += "<h2>Settings</h2><p>As written; everything else has its default.</p>";
        let document = self.document;
        let nodes = document.nodes.iter().map(|node| (node.name.clone(), &node.settings));
        let name = |id| document.node(id).map_or("?", |node| node.name.as_str());
        let edges =
            document.edges.iter().map(|edge| (format!("{} → {}", name(edge.from), name(edge.to)), &edge.settings));
        let account = [("Account".to_string(), &document.account)];
        for (owner, settings) in nodes.chain(edges).chain(account).filter(|(_, settings)| !settings.is_empty()) {
            let _ = write!(out, "<h3>{}</h3><table><tbody>", escape(&owner));
            for (name, value) in settings {
                let _ = write!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>",
                    escape(name),
                    escape(&plain(value))
                );
            }
            *out += "</tbody></table>";
        }
        out.push('\n');
    }

    fn doings(&self, out: &mut String) {
        if !self.document.faults.is_empty() {
            *out += "<h2>Scheduled faults</h2><ul>";
            for fault in &self.document.faults {
                let node = self.document.node(fault.target).map(|node| node.name.clone());
                let edge = self.document.edge(fault.target).map(|edge| {
                    let name = |id| self.document.node(id).map_or("?", |node| node.name.as_str());
                    format!("{} → {}", name(edge.from), name(edge.to))
                });
                let span = fault.until.map_or(String::new(), |until| format!(" to {until} s"));
                let _ = write!(
                    out,
                    "<li>{}: {}, from {} s{span}</li>",
                    escape(&node.or(edge).unwrap_or_default()),
                    escape(&fault.fault.describe()),
                    fault.at
                );
            }
            *out += "</ul>";
        }
        *out += "<h2>Commands</h2>";
        if self.commands.is_empty() {
            *out += "<p>Nobody did anything while it ran.</p>\n";
            return;
        }
        *out += "<ol>";
        let mut document = self.document.clone();
        for done in self.commands {
            let _ = write!(out, "<li>{}: {}</li>", done.time, escape(&done.command.words(&document)));
            if let Command::Edit(edit) = &done.command {
                // It was possible in the run.
                let _ = document.apply(edit.clone());
            }
        }
        *out += "</ol>\n";
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A quantity as a bill says it.
fn quantity(amount: f64) -> String {
    if amount == libm::trunc(amount) { amount.to_string() } else { format!("{amount:.3}") }
}
