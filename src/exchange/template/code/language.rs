//! What differs between the languages: how values, names and blocks are written.

use serde_json::Value;

/// The language of functions' code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Nodejs,
    Python,
}

/// Something that functions need now and then: what it imports, what else it needs, and its definition.
pub struct Helper {
    pub name: &'static str,
    /// Node.js: `package name name`; Python: a whole line.
    pub imports: &'static [&'static str],
    /// Clients and constants that come before the functions, each once.
    pub clients: &'static [&'static str],
    pub needs: &'static [&'static str],
    pub definition: &'static str,
}

impl Helper {
    pub const fn new(
        name: &'static str,
        imports: &'static [&'static str],
        clients: &'static [&'static str],
        needs: &'static [&'static str],
        definition: &'static str,
    ) -> Helper {
        Helper { name, imports, clients, needs, definition }
    }
}

impl Language {
    pub fn extension(self) -> &'static str {
        match self {
            Language::Nodejs => "js",
            Language::Python => "py",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Language::Nodejs => "Node.js",
            Language::Python => "Python",
        }
    }

    pub fn indent(self, depth: usize) -> String {
        match self {
            Language::Nodejs => "  ".repeat(depth),
            Language::Python => "    ".repeat(depth),
        }
    }

    pub fn comment(self, text: &str) -> String {
        match self {
            Language::Nodejs => format!("// {text}"),
            Language::Python => format!("# {text}"),
        }
    }

    pub fn string(self, text: &str) -> String {
        // JSON's texts are texts of both languages. These two end a line in older readers of JavaScript.
        Value::String(text.to_string()).to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
    }

    pub fn is_name(self, text: &str) -> bool {
        text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    }

    /// A key of an object. `__proto__` would be the object's prototype.
    pub fn key(self, name: &str) -> String {
        match self {
            Language::Nodejs if name == "__proto__" => "[\"__proto__\"]".to_string(),
            Language::Nodejs if self.is_name(name) => name.to_string(),
            _ => self.string(name),
        }
    }

    pub fn literal(self, value: &Value) -> String {
        match (value, self) {
            (Value::Null, Language::Python) => "None".to_string(),
            (Value::Bool(true), Language::Python) => "True".to_string(),
            (Value::Bool(false), Language::Python) => "False".to_string(),
            (Value::String(text), _) => self.string(text),
            (Value::Array(items), _) => {
                let items: Vec<String> = items.iter().map(|item| self.literal(item)).collect();
                format!("[{}]", items.join(", "))
            }
            (Value::Object(fields), _) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{}: {}", self.key(name), self.literal(value))).collect();
                match (self, fields.is_empty()) {
                    (Language::Nodejs, false) => format!("{{ {} }}", fields.join(", ")),
                    _ => format!("{{{}}}", fields.join(", ")),
                }
            }
            (other, _) => other.to_string(),
        }
    }

    /// An environment variable.
    pub fn variable(self, name: &str) -> String {
        match self {
            Language::Nodejs => format!("process.env.{name}"),
            Language::Python => format!("os.environ[\"{name}\"]"),
        }
    }

    /// A REST API's authorizer that lets one token in.
    pub fn token_authorizer(self) -> &'static str {
        match self {
            Language::Nodejs => super::nodejs::TOKEN_AUTHORIZER,
            Language::Python => super::python::TOKEN_AUTHORIZER,
        }
    }
}

/// A line, or several where it would be too long.
fn require(package: &str, names: &[&str]) -> String {
    let line = format!("const {{ {} }} = require(\"{package}\");", names.join(", "));
    if line.len() <= 100 {
        return line;
    }
    format!("const {{\n  {},\n}} = require(\"{package}\");", names.join(",\n  "))
}

/// Imports and definitions of the helpers that are wanted, and of what they need in turn.
pub fn gather(library: &'static [Helper], wanted: &[&'static str], language: Language) -> (String, String) {
    let mut open: Vec<&str> = wanted.to_vec();
    let mut used: Vec<&str> = Vec::new();
    while let Some(name) = open.pop() {
        if !used.contains(&name) {
            used.push(name);
            let helper = library.iter().find(|helper| helper.name == name);
            open.extend(helper.map_or(&[][..], |helper| helper.needs));
        }
    }
    let helpers: Vec<&Helper> = library.iter().filter(|helper| used.contains(&helper.name)).collect();
    let mut imports: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut clients: Vec<&str> = Vec::new();
    for helper in &helpers {
        for import in helper.imports {
            let mut words = import.split(' ');
            // A line of Python is taken as it stands.
            let package = if language == Language::Python { *import } else { words.next().unwrap_or("") };
            let place = match imports.iter().position(|(known, _)| *known == package) {
                Some(place) => place,
                None => {
                    imports.push((package, Vec::new()));
                    imports.len() - 1
                }
            };
            if language == Language::Nodejs {
                for word in words {
                    if !imports[place].1.contains(&word) {
                        imports[place].1.push(word);
                    }
                }
            }
        }
        clients.extend(helper.clients.iter().filter(|client| !clients.contains(client)).collect::<Vec<_>>());
    }
    let mut head: Vec<String> = match language {
        Language::Nodejs => imports.iter().map(|(package, names)| require(package, names)).collect(),
        Language::Python => {
            let mut lines: Vec<String> = imports.iter().map(|(line, _)| (*line).to_string()).collect();
            // Modules first, then names out of modules, as people sort them.
            lines.sort_by_key(|line| (line.contains("boto"), line.starts_with("from"), line.clone()));
            lines
        }
    };
    if !clients.is_empty() {
        head.push(String::new());
        head.extend(clients.iter().map(|client| (*client).to_string()));
    }
    let between = if language == Language::Python { "\n\n\n" } else { "\n\n" };
    let definitions: Vec<&str> =
        helpers.iter().map(|helper| helper.definition.trim()).filter(|definition| !definition.is_empty()).collect();
    (head.join("\n"), definitions.join(between))
}
