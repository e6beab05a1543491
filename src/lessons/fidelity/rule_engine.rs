//! Where the rule engine differs from the service's.

use super::Difference;

/// Oddities of the service's rule engine that are not followed. The verdicts that we are held to are the engine's own
/// (`tests/rules.rs`); these are the kinds in which it contradicts its documentation, or itself.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        what: phrase!("A malformed `$or` (no array, fewer than two objects, an operator as a field) is refused."),
        why: phrase!(
            "Some of the engine's entry points take it for a plain field with the name $or; the pattern then matches nothing, silently."
        ),
    },
    Difference {
        what: phrase!("`$or` groups may stand for 1,000 combinations at most."),
        why: phrase!("In the engine they multiply without bound, until adding a rule takes seconds."),
    },
    Difference {
        what: phrase!("A number compares if its decimal survives a double exactly."),
        why: phrase!("The engine's answer for a few long decimals depends on the version of its Java runtime."),
    },
    Difference {
        what: phrase!("Numbers beyond the largest double are refused in a pattern."),
        why: phrase!("The engine crashes on them."),
    },
    Difference {
        what: phrase!("`cidr` holds for addresses of its own family only."),
        why: phrase!(
            "The engine compares hexadecimal digits, so that some IPv6 addresses, and numbers, fall into IPv4 ranges."
        ),
    },
    Difference {
        what: phrase!("What is no address never is one."),
        why: phrase!("The engine may ask the network's name service about such a string."),
    },
    Difference {
        what: phrase!("Ignoring case works on whole characters."),
        why: phrase!("The engine works on halves of those beyond U+FFFF and turns them into question marks."),
    },
    Difference {
        what: phrase!("Half a surrogate pair (`\\ud83d` alone) is the replacement character."),
        why: phrase!("It is no text; the engine's answers differ between its parts."),
    },
    Difference {
        what: phrase!("`prefix` and `suffix` see a string without its quotes."),
        why: phrase!("In the engine a single double quote matches the quotes that JSON puts around every string."),
    },
    Difference {
        what: phrase!("Nothing may follow a pattern's object, and an event is strict JSON."),
        why: phrase!("The engine ignores text behind a pattern, and lets some faults in events pass."),
    },
    Difference {
        what: phrase!("An empty list inside `anything-but` is refused."),
        why: phrase!("The engine accepts it in its check and fails when the rule is added."),
    },
    Difference {
        what: phrase!("A rule decides the same, whatever other rules there are."),
        why: phrase!("In the engine, some combinations of rules on one field change each other's answers."),
    },
    Difference {
        what: phrase!("A wildcard is never too complex."),
        why: phrase!(
            "The service refuses some with many asterisks, by a measure that it does not publish. Ours take linear time."
        ),
    },
];
