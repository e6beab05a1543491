//! JSON as a tree. Texts and numbers are read by `serde_json`; only the structure is followed here, because every value
//! needs its place.

use super::tree::{Content, Field, Fields, Flaw, MAXIMUM_DEPTH, MAXIMUM_VALUES, Place, Tree};

pub fn parse(text: &str) -> Result<Tree, Vec<Flaw>> {
    let mut reader = Reader { text, at: 0, line: 1, line_start: 0, values: 0, flaws: Vec::new() };
    let read = reader.value(0).and_then(|tree| {
        reader.skip();
        match reader.peek() {
            None => Ok(tree),
            Some(_) => Err(reader.flaw(tr!("Something follows after the end of the template."), tr!("Remove it."))),
        }
    });
    match read {
        Ok(tree) if reader.flaws.is_empty() => Ok(tree),
        Ok(_) => Err(reader.flaws),
        Err(flaw) => {
            reader.flaws.push(flaw);
            Err(reader.flaws)
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    /// In bytes.
    at: usize,
    line: usize,
    /// Where the line begins, in bytes.
    line_start: usize,
    values: usize,
    flaws: Vec<Flaw>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
                self.line_start = self.at;
            }
        }
    }

    fn place(&self) -> Place {
        let before = self.text.get(self.line_start..self.at).unwrap_or_default();
        Place { line: self.line, column: before.chars().count() + 1 }
    }

    fn flaw(&self, message: &str, hint: &str) -> Flaw {
        Flaw::new(self.place(), tr!("This is not JSON: {message}", message = message)).with_hint(hint)
    }

    fn value(&mut self, depth: usize) -> Result<Tree, Flaw> {
        self.skip();
        let place = self.place();
        self.values += 1;
        if depth >= MAXIMUM_DEPTH || self.values > MAXIMUM_VALUES {
            let message = tr!(
                "More than {depth} lists and objects stand in each other here, or there are more than {values} values.",
                depth = MAXIMUM_DEPTH,
                values = MAXIMUM_VALUES
            );
            return Err(Flaw::new(place, message).with_hint(tr!("No template needs that.")));
        }
        let content = match self.peek() {
            Some(b'{') => Content::Object(self.fields(depth)?),
            Some(b'[') => Content::List(self.items(depth)?),
            Some(b'"') => Content::Text(self.string()?),
            Some(_) => self.word()?,
            None => return Err(self.flaw(tr!("the text ends too early."), tr!("A bracket or a brace is not closed."))),
        };
        Ok(Tree::new(place, content))
    }

    /// Whether another element follows, after a comma; `first` for the first one.
    fn more(&mut self, close: u8, first: bool) -> Result<bool, Flaw> {
        self.skip();
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                self.skip();
                if self.peek() == Some(close) {
                    return Err(self
                        .flaw(tr!("a comma stands before the end of a list or an object."), tr!("Remove the comma.")));
                }
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => Err(self.flaw(tr!("a comma is missing before this."), tr!("Put a comma between the two."))),
            None => Err(self.flaw(tr!("the text ends too early."), tr!("A bracket or a brace is not closed."))),
        }
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Tree>, Flaw> {
        self.at += 1;
        let mut items = Vec::new();
        while self.more(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(items)
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<Field>, Flaw> {
        self.at += 1;
        let mut fields = Fields::default();
        let mut first = true;
        while self.more(b'}', first)? {
            first = false;
            self.skip();
            let place = self.place();
            if self.peek() != Some(b'"') {
                return Err(self.flaw(tr!("a name in quotes is needed here."), tr!("Write \"Name\": value.")));
            }
            let name = self.string()?;
            self.skip();
            if self.peek() != Some(b':') {
                return Err(self.flaw(tr!("a colon is missing after the name."), tr!("Write \"Name\": value.")));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            fields.add(Field { name, place, value }, &mut self.flaws);
        }
        Ok(fields.into_list())
    }

    fn string(&mut self) -> Result<String, Flaw> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => {
                    let written = self.text.get(start..=end).unwrap_or_default();
                    let read = serde_json::from_str(written).map_err(|_| {
                        self.flaw(
                            tr!("this text has an escape that is not one, or a control character."),
                            tr!("Write \\n for a new line."),
                        )
                    })?;
                    self.at = end + 1;
                    return Ok(read);
                }
                b'\\' => end += 2,
                b'\n' => break,
                _ => end += 1,
            }
        }
        Err(self.flaw(tr!("this text is not closed."), tr!("Put a quote at its end.")))
    }

    /// A number, true, false or null.
    fn word(&mut self) -> Result<Content, Flaw> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(|end: char| end.is_whitespace() || ",]}:".contains(end)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let content = match word {
            "null" => Content::Null,
            "true" => Content::Bool(true),
            "false" => Content::Bool(false),
            number => match serde_json::from_str(number) {
                Ok(number) => Content::Number(number),
                Err(_) => {
                    let shown: String = word.chars().take(30).collect();
                    return Err(self.flaw(&tr!("`{shown}` is no value.", shown = shown), tr!("Texts stand in quotes.")));
                }
            },
        };
        self.at += length;
        Ok(content)
    }
}
