//! Where the rule engine differs from the service's.

use super::Difference;

/// Oddities of the service's rule engine that are not followed. The verdicts that we are held to are the engine's own
/// (`tests/rules.rs`); these are the kinds in which it contradicts its documentation, or itself.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        what: "A malformed `$or` (no array, fewer than two objects, an operator as a field) is refused.",
        why: "Some of the engine's entry points take it for a plain field with the name $or; the pattern then matches nothing, silently.",
    },
    Difference {
        what: "`$or` groups may stand for 1,000 combinations at most.",
        why: "In the engine they multiply without bound, until adding a rule takes seconds.",
    },
    Difference {
        what: "A number compares if its decimal survives a double exactly.",
        why: "The engine's answer for a few long decimals depends on the version of its Java runtime.",
    },
    Difference {
        what: "Numbers beyond the largest double are refused in a pattern.",
        why: "The engine crashes on them.",
    },
    Difference {
        what: "`cidr` holds for addresses of its own family only.",
        why: "The engine compares hexadecimal digits, so that some IPv6 addresses, and numbers, fall into IPv4 ranges.",
    },
    Difference {
        what: "What is no address never is one.",
        why: "The engine may ask the network's name service about such a string.",
    },
    Difference {
        what: "Ignoring case works on whole characters.",
        why: "The engine works on halves of those beyond U+FFFF and turns them into question marks.",
    },
    Difference {
        what: "Half a surrogate pair (`\\ud83d` alone) is the replacement character.",
        why: "It is no text; the engine's answers differ between its parts.",
    },
    Difference {
        what: "`prefix` and `suffix` see a string without its quotes.",
        why: "In the engine a single double quote matches the quotes that JSON puts around every string.",
    },
    Difference {
        what: "Nothing may follow a pattern's object, and an event is strict JSON.",
        why: "The engine ignores text behind a pattern, and lets some faults in events pass.",
    },
    Difference {
        what: "An empty list inside `anything-but` is refused.",
        why: "The engine accepts it in its check and fails when the rule is added.",
    },
    Difference {
        what: "A rule decides the same, whatever other rules there are.",
        why: "In the engine, some combinations of rules on one field change each other's answers.",
    },
    Difference {
        what: "A wildcard is never too complex.",
        why: "The service refuses some with many asterisks, by a measure that it does not publish. Ours take linear time.",
    },
];
