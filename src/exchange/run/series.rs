//! The metrics of every node and edge as a table: what the charts show.

use super::figures::cell;
use crate::kernel::SECOND;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Metric, Metrics, Subject, Unit};

/// A column for each metric that says something about a node or an edge, a line for each sample: rates of the time since
/// the line before, percentiles of the answers in it, the highest of what goes up and down, the cost up to then. Spans are
/// in milliseconds; a cell is empty where nothing was measured.
pub fn series_csv(simulation: &Simulation, metrics: &Metrics) -> String {
    let plan = simulation.plan();
    let nodes = plan.node_indices().flat_map(|node| {
        let fitting = Metric::ALL.into_iter().filter(move |metric| metric.fits(plan.node(node).kind));
        fitting.map(move |metric| (plan.node(node).name.clone(), Subject::Node(node), metric))
    });
    let edges = plan.edge_indices().flat_map(|edge| {
        let ends = plan.edge(edge);
        let name = format!("{} → {}", plan.node(ends.from).name, plan.node(ends.to).name);
        let fitting = Metric::ALL.into_iter().filter(|metric| metric.fits_edges());
        fitting.map(move |metric| (name.clone(), Subject::Edge(edge), metric))
    });
    let columns: Vec<(String, Subject, Metric)> = nodes.chain(edges).collect();
    let mut text = String::from("time_s");
    for (name, _, metric) in &columns {
        text.push(',');
        text += &cell(&format!("{name}.{}{}", metric.name(), ending(metric.unit())));
    }
    let series: Vec<Vec<Option<f64>>> =
        columns.iter().map(|(_, subject, metric)| metrics.series(*subject, *metric)).collect();
    for sample in 0..metrics.len() {
        text += &format!("\n{}", metrics.time(sample).seconds());
        for ((_, _, metric), values) in columns.iter().zip(&series) {
            text.push(',');
            if let Some(value) = values.get(sample).copied().flatten() {
                let value = if metric.unit() == Unit::Span { value * 1e3 / SECOND as f64 } else { value };
                text += &value.to_string();
            }
        }
    }
    text.push('\n');
    text
}

fn ending(unit: Unit) -> &'static str {
    match unit {
        Unit::PerSecond => "_per_s",
        Unit::Span => "_ms",
        Unit::Count => "",
        Unit::Percent => "_percent",
        Unit::Dollars => "_usd",
    }
}
