//! Figures as the Fidelity page shows them: worked out from what the engine itself goes by, so that page and engine cannot
//! differ.

use crate::diagram::settings::{of_account, of_edge, of_node};
use crate::diagram::{EdgeKind, Kind, NodeKind, Setting, Tariff};
use crate::kernel::{MILLISECOND, SECOND};
use crate::language::translated;
use crate::services::{GatewayError, Policy, Status};

/// What stands in the column of figures.
#[derive(Clone, Copy, Debug)]
pub enum Figure {
    None,
    /// The figure that is used, read from where it is used.
    Used(fn() -> String),
    /// A word of the service's own: a setting, a header, an expression.
    Named(&'static str),
    /// What the service documents and nothing here goes by.
    Documented(&'static str),
}

impl Figure {
    pub fn words(self) -> String {
        match self {
            Figure::None => String::new(),
            Figure::Used(figure) => figure(),
            Figure::Named(words) => translated(words).to_string(),
            Figure::Documented(words) => tr!("(documented: {figure})", figure = translated(words)),
        }
    }
}

/// `1,048,576`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(tr!("between thousands" => ","));
        }
        text.push(digit);
    }
    text
}

/// A span of microseconds in the largest unit that it is a whole number of.
pub fn span(microseconds: u64) -> String {
    const DAY: u64 = 86_400 * SECOND;
    if microseconds >= DAY && microseconds.is_multiple_of(DAY) {
        return tr!("{n} day" | "{n} days" % microseconds / DAY);
    }
    let units = [(3_600 * SECOND, "h", 2), (60 * SECOND, "min", 5), (SECOND, "s", 0), (MILLISECOND, "ms", 0)];
    let fits =
        |(unit, _, least): &&(u64, &str, u64)| microseconds.is_multiple_of(*unit) && microseconds / unit >= *least;
    match units.iter().find(fits) {
        Some((unit, name, _)) => format!("{} {name}", number(microseconds / unit)),
        None => format!("{} µs", number(microseconds)),
    }
}

pub fn seconds(value: i64) -> String {
    span(value.unsigned_abs() * SECOND)
}

/// Bytes as MB and KB where they are whole ones; both are powers of two, as the services count.
pub fn bytes(value: u64) -> String {
    const KILO: u64 = 1 << 10;
    const MEGA: u64 = 1 << 20;
    match value {
        0 => tr!("{} bytes", 0),
        _ if value.is_multiple_of(MEGA) => format!("{} MB", number(value / MEGA)),
        _ if value.is_multiple_of(KILO) => format!("{} KB", number(value / KILO)),
        _ => tr!("{} bytes", number(value)),
    }
}

/// `$0.40 a million`.
pub fn price(tariff: Tariff) -> String {
    let price = tariff.price();
    let mut dollars = price.default.to_string();
    // Cents have two digits.
    if let Some((_, cents)) = dollars.clone().split_once('.') {
        dollars.push_str(&"0".repeat(2_usize.saturating_sub(cents.len())));
    } else {
        dollars.push_str(".00");
    }
    let dollars = dollars.replace('.', tr!("before decimals" => "."));
    if price.per == 1e6 {
        tr!("${dollars} a million", dollars = dollars)
    } else if price.per == 1.0 {
        tr!("${dollars}", dollars = dollars)
    } else {
        tr!("${dollars} for {amount}", dollars = dollars, amount = number(price.per as u64))
    }
}

fn find(lists: &'static [&'static [Setting]], name: &str) -> Kind {
    lists.iter().copied().flatten().find(|setting| setting.name == name).map_or(Kind::Queue, |setting| setting.kind)
}

/// A setting of a node, an edge or the account.
pub fn node(kind: NodeKind, name: &str) -> Kind {
    find(of_node(kind), name)
}

pub fn edge(kind: EdgeKind, name: &str) -> Kind {
    find(of_edge(kind), name)
}

pub fn account(name: &str) -> Kind {
    find(of_account(), name)
}

/// Least, usual and most of a setting for whole numbers.
fn limits(kind: Kind) -> (i64, i64, i64) {
    match kind {
        Kind::Integer { default, min, max, .. } => (min, default, max),
        Kind::OptionalInteger { min, max, .. } => (min, min, max),
        _ => (0, 0, 0),
    }
}

fn spelt(value: i64, kind: Kind) -> String {
    match kind.unit() {
        "s" => seconds(value),
        _ => number(value.unsigned_abs()),
    }
}

pub fn least(kind: Kind) -> String {
    spelt(limits(kind).0, kind)
}

pub fn usual(kind: Kind) -> String {
    spelt(limits(kind).1, kind)
}

pub fn most(kind: Kind) -> String {
    spelt(limits(kind).2, kind)
}

/// `0 s to 15 min`.
pub fn range(kind: Kind) -> String {
    tr!("{least} to {most}", least = least(kind), most = most(kind))
}

/// `30 s by default, 0 s to 12 h`.
pub fn usual_and_range(kind: Kind) -> String {
    tr!("{usual} by default, {range}", usual = usual(kind), range = range(kind))
}

/// The options of a setting.
pub fn options(kind: Kind) -> String {
    match kind {
        Kind::Choice { options, .. } => options.join(", "),
        _ => String::new(),
    }
}

/// What a gateway answers for these errors, as a REST API unless it says otherwise.
pub fn statuses(errors: &[GatewayError]) -> String {
    use crate::diagram::settings::ApiType;
    let mut codes: Vec<String> = errors.iter().map(|error| error.status(ApiType::Rest).to_string()).collect();
    codes.dedup();
    codes.join(", ")
}

/// How often a policy tries again, and over how long.
pub fn retries(policy: &Policy) -> (u64, u64) {
    let pauses = (1..).map_while(|failures| policy.pause(failures, 0).ok());
    pauses.fold((0, 0), |(count, total), pause| (count + 1, total + pause))
}

/// The answers after which a policy tries again: `429, 5xx`.
pub fn retried(policy: &Policy) -> String {
    let can = |code: &u16| policy.can_retry_answer(Status::Http(*code));
    let mut codes: Vec<String> = (400..500).filter(can).map(|code| code.to_string()).collect();
    if (500..600).all(|code| can(&code)) {
        codes.push("5xx".to_string());
    }
    codes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_spelt_as_people_say_them() {
        assert_eq!(number(1_048_576), "1,048,576");
        assert_eq!([span(30 * SECOND), span(43_200 * SECOND), span(345_600 * SECOND)], ["30 s", "12 h", "4 days"]);
        assert_eq!([span(300 * SECOND), span(120 * SECOND), span(1_500)], ["5 min", "120 s", "1,500 µs"]);
        assert_eq!([bytes(6 << 20), bytes(300 << 10), bytes(900)], ["6 MB", "300 KB", "900 bytes"]);
        assert_eq!(price(Tariff::SqsRequests), "$0.40 a million");
        assert_eq!(price(Tariff::LambdaDuration), "$0.0000166667");
        assert_eq!(price(Tariff::SnsEmailDeliveries), "$2.00 for 100,000");
        assert_eq!(usual_and_range(node(NodeKind::Queue, "VisibilityTimeout")), "30 s by default, 0 s to 12 h");
    }
}
