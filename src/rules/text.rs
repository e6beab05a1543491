//! Comparing text: ignoring case, and with wildcards.

/// How much of the start of `text` the whole of `wanted` takes up, ignoring case; nothing when it does not fit.
///
/// As in the engine, each character of `wanted` stands for its lower-case and its upper-case spelling and for nothing
/// else. That is not symmetric: `ß` stands for `ß` and `SS`, so `straße` takes `STRASSE`, but `strasse` does not take
/// `STRAßE`.
pub(crate) fn starts_ignoring_case(wanted: &str, text: &str) -> Option<usize> {
    if wanted.is_ascii() {
        let start = text.as_bytes().get(..wanted.len())?;
        return start.eq_ignore_ascii_case(wanted.as_bytes()).then_some(wanted.len());
    }
    let mut rest = text;
    for character in wanted.chars() {
        rest = strip_start(rest, character.to_lowercase()).or_else(|| strip_start(rest, character.to_uppercase()))?;
    }
    Some(text.len() - rest.len())
}

/// As [`starts_ignoring_case`], from the end.
pub(crate) fn ends_ignoring_case(wanted: &str, text: &str) -> Option<usize> {
    if wanted.is_ascii() {
        let end = text.as_bytes().get(text.len().checked_sub(wanted.len())?..)?;
        return end.eq_ignore_ascii_case(wanted.as_bytes()).then_some(wanted.len());
    }
    let mut rest = text;
    for character in wanted.chars().rev() {
        rest = strip_end(rest, character.to_lowercase()).or_else(|| strip_end(rest, character.to_uppercase()))?;
    }
    Some(text.len() - rest.len())
}

pub(crate) fn equals_ignoring_case(wanted: &str, text: &str) -> bool {
    starts_ignoring_case(wanted, text) == Some(text.len())
}

fn strip_start(text: &str, spelling: impl Iterator<Item = char>) -> Option<&str> {
    let mut rest = text.chars();
    for character in spelling {
        (rest.next()? == character).then_some(())?;
    }
    Some(rest.as_str())
}

fn strip_end(text: &str, spelling: impl DoubleEndedIterator<Item = char>) -> Option<&str> {
    let mut rest = text.chars();
    for character in spelling.rev() {
        (rest.next_back()? == character).then_some(())?;
    }
    Some(rest.as_str())
}

/// A text in which `*` stands for any text, also none; `\*` and `\\` stand for the character itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard {
    /// As written in the pattern.
    pub(crate) text: String,
    /// The literal pieces between the stars; one piece means there is no star.
    pub(crate) pieces: Vec<String>,
}

impl Wildcard {
    /// Reads a wildcard; the error says what is wrong and what would be right.
    pub(crate) fn parse(text: &str) -> Result<Wildcard, (&'static str, &'static str)> {
        let mut pieces = vec![String::new()];
        let mut characters = text.chars();
        let mut after_star = false;
        while let Some(character) = characters.next() {
            let star = character == '*';
            if star && after_star {
                return Err((
                    tr!("`*` follows `*`"),
                    tr!("one `*` already stands for any text; for the character itself write `\\*`"),
                ));
            }
            after_star = star;
            if star {
                pieces.push(String::new());
                continue;
            }
            let literal = match character {
                '\\' => characters.next().filter(|escaped| matches!(escaped, '*' | '\\')).ok_or((
                    tr!("a backslash in a wildcard may only stand before `*` or `\\`"),
                    tr!("for a backslash write two, in JSON four: `\"C:\\\\\\\\*\"`"),
                ))?,
                other => other,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(literal);
            }
        }
        Ok(Wildcard { text: text.to_string(), pieces })
    }

    /// How many stars it has.
    pub(crate) fn stars(&self) -> usize {
        self.pieces.len() - 1
    }

    /// Whether the whole of `text` fits. Takes time in proportion to the text: each piece is looked for once, as far
    /// left as it goes.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else { return false };
        if self.pieces.len() == 1 {
            return text == first;
        }
        let Some(mut rest) = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else {
            return false;
        };
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            let Some(found) = rest.find(piece.as_str()) else { return false };
            rest = &rest[found + piece.len()..];
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignoring_case_goes_by_the_characters_of_the_pattern() {
        assert!(equals_ignoring_case("straße", "STRASSE"));
        assert!(!equals_ignoring_case("strasse", "STRAßE"));
        assert!(equals_ignoring_case("\u{212A}", "k"));
        assert!(!equals_ignoring_case("\u{212A}", "K"));
        assert!(!equals_ignoring_case("ǅ", "ǅ"));
        assert_eq!(starts_ignoring_case("ÄB", "äbc"), Some(3));
        assert_eq!(ends_ignoring_case("ÄB", "xäb"), Some(3));
        assert_eq!(ends_ignoring_case("abc", "bc"), None);
        assert_eq!(starts_ignoring_case("ab", "é"), None);
    }

    /// Trying the lower-case spelling first never hides a fit of the upper-case one.
    #[test]
    fn no_spelling_starts_or_ends_another() {
        for character in char::MIN..=char::MAX {
            let (lower, upper) = (character.to_lowercase().to_string(), character.to_uppercase().to_string());
            if lower != upper {
                assert!(!lower.starts_with(&upper) && !upper.starts_with(&lower), "{character}");
                assert!(!lower.ends_with(&upper) && !upper.ends_with(&lower), "{character}");
            }
        }
    }

    #[track_caller]
    fn wildcard(pattern: &str, text: &str, expected: bool) {
        assert_eq!(Wildcard::parse(pattern).unwrap().matches(text), expected, "{pattern} {text}");
    }

    #[test]
    fn wildcards() {
        wildcard("*", "", true);
        wildcard("a*c", "ac", true);
        wildcard("a*a", "a", false);
        wildcard("a*b*c", "a-b-b-c", true);
        wildcard("a*b*b*c", "a-b-c", false);
        wildcard("*é*", "caféteria", true);
        wildcard(r"a\*c", "a*c", true);
        wildcard(r"a\*c", "abc", false);
        wildcard(r"a*\*", "ab*", true);
        wildcard(r"\\", r"\", true);
        wildcard("", "", true);
        for wrong in ["**", "a**c", r"a\b", r"a\"] {
            assert!(Wildcard::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hostile_wildcard_takes_linear_time() {
        let text = "a".repeat(1 << 20);
        wildcard(&format!("*{}b", "a*".repeat(10_000)), &text, false);
        wildcard(&format!("*{}b*", "a".repeat(10_000)), &text, false);
    }
}
