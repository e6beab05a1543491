//! Reading of an event's text only what rules look at.
//!
//! The walk follows the keys of the matcher's paths and notes the values at their ends. Whatever else the event holds is
//! skipped with an eye on quotes, brackets and commas only (`index`): so a text that is not JSON may pass when the fault
//! lies in what no rule looks at.

use super::index::Index;
use super::paths::{NONE, Paths, ROOT};
use crate::rules::condition::{Numeral, Scalar};
use crate::rules::consistency::Nesting;
use crate::rules::json::{Fault, MAX_DEPTH, Scanner, unescape};
use crate::rules::number::Number;

/// Each byte of a word the same.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The high bit of each byte that is zero, exact up to the first such byte.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(all(0x01)) & !word & all(0x80)
}

/// A value at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) field: u32,
    /// The array element it stands in; 0 for none.
    pub(super) element: u32,
    kind: ScalarKind,
    /// Where its text is; a string's without the quotes.
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
enum ScalarKind {
    Text,
    EscapedText,
    Number,
    /// A number whose value has been worked out, if it compares.
    KnownNumber(Option<Number>),
    True,
    False,
    Null,
}

impl Occurrence {
    /// The value itself.
    pub(super) fn scalar<'e>(&self, text: &'e str) -> Scalar<'e> {
        let own = &text[self.start as usize..self.end as usize];
        match self.kind {
            ScalarKind::Text => Scalar::Text(own.into()),
            ScalarKind::EscapedText => Scalar::Text(unescape(own).into()),
            ScalarKind::Number => Scalar::Number(Numeral::new(own)),
            ScalarKind::KnownNumber(number) => Scalar::Number(Numeral::known(own, number)),
            ScalarKind::True => Scalar::True,
            ScalarKind::False => Scalar::False,
            ScalarKind::Null => Scalar::Null,
        }
    }

    /// Keeps what was worked out about a value.
    pub(super) fn learn(&mut self, scalar: &Scalar<'_>) {
        if let Scalar::Number(numeral) = scalar
            && let Some(number) = numeral.worked_out()
        {
            self.kind = ScalarKind::KnownNumber(number);
        }
    }
}

/// An array element that is an object or an array.
#[derive(Clone, Copy, Debug, Default)]
struct Element {
    outer: u32,
    array: u32,
    end: u32,
}

/// What a walk finds.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) occurrences: Vec<Occurrence>,
    /// Element 0 stands for everything outside of arrays.
    elements: Vec<Element>,
    /// For each array the number of elements when it was left.
    arrays: Vec<u32>,
    index: Index,
}

impl Nesting for Findings {
    fn outer(&self, element: u32) -> u32 {
        self.elements[element as usize].outer
    }

    fn array(&self, element: u32) -> u32 {
        self.elements[element as usize].array
    }

    fn element_end(&self, element: u32) -> u32 {
        self.elements[element as usize].end
    }

    fn array_end(&self, array: u32) -> u32 {
        self.arrays[array as usize]
    }
}

/// Walks a text, leaving what it finds in `findings`, whose old content is dropped.
pub(super) fn walk(text: &str, paths: &Paths, findings: &mut Findings) -> Result<(), Fault> {
    findings.occurrences.clear();
    findings.elements.clear();
    findings.elements.push(Element::default());
    findings.arrays.clear();
    if text.len() >= u32::MAX as usize {
        return Err(Fault { offset: 0, message: phrase!("the text is larger than 4 GiB") });
    }
    let mut index = std::mem::take(&mut findings.index);
    index.read(text.as_bytes());
    let walked = Walk { text, bytes: text.as_bytes(), index: &index, at: 0, depth: 0, paths, findings }.event();
    findings.index = index;
    walked
}

struct Walk<'w> {
    text: &'w str,
    bytes: &'w [u8],
    index: &'w Index,
    at: usize,
    depth: usize,
    paths: &'w Paths,
    findings: &'w mut Findings,
}

type Walked = Result<(), Fault>;

impl Walk<'_> {
    fn event(mut self) -> Walked {
        self.skip_space();
        if self.peek() != b'{' {
            return self.fault(phrase!("an event is a JSON object"));
        }
        self.object(ROOT, 0)?;
        self.skip_space();
        if self.at < self.bytes.len() { self.fault(phrase!("nothing may follow the value")) } else { Ok(()) }
    }

    #[inline]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[cold]
    fn fault<T>(&self, message: &'static str) -> Result<T, Fault> {
        let message = if self.at >= self.bytes.len() { phrase!("the text ends too early") } else { message };
        Err(Fault { offset: self.at, message })
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Eight bytes from a place on; nothing so near to the end that there are fewer.
    #[inline]
    fn word(&self, at: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at + 8)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }

    fn enter(&mut self) -> Walked {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fault(phrase!("objects and arrays are nested more than 1,000 deep"))
        } else {
            Ok(())
        }
    }

    /// Reads the object at hand, looking for a node's children.
    fn object(&mut self, node: u32, element: u32) -> Walked {
        self.enter()?;
        self.at += 1;
        self.skip_space();
        if self.peek() == b'}' {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            if self.peek() != b'"' {
                return self.fault(phrase!("expected a key in double quotes"));
            }
            let first = self.bytes.get(self.at + 1).copied().unwrap_or(0);
            if self.paths.may_start(node, first) {
                self.member(node, element)?
            } else {
                self.skip_member()?
            }
            self.skip_space();
            match self.peek() {
                b',' => self.at += 1,
                b'}' => break,
                _ => return self.fault(phrase!("expected `,` or `}`")),
            }
            self.skip_space();
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Reads the key and the value at hand.
    fn member(&mut self, node: u32, element: u32) -> Walked {
        let child = self.key(node)?;
        self.skip_space();
        if self.peek() != b':' {
            return self.fault(phrase!("expected `:` after the key"));
        }
        self.at += 1;
        self.skip_space();
        if child == NONE { self.skip_value() } else { self.value(child, element) }
    }

    /// Skips the key and the value at hand.
    #[inline]
    fn skip_member(&mut self) -> Walked {
        match self.index.structural(self.at) {
            Some(place) => self.at = place,
            None => return self.fault(phrase!("the value is not closed")),
        }
        if matches!(self.peek(), b'{' | b'[') { self.skip_container() } else { Ok(()) }
    }

    /// Reads the key at hand; the node it leads to.
    #[inline]
    fn key(&mut self, node: u32) -> Result<u32, Fault> {
        let (start, end, escaped) = self.string()?;
        let key = &self.text[start..end];
        if escaped {
            return Ok(self.paths.descend(node, &unescape(key)));
        }
        let first = match self.word(start) {
            Some(word) if key.len() < 8 => word & ((1 << (key.len() * 8)) - 1),
            Some(word) => word,
            None => key.bytes().take(8).rev().fold(0, |start, byte| start << 8 | u64::from(byte)),
        };
        let child = self.paths.child(node, key, first);
        if child == NONE && self.holds_dot(key, first) { Ok(self.paths.descend(node, key)) } else { Ok(child) }
    }

    #[inline]
    fn holds_dot(&self, key: &str, first: u64) -> bool {
        // The bytes behind a short key are zero, so no dot is found there.
        zero_bytes(first ^ all(b'.')) != 0 || key.len() > 8 && key.as_bytes()[8..].contains(&b'.')
    }

    /// Reads the value at hand, which a path leads to or through.
    fn value(&mut self, node: u32, element: u32) -> Walked {
        match self.peek() {
            b'{' if self.paths.has_children(node) => self.object(node, element),
            b'{' => self.skip_value(),
            b'[' => self.array(node, element),
            _ => match self.paths.field(node) {
                Some(field) => self.scalar(field, element),
                None => self.skip_value(),
            },
        }
    }

    fn array(&mut self, node: u32, element: u32) -> Walked {
        self.enter()?;
        self.at += 1;
        self.skip_space();
        if self.peek() == b']' {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        let array = self.findings.arrays.len();
        self.findings.arrays.push(0);
        loop {
            if matches!(self.peek(), b'{' | b'[') {
                let inner = self.findings.elements.len();
                self.findings.elements.push(Element { outer: element, array: array as u32, end: 0 });
                self.value(node, inner as u32)?;
                self.findings.elements[inner].end = self.findings.elements.len() as u32;
            } else {
                self.value(node, element)?;
            }
            self.skip_space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => break,
                _ => return self.fault(phrase!("expected `,` or `]`")),
            }
            self.skip_space();
        }
        self.findings.arrays[array] = self.findings.elements.len() as u32;
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Notes the string, number or word at hand.
    fn scalar(&mut self, field: u32, element: u32) -> Walked {
        let start = self.at;
        if self.peek() == b'"' {
            let (start, end, escaped) = self.string()?;
            self.note(field, element, if escaped { ScalarKind::EscapedText } else { ScalarKind::Text }, start, end);
            return Ok(());
        }
        let mut scanner = Scanner::at(self.text, start);
        let kind = match self.peek() {
            b't' => scanner.word("true").map(|()| ScalarKind::True)?,
            b'f' => scanner.word("false").map(|()| ScalarKind::False)?,
            b'n' => scanner.word("null").map(|()| ScalarKind::Null)?,
            b'-' | b'0'..=b'9' => scanner.number().map(|()| ScalarKind::Number)?,
            _ => {
                return self
                    .fault(phrase!("expected a value: a string, a number, an object, an array, true, false or null"));
            }
        };
        self.at = scanner.at;
        self.note(field, element, kind, start, self.at);
        Ok(())
    }

    fn note(&mut self, field: u32, element: u32, kind: ScalarKind, start: usize, end: usize) {
        self.findings.occurrences.push(Occurrence { field, element, kind, start: start as u32, end: end as u32 });
    }

    /// Skips the value at hand, looking at its first byte only.
    #[inline]
    fn skip_value(&mut self) -> Walked {
        match self.peek() {
            b'{' | b'[' => self.skip_container(),
            b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => match self.index.structural(self.at) {
                Some(end) => {
                    self.at = end;
                    Ok(())
                }
                None => self.fault(phrase!("the value is not closed")),
            },
            _ => self.fault(phrase!("expected a value: a string, a number, an object, an array, true, false or null")),
        }
    }

    /// Skips the object or array at hand.
    fn skip_container(&mut self) -> Walked {
        match self.index.closing(self.at, MAX_DEPTH - self.depth) {
            Some(closing) => {
                self.at = closing + 1;
                Ok(())
            }
            None => self.fault(phrase!("an object or array is not closed, or nested more than 1,000 deep")),
        }
    }

    /// Skips the string at hand; says where its text starts and ends, and whether it holds escapes.
    #[inline]
    fn string(&mut self) -> Result<(usize, usize, bool), Fault> {
        let start = self.at + 1;
        let Some(end) = self.index.quote(start) else { return self.fault(phrase!("a string is not closed")) };
        self.at = end + 1;
        Ok((start, end, self.index.has_backslash(start, end)))
    }
}
