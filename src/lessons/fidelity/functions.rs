//! Functions, as AWS Lambda, and what their handlers do.

use super::figure::{Figure, account, bytes, most, node, number, range, seconds, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::NodeKind;
use crate::diagram::limits::{BREAKER_FAILURES, BREAKER_OPEN_MILLIS, MINIMUM_UNRESERVED, RECORD_EXPIRES};
use crate::kernel::{MILLISECOND, SECOND};
use crate::services::Status;
use crate::services::limits::{
    EVENT_RETRIES, LOOP_LIMIT, MAXIMUM_EVENT, MAXIMUM_INIT, MAXIMUM_PAYLOAD, MAXIMUM_THROTTLE_RETRY,
    MEMORY_OF_ONE_PROCESSOR, NEW_ENVIRONMENT, NEW_ENVIRONMENTS_WITHIN, PROVISIONED_EACH, PROVISIONING,
    REQUESTS_PER_SECOND, THROTTLE_RETRY,
};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!(
            "A synchronous invocation that fails is answered with 200 and a FunctionError; the service does not try again."
        ),
        figure: Figure::None,
        source: "API_Invoke",
        standing: Standing::Simplified {
            how: phrase!(
                "The answer is one of its own kind, which counts as failed: callers see at once what they would read from the header."
            ),
        },
    },
    Behaviour {
        what: phrase!("An invocation ends at its timeout and is billed until then."),
        figure: Figure::Used(|| {
            tr!(
                "{usual} by default, {most} at most",
                usual = usual(node(NodeKind::Function, "Timeout")),
                most = most(node(NodeKind::Function, "Timeout"))
            )
        }),
        source: "configuration-timeout",
        standing: Standing::Faithful { test: "function::an_invocation_ends_at_its_timeout_and_is_billed_until_then" },
    },
    Behaviour {
        what: phrase!("A request or response above 6 MB is refused, and so is an event above 1 MB."),
        figure: Figure::Used(|| format!("{}, {}", bytes(MAXIMUM_PAYLOAD as u64), bytes(MAXIMUM_EVENT as u64))),
        source: "gettingstarted-limits",
        standing: Standing::Faithful {
            test: "function::requests_above_six_megabytes_and_events_above_one_are_refused",
        },
    },
    Behaviour {
        what: phrase!("A response above 6 MB is a function error."),
        figure: Figure::Used(|| bytes(MAXIMUM_PAYLOAD as u64)),
        source: "gettingstarted-limits",
        standing: Standing::Faithful { test: "function::a_response_above_six_megabytes_is_a_function_error" },
    },
    Behaviour {
        what: phrase!("Functions share the account's unreserved concurrency."),
        figure: Figure::Used(|| usual(account("ConcurrentExecutions"))),
        source: "lambda-concurrency",
        standing: Standing::Faithful { test: "function::functions_share_the_accounts_unreserved_concurrency" },
    },
    Behaviour {
        what: phrase!("Reserved concurrency is a ceiling."),
        figure: Figure::None,
        source: "lambda-concurrency",
        standing: Standing::Faithful {
            test: "function::beyond_the_reserved_concurrency_a_synchronous_invocation_is_throttled",
        },
    },
    Behaviour {
        what: phrase!("Reserved concurrency is a floor: it is kept free for its function."),
        figure: Figure::None,
        source: "lambda-concurrency",
        standing: Standing::Faithful { test: "function::reserved_concurrency_is_kept_free_for_its_function" },
    },
    Behaviour {
        what: phrase!("100 of the account's concurrency cannot be reserved."),
        figure: Figure::Used(|| MINIMUM_UNRESERVED.to_string()),
        source: "configuration-concurrency",
        standing: Standing::Faithful { test: "function::at_least_100_concurrent_executions_stay_unreserved" },
    },
    Behaviour {
        what: phrase!("A throttle says which limit was reached."),
        figure: Figure::Used(|| Status::THROTTLED.code().to_string()),
        source: "API_Invoke",
        standing: Standing::Faithful { test: "function::a_throttle_says_which_limit_was_reached" },
    },
    Behaviour {
        what: phrase!("A function gets 1,000 new environments at once, and then as many every 10 seconds."),
        figure: Figure::Used(|| {
            tr!(
                "{number} within {span}",
                number = number(NEW_ENVIRONMENTS_WITHIN / NEW_ENVIRONMENT),
                span = span(NEW_ENVIRONMENTS_WITHIN)
            )
        }),
        source: "scaling-behavior",
        standing: Standing::Faithful {
            test: "function::a_function_gets_a_thousand_new_environments_at_once_and_100_more_each_second",
        },
    },
    Behaviour {
        what: phrase!("The scaling rate does not accrue beyond 1,000."),
        figure: Figure::Used(|| number(NEW_ENVIRONMENTS_WITHIN / NEW_ENVIRONMENT)),
        source: "scaling-behavior",
        standing: Standing::Faithful { test: "function::the_scaling_rate_does_not_accrue" },
    },
    Behaviour {
        what: phrase!("A fast function is limited to 10 synchronous requests a second for each concurrent execution."),
        figure: Figure::Used(|| format!("{REQUESTS_PER_SECOND}/s")),
        source: "gettingstarted-limits",
        standing: Standing::Faithful {
            test: "function::a_fast_function_is_limited_to_ten_requests_a_second_for_each_concurrent_execution",
        },
    },
    Behaviour {
        what: phrase!("The request rate does not limit asynchronous invocations."),
        figure: Figure::None,
        source: "gettingstarted-limits",
        standing: Standing::Faithful { test: "function::the_request_rate_does_not_limit_asynchronous_invocations" },
    },
    Behaviour {
        what: phrase!("The request rate limits event source mappings, too."),
        figure: Figure::Documented("10/s"),
        source: "gettingstarted-limits",
        standing: Standing::Absent {
            why: phrase!("The documentation does not say so; batches are limited by concurrency alone."),
        },
    },
    Behaviour {
        what: phrase!(
            "Provisioned concurrency has no cold start, and what exceeds it spills over to environments made on demand."
        ),
        figure: Figure::None,
        source: "provisioned-concurrency",
        standing: Standing::Faithful { test: "function::provisioned_concurrency_has_no_cold_start_and_spills_over" },
    },
    Behaviour {
        what: phrase!("Provisioned concurrency is part of the reserved concurrency."),
        figure: Figure::None,
        source: "provisioned-concurrency",
        standing: Standing::Faithful { test: "function::no_more_concurrency_can_be_provisioned_than_reserved" },
    },
    Behaviour {
        what: phrase!("New provisioned concurrency is ready after a minute or two."),
        figure: Figure::Used(|| {
            tr!(
                "{span} and {number} a minute",
                span = span(PROVISIONING),
                number = number(60 * SECOND / PROVISIONED_EACH)
            )
        }),
        source: "provisioned-concurrency",
        standing: Standing::Faithful { test: "function::provisioned_concurrency_is_ready_after_a_minute_or_so" },
    },
    Behaviour {
        what: phrase!("Provisioned concurrency is paid for whether used or not."),
        figure: Figure::None,
        source: "provisioned-concurrency",
        standing: Standing::Faithful { test: "function::provisioned_concurrency_counts_while_nobody_calls" },
    },
    Behaviour {
        what: phrase!("Provisioned concurrency belongs to a version or alias."),
        figure: Figure::None,
        source: "provisioned-concurrency",
        standing: Standing::Simplified { how: phrase!("A function has one version here, with all of it.") },
    },
    Behaviour {
        what: phrase!("SnapStart restores a snapshot instead of initialising."),
        figure: Figure::None,
        source: "snapstart",
        standing: Standing::Absent { why: phrase!("Give InitDuration the time of a restore to see the effect.") },
    },
    Behaviour {
        what: phrase!("An environment serves one invocation at a time, and is used again."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Faithful {
            test: "function::an_idle_environment_is_used_again_and_a_busy_one_is_not_shared",
        },
    },
    Behaviour {
        what: phrase!("The environment freed last is used first, so that surplus ages out."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "function::surplus_environments_age_out_while_one_is_kept_busy" },
    },
    Behaviour {
        what: phrase!("An environment that was idle for long is given up."),
        figure: Figure::Used(|| tr!("{}, yours to change", usual(node(NodeKind::Function, "IdleSeconds")))),
        source: "lambda-runtime-environment",
        standing: Standing::Faithful { test: "function::an_environment_that_was_idle_for_long_is_gone" },
    },
    Behaviour {
        what: phrase!("Environments are replaced every few hours even under load."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Absent {
            why: phrase!("The service gives no figure, and one cold start every few hours changes no result."),
        },
    },
    Behaviour {
        what: phrase!("The initialisation is billed."),
        figure: Figure::Named(phrase!("in all configurations")),
        source: "lambda-runtime-environment",
        standing: Standing::Faithful { test: "function::a_cold_start_is_billed" },
    },
    Behaviour {
        what: phrase!("An initialisation above 10 s is done again within the first invocation, under its timeout."),
        figure: Figure::Used(|| span(MAXIMUM_INIT)),
        source: "lambda-runtime-environment",
        standing: Standing::Faithful {
            test: "function::an_init_above_ten_seconds_is_done_again_under_the_functions_timeout",
        },
    },
    Behaviour {
        what: phrase!("After a timeout the environment is reset: its next invocation initialises again."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Faithful { test: "function::after_a_timeout_the_next_invocation_pays_a_suppressed_init" },
    },
    Behaviour {
        what: phrase!("An initialisation after a reset counts against the timeout."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Faithful { test: "function::a_suppressed_init_can_use_up_the_timeout" },
    },
    Behaviour {
        what: phrase!("After a crash the environment is reset, as after a timeout."),
        figure: Figure::None,
        source: "lambda-runtime-environment",
        standing: Standing::Faithful { test: "function::a_crash_resets_the_environment" },
    },
    Behaviour {
        what: phrase!("Processor power comes with memory."),
        figure: Figure::Used(|| tr!("one processor at {} MB", number(MEMORY_OF_ONE_PROCESSOR))),
        source: "configuration-memory",
        standing: Standing::Faithful { test: "function::work_on_the_processor_is_slower_with_less_memory" },
    },
    Behaviour {
        what: phrase!("More than one processor above 1,769 MB."),
        figure: Figure::Documented(phrase!("6 at 10,240 MB")),
        source: "configuration-memory",
        standing: Standing::Absent { why: phrase!("A handler's step uses one processor.") },
    },
    Behaviour {
        what: phrase!("An asynchronous invocation that fails is tried again after one and two minutes."),
        figure: Figure::Used(|| format!("{}, {}", span(EVENT_RETRIES[0]), span(EVENT_RETRIES[1]))),
        source: "invocation-async-error-handling",
        standing: Standing::Faithful {
            test: "function::an_asynchronous_invocation_that_fails_is_tried_three_times_in_all",
        },
    },
    Behaviour {
        what: phrase!("MaximumRetryAttempts says how often."),
        figure: Figure::Used(|| range(node(NodeKind::Function, "MaximumRetryAttempts"))),
        source: "API_PutFunctionEventInvokeConfig",
        standing: Standing::Faithful { test: "function::without_retries_an_asynchronous_invocation_is_tried_once" },
    },
    Behaviour {
        what: phrase!("Throttling uses up no retry."),
        figure: Figure::None,
        source: "invocation-async-error-handling",
        standing: Standing::Faithful {
            test: "function::throttling_does_not_use_up_the_retries_of_an_asynchronous_invocation",
        },
    },
    Behaviour {
        what: phrase!("A throttled event waits 1 second, doubling up to 5 minutes."),
        figure: Figure::Used(|| {
            tr!("{least} to {most}", least = span(THROTTLE_RETRY), most = span(MAXIMUM_THROTTLE_RETRY))
        }),
        source: "invocation-async-error-handling",
        standing: Standing::Faithful { test: "function::throttled_events_wait_longer_each_time" },
    },
    Behaviour {
        what: phrase!("An event that fails is given up when it is too old."),
        figure: Figure::Used(|| usual(node(NodeKind::Function, "MaximumEventAgeInSeconds"))),
        source: "invocation-async-error-handling",
        standing: Standing::Faithful { test: "function::an_event_that_is_too_old_is_given_up" },
    },
    Behaviour {
        what: phrase!("A throttled event is given up when it is too old."),
        figure: Figure::Used(|| usual(node(NodeKind::Function, "MaximumEventAgeInSeconds"))),
        source: "invocation-async-error-handling",
        standing: Standing::Faithful { test: "function::a_throttled_event_is_given_up_when_it_is_too_old" },
    },
    Behaviour {
        what: phrase!("With a reserved concurrency of 0 events are given up at once."),
        figure: Figure::None,
        source: "invocation-async-error-handling",
        standing: Standing::Faithful { test: "function::a_function_that_is_switched_off_gives_events_up_at_once" },
    },
    Behaviour {
        what: phrase!("An asynchronous invocation may run twice without an error."),
        figure: Figure::None,
        source: "invocation-async-error-handling",
        standing: Standing::Absent {
            why: phrase!("The service gives no rate. The fault of duplicate deliveries on an edge shows what it does."),
        },
    },
    Behaviour {
        what: phrase!("The destination on success gets a record of request and response."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "function::the_destination_on_success_gets_a_record_with_request_and_response",
        },
    },
    Behaviour {
        what: phrase!("The destination on failure gets a record with the reason once nothing is tried again."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "function::the_destination_on_failure_gets_a_record_once_all_retries_are_used",
        },
    },
    Behaviour {
        what: phrase!("Synchronous invocations have no destinations."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful { test: "function::a_synchronous_invocation_has_no_destination" },
    },
    Behaviour {
        what: phrase!("On an event bus the record is the detail of an event from lambda."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful { test: "function::a_record_on_an_event_bus_can_be_matched_by_rules" },
    },
    Behaviour {
        what: phrase!("Topics and functions can be destinations."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful { test: "function::outcomes_go_to_topics_and_functions" },
    },
    Behaviour {
        what: phrase!("A bucket can be the destination on failure."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Absent { why: phrase!("There are no buckets here.") },
    },
    Behaviour {
        what: phrase!("The dead-letter queue gets the event as it was, with the error in its attributes."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "function::the_dead_letter_queue_gets_the_event_with_the_error_in_its_attributes",
        },
    },
    Behaviour {
        what: phrase!("A dead-letter queue and a destination on failure both get their own."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "function::a_dead_letter_queue_and_a_destination_on_failure_both_get_their_own",
        },
    },
    Behaviour {
        what: phrase!("An outcome that cannot be delivered is counted and lost."),
        figure: Figure::Named("DestinationDeliveryFailures"),
        source: "monitoring-metrics",
        standing: Standing::Faithful { test: "function::an_outcome_that_cannot_be_delivered_is_counted_and_lost" },
    },
    Behaviour {
        what: phrase!("A function has one destination of each kind."),
        figure: Figure::None,
        source: "configuration-async",
        standing: Standing::Faithful { test: "function::a_second_destination_of_the_same_kind_is_refused" },
    },
    Behaviour {
        what: phrase!("A loop through queues is stopped, and its message ends in the dead-letter queue."),
        figure: Figure::Used(|| tr!("about {}", LOOP_LIMIT)),
        source: "invocation-recursion",
        standing: Standing::Faithful {
            test: "function::a_loop_through_a_queue_is_stopped_and_ends_in_the_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("A loop through topics is stopped, and its event goes to the destination on failure."),
        figure: Figure::Used(|| tr!("about {}", LOOP_LIMIT)),
        source: "invocation-recursion",
        standing: Standing::Faithful {
            test: "function::a_loop_through_a_topic_is_stopped_and_goes_to_the_destination_on_failure",
        },
    },
    Behaviour {
        what: phrase!("A loop through a batch is stopped as well."),
        figure: Figure::Used(|| tr!("about {}", LOOP_LIMIT)),
        source: "invocation-recursion",
        standing: Standing::Faithful { test: "topic::a_loop_through_a_batch_comes_to_an_end" },
    },
    Behaviour {
        what: phrase!("RecursiveLoop Allow lets loops go on."),
        figure: Figure::None,
        source: "invocation-recursion",
        standing: Standing::Faithful { test: "function::a_loop_that_is_allowed_goes_on" },
    },
    Behaviour {
        what: phrase!("Loops through event buses are not found."),
        figure: Figure::None,
        source: "invocation-recursion",
        standing: Standing::Faithful { test: "function::a_loop_through_a_bus_is_not_found" },
    },
    Behaviour {
        what: phrase!("A step with a condition is skipped where it does not hold."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_step_with_a_condition_is_skipped_where_it_does_not_hold" },
    },
    Behaviour {
        what: phrase!("A condition can look at the previous step's result."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_condition_can_look_at_the_previous_steps_result" },
    },
    Behaviour {
        what: phrase!("An if step takes one of its two lists."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::an_if_step_takes_one_of_its_two_lists" },
    },
    Behaviour {
        what: phrase!("Parallel branches are lists of steps that run at the same time."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::parallel_branches_are_lists_that_run_at_the_same_time" },
    },
    Behaviour {
        what: phrase!("A branch that fails ends the parallel step."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_branch_that_fails_ends_the_parallel_step" },
    },
    Behaviour {
        what: phrase!("A throw step throws in its share of the runs."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_throw_step_throws_in_its_share_of_the_runs" },
    },
    Behaviour {
        what: phrase!("A poison message is known by its payload."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_poison_message_is_known_by_its_payload" },
    },
    Behaviour {
        what: phrase!("A fallback takes the place of a result that failed."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_fallback_takes_the_place_of_a_result_that_failed" },
    },
    Behaviour {
        what: phrase!("Fallback steps are done only after a failure."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::fallback_steps_are_done_only_after_a_failure" },
    },
    Behaviour {
        what: phrase!("A call has its own timeout and retries."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_call_has_its_own_timeout_and_retries" },
    },
    Behaviour {
        what: phrase!("A circuit breaker stops calling for a while."),
        figure: Figure::Used(|| {
            tr!(
                "{number} failures, {span}",
                number = BREAKER_FAILURES,
                span = span(BREAKER_OPEN_MILLIS.unsigned_abs() * MILLISECOND)
            )
        }),
        source: "model",
        standing: Standing::Faithful { test: "handler::a_circuit_breaker_stops_calling_for_a_while" },
    },
    Behaviour {
        what: phrase!("A circuit breaker's state is that of its environment."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Simplified {
            how: phrase!("All environments of the function share it, as if it were kept in a store."),
        },
    },
    Behaviour {
        what: phrase!("What was done for an idempotency key is not done again."),
        figure: Figure::None,
        source: "Powertools for AWS Lambda, idempotency",
        standing: Standing::Faithful { test: "handler::an_idempotency_step_is_done_once_for_each_key" },
    },
    Behaviour {
        what: phrase!("An idempotency record expires."),
        figure: Figure::Used(|| seconds(RECORD_EXPIRES)),
        source: "Powertools for AWS Lambda, idempotency",
        standing: Standing::Faithful { test: "handler::an_idempotency_record_expires" },
    },
    Behaviour {
        what: phrase!("A key that is being worked on makes others fail."),
        figure: Figure::None,
        source: "Powertools for AWS Lambda, idempotency",
        standing: Standing::Faithful { test: "handler::a_key_that_is_being_worked_on_makes_others_fail" },
    },
    Behaviour {
        what: phrase!("A failure removes the idempotency record."),
        figure: Figure::None,
        source: "Powertools for AWS Lambda, idempotency",
        standing: Standing::Faithful { test: "handler::a_failure_removes_the_idempotency_record" },
    },
    Behaviour {
        what: phrase!("After a crash the record in progress is in the way until it runs out."),
        figure: Figure::Named(phrase!("the function's timeout")),
        source: "Powertools for AWS Lambda, idempotency",
        standing: Standing::Faithful {
            test: "handler::after_a_crash_the_record_in_progress_is_in_the_way_until_it_runs_out",
        },
    },
    Behaviour {
        what: phrase!("Events wait in the outbox until a relay sends them."),
        figure: Figure::None,
        source: "transactional-outbox",
        standing: Standing::Faithful { test: "handler::events_wait_in_the_outbox_until_a_relay_sends_them" },
    },
    Behaviour {
        what: phrase!("A write that changes nothing leaves no event."),
        figure: Figure::None,
        source: "transactional-outbox",
        standing: Standing::Faithful { test: "handler::a_write_that_changes_nothing_leaves_no_event" },
    },
    Behaviour {
        what: phrase!("A relay that fails after it has sent sends again."),
        figure: Figure::None,
        source: "transactional-outbox",
        standing: Standing::Faithful { test: "handler::a_relay_that_fails_after_sending_sends_the_event_again" },
    },
    Behaviour {
        what: phrase!("Two relays do not take the same event."),
        figure: Figure::None,
        source: "transactional-outbox",
        standing: Standing::Faithful { test: "handler::two_relays_do_not_take_the_same_event" },
    },
    Behaviour {
        what: phrase!("A change of the handler is for the next invocation."),
        figure: Figure::None,
        source: "API_UpdateFunctionCode",
        standing: Standing::Faithful { test: "handler::a_change_of_the_handler_is_for_the_next_invocation" },
    },
    Behaviour {
        what: phrase!("What was done before an error stays done."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::what_was_done_before_an_error_stays_done" },
    },
    Behaviour {
        what: phrase!("A handler that is wrong is refused with the place."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "handler::a_handler_that_is_wrong_is_refused_with_the_place" },
    },
    Behaviour {
        what: phrase!(
            "An environment is shut down in a phase of its own, and keeps files in /tmp as long as it lives."
        ),
        figure: Figure::Documented("512 MB"),
        source: "lambda-runtime-environment",
        standing: Standing::Absent {
            why: phrase!("Handlers keep nothing, so nothing can be lost with an environment."),
        },
    },
    Behaviour {
        what: phrase!("Functions on arm64 cost a fifth less."),
        figure: Figure::None,
        source: "lambda-pricing",
        standing: Standing::Simplified { how: phrase!("The price is that of x86; type the other one under Costs.") },
    },
    Behaviour {
        what: phrase!("Provisioned concurrency is billed in steps of five minutes."),
        figure: Figure::Documented("5 min"),
        source: "lambda-pricing",
        standing: Standing::Simplified { how: phrase!("It is billed for as long as it is there.") },
    },
    Behaviour {
        what: phrase!("Responses can be streamed."),
        figure: Figure::Documented("200 MB"),
        source: "configuration-response-streaming",
        standing: Standing::Absent { why: phrase!("An answer arrives whole.") },
    },
];
