//! Event source mappings.

use super::figure::{Figure, bytes, edge, most, number, range, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::EdgeKind;
use crate::diagram::limits::{
    BATCH_WITHOUT_WINDOW, FIFO_BATCH, GROWTH, INVOCATIONS_EACH, LEAST_PROVISIONED, MAXIMUM_FILTERS, MOST_PROVISIONED,
    PROVISIONED_GROWTH,
};
use crate::services::limits::{LARGEST_BATCH, LONG_POLL};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: "An invocation gets up to BatchSize messages.",
        figure: Figure::Used(|| {
            format!(
                "{} by default, up to {}",
                usual(edge(EdgeKind::EventSourceMapping, "BatchSize")),
                most(edge(EdgeKind::EventSourceMapping, "BatchSize"))
            )
        }),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_holds_up_to_batch_size_messages" },
    },
    Behaviour {
        what: "More than ten need a batching window.",
        figure: Figure::Used(|| format!("{BATCH_WITHOUT_WINDOW} without a window")),
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_of_more_than_ten_needs_a_batching_window" },
    },
    Behaviour {
        what: "A FIFO queue gives ten at the most.",
        figure: Figure::Used(|| FIFO_BATCH.to_string()),
        source: "services-sqs-configure",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_fifo_queue_with_a_batch_of_more_than_ten_is_refused",
        },
    },
    Behaviour {
        what: "A FIFO queue has no batching window.",
        figure: Figure::None,
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_fifo_queue_with_a_batching_window_is_refused" },
    },
    Behaviour {
        what: "The window waits for more messages, but not for ever.",
        figure: Figure::Used(|| range(edge(EdgeKind::EventSourceMapping, "MaximumBatchingWindowInSeconds"))),
        source: "with-sqs",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_batching_window_waits_for_more_messages_but_not_for_ever",
        },
    },
    Behaviour {
        what: "With little traffic a short window can take 20 seconds.",
        figure: Figure::Used(|| span(LONG_POLL)),
        source: "services-sqs-configure",
        standing: Standing::Faithful {
            test: "event_source_mapping::with_little_traffic_a_short_window_can_take_20_seconds",
        },
    },
    Behaviour {
        what: "A window longer than a poll is waited for.",
        figure: Figure::None,
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_window_longer_than_a_poll_is_waited_for" },
    },
    Behaviour {
        what: "A full batch does not wait for the window.",
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_full_batch_does_not_wait_for_the_window" },
    },
    Behaviour {
        what: "Six megabytes end the window.",
        figure: Figure::Used(|| bytes(LARGEST_BATCH)),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::six_megabytes_end_the_window" },
    },
    Behaviour {
        what: "A batch that outgrows six megabytes is split.",
        figure: Figure::Used(|| bytes(LARGEST_BATCH)),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_that_outgrows_six_megabytes_is_split" },
    },
    Behaviour {
        what: "A record's metadata counts towards the six megabytes.",
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Simplified { how: "As 512 bytes a record; the service gives no figure." },
    },
    Behaviour {
        what: "A mapping starts with five pollers and adds 300 a minute while messages remain.",
        figure: Figure::Used(|| {
            format!("{}, {GROWTH} a minute", usual(edge(EdgeKind::EventSourceMapping, "InitialPollers")))
        }),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_mapping_starts_with_five_pollers_and_adds_300_a_minute",
        },
    },
    Behaviour {
        what: "It has no more than 1,250 pollers.",
        figure: Figure::Used(|| most(edge(EdgeKind::EventSourceMapping, "MaximumPollers"))),
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::a_mapping_has_no_more_than_1250_pollers" },
    },
    Behaviour {
        what: "The additional pollers go when the queue is empty.",
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::the_pollers_go_when_the_queue_is_empty" },
    },
    Behaviour {
        what: "An idle mapping can go down to two pollers.",
        figure: Figure::Documented("2"),
        source: "services-sqs-scaling",
        standing: Standing::Simplified { how: "It stays at InitialPollers, which you may set." },
    },
    Behaviour {
        what: "Messages remain while all pollers are busy.",
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Simplified { how: "The service looks at more than that, and does not say at what." },
    },
    Behaviour {
        what: "MaximumConcurrency bounds the invocations at a time.",
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::maximum_concurrency_bounds_the_invocations_at_a_time",
        },
    },
    Behaviour {
        what: "MaximumConcurrency is two at least and 1,000 at the most.",
        figure: Figure::Used(|| range(edge(EdgeKind::EventSourceMapping, "MaximumConcurrency"))),
        source: "API_ScalingConfig",
        standing: Standing::Faithful {
            test: "event_source_mapping::maximum_concurrency_is_two_at_least_and_1000_at_the_most",
        },
    },
    Behaviour {
        what: "A FIFO queue has no more invocations at a time than message groups.",
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_fifo_queue_has_no_more_invocations_at_a_time_than_groups",
        },
    },
    Behaviour {
        what: "A batch of a FIFO queue may hold several groups.",
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_of_a_fifo_queue_may_hold_several_groups" },
    },
    Behaviour {
        what: "Pollers that are throttled by a FIFO queue catch up.",
        figure: Figure::None,
        source: "quotas-messages",
        standing: Standing::Faithful {
            test: "event_source_mapping::pollers_that_are_throttled_by_a_fifo_queue_catch_up",
        },
    },
    Behaviour {
        what: "Provisioned pollers run ten invocations each, from the start.",
        figure: Figure::Used(|| INVOCATIONS_EACH.to_string()),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::provisioned_pollers_run_ten_invocations_each_from_the_start",
        },
    },
    Behaviour {
        what: "Provisioned mode grows by 1,000 invocations a minute.",
        figure: Figure::Used(|| format!("{} a minute", number(PROVISIONED_GROWTH))),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::provisioned_pollers_grow_by_1000_invocations_a_minute",
        },
    },
    Behaviour {
        what: "Provisioned mode excludes MaximumConcurrency and has limits of its own.",
        figure: Figure::Used(|| {
            format!(
                "{} to {} at least, up to {}",
                LEAST_PROVISIONED.0,
                LEAST_PROVISIONED.1,
                number(MOST_PROVISIONED.unsigned_abs())
            )
        }),
        source: "API_ProvisionedPollerConfig",
        standing: Standing::Faithful { test: "event_source_mapping::provisioned_pollers_exclude_maximum_concurrency" },
    },
    Behaviour {
        what: "A provisioned poller handles up to 1 MB and 10 receives a second, and is paid for by the hour.",
        figure: Figure::Documented("1 MB/s, 10 calls/s"),
        source: "with-sqs",
        standing: Standing::Absent { why: "Only its ten invocations are counted, and its hours are not on the bill." },
    },
    Behaviour {
        what: "Messages that the filter criteria refuse are deleted without an invocation.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::messages_that_the_filter_criteria_leave_are_deleted_without_an_invocation",
        },
    },
    Behaviour {
        what: "A plain text body does not match a pattern for JSON.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_plain_text_body_does_not_match_a_pattern_for_json",
        },
    },
    Behaviour {
        what: "A JSON body does not match a pattern for plain text.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_json_body_does_not_match_a_pattern_for_plain_text",
        },
    },
    Behaviour {
        what: "A body that holds JSON as text is looked into.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::a_body_that_holds_json_as_text_is_looked_into" },
    },
    Behaviour {
        what: "A pattern without a body looks at the metadata only.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_pattern_without_a_body_looks_at_the_metadata_only",
        },
    },
    Behaviour {
        what: "A message passes if one of the patterns matches.",
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::a_message_passes_if_one_of_the_patterns_matches" },
    },
    Behaviour {
        what: "There are up to five patterns.",
        figure: Figure::Used(|| MAXIMUM_FILTERS.to_string()),
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::more_than_five_patterns_are_refused" },
    },
    Behaviour {
        what: "The filter sees a topic's envelope unless delivery is raw.",
        figure: Figure::None,
        source: "sns-message-and-json-formats",
        standing: Standing::Faithful {
            test: "event_source_mapping::the_filter_sees_a_topics_envelope_unless_delivery_is_raw",
        },
    },
    Behaviour {
        what: "The record has more metadata than that: times, counts, the sender, the queue's ARN.",
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Simplified { how: "Filters see eventSource, messageAttributes and body." },
    },
    Behaviour {
        what: "A batch that fails comes again as a whole.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_that_fails_comes_again_as_a_whole" },
    },
    Behaviour {
        what: "One bad message brings the whole batch back.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::without_partial_responses_one_bad_message_brings_the_whole_batch_back",
        },
    },
    Behaviour {
        what: "With ReportBatchItemFailures only the failed records come back.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::with_partial_responses_only_the_failed_records_come_back",
        },
    },
    Behaviour {
        what: "An empty list of failures means complete success.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::an_empty_list_of_failures_means_complete_success" },
    },
    Behaviour {
        what: "A list that cannot be read (bad JSON, wrong key, unknown or empty id) means complete failure.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_malformed_list_of_failures_means_complete_failure",
        },
    },
    Behaviour {
        what: "For a FIFO queue the function stops at the first failure and names it and all that follow.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::for_a_fifo_queue_the_function_stops_at_the_first_failure",
        },
    },
    Behaviour {
        what: "Code that goes on regardless breaks the order of the group.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::code_that_goes_on_after_a_failure_breaks_the_order_of_a_fifo_group",
        },
    },
    Behaviour {
        what: "Failed batches slow the pollers down, partial failures do not.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::failed_batches_slow_the_pollers_down_and_partial_failures_do_not",
        },
    },
    Behaviour {
        what: "How much they slow down is not documented.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Simplified {
            how: "Each poller pauses for 1 second, doubling up to 30, until a batch succeeds.",
        },
    },
    Behaviour {
        what: "A throttled batch is offered again without another receive while its visibility timeout lasts.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_throttled_batch_is_offered_again_without_another_receive",
        },
    },
    Behaviour {
        what: "How soon it is offered again is not documented.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Simplified { how: "After 1 second." },
    },
    Behaviour {
        what: "Throttling alone can fill the dead-letter queue.",
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::throttling_alone_can_fill_the_dead_letter_queue" },
    },
    Behaviour {
        what: "A disabled mapping leaves the messages in the queue.",
        figure: Figure::None,
        source: "API_UpdateEventSourceMapping",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_disabled_mapping_leaves_the_messages_in_the_queue",
        },
    },
    Behaviour {
        what: "A mapping is refused where the function's timeout exceeds the queue's visibility timeout.",
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Absent {
            why: "The service lets you lower the visibility timeout later: the mistake is worth seeing.",
        },
    },
];
