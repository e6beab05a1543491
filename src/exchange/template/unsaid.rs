//! What a diagram says and no template can, each with the reason why. It stands in a template's `Metadata`; of a template
//! without, everything else comes back (`tests/round_trip.rs`, which compares all settings but these).

use crate::diagram::{EdgeKind, NodeKind};

/// Settings that no template says, and why.
#[derive(Clone, Copy, Debug)]
pub struct Unsaid {
    pub settings: &'static [&'static str],
    pub why: &'static str,
}

const fn unsaid(settings: &'static [&'static str], why: &'static str) -> Unsaid {
    Unsaid { settings, why }
}

const FIGURE: &str =
    "how long something takes, or how often it goes wrong: a figure of the simulation, and no property of a resource";
const QUOTA: &str = "a quota of the account, which Service Quotas changes";
const CODE: &str = "what code does: exported as code, and guessed when that is read";
const SECRET: &str = "a secret: the service makes the value, or a parameter asks for it";
const CANARY: &str =
    "a canary is a second deployment of an API, and a template makes one: CreateDeployment makes it afterwards";

/// What no template says of a node. Of clients it says nothing at all: traffic is no resource.
pub fn of_node(kind: NodeKind) -> &'static [Unsaid] {
    match kind {
        NodeKind::Gateway => {
            const { &[unsaid(&["ApiKey", "AuthorizerToken"], SECRET), unsaid(&["CanarySettings"], CANARY)] }
        }
        NodeKind::Function => const { &[unsaid(&["Handler"], CODE), unsaid(&["InitDuration", "IdleSeconds"], FIGURE)] },
        NodeKind::Queue => const { &[unsaid(&["DuplicateRate", "OutOfOrderRate", "ShortPollMissRate"], FIGURE)] },
        NodeKind::Topic => {
            const {
                &[
                    unsaid(&["MaximumMessageSize"], "AWS::SNS::Topic has no such property: SetTopicAttributes sets it"),
                    unsaid(&["MessagesPerSecond"], QUOTA),
                ]
            }
        }
        NodeKind::Bus => const { &[unsaid(&["PutEventsPerSecond", "InvocationsPerSecond"], QUOTA)] },
        NodeKind::Database => {
            const {
                &[
                    unsaid(&["QueryDuration", "ConnectDuration", "FailoverSeconds", "FailureRate"], FIGURE),
                    unsaid(
                        &[
                            "MaximumConnections",
                            "ConnectionTimeoutMillis",
                            "IdleConnectionSeconds",
                            "TransactionsPerSecond",
                        ],
                        "follows from the database's capacity, or belongs to the code's connection pool",
                    ),
                    unsaid(&["ConsistentRead"], CODE),
                ]
            }
        }
        NodeKind::Mailer => {
            const {
                &[
                    unsaid(&["SendDuration", "BounceRate", "ComplaintRate", "EventDelay", "FailureRate"], FIGURE),
                    unsaid(&["MaxSendRate", "Max24HourSend"], QUOTA),
                ]
            }
        }
        NodeKind::Endpoint => {
            const { &[unsaid(&["ResponseDuration", "StatusCode", "FailureRate", "RetryAfter"], FIGURE)] }
        }
        NodeKind::Client | NodeKind::Rule | NodeKind::Other => &[],
    }
}

/// What no template says of an edge. Clients' edges are not in it, unsubscribed subscriptions and the canary's routes
/// neither.
pub fn of_edge(kind: EdgeKind) -> &'static [Unsaid] {
    const LATENCY: Unsaid = unsaid(&["Latency"], FIGURE);
    match kind {
        EdgeKind::Integration => {
            const { &[LATENCY, unsaid(&["FunctionEvent"], CODE), unsaid(&["Deployment"], CANARY)] }
        }
        EdgeKind::PutEvents => const { &[LATENCY, unsaid(&["EventBusName"], CODE)] },
        EdgeKind::Subscription => {
            const {
                &[
                    LATENCY,
                    unsaid(&["Confirmed"], "whoever is behind the endpoint confirms, after the deployment"),
                    unsaid(&["Subscribed"], "a subscription that is not there is not in the template"),
                ]
            }
        }
        EdgeKind::EventSourceMapping => {
            const {
                &[
                    LATENCY,
                    unsaid(&["BatchItemFailures", "VisibilityHeartbeatSeconds", "VisibilityAfterFailureSeconds"], CODE),
                    unsaid(
                        &["InitialPollers", "MaximumPollers", "Polling"],
                        "how the service scales its pollers and how long they wait: no property says it",
                    ),
                ]
            }
        }
        EdgeKind::Redrive => &[],
        _ => const { &[LATENCY] },
    }
}

/// HTTP APIs have no mapping templates, so that no template says these of their routes.
pub const OF_HTTP_ROUTES: Unsaid =
    unsaid(&["RequestTemplate", "ResponseTemplate"], "HTTP APIs have no mapping templates: a REST API has them");

/// Whether one of these names a setting.
pub fn names(list: &[Unsaid], setting: &str) -> bool {
    list.iter().any(|unsaid| unsaid.settings.contains(&setting))
}
