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
        what: phrase!("An invocation gets up to BatchSize messages."),
        figure: Figure::Used(|| {
            tr!(
                "{usual} by default, up to {most}",
                usual = usual(edge(EdgeKind::EventSourceMapping, "BatchSize")),
                most = most(edge(EdgeKind::EventSourceMapping, "BatchSize"))
            )
        }),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_holds_up_to_batch_size_messages" },
    },
    Behaviour {
        what: phrase!("More than ten need a batching window."),
        figure: Figure::Used(|| tr!("{} without a window", BATCH_WITHOUT_WINDOW)),
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_of_more_than_ten_needs_a_batching_window" },
    },
    Behaviour {
        what: phrase!("A FIFO queue gives ten at the most."),
        figure: Figure::Used(|| FIFO_BATCH.to_string()),
        source: "services-sqs-configure",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_fifo_queue_with_a_batch_of_more_than_ten_is_refused",
        },
    },
    Behaviour {
        what: phrase!("A FIFO queue has no batching window."),
        figure: Figure::None,
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_fifo_queue_with_a_batching_window_is_refused" },
    },
    Behaviour {
        what: phrase!("The window waits for more messages, but not for ever."),
        figure: Figure::Used(|| range(edge(EdgeKind::EventSourceMapping, "MaximumBatchingWindowInSeconds"))),
        source: "with-sqs",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_batching_window_waits_for_more_messages_but_not_for_ever",
        },
    },
    Behaviour {
        what: phrase!("With little traffic a short window can take 20 seconds."),
        figure: Figure::Used(|| span(LONG_POLL)),
        source: "services-sqs-configure",
        standing: Standing::Faithful {
            test: "event_source_mapping::with_little_traffic_a_short_window_can_take_20_seconds",
        },
    },
    Behaviour {
        what: phrase!("A window longer than a poll is waited for."),
        figure: Figure::None,
        source: "services-sqs-configure",
        standing: Standing::Faithful { test: "event_source_mapping::a_window_longer_than_a_poll_is_waited_for" },
    },
    Behaviour {
        what: phrase!("A full batch does not wait for the window."),
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_full_batch_does_not_wait_for_the_window" },
    },
    Behaviour {
        what: phrase!("Six megabytes end the window."),
        figure: Figure::Used(|| bytes(LARGEST_BATCH)),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::six_megabytes_end_the_window" },
    },
    Behaviour {
        what: phrase!("A batch that outgrows six megabytes is split."),
        figure: Figure::Used(|| bytes(LARGEST_BATCH)),
        source: "with-sqs",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_that_outgrows_six_megabytes_is_split" },
    },
    Behaviour {
        what: phrase!("A record's metadata counts towards the six megabytes."),
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Simplified { how: phrase!("As 512 bytes a record; the service gives no figure.") },
    },
    Behaviour {
        what: phrase!("A mapping starts with five pollers and adds 300 a minute while messages remain."),
        figure: Figure::Used(|| {
            tr!(
                "{first}, {more} a minute",
                first = usual(edge(EdgeKind::EventSourceMapping, "InitialPollers")),
                more = GROWTH
            )
        }),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_mapping_starts_with_five_pollers_and_adds_300_a_minute",
        },
    },
    Behaviour {
        what: phrase!("It has no more than 1,250 pollers."),
        figure: Figure::Used(|| most(edge(EdgeKind::EventSourceMapping, "MaximumPollers"))),
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::a_mapping_has_no_more_than_1250_pollers" },
    },
    Behaviour {
        what: phrase!("The additional pollers go when the queue is empty."),
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::the_pollers_go_when_the_queue_is_empty" },
    },
    Behaviour {
        what: phrase!("An idle mapping can go down to two pollers."),
        figure: Figure::Documented("2"),
        source: "services-sqs-scaling",
        standing: Standing::Simplified { how: phrase!("It stays at InitialPollers, which you may set.") },
    },
    Behaviour {
        what: phrase!("Messages remain while all pollers are busy."),
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Simplified {
            how: phrase!("The service looks at more than that, and does not say at what."),
        },
    },
    Behaviour {
        what: phrase!("MaximumConcurrency bounds the invocations at a time."),
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::maximum_concurrency_bounds_the_invocations_at_a_time",
        },
    },
    Behaviour {
        what: phrase!("MaximumConcurrency is two at least and 1,000 at the most."),
        figure: Figure::Used(|| range(edge(EdgeKind::EventSourceMapping, "MaximumConcurrency"))),
        source: "API_ScalingConfig",
        standing: Standing::Faithful {
            test: "event_source_mapping::maximum_concurrency_is_two_at_least_and_1000_at_the_most",
        },
    },
    Behaviour {
        what: phrase!("A FIFO queue has no more invocations at a time than message groups."),
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_fifo_queue_has_no_more_invocations_at_a_time_than_groups",
        },
    },
    Behaviour {
        what: phrase!("A batch of a FIFO queue may hold several groups."),
        figure: Figure::None,
        source: "services-sqs-scaling",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_of_a_fifo_queue_may_hold_several_groups" },
    },
    Behaviour {
        what: phrase!("Pollers that are throttled by a FIFO queue catch up."),
        figure: Figure::None,
        source: "quotas-messages",
        standing: Standing::Faithful {
            test: "event_source_mapping::pollers_that_are_throttled_by_a_fifo_queue_catch_up",
        },
    },
    Behaviour {
        what: phrase!("Provisioned pollers run ten invocations each, from the start."),
        figure: Figure::Used(|| INVOCATIONS_EACH.to_string()),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::provisioned_pollers_run_ten_invocations_each_from_the_start",
        },
    },
    Behaviour {
        what: phrase!("Provisioned mode grows by 1,000 invocations a minute."),
        figure: Figure::Used(|| tr!("{} a minute", number(PROVISIONED_GROWTH))),
        source: "services-sqs-scaling",
        standing: Standing::Faithful {
            test: "event_source_mapping::provisioned_pollers_grow_by_1000_invocations_a_minute",
        },
    },
    Behaviour {
        what: phrase!("Provisioned mode excludes MaximumConcurrency and has limits of its own."),
        figure: Figure::Used(|| {
            tr!(
                "{from} to {to} at least, up to {most}",
                from = LEAST_PROVISIONED.0,
                to = LEAST_PROVISIONED.1,
                most = number(MOST_PROVISIONED.unsigned_abs())
            )
        }),
        source: "API_ProvisionedPollerConfig",
        standing: Standing::Faithful { test: "event_source_mapping::provisioned_pollers_exclude_maximum_concurrency" },
    },
    Behaviour {
        what: phrase!("A provisioned poller handles up to 1 MB and 10 receives a second, and is paid for by the hour."),
        figure: Figure::Documented(phrase!("1 MB/s, 10 calls/s")),
        source: "with-sqs",
        standing: Standing::Absent {
            why: phrase!("Only its ten invocations are counted, and its hours are not on the bill."),
        },
    },
    Behaviour {
        what: phrase!("Messages that the filter criteria refuse are deleted without an invocation."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::messages_that_the_filter_criteria_leave_are_deleted_without_an_invocation",
        },
    },
    Behaviour {
        what: phrase!("A plain text body does not match a pattern for JSON."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_plain_text_body_does_not_match_a_pattern_for_json",
        },
    },
    Behaviour {
        what: phrase!("A JSON body does not match a pattern for plain text."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_json_body_does_not_match_a_pattern_for_plain_text",
        },
    },
    Behaviour {
        what: phrase!("A body that holds JSON as text is looked into."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::a_body_that_holds_json_as_text_is_looked_into" },
    },
    Behaviour {
        what: phrase!("A pattern without a body looks at the metadata only."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_pattern_without_a_body_looks_at_the_metadata_only",
        },
    },
    Behaviour {
        what: phrase!("A message passes if one of the patterns matches."),
        figure: Figure::None,
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::a_message_passes_if_one_of_the_patterns_matches" },
    },
    Behaviour {
        what: phrase!("There are up to five patterns."),
        figure: Figure::Used(|| MAXIMUM_FILTERS.to_string()),
        source: "with-sqs-filtering",
        standing: Standing::Faithful { test: "event_source_mapping::more_than_five_patterns_are_refused" },
    },
    Behaviour {
        what: phrase!("The filter sees a topic's envelope unless delivery is raw."),
        figure: Figure::None,
        source: "sns-message-and-json-formats",
        standing: Standing::Faithful {
            test: "event_source_mapping::the_filter_sees_a_topics_envelope_unless_delivery_is_raw",
        },
    },
    Behaviour {
        what: phrase!("The record has more metadata than that: times, counts, the sender, the queue's ARN."),
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Simplified { how: phrase!("Filters see eventSource, messageAttributes and body.") },
    },
    Behaviour {
        what: phrase!("A batch that fails comes again as a whole."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::a_batch_that_fails_comes_again_as_a_whole" },
    },
    Behaviour {
        what: phrase!("One bad message brings the whole batch back."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::without_partial_responses_one_bad_message_brings_the_whole_batch_back",
        },
    },
    Behaviour {
        what: phrase!("With ReportBatchItemFailures only the failed records come back."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::with_partial_responses_only_the_failed_records_come_back",
        },
    },
    Behaviour {
        what: phrase!("An empty list of failures means complete success."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::an_empty_list_of_failures_means_complete_success" },
    },
    Behaviour {
        what: phrase!("A list that cannot be read (bad JSON, wrong key, unknown or empty id) means complete failure."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_malformed_list_of_failures_means_complete_failure",
        },
    },
    Behaviour {
        what: phrase!("For a FIFO queue the function stops at the first failure and names it and all that follow."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::for_a_fifo_queue_the_function_stops_at_the_first_failure",
        },
    },
    Behaviour {
        what: phrase!("Code that goes on regardless breaks the order of the group."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::code_that_goes_on_after_a_failure_breaks_the_order_of_a_fifo_group",
        },
    },
    Behaviour {
        what: phrase!("Failed batches slow the pollers down, partial failures do not."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::failed_batches_slow_the_pollers_down_and_partial_failures_do_not",
        },
    },
    Behaviour {
        what: phrase!("How much they slow down is not documented."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Simplified {
            how: phrase!("Each poller pauses for 1 second, doubling up to 30, until a batch succeeds."),
        },
    },
    Behaviour {
        what: phrase!("A throttled batch is offered again without another receive while its visibility timeout lasts."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_throttled_batch_is_offered_again_without_another_receive",
        },
    },
    Behaviour {
        what: phrase!("How soon it is offered again is not documented."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Simplified { how: phrase!("After 1 second.") },
    },
    Behaviour {
        what: phrase!("Throttling alone can fill the dead-letter queue."),
        figure: Figure::None,
        source: "services-sqs-errorhandling",
        standing: Standing::Faithful { test: "event_source_mapping::throttling_alone_can_fill_the_dead_letter_queue" },
    },
    Behaviour {
        what: phrase!("A disabled mapping leaves the messages in the queue."),
        figure: Figure::None,
        source: "API_UpdateEventSourceMapping",
        standing: Standing::Faithful {
            test: "event_source_mapping::a_disabled_mapping_leaves_the_messages_in_the_queue",
        },
    },
    Behaviour {
        what: phrase!("A mapping is refused where the function's timeout exceeds the queue's visibility timeout."),
        figure: Figure::None,
        source: "with-sqs",
        standing: Standing::Absent {
            why: phrase!("The service lets you lower the visibility timeout later: the mistake is worth seeing."),
        },
    },
];
