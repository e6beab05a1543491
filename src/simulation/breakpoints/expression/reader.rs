//! Reads expressions and quantities.

use super::measure::{Measure, Source, Tally};
use super::{Fault, ORDERS, Sum, Term};
use crate::diagram::{Document, NodeKind};
use crate::simulation::metrics::{Metric, Unit};
use uuid::Uuid;

/// Microseconds each.
const SPANS: [(&str, f64); 6] = [("µs", 1.0), ("us", 1.0), ("ms", 1e3), ("min", 60e6), ("h", 3_600e6), ("s", 1e6)];
/// Brackets may nest so deep.
const DEPTH: usize = 50;
/// More figures than this nobody compares.
const MEASURES: usize = 64;

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    document: &'a Document,
    depth: usize,
    measures: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, document: &'a Document) -> Reader<'a> {
        Reader { text, at: 0, document, depth: 0, measures: 0 }
    }

    /// The whole text as a condition.
    pub fn condition(mut self) -> Result<Term, Fault> {
        let term = self.any()?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.fault(tr!("Here `and`, `or` or the end is expected.")));
        }
        Ok(term)
    }

    /// The whole text as a quantity, with its unit.
    pub fn quantity(mut self) -> Result<(Sum, Unit), Fault> {
        let (sum, unit) = self.sum()?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.fault(tr!("Here +, -, *, / or the end is expected.")));
        }
        Ok((sum, unit.unwrap_or(Unit::Count)))
    }

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
            return Err(self.fault(tr!("This is nested too deeply.")));
        }
        let term = if self.takes("not") {
            Term::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let term = self.any()?;
            if !self.takes(")") {
                return Err(self.fault(tr!("A closing bracket is missing here.")));
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
        let (left, unit) = self.sum()?;
        let text = self.text[start..self.at].trim().to_string();
        self.skip_space();
        let Some((sign, order)) = ORDERS.iter().find(|(sign, _)| self.rest().starts_with(sign)) else {
            return Err(self.fault(tr!("A comparison is expected here: >, >=, <, <= or =.")));
        };
        self.at += sign.len();
        self.skip_space();
        let begin = self.at;
        let (right, other) = match self.sum() {
            Ok(right) => right,
            Err(fault) if fault.at > begin => return Err(fault),
            Err(_) => return Err(self.fault(tr!("A number is expected here, such as 100, 0.5 or 200 ms."))),
        };
        let is_span = |unit: Option<Unit>| unit == Some(Unit::Span);
        match (is_span(unit), is_span(other)) {
            (true, false) => Err(self
                .fault(tr!("A unit is expected here: {text} is a span of time. Write ms, s, min or h.", text = text))),
            (false, true) => Err(Fault { at: begin, message: tr!("{text} is no span of time.", text = text) }),
            _ => Ok(Term::Comparison { text, unit: unit.or(other).unwrap_or(Unit::Count), left, order: *order, right }),
        }
    }

    fn sum(&mut self) -> Result<(Sum, Option<Unit>), Fault> {
        let (mut left, mut unit) = self.product()?;
        loop {
            let minus = match () {
                () if self.takes("+") => false,
                () if self.takes("-") => true,
                () => return Ok((left, unit)),
            };
            let (right, other) = self.product()?;
            unit = unit.or(other);
            left = Sum::of(if minus { Sum::Minus } else { Sum::Plus }, left, right);
        }
    }

    fn product(&mut self) -> Result<(Sum, Option<Unit>), Fault> {
        let (mut left, mut unit) = self.atom()?;
        loop {
            let by = match () {
                () if self.takes("*") => false,
                () if self.takes("/") => true,
                () => return Ok((left, unit)),
            };
            let (right, other) = self.atom()?;
            unit = match (unit, other) {
                // As many times as.
                (Some(one), Some(same)) if by && one == same => Some(Unit::Count),
                (Some(Unit::Count), other) if !by => other.or(Some(Unit::Count)),
                (one, other) => one.or(other),
            };
            left = Sum::of(if by { Sum::By } else { Sum::Times }, left, right);
        }
    }

    fn atom(&mut self) -> Result<(Sum, Option<Unit>), Fault> {
        self.skip_space();
        if self.rest().starts_with(|letter: char| letter.is_ascii_digit() || letter == '$') {
            return self.number();
        }
        let start = self.at;
        if let Some((node, length)) = self.named(self.rest())
            && self.rest()[length..].starts_with('.')
        {
            self.at += length + 1;
            return self.figure(node);
        }
        let highest = self.takes("highest");
        self.skip_space();
        let word: &str = self.rest().split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        if let Some(metric) = Metric::find(word)
            && (highest || self.is_metric(word))
        {
            self.at += word.len();
            if !self.takes("of") {
                return Err(
                    self.fault(tr!("Whose {word}? Go on with `of` and the name of a node or edge.", word = word))
                );
            }
            let subject = self.subject(metric, start)?;
            return self.measure(Source::Metric { metric, subject, highest }, metric.unit());
        }
        let found = Tally::all().find(|(_, name, _)| !highest && self.takes(name));
        let Some((tally, name, _)) = found else {
            self.at = start;
            let metrics = Metric::ALL.map(Metric::name).join(", ");
            let tallies: Vec<&str> = Tally::all().map(|(_, name, _)| name).collect();
            return Err(self.fault(tr!(
                "A metric is expected here, one of: {metrics}; or something counted: {tallies}; or a figure of a node, such as \
                 Sales.errors.",
                tallies = tallies.join(", "), metrics = metrics
            )));
        };
        let of = match tally.has_columns() && self.takes("of") {
            true => Some(self.column(name)?),
            false => None,
        };
        self.measure(Source::Tally { tally, of }, tally.unit())
    }

    /// `cost` and the like are metrics of somebody, or tallies of the whole.
    fn is_metric(&self, word: &str) -> bool {
        let of = self.rest()[word.len()..].trim_start().strip_prefix("of");
        let of = of.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        of || !Tally::all().any(|(_, name, _)| name == word)
    }

    fn measure(&mut self, source: Source, unit: Unit) -> Result<(Sum, Option<Unit>), Fault> {
        let place = self.measures;
        self.measures += 1;
        if place >= MEASURES {
            return Err(self.fault(tr!("This compares too much at once.")));
        }
        Ok((Sum::Measure(Measure { place, source }), Some(unit)))
    }

    /// The node whose name stands here, in quotes or not, and how much of the text that is. The longest name counts.
    fn named(&self, text: &str) -> Option<(Uuid, usize)> {
        if let Some(quoted) = text.strip_prefix('"') {
            let length = quoted.find('"')?;
            let node = self.document.nodes.iter().find(|node| node.name == quoted[..length])?;
            return Some((node.id, length + 2));
        }
        let stands = |name: &str| {
            !name.is_empty() && text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let found = self.document.nodes.iter().filter(|node| stands(&node.name));
        found.max_by_key(|node| node.name.len()).map(|node| (node.id, node.name.len()))
    }

    fn figure(&mut self, id: Uuid) -> Result<(Sum, Option<Unit>), Fault> {
        let is_of_it = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
        let rest = self.rest();
        let path = rest[..rest.find(|letter| !is_of_it(letter)).unwrap_or(rest.len())].trim_end_matches('.');
        let known = self.document.node(id).map_or(&[][..], |node| figures_of(node.kind));
        let (first, more) = path.split_once('.').map_or((path, false), |(first, _)| (first, true));
        if !known.contains(&first) || more != matches!(first, "statuses" | "given_up") {
            return Err(self.fault(tr!("A figure is expected here, one of: {}.", known.join(", "))));
        }
        self.at += path.len();
        let unit = Unit::Count;
        self.measure(Source::Figure { node: id, path: path.to_string() }, unit)
    }

    /// A database or mailer.
    fn column(&mut self, name: &str) -> Result<Uuid, Fault> {
        self.skip_space();
        let found = self.named(self.rest());
        let Some((id, length)) = found else {
            return Err(self.fault(tr!("The name of a database or mailer is expected here.")));
        };
        let kind = self.document.node(id).map(|node| node.kind);
        if !matches!(kind, Some(NodeKind::Database | NodeKind::Mailer)) {
            return Err(self.fault(tr!("Only databases and mailers have {name}.", name = name)));
        }
        self.at += length;
        Ok(id)
    }

    /// The name of a node or an edge, in quotes or not.
    fn subject(&mut self, metric: Metric, start: usize) -> Result<Uuid, Fault> {
        self.skip_space();
        let begin = self.at;
        if let Some((node, length)) = self.named(self.rest())
            && self.is_end(&self.rest()[length..])
        {
            self.at += length;
            let found = self.document.node(node).filter(|node| !metric.fits(node.kind));
            return match found {
                Some(node) => {
                    let message = tr!(
                        "“{name}” has no {metric}: {help}.",
                        name = node.name,
                        metric = metric.name(),
                        help = metric.help()
                    );
                    Err(Fault { at: start, message })
                }
                None => Ok(node),
            };
        }
        // Whatever else stands there, up to the comparison.
        let name = if let Some(quoted) = self.rest().strip_prefix('"') {
            let Some(length) = quoted.find('"') else { return Err(self.fault(tr!("A closing quote is missing."))) };
            self.at += length + 2;
            &quoted[..length]
        } else {
            self.up_to_comparison()
        };
        let wrong = |at: usize, message: String| Err(Fault { at, message });
        let name = name.trim();
        let ends = name.split_once("->").or_else(|| name.split_once('→'));
        if let Some((from, to)) = ends {
            let named = |id: Uuid, name: &str| {
                let name = name.trim().trim_matches('"');
                self.document.node(id).is_some_and(|node| node.name == name)
            };
            let edge = self.document.edges.iter().find(|edge| named(edge.from, from) && named(edge.to, to));
            return match edge {
                Some(_) if !metric.fits_edges() => wrong(start, tr!("Edges have no {}.", metric.name())),
                Some(edge) => Ok(edge.id),
                None => {
                    wrong(begin, tr!("There is no edge from “{from}” to “{to}”.", from = from.trim(), to = to.trim()))
                }
            };
        }
        wrong(begin, tr!("There is no node “{name}”.", name = name))
    }

    /// Whether a name may end before this.
    fn is_end(&self, after: &str) -> bool {
        let after = after.trim_start();
        let word = |word: &str| after.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        let sign = after.starts_with(['<', '>', '=', '+', '*', '/', ')']);
        after.is_empty() || sign || (after.starts_with('-') && !after.starts_with("->")) || word("and") || word("or")
    }

    fn up_to_comparison(&mut self) -> &'a str {
        let rest = self.rest();
        // An edge's arrow is no comparison, and its end may be followed by more.
        let arrow =
            rest.find("->").map(|place| place + 2).or_else(|| rest.find('→').map(|place| place + '→'.len_utf8()));
        let first = rest.find(['<', '>', '=']).unwrap_or(rest.len());
        if let Some(after) = arrow.filter(|after| *after <= first + 1 || rest[..*after].ends_with('→')) {
            let space = rest[after..].len() - rest[after..].trim_start().len();
            if let Some((_, length)) = self.named(&rest[after + space..])
                && self.is_end(&rest[after + space + length..])
            {
                self.at += after + space + length;
                return &rest[..after + space + length];
            }
        }
        let is_order = |place: &usize| !rest[..*place].ends_with('-');
        let length = rest.match_indices(['<', '>', '=']).map(|(place, _)| place).find(is_order);
        let length = length.unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn number(&mut self) -> Result<(Sum, Option<Unit>), Fault> {
        let dollars = self.takes("$");
        let rest = self.rest();
        let length = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
        let Ok(number) = rest[..length].parse::<f64>() else {
            return Err(self.fault(tr!("A number is expected here, such as 100, 0.5 or 200 ms.")));
        };
        self.at += length;
        if dollars {
            return Ok((Sum::Number(number), Some(Unit::Dollars)));
        }
        if self.takes("%") {
            return Ok((Sum::Number(number), Some(Unit::Percent)));
        }
        let end = self.at;
        for (unit, microseconds) in SPANS {
            if self.takes(unit) {
                return Ok((Sum::Number(number * microseconds), Some(Unit::Span)));
            }
        }
        self.at = end;
        Ok((Sum::Number(number), None))
    }
}

/// Figures that the report has of a node of this kind.
pub fn figures_of(kind: NodeKind) -> &'static [&'static str] {
    match kind {
        NodeKind::Client => CLIENT,
        NodeKind::Gateway => GATEWAY,
        NodeKind::Function => FUNCTION,
        NodeKind::Queue => QUEUE,
        NodeKind::Topic => TOPIC,
        NodeKind::Bus => BUS,
        NodeKind::Rule => RULE,
        NodeKind::Database => DATABASE,
        NodeKind::Mailer => &["requests", "failures", "throttles", "bounces", "complaints"],
        NodeKind::Endpoint => &["requests", "failures"],
        NodeKind::Other => &[],
    }
}

#[rustfmt::skip]
const CLIENT: &[&str] = &[
    "sent", "succeeded", "failed", "timed_out", "retries", "waiting", "status_reached", "status_given_up",
    "preflights", "blocked", "circuit_opened", "not_sent",
];
#[rustfmt::skip]
const GATEWAY: &[&str] = &[
    "requests", "rejected", "waiting", "throttled", "cache_hits", "cache_misses", "authorizer_calls",
    "authorizer_hits", "canary_requests", "statuses",
];
#[rustfmt::skip]
const FUNCTION: &[&str] = &[
    "invocations", "errors", "timeouts", "throttles", "cold_starts", "concurrent", "concurrent_max", "billed_ms",
    "billed_mb_ms", "queued", "suppressed_inits", "loops_stopped", "provisioned", "provisioned_mb_ms",
    "destinations_delivered", "destinations_failed",
];
#[rustfmt::skip]
const QUEUE: &[&str] = &[
    "sent", "received", "deleted", "redelivered", "expired", "purged", "in_flight", "visible", "delayed", "blocked",
    "deduplicated", "throttled", "refused", "delivered_twice", "expired_receipts", "dead_lettered", "mean_visible",
    "billed_requests",
];
#[rustfmt::skip]
const TOPIC: &[&str] = &[
    "delivered", "filtered", "failed", "dead_lettered", "retrying", "waiting", "given_up", "published",
    "billed_requests", "throttled", "duplicates",
];
#[rustfmt::skip]
const BUS: &[&str] = &[
    "events", "billed_events", "unmatched", "matched", "throttled", "refused", "waiting", "archived", "replayed",
];
#[rustfmt::skip]
const RULE: &[&str] = &[
    "delivered", "filtered", "failed", "dead_lettered", "retrying", "waiting", "given_up", "matched", "fired",
];
#[rustfmt::skip]
const DATABASE: &[&str] = &[
    "statements", "outbox", "failures", "rows", "duplicates", "waiting", "throttles", "connections",
    "connections_opened",
];
