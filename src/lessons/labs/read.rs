//! Reads labs: their shape. Whether what they say fits the diagram is for [`super::check`] to say.

use super::act::Act;
use super::lab::{Allow, Answers, Choice, Diagram, Goal, Judged, LAB_VERSION, Lab, Question, Right, Run, Step};
use crate::diagram::reader::{Problems, Reader, kind_name};
use crate::diagram::{Document, EdgeKind, Fault, NodeKind, Problem};
use crate::kernel::SECOND;
use serde_json::{Map, Value};

/// Bounds that keep a hostile lab from stalling the app; far beyond what anyone wants to read.
pub const MAXIMUM_BYTES: usize = 1 << 20;
pub const MAXIMUM_STEPS: usize = 30;
/// Goals, hints, choices of a step.
pub const MAXIMUM_ITEMS: usize = 12;
const MAXIMUM_ACTS: usize = 60;
const MAXIMUM_TEXT: usize = 6_000;
const MAXIMUM_TITLE: usize = 200;
/// A run ends by then: a day of simulated time.
const LONGEST: u64 = 86_400 * SECOND;

/// A span as labs write it, with a unit: `500 ms`, `90 s`, `5 min`, `2 h`.
pub fn read_span(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).trim_end();
    let unit = match text.get(digits.len()..)?.trim() {
        "ms" => 1_000,
        "s" => SECOND,
        "min" => 60 * SECOND,
        "h" => 3_600 * SECOND,
        _ => return None,
    };
    let number: f64 = digits.parse().ok()?;
    let microseconds = number * unit as f64;
    (microseconds >= 0.0 && microseconds <= LONGEST as f64).then_some(microseconds as u64)
}

/// A span as labs write it.
pub fn span_text(microseconds: u64) -> String {
    match microseconds {
        it if it > 0 && it.is_multiple_of(60 * SECOND) => format!("{} min", it / (60 * SECOND)),
        it if it.is_multiple_of(SECOND) => format!("{} s", it / SECOND),
        it => format!("{} ms", it / 1_000),
    }
}

impl Lab {
    /// Reads a lab's text and checks it. Gives every problem, each with its path.
    pub fn parse(text: &str) -> Result<Lab, Vec<Problem>> {
        let lab = Lab::read_text(text)?;
        let problems = super::check::check(&lab);
        if problems.is_empty() { Ok(lab) } else { Err(problems) }
    }

    /// Reads a lab's text; only its shape is checked. For people who are still writing it.
    pub fn read_text(text: &str) -> Result<Lab, Vec<Problem>> {
        if text.len() > MAXIMUM_BYTES {
            return Err(vec![
                Problem::new("", tr!("This is larger than a lab may be.")).with_hint(tr!("At most 1 MiB.")),
            ]);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            vec![
                Problem::new("", tr!("This is not JSON: {error}.", error = error))
                    .with_hint(tr!("A lab is a JSON object with `lab`, `id`, `title`, `diagram` and `steps`.")),
            ]
        })?;
        Lab::read(&value)
    }

    pub fn read(value: &Value) -> Result<Lab, Vec<Problem>> {
        let mut problems = Problems::default();
        let Value::Object(fields) = value else {
            problems.say("", tr!("A lab is a JSON object; this is {}.", kind_name(value)), "");
            return Err(problems.into_list());
        };
        let mut reader = Reader::new(fields, "", &mut problems);
        match reader.get("lab").and_then(Value::as_i64) {
            Some(LAB_VERSION) => {}
            Some(newer) if newer > LAB_VERSION => {
                // Everything else would be noise: a newer format may differ anywhere.
                let message = tr!(
                    "This lab has version {newer}; this Eventyard reads up to version {known}.",
                    newer = newer,
                    known = LAB_VERSION
                );
                reader.wrong("lab", message, tr!("Open it in a newer Eventyard."));
                return Err(problems.into_list());
            }
            _ => reader.wrong(
                "lab",
                tr!("The version of the format is missing or not a number."),
                tr!("Write \"lab\": 1."),
            ),
        }
        let id = title(&mut reader, "id");
        if !id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-') {
            reader.wrong("id", tr!("`{id}` is not an id.", id = id), tr!("Use small letters, digits and `-`."));
        }
        let mut lab = Lab::new(id, title(&mut reader, "title"), Diagram::Guide(String::new()));
        lab.summary = text(&mut reader, "summary");
        lab.teaches = text(&mut reader, "teaches");
        lab.minutes = reader.integer("minutes", 5, 1, 600, phrase!("minutes")) as u32;
        lab.seed = reader.integer("seed", 1, 0, i64::MAX, "") as u64;
        let diagram = reader.get("diagram");
        if diagram.is_none() {
            reader.wrong(
                "diagram",
                tr!("This field is missing; a diagram is needed here."),
                tr!("Its id in the guide, or a document."),
            );
        }
        let prepare = list(&mut reader, "prepare", MAXIMUM_ACTS);
        let steps = list(&mut reader, "steps", MAXIMUM_STEPS);
        if steps.is_empty() {
            reader.wrong("steps", tr!("A lab has at least one step."), "");
        }
        reader.finish();
        match diagram {
            Some(Value::String(id)) => lab.diagram = Diagram::Guide(id.clone()),
            Some(document) => match Document::read(document) {
                Ok(document) => lab.diagram = Diagram::Document(Box::new(document)),
                Err(inner) => problems.extend(within("diagram", inner)),
            },
            None => {}
        }
        lab.prepare = acts(prepare, "prepare", &mut problems);
        let steps = steps.iter().enumerate();
        lab.steps =
            steps.filter_map(|(place, step)| Step::read(step, &format!("steps[{place}]"), &mut problems)).collect();
        problems.into_result(lab)
    }
}

/// Problems of something that stands inside, by their paths from outside.
pub fn within(path: &str, problems: Vec<Problem>) -> Vec<Problem> {
    let place = |problem: Problem| {
        let joint = if problem.path.is_empty() || problem.path.starts_with('[') { "" } else { "." };
        Problem { path: format!("{path}{joint}{}", problem.path), ..problem }
    };
    problems.into_iter().map(place).collect()
}

fn bounded(reader: &mut Reader<'_, '_>, name: &str, text: &str, most: usize) -> String {
    if text.chars().count() > most {
        reader.wrong(name, tr!("This text is too long."), tr!("At most {most} characters.", most = most));
        return text.chars().take(most).collect();
    }
    text.to_string()
}

fn title(reader: &mut Reader<'_, '_>, name: &str) -> String {
    let text = reader.required_text(name);
    if text.trim().is_empty() && reader.has(name) {
        reader.wrong(name, tr!("This text is empty."), "");
    }
    bounded(reader, name, text, MAXIMUM_TITLE)
}

fn text(reader: &mut Reader<'_, '_>, name: &str) -> String {
    let text = reader.text(name).unwrap_or("");
    bounded(reader, name, text, MAXIMUM_TEXT)
}

/// A list of at most so many.
fn list<'a>(reader: &mut Reader<'a, '_>, name: &str, most: usize) -> &'a [Value] {
    let items = reader.array(name).unwrap_or(&[]);
    if items.len() > most {
        reader.wrong(name, tr!("{} are too many here.", items.len()), tr!("At most {most}.", most = most));
    }
    &items[..items.len().min(most)]
}

fn texts(reader: &mut Reader<'_, '_>, name: &str, most: usize) -> Vec<String> {
    let items = list(reader, name, most);
    let mut texts = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let path = format!("{name}[{place}]");
        match item.as_str() {
            Some(text) => texts.push(bounded(reader, &path, text, MAXIMUM_TEXT)),
            None => reader.wrong(&path, tr!("This is {}, but a string is needed here.", kind_name(item)), ""),
        }
    }
    texts
}

fn object<'v>(value: &'v Value, path: &str, what: &str, problems: &mut Problems) -> Option<&'v Map<String, Value>> {
    if value.as_object().is_none() {
        problems.say(path, tr!("{what} is an object; this is {kind}.", kind = kind_name(value), what = what), "");
    }
    value.as_object()
}

impl Step {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Step> {
        let fields = object(value, path, tr!("A step"), problems)?;
        let mut reader = Reader::new(fields, path, problems);
        let mut step = Step {
            title: title(&mut reader, "title"),
            text: text(&mut reader, "text"),
            highlight: texts(&mut reader, "highlight", MAXIMUM_ITEMS),
            hints: texts(&mut reader, "hints", MAXIMUM_ITEMS),
            reveal: text(&mut reader, "reveal"),
            ..Step::default()
        };
        let (question, run, allow) = (reader.get("question"), reader.get("run"), reader.get("allow"));
        let (goals, solution) =
            (list(&mut reader, "goals", MAXIMUM_ITEMS), list(&mut reader, "solution", MAXIMUM_ACTS));
        reader.finish();
        step.question = question.and_then(|it| Question::read(it, &format!("{path}.question"), problems));
        step.run = run.and_then(|it| Run::read(it, &format!("{path}.run"), problems));
        step.allow = allow.and_then(|it| Allow::read(it, &format!("{path}.allow"), problems)).unwrap_or_default();
        let goals = goals.iter().enumerate();
        step.goals =
            goals.filter_map(|(place, it)| Goal::read(it, &format!("{path}.goals[{place}]"), problems)).collect();
        step.solution = acts(solution, &format!("{path}.solution"), problems);
        Some(step)
    }
}

impl Question {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Question> {
        let fields = object(value, path, tr!("A question"), problems)?;
        let mut reader = Reader::new(fields, path, problems);
        let ask = reader.required_text("ask");
        let ask = bounded(&mut reader, "ask", ask, MAXIMUM_TEXT);
        let after = text(&mut reader, "after");
        let choices = list(&mut reader, "choice", MAXIMUM_ITEMS);
        let (number, node) = (reader.get("number"), reader.get("node"));
        if usize::from(reader.has("choice")) + usize::from(number.is_some()) + usize::from(node.is_some()) != 1 {
            reader.wrong(
                "ask",
                tr!("A question has exactly one kind of answer."),
                tr!("Write one of `choice`, `number`, `node`."),
            );
        }
        reader.finish();
        let answer = match (number, node) {
            (Some(number), _) => read_number(number, &format!("{path}.number"), problems)?,
            (None, Some(node)) => {
                let path = format!("{path}.node");
                let mut reader = Reader::new(object(node, &path, tr!("What is right"), problems)?, path, problems);
                let answer =
                    Answers::Node { node: reader.required_text("is").to_string(), holds: text(&mut reader, "if") };
                reader.finish();
                answer
            }
            (None, None) => {
                let read = |(place, it)| Choice::read(it, &format!("{path}.choice[{place}]"), problems);
                Answers::Choice(choices.iter().enumerate().filter_map(read).collect())
            }
        };
        Some(Question { ask, answer, after })
    }
}

fn read_number(value: &Value, path: &str, problems: &mut Problems) -> Option<Answers> {
    let fields = object(value, path, tr!("What is right"), problems)?;
    let mut reader = Reader::new(fields, path, problems);
    let measure = match reader.get("is") {
        Some(Value::Number(number)) => number.to_string(),
        _ => reader.required_text("is").to_string(),
    };
    let (unit, tolerance) =
        (text(&mut reader, "unit"), reader.number("tolerance", 0.0, 0.0, 10.0, phrase!("(a share)")));
    reader.finish();
    Some(Answers::Number { measure, unit, tolerance })
}

impl Choice {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Choice> {
        if let Value::String(text) = value {
            return Some(Choice { text: text.clone(), right: Right::Always(false) });
        }
        let mut reader = Reader::new(object(value, path, tr!("A choice"), problems)?, path, problems);
        let text = reader.required_text("text");
        let text = bounded(&mut reader, "text", text, MAXIMUM_TEXT);
        let right = match reader.text("if") {
            Some(condition) => Right::If(condition.to_string()),
            None => Right::Always(reader.boolean("right", false)),
        };
        if reader.has("if") && reader.has("right") {
            reader.wrong("right", tr!("It is right by what holds, or always."), tr!("Write `if` or `right`."));
            reader.get("right");
        }
        reader.finish();
        Some(Choice { text, right })
    }
}

fn required_span(reader: &mut Reader<'_, '_>, name: &str) -> u64 {
    let text = reader.required_text(name);
    match read_span(text) {
        Some(span) if span > 0 => span,
        _ => {
            if !text.is_empty() {
                let hint = tr!("Write 500 ms, 90 s, 5 min or 2 h; at most a day.");
                reader.wrong(name, tr!("`{text}` is not a span of time.", text = text), hint);
            }
            SECOND
        }
    }
}

impl Run {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Run> {
        let mut reader = Reader::new(object(value, path, tr!("A run"), problems)?, path, problems);
        let mut run = Run {
            anew: reader.boolean("anew", false),
            acts: Vec::new(),
            until: text(&mut reader, "until"),
            limit: required_span(&mut reader, "limit"),
            speed: reader.number("speed", 1.0, 0.01, 1_000.0, phrase!("simulated seconds a second")),
        };
        let items = list(&mut reader, "do", MAXIMUM_ACTS);
        reader.finish();
        run.acts = acts(items, &format!("{path}.do"), problems);
        Some(run)
    }
}

impl Allow {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Allow> {
        let mut reader = Reader::new(object(value, path, tr!("What is allowed"), problems)?, path, problems);
        let allow = Allow {
            anything: reader.boolean("anything", false),
            settings: texts(&mut reader, "settings", MAXIMUM_ACTS),
            faults: texts(&mut reader, "faults", MAXIMUM_ACTS),
            acts: texts(&mut reader, "acts", MAXIMUM_ACTS),
        };
        reader.finish();
        Some(allow)
    }
}

impl Goal {
    fn read(value: &Value, path: &str, problems: &mut Problems) -> Option<Goal> {
        let mut reader = Reader::new(object(value, path, tr!("A goal"), problems)?, path, problems);
        let mut goal = Goal {
            title: title(&mut reader, "title"),
            holds: reader.required_text("holds").to_string(),
            judged: if reader.boolean("once", false) { Judged::Once } else { Judged::End },
            from_start: reader.boolean("fromStart", false),
            wrong: Vec::new(),
        };
        let wrong = list(&mut reader, "wrong", MAXIMUM_ACTS);
        reader.finish();
        goal.wrong = acts(wrong, &format!("{path}.wrong"), problems);
        Some(goal)
    }
}

fn acts(items: &[Value], path: &str, problems: &mut Problems) -> Vec<Act> {
    let items = items.iter().enumerate();
    items.filter_map(|(place, it)| read_act(it, &format!("{path}[{place}]"), problems)).collect()
}

/// What an act is known by: the field that names what it is done to.
const ACTS: [&str; 12] =
    ["set", "fault", "heal", "send", "stop", "freeze", "start", "purge", "redrive", "connect", "add", "remove"];

fn read_act(value: &Value, path: &str, problems: &mut Problems) -> Option<Act> {
    let fields = object(value, path, tr!("What is done"), problems)?;
    let mut reader = Reader::new(fields, path, problems);
    let Some(verb) = ACTS.into_iter().find(|verb| fields.contains_key(*verb)) else {
        let known = ACTS.map(|verb| format!("`{verb}`")).join(", ");
        reader
            .forgo(tr!("What is done here is not known."), &tr!("One of the fields {known} is needed.", known = known));
        return None;
    };
    let name = reader.required_text(verb).to_string();
    let act = match verb {
        "set" => Act::Set {
            setting: name,
            at: reader.text("at").unwrap_or("").to_string(),
            to: reader.get("to").cloned().unwrap_or(Value::Null),
        },
        "fault" => {
            let from = reader.number("from", 0.0, 0.0, 86_400.0, phrase!("seconds"));
            let until = reader.has("until").then(|| reader.number("until", 86_400.0, 0.0, 86_400.0, "seconds"));
            reader.get("until");
            if until.is_some_and(|until| until <= from) {
                reader.wrong(
                    "until",
                    tr!("The fault ends before it begins."),
                    tr!("`until` has to be later than `from`."),
                );
            }
            let what = reader.object("is").cloned().unwrap_or_default();
            let fault = Fault::parse(&what, None).unwrap_or_else(|inner| {
                let path = reader.field_path("is");
                reader.problems.extend(within(&path, inner));
                Fault::default()
            });
            Act::Fault { target: name, fault, from, until }
        }
        "heal" => Act::Heal { target: name },
        "send" => Act::Send {
            node: name,
            payload: reader.get("payload").cloned().unwrap_or(Value::Null),
            count: reader.integer("count", 1, 1, 10_000, phrase!("messages")) as u32,
        },
        "stop" => Act::Stop { node: name },
        "freeze" => Act::Freeze { node: name },
        "start" => Act::Start { node: name },
        "purge" => Act::Purge { queue: name },
        "redrive" => Act::Redrive {
            queue: name,
            rate: reader.optional_integer("rate", 1, 500, phrase!("messages a second")).map(|rate| rate as u32),
        },
        "connect" => {
            let kind = reader.text("kind").map(str::to_string);
            let found = EdgeKind::ALL.into_iter().find(|known| Some(known.name()) == kind.as_deref());
            if let (Some(kind), None) = (&kind, found) {
                let known = EdgeKind::ALL.map(EdgeKind::name).join(", ");
                reader.wrong(
                    "kind",
                    tr!("`{kind}` is not a kind of edge.", kind = kind),
                    tr!("Use one of: {}.", known),
                );
            }
            let settings = reader.object("settings").cloned().unwrap_or_default();
            let ends = name.split_once("->").or_else(|| name.split_once('→'));
            if ends.is_none() {
                reader.wrong(
                    "connect",
                    tr!("`{name}` does not say what to connect.", name = name),
                    tr!("Write A -> B."),
                );
            }
            let (from, to) = ends.unwrap_or_default();
            Act::Connect { from: from.trim().to_string(), to: to.trim().to_string(), kind: found, settings }
        }
        "add" => {
            let kind = reader.required_text("kind");
            let found = NodeKind::ALL.into_iter().find(|known| known.name() == kind);
            if found.is_none() && !kind.is_empty() {
                let known = NodeKind::ALL.map(NodeKind::name).join(", ");
                reader.wrong(
                    "kind",
                    tr!("`{kind}` is not a kind of node.", kind = kind),
                    tr!("Use one of: {}.", known),
                );
            }
            Act::Add {
                name,
                kind: found.unwrap_or(NodeKind::Other),
                x: reader.number("x", 0.0, -1e6, 1e6, phrase!("drawing units")),
                y: reader.number("y", 0.0, -1e6, 1e6, phrase!("drawing units")),
                settings: reader.object("settings").cloned().unwrap_or_default(),
            }
        }
        _ => Act::Remove { target: name },
    };
    reader.finish();
    Some(act)
}
