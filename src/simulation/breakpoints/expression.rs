//! A small language over metrics: `depth of Sales queue > 100 and p99 of Front end > 2 s`.
//!
//! A comparison is a metric, `of`, the name of a node or of an edge (`A -> B`), with or without quotes, one of `>`, `>=`,
//! `<`, `<=`, `=`, and a number, with a unit where it is a span of time. `not`, `and`, `or` and brackets join them.

use crate::diagram::Document;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Metric, Metrics, Subject, Unit};
use uuid::Uuid;

/// What is wrong with an expression, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Greater,
    AtLeast,
    Less,
    AtMost,
    Equal,
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    Comparison { metric: Metric, subject: Uuid, order: Order, value: f64 },
    Not(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    term: Term,
}

const ORDERS: [(&str, Order); 5] =
    [(">=", Order::AtLeast), ("<=", Order::AtMost), (">", Order::Greater), ("<", Order::Less), ("=", Order::Equal)];

/// Microseconds each.
const SPANS: [(&str, f64); 6] = [("µs", 1.0), ("us", 1.0), ("ms", 1e3), ("min", 60e6), ("h", 3_600e6), ("s", 1e6)];
/// Brackets may nest so deep.
const DEPTH: usize = 50;

impl Expression {
    /// Reads an expression about a document.
    pub fn parse(text: &str, document: &Document) -> Result<Expression, Fault> {
        let mut reader = Reader { text, at: 0, document, depth: 0 };
        let term = reader.any()?;
        reader.skip_space();
        if reader.at < text.len() {
            return Err(reader.fault("Here `and`, `or` or the end is expected."));
        }
        Ok(Expression { text: text.trim().to_string(), term })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds of the metrics before sample number `end`. What was not measured holds for nothing.
    pub fn holds(&self, simulation: &Simulation, metrics: &Metrics, end: usize) -> bool {
        self.term.holds(simulation, metrics, end)
    }
}

impl Term {
    fn holds(&self, simulation: &Simulation, metrics: &Metrics, end: usize) -> bool {
        match self {
            Term::Not(term) => !term.holds(simulation, metrics, end),
            Term::And(terms) => terms.iter().all(|term| term.holds(simulation, metrics, end)),
            Term::Or(terms) => terms.iter().any(|term| term.holds(simulation, metrics, end)),
            Term::Comparison { metric, subject, order, value } => {
                let plan = simulation.plan();
                let node = plan.find_node(*subject).map(Subject::Node);
                let subject = node.or_else(|| plan.find_edge(*subject).map(Subject::Edge));
                let Some(found) = subject.and_then(|subject| metrics.present(subject, *metric, end)) else {
                    return false;
                };
                match order {
                    Order::Greater => found > *value,
                    Order::AtLeast => found >= *value,
                    Order::Less => found < *value,
                    Order::AtMost => found <= *value,
                    Order::Equal => found == *value,
                }
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    document: &'a Document,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { at: self.at, message: message.into() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes a word if it is the next one.
    fn takes(&mut self, word: &str) -> bool {
        self.skip_space();
        let Some(after) = self.rest().strip_prefix(word) else { return false };
        let ends = !word.ends_with(char::is_alphanumeric) || !after.starts_with(char::is_alphanumeric);
        self.at += if ends { word.len() } else { 0 };
        ends
    }

    fn any(&mut self) -> Result<Term, Fault> {
        let mut terms = vec![self.all()?];
        while self.takes("or") {
            terms.push(self.all()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::Or(terms) })
    }

    fn all(&mut self) -> Result<Term, Fault> {
        let mut terms = vec![self.one()?];
        while self.takes("and") {
            terms.push(self.one()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::And(terms) })
    }

    fn one(&mut self) -> Result<Term, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fault("This is nested too deeply."));
        }
        let term = if self.takes("not") {
            Term::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let term = self.any()?;
            if !self.takes(")") {
                return Err(self.fault("A closing bracket is missing here."));
            }
            term
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn comparison(&mut self) -> Result<Term, Fault> {
        self.skip_space();
        let start = self.at;
        let word: &str = self.rest().split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        let Some(metric) = Metric::find(word) else {
            let names: Vec<&str> = Metric::ALL.map(Metric::name).to_vec();
            return Err(self.fault(format!("A metric is expected here, one of: {}.", names.join(", "))));
        };
        self.at += word.len();
        if !self.takes("of") {
            return Err(self.fault(format!("Whose {word}? Go on with `of` and the name of a node or edge.")));
        }
        let subject = self.subject(metric, start)?;
        self.skip_space();
        let Some((sign, order)) = ORDERS.iter().find(|(sign, _)| self.rest().starts_with(sign)) else {
            return Err(self.fault("A comparison is expected here: >, >=, <, <= or =."));
        };
        self.at += sign.len();
        let value = self.value(metric)?;
        Ok(Term::Comparison { metric, subject, order: *order, value })
    }

    /// The name of a node or an edge, in quotes or up to the comparison.
    fn subject(&mut self, metric: Metric, start: usize) -> Result<Uuid, Fault> {
        self.skip_space();
        let begin = self.at;
        let name = if let Some(quoted) = self.rest().strip_prefix('"') {
            let Some(length) = quoted.find('"') else { return Err(self.fault("A closing quote is missing.")) };
            self.at += length + 2;
            &quoted[..length]
        } else {
            // The arrow of an edge is no comparison.
            let rest = self.rest();
            let is_order = |place: &usize| !rest[..*place].ends_with('-');
            let length = rest.match_indices(['<', '>', '=']).map(|(place, _)| place).find(is_order);
            let length = length.unwrap_or(rest.len());
            self.at += length;
            &rest[..length]
        };
        let wrong = |at: usize, message: String| Err(Fault { at, message });
        let name = name.trim();
        if let Some(node) = self.document.nodes.iter().find(|node| node.name == name) {
            if !metric.fits(node.kind) {
                return wrong(start, format!("“{name}” has no {}: {}.", metric.name(), metric.help()));
            }
            return Ok(node.id);
        }
        let ends = name.split_once("->").or_else(|| name.split_once('→'));
        if let Some((from, to)) = ends {
            let named = |id: Uuid, name: &str| self.document.node(id).is_some_and(|node| node.name == name.trim());
            let edge = self.document.edges.iter().find(|edge| named(edge.from, from) && named(edge.to, to));
            return match edge {
                Some(_) if !metric.fits_edges() => wrong(start, format!("Edges have no {}.", metric.name())),
                Some(edge) => Ok(edge.id),
                None => wrong(begin, format!("There is no edge from “{}” to “{}”.", from.trim(), to.trim())),
            };
        }
        wrong(begin, format!("There is no node “{name}”."))
    }

    fn value(&mut self, metric: Metric) -> Result<f64, Fault> {
        self.skip_space();
        let rest = self.rest();
        let length = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
        let Ok(number) = rest[..length].parse::<f64>() else {
            return Err(self.fault("A number is expected here, such as 100, 0.5 or 200 ms."));
        };
        self.at += length;
        if metric.unit() != Unit::Span {
            return Ok(number);
        }
        for (unit, microseconds) in SPANS {
            if self.takes(unit) {
                return Ok(number * microseconds);
            }
        }
        Err(self.fault(format!("A unit is expected here: {} is a span of time. Write ms, s, min or h.", metric.name())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::guide;

    fn parse(text: &str) -> Result<Expression, Fault> {
        Expression::parse(text, &guide::find("decouple-queue").expect("in the guide").document())
    }

    #[test]
    fn what_is_right_is_read_and_kept_as_written() {
        for text in [
            "depth of Sales queue > 100",
            "p99 of \"Front end\" >= 1.5 s",
            "rate of Front end -> Payments API > 2 and (errors of Sales > 0 or not age of Sales queue<500ms)",
            "cost of Sales>0.01 or concurrency of Sales = 3",
        ] {
            assert_eq!(parse(text).map(|it| it.text().to_string()), Ok(text.to_string()));
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (text, at, words) in [
            ("", 0, "A metric is expected"),
            ("deep of Sales > 1", 0, "A metric is expected"),
            ("depth", 5, "Whose depth?"),
            ("depth of Nobody > 1", 9, "no node “Nobody”"),
            ("depth of Front end > 1", 0, "has no depth"),
            ("rate of Sales -> Front end > 1", 8, "no edge"),
            ("depth of Sales queue", 20, "A comparison is expected"),
            ("depth of Sales queue > many", 23, "A number is expected"),
            ("p99 of Front end > 2", 20, "A unit is expected"),
            ("(depth of Sales queue > 2", 25, "closing bracket"),
            ("depth of Sales queue > 2 but", 25, "`and`, `or` or the end"),
            ("depth of \"Sales > 2", 9, "closing quote"),
        ] {
            let fault = parse(text).expect_err(text);
            assert!(fault.at == at && fault.message.contains(words), "{text}: {fault:?}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
    }
}
