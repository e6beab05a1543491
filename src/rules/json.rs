//! JSON as it was written.
//!
//! The rule engine looks at a document's own spelling: `300.0` and `3e2` are different literals of one number, and a key
//! that occurs twice counts twice. Ordinary readers lose both, so this one keeps the text and lays a flat list of nodes
//! over it, each with its place. Reading needs no recursion, so hostile nesting costs an error, not the stack.

use crate::language::translated;
use std::borrow::Cow;
use std::fmt;

/// How deep objects and arrays may be nested (`eb-putevents`: an event's nesting is at most 1,000).
pub const MAX_DEPTH: usize = 1_000;

/// How many characters one number may have; more than any number that means something.
pub const MAX_NUMBER_LENGTH: usize = 1_000;

/// Why a text is not JSON, and where: lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = (self.line, self.column);
        f.write_str(&tr!(
            "line {line}, column {column}: {message}",
            line = line,
            column = column,
            message = self.message
        ))
    }
}

impl std::error::Error for SyntaxError {}

/// The line and column, both from 1, of a byte offset in `text`.
pub fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    // Continuation bytes of UTF-8 look like 0b10xx_xxxx and start no character.
    let column = before[line_start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
    (line as u32, column as u32)
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// One key or value. `start..end` is its text (for strings and keys with the quotes), `after` the index of the first
/// node behind everything that belongs to it, `parent` that of the object or array it stands in.
#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    escaped: bool,
    start: u32,
    end: u32,
    after: u32,
    parent: u32,
}

/// A parsed text: any JSON value.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    /// In the order of the text; a member of an object is its key's node (a string) and then its value's.
    nodes: Vec<Node>,
}

impl Document {
    /// Reads one JSON value with nothing but white space around it.
    pub fn parse(text: &str) -> Result<Document, SyntaxError> {
        let parser = Parser { scanner: Scanner::new(text), nodes: Vec::new(), open: Vec::new() };
        let nodes = parser.document().map_err(|fault| {
            let (line, column) = position(text, fault.offset);
            SyntaxError { line, column, message: translated(fault.message).to_string() }
        })?;
        Ok(Document { text: text.to_string(), nodes })
    }

    /// `{}`
    pub(crate) fn empty_object() -> Document {
        let root = Node { kind: Kind::Object, escaped: false, start: 0, end: 2, after: 1, parent: 0 };
        Document { text: "{}".to_string(), nodes: vec![root] }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn root(&self) -> Value<'_> {
        self.value(0)
    }

    pub(crate) fn value(&self, index: u32) -> Value<'_> {
        Value { document: self, index }
    }
}

/// One value of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'d> {
    document: &'d Document,
    index: u32,
}

impl<'d> Value<'d> {
    fn node(&self) -> &'d Node {
        &self.document.nodes[self.index as usize]
    }

    pub fn kind(&self) -> Kind {
        self.node().kind
    }

    /// Its place among all keys and values of the document, in the order of the text; the root's is 0.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// The first index behind everything that belongs to it.
    pub(crate) fn after(&self) -> u32 {
        self.node().after
    }

    /// The object or array it stands in; the root stands in itself.
    pub(crate) fn parent(&self) -> Value<'d> {
        Value { document: self.document, index: self.node().parent }
    }

    /// Its text as written, a string with its quotes.
    pub fn raw(&self) -> &'d str {
        let node = self.node();
        &self.document.text[node.start as usize..node.end as usize]
    }

    /// The byte offset of its first character.
    pub fn start(&self) -> usize {
        self.node().start as usize
    }

    /// What a string says; for every other kind, its text.
    pub fn string(&self) -> Cow<'d, str> {
        let node = self.node();
        if node.kind != Kind::String {
            return Cow::Borrowed(self.raw());
        }
        let inside = &self.document.text[node.start as usize + 1..node.end as usize - 1];
        if node.escaped { Cow::Owned(unescape(inside)) } else { Cow::Borrowed(inside) }
    }

    /// An object's members in order, with those that occur twice; nothing for other kinds.
    pub fn members(&self) -> impl Iterator<Item = (Value<'d>, Value<'d>)> + use<'d> {
        let mut nodes = self.inner(Kind::Object);
        std::iter::from_fn(move || Some((nodes.next()?, nodes.next()?)))
    }

    /// An array's elements in order; nothing for other kinds.
    pub fn elements(&self) -> impl Iterator<Item = Value<'d>> + use<'d> {
        self.inner(Kind::Array)
    }

    fn inner(&self, kind: Kind) -> impl Iterator<Item = Value<'d>> + use<'d> {
        let document = self.document;
        let end = if self.kind() == kind { self.node().after } else { 0 };
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let value = (next < end).then_some(Value { document, index: next })?;
            next = value.node().after;
            Some(value)
        })
    }
}

/// What a string's text between its quotes says. A surrogate without its other half becomes the replacement character:
/// no text can hold it.
pub(crate) fn unescape(inside: &str) -> String {
    let mut plain = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(backslash) = rest.find('\\') {
        plain.push_str(&rest[..backslash]);
        let escape = rest.as_bytes().get(backslash + 1).copied().unwrap_or(b'\\');
        rest = rest.get(backslash + 2..).unwrap_or("");
        plain.push(match escape {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = code_unit(rest);
                rest = rest.get(4..).unwrap_or("");
                let low = rest.strip_prefix("\\u").map_or(0, code_unit);
                if (0xD800..0xDC00).contains(&unit) && (0xDC00..0xE000).contains(&low) {
                    rest = &rest[6..];
                    char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)).unwrap_or('\u{FFFD}')
                } else {
                    char::from_u32(unit).unwrap_or('\u{FFFD}')
                }
            }
            other => char::from(other),
        });
    }
    plain.push_str(rest);
    plain
}

fn code_unit(digits: &str) -> u32 {
    digits.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

/// Writes a string as a JSON literal, quotes included.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            control if control < ' ' => literal.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// A syntax error before its line and column are worked out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) message: &'static str,
}

/// Reads the single tokens of JSON, checking each completely.
pub(crate) struct Scanner<'t> {
    bytes: &'t [u8],
    pub(crate) at: usize,
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(text: &'t str) -> Scanner<'t> {
        Scanner::at(text, 0)
    }

    pub(crate) fn at(text: &'t str, at: usize) -> Scanner<'t> {
        Scanner { bytes: text.as_bytes(), at }
    }

    /// The byte at hand; 0, which starts no token, at the end.
    pub(crate) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn fault<T>(&self, message: &'static str) -> Result<T, Fault> {
        Err(Fault {
            offset: self.at,
            message: if self.is_at_end() { phrase!("the text ends too early") } else { message },
        })
    }

    pub(crate) fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Reads a string from its opening quote to behind its closing one; says whether it holds escapes.
    pub(crate) fn string(&mut self) -> Result<bool, Fault> {
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                    match self.peek() {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            for _ in 0..4 {
                                self.at += 1;
                                if !self.peek().is_ascii_hexdigit() {
                                    return self.fault(phrase!("`\\u` needs four hexadecimal digits, e.g. `\\u00e9`"));
                                }
                            }
                        }
                        _ => return self.fault(phrase!(r#"a backslash may only be followed by one of `"\/bfnrtu`"#)),
                    }
                }
                0..=0x1F => {
                    return self.fault(phrase!("a control character inside a string must be escaped, e.g. `\\n`"));
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(escaped)
    }

    pub(crate) fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += usize::from(self.peek() == b'-');
        if self.peek() == b'0' {
            self.at += 1;
            if self.peek().is_ascii_digit() {
                return self.fault(phrase!("a number may not start with a zero"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), b'+' | b'-'));
            self.digits()?;
        }
        if self.at - start > MAX_NUMBER_LENGTH {
            self.at = start;
            return self.fault(phrase!("a number may have at most 1,000 characters"));
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_ascii_digit() {
            return self.fault(phrase!("a number needs a digit here"));
        }
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    pub(crate) fn word(&mut self, word: &'static str) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self
                .fault(phrase!("expected a value: a string, a number, an object, an array, true, false or null"));
        }
        self.at += word.len();
        Ok(())
    }
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    nodes: Vec<Node>,
    /// The objects and arrays that are not closed yet, outermost first.
    open: Vec<u32>,
}

impl Parser<'_> {
    fn document(mut self) -> Result<Vec<Node>, Fault> {
        if self.scanner.bytes.len() >= u32::MAX as usize {
            return Err(Fault { offset: 0, message: phrase!("the text is larger than 4 GiB") });
        }
        loop {
            // A value is due here. `opened` says that it was a container that may hold something.
            self.scanner.skip_space();
            let opened = self.value()?;
            if opened {
                if self.open.len() == MAX_DEPTH {
                    return self.scanner.fault(phrase!("objects and arrays are nested more than 1,000 deep"));
                }
                self.open.push(self.nodes.len() as u32 - 1);
            }
            self.scanner.skip_space();
            // Close what ends here, until something wants another value.
            let mut fresh = opened;
            loop {
                let Some(container) = self.open.last().map(|index| *index as usize) else {
                    return if self.scanner.is_at_end() {
                        Ok(self.nodes)
                    } else {
                        self.scanner.fault(phrase!("nothing may follow the value"))
                    };
                };
                let object = self.nodes[container].kind == Kind::Object;
                let closing = if object { b'}' } else { b']' };
                if self.scanner.peek() == closing {
                    self.scanner.at += 1;
                    self.nodes[container].end = self.scanner.at as u32;
                    self.nodes[container].after = self.nodes.len() as u32;
                    self.open.pop();
                    fresh = false;
                    self.scanner.skip_space();
                    continue;
                }
                if !fresh {
                    if self.scanner.peek() != b',' {
                        let message =
                            if object { phrase!("expected `,` or `}`") } else { phrase!("expected `,` or `]`") };
                        return self.scanner.fault(message);
                    }
                    self.scanner.at += 1;
                    self.scanner.skip_space();
                }
                if object {
                    self.key()?;
                }
                break;
            }
        }
    }

    fn key(&mut self) -> Result<(), Fault> {
        if self.scanner.peek() != b'"' {
            return self.scanner.fault(phrase!("expected a key in double quotes"));
        }
        self.string()?;
        self.scanner.skip_space();
        if self.scanner.peek() != b':' {
            return self.scanner.fault(phrase!("expected `:` after the key"));
        }
        self.scanner.at += 1;
        Ok(())
    }

    /// Reads a scalar, or just the opening bracket of a container: then it returns true.
    fn value(&mut self) -> Result<bool, Fault> {
        let start = self.scanner.at;
        match self.scanner.peek() {
            b'{' | b'[' => {
                let kind = if self.scanner.peek() == b'{' { Kind::Object } else { Kind::Array };
                self.scanner.at += 1;
                self.push(kind, false, start);
                return Ok(true);
            }
            b'"' => self.string()?,
            b't' => {
                self.scanner.word("true")?;
                self.push(Kind::True, false, start);
            }
            b'f' => {
                self.scanner.word("false")?;
                self.push(Kind::False, false, start);
            }
            b'n' => {
                self.scanner.word("null")?;
                self.push(Kind::Null, false, start);
            }
            b'-' | b'0'..=b'9' => {
                self.scanner.number()?;
                self.push(Kind::Number, false, start);
            }
            _ => self
                .scanner
                .fault(phrase!("expected a value: a string, a number, an object, an array, true, false or null"))?,
        }
        Ok(false)
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.scanner.at;
        let escaped = self.scanner.string()?;
        self.push(Kind::String, escaped, start);
        Ok(())
    }

    fn push(&mut self, kind: Kind, escaped: bool, start: usize) {
        let after = self.nodes.len() as u32 + 1;
        let parent = self.open.last().copied().unwrap_or(0);
        self.nodes.push(Node { kind, escaped, start: start as u32, end: self.scanner.at as u32, after, parent });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, line: u32, column: u32) {
        let error = Document::parse(text).expect_err(text);
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    }

    #[test]
    fn keeps_spelling_and_duplicates() {
        let document = Document::parse(r#" {"a": 3.0e2, "a" : ["x\u00e9\ud83d\ude00\n", {}], "b":null} "#).unwrap();
        let members: Vec<_> = document.root().members().map(|(key, value)| (key.string(), value.raw())).collect();
        assert_eq!(
            members,
            [("a".into(), "3.0e2"), ("a".into(), r#"["x\u00e9\ud83d\ude00\n", {}]"#), ("b".into(), "null")]
        );
        let (_, array) = document.root().members().nth(1).unwrap();
        assert_eq!(array.elements().next().unwrap().string(), "xé😀\n");
        assert_eq!(array.elements().count(), 2);
    }

    #[test]
    fn a_lone_surrogate_becomes_the_replacement_character() {
        assert_eq!(unescape(r"\ud83d-\ud83d\u0041\ude00"), "\u{FFFD}-\u{FFFD}A\u{FFFD}");
    }

    #[test]
    fn errors_point_at_the_character() {
        refused("", 1, 1);
        refused("{\"é\": tru}", 1, 7);
        refused("{\n \"a\": 01}", 2, 8);
        refused("[1,]", 1, 4);
        refused("{\"a\":1,}", 1, 8);
        refused("{} x", 1, 4);
        refused("[1 2]", 1, 4);
        refused("\"a\tb\"", 1, 3);
        refused("\"\\x\"", 1, 3);
        refused("{\"a\":1]", 1, 7);
        refused("+1", 1, 1);
        refused("1.", 1, 3);
        refused("\u{feff}{}", 1, 1);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Document::parse(&deep(MAX_DEPTH)).is_ok());
        assert!(Document::parse(&deep(MAX_DEPTH + 1)).is_err());
        assert!(Document::parse(&"[".repeat(1_000_000)).is_err());
    }

    #[test]
    fn quoting_is_the_reverse_of_reading() {
        let text = "a\"b\\c\n\t\r\u{1}é😀/";
        assert_eq!(Document::parse(&quote(text)).unwrap().root().string(), text);
    }
}
