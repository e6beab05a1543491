//! What the simulation as a whole leaves out or does in a simpler way.

use super::Difference;

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        what: phrase!("Latencies are drawn from distributions that you can edit."),
        why: phrase!("The services publish limits and prices, but few latencies; the defaults are typical figures."),
    },
    Difference {
        what: phrase!(
            "Ids and times in payloads stay placeholders until they are shown, so patterns and filters see placeholders."
        ),
        why: phrase!("Messages then share documents, which keeps millions of events a second possible."),
    },
    Difference {
        what: phrase!("A function's code is a list of steps with durations and failures."),
        why: phrase!("What matters here is what it calls, how long it takes and what it does when that fails."),
    },
    Difference {
        what: phrase!("A function's timeout may exceed the visibility timeout of its queue."),
        why: phrase!(
            "The service refuses that when the mapping is made, but lets you lower the visibility timeout later: the mistake is worth seeing."
        ),
    },
    Difference {
        what: phrase!("Costs leave out data transfer, logs, traces and storage."),
        why: phrase!(
            "They depend on how the account is set up; everything else is counted at prices that you can change."
        ),
    },
    Difference {
        what: phrase!(
            "One account and one region; no network; a missing permission is a setting of the subscription or target that lacks it."
        ),
        why: phrase!("They do not change how the patterns behave, only whether they are allowed to."),
    },
    Difference {
        what: phrase!("A payload is nested at most 100 levels deep; what lies deeper is left out."),
        why: phrase!("A message that wraps itself in every round of a loop would otherwise fill the memory."),
    },
];
