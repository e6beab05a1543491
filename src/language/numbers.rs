//! Numbers in the language of the person.

use crate::small::fixed;

/// A number with so many decimals, as people read it.
pub fn decimal(value: f64, decimals: u32) -> String {
    let text = fixed(value, decimals).to_string();
    if decimals == 0 { text } else { text.replace('.', tr!("before decimals" => ".")) }
}
