//! A small language over what is measured: `depth of Sales queue > 100 and p99 of Front end > 2 s`.
//!
//! A comparison is two quantities with one of `>`, `>=`, `<`, `<=`, `=` between them; `not`, `and`, `or` and brackets join
//! comparisons. A quantity is a number (`100`, `2.5 s`, `99 %`, `$2`) or one of these, joined by `+`, `-`, `*`, `/`:
//!
//! - a metric of a node or an edge: `p99 of Front end`, `rate of A -> B`; `highest depth of Sales queue` is the highest
//!   since counting began;
//! - a figure of a node as the report names it: `Sales.errors`, `Payments API.statuses.429`;
//! - something of the business ledger, of one database or mailer or of all: `missing`, `duplicates of Sales database`,
//!   `taken`;
//! - something of the whole run: `requests`, `success`, `dead-lettered`, `cost per million`, `time`.
//!
//! Names of nodes stand with or without quotes. Counting begins with the run or, with [`Since`], at a later moment: then
//! counts, rates and percentiles are of what happened from there on.

mod measure;
mod reader;

pub use measure::{Scene, Since, Tally};
pub use reader::figures_of;

use crate::diagram::Document;
use crate::simulation::Simulation;
use crate::simulation::metrics::{Metrics, Unit};
use measure::Measure;
use reader::Reader;

/// What is wrong with an expression, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub message: String,
}

impl Fault {
    /// With the place, for people.
    pub fn words(&self, text: &str) -> String {
        let place = text.get(..self.at).map_or(0, |before| before.chars().count());
        tr!("At character {place}: {message}", place = place + 1, message = self.message)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Greater,
    AtLeast,
    Less,
    AtMost,
    Equal,
}

const ORDERS: [(&str, Order); 5] =
    [(">=", Order::AtLeast), ("<=", Order::AtMost), (">", Order::Greater), ("<", Order::Less), ("=", Order::Equal)];

impl Order {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Order::Greater => left > right,
            Order::AtLeast => left >= right,
            Order::Less => left < right,
            Order::AtMost => left <= right,
            Order::Equal => left == right,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Sum {
    Number(f64),
    Measure(Measure),
    Plus(Box<(Sum, Sum)>),
    Minus(Box<(Sum, Sum)>),
    Times(Box<(Sum, Sum)>),
    By(Box<(Sum, Sum)>),
}

impl Sum {
    fn of(join: fn(Box<(Sum, Sum)>) -> Sum, left: Sum, right: Sum) -> Sum {
        join(Box::new((left, right)))
    }

    fn value(&self, scene: &Scene<'_>, since: Option<&Since>) -> Option<f64> {
        let both = |pair: &(Sum, Sum)| Some((pair.0.value(scene, since)?, pair.1.value(scene, since)?));
        match self {
            Sum::Number(number) => Some(*number),
            Sum::Measure(measure) => measure.value(scene, since),
            Sum::Plus(pair) => both(pair).map(|(left, right)| left + right),
            Sum::Minus(pair) => both(pair).map(|(left, right)| left - right),
            Sum::Times(pair) => both(pair).map(|(left, right)| left * right),
            Sum::By(pair) => both(pair).filter(|(_, right)| *right != 0.0).map(|(left, right)| left / right),
        }
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Measure)) {
        match self {
            Sum::Number(_) => {}
            Sum::Measure(measure) => visit(measure),
            Sum::Plus(pair) | Sum::Minus(pair) | Sum::Times(pair) | Sum::By(pair) => {
                pair.0.each(visit);
                pair.1.each(visit);
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// `text` is the left side as it was written.
    Comparison {
        text: String,
        unit: Unit,
        left: Sum,
        order: Order,
        right: Sum,
    },
    Not(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
}

/// One comparison of an expression as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What is compared, as it was written.
    pub text: String,
    /// `None` where nothing was measured.
    pub value: Option<f64>,
    pub unit: Unit,
    pub holds: bool,
}

impl Measured {
    /// `p99 of Front end is 412 ms`
    pub fn words(&self) -> String {
        match self.value {
            Some(value) => tr!("{text} is {unit}", text = self.text, unit = self.unit.words(value)),
            None => tr!("{} was not measured", self.text),
        }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    term: Term,
}

impl Expression {
    /// Reads an expression about a document.
    pub fn parse(text: &str, document: &Document) -> Result<Expression, Fault> {
        let term = Reader::new(text, document).condition()?;
        Ok(Expression { text: text.trim().to_string(), term })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds of the metrics before sample number `end`. What was not measured holds for nothing.
    pub fn holds(&self, simulation: &Simulation, metrics: &Metrics, end: usize) -> bool {
        self.term.holds(&Scene::at(simulation, metrics, end), None)
    }

    /// Whether it holds now, counted from a moment on.
    pub fn holds_since(&self, scene: &Scene<'_>, since: Option<&Since>) -> bool {
        self.term.holds(scene, since)
    }

    /// From now on.
    pub fn since(&self, scene: &Scene<'_>) -> Since {
        let mut values = Vec::new();
        self.term.each(&mut |measure| values.push(measure.mark(scene)));
        Since { time: scene.simulation.now(), values }
    }

    /// Each comparison as it stands.
    pub fn measured(&self, scene: &Scene<'_>, since: Option<&Since>) -> Vec<Measured> {
        let mut list = Vec::new();
        self.term.measured(scene, since, &mut list);
        list
    }

    /// Whether it is about the business ledger: without one it never holds.
    pub fn needs_ledger(&self) -> bool {
        let mut needs = false;
        self.term.each(&mut |measure| needs |= measure.needs_ledger());
        needs
    }
}

impl Term {
    fn holds(&self, scene: &Scene<'_>, since: Option<&Since>) -> bool {
        match self {
            Term::Not(term) => !term.holds(scene, since),
            Term::And(terms) => terms.iter().all(|term| term.holds(scene, since)),
            Term::Or(terms) => terms.iter().any(|term| term.holds(scene, since)),
            Term::Comparison { left, order, right, .. } => {
                match (left.value(scene, since), right.value(scene, since)) {
                    (Some(left), Some(right)) => order.holds(left, right),
                    _ => false,
                }
            }
        }
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Measure)) {
        match self {
            Term::Not(term) => term.each(visit),
            Term::And(terms) | Term::Or(terms) => terms.iter().for_each(|term| term.each(visit)),
            Term::Comparison { left, right, .. } => {
                left.each(visit);
                right.each(visit);
            }
        }
    }

    fn measured(&self, scene: &Scene<'_>, since: Option<&Since>, list: &mut Vec<Measured>) {
        match self {
            Term::Not(term) => term.measured(scene, since, list),
            Term::And(terms) | Term::Or(terms) => terms.iter().for_each(|term| term.measured(scene, since, list)),
            Term::Comparison { text, unit, left, .. } => {
                let holds = self.holds(scene, since);
                list.push(Measured { text: text.clone(), value: left.value(scene, since), unit: *unit, holds });
            }
        }
    }
}

/// Something that can be measured: the left side of a comparison on its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    text: String,
    unit: Unit,
    sum: Sum,
}

impl Quantity {
    /// Reads a quantity about a document: `Sales.invocations / requests`.
    pub fn parse(text: &str, document: &Document) -> Result<Quantity, Fault> {
        let (sum, unit) = Reader::new(text, document).quantity()?;
        Ok(Quantity { text: text.trim().to_string(), unit, sum })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// What it comes to now, counted from a moment on; `None` where nothing was measured.
    pub fn value(&self, scene: &Scene<'_>, since: Option<&Since>) -> Option<f64> {
        self.sum.value(scene, since)
    }

    /// From now on.
    pub fn since(&self, scene: &Scene<'_>) -> Since {
        let mut values = Vec::new();
        self.sum.each(&mut |measure| values.push(measure.mark(scene)));
        Since { time: scene.simulation.now(), values }
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
            "missing = 0 and duplicates of Sales database <= 1 and cost per million < $2",
            "Sales.invocations / requests > 1.5 and Payments API.statuses.429 = 0",
            "highest depth of Sales queue < depth of Sales queue + 10 or time >= 5 min",
            "rate of Front end -> Payments API > rate of \"Sales\" and success >= 99.9 %",
            "\"Sales queue\".redelivered - Sales.errors > 0",
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
            ("Sales.mistakes > 2", 6, "A figure is expected"),
            ("missing of Sales queue = 0", 11, "Only databases and mailers"),
            ("missing > 2 s", 10, "no span of time"),
            ("highest missing > 2", 0, "A metric is expected"),
        ] {
            let fault = parse(text).expect_err(text);
            assert!(fault.at == at && fault.message.contains(words), "{text}: {fault:?}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
    }
}
