//! A handler's steps as statements.

use super::expression::{Expression, Piece, render};
use super::language::Language;
use crate::diagram::{
    Action, Condition, Distribution, Document, EdgeKind, Handler, Node, NodeKind, OnError, SendOptions, Step, Template,
};
use crate::exchange::template::names::Names;
use crate::exchange::template::write::gateways::keys;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// How long a step waits unless it says otherwise, in microseconds: for calls, and for everything else.
const CALL_TIMEOUT: u64 = 29_000_000;
const TIMEOUT: u64 = 3_000_000;

/// A program in the making.
pub struct Writer<'a> {
    document: &'a Document,
    names: &'a Names,
    language: Language,
    /// Statements of the module that stand before `handle`.
    before: Vec<String>,
    /// Those that stand at the module's end, because Python knows a helper only from there on.
    after: Vec<String>,
    lines: Vec<String>,
    depth: usize,
    helpers: Vec<&'static str>,
    notes: Vec<String>,
    /// Whether a step looks at what the one before returned.
    uses_result: bool,
    /// Whether the answer is only known before the program goes on.
    keeps_response: bool,
    /// Functions inside of `handle`, numbered.
    inner: usize,
    breakers: usize,
}

impl<'a> Writer<'a> {
    pub fn new(document: &'a Document, names: &'a Names, language: Language) -> Self {
        Writer {
            document,
            names,
            language,
            before: Vec::new(),
            after: Vec::new(),
            lines: Vec::new(),
            depth: 0,
            helpers: Vec::new(),
            notes: Vec::new(),
            uses_result: false,
            keeps_response: false,
            inner: 0,
            breakers: 0,
        }
    }

    /// Says that a helper is used.
    pub fn need(&mut self, helper: &'static str) {
        self.helpers.push(helper);
    }

    /// The program and what ends it, the helpers that it uses, and what to know about it.
    pub fn finish(mut self) -> (String, String, Vec<&'static str>, Vec<String>) {
        let mut text = self.before.join("\n");
        if !text.is_empty() {
            text.push_str(if self.language == Language::Python { "\n\n\n" } else { "\n\n" });
        }
        text.push_str(&self.lines.join("\n"));
        self.notes.dedup();
        (text, self.after.join("\n"), self.helpers, self.notes)
    }

    /// Writes `handle`, which works on one message.
    pub fn handle(&mut self, handler: &Handler) {
        let steps = handler.all_steps();
        self.uses_result = steps.iter().any(|step| uses_result(step));
        let responds = |step: &&&Step| matches!(step.action, Action::Respond { .. });
        let plainly = handler.steps.last().is_some_and(|step| responds(&&step) && step.condition.is_none());
        let responses = steps.iter().filter(responds).count();
        self.keeps_response = responses > usize::from(plainly);
        match self.language {
            Language::Nodejs => self.line("async function handle(message, requestId) {"),
            Language::Python => self.line("def handle(message, request_id):"),
        }
        self.depth += 1;
        let begin = self.lines.len();
        for (needed, name, nothing) in [(self.uses_result, "result", " = null"), (self.keeps_response, "response", "")]
        {
            if needed {
                match self.language {
                    Language::Nodejs => self.line(format!("let {name}{nothing};")),
                    Language::Python => self.line(format!("{name} = None")),
                }
            }
        }
        self.steps(&handler.steps);
        if self.keeps_response {
            self.statement("return response");
        }
        self.fill(begin);
        self.depth -= 1;
        if self.language == Language::Nodejs {
            self.line("}");
        }
    }

    fn line(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", self.language.indent(self.depth), text.as_ref()));
    }

    fn comment(&mut self, text: &str) {
        let comment = self.language.comment(text);
        self.line(comment);
    }

    fn statement(&mut self, text: impl AsRef<str>) {
        let end = if self.language == Language::Nodejs { ";" } else { "" };
        self.line(format!("{}{end}", text.as_ref()));
    }

    /// Python wants a statement in every block.
    fn fill(&mut self, begin: usize) {
        let empty = self.lines[begin..].iter().all(|line| line.trim_start().starts_with('#'));
        if self.language == Language::Python && empty {
            self.line("pass");
        }
    }

    /// A block, its end included unless something follows on the same line.
    fn block(&mut self, head: &str, end: &str, body: impl FnOnce(&mut Self)) {
        match self.language {
            Language::Nodejs => self.line(format!("{head} {{")),
            Language::Python => self.line(format!("{head}:")),
        }
        self.depth += 1;
        let begin = self.lines.len();
        body(self);
        self.fill(begin);
        self.depth -= 1;
        if self.language == Language::Nodejs && !end.is_empty() {
            self.line(end);
        }
    }

    fn render(&mut self, expression: &Expression) -> String {
        let mut helpers = std::mem::take(&mut self.helpers);
        let text = render(expression, self.language, self.depth, &mut helpers);
        self.helpers = helpers;
        text
    }

    fn template(&mut self, template: &Template) -> String {
        self.render(&Expression::parse(template.source()))
    }

    fn text(&mut self, template: &Template) -> String {
        self.render(&Expression::parse(template.source()).into_text())
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.condition {
                Some(condition) if !matches!(step.action, Action::If { .. }) => {
                    let test = self.test(condition);
                    let head = self.if_head(&test);
                    self.block(&head, "}", |writer| writer.guarded(step));
                }
                _ => self.guarded(step),
            }
        }
    }

    fn if_head(&self, test: &str) -> String {
        match self.language {
            Language::Nodejs => format!("if ({test})"),
            Language::Python => format!("if {test}"),
        }
    }

    fn test(&mut self, condition: &Condition) -> String {
        self.need("matches");
        let patterns = [("message", &condition.message), ("result", &condition.result)];
        let mut tests = Vec::new();
        for (subject, pattern) in patterns {
            let Some(pattern) = pattern else { continue };
            let text = pattern.text();
            if text.contains("\"cidr\"") {
                self.notes
                    .push(tr!("A condition compares addresses (cidr), which the code does not: add it.").to_string());
            }
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            let value = self.render(&Expression::Literal(value));
            tests.push(format!("matches({subject}, {value})"));
        }
        tests.join(if self.language == Language::Nodejs { " && " } else { " and " })
    }

    /// A step with what happens when it fails.
    fn guarded(&mut self, step: &Step) {
        // A comment cannot fail.
        let does_something = match &step.action {
            Action::Work { .. } => false,
            Action::Throw { probability, .. } => *probability >= 1.0,
            _ => true,
        };
        if step.on_error == OnError::Fail || !does_something {
            self.action(step);
            return;
        }
        self.block("try", "", |writer| writer.action(step));
        let head = match self.language {
            Language::Nodejs => "} catch (error)",
            Language::Python => "except Exception as error",
        };
        self.block(head, "}", |writer| {
            match writer.language {
                Language::Nodejs => writer.statement("console.warn(error)"),
                Language::Python => writer.statement("print(repr(error))"),
            }
            match &step.on_error {
                OnError::Fallback(template) if writer.uses_result => {
                    let value = writer.template(template);
                    writer.statement(format!("result = {value}"));
                }
                OnError::Steps(steps) => writer.steps(steps),
                _ => {}
            }
        });
    }

    fn action(&mut self, step: &Step) {
        match &step.action {
            Action::Work { duration, failure_rate, .. } => {
                let duration = usual(duration);
                let mut text = format!("Work: your own code goes here. In the diagram it takes {duration} ms");
                if *failure_rate > 0.0 {
                    text.push_str(&format!(", and fails in {} % of the runs", percent(*failure_rate)));
                }
                self.comment(&format!("{text}."));
            }
            Action::Throw { message, probability, .. } if *probability < 1.0 => {
                let why = one_line(message.trim_end_matches('.'));
                let text = format!("In the diagram {} % of the runs fail here: {why}.", percent(*probability));
                self.comment(&text);
            }
            Action::Throw { crash: true, .. } => match self.language {
                Language::Nodejs => self.statement("process.exit(1)"),
                Language::Python => {
                    self.need("os");
                    self.statement("os._exit(1)");
                }
            },
            // Lambda takes the error's type from its name.
            Action::Throw { error, message, .. } => {
                let (name, message) = (self.language.string(error), self.language.string(message));
                let plain = error == "Error";
                match self.language {
                    Language::Nodejs if plain => self.statement(format!("throw new Error({message})")),
                    Language::Nodejs => {
                        self.statement(format!("throw Object.assign(new Error({message}), {{ name: {name} }})"))
                    }
                    Language::Python if plain => self.statement(format!("raise RuntimeError({message})")),
                    Language::Python => self.statement(format!("raise type({name}, (Exception,), {{}})({message})")),
                }
            }
            Action::Respond { payload } => {
                let payload = self.template(payload);
                let keeps = if self.keeps_response { "response =" } else { "return" };
                self.statement(format!("{keeps} {payload}"));
            }
            Action::If { then, otherwise } => self.branch(step, then, otherwise),
            Action::Parallel { branches } => self.parallel(branches),
            Action::Idempotency { to, table, key, expires, steps } => {
                let database = self.database(*to);
                let table = self.language.string(table);
                let key = self.text(key);
                let helper = self.helper_of(*to, "onceItem", "onceRow");
                let call = format!("{helper}({database}, {table}, {key}, {}", expires / 1_000_000);
                self.with_function(&call, steps);
            }
            Action::Relay { to, maximum, steps } => self.relay(*to, *maximum, steps),
            action => {
                if let Some((call, gives)) = self.call(action) {
                    let call = self.patiently(step, call);
                    let awaiting = if self.language == Language::Nodejs { "await " } else { "" };
                    let keeps = if gives && self.uses_result { "result = " } else { "" };
                    self.statement(format!("{keeps}{awaiting}{call}"));
                }
            }
        }
    }

    /// With the step's own timeout, its retries and its circuit breaker.
    fn patiently(&mut self, step: &Step, call: String) -> String {
        let mut call = call;
        let usual = if matches!(step.action, Action::Call { .. }) { CALL_TIMEOUT } else { TIMEOUT };
        let javascript = self.language == Language::Nodejs;
        let span = |microseconds: u64| {
            if javascript { (microseconds / 1_000).to_string() } else { (microseconds as f64 / 1e6).to_string() }
        };
        let lazily = |call: &str| if javascript { format!("() => {call}") } else { format!("lambda: {call}") };
        if step.timeout != usual {
            self.need("within");
            call = if javascript {
                format!("within({}, {call})", span(step.timeout))
            } else {
                format!("within({}, {})", span(step.timeout), lazily(&call))
            };
        }
        if step.retries > 0 {
            self.need("retry");
            call = format!("retry({}, {}, {})", step.retries, span(step.backoff), lazily(&call));
        }
        if let Some(breaker) = step.breaker {
            self.need("circuitBreaker");
            self.breakers += 1;
            let name =
                if javascript { format!("breaker{}", self.breakers) } else { format!("breaker_{}", self.breakers) };
            let maker = if javascript {
                "const ".to_string() + &name + " = circuitBreaker"
            } else {
                name.clone() + " = CircuitBreaker"
            };
            let end = if javascript { ";" } else { "" };
            let made = format!("{maker}({}, {}){end}", breaker.failures, span(breaker.open));
            if javascript {
                self.before.push(made)
            } else {
                self.after.push(made)
            }
            call = format!("{name}({})", lazily(&call));
        }
        call
    }

    fn branch(&mut self, step: &Step, then: &[Step], otherwise: &[Step]) {
        let Some(condition) = &step.condition else { return };
        let test = self.test(condition);
        let head = self.if_head(&test);
        let end = if otherwise.is_empty() { "}" } else { "" };
        self.block(&head, end, |writer| writer.steps(then));
        if !otherwise.is_empty() {
            let head = if self.language == Language::Nodejs { "} else" } else { "else" };
            self.block(head, "}", |writer| writer.steps(otherwise));
        }
    }

    /// What a function inside of `handle` changes of it.
    fn outer(&mut self, result: bool) {
        if self.language == Language::Python {
            if self.keeps_response {
                self.line("nonlocal response");
            }
            if result && self.uses_result {
                self.line("nonlocal result");
            }
        }
    }

    fn parallel(&mut self, branches: &[Vec<Step>]) {
        if branches.is_empty() {
            return;
        }
        // Each branch has a result of its own.
        let result = if self.uses_result { "result" } else { "" };
        match self.language {
            Language::Nodejs => {
                self.line("await Promise.all([");
                self.depth += 1;
                for branch in branches {
                    self.block(&format!("(async ({result}) =>"), &format!("}})({result}),"), |writer| {
                        writer.steps(branch)
                    });
                }
                self.depth -= 1;
                self.line("]);");
            }
            Language::Python => {
                let mut names = Vec::new();
                let argument = if self.uses_result { "result=result" } else { "" };
                for branch in branches {
                    self.inner += 1;
                    let name = format!("branch_{}", self.inner);
                    self.block(&format!("def {name}({argument})"), "", |writer| {
                        writer.outer(false);
                        writer.steps(branch);
                        writer.after_declarations();
                    });
                    names.push(name);
                }
                self.need("together");
                self.statement(format!("together({})", names.join(", ")));
            }
        }
    }

    /// A block of declarations alone is no block of statements to a reader.
    fn after_declarations(&mut self) {
        let last = self.lines.last().map_or("", |line| line.trim_start());
        if last.starts_with("nonlocal") || last.starts_with('#') {
            self.line("pass");
        }
    }

    /// `call` with a function of these steps as its last argument.
    fn with_function(&mut self, call: &str, steps: &[Step]) {
        match self.language {
            Language::Nodejs => {
                self.block(&format!("await {call}, async () =>"), "});", |writer| writer.steps(steps));
            }
            Language::Python => {
                self.inner += 1;
                let name = format!("steps_{}", self.inner);
                self.block(&format!("def {name}()"), "", |writer| {
                    writer.outer(true);
                    writer.steps(steps);
                    writer.after_declarations();
                });
                self.statement(format!("{call}, {name})"));
            }
        }
    }

    fn relay(&mut self, to: Uuid, maximum: u32, steps: &[Step]) {
        let database = self.database(to);
        let outbox = self.helper_of(to, "outboxItems", "outboxRows");
        let sent = self.helper_of(to, "deleteItem", "deleteEvent");
        match self.language {
            Language::Nodejs => {
                let head = format!("for (const {{ id, event: message }} of await {outbox}({database}, {maximum}))");
                self.block(&head, "}", |writer| {
                    writer.steps(steps);
                    writer.statement(format!("await {sent}({database}, id)"));
                });
            }
            Language::Python => {
                self.inner += 1;
                let name = format!("relay_{}", self.inner);
                self.block(&format!("def {name}(message)"), "", |writer| {
                    writer.outer(true);
                    writer.steps(steps);
                    writer.after_declarations();
                });
                self.block(&format!("for event_id, event in {outbox}({database}, {maximum})"), "", |writer| {
                    writer.statement(format!("{name}(event)"));
                    writer.statement(format!("{sent}({database}, event_id)"));
                });
            }
        }
    }

    fn node(&self, id: Uuid) -> Option<&'a Node> {
        let document: &'a Document = self.document;
        document.node(id)
    }

    fn variable(&self, id: Uuid, what: &str) -> String {
        self.language.variable(&self.names.variable(id, what))
    }

    fn is_key_value(&self, id: Uuid) -> bool {
        let engine = self.node(id).and_then(|node| node.settings.get("Engine"));
        engine.is_some_and(|engine| engine == "key-value")
    }

    /// The helper of a database's engine, as the language spells it.
    fn helper_of(&mut self, id: Uuid, item: &'static str, row: &'static str) -> String {
        self.helper(if self.is_key_value(id) { item } else { row })
    }

    fn helper(&mut self, name: &'static str) -> String {
        self.need(name);
        match self.language {
            Language::Nodejs => name.to_string(),
            Language::Python => snake(name),
        }
    }

    /// How the program names a database: a table's name, or what the Data API wants to know.
    fn database(&mut self, id: Uuid) -> String {
        if self.is_key_value(id) {
            return self.variable(id, "NAME");
        }
        let logical = self.names.node(id).to_string();
        let (name, begin, end) = match self.language {
            Language::Nodejs => {
                let name = logical[..1].to_ascii_lowercase() + &logical[1..];
                (name.clone(), format!("const {name}"), ";")
            }
            Language::Python => {
                let name = self.names.variable(id, "");
                (name.clone(), name, "")
            }
        };
        let value = Expression::Object(vec![
            ("resourceArn".to_string(), Expression::Code(self.variable(id, "ARN"))),
            ("secretArn".to_string(), Expression::Code(self.variable(id, "SECRET_ARN"))),
            ("database".to_string(), Expression::Literal("app".into())),
        ]);
        let mut helpers = Vec::new();
        let line = format!("{begin} = {}{end}", render(&value, self.language, 0, &mut helpers));
        if !self.before.contains(&line) {
            self.before.push(line);
        }
        name
    }

    /// A request to a service, and whether its answer is the step's result.
    fn call(&mut self, action: &Action) -> Option<(String, bool)> {
        Some(match action {
            Action::Call { to, method, path, payload, headers, asynchronous } => {
                let payload = self.template(payload);
                if self.node(*to)?.kind == NodeKind::Function {
                    let helper = self.helper("invoke");
                    let later = if *asynchronous { ", \"Event\"" } else { "" };
                    (format!("{helper}({}, {payload}{later})", self.variable(*to, "NAME")), true)
                } else {
                    let helper = self.helper("request");
                    let url = self.variable(*to, "URL");
                    let (method, path) = (self.language.string(method), self.language.string(path));
                    let headers = match headers.as_object() {
                        Some(fields) if !fields.is_empty() => format!(", {}", self.headers(*to, fields)),
                        _ => String::new(),
                    };
                    (format!("{helper}({url}, {method}, {path}, {payload}{headers})"), true)
                }
            }
            Action::Send { to, payload, attributes, options } => {
                let more = self.options(attributes, options);
                let payload = self.template(payload);
                let helper = self.helper("send");
                (format!("{helper}({}, {payload}{more})", self.variable(*to, "URL")), false)
            }
            Action::SendBatch { to, entries } => {
                let entries = self.template(entries);
                let helper = self.helper("sendBatch");
                (format!("{helper}({}, {entries})", self.variable(*to, "URL")), true)
            }
            Action::Publish { to, payload, attributes, options } => {
                let more = self.options(attributes, options);
                let payload = self.template(payload);
                let helper = self.helper("publish");
                (format!("{helper}({}, {payload}{more})", self.variable(*to, "ARN")), false)
            }
            Action::PublishBatch { to, entries } => {
                let entries = self.template(entries);
                let helper = self.helper("publishBatch");
                (format!("{helper}({}, {entries})", self.variable(*to, "ARN")), true)
            }
            Action::PutEntries { to, entries } => {
                let entries = self.template(entries);
                let helper = self.helper("putEntries");
                (format!("{helper}({}, {entries})", self.variable(*to, "NAME")), true)
            }
            Action::PutEvents { to, source, detail_type, detail } => {
                let (source, detail_type) = (self.language.string(source), self.language.string(detail_type));
                let detail = self.template(detail);
                let helper = self.helper("putEvent");
                (format!("{helper}({}, {source}, {detail_type}, {detail})", self.variable(*to, "NAME")), false)
            }
            Action::Write { to, table, key, row, idempotent, event } => {
                let database = self.database(*to);
                let table = self.language.string(table);
                let (key, row) = (self.text(key), self.template(row));
                let event = event.as_ref().map(|event| self.template(event));
                let helper = match event {
                    None => self.helper_of(*to, "putItem", "insertRow"),
                    Some(_) => self.helper_of(*to, "putItemAndEvent", "insertRowAndEvent"),
                };
                let event = event.map_or(String::new(), |event| format!(", {event}"));
                let once = match (idempotent, self.language) {
                    (false, _) => "",
                    (true, Language::Nodejs) => ", { once: true }",
                    (true, Language::Python) => ", once=True",
                };
                (format!("{helper}({database}, {table}, {key}, {row}{event}{once})"), false)
            }
            Action::Read { to, table, key, otherwise } => {
                let database = self.database(*to);
                let table = self.language.string(table);
                let key = self.text(key);
                let otherwise = self.render(&Expression::Literal(otherwise.clone()));
                let helper = self.helper_of(*to, "getItem", "selectRow");
                let consistent = self.node(*to)?.settings.get("ConsistentRead") == Some(&Value::Bool(true));
                let consistent = match (consistent && self.is_key_value(*to), self.language) {
                    (false, _) => "",
                    (true, Language::Nodejs) => ", true",
                    (true, Language::Python) => ", True",
                };
                (format!("{helper}({database}, {table}, {key}, {otherwise}{consistent})"), true)
            }
            Action::Email { to, recipient, subject, body } => {
                let (recipient, subject, body) = (self.text(recipient), self.text(subject), self.text(body));
                let helper = self.helper("sendEmail");
                let told = |edge: &&crate::diagram::Edge| {
                    edge.from == *to && matches!(edge.kind, EdgeKind::Publish | EdgeKind::PutEvents)
                };
                let set = match self.document.edges.iter().find(told) {
                    Some(_) => format!(", {}", self.variable(*to, "CONFIGURATION_SET")),
                    None => String::new(),
                };
                (format!("{helper}({}, {recipient}, {subject}, {body}{set})", self.variable(*to, "SENDER")), false)
            }
            _ => return None,
        })
    }

    /// Headers; a key of a gateway of this diagram comes from outside, as the gateway's own does.
    fn headers(&mut self, to: Uuid, fields: &Map<String, Value>) -> String {
        let gateway = self.node(to).filter(|node| node.kind == NodeKind::Gateway);
        let headers = fields.iter().map(|(name, value)| {
            let key = gateway.and_then(|gateway| keys::sent_key(gateway, name, value));
            let value = match key {
                Some(place) => Expression::Code(self.variable(to, &keys::variable(place))),
                None => Expression::Literal(value.clone()),
            };
            (name.clone(), value)
        });
        let headers = Expression::Object(headers.collect());
        self.render(&headers)
    }

    /// What a sender says beside the body.
    fn options(&mut self, attributes: &[(String, String, Template)], options: &SendOptions) -> String {
        let mut fields: Vec<(String, Expression)> = Vec::new();
        if !attributes.is_empty() {
            let attributes = attributes.iter().map(|(name, data_type, value)| {
                let value = Expression::parse(value.source());
                let value = match value {
                    Expression::Literal(Value::String(_)) | Expression::Text(_) => value,
                    Expression::Literal(other) => Expression::Literal(other.to_string().into()),
                    Expression::Reference(reference) => Expression::Text(vec![Piece::Reference(reference)]),
                    other => other,
                };
                let fields = vec![
                    ("DataType".to_string(), Expression::Literal(data_type.clone().into())),
                    ("StringValue".to_string(), value),
                ];
                (name.clone(), Expression::Object(fields))
            });
            fields.push(("MessageAttributes".to_string(), Expression::Object(attributes.collect())));
        }
        for (name, template) in [("MessageGroupId", &options.group), ("MessageDeduplicationId", &options.deduplication)]
        {
            if let Some(template) = template {
                fields.push((name.to_string(), Expression::parse(template.source()).into_text()));
            }
        }
        if let Some(delay) = options.delay {
            fields.push(("DelaySeconds".to_string(), Expression::Literal(json!(delay))));
        }
        if fields.is_empty() { String::new() } else { format!(", {}", self.render(&Expression::Object(fields))) }
    }
}

/// `sendEmail` as Python spells it.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn uses_result(step: &Step) -> bool {
    let template = |template: &Template| Expression::parse(template.source()).uses_result();
    let in_condition = step.condition.as_ref().is_some_and(|condition| condition.result.is_some());
    let options = |options: &SendOptions| [&options.group, &options.deduplication].into_iter().flatten().any(template);
    in_condition
        || matches!(&step.on_error, OnError::Fallback(fallback) if template(fallback))
        || match &step.action {
            Action::Call { payload, .. } => template(payload),
            Action::Send { payload, attributes, options: more, .. }
            | Action::Publish { payload, attributes, options: more, .. } => {
                template(payload) || attributes.iter().any(|(_, _, value)| template(value)) || options(more)
            }
            Action::SendBatch { entries, .. }
            | Action::PublishBatch { entries, .. }
            | Action::PutEntries { entries, .. } => template(entries),
            Action::PutEvents { detail, .. } => template(detail),
            Action::Write { key, row, event, .. } => {
                template(key) || template(row) || event.as_ref().is_some_and(template)
            }
            Action::Read { key, .. } | Action::Idempotency { key, .. } => template(key),
            Action::Email { recipient, subject, body, .. } => {
                template(recipient) || template(subject) || template(body)
            }
            Action::Respond { payload } => template(payload),
            _ => false,
        }
}

/// What a duration usually is, in milliseconds.
fn usual(duration: &Distribution) -> String {
    match duration {
        Distribution::Constant(value) | Distribution::Exponential(value) => value.to_string(),
        Distribution::Uniform(low, high) => format!("{low} to {high}"),
        Distribution::LogNormal { median, p99 } => format!("{median}, seldom up to {p99}"),
        Distribution::Empirical(points) => points
            .iter()
            .find(|(share, _)| *share >= 0.5)
            .map_or_else(|| "some".to_string(), |(_, value)| value.to_string()),
    }
}

fn percent(share: f64) -> f64 {
    libm::round(share * 1_000.0) / 10.0
}

fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
