//! Clients.

use super::figure::{Figure, node, options, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::NodeKind;
use crate::diagram::limits::{
    CIRCUIT_FAILURES, CIRCUIT_OPEN_SECONDS, CIRCUIT_TRIALS, STATUS_ATTEMPTS, STATUS_EVERY_MILLIS,
};
use crate::kernel::MILLISECOND;
use crate::services::limits::PREFLIGHT_AGE;

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("In an open model requests come whether or not earlier ones are answered."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "client::in_an_open_model_slow_answers_do_not_slow_the_traffic" },
    },
    Behaviour {
        what: phrase!("In a closed model so many users wait, think and send again; slow answers slow the traffic."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "client::in_a_closed_model_slow_answers_slow_the_traffic" },
    },
    Behaviour {
        what: phrase!("Rates may follow steps or a wave."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "client::steps_and_waves_follow_their_rates" },
    },
    Behaviour {
        what: phrase!("Bursts and given times send exactly so many requests."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "client::bursts_and_given_times_send_exactly_so_many" },
    },
    Behaviour {
        what: phrase!("A client that waits too long gives up; the work goes on."),
        figure: Figure::Named("`TimeoutMillis`"),
        source: "model",
        standing: Standing::Faithful { test: "client::a_client_that_waits_too_long_gives_up_and_the_work_goes_on" },
    },
    Behaviour {
        what: phrase!("The wait before a retry doubles."),
        figure: Figure::Used(|| tr!("{} ms first", usual(node(NodeKind::Client, "RetryBackoffMillis")))),
        source: "feature-retry-behavior",
        standing: Standing::Faithful { test: "client::without_jitter_the_wait_before_a_retry_doubles" },
    },
    Behaviour {
        what: phrase!("It has a limit, where one is set."),
        figure: Figure::Named("`RetryMaximumBackoffMillis`"),
        source: "feature-retry-behavior",
        standing: Standing::Faithful { test: "client::the_wait_before_a_retry_has_a_limit" },
    },
    Behaviour {
        what: phrase!("Jitter draws the wait between nothing, or half of it, and all of it."),
        figure: Figure::Used(|| options(node(NodeKind::Client, "RetryJitter"))),
        source: "feature-retry-behavior",
        standing: Standing::Faithful { test: "client::jitter_spreads_retries" },
    },
    Behaviour {
        what: phrase!("What was refused for good need not be tried again."),
        figure: Figure::Named("`RetryOn` TRANSIENT"),
        source: "feature-retry-behavior",
        standing: Standing::Faithful { test: "client::what_was_refused_for_good_is_not_tried_again" },
    },
    Behaviour {
        what: phrase!(
            "One idempotency key for all attempts of a request makes retries safe; a new one each time does not."
        ),
        figure: Figure::None,
        source: "making-retries-safe-with-idempotent-apis",
        standing: Standing::Faithful {
            test: "client::an_idempotency_key_per_request_leaves_one_row_and_one_per_attempt_several",
        },
    },
    Behaviour {
        what: phrase!("A circuit breaker opens after failures in a row; then nothing is sent."),
        figure: Figure::Used(|| tr!("{} failures", CIRCUIT_FAILURES)),
        source: "circuit-breaker pattern",
        standing: Standing::Faithful { test: "client::an_open_circuit_keeps_requests_from_being_sent" },
    },
    Behaviour {
        what: phrase!("A trial that fails opens it again."),
        figure: Figure::Used(|| format!("{CIRCUIT_OPEN_SECONDS} s")),
        source: "circuit-breaker pattern",
        standing: Standing::Faithful { test: "client::a_trial_that_fails_opens_the_circuit_again" },
    },
    Behaviour {
        what: phrase!("Trials that succeed close it."),
        figure: Figure::Used(|| tr!("{n} request" | "{n} requests" % CIRCUIT_TRIALS)),
        source: "circuit-breaker pattern",
        standing: Standing::Faithful { test: "client::trials_that_succeed_close_the_circuit" },
    },
    Behaviour {
        what: phrase!("Successes in between, and refusals that are the client's own fault, keep it closed."),
        figure: Figure::None,
        source: "circuit-breaker pattern",
        standing: Standing::Faithful {
            test: "client::successes_in_between_and_refusals_of_the_client_keep_the_circuit_closed",
        },
    },
    Behaviour {
        what: phrase!("A client may ask for the status of its request until it is done."),
        figure: Figure::Used(|| {
            tr!(
                "{number} times, every {span}",
                number = STATUS_ATTEMPTS,
                span = span(STATUS_EVERY_MILLIS.unsigned_abs() * MILLISECOND)
            )
        }),
        source: "model",
        standing: Standing::Faithful { test: "client::a_client_asks_for_the_status_until_the_work_is_done" },
    },
    Behaviour {
        what: phrase!("A browser asks before it sends what is not a simple request, and keeps the permission."),
        figure: Figure::Used(|| tr!("{} s, or max-age", PREFLIGHT_AGE)),
        source: "how-to-cors",
        standing: Standing::Faithful { test: "client::a_browser_asks_before_it_sends_json_and_keeps_the_answer" },
    },
    Behaviour {
        what: phrase!("Without permission nothing is sent."),
        figure: Figure::None,
        source: "how-to-cors",
        standing: Standing::Faithful { test: "client::without_cors_a_browsers_request_never_leaves" },
    },
    Behaviour {
        what: phrase!("A simple request is sent at once; only its answer is kept from the page."),
        figure: Figure::None,
        source: "how-to-cors",
        standing: Standing::Faithful {
            test: "client::a_simple_request_is_worked_on_although_the_page_never_sees_the_answer",
        },
    },
    Behaviour {
        what: phrase!("Behind a REST API the function has to allow the origin itself."),
        figure: Figure::None,
        source: "how-to-cors",
        standing: Standing::Faithful { test: "client::behind_a_rest_api_the_function_has_to_allow_the_origin_itself" },
    },
    Behaviour {
        what: phrase!("An asterisk does not stand for the Authorization header."),
        figure: Figure::None,
        source: "how-to-cors",
        standing: Standing::Faithful { test: "client::an_asterisk_does_not_allow_the_authorization_header" },
    },
    Behaviour {
        what: phrase!("The gateway's own answers need the header as well."),
        figure: Figure::None,
        source: "how-to-cors",
        standing: Standing::Faithful {
            test: "client::a_browser_sees_no_429_unless_the_gateway_response_has_the_header",
        },
    },
    Behaviour {
        what: phrase!("The circuit breaker."),
        figure: Figure::None,
        source: "circuit-breaker pattern",
        standing: Standing::Simplified {
            how: phrase!("It counts failures in a row, not a share of the requests in a window."),
        },
    },
    Behaviour {
        what: phrase!("Retries of the services' own clients."),
        figure: Figure::None,
        source: "feature-retry-behavior",
        standing: Standing::Simplified {
            how: phrase!(
                "Attempts are counted for each request; there is no budget of retries that all requests share."
            ),
        },
    },
];
