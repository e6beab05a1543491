//! What the app says, in the language of the person before it.
//!
//! Texts are written in English where they are used, inside `tr!`; tables that are constant mark theirs with `phrase!`, and
//! whoever shows them asks for the translation. A catalogue (`languages/CODE.po`) has the English text as its key, so what it
//! does not hold is shown in English. Only what people read is translated: never what the simulated services answer, what
//! documents hold, or what is compared with anything.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
pub use tr::Translator;

/// A language is chosen once, before anything is shown; so its texts live as long as the app.
static CATALOGUE: OnceLock<Box<dyn Translator>> = OnceLock::new();

/// From now on everything is said with this catalogue. The first one stays.
pub fn speak(catalogue: impl Translator + 'static) {
    let _ = CATALOGUE.set(Box::new(catalogue));
}

/// While something is put into words that must not depend on who listens.
static IN_ENGLISH: AtomicBool = AtomicBool::new(false);

/// Whatever this says, it says in English: for what the journal's hash covers, and for what documents and files hold.
pub fn in_english<T>(say: impl FnOnce() -> T) -> T {
    let before = IN_ENGLISH.swap(true, Ordering::Relaxed);
    let said = say();
    IN_ENGLISH.store(before, Ordering::Relaxed);
    said
}

fn catalogue() -> Option<&'static dyn Translator> {
    CATALOGUE.get().filter(|_| !IN_ENGLISH.load(Ordering::Relaxed)).map(|catalogue| &**catalogue)
}

/// What a constant table holds, marked there with `phrase!`.
pub fn translated(text: &'static str) -> &'static str {
    said(catalogue().map(|catalogue| catalogue.translate(text, None)), text)
}

/// The same for a text that means different things in different places, which the context tells apart.
pub fn translated_in(context: &'static str, text: &'static str) -> &'static str {
    said(catalogue().map(|catalogue| catalogue.translate(text, Some(context))), text)
}

/// The form that goes with the number.
pub fn counted(one: &'static str, many: &'static str, count: u64) -> &'static str {
    let counted = catalogue().map(|catalogue| catalogue.ntranslate(count, one, many, None));
    said(counted, if count == 1 { one } else { many })
}

/// What a shipped document holds, such as a lab.
pub fn translation_of(text: &str) -> Cow<'_, str> {
    catalogue().map_or(Cow::Borrowed(text), |catalogue| catalogue.translate(text, None))
}

fn said(translation: Option<Cow<'static, str>>, text: &'static str) -> &'static str {
    match translation {
        Some(Cow::Borrowed(translation)) => translation,
        // The catalogues in use never make a text anew.
        _ => text,
    }
}

/// Puts what is meant into a text, by name or in the order of the places. Names come apart from values, because what is
/// constant costs less code.
pub fn filled(text: &str, names: &[&str], values: &[&dyn Display]) -> String {
    let values: Vec<(&str, &dyn Display)> = names.iter().copied().zip(values.iter().copied()).collect();
    tr::runtime_format::display_string(text, &values)
}

/// A text in the language of the person.
///
/// - `tr!("Save")` is a `&'static str`; with a context, `tr!("verb" => "Open")`.
/// - `tr!("{name} waits for {}", other, name = node.name)` is a `String`. Places are `{}`, `{0}` or `{name}` and nothing else;
///   whatever needs more formatting comes formatted, such as `decimal(value, 2)`. Nothing is captured: every name is given.
/// - `tr!("{n} message" | "{n} messages" % count)` picks by the number, which is `{n}`; other places have names:
///   `tr!("{n} message at {place}" | "{n} messages at {place}" % count, place = name)`.
///
/// The text has to be one literal, because that is what is collected for translators. That the places and the values belong
/// together is checked when it is compiled.
#[macro_export]
macro_rules! tr {
    ($context:literal => $text:literal) => {
        $crate::language::translated_in($context, $text)
    };
    ($text:literal) => {
        $crate::language::translated($text)
    };
    ($one:literal | $many:literal % $count:expr $(, $($values:tt)*)?) => {{
        let n = $count;
        $crate::tr!(@check [concat!($one, $many, "{n}")] [] $($($values)*)?, n = n);
        $crate::tr!(@fill [$crate::language::counted($one, $many, n as u64)] [] [] $($($values)*,)? n = n)
    }};
    ($context:literal => $text:literal, $($values:tt)*) => {{
        $crate::tr!(@check [concat!($text)] [] $($values)*);
        $crate::tr!(@fill [$crate::language::translated_in($context, $text)] [] [] $($values)*)
    }};
    ($text:literal, $($values:tt)*) => {{
        $crate::tr!(@check [concat!($text)] [] $($values)*);
        $crate::tr!(@fill [$crate::language::translated($text)] [] [] $($values)*)
    }};

    (@fill [$text:expr] [$($names:tt)*] [$($done:tt)*]) => {
        $crate::language::filled($text, &[$($names)*], &[$($done)*])
    };
    (@fill [$text:expr] [$($names:tt)*] [$($done:tt)*] $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::tr!(@fill [$text] [$($names)* stringify!($name),] [$($done)* &$value,] $($($rest)*)?)
    };
    (@fill [$text:expr] [$($names:tt)*] [$($done:tt)*] $value:expr $(, $($rest:tt)*)?) => {
        $crate::tr!(@fill [$text] [$($names)* "",] [$($done)* &$value,] $($($rest)*)?)
    };

    // The compiler's own check, on empty values; nothing of it is left in the program.
    (@check [$text:expr] [$($done:tt)*]) => {
        let _ = || format_args!($text $($done)*).as_str().is_some();
    };
    (@check [$text:expr] [$($done:tt)*] , $($rest:tt)*) => {
        $crate::tr!(@check [$text] [$($done)*] $($rest)*)
    };
    (@check [$text:expr] [$($done:tt)*] $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::tr!(@check [$text] [$($done)*, $name = ""] $($($rest)*)?)
    };
    (@check [$text:expr] [$($done:tt)*] $value:expr $(, $($rest:tt)*)?) => {
        $crate::tr!(@check [$text] [$($done)*, ""] $($($rest)*)?)
    };
}

/// Marks a text of a constant table for the catalogues; see [`translated`].
#[macro_export]
macro_rules! phrase {
    ($text:literal) => {
        $text
    };
}

mod numbers;
pub use numbers::{decimal, plain};

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_put_in_by_name_and_by_order() {
        let name = "Sales".to_string();
        assert_eq!(tr!("Save"), "Save");
        assert_eq!(tr!("verb" => "Open"), "Open");
        assert_eq!(tr!("verb" => "Open {}", name), "Open Sales");
        assert_eq!(tr!("{name} waits for {}", 1 + 1, name = name.as_str()), "Sales waits for 2");
        assert_eq!(tr!("{1} before {0}", "b", "a",), "a before b");
        assert_eq!(tr!("{{{}}}", 5), "{5}");
    }

    #[test]
    fn the_number_chooses_the_form() {
        let count = 1_usize;
        assert_eq!(tr!("{n} message" | "{n} messages" % count), "1 message");
        assert_eq!(tr!("one at {place}" | "{n} at {place}" % 3, place = "Sales"), "3 at Sales");
    }
}
