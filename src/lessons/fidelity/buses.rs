//! Event buses and rules, as Amazon EventBridge.

use super::figure::{Figure, bytes, edge, most, node, number, price, range, retried, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::limits::{
    MAXIMUM_INPUT_LENGTH, MAXIMUM_PATTERN_LENGTH, MAXIMUM_RULES, MAXIMUM_TARGETS, MAXIMUM_WILDCARD_RULES,
};
use crate::diagram::{EdgeKind, NodeKind, REGION, Tariff};
use crate::services::Policy;
use crate::services::limits::{
    API_DESTINATION_PATIENCE, ARCHIVED_EVENTS, MAXIMUM_ENTRIES, MAXIMUM_FORWARDS, MAXIMUM_PUT_EVENTS, MAXIMUM_REPLAYS,
    REPLAY_PAUSE, REPLAYED_AT_ONCE,
};

/// A rule's policy to an API destination, as long as it can be.
const RULE: Policy = Policy::Rule { retries: u32::MAX, age: u64::MAX, api_destination: true };

/// Before this retry.
fn pause(failures: u32) -> String {
    span(RULE.pause(failures, 0).unwrap_or(0))
}

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("Schemas of events can be kept in a registry."),
        figure: Figure::None,
        source: "eb-schema",
        standing: Standing::Absent { why: phrase!("It changes nothing about where events go.") },
    },
    Behaviour {
        what: phrase!("Every rule judges every event; those that match deliver, and no other."),
        figure: Figure::None,
        source: "eb-rules",
        standing: Standing::Faithful { test: "bus::every_rule_that_matches_gets_the_event_and_no_other" },
    },
    Behaviour {
        what: phrase!("A target gets the whole event with its envelope."),
        figure: Figure::None,
        source: "eb-events",
        standing: Standing::Faithful { test: "bus::a_target_gets_the_whole_event_with_its_envelope" },
    },
    Behaviour {
        what: phrase!("An event has its time in whole seconds; an entry may bring its own time and resources."),
        figure: Figure::None,
        source: "eb-events",
        standing: Standing::Faithful { test: "bus::an_event_has_its_time_in_whole_seconds" },
    },
    Behaviour {
        what: phrase!("An event that no rule matches is gone without an error."),
        figure: Figure::None,
        source: "eb-putevents",
        standing: Standing::Faithful { test: "bus::an_event_that_no_rule_matches_is_gone_without_an_error" },
    },
    Behaviour {
        what: phrase!("An event for a bus that does not exist is gone without an error."),
        figure: Figure::None,
        source: "eb-putevents",
        standing: Standing::Faithful { test: "bus::an_event_for_a_bus_that_does_not_exist_is_gone_without_an_error" },
    },
    Behaviour {
        what: phrase!("An entry that names another existing bus goes there."),
        figure: Figure::None,
        source: "API_PutEventsRequestEntry",
        standing: Standing::Simplified {
            how: phrase!(
                "A sender has an edge to each bus; an entry with another bus's name counts as one for a bus that does not exist."
            ),
        },
    },
    Behaviour {
        what: phrase!("A request may fail in part, in an answer that is a success."),
        figure: Figure::None,
        source: "API_PutEvents",
        standing: Standing::Faithful { test: "bus::a_request_may_fail_in_part" },
    },
    Behaviour {
        what: phrase!("A request that is wrong as a whole is refused."),
        figure: Figure::Used(|| {
            tr!("{entries} entries, {size}", entries = MAXIMUM_ENTRIES, size = bytes(MAXIMUM_PUT_EVENTS))
        }),
        source: "API_PutEvents",
        standing: Standing::Faithful { test: "bus::a_request_that_is_wrong_as_a_whole_is_refused" },
    },
    Behaviour {
        what: phrase!("Whoever does not look at FailedEntryCount takes a refused entry for a success."),
        figure: Figure::None,
        source: "eb-putevents",
        standing: Standing::Faithful { test: "bus::an_entry_that_is_refused_does_not_fail_the_call" },
    },
    Behaviour {
        what: phrase!("A function can put several events at once."),
        figure: Figure::None,
        source: "API_PutEvents",
        standing: Standing::Faithful { test: "bus::a_function_puts_several_events_at_once" },
    },
    Behaviour {
        what: phrase!("Sources that begin with `aws.` are the services' own."),
        figure: Figure::None,
        source: "API_PutEvents",
        standing: Standing::Faithful { test: "bus::a_source_that_begins_with_aws_is_refused" },
    },
    Behaviour {
        what: phrase!("PutEvents beyond the quota is throttled."),
        figure: Figure::Used(|| {
            tr!("{rate}/s in {region}", rate = usual(node(NodeKind::Bus, "PutEventsPerSecond")), region = REGION)
        }),
        source: "eb-quota",
        standing: Standing::Faithful { test: "bus::put_events_beyond_the_quota_is_throttled" },
    },
    Behaviour {
        what: phrase!("Invocations of targets beyond the quota wait, and none is lost."),
        figure: Figure::Used(|| {
            tr!("{rate}/s in {region}", rate = usual(node(NodeKind::Bus, "InvocationsPerSecond")), region = REGION)
        }),
        source: "eb-quota",
        standing: Standing::Faithful { test: "bus::invocations_beyond_the_quota_wait_and_none_is_lost" },
    },
    Behaviour {
        what: phrase!("The quotas are the account's, for all buses together."),
        figure: Figure::None,
        source: "eb-quota",
        standing: Standing::Simplified { how: phrase!("Each bus has the whole of them.") },
    },
    Behaviour {
        what: phrase!("A disabled rule takes nothing."),
        figure: Figure::None,
        source: "API_DisableRule",
        standing: Standing::Faithful { test: "bus::a_disabled_rule_takes_nothing" },
    },
    Behaviour {
        what: phrase!("A rule has so many targets at the most."),
        figure: Figure::Used(|| tr!("{} targets", MAXIMUM_TARGETS)),
        source: "eb-quota",
        standing: Standing::Faithful { test: "bus::a_rule_has_at_most_five_targets" },
    },
    Behaviour {
        what: phrase!("A bus has so many rules at the most, and so many with wildcards; a pattern has a length."),
        figure: Figure::Used(|| {
            tr!(
                "{rules}, {wildcards}; {length} characters",
                rules = MAXIMUM_RULES,
                wildcards = MAXIMUM_WILDCARD_RULES,
                length = number(MAXIMUM_PATTERN_LENGTH as u64)
            )
        }),
        source: "eb-quota",
        standing: Standing::Faithful { test: "bus::a_bus_has_at_most_300_rules_and_30_with_wildcards" },
    },
    Behaviour {
        what: phrase!("A rule needs a pattern or a schedule."),
        figure: Figure::None,
        source: "API_PutRule",
        standing: Standing::Faithful { test: "bus::a_rule_needs_a_pattern_or_a_schedule" },
    },
    Behaviour {
        what: phrase!("Two rules with the same target deliver twice."),
        figure: Figure::None,
        source: "eb-rules",
        standing: Standing::Faithful { test: "bus::two_rules_with_the_same_target_deliver_twice" },
    },
    Behaviour {
        what: phrase!("Every target of a rule gets its own copy with its own input."),
        figure: Figure::None,
        source: "eb-targets",
        standing: Standing::Faithful { test: "bus::every_target_of_a_rule_gets_its_own_copy_with_its_own_input" },
    },
    Behaviour {
        what: phrase!("Input, InputPath and InputTransformer exclude each other."),
        figure: Figure::None,
        source: "API_Target",
        standing: Standing::Faithful { test: "bus::a_target_has_one_kind_of_input" },
    },
    Behaviour {
        what: phrase!("An input path hands over a part of the event."),
        figure: Figure::None,
        source: "eb-transform-target-input",
        standing: Standing::Faithful { test: "bus::an_input_path_hands_over_a_part_of_the_event" },
    },
    Behaviour {
        what: phrase!("An input transformer makes what the target gets."),
        figure: Figure::None,
        source: "eb-transform-target-input",
        standing: Standing::Faithful { test: "bus::an_input_transformer_makes_what_the_target_gets" },
    },
    Behaviour {
        what: phrase!(
            "What an input transformer makes of an event and is not JSON is not delivered, and nobody is told."
        ),
        figure: Figure::None,
        source: "eb-transform-target-input",
        standing: Standing::Faithful { test: "bus::what_an_input_transformer_breaks_is_not_delivered" },
    },
    Behaviour {
        what: phrase!("Of an event in which an input path finds nothing the target gets all."),
        figure: Figure::None,
        source: "eb-transform-target-input",
        standing: Standing::Simplified {
            how: phrase!("The documentation does not say what the service delivers then."),
        },
    },
    Behaviour {
        what: phrase!("A topic as a target publishes the event."),
        figure: Figure::None,
        source: "eb-targets",
        standing: Standing::Faithful { test: "bus::a_topic_as_a_target_publishes_the_event" },
    },
    Behaviour {
        what: phrase!("A FIFO queue as a target needs a message group, and deduplicates by content."),
        figure: Figure::None,
        source: "API_SqsParameters",
        standing: Standing::Faithful { test: "bus::a_fifo_queue_as_a_target_needs_a_message_group" },
    },
    Behaviour {
        what: phrase!("An event keeps its id from bus to bus."),
        figure: Figure::None,
        source: "eb-bus-to-bus",
        standing: Standing::Faithful { test: "bus::an_event_keeps_its_id_from_bus_to_bus" },
    },
    Behaviour {
        what: phrase!("A circle of buses goes on and on."),
        figure: Figure::Used(|| tr!("{} forwards", MAXIMUM_FORWARDS)),
        source: "eb-bus-to-bus",
        standing: Standing::Simplified {
            how: phrase!(
                "Here it ends after 16 forwards (`bus::a_circle_of_buses_comes_to_an_end`); the service bills each hop and goes on."
            ),
        },
    },
    Behaviour {
        what: phrase!("An event from another account is not forwarded a third time."),
        figure: Figure::None,
        source: "eb-cross-account",
        standing: Standing::Absent { why: phrase!("There is one account.") },
    },
    Behaviour {
        what: phrase!("The pauses between retries double."),
        figure: Figure::Used(|| tr!("about {}, {}, {} and so on", pause(1), pause(2), pause(3))),
        source: "eb-rule-retry-policy",
        standing: Standing::Faithful { test: "bus::the_pauses_between_retries_double" },
    },
    Behaviour {
        what: phrase!("A failed delivery is tried again as often as the retry policy says."),
        figure: Figure::Used(|| tr!("{} retries", range(edge(EdgeKind::Target, "MaximumRetryAttempts")))),
        source: "eb-rule-retry-policy",
        standing: Standing::Faithful { test: "bus::a_target_is_tried_again_as_often_as_its_retry_policy_says" },
    },
    Behaviour {
        what: phrase!("By default a rule tries for a day."),
        figure: Figure::Used(|| {
            tr!(
                "{number} retries, {age}",
                number = usual(edge(EdgeKind::Target, "MaximumRetryAttempts")),
                age = usual(edge(EdgeKind::Target, "MaximumEventAgeInSeconds"))
            )
        }),
        source: "eb-rule-retry-policy",
        standing: Standing::Faithful { test: "bus::by_default_a_rule_tries_for_a_day" },
    },
    Behaviour {
        what: phrase!("A target that comes back gets the event."),
        figure: Figure::None,
        source: "eb-rule-retry-policy",
        standing: Standing::Faithful { test: "bus::a_delivery_that_fails_is_retried_until_the_target_is_back" },
    },
    Behaviour {
        what: phrase!("The pauses between retries grow exponentially."),
        figure: Figure::Used(|| tr!("{least} to {most}", least = pause(1), most = pause(u32::MAX - 1))),
        source: "eb-rule-retry-policy",
        standing: Standing::Simplified {
            how: phrase!(
                "The service does not publish its schedule: doubling up to 256 s and then 488 s gives exactly 185 retries in 24 hours, with a tenth of jitter either way."
            ),
        },
    },
    Behaviour {
        what: phrase!("An event that is too old is not tried again."),
        figure: Figure::Used(|| range(edge(EdgeKind::Target, "MaximumEventAgeInSeconds"))),
        source: "eb-rule-retry-policy",
        standing: Standing::Faithful { test: "bus::an_event_that_is_too_old_is_not_tried_again" },
    },
    Behaviour {
        what: phrase!("Without retries a failed delivery goes to the target's dead-letter queue."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful {
            test: "bus::without_retries_a_failed_delivery_goes_to_the_targets_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("A dead letter says in its attributes where it comes from and why."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful { test: "bus::a_dead_letter_says_where_it_comes_from_and_why" },
    },
    Behaviour {
        what: phrase!("An error that a retry cannot mend goes straight to the dead-letter queue."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful {
            test: "bus::an_error_that_a_retry_cannot_mend_goes_straight_to_the_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("Without a dead-letter queue a missing permission loses events silently."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful {
            test: "bus::without_a_dead_letter_queue_a_missing_permission_loses_events_silently",
        },
    },
    Behaviour {
        what: phrase!("A rule's dead-letter queue is a standard queue."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful { test: "bus::a_rules_dead_letter_queue_is_a_standard_queue" },
    },
    Behaviour {
        what: phrase!("A function's own errors never reach the rule's dead-letter queue."),
        figure: Figure::None,
        source: "eb-rule-dlq",
        standing: Standing::Faithful { test: "bus::a_functions_errors_do_not_reach_the_rules_dead_letter_queue" },
    },
    Behaviour {
        what: phrase!("The sender does not notice that a target is down."),
        figure: Figure::None,
        source: "API_PutEvents",
        standing: Standing::Faithful { test: "bus::the_sender_does_not_notice_that_a_target_is_down" },
    },
    Behaviour {
        what: phrase!("An API destination is tried again after certain answers only."),
        figure: Figure::Used(|| retried(&RULE)),
        source: "eb-api-destinations",
        standing: Standing::Faithful {
            test: "bus::an_api_destination_is_tried_again_after_401_407_409_429_and_server_errors",
        },
    },
    Behaviour {
        what: phrase!("An API destination has so long to answer."),
        figure: Figure::Used(|| span(API_DESTINATION_PATIENCE)),
        source: "eb-api-destinations",
        standing: Standing::Faithful { test: "bus::an_api_destination_has_five_seconds_to_answer" },
    },
    Behaviour {
        what: phrase!("An API destination's rate limit delays requests."),
        figure: Figure::Used(|| tr!("up to {}/s", most(edge(EdgeKind::Target, "InvocationRateLimitPerSecond")))),
        source: "eb-api-destinations",
        standing: Standing::Faithful { test: "bus::an_api_destinations_rate_limit_delays_requests" },
    },
    Behaviour {
        what: phrase!("Retry-After makes an API destination wait longer."),
        figure: Figure::None,
        source: "eb-api-destinations",
        standing: Standing::Faithful { test: "bus::retry_after_makes_an_api_destination_wait_longer" },
    },
    Behaviour {
        what: phrase!("An archive keeps what its pattern takes."),
        figure: Figure::None,
        source: "eb-archive",
        standing: Standing::Faithful { test: "bus_time::an_archive_keeps_only_what_its_pattern_takes" },
    },
    Behaviour {
        what: phrase!("An archive keeps events that no rule takes."),
        figure: Figure::None,
        source: "eb-archive",
        standing: Standing::Faithful { test: "bus_time::an_archive_keeps_events_that_no_rule_takes" },
    },
    Behaviour {
        what: phrase!("An archive forgets events after its retention period."),
        figure: Figure::Named(phrase!("for ever by default")),
        source: "API_CreateArchive",
        standing: Standing::Faithful { test: "bus_time::an_archive_forgets_events_after_its_retention_period" },
    },
    Behaviour {
        what: phrase!("Events reach the archive with a delay."),
        figure: Figure::Documented("10 min"),
        source: "eb-archive",
        standing: Standing::Simplified { how: phrase!("They are there at once.") },
    },
    Behaviour {
        what: phrase!("What goes into an archive is billed by its size."),
        figure: Figure::Used(|| tr!("{} a GB", price(Tariff::EventBridgeArchived))),
        source: "aws.amazon.com/eventbridge/pricing",
        standing: Standing::Faithful { test: "cost::a_bus_pays_for_events_in_chunks_and_for_what_it_archives" },
    },
    Behaviour {
        what: phrase!("What an archive keeps is billed by the month."),
        figure: Figure::Documented(phrase!("$0.023/GB-month")),
        source: "aws.amazon.com/eventbridge/pricing",
        standing: Standing::Absent { why: phrase!("A run is too short for it to show.") },
    },
    Behaviour {
        what: phrase!("An archive has no bound."),
        figure: Figure::Used(|| tr!("{} events", number(ARCHIVED_EVENTS as u64))),
        source: "eb-archive",
        standing: Standing::Simplified {
            how: phrase!("So many events are kept here, the latest, so that memory has a bound."),
        },
    },
    Behaviour {
        what: phrase!("Replayed events are the same events, with the name of the replay."),
        figure: Figure::None,
        source: "eb-archive",
        standing: Standing::Faithful { test: "bus_time::replayed_events_carry_the_name_of_the_replay" },
    },
    Behaviour {
        what: phrase!("Replayed events are not archived again."),
        figure: Figure::None,
        source: "eb-archive",
        standing: Standing::Faithful { test: "bus_time::replayed_events_are_not_archived_again" },
    },
    Behaviour {
        what: phrase!("A rule can ask for events that are no replays."),
        figure: Figure::None,
        source: "eb-archive",
        standing: Standing::Faithful { test: "bus_time::a_rule_can_ask_for_events_without_a_replays_name" },
    },
    Behaviour {
        what: phrase!("A replay covers its window only."),
        figure: Figure::None,
        source: "eb-replay-archived-event",
        standing: Standing::Faithful { test: "bus_time::a_replay_covers_its_window_only" },
    },
    Behaviour {
        what: phrase!("A replay goes through its window minute by minute, in no order within a minute."),
        figure: Figure::None,
        source: "eb-replay-archived-event",
        standing: Standing::Faithful { test: "bus_time::a_replay_goes_through_its_window_minute_by_minute" },
    },
    Behaviour {
        what: phrase!("A replay takes as long as the service needs."),
        figure: Figure::Used(|| tr!("{much} in {span}", much = span(REPLAYED_AT_ONCE), span = span(REPLAY_PAUSE))),
        source: "eb-replay-archived-event",
        standing: Standing::Simplified {
            how: phrase!("The service does not say how fast; here a minute of the window takes a second."),
        },
    },
    Behaviour {
        what: phrase!("A cancelled replay stops where it is."),
        figure: Figure::None,
        source: "API_CancelReplay",
        standing: Standing::Faithful { test: "bus_time::a_cancelled_replay_stops_where_it_is" },
    },
    Behaviour {
        what: phrase!("A replay that cannot be is refused."),
        figure: Figure::Used(|| tr!("{} at a time", MAXIMUM_REPLAYS)),
        source: "API_StartReplay",
        standing: Standing::Faithful { test: "bus_time::a_replay_that_cannot_be_is_refused" },
    },
    Behaviour {
        what: phrase!("A replay can be restricted to certain rules."),
        figure: Figure::None,
        source: "API_StartReplay",
        standing: Standing::Absent { why: phrase!("A rule can leave replays alone with a pattern on replay-name.") },
    },
    Behaviour {
        what: phrase!("A rate fires at even intervals."),
        figure: Figure::Named("rate()"),
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::a_rate_fires_at_even_intervals_from_the_start" },
    },
    Behaviour {
        what: phrase!("A cron expression fires at its times in UTC."),
        figure: Figure::Named("cron()"),
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::a_cron_expression_fires_at_its_times_in_utc" },
    },
    Behaviour {
        what: phrase!("A scheduled event names its rule."),
        figure: Figure::None,
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::a_scheduled_event_names_its_rule" },
    },
    Behaviour {
        what: phrase!("A schedule can send a constant."),
        figure: Figure::Used(|| tr!("{} characters", number(MAXIMUM_INPUT_LENGTH as u64))),
        source: "API_Target",
        standing: Standing::Faithful { test: "bus_time::a_schedule_can_send_a_constant" },
    },
    Behaviour {
        what: phrase!("A disabled rule does not fire."),
        figure: Figure::None,
        source: "API_DisableRule",
        standing: Standing::Faithful { test: "bus_time::a_disabled_rule_does_not_fire" },
    },
    Behaviour {
        what: phrase!("A changed schedule counts from the change."),
        figure: Figure::None,
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::a_changed_schedule_counts_from_the_change" },
    },
    Behaviour {
        what: phrase!("A rule with a pattern and a schedule fires for either."),
        figure: Figure::None,
        source: "API_PutRule",
        standing: Standing::Faithful { test: "bus_time::a_rule_with_a_pattern_and_a_schedule_fires_for_either" },
    },
    Behaviour {
        what: phrase!("Only rules of the default bus have schedules."),
        figure: Figure::None,
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::only_rules_of_the_default_bus_have_schedules" },
    },
    Behaviour {
        what: phrase!("A wrong schedule expression is refused."),
        figure: Figure::None,
        source: "eb-create-rule-schedule",
        standing: Standing::Faithful { test: "bus_time::a_wrong_schedule_expression_is_refused" },
    },
    Behaviour {
        what: phrase!("A schedule fires within its minute, some seconds late."),
        figure: Figure::None,
        source: "eb-create-rule-schedule",
        standing: Standing::Simplified { how: phrase!("It fires on the second.") },
    },
    Behaviour {
        what: phrase!("EventBridge Scheduler and Pipes."),
        figure: Figure::None,
        source: "eb-scheduler",
        standing: Standing::Absent {
            why: phrase!(
                "Scheduled rules show what a schedule does; a queue with an event source mapping shows what a pipe does."
            ),
        },
    },
    Behaviour {
        what: phrase!("The newer custom event bus with subscribers and event groups."),
        figure: Figure::None,
        source: "eb-quota",
        standing: Standing::Absent { why: phrase!("The guide is about rules, the bus that is now called Classic.") },
    },
    Behaviour {
        what: phrase!("An event may come twice."),
        figure: Figure::None,
        source: "eb-what-is",
        standing: Standing::Simplified {
            how: phrase!("Duplicates come from faults that you inject, so that each has a cause to be found."),
        },
    },
    Behaviour {
        what: phrase!("Streams, state machines and other targets."),
        figure: Figure::None,
        source: "eb-targets",
        standing: Standing::Absent {
            why: phrase!("Queues, functions, topics, buses and HTTP endpoints are what is taught."),
        },
    },
];
