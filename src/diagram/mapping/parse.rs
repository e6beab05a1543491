//! Reads mapping templates.

use super::json_path;
use super::template::{Expression, Method, Node, Operator, Utility};
use serde_json::Value;

/// Directives and brackets inside each other.
const MAXIMUM_DEPTH: usize = 40;

pub(super) struct Parser<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

pub(super) struct SyntaxError {
    pub line: usize,
    pub message: String,
}

type Parsed<T> = Result<T, SyntaxError>;

/// What ends a list of nodes.
#[derive(Clone, Copy, PartialEq)]
enum Closing {
    Nothing,
    End,
    Else,
    ElseIf,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s str) -> Self {
        Parser { source, at: 0, depth: 0 }
    }

    pub fn template(mut self) -> Parsed<Vec<Node>> {
        match self.nodes()? {
            (nodes, Closing::Nothing) => Ok(nodes),
            _ => self.fail(tr!("this closes nothing")),
        }
    }

    fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let before = self.source.get(..self.at).unwrap_or(self.source);
        Err(SyntaxError { line: 1 + before.matches('\n').count(), message: message.into() })
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes `text` after spaces.
    fn next_is(&mut self, text: &str) -> bool {
        self.spaces();
        self.take(text)
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.next_is(text) { Ok(()) } else { self.fail(tr!("`{text}` is missing", text = text)) }
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAXIMUM_DEPTH { self.fail(tr!("this is nested too deeply")) } else { Ok(()) }
    }

    /// A name: a letter or underscore, then letters, digits, `_` and `-`. Empty where there is none.
    fn name(&mut self) -> &'s str {
        let rest = self.rest();
        let letter = |character: char| character.is_ascii_alphabetic() || character == '_';
        if !rest.starts_with(letter) {
            return "";
        }
        let end = rest.find(|character| !letter(character) && !character.is_ascii_digit() && character != '-');
        let name = rest[..end.unwrap_or(rest.len())].trim_end_matches('-');
        self.at += name.len();
        name
    }

    fn nodes(&mut self) -> Parsed<(Vec<Node>, Closing)> {
        self.deeper()?;
        let mut nodes = Vec::new();
        let mut text = String::new();
        let closing = loop {
            let rest = self.rest();
            let plain = rest.find(['$', '#']).unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            let node = match self.peek() {
                None => break Closing::Nothing,
                Some('$') => self.put()?,
                _ => match self.directive()? {
                    Directive::Node(node) => Some(node),
                    Directive::Nothing => continue,
                    Directive::Text => None,
                    Directive::Closing(closing) => break closing,
                },
            };
            match node {
                Some(node) => {
                    if !text.is_empty() {
                        nodes.push(Node::Text(std::mem::take(&mut text)));
                    }
                    nodes.push(node);
                }
                None => {
                    // A lone sign is text.
                    text.push_str(&self.rest()[..1]);
                    self.at += 1;
                }
            }
        };
        if !text.is_empty() {
            nodes.push(Node::Text(text));
        }
        self.depth -= 1;
        Ok((nodes, closing))
    }

    /// A reference in the text; `None` where the sign is only a sign.
    fn put(&mut self) -> Parsed<Option<Node>> {
        let start = self.at;
        match self.reference()? {
            None => {
                self.at = start;
                Ok(None)
            }
            Some(expression) => {
                let written = &self.source[start..self.at];
                let written = if written.starts_with("$!") { "" } else { written };
                Ok(Some(Node::Put { expression, written: written.to_string() }))
            }
        }
    }

    fn directive(&mut self) -> Parsed<Directive> {
        let start = self.at;
        if self.take("##") {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            return Ok(Directive::Nothing);
        }
        if self.take("#*") {
            let Some(end) = self.rest().find("*#") else { return self.fail(tr!("the comment is not closed")) };
            self.at += end + 2;
            return Ok(Directive::Nothing);
        }
        self.take("#");
        let braces = self.take("{");
        let name = self.name();
        if braces && !self.take("}") {
            self.at = start;
            return Ok(Directive::Text);
        }
        let directive = match name {
            "set" => Directive::Node(self.set()?),
            "if" => Directive::Node(self.choice()?),
            "foreach" => Directive::Node(self.for_each()?),
            "end" => Directive::Closing(Closing::End),
            "else" => Directive::Closing(Closing::Else),
            "elseif" => Directive::Closing(Closing::ElseIf),
            "macro" | "parse" | "include" | "define" | "evaluate" | "stop" | "break" => {
                self.at = start;
                return self.fail(tr!("#{name} is not understood", name = name));
            }
            _ => {
                self.at = start;
                return Ok(Directive::Text);
            }
        };
        // A directive alone on its line leaves no empty line behind.
        if name == "set" || name == "end" {
            self.take("\n");
        }
        Ok(directive)
    }

    fn set(&mut self) -> Parsed<Node> {
        self.expect("(")?;
        self.expect("$")?;
        let braces = self.take("{");
        let name = self.name().to_string();
        if name.is_empty() || (braces && !self.take("}")) {
            return self.fail(tr!("#set needs a variable"));
        }
        self.expect("=")?;
        let value = self.expression()?;
        self.expect(")")?;
        Ok(Node::Set { name, value })
    }

    fn choice(&mut self) -> Parsed<Node> {
        let mut branches = Vec::new();
        let mut condition = self.condition()?;
        loop {
            let (nodes, closing) = self.nodes()?;
            branches.push((condition, nodes));
            condition = match closing {
                Closing::End => return Ok(Node::If(branches)),
                Closing::ElseIf => self.condition()?,
                Closing::Else => Expression::Literal(Value::Bool(true)),
                Closing::Nothing => return self.fail(tr!("#if is not closed by #end")),
            };
        }
    }

    fn condition(&mut self) -> Parsed<Expression> {
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        Ok(condition)
    }

    fn for_each(&mut self) -> Parsed<Node> {
        self.expect("(")?;
        self.expect("$")?;
        let name = self.name().to_string();
        self.expect("in")?;
        let list = self.expression()?;
        self.expect(")")?;
        match self.nodes()? {
            (body, Closing::End) => Ok(Node::ForEach { name, list, body }),
            _ => self.fail(tr!("#foreach is not closed by #end")),
        }
    }

    fn expression(&mut self) -> Parsed<Expression> {
        self.binary(0)
    }

    fn binary(&mut self, level: usize) -> Parsed<Expression> {
        const LEVELS: [&[(&str, Operator)]; 6] = [
            &[("||", Operator::Or)],
            &[("&&", Operator::And)],
            &[("==", Operator::Equal), ("!=", Operator::Unequal)],
            &[
                ("<=", Operator::LessOrEqual),
                (">=", Operator::GreaterOrEqual),
                ("<", Operator::Less),
                (">", Operator::Greater),
            ],
            &[("+", Operator::Add), ("-", Operator::Subtract)],
            &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
        ];
        let Some(operators) = LEVELS.get(level) else { return self.operand() };
        let mut left = self.binary(level + 1)?;
        loop {
            self.spaces();
            let Some((_, operator)) = operators.iter().find(|(sign, _)| self.take(sign)) else { return Ok(left) };
            let right = self.binary(level + 1)?;
            left = Expression::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn operand(&mut self) -> Parsed<Expression> {
        self.deeper()?;
        self.spaces();
        let operand = match self.peek() {
            Some('(') => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                inner
            }
            Some('!') => {
                self.at += 1;
                Expression::Not(Box::new(self.operand()?))
            }
            Some('[') => {
                self.at += 1;
                Expression::List(self.arguments("]")?)
            }
            Some(quote @ ('\'' | '"')) => {
                let inner = &self.rest()[1..];
                let Some(end) = inner.find(quote) else { return self.fail(tr!("a string is not closed")) };
                let text = &inner[..end];
                let line = self.at + 1;
                self.at = line + end + 1;
                if quote == '\'' {
                    Expression::Literal(Value::String(text.to_string()))
                } else {
                    let inner = Parser { source: &self.source[..line + end], at: line, depth: self.depth };
                    Expression::Text(inner.template()?)
                }
            }
            Some('$') => match self.reference()? {
                Some(reference) => reference,
                None => return self.fail(tr!("a name is missing behind `$`")),
            },
            Some(character) if character.is_ascii_digit() || character == '-' => {
                let rest = self.rest();
                let end = rest[1..].find(|other: char| !other.is_ascii_digit() && other != '.');
                let text = &rest[..end.map_or(rest.len(), |end| end + 1)];
                let Ok(number) = serde_json::from_str::<Value>(text) else {
                    return self.fail(tr!("`{text}` is not a number", text = text));
                };
                self.at += text.len();
                Expression::Literal(number)
            }
            _ => match self.name() {
                "true" => Expression::Literal(Value::Bool(true)),
                "false" => Expression::Literal(Value::Bool(false)),
                "null" => Expression::Literal(Value::Null),
                _ => return self.fail(tr!("a value is missing here")),
            },
        };
        self.depth -= 1;
        Ok(operand)
    }

    /// Expressions with commas between, up to `closing`.
    fn arguments(&mut self, closing: &str) -> Parsed<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.next_is(closing) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.next_is(closing) {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }

    /// `$name`, `$!name`, `${name}`, with what follows; `None` where no name follows.
    fn reference(&mut self) -> Parsed<Option<Expression>> {
        self.take("$");
        self.take("!");
        let braces = self.take("{");
        let root = self.name();
        if root.is_empty() {
            return Ok(None);
        }
        let mut expression = match root {
            "input" => self.input()?,
            "util" => self.utility()?,
            "context" => Expression::Context,
            "stageVariables" => Expression::StageVariables,
            name => Expression::Variable(name.to_string()),
        };
        loop {
            let before = self.at;
            if self.take("[") {
                let index = self.expression()?;
                self.expect("]")?;
                expression = Expression::Index(Box::new(expression), Box::new(index));
            } else if self.take(".") {
                let name = self.name();
                if name.is_empty() {
                    // The dot belongs to the text.
                    self.at = before;
                    break;
                }
                expression = if self.take("(") {
                    let arguments = self.arguments(")")?;
                    let method = match (name, arguments.len()) {
                        ("get", 1) => Method::Get,
                        ("size" | "length", 0) => Method::Size,
                        ("isEmpty", 0) => Method::IsEmpty,
                        ("keySet", 0) => Method::KeySet,
                        ("contains" | "containsKey", 1) => Method::Contains,
                        ("toString", 0) => Method::ToString,
                        _ => {
                            self.at = before;
                            return self.fail(tr!("`.{name}(…)` is not understood", name = name));
                        }
                    };
                    Expression::Call(Box::new(expression), method, arguments)
                } else {
                    Expression::Field(Box::new(expression), name.to_string())
                };
            } else {
                break;
            }
        }
        if braces && !self.take("}") {
            return self.fail(tr!("`${` is not closed"));
        }
        Ok(Some(expression))
    }

    /// What follows `$input`.
    fn input(&mut self) -> Parsed<Expression> {
        let before = self.at;
        let member = if self.take(".") { self.name() } else { "" };
        if member == "body" {
            return Ok(Expression::Body);
        }
        if matches!(member, "json" | "path" | "params") && self.take("(") {
            let mut arguments = self.arguments(")")?;
            match (member, arguments.pop()) {
                ("params", None) => return Ok(Expression::Parameters),
                ("params", Some(name)) => return Ok(Expression::Parameter(Box::new(name))),
                (_, Some(Expression::Literal(Value::String(path)))) => match json_path(&path) {
                    Some(path) if member == "json" => return Ok(Expression::Json(path)),
                    Some(path) => return Ok(Expression::Path(path)),
                    None => {
                        self.at = before;
                        return self.fail(tr!(
                            "`{path}` is no path of names and indexes, such as $.items[0].price",
                            path = path
                        ));
                    }
                },
                _ => {}
            }
        }
        self.at = before;
        self.fail(tr!("after $input comes .body, .json('$.path'), .path('$.path') or .params('name')"))
    }

    /// What follows `$util`.
    fn utility(&mut self) -> Parsed<Expression> {
        let before = self.at;
        let name = if self.take(".") { self.name() } else { "" };
        let utility = match name {
            "escapeJavaScript" => Utility::EscapeJavaScript,
            "parseJson" => Utility::ParseJson,
            "urlEncode" => Utility::UrlEncode,
            "urlDecode" => Utility::UrlDecode,
            "base64Encode" => Utility::Base64Encode,
            "base64Decode" => Utility::Base64Decode,
            _ => {
                self.at = before;
                return self.fail(tr!(
                    "$util has escapeJavaScript, parseJson, urlEncode, urlDecode, base64Encode, base64Decode"
                ));
            }
        };
        self.expect("(")?;
        let argument = self.expression()?;
        self.expect(")")?;
        Ok(Expression::Utility(utility, Box::new(argument)))
    }
}

enum Directive {
    Node(Node),
    /// A comment.
    Nothing,
    /// The sign is only a sign.
    Text,
    Closing(Closing),
}
