//! What is wrong with a pattern, a policy or a transformer.

use std::fmt;

/// Why a pattern is refused, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Line of the first character that is wrong, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// The path in the pattern, keys joined by dots: `detail.amount`. Empty for the pattern as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What would be right; may be empty.
    pub hint: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column, path) = (self.line, self.column, &self.path);
        f.write_str(&if path.is_empty() {
            tr!("line {line}, column {column}: {message}", line = line, column = column, message = self.message)
        } else {
            tr!(
                "line {line}, column {column}, at `{path}`: {message}",
                line = line,
                column = column,
                path = path,
                message = self.message
            )
        })?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for PatternError {}
