//! Regular expressions, the part of Java's that gateways are configured with: literals, `.`, classes, groups, `|`, and
//! `*`, `+`, `?`, `{n,m}`. An expression has to match a whole text. Matching takes time in proportion to text and
//! expression, whatever they are.

use super::error::PatternError;
use crate::language::translated;

/// Nesting of groups, and instructions of a compiled expression: far beyond what anybody writes by hand.
const MAX_DEPTH: usize = 30;
const MAX_SIZE: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegularExpression {
    source: String,
    program: Vec<Instruction>,
}

/// Characters from the first to the second, each.
type Ranges = Vec<(char, char)>;

/// Jumps are relative, so that pieces of program can be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Instruction {
    /// One character of these ranges, or with `true` one of none of them.
    Character(bool, Ranges),
    Split(isize, isize),
    Jump(isize),
}

use Instruction::{Character, Jump, Split};

impl RegularExpression {
    pub(super) fn read(text: &str) -> Result<RegularExpression, PatternError> {
        let mut parser = Parser { rest: text.chars().collect(), at: 0, depth: 0 };
        let program = parser.alternatives().and_then(|program| match parser.peek() {
            None => Ok(program),
            Some(_) => Err(phrase!("`)` closes nothing")),
        });
        program.map(|program| RegularExpression { source: text.to_string(), program }).map_err(|message| PatternError {
            line: 1,
            column: parser.at as u32 + 1,
            path: String::new(),
            message: tr!(
                "{message}, at character {place} of `{text}`",
                message = translated(message),
                place = parser.at + 1,
                text = text
            ),
            hint: tr!("use literals, `.`, `[a-z]`, `\\d`, `\\w`, `\\s`, `( | )`, `*`, `+`, `?` and `{n,m}`")
                .to_string(),
        })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn holds_for(&self, text: &str) -> bool {
        let mut states = vec![false; self.program.len() + 1];
        self.enter(0, &mut states);
        for character in text.chars() {
            let mut next = vec![false; states.len()];
            for (place, instruction) in self.program.iter().enumerate() {
                if let (true, Character(negated, ranges)) = (states[place], instruction)
                    && *negated != ranges.iter().any(|(low, high)| (*low..=*high).contains(&character))
                {
                    self.enter(place + 1, &mut next);
                }
            }
            states = next;
        }
        states.last() == Some(&true)
    }

    /// Marks every state that is reached from `place` without reading a character.
    fn enter(&self, place: usize, states: &mut [bool]) {
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut states[place], true) {
                continue;
            }
            let jump = |by: isize| place.saturating_add_signed(by).min(self.program.len());
            match self.program.get(place) {
                Some(Jump(by)) => open.push(jump(*by)),
                Some(Split(first, second)) => open.extend([jump(*second), jump(*first)]),
                _ => {}
            }
        }
    }
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Vec<Instruction>, &'static str>;

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn take_if(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn alternatives(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(phrase!("groups are nested too deeply"));
        }
        let mut program = self.sequence()?;
        while self.take_if('|') {
            let other = self.sequence()?;
            let (first, second) = (program.len() as isize, other.len() as isize);
            program.insert(0, Split(1, first + 2));
            program.push(Jump(second + 1));
            program.extend(other);
        }
        self.depth -= 1;
        Ok(program)
    }

    fn sequence(&mut self) -> Parsed {
        let mut program = Vec::new();
        while let Some(next) = self.peek().filter(|next| !matches!(next, '|' | ')')) {
            // The whole text has to match anyway.
            if (next == '^' && self.at == 0) || (next == '$' && self.at + 1 == self.rest.len()) {
                self.at += 1;
                continue;
            }
            let piece = self.atom()?;
            program.extend(self.repeated(piece)?);
            if program.len() > MAX_SIZE {
                return Err(phrase!("the expression is too long"));
            }
        }
        Ok(program)
    }

    fn atom(&mut self) -> Parsed {
        let one = |character| Ok(vec![Character(false, vec![(character, character)])]);
        match self.take() {
            Some('(') => {
                if self.take_if('?') && !self.take_if(':') {
                    return Err(phrase!("only plain groups are understood"));
                }
                let inner = self.alternatives()?;
                if self.take_if(')') { Ok(inner) } else { Err(phrase!("`(` is not closed")) }
            }
            Some('.') => Ok(vec![Character(true, vec![('\n', '\n'), ('\r', '\r')])]),
            Some('[') => self.class(),
            Some('\\') => {
                let (negated, ranges) = self.escaped()?;
                Ok(vec![Character(negated, ranges)])
            }
            Some('*' | '+' | '?' | '{') => Err(phrase!("there is nothing to repeat")),
            Some('^' | '$') => Err(phrase!("`^` and `$` stand at the ends only")),
            Some(other) => one(other),
            None => Err(phrase!("something is missing at the end")),
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<(bool, Ranges), &'static str> {
        let word = || vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
        let space = || vec![(' ', ' '), ('\t', '\r')];
        Ok(match self.take() {
            Some('d') => (false, vec![('0', '9')]),
            Some('D') => (true, vec![('0', '9')]),
            Some('w') => (false, word()),
            Some('W') => (true, word()),
            Some('s') => (false, space()),
            Some('S') => (true, space()),
            Some('n') => (false, vec![('\n', '\n')]),
            Some('r') => (false, vec![('\r', '\r')]),
            Some('t') => (false, vec![('\t', '\t')]),
            Some(other) if !other.is_alphanumeric() => (false, vec![(other, other)]),
            _ => return Err(phrase!("this escape is not understood")),
        })
    }

    fn class(&mut self) -> Parsed {
        let negated = self.take_if('^');
        let mut ranges = Vec::new();
        loop {
            let low = match self.take().ok_or(phrase!("`[` is not closed"))? {
                ']' if !ranges.is_empty() => return Ok(vec![Character(negated, ranges)]),
                '[' => return Err(phrase!("a class inside a class is not understood")),
                '\\' => match self.escaped()? {
                    (false, escaped) => match escaped.as_slice() {
                        [(low, high)] if low == high => *low,
                        _ => {
                            ranges.extend(escaped);
                            continue;
                        }
                    },
                    _ => return Err(phrase!("a negated class inside a class is not understood")),
                },
                other => other,
            };
            let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1).is_some_and(|next| *next != ']');
            if is_range {
                self.at += 1;
                let high = self.take().unwrap_or(low);
                if high < low || high == '\\' {
                    return Err(phrase!("this range is not understood"));
                }
                ranges.push((low, high));
            } else {
                ranges.push((low, low));
            }
        }
    }

    fn repeated(&mut self, piece: Vec<Instruction>) -> Parsed {
        let length = piece.len() as isize;
        let any = |mut piece: Vec<Instruction>| {
            piece.insert(0, Split(1, length + 2));
            piece.push(Jump(-(length + 1)));
            piece
        };
        let optional = |mut piece: Vec<Instruction>| {
            piece.insert(0, Split(1, length + 1));
            piece
        };
        let program = match self.peek() {
            Some('*') => any(piece),
            Some('?') => optional(piece),
            Some('+') => piece.iter().cloned().chain([Split(-length, 1)]).collect(),
            Some('{') => {
                self.at += 1;
                let least = self.number().ok_or(phrase!("a number is missing behind `{`"))?;
                let bounded = !self.take_if(',') || self.peek() != Some('}');
                let most =
                    if self.rest.get(self.at.wrapping_sub(1)) == Some(&',') { self.number() } else { Some(least) };
                if self.peek() != Some('}') {
                    return Err(phrase!("`{` is not closed"));
                }
                let most = most.unwrap_or(least);
                if most < least || most as usize * piece.len() > MAX_SIZE {
                    return Err(phrase!("this repetition is too long"));
                }
                let mut program: Vec<Instruction> = (0..least).flat_map(|_| piece.clone()).collect();
                if bounded {
                    program.extend((least..most).flat_map(|_| optional(piece.clone())));
                } else {
                    program.extend(any(piece));
                }
                program
            }
            _ => return Ok(piece),
        };
        self.at += 1;
        // Which way of matching is tried first makes no difference to whether the whole matches.
        self.at += usize::from(matches!(self.peek(), Some('?' | '+')));
        Ok(program)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            number = Some(number.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        number.filter(|number| *number <= MAX_SIZE as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, yes: &[&str], no: &[&str]) {
        let parsed = RegularExpression::parse(expression).unwrap_or_else(|error| panic!("{error:?}"));
        yes.iter().for_each(|text| assert!(parsed.matches(text), "{expression} matches {text}"));
        no.iter().for_each(|text| assert!(!parsed.matches(text), "{expression} does not match {text}"));
    }

    #[test]
    fn the_whole_text_has_to_match() {
        check("Bearer .+", &["Bearer abc"], &["Bearer ", "xBearer abc", ""]);
        check("^4\\d{2}$", &["400", "429"], &["40", "4000", "500"]);
        check(".*Bad Request.*", &["Error: Bad Request!"], &["Bad\nRequest"]);
        check("(\\n|.)*timed out", &["one\ntimed out"], &[]);
        check("", &[""], &["x"]);
    }

    #[test]
    fn classes_groups_and_repetitions() {
        check("[a-f0-9]{2,4}", &["a0", "beef"], &["a", "beef0", "xy"]);
        check("[^/]+/(a|bc)?", &["x/", "x/a", "xy/bc"], &["/a", "x/b"]);
        check("a{2,}", &["aa", "aaaaa"], &["a"]);
        check("(ab|a)+c", &["aababc"], &["c", "abab"]);
        check("[\\w-]+\\.\\w+", &["a-b.c"], &["a b.c"]);
        check("(a*)*b", &["b", "aaab"], &[&"a".repeat(200)]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in ["(a", "a)", "*", "[a", "a{2", "a{3,2}", "(?=a)", "\\1", "a{9999}", "[[a]]", &"(".repeat(99)] {
            assert!(RegularExpression::parse(wrong).is_err(), "{wrong}");
        }
    }
}
