//! One shape for everything that can be wrong with a document, from the reader to the screen.

use std::fmt;

/// What is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path to the field inside the document, such as `nodes[2].settings.VisibilityTimeout`. Empty for the whole.
    pub path: String,
    /// What is wrong, as one sentence.
    pub message: String,
    /// What to do about it, as one sentence; may be empty.
    pub hint: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Problem { path: path.into(), message: message.into(), hint: String::new() }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { tr!("document") } else { &self.path };
        write!(formatter, "{place}: {}", self.message)?;
        if !self.hint.is_empty() {
            write!(formatter, " {}", self.hint)?;
        }
        Ok(())
    }
}

/// All problems, one a line.
pub fn list_problems(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
