//! What can be swept: every numeric setting, a client's rate, how long a function works, and latency that is added.

use super::conditions::find;
use crate::diagram::{
    ACCOUNT, Distribution, Document, EdgeKind, FAULT_KINDS, Fault, FaultTarget, Kind, NodeKind, Problem,
    ScheduledFault, Setting, settings,
};
use crate::language::translated;
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
enum What {
    Setting(&'static Setting),
    /// A client's requests a second.
    Rate,
    /// The median of a function's first piece of work.
    Work,
    /// Added to everything that passes.
    AddedLatency,
}

/// One number of a document that can be changed.
#[derive(Clone, Debug)]
pub struct Parameter {
    target: Uuid,
    /// Of the node, or of the edge's two ends.
    owner: String,
    what: What,
}

/// What a parameter is moved through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub from: f64,
    pub to: f64,
    /// How many values, both ends included.
    pub steps: usize,
}

const RATE: &str = "Rate";
const WORK: &str = "Work";
const ADDED_LATENCY: &str = "AddedLatency";
/// Values that a sweep takes unless it is told otherwise, and at the most.
const STEPS: usize = 7;
const MAXIMUM_STEPS: usize = 200;

impl Parameter {
    /// Everything that can be swept in a document, node by node.
    pub fn all(document: &Document) -> Vec<Parameter> {
        let mut all = Vec::new();
        for node in &document.nodes {
            let mut add = |what| all.push(Parameter { target: node.id, owner: node.name.clone(), what });
            match node.kind {
                NodeKind::Client => add(What::Rate),
                NodeKind::Function if first_work(node.settings.get("Handler")).is_some() => add(What::Work),
                _ => {}
            }
            if takes_latency(FaultTarget::Node(node.kind)) {
                add(What::AddedLatency);
            }
            numeric(settings::of_node(node.kind)).for_each(|setting| add(What::Setting(setting)));
        }
        for edge in &document.edges {
            let owner = edge_name(document, edge.from, edge.to);
            let mut add = |what| all.push(Parameter { target: edge.id, owner: owner.clone(), what });
            numeric(settings::of_edge(edge.kind)).for_each(|setting| add(What::Setting(setting)));
            if takes_latency(FaultTarget::Edge(edge.kind)) {
                add(What::AddedLatency);
            }
        }
        numeric(settings::of_account()).for_each(|setting| {
            all.push(Parameter { target: ACCOUNT, owner: "Account".to_string(), what: What::Setting(setting) });
        });
        all
    }

    /// Reads `Sales queue.VisibilityTimeout`, `Front end.Rate`, `Sales.Work`, `Sales.AddedLatency`,
    /// `Sales queue -> Sales.BatchSize`; a function's batch settings are found at the function as well.
    pub fn parse(document: &Document, text: &str) -> Result<Parameter, Problem> {
        let wrong = |message: String| Problem::new("sweep", message);
        let form = tr!("Write NODE.Setting, such as “Sales queue.VisibilityTimeout” or “Front end.Rate”.");
        let (owner, name) = text
            .rsplit_once('.')
            .ok_or_else(|| wrong(tr!("`{text}` names no setting.", text = text)).with_hint(form))?;
        let all = Parameter::all(document);
        let target = match owner {
            "Account" => ACCOUNT,
            _ => find(document, owner)
                .ok_or_else(|| wrong(tr!("There is no node or edge “{}”.", owner)).with_hint(form))?,
        };
        let named = |parameter: &&Parameter| parameter.name() == name;
        if let Some(parameter) = all.iter().filter(|it| it.target == target).find(named) {
            return Ok(parameter.clone());
        }
        // What belongs to the only mapping of a function is looked for at the function.
        let mappings =
            document.edges.iter().filter(|edge| edge.kind == EdgeKind::EventSourceMapping && edge.to == target);
        let mappings: Vec<Uuid> = mappings.map(|edge| edge.id).collect();
        if let [mapping] = mappings[..]
            && let Some(parameter) = all.iter().filter(|it| it.target == mapping).find(named)
        {
            return Ok(parameter.clone());
        }
        let known: Vec<&str> = all.iter().filter(|it| it.target == target).map(Parameter::name).collect();
        let hint = if known.is_empty() { String::new() } else { tr!("Use one of: {}.", known.join(", ")) };
        Err(wrong(tr!("“{owner}” has no number called `{name}`.", owner = owner, name = name)).with_hint(hint))
    }

    /// As the setting is called.
    pub fn name(&self) -> &'static str {
        match self.what {
            What::Setting(setting) => setting.name,
            What::Rate => RATE,
            What::Work => WORK,
            What::AddedLatency => ADDED_LATENCY,
        }
    }

    /// As it is typed: `Sales queue.VisibilityTimeout`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.owner, self.name())
    }

    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn help(&self) -> &'static str {
        match self.what {
            What::Setting(setting) => translated(setting.help),
            What::Rate => {
                tr!(
                    "Requests a second. A steady client stays steady; any other arrivals become those of independent customers."
                )
            }
            What::Work => {
                tr!(
                    "How long the function's first piece of work takes, as its median; the shape of the distribution stays."
                )
            }
            What::AddedLatency => {
                tr!("Added to everything that passes here, from the beginning to the end of the run.")
            }
        }
    }

    pub fn unit(&self) -> &'static str {
        match self.what {
            What::Setting(setting) => setting.unit(),
            What::Rate => phrase!("requests/s"),
            What::Work | What::AddedLatency => "ms",
        }
    }

    /// Whether only whole numbers make sense.
    pub fn whole(&self) -> bool {
        matches!(self.what, What::Setting(Setting { kind: Kind::Integer { .. } | Kind::OptionalInteger { .. }, .. }))
    }

    pub fn limits(&self) -> (f64, f64) {
        match self.what {
            What::Setting(setting) => match setting.kind {
                Kind::Integer { min, max, .. } | Kind::OptionalInteger { min, max, .. } => (min as f64, max as f64),
                Kind::Number { min, max, .. } => (min, max),
                _ => (0.0, 3_600_000.0),
            },
            What::Rate => (0.0, 100_000.0),
            What::Work | What::AddedLatency => (0.0, 3_600_000.0),
        }
    }

    /// The value that the document has; `None` where it has none.
    pub fn current(&self, document: &Document) -> Option<f64> {
        match self.what {
            What::Setting(setting) => {
                let default = setting.default_value();
                let value = self.written(document).and_then(|written| written.get(setting.name)).unwrap_or(&default);
                match setting.kind {
                    Kind::Distribution { .. } => Distribution::parse(value).ok().map(|it| it.median()),
                    _ => value.as_f64(),
                }
            }
            What::Rate => {
                let arrivals = self.written(document)?.get("Arrivals");
                let default = json!({ "poisson": 2.0 });
                let arrivals = arrivals.unwrap_or(&default);
                arrivals.get("poisson").or(arrivals.get("constant"))?.as_f64()
            }
            What::Work => {
                let work = first_work(self.written(document)?.get("Handler"))?;
                Distribution::parse(work.get("duration")?).ok().map(|it| it.median())
            }
            What::AddedLatency => Some(0.0),
        }
    }

    fn written<'a>(&self, document: &'a Document) -> Option<&'a Map<String, Value>> {
        if self.target == ACCOUNT {
            return Some(&document.account);
        }
        let node = document.node(self.target).map(|node| &node.settings);
        node.or_else(|| document.edge(self.target).map(|edge| &edge.settings))
    }

    /// The document with this value in it. Whole numbers are rounded.
    pub fn apply(&self, document: &Document, value: f64) -> Document {
        let mut document = document.clone();
        if let What::AddedLatency = self.what {
            let fault = Fault { latency: Some(Distribution::Constant(value)), ..Fault::default() };
            if value > 0.0 {
                document.faults.push(ScheduledFault { at: 0.0, until: None, target: self.target, fault });
            }
            return document;
        }
        let settings = if self.target == ACCOUNT {
            Some(&mut document.account)
        } else if document.node(self.target).is_some() {
            document.node_mut(self.target).map(|node| &mut node.settings)
        } else {
            document.edge_mut(self.target).map(|edge| &mut edge.settings)
        };
        let Some(settings) = settings else { return document };
        match self.what {
            What::Setting(setting) => {
                let written = match setting.kind {
                    Kind::Integer { .. } | Kind::OptionalInteger { .. } => json!(libm::round(value) as i64),
                    Kind::Distribution { .. } => {
                        let before = settings.get(setting.name).cloned().unwrap_or_else(|| setting.default_value());
                        with_median(&before, value)
                    }
                    _ => json!(value),
                };
                settings.insert(setting.name.to_string(), written);
            }
            What::Rate => {
                let steady = settings.get("Arrivals").is_some_and(|arrivals| arrivals.get("constant").is_some());
                let form = if steady { "constant" } else { "poisson" };
                settings.insert("Arrivals".to_string(), json!({ form: value }));
            }
            What::Work => {
                if let Some(work) = settings.get_mut("Handler").and_then(first_work_mut) {
                    let before = work.get("duration").cloned().unwrap_or_default();
                    work["duration"] = with_median(&before, value);
                }
            }
            What::AddedLatency => {}
        }
        document
    }

    /// A value with its unit.
    pub fn format(&self, value: f64) -> String {
        let number = crate::simulation::number::number(value);
        match self.unit() {
            "" => number,
            unit => format!("{number} {}", translated(unit)),
        }
    }
}

fn numeric(lists: &'static [&'static [Setting]]) -> impl Iterator<Item = &'static Setting> {
    lists.iter().flat_map(|list| list.iter()).filter(|setting| {
        matches!(
            setting.kind,
            Kind::Integer { .. } | Kind::OptionalInteger { .. } | Kind::Number { .. } | Kind::Distribution { .. }
        )
    })
}

fn takes_latency(target: FaultTarget) -> bool {
    FAULT_KINDS.iter().any(|kind| kind.name == "latencyMillis" && kind.applies_to(target))
}

fn edge_name(document: &Document, from: Uuid, to: Uuid) -> String {
    let name = |id| document.node(id).map_or("?", |node| node.name.as_str());
    format!("{} -> {}", name(from), name(to))
}

/// The first step of work of a handler that stands at its top level.
fn first_work(handler: Option<&Value>) -> Option<&Value> {
    handler?.as_array()?.iter().find(|step| step["step"] == "work" && step.get("duration").is_some())
}

fn first_work_mut(handler: &mut Value) -> Option<&mut Value> {
    handler.as_array_mut()?.iter_mut().find(|step| step["step"] == "work" && step.get("duration").is_some())
}

/// A distribution of the same shape around another median, in milliseconds.
fn with_median(written: &Value, median: f64) -> Value {
    let before = Distribution::parse(written).unwrap_or(Distribution::Constant(median));
    let factor = if before.median() > 0.0 { median / before.median() } else { 0.0 };
    let scaled = match before {
        _ if factor <= 0.0 => Distribution::Constant(median),
        Distribution::Constant(_) => Distribution::Constant(median),
        Distribution::Uniform(low, high) => Distribution::Uniform(low * factor, high * factor),
        Distribution::Exponential(mean) => Distribution::Exponential(mean * factor),
        Distribution::LogNormal { p99, .. } => Distribution::LogNormal { median, p99: (p99 * factor).max(median) },
        Distribution::Empirical(points) => {
            Distribution::Empirical(points.into_iter().map(|(quantile, value)| (quantile, value * factor)).collect())
        }
    };
    scaled.to_json()
}

impl Range {
    /// Reads `1..100` or `1..100:12`.
    pub fn parse(text: &str) -> Result<Range, String> {
        let form = "write FROM..TO or FROM..TO:STEPS, such as 1..10:4";
        let wrong = || format!("`{text}` is not a range; {form}");
        let (from, rest) = text.split_once("..").ok_or_else(wrong)?;
        let (to, steps) = rest.split_once(':').map_or((rest, None), |(to, steps)| (to, Some(steps)));
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|it| it.is_finite()).ok_or_else(wrong);
        let steps = steps.map(|text| text.trim().parse::<usize>().map_err(|_| wrong())).transpose()?.unwrap_or(STEPS);
        Range { from: number(from)?, to: number(to)?, steps }.checked()
    }

    pub fn checked(self) -> Result<Range, String> {
        if self.from >= self.to {
            return Err(tr!(
                "the range {from}..{to} is empty; begin with the lower end",
                from = self.from,
                to = self.to
            ));
        }
        if !(2..=MAXIMUM_STEPS).contains(&self.steps) {
            return Err(tr!("a sweep has 2 to {most} steps", most = MAXIMUM_STEPS));
        }
        Ok(self)
    }

    /// The values, ascending.
    pub fn values(&self, whole: bool) -> Vec<f64> {
        let width = (self.to - self.from) / (self.steps.max(2) - 1) as f64;
        let values = (0..self.steps.max(2)).map(|step| self.from + width * step as f64);
        let mut values: Vec<f64> = values.map(|value| if whole { libm::round(value) } else { value }).collect();
        values.dedup();
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::check;

    const DOCUMENT: &str = r#"{ "version": 1, "name": "two", "nodes": [
        { "id": "00000001-0000-4000-8000-000000000001", "kind": "queue", "name": "Jobs", "x": 0, "y": 0 },
        { "id": "00000001-0000-4000-8000-000000000002", "kind": "function", "name": "Worker", "x": 300, "y": 0,
          "settings": { "Handler": [{ "step": "work", "duration": { "lognormal": { "median": 100, "p99": 300 } } }] } },
        { "id": "00000001-0000-4000-8000-000000000003", "kind": "client", "name": "Source", "x": -300, "y": 0 }],
      "edges": [
        { "id": "00000001-0000-4000-8000-000000000004", "kind": "event-source-mapping",
          "from": "00000001-0000-4000-8000-000000000001", "to": "00000001-0000-4000-8000-000000000002" },
        { "id": "00000001-0000-4000-8000-000000000005", "kind": "send",
          "from": "00000001-0000-4000-8000-000000000003", "to": "00000001-0000-4000-8000-000000000001" }] }"#;

    #[test]
    fn whatever_can_be_swept_can_be_named_and_set() {
        let document = Document::parse(DOCUMENT).expect("a document");
        let all = Parameter::all(&document);
        assert!(all.len() > 20);
        for parameter in all {
            let (low, high) = parameter.limits();
            let value = parameter.current(&document).unwrap_or(low.max(1.0)).clamp(low, high);
            let changed = parameter.apply(&document, value);
            check(&changed).unwrap_or_else(|problems| panic!("{}: {problems:?}", parameter.path()));
            let found = Parameter::parse(&document, &parameter.path()).expect("its own path");
            assert_eq!(found.path(), parameter.path());
        }
    }

    #[test]
    fn a_value_is_found_again_where_it_was_put() {
        let document = Document::parse(DOCUMENT).expect("a document");
        for (path, value) in
            [("Worker.Work", 250.0), ("Source.Rate", 40.0), ("Worker.BatchSize", 5.0), ("Jobs.VisibilityTimeout", 7.0)]
        {
            let parameter = Parameter::parse(&document, path).expect(path);
            assert_eq!(parameter.current(&parameter.apply(&document, value)), Some(value), "{path}");
        }
        let slower = Parameter::parse(&document, "Worker.Work").expect("work").apply(&document, 200.0);
        assert!(slower.to_text().contains("600"), "the tail grows with the median");
        for wrong in ["Worker", "Nobody.Rate", "Jobs.Rate", "Jobs.FifoQueue"] {
            assert!(Parameter::parse(&document, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ranges_hold_both_ends() {
        assert_eq!(Range::parse("1..10:4").expect("a range").values(true), [1.0, 4.0, 7.0, 10.0]);
        assert_eq!(Range::parse("1..3").expect("a range").values(true), [1.0, 2.0, 3.0]);
        assert_eq!(Range::parse("0..1:3").expect("a range").values(false), [0.0, 0.5, 1.0]);
        for wrong in ["5", "5..1", "1..2:1", "a..b", "1..inf", "1..2:300"] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }
}
