//! YAML as a tree, through the events of `saphyr-parser`. Whatever a text does with anchors and nesting, the work is
//! bounded.

use super::tree::{Content, Field, Fields, Flaw, MAXIMUM_DEPTH, MAXIMUM_VALUES, Place, Tree, tagged};
use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::Number;
use std::borrow::Cow;

/// After this many mistakes nobody reads on.
const MAXIMUM_FLAWS: usize = 20;
/// Texts longer than this are not read again after a mistake.
const MAXIMUM_AGAIN: usize = 300_000;

/// Reads a text. A mistake of YAML ends what can be understood; so that the next one is found too, the block in which it
/// stands is left out and the rest is read again.
pub fn parse(text: &str) -> Result<Tree, Vec<Flaw>> {
    if let Some(flaw) = text.lines().enumerate().find_map(|(number, line)| too_deep(number + 1, line)) {
        return Err(vec![flaw]);
    }
    let mut flaws: Vec<Flaw> = Vec::new();
    let mut text = Cow::Borrowed(text);
    let mut tree = None;
    while flaws.len() < MAXIMUM_FLAWS {
        let mut loader =
            Loader { parser: Parser::new_from_str(&text), flaws: Vec::new(), anchors: FxHashMap::default(), values: 0 };
        match loader.document() {
            Ok(read) => {
                flaws.extend(loader.flaws);
                tree = Some(read);
                break;
            }
            Err(Stop::Limit(flaw)) => {
                flaws.push(flaw);
                break;
            }
            Err(Stop::Syntax(flaw)) => {
                let line = flaw.place.line;
                flaws.push(flaw);
                match without_block(&text, line) {
                    Some(rest) if text.len() <= MAXIMUM_AGAIN => text = Cow::Owned(rest),
                    _ => break,
                }
            }
        }
    }
    flaws.sort_by_key(|flaw| flaw.place);
    flaws.dedup();
    match tree {
        Some(tree) if flaws.is_empty() => Ok(tree),
        _ => Err(flaws),
    }
}

fn deep(place: Place) -> Flaw {
    let message = tr!("More than {depth} lists and objects stand in each other here.", depth = MAXIMUM_DEPTH);
    Flaw::new(place, message).with_hint(tr!("No template needs that."))
}

/// A line that opens more lists and objects than may stand in each other. The parser would take long to find that out.
fn too_deep(number: usize, line: &str) -> Option<Flaw> {
    let (bytes, mut at, mut count) = (line.as_bytes(), 0, 0);
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'[' | b'{', _) => count += 1,
            (b'-' | b'?', Some(b' ')) => count += 1,
            (b' ', _) => {}
            _ => return None,
        }
        if count > MAXIMUM_DEPTH {
            return Some(deep(Place { line: number, column: at + 1 }));
        }
        at += 1;
    }
}

/// The text without the block of two levels, such as a resource, in which this line stands; the others keep their numbers.
fn without_block(text: &str, line: usize) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let begins = |line: &str| {
        let first = line.trim_start_matches(' ').chars().next();
        indent(line) <= 4 && first.is_some_and(|first| first.is_ascii_alphanumeric() || first == '"' || first == '\'')
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let at = (line - 1).min(lines.len().checked_sub(1)?);
    let block_at = |line: usize| (0..=line).rev().find(|number| begins(lines[*number]) && indent(lines[*number]) > 0);
    let start = block_at(at)?;
    // What shows where a block begins was most likely opened in the one before.
    let from = if start == at && at > 0 { block_at(at - 1).unwrap_or(start) } else { start };
    let level = indent(lines[start]);
    let end = (start + 1..lines.len()).find(|number| begins(lines[*number]) && indent(lines[*number]) <= level);
    // Where the mistake shows only at the next block, that is still left in.
    let end = end.unwrap_or(lines.len()).max(start + 1);
    let kept = lines.iter().enumerate().map(|(number, line)| if (from..end).contains(&number) { "" } else { line });
    Some(kept.collect::<Vec<_>>().join("\n"))
}

enum Stop {
    Syntax(Flaw),
    Limit(Flaw),
}

struct Loader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    flaws: Vec<Flaw>,
    anchors: FxHashMap<usize, (Tree, usize)>,
    values: usize,
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

fn syntax(error: &ScanError) -> Stop {
    let mut message = error.info().to_string();
    if let Some(first) = message.get(..1) {
        message = first.to_uppercase() + &message[1..];
    }
    Stop::Syntax(
        Flaw::new(place(error.marker()), tr!("This is not YAML: {}.", message.trim_end_matches('.')))
            .with_hint(tr!("Indentation, quotes and brackets near this place are what to look at.")),
    )
}

impl<'t> Loader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// The first document of the text.
    fn document(&mut self) -> Result<Tree, Stop> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd | Event::DocumentEnd => {
                    return Ok(Tree::new(Place { line: 1, column: 1 }, Content::Null));
                }
                event => {
                    let tree = self.value(event, span, 0)?;
                    return self.rest(tree);
                }
            }
        }
    }

    fn rest(&mut self, tree: Tree) -> Result<Tree, Stop> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(tree),
                Event::DocumentStart(_) => {
                    self.flaws.push(
                        Flaw::new(place(&span.start), tr!("A second YAML document begins here."))
                            .with_hint(tr!("A template is one document: leave out the line with ---.")),
                    );
                    return Ok(tree);
                }
                _ => {}
            }
        }
    }

    fn value(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Tree, Stop> {
        let place = place(&span.start);
        self.count(1, place)?;
        if depth >= MAXIMUM_DEPTH {
            return Err(Stop::Limit(deep(place)));
        }
        let (anchor, tag, content) = match event {
            Event::Alias(anchor) => return self.alias(anchor, place),
            Event::Scalar(text, style, anchor, tag) => {
                let content = scalar(&text, style, tag.as_deref());
                (anchor, tag, content)
            }
            Event::SequenceStart(anchor, tag) => (anchor, tag, Content::List(self.items(depth)?)),
            Event::MappingStart(anchor, tag) => (anchor, tag, Content::Object(self.fields(depth)?)),
            _ => (0, None, Content::Null),
        };
        let before = self.values;
        let mut tree = Tree::new(place, content);
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            let name = if tag.handle == "!" { tag.suffix.clone() } else { format!("{}{}", tag.handle, tag.suffix) };
            tree = match tagged(&name, place, tree) {
                Ok(tree) => tree,
                Err(flaw) => {
                    self.flaws.push(flaw);
                    Tree::new(place, Content::Null)
                }
            };
        }
        if anchor > 0 {
            // Its own size is counted once, not by walking over it again and again.
            let size = tree.size().max(self.values - before);
            self.count(size, place)?;
            self.anchors.insert(anchor, (tree.clone(), size));
        }
        Ok(tree)
    }

    fn count(&mut self, more: usize, place: Place) -> Result<(), Stop> {
        self.values += more;
        if self.values <= MAXIMUM_VALUES && self.flaws.len() <= MAXIMUM_FLAWS {
            return Ok(());
        }
        if self.flaws.len() > MAXIMUM_FLAWS {
            return Err(Stop::Limit(Flaw::new(place, tr!("There are more mistakes than are listed here."))));
        }
        let message =
            tr!("With what its aliases repeat, the template has more than {values} values.", values = MAXIMUM_VALUES);
        Err(Stop::Limit(Flaw::new(place, message).with_hint(tr!("Use fewer aliases."))))
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<Tree, Stop> {
        let Some(size) = self.anchors.get(&anchor).map(|(_, size)| *size) else {
            self.flaws.push(
                Flaw::new(place, tr!("This alias stands inside of what it repeats."))
                    .with_hint(tr!("Write the value out.")),
            );
            return Ok(Tree::new(place, Content::Null));
        };
        self.count(size, place)?;
        Ok(self.anchors.get(&anchor).map_or(Tree::new(place, Content::Null), |(tree, _)| tree.clone()))
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Tree>, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(items),
                (event, span) => items.push(self.value(event, span, depth + 1)?),
            }
        }
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<Field>, Stop> {
        let mut fields = Fields::default();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                break;
            }
            let key = self.value(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.value(event, span, depth + 1)?;
            let name = match &key.content {
                Content::Text(text) => text.clone(),
                Content::Number(number) => number.to_string(),
                Content::Bool(truth) => truth.to_string(),
                _ => {
                    self.flaws.push(Flaw::new(key.place, tr!("A name is a text; this is {}.", key.kind())));
                    continue;
                }
            };
            if name == "<<" {
                merged.push(value);
                continue;
            }
            fields.add(Field { name, place: key.place, value }, &mut self.flaws);
        }
        // What is merged in gives way to what is written.
        for tree in merged {
            let trees = match tree.content {
                Content::List(items) => items,
                content => vec![Tree { place: tree.place, content }],
            };
            for tree in trees {
                let Content::Object(list) = tree.content else { continue };
                for field in list {
                    if !fields.is_known(&field.name) {
                        fields.add(field, &mut self.flaws);
                    }
                }
            }
        }
        Ok(fields.into_list())
    }
}

/// A scalar by YAML's rules; whatever is quoted, or looks like an account's number, is text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Content {
    let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| !tag.is_yaml_core_schema() || tag.suffix != "str");
    if !plain {
        return Content::Text(text.to_string());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Content::Null,
        "true" | "True" | "TRUE" => return Content::Bool(true),
        "false" | "False" | "FALSE" => return Content::Bool(false),
        _ => {}
    }
    number(text).map_or_else(|| Content::Text(text.to_string()), Content::Number)
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts_like_one = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if !starts_like_one || leading_zero || !digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
    {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.trim_start_matches('+').parse::<i64>().ok().map(Number::from);
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite()).and_then(Number::from_f64)
}
