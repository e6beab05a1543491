//! Faults.

use super::figure::{Figure, span, statuses};
use super::{Behaviour, Standing};
use crate::services::limits::SOCKET_TIMEOUT;
use crate::services::{GatewayError, Status};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("Added latency on a function lengthens each run, and its bill."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful {
            test: "faults::added_latency_on_a_function_lengthens_each_invocation_and_its_bill",
        },
    },
    Behaviour {
        what: phrase!("Multiplied latency scales what the work takes."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::multiplied_latency_scales_what_the_work_takes" },
    },
    Behaviour {
        what: phrase!("A scheduled fault begins and ends by itself, at the times that the document says."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_scheduled_fault_begins_and_ends_by_itself" },
    },
    Behaviour {
        what: phrase!("A scheduled fault can be cancelled, before it begins or while it is there."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_scheduled_fault_can_be_cancelled" },
    },
    Behaviour {
        what: phrase!("What is set by hand stays when a scheduled fault ends."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_fault_set_by_hand_outlasts_the_scheduled_one" },
    },
    Behaviour {
        what: phrase!("What cannot happen to something is refused."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_scheduled_fault_that_does_not_fit_is_refused" },
    },
    Behaviour {
        what: phrase!("The schedule and the prices are saved with the diagram."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::faults_and_prices_survive_saving" },
    },
    Behaviour {
        what: phrase!("A brownout is slow and failing for its time only."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_brownout_is_slow_and_failing_for_its_time_only" },
    },
    Behaviour {
        what: phrase!("A partition loses requests both ways: the caller times out by its own setting."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_partition_leaves_the_caller_to_its_timeout" },
    },
    Behaviour {
        what: phrase!("Who has no timeout of its own gives up when its socket does."),
        figure: Figure::Used(|| span(SOCKET_TIMEOUT)),
        source: "botocore, config",
        standing: Standing::Faithful {
            test: "faults::a_partition_ends_in_the_sockets_timeout_where_nothing_shorter_is_set",
        },
    },
    Behaviour {
        what: phrase!("A partition loses answers, not the work that was done."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_partition_loses_answers_that_are_still_to_come" },
    },
    Behaviour {
        what: phrase!("After a lost acknowledgement a retry does the work a second time."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_lost_acknowledgement_makes_a_retry_write_twice" },
    },
    Behaviour {
        what: phrase!("An idempotent write makes that harmless."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::an_idempotent_write_makes_a_lost_acknowledgement_harmless" },
    },
    Behaviour {
        what: phrase!("A topic that hears nothing from a subscriber delivers again."),
        figure: Figure::None,
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "faults::a_topic_that_loses_an_acknowledgement_delivers_again" },
    },
    Behaviour {
        what: phrase!(
            "Messages of a receive whose answer was lost stay in flight until their visibility timeout ends."
        ),
        figure: Figure::None,
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful {
            test: "faults::a_lost_receive_leaves_the_messages_in_flight_until_their_visibility_timeout",
        },
    },
    Behaviour {
        what: phrase!("A poison message always fails its consumer, and ends in the dead-letter queue."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful {
            test: "faults::a_poison_message_always_fails_its_consumer_and_ends_in_the_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("A poison message is poison for every subscriber."),
        figure: Figure::None,
        source: "sns-common-scenarios",
        standing: Standing::Faithful { test: "faults::a_poison_message_is_poison_for_every_subscriber" },
    },
    Behaviour {
        what: phrase!("A duplicate delivery runs the function twice."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_duplicate_delivery_runs_the_function_twice" },
    },
    Behaviour {
        what: phrase!("In a cold-start storm every invocation begins in a new environment."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Faithful {
            test: "faults::a_cold_start_storm_starts_every_invocation_in_a_new_environment",
        },
    },
    Behaviour {
        what: phrase!("The same diagram, seed and commands give the same run, from a snapshot too."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "faults::a_snapshot_and_the_commands_that_followed_give_the_same_run" },
    },
    Behaviour {
        what: phrase!(
            "Where a kind of fault can happen, it strikes edges of every kind and is in the journal; where not, it is refused with the reason."
        ),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful {
            test: "faults::every_kind_of_fault_strikes_every_kind_of_edge_or_is_refused_with_a_reason",
        },
    },
    Behaviour {
        what: phrase!("The same holds for nodes of every kind."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful {
            test: "faults::every_kind_of_fault_strikes_every_kind_of_node_or_is_refused_with_a_reason",
        },
    },
    Behaviour {
        what: phrase!("Multiplied latency of what takes no time itself lengthens the ways there and back."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful {
            test: "faults::multiplied_latency_on_a_gateway_lengthens_the_way_there_and_back",
        },
    },
    Behaviour {
        what: phrase!("Faults of a mapping strike the messages that are received over it."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful {
            test: "faults::a_mappings_faults_strike_the_messages_that_are_received_over_it",
        },
    },
    Behaviour {
        what: phrase!("A partition on the way to a destination loses its records."),
        figure: Figure::Named("DestinationDeliveryFailures"),
        source: "invocation-async-retain-records",
        standing: Standing::Faithful { test: "faults::a_partition_of_a_destination_loses_its_records" },
    },
    Behaviour {
        what: phrase!("While the authorizer cannot be reached nobody is let in."),
        figure: Figure::Used(|| statuses(&[GatewayError::AuthorizerFailed])),
        source: "services-apigateway-errors",
        standing: Standing::Faithful { test: "faults::an_outage_of_the_way_to_the_authorizer_lets_nobody_in" },
    },
    Behaviour {
        what: phrase!("A node that is stopped by hand, or has an outage, refuses what reaches it."),
        figure: Figure::Used(|| Status::UNAVAILABLE.code().to_string()),
        source: "model",
        standing: Standing::Simplified {
            how: phrase!(
                "Every service refuses with the same status; what the callers make of it is theirs, as for any server error."
            ),
        },
    },
    Behaviour {
        what: phrase!("A zone or a Region is lost."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Simplified { how: phrase!("Put an outage on each node that was there.") },
    },
];
