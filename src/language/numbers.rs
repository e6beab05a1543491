//! Numbers in the language of the person.

use crate::small::{fixed, short};

/// A number with so many decimals, as people read it.
pub fn decimal(value: f64, decimals: u32) -> String {
    marked(fixed(value, decimals).to_string())
}

/// The same without the zeros at its end.
pub fn plain(value: f64, decimals: u32) -> String {
    marked(short(value, decimals).to_string())
}

fn marked(text: String) -> String {
    if text.contains('.') { text.replace('.', tr!("before decimals" => ".")) } else { text }
}
