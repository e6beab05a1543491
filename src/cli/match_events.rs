//! `match`: patterns, filter policies and events from standard input, verdicts to standard output.
//!
//! What a line holds is handed on exactly as it is spelt: `1e-1`, `300.0` and keys that occur twice all mean something
//! to the rule engine, so members are cut out of the line's own text.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::INVALID;
use crate::rules::json::{Document, Kind, Value, quote};
use crate::rules::{Attributes, Event, FilterPolicy, Matcher, Pattern, PatternError, Scope, explain};

/// Says which events match: each line of standard input is judged, in order.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Arguments {
    /// Each line holds `pattern` or `pattern_text` and `event` or `event_text`; a verdict is printed for each.
    #[arg(long)]
    pairs: bool,

    /// Each line holds `policy`, `scope`, `attributes` and `body`; a verdict is printed for each.
    #[arg(long)]
    filter_policy: bool,

    /// Each line is an event; those that match the pattern in this file are printed.
    #[arg(long, value_name = "FILE")]
    pattern: Option<PathBuf>,
}

/// Runs `match`.
pub fn run(arguments: &Arguments) -> ExitCode {
    let done = match &arguments.pattern {
        Some(file) => match read_pattern(file) {
            Ok(pattern) => filter(&pattern, io::stdin().lock(), io::stdout().lock()),
            Err(code) => return code,
        },
        None if arguments.pairs => judge_lines(judge_pair, io::stdin().lock(), io::stdout().lock()),
        None => judge_lines(judge_policy, io::stdin().lock(), io::stdout().lock()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads what we print has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read_pattern(file: &PathBuf) -> Result<Pattern, ExitCode> {
    let text = fs::read_to_string(file).map_err(|error| {
        eprintln!("{}: {error}", file.display());
        ExitCode::FAILURE
    })?;
    Pattern::parse(&text).map_err(|error| {
        eprintln!("{}: {error}", file.display());
        ExitCode::from(INVALID)
    })
}

/// What a line comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `match`, `no match`, `valid` (nothing to match with), `invalid` (about the pattern or policy) or `invalid event`.
    pub result: &'static str,
    /// Why, in one sentence; nothing for `match` and `valid`.
    pub reason: Option<String>,
}

impl Verdict {
    fn of(matched: bool, reason: Option<String>) -> Verdict {
        Verdict { result: if matched { "match" } else { "no match" }, reason }
    }

    fn invalid(reason: impl ToString) -> Verdict {
        Verdict { result: "invalid", reason: Some(reason.to_string()) }
    }

    fn to_json(&self) -> String {
        let reason = self.reason.as_deref().map_or("null".to_string(), quote);
        format!("{{\"result\":{},\"reason\":{reason}}}", quote(self.result))
    }
}

/// Prints one verdict for each line, whatever the line holds.
fn judge_lines(judge: fn(&str) -> Verdict, input: impl io::Read, output: impl Write) -> io::Result<()> {
    for_each_line(input, output, |line, output| {
        let verdict = match std::str::from_utf8(line) {
            Ok(line) => judge(line),
            Err(_) => Verdict::invalid("the line is not UTF-8"),
        };
        writeln!(output, "{}", verdict.to_json())
    })
}

/// Prints the lines whose events match.
fn filter(pattern: &Pattern, input: impl io::Read, output: impl Write) -> io::Result<()> {
    let mut matcher = Matcher::new();
    matcher.insert(0, pattern);
    let mut matching = Vec::new();
    let mut number = 0u64;
    for_each_line(input, output, |line, output| {
        number += 1;
        matching.clear();
        let judged = match std::str::from_utf8(line) {
            Ok(text) => matcher.matches_text(text, &mut matching).map_err(|error| error.to_string()),
            Err(_) => Err("not UTF-8".to_string()),
        };
        if let Err(error) = judged {
            eprintln!("event {number}: {error}");
        }
        if !matching.is_empty() {
            output.write_all(line)?;
            output.write_all(b"\n")?;
        }
        Ok(())
    })
}

/// Hands over each line without its end, and passes what was written on as soon as no more input is at hand.
fn for_each_line<W: Write>(
    input: impl io::Read,
    output: W,
    mut each: impl FnMut(&[u8], &mut BufWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let end = line.strip_suffix(b"\n").unwrap_or(&line);
        each(end.strip_suffix(b"\r").unwrap_or(end), &mut output)?;
        line.clear();
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()
}

/// The members of a line that is a JSON object.
struct Line {
    document: Document,
}

impl Line {
    fn read(line: &str) -> Result<Line, Verdict> {
        let document =
            Document::parse(line).map_err(|error| Verdict::invalid(format!("the line is not JSON: {error}")))?;
        if document.root().kind() != Kind::Object {
            return Err(Verdict::invalid("the line is not a JSON object"));
        }
        Ok(Line { document })
    }

    fn member(&self, name: &str) -> Option<Value<'_>> {
        self.document.root().members().find(|(key, _)| key.string() == name).map(|(_, value)| value)
    }

    /// A document that stands in the line, or that a string of it holds: its own text.
    fn text(&self, name: &str) -> Option<String> {
        let held = self.member(&format!("{name}_text")).filter(|value| value.kind() == Kind::String);
        match held {
            Some(value) => Some(value.string().into_owned()),
            None => self.member(name).map(|value| value.raw().to_string()),
        }
    }
}

/// Judges a line of `match --pairs`.
pub fn judge_pair(line: &str) -> Verdict {
    let line = match Line::read(line) {
        Ok(line) => line,
        Err(verdict) => return verdict,
    };
    let Some(pattern) = line.text("pattern") else { return Verdict::invalid("the line has no `pattern`") };
    let pattern = match Pattern::parse(&pattern) {
        Ok(pattern) => pattern,
        Err(error) => return Verdict::invalid(error),
    };
    let Some(event) = line.text("event") else { return Verdict { result: "valid", reason: None } };
    match Event::parse(&event) {
        Ok(event) => {
            let explanation = explain(&pattern, &event);
            Verdict::of(explanation.matched, explanation.reason)
        }
        Err(error) => Verdict { result: "invalid event", reason: Some(error.to_string()) },
    }
}

/// Judges a line of `match --filter-policy`.
pub fn judge_policy(line: &str) -> Verdict {
    let line = match Line::read(line) {
        Ok(line) => line,
        Err(verdict) => return verdict,
    };
    let policy = match read_policy(&line) {
        Ok(policy) => policy,
        Err(verdict) => return verdict,
    };
    let attributes = line.member("attributes");
    let body = line.member("body");
    if attributes.is_none() && body.is_none() {
        return Verdict { result: "valid", reason: None };
    }
    let attributes = attributes.map(Attributes::of).unwrap_or_default();
    let body = body.map(|body| body.string().into_owned()).unwrap_or_default();
    let explanation = policy.explain(&attributes, &body);
    Verdict::of(explanation.matched, explanation.reason)
}

fn read_policy(line: &Line) -> Result<FilterPolicy, Verdict> {
    let scope = match line.member("scope").map(|scope| scope.string()) {
        None => Scope::MessageAttributes,
        Some(scope) => match scope.as_ref() {
            "MessageAttributes" => Scope::MessageAttributes,
            "MessageBody" => Scope::MessageBody,
            _ => return Err(Verdict::invalid("the scope is `MessageAttributes` or `MessageBody`")),
        },
    };
    let policy = line.text("policy").ok_or_else(|| Verdict::invalid("the line has no `policy`"))?;
    FilterPolicy::parse(&policy, scope).map_err(|error: PatternError| Verdict::invalid(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn pair(line: &str, result: &str) {
        assert_eq!(judge_pair(line).result, result, "{line}");
    }

    #[test]
    fn every_line_gets_a_verdict() {
        pair(r#"{"pattern": {"a": [300]}, "event": {"a": 3.0e2}, "note": 1}"#, "match");
        pair(r#"{"pattern_text": "{\"a\": [1]}", "event_text": "{\"a\": 2}"}"#, "no match");
        pair(r#"{"pattern": {"a": 1}, "event": {"a": 1}}"#, "invalid");
        pair(r#"{"pattern": {"a": 1}}"#, "invalid");
        pair(r#"{"pattern": {"a": [1]}}"#, "valid");
        pair(r#"{"pattern": {"a": [1]}, "event_text": "{\"a\": tru}"}"#, "invalid event");
        pair(r#"{"pattern": {"a": [1]}, "event": 5}"#, "invalid event");
        pair(r#"{"event": {}}"#, "invalid");
        pair("", "invalid");
        pair("[]", "invalid");
    }

    #[test]
    fn as_many_lines_out_as_in() {
        let input: &[u8] = b"{\"pattern\":{\"a\":[1]},\"event\":{\"a\":1}}\r\n\n\xFF\n{}";
        let mut output = Vec::new();
        judge_lines(judge_pair, input, &mut output).unwrap();
        let output = String::from_utf8(output).unwrap();
        assert_eq!(output.lines().next(), Some(r#"{"result":"match","reason":null}"#));
        assert_eq!(output.lines().count(), 4);
    }

    #[test]
    fn a_stream_keeps_the_events_that_match() {
        let pattern = Pattern::parse(r#"{"a": [1.0]}"#).unwrap();
        let mut output = Vec::new();
        filter(&pattern, &b"{\"a\": 1}\n{\"a\": 2}\nnonsense\n{\"b\": 0, \"a\": [1]}"[..], &mut output).unwrap();
        assert_eq!(output, b"{\"a\": 1}\n{\"b\": 0, \"a\": [1]}\n");
    }
}
