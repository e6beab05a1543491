//! What the simulation as a whole leaves out or does in a simpler way.

use super::Difference;

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        what: "Latencies are drawn from distributions that you can edit.",
        why: "The services publish limits and prices, but few latencies; the defaults are typical figures.",
    },
    Difference {
        what: "Ids and times in payloads stay placeholders until they are shown, so patterns and filters see placeholders.",
        why: "Messages then share documents, which keeps millions of events a second possible.",
    },
    Difference {
        what: "A function's code is a list of steps with durations and failures.",
        why: "What matters here is what it calls, how long it takes and what it does when that fails.",
    },
    Difference {
        what: "A function's timeout may exceed the visibility timeout of its queue.",
        why: "The service refuses that when the mapping is made, but lets you lower the visibility timeout later: the mistake is worth seeing.",
    },
    Difference {
        what: "Costs leave out data transfer, logs, traces and storage.",
        why: "They depend on how the account is set up; everything else is counted at prices that you can change.",
    },
    Difference {
        what: "One account and one region; no network; a missing permission is a setting of the subscription or target that lacks it.",
        why: "They do not change how the patterns behave, only whether they are allowed to.",
    },
    Difference {
        what: "A payload is nested at most 100 levels deep; what lies deeper is left out.",
        why: "A message that wraps itself in every round of a loop would otherwise fill the memory.",
    },
];
