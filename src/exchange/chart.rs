//! Charts as SVG: lines with bands over one axis. The app and the exported report draw the same ones; colours come from
//! the classes `series-0` to `series-5`.

use super::svg::escape;
use std::fmt::Write;

/// A line and, where there is one, the band around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub name: String,
    /// Ascending in x.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper bound at each point.
    pub band: Vec<(f64, f64)>,
    /// Whether each point is marked.
    pub dots: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it shows, for people who do not see it.
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub lines: Vec<Line>,
    /// Spans of x in which something was wrong.
    pub shaded: Vec<(f64, f64)>,
    /// A value of x to point out.
    pub mark: Option<f64>,
}

/// How many colours there are.
const COLOURS: usize = 6;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;
/// Points beyond this are thinned out; nobody sees them apart.
const DRAWN: usize = 600;

/// A range of values and where they lie.
struct Axis {
    from: f64,
    to: f64,
    start: f64,
    length: f64,
}

impl Axis {
    fn place(&self, value: f64) -> f64 {
        let span = self.to - self.from;
        if span > 0.0 { self.start + (value - self.from) / span * self.length } else { self.start }
    }

    /// Round numbers along the axis.
    fn ticks(&self, count: f64) -> Vec<f64> {
        let step = round_step((self.to - self.from) / count);
        if step <= 0.0 || !step.is_finite() {
            return vec![self.from];
        }
        let first = libm::ceil(self.from / step - 1e-9);
        (0..40)
            .map(|place| (first + f64::from(place)) * step)
            .take_while(|value| *value <= self.to + step * 1e-6)
            .collect()
    }
}

/// The next larger of 1, 2, 5, 10, 20, 50, …
fn round_step(rough: f64) -> f64 {
    if rough <= 0.0 || !rough.is_finite() {
        return 0.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(rough)
}

/// A number on an axis.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1e6 {
        return format!("{}M", short(value / 1e6));
    }
    let text = if size >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

impl Chart {
    /// As an SVG element of this size.
    pub fn svg(&self, width: f64, height: f64) -> String {
        let (x, y) = self.axes(width, height);
        let (right, base) = (width - RIGHT, height - BOTTOM);
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-label=\"{}\">",
            escape(&self.title)
        );
        for (from, until) in &self.shaded {
            let (from, until) = (x.place(from.max(x.from)), x.place(until.min(x.to)));
            if until > from {
                let _ = write!(
                    out,
                    "<rect class=\"chart-fault\" x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    until - from,
                    base - TOP
                );
            }
        }
        for value in y.ticks(5.0) {
            let at = y.place(value);
            let _ = write!(
                out,
                "<path class=\"chart-grid\" d=\"M{LEFT} {at:.1}H{right:.1}\"/><text class=\"chart-tick\" x=\"{:.1}\" \
                 y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                at + 4.0,
                short(value)
            );
        }
        for value in x.ticks(width / 110.0) {
            let _ = write!(
                out,
                "<text class=\"chart-tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x.place(value),
                base + 16.0,
                short(value)
            );
        }
        let _ = write!(
            out,
            "<path class=\"chart-axis\" d=\"M{LEFT} {TOP}V{base:.1}H{right:.1}\"/>\
             <text class=\"chart-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <text class=\"chart-label\" transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"end\">{}</text>",
            right,
            height - 6.0,
            escape(&self.x_label),
            TOP,
            escape(&self.y_label)
        );
        for (place, line) in self.lines.iter().enumerate() {
            write_line(&mut out, line, place % COLOURS, &x, &y);
        }
        if let Some(value) = self.mark.filter(|value| (x.from..=x.to).contains(value)) {
            let _ = write!(out, "<path class=\"chart-mark\" d=\"M{:.1} {TOP}V{base:.1}\"/>", x.place(value));
        }
        out += "</svg>";
        out
    }

    /// The lines' names with their colours, as an HTML list.
    pub fn legend(&self) -> String {
        let item = |(place, line): (usize, &Line)| {
            format!("<li><i class=\"chart-key series-{}\"></i>{}</li>", place % COLOURS, escape(&line.name))
        };
        let items: String = self.lines.iter().enumerate().map(item).collect();
        format!("<ul class=\"chart-legend\">{items}</ul>")
    }

    fn axes(&self, width: f64, height: f64) -> (Axis, Axis) {
        let xs = self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
        let (from, to) = range(xs).unwrap_or((0.0, 1.0));
        let values = self.lines.iter().flat_map(|line| {
            let bounds = line.band.iter().flat_map(|(low, high)| [*low, *high]);
            line.points.iter().map(|point| point.1).chain(bounds)
        });
        let (low, high) = range(values).unwrap_or((0.0, 1.0));
        // Amounts begin at nothing; there is no telling a small difference from a large one otherwise.
        let low = if low < 0.0 { low } else { 0.0 };
        let high = if high > low { high + (high - low) * 0.05 } else { low + 1.0 };
        let x = Axis { from, to: if to > from { to } else { from + 1.0 }, start: LEFT, length: width - LEFT - RIGHT };
        let base = height - BOTTOM;
        (x, Axis { from: low, to: high, start: base, length: TOP - base })
    }
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((f64::min(low, value), f64::max(high, value))),
    })
}

fn write_line(out: &mut String, line: &Line, colour: usize, x: &Axis, y: &Axis) {
    let every = line.points.len().div_ceil(DRAWN).max(1);
    let at = |(first, second): (f64, f64)| format!("{:.1} {:.1}", x.place(first), y.place(second));
    if line.band.len() == line.points.len() && !line.band.is_empty() {
        let edges = line.points.iter().zip(&line.band);
        let upper: Vec<String> = edges.clone().map(|(point, band)| at((point.0, band.1))).collect();
        let lower: Vec<String> = edges.rev().map(|(point, band)| at((point.0, band.0))).collect();
        let _ =
            write!(out, "<path class=\"chart-band series-{colour}\" d=\"M{}L{}Z\"/>", upper.join("L"), lower.join("L"));
    }
    let places: Vec<String> = line.points.iter().step_by(every).map(|point| at(*point)).collect();
    if places.is_empty() {
        return;
    }
    let _ = write!(out, "<path class=\"chart-line series-{colour}\" d=\"M{}\"/>", places.join("L"));
    if line.dots {
        for (first, second) in &line.points {
            let _ = write!(
                out,
                "<circle class=\"chart-dot series-{colour}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
                x.place(*first),
                y.place(*second)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        for (from, to, wanted) in [(0.0, 10.0, vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]), (0.0, 0.0, vec![0.0])] {
            let axis = Axis { from, to, start: 0.0, length: 1.0 };
            assert_eq!(axis.ticks(5.0), wanted);
        }
        assert_eq!(round_step(0.3), 0.5);
        assert_eq!(round_step(20.0), 20.0);
        assert_eq!((short(1_500_000.0), short(0.25), short(-0.0)), ("1.5M".into(), "0.25".into(), "0".into()));
    }

    #[test]
    fn a_chart_without_anything_is_still_a_picture() {
        let empty = Chart { title: "a < b".to_string(), ..Chart::default() }.svg(300.0, 200.0);
        assert!(empty.starts_with("<svg") && empty.ends_with("</svg>") && empty.contains("a &lt; b"));
        let line = Line { name: "one".to_string(), points: vec![(1.0, 5.0)], band: vec![(4.0, 6.0)], dots: true };
        let one = Chart { lines: vec![line], ..Chart::default() };
        assert!(one.svg(300.0, 200.0).contains("chart-band") && !one.svg(300.0, 200.0).contains("NaN"));
        assert!(one.legend().contains("one"));
    }
}
