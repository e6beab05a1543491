//! Figures as people read them, wherever something was measured.

/// Three figures or so, with thousands apart and a real minus sign.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size == 0.0 || size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{size:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 && (whole != "0" || !fraction.is_empty()) { "−" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_to_three_figures() {
        for (value, wanted) in [
            (0.0, "0"),
            (12_345.6, "12,346"),
            (99.97, "100"),
            (41.26, "41.3"),
            (0.12345, "0.123"),
            (-2.5, "−2.5"),
            (-0.0001, "0"),
        ] {
            assert_eq!(number(value), wanted);
        }
    }
}
