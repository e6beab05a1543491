//! Queues, as Amazon SQS.

use super::figure::{Figure, edge, node, number, price, range, span, usual_and_range};
use super::{Behaviour, Standing};
use crate::diagram::limits::MAXIMUM_SOURCES;
use crate::diagram::{EdgeKind, NodeKind, Tariff};
use crate::services::limits::{
    CALLS_OF_A_GROUP, DEDUPLICATION_INTERVAL, FIFO_CALLS, FOUND_BY_ANY_POLL, HIGH_THROUGHPUT_CALLS, LONG_POLL,
    MAXIMUM_BATCH, MAXIMUM_ENTRIES, MAXIMUM_ID, MAXIMUM_IN_FLIGHT, MAXIMUM_VISIBILITY, MOST_MOVED, NOISY_IN_FLIGHT,
    NOISY_SHARE, PERSISTENT, RECEIVE_MAXIMUM,
};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("A new message waits for the queue's delay."),
        figure: Figure::Used(|| range(node(NodeKind::Queue, "DelaySeconds"))),
        source: "sqs-delay-queues",
        standing: Standing::Faithful { test: "queue::a_delayed_message_becomes_visible_when_its_delay_has_passed" },
    },
    Behaviour {
        what: phrase!("In a standard queue a message's own delay takes the place of the queue's."),
        figure: Figure::Used(|| range(node(NodeKind::Client, "DelaySeconds"))),
        source: "sqs-message-timers",
        standing: Standing::Faithful { test: "queue::a_messages_own_delay_takes_the_place_of_the_queues" },
    },
    Behaviour {
        what: phrase!("In a FIFO queue a message has no delay of its own; 0 does no harm."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_message_cannot_have_a_delay_of_its_own" },
    },
    Behaviour {
        what: phrase!("A FIFO queue's delay holds for each message."),
        figure: Figure::Used(|| range(node(NodeKind::Queue, "DelaySeconds"))),
        source: "sqs-delay-queues",
        standing: Standing::Faithful { test: "fifo_queue::the_delay_of_the_queue_holds" },
    },
    Behaviour {
        what: phrase!("A received message is hidden for the visibility timeout and then comes back."),
        figure: Figure::Used(|| usual_and_range(node(NodeKind::Queue, "VisibilityTimeout"))),
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful {
            test: "queue::after_a_function_error_the_message_stays_in_flight_until_its_visibility_timeout_ends",
        },
    },
    Behaviour {
        what: phrase!("With a visibility timeout of 0 a message is received and visible again at once."),
        figure: Figure::None,
        source: "API_ReceiveMessage",
        standing: Standing::Faithful { test: "queue::a_visibility_timeout_of_zero_leaves_the_message_visible" },
    },
    Behaviour {
        what: phrase!("ChangeMessageVisibility keeps a message hidden while its consumer works on it."),
        figure: Figure::None,
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful {
            test: "queue::a_heartbeat_keeps_a_message_hidden_for_as_long_as_the_work_takes",
        },
    },
    Behaviour {
        what: phrase!("A changed visibility timeout counts from the call and holds for this receive only."),
        figure: Figure::None,
        source: "API_ChangeMessageVisibility",
        standing: Standing::Faithful {
            test: "queue::a_changed_visibility_counts_from_the_call_and_holds_for_one_receive",
        },
    },
    Behaviour {
        what: phrase!("A visibility timeout changed to 0 brings the message back at once."),
        figure: Figure::None,
        source: "API_ChangeMessageVisibility",
        standing: Standing::Faithful {
            test: "queue::changing_the_visibility_to_zero_brings_a_failed_message_back_at_once",
        },
    },
    Behaviour {
        what: phrase!("A message is hidden for 12 hours from its receive at the most; asking for more is an error."),
        figure: Figure::Used(|| span(MAXIMUM_VISIBILITY)),
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful { test: "queue::a_message_cannot_be_hidden_for_more_than_twelve_hours" },
    },
    Behaviour {
        what: phrase!("Deleting with an old receipt succeeds on a standard queue and may delete nothing."),
        figure: Figure::None,
        source: "API_DeleteMessage",
        standing: Standing::Faithful {
            test: "queue::a_deletion_after_the_visibility_timeout_does_nothing_in_a_standard_queue",
        },
    },
    Behaviour {
        what: phrase!(
            "As long as nobody has received the message again, its last receipt deletes or hides it on a standard queue, after the visibility timeout too."
        ),
        figure: Figure::None,
        source: "API_DeleteMessage",
        standing: Standing::Faithful {
            test: "queue::a_late_deletion_works_while_nobody_else_has_received_the_message",
        },
    },
    Behaviour {
        what: phrase!(
            "A name is free again 60 seconds after its queue was deleted, and a new queue can be used after one second."
        ),
        figure: Figure::Documented("60 s, 1 s"),
        source: "API_CreateQueue",
        standing: Standing::Absent { why: phrase!("A queue that is drawn is there, and one that is removed is gone.") },
    },
    Behaviour {
        what: phrase!("A receive may ask for a visibility timeout of its own."),
        figure: Figure::Documented(phrase!("0 s to 12 h")),
        source: "API_ReceiveMessage",
        standing: Standing::Absent {
            why: phrase!("Event source mappings, which are all that receives here, never do."),
        },
    },
    Behaviour {
        what: phrase!("A message that is looked at in the console counts as received."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Simplified { how: phrase!("Looking is free here: it changes nothing.") },
    },
    Behaviour {
        what: phrase!("What may stand in bodies, group ids and deduplication ids is limited to certain characters."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Absent {
            why: phrase!("Payloads are written for the lesson; the lengths are what matters to it."),
        },
    },
    Behaviour {
        what: phrase!("The quotas of FIFO queues differ by Region."),
        figure: Figure::None,
        source: "quotas-fifo",
        standing: Standing::Simplified { how: phrase!("Those of the Region whose prices are used.") },
    },
    Behaviour {
        what: phrase!("Moving messages back fails for those that no queue sent here, such as a topic's."),
        figure: Figure::None,
        source: "API_StartMessageMoveTask",
        standing: Standing::Simplified {
            how: phrase!("They go to the first queue that has this one as its dead-letter queue."),
        },
    },
    Behaviour {
        what: phrase!("Deleting with an expired receipt fails on a FIFO queue."),
        figure: Figure::None,
        source: "API_DeleteMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_deletion_after_the_visibility_timeout_fails" },
    },
    Behaviour {
        what: phrase!("A message is gone when its retention period ends, and is no dead letter."),
        figure: Figure::Used(|| usual_and_range(node(NodeKind::Queue, "MessageRetentionPeriod"))),
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful {
            test: "queue::a_message_is_gone_when_its_retention_period_ends_and_is_no_dead_letter",
        },
    },
    Behaviour {
        what: phrase!("A shorter retention period holds for messages that are there already."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_shortened_retention_expires_messages_that_are_there_already" },
    },
    Behaviour {
        what: phrase!(
            "Changed attributes take up to 60 seconds to be in force, the retention period up to 15 minutes."
        ),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Simplified {
            how: phrase!("A changed setting holds at once, so that you see what it does."),
        },
    },
    Behaviour {
        what: phrase!("A long poll returns as soon as a message is there."),
        figure: Figure::Used(|| tr!("up to {}", span(LONG_POLL))),
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::a_long_poll_returns_as_soon_as_a_message_is_there" },
    },
    Behaviour {
        what: phrase!("A short poll asks some of the servers only, and may miss messages that a later one finds."),
        figure: Figure::Named(phrase!("half of them missed, adjustable")),
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::a_short_poll_may_miss_messages_that_a_later_one_finds" },
    },
    Behaviour {
        what: phrase!("With many messages a short poll gets as many as it asks for."),
        figure: Figure::Used(|| number(FOUND_BY_ANY_POLL as u64)),
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::a_short_poll_of_a_thousand_messages_is_full" },
    },
    Behaviour {
        what: phrase!("Empty short polls come back at once, and each is billed."),
        figure: Figure::None,
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::short_polls_of_an_empty_queue_are_many_and_billed" },
    },
    Behaviour {
        what: phrase!("ReceiveMessageWaitTimeSeconds makes polls long that do not say how long they wait."),
        figure: Figure::Used(|| usual_and_range(node(NodeKind::Queue, "ReceiveMessageWaitTimeSeconds"))),
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::receive_message_wait_time_makes_short_polls_long" },
    },
    Behaviour {
        what: phrase!("At the limit of messages in flight a short poll of a standard queue fails with OverLimit."),
        figure: Figure::Used(|| number(MAXIMUM_IN_FLIGHT as u64)),
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful { test: "queue::at_120_000_in_flight_a_short_poll_is_over_the_limit" },
    },
    Behaviour {
        what: phrase!("Now and then a long poll is falsely empty."),
        figure: Figure::None,
        source: "sqs-short-and-long-polling",
        standing: Standing::Simplified { how: phrase!("Never here; short polls show what it is like.") },
    },
    Behaviour {
        what: phrase!("A message is delivered at most maxReceiveCount times; the receive after that moves it."),
        figure: Figure::Used(|| range(edge(EdgeKind::Redrive, "maxReceiveCount"))),
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful {
            test: "queue::a_message_is_delivered_at_most_max_receive_count_times_and_then_moved",
        },
    },
    Behaviour {
        what: phrase!("Nothing moves to the dead-letter queue while nobody polls."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::nothing_moves_to_the_dead_letter_queue_while_nobody_polls" },
    },
    Behaviour {
        what: phrase!("The receive count goes along to the dead-letter queue."),
        figure: Figure::None,
        source: "API_ReceiveMessage",
        standing: Standing::Faithful { test: "queue::the_receive_count_goes_along_to_the_dead_letter_queue" },
    },
    Behaviour {
        what: phrase!("A standard queue's dead letter keeps its age."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::retention_in_the_dead_letter_queue_counts_from_the_first_send" },
    },
    Behaviour {
        what: phrase!("The age of a FIFO queue's dead letter starts anew."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "fifo_queue::the_age_of_a_dead_letter_starts_anew" },
    },
    Behaviour {
        what: phrase!("A dead letter is never dropped as a duplicate."),
        figure: Figure::None,
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "fifo_queue::a_dead_letter_is_never_dropped_as_a_duplicate" },
    },
    Behaviour {
        what: phrase!("A dead-letter queue is of the same type as its source."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_dead_letter_queue_of_the_other_type_is_refused" },
    },
    Behaviour {
        what: phrase!("A queue may forbid others, or all but some, to use it for dead letters."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_queue_may_forbid_others_to_use_it_for_dead_letters" },
    },
    Behaviour {
        what: phrase!("A redrive allow policy lists up to ten queues."),
        figure: Figure::Used(|| MAXIMUM_SOURCES.to_string()),
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_redrive_allow_policy_lists_up_to_ten_queues" },
    },
    Behaviour {
        what: phrase!(
            "A message received three times, where more than three are allowed, waits behind all others, and the age of the oldest message does not count it."
        ),
        figure: Figure::Used(|| tr!("{} receives", PERSISTENT)),
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_message_received_three_times_goes_to_the_end_of_the_queue" },
    },
    Behaviour {
        what: phrase!("A message that comes back to a standard queue before that is received before those sent later."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_message_that_comes_back_is_received_before_those_sent_later" },
    },
    Behaviour {
        what: phrase!("Dead letters are moved back at a rate."),
        figure: Figure::Used(|| tr!("1 to {} a second", MOST_MOVED)),
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::redriving_moves_messages_back_at_the_rate_that_was_asked_for" },
    },
    Behaviour {
        what: phrase!("Dead letters are moved back oldest first."),
        figure: Figure::None,
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::dead_letters_are_moved_back_oldest_first" },
    },
    Behaviour {
        what: phrase!("Dead letters can be moved to a queue of one's choice."),
        figure: Figure::None,
        source: "API_StartMessageMoveTask",
        standing: Standing::Faithful { test: "queue::dead_letters_can_be_moved_to_a_queue_of_ones_choice" },
    },
    Behaviour {
        what: phrase!("That queue has to be of the same type."),
        figure: Figure::None,
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::dead_letters_cannot_be_moved_to_a_queue_of_the_other_type" },
    },
    Behaviour {
        what: phrase!("A message that is moved back is a new message: nothing received, a new age."),
        figure: Figure::None,
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::a_message_that_is_moved_back_is_a_new_message" },
    },
    Behaviour {
        what: phrase!("A FIFO queue's dead letters can be moved back as well, in order."),
        figure: Figure::None,
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "fifo_queue::dead_letters_of_a_fifo_queue_can_be_moved_back" },
    },
    Behaviour {
        what: phrase!("One redrive of a queue runs at a time; it can be cancelled, and what was moved stays moved."),
        figure: Figure::None,
        source: "API_StartMessageMoveTask",
        standing: Standing::Faithful { test: "queue::one_redrive_runs_at_a_time_and_can_be_cancelled" },
    },
    Behaviour {
        what: phrase!("A redrive ends after 36 hours, and an account has up to 100 of them."),
        figure: Figure::Documented("36 h, 100"),
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Absent {
            why: phrase!("A redrive here ends when the dead-letter queue has nothing visible any longer."),
        },
    },
    Behaviour {
        what: phrase!("Without a rate the service chooses one."),
        figure: Figure::None,
        source: "API_StartMessageMoveTask",
        standing: Standing::Simplified { how: phrase!("500 a second, the most that can be asked for.") },
    },
    Behaviour {
        what: phrase!("A message above the maximum size is refused."),
        figure: Figure::Used(|| tr!("{} bytes", range(node(NodeKind::Queue, "MaximumMessageSize")))),
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_message_above_the_maximum_size_is_refused" },
    },
    Behaviour {
        what: phrase!("Attributes count towards a message's size."),
        figure: Figure::None,
        source: "quotas-messages",
        standing: Standing::Faithful { test: "queue::attributes_count_towards_a_messages_size" },
    },
    Behaviour {
        what: phrase!("What a topic delivers is not held to the queue's maximum size."),
        figure: Figure::None,
        source: "large-message-payloads",
        standing: Standing::Faithful { test: "queue::a_topics_delivery_is_not_held_to_the_queues_maximum_size" },
    },
    Behaviour {
        what: phrase!("A message has up to ten attributes, and its text only certain characters."),
        figure: Figure::Documented("10"),
        source: "API_SendMessage",
        standing: Standing::Absent {
            why: phrase!("Attributes are written by whoever builds the diagram, and bodies are JSON."),
        },
    },
    Behaviour {
        what: phrase!("Settings outside the limits are refused."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::settings_outside_the_limits_are_refused" },
    },
    Behaviour {
        what: phrase!("Purging deletes messages in flight as well."),
        figure: Figure::None,
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "queue::purging_deletes_messages_in_flight_as_well" },
    },
    Behaviour {
        what: phrase!("Purging frees the message groups."),
        figure: Figure::None,
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "fifo_queue::purging_frees_the_groups" },
    },
    Behaviour {
        what: phrase!("A purge forgets the deduplication ids of a FIFO queue."),
        figure: Figure::None,
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "fifo_queue::a_purge_forgets_the_deduplication_ids" },
    },
    Behaviour {
        what: phrase!("A purge takes up to 60 seconds, and a second one within them is refused."),
        figure: Figure::Documented("60 s"),
        source: "API_PurgeQueue",
        standing: Standing::Simplified { how: phrase!("A purge is done at once.") },
    },
    Behaviour {
        what: phrase!("Not more than 120,000 messages are in flight; a long poll then gets nothing."),
        figure: Figure::Used(|| number(MAXIMUM_IN_FLIGHT as u64)),
        source: "quotas-messages",
        standing: Standing::Faithful { test: "queue::not_more_than_120_000_messages_are_in_flight" },
    },
    Behaviour {
        what: phrase!("Standard queues deliver at least once: now and then twice."),
        figure: Figure::Used(|| {
            tr!("{} by default, adjustable", node(NodeKind::Queue, "DuplicateRate").default_value())
        }),
        source: "standard-queues",
        standing: Standing::Faithful { test: "queue::duplicates_come_as_often_as_the_rate_says_and_never_by_default" },
    },
    Behaviour {
        what: phrase!("Standard queues keep the order as well as they can."),
        figure: Figure::Named(phrase!("kept by default, adjustable")),
        source: "standard-queues",
        standing: Standing::Faithful { test: "queue::order_is_kept_by_default_and_disturbed_as_the_rate_says" },
    },
    Behaviour {
        what: phrase!("Fair queues: a quiet tenant's message overtakes a noisy tenant's backlog."),
        figure: Figure::Used(|| {
            tr!(
                "noisy above {share} % of what is in flight and {number} messages",
                share = 100 / NOISY_SHARE,
                number = NOISY_IN_FLIGHT
            )
        }),
        source: "sqs-fair-queues",
        standing: Standing::Faithful { test: "queue::a_quiet_tenants_message_overtakes_the_backlog_of_a_noisy_one" },
    },
    Behaviour {
        what: phrase!("Fair queues: a message group on a standard queue orders and blocks nothing."),
        figure: Figure::None,
        source: "sqs-fair-queues",
        standing: Standing::Faithful { test: "queue::a_message_group_on_a_standard_queue_blocks_nothing" },
    },
    Behaviour {
        what: phrase!(
            "Fair queues: a tenant is noisy as well while it takes more than a tenth of the consumers' time of late."
        ),
        figure: Figure::Used(|| format!("{} %", 100 / NOISY_SHARE)),
        source: "sqs-fair-queues-detailed",
        standing: Standing::Simplified { how: phrase!("Of late is not defined; here what was halves every minute.") },
    },
    Behaviour {
        what: phrase!("A standard queue refuses a MessageDeduplicationId."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_standard_queue_refuses_a_deduplication_id" },
    },
    Behaviour {
        what: phrase!("A FIFO queue refuses a message without a MessageGroupId."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_fifo_queue_refuses_a_message_without_a_message_group" },
    },
    Behaviour {
        what: phrase!("A group or deduplication id has up to 128 characters."),
        figure: Figure::Used(|| MAXIMUM_ID.to_string()),
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_group_id_of_more_than_128_characters_is_refused" },
    },
    Behaviour {
        what: phrase!("Without content-based deduplication a FIFO queue needs a MessageDeduplicationId."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::without_content_based_deduplication_a_deduplication_id_is_needed",
        },
    },
    Behaviour {
        what: phrase!("Handlers give group and deduplication id."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_handler_gives_its_messages_group_and_deduplication_id" },
    },
    Behaviour {
        what: phrase!("Clients and gateways' direct integrations give them as well."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::clients_and_gateways_give_group_and_deduplication_id_as_well",
        },
    },
    Behaviour {
        what: phrase!("A second message with the same deduplication id is accepted and dropped."),
        figure: Figure::None,
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful {
            test: "fifo_queue::a_second_message_with_the_same_deduplication_id_is_accepted_and_dropped",
        },
    },
    Behaviour {
        what: phrase!("Deduplication by content knows equal bodies."),
        figure: Figure::None,
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful { test: "fifo_queue::deduplication_by_content_knows_equal_bodies" },
    },
    Behaviour {
        what: phrase!("It sees what differs for each request, such as a request id in the body."),
        figure: Figure::None,
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful {
            test: "fifo_queue::deduplication_by_content_sees_what_differs_for_each_request",
        },
    },
    Behaviour {
        what: phrase!("It does not look at attributes."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::deduplication_by_content_does_not_look_at_attributes" },
    },
    Behaviour {
        what: phrase!("An explicit deduplication id takes the place of the content."),
        figure: Figure::None,
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::an_explicit_deduplication_id_takes_the_place_of_the_content",
        },
    },
    Behaviour {
        what: phrase!("The deduplication interval counts from the first accepted send."),
        figure: Figure::Used(|| span(DEDUPLICATION_INTERVAL)),
        source: "using-messagededuplicationid-property",
        standing: Standing::Faithful {
            test: "fifo_queue::the_deduplication_interval_counts_from_the_first_accepted_send",
        },
    },
    Behaviour {
        what: phrase!("A duplicate is dropped even after the message was deleted."),
        figure: Figure::None,
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful { test: "fifo_queue::a_duplicate_is_dropped_even_after_the_message_was_deleted" },
    },
    Behaviour {
        what: phrase!("The scope of deduplication is the queue or each message group."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::the_deduplication_scope_is_the_queue_or_each_message_group" },
    },
    Behaviour {
        what: phrase!("While a message is in flight the others of its group wait."),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::while_a_message_is_in_flight_the_others_of_its_group_wait" },
    },
    Behaviour {
        what: phrase!("Other groups do not wait."),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::other_groups_do_not_wait" },
    },
    Behaviour {
        what: phrase!("One receive takes several messages of one group."),
        figure: Figure::Used(|| tr!("up to {}", RECEIVE_MAXIMUM)),
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::one_receive_takes_several_messages_of_one_group" },
    },
    Behaviour {
        what: phrase!("The messages of a group are received in the order in which they were sent."),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful {
            test: "fifo_queue::the_messages_of_a_group_are_received_in_the_order_in_which_they_were_sent",
        },
    },
    Behaviour {
        what: phrase!("A group waits until all of its messages in flight are deleted or visible again."),
        figure: Figure::None,
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful { test: "fifo_queue::a_group_waits_for_all_of_its_messages_in_flight" },
    },
    Behaviour {
        what: phrase!("A message that comes back keeps its place in its group."),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::a_message_that_comes_back_keeps_its_place_in_its_group" },
    },
    Behaviour {
        what: phrase!("A poison message blocks only its own group, until it is a dead letter."),
        figure: Figure::None,
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful {
            test: "fifo_queue::a_poison_message_blocks_only_its_own_group_until_it_is_a_dead_letter",
        },
    },
    Behaviour {
        what: phrase!("An expired message does not hold up its group."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::an_expired_message_does_not_hold_up_its_group" },
    },
    Behaviour {
        what: phrase!("Which group comes first is not documented."),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Simplified { how: phrase!("The one whose first message was sent first.") },
    },
    Behaviour {
        what: phrase!("A FIFO queue takes 300 calls of each action a second."),
        figure: Figure::Used(|| {
            tr!(
                "{calls}, or {messages} messages in batches of {entries}",
                calls = FIFO_CALLS,
                messages = number(FIFO_CALLS * MAXIMUM_ENTRIES as u64),
                entries = MAXIMUM_ENTRIES
            )
        }),
        source: "quotas-messages",
        standing: Standing::Faithful { test: "fifo_queue::a_fifo_queue_takes_300_sends_a_second" },
    },
    Behaviour {
        what: phrase!("In high-throughput mode the quota is each group's own, and the queue's far higher."),
        figure: Figure::Used(|| {
            tr!("{group} for a group, {all} in all", group = CALLS_OF_A_GROUP, all = number(HIGH_THROUGHPUT_CALLS))
        }),
        source: "high-throughput-fifo",
        standing: Standing::Faithful { test: "fifo_queue::in_high_throughput_mode_the_quota_is_each_groups_own" },
    },
    Behaviour {
        what: phrase!("How the quota is counted within a second is not documented."),
        figure: Figure::None,
        source: "quotas-messages",
        standing: Standing::Simplified {
            how: phrase!("As a bucket that holds one second's calls. A group's own quota counts its sends."),
        },
    },
    Behaviour {
        what: phrase!("Settings that do not go together are refused."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::settings_that_do_not_go_together_are_refused" },
    },
    Behaviour {
        what: phrase!("Up to ten messages go in one call, which is one request to pay."),
        figure: Figure::Used(|| MAXIMUM_ENTRIES.to_string()),
        source: "API_SendMessageBatch",
        standing: Standing::Faithful { test: "queue::a_batch_sends_up_to_ten_messages_in_one_request" },
    },
    Behaviour {
        what: phrase!("A batch may fail in part, in an answer that is a success."),
        figure: Figure::None,
        source: "API_SendMessageBatch",
        standing: Standing::Faithful { test: "queue::a_batch_of_messages_may_fail_in_part" },
    },
    Behaviour {
        what: phrase!("A batch that is wrong as a whole sends nothing."),
        figure: Figure::Used(|| {
            tr!("{entries} entries, {size} bytes", entries = MAXIMUM_ENTRIES, size = number(MAXIMUM_BATCH))
        }),
        source: "API_SendMessageBatch",
        standing: Standing::Faithful { test: "queue::a_batch_that_is_wrong_as_a_whole_sends_nothing" },
    },
    Behaviour {
        what: phrase!(
            "In a batch for a FIFO queue that does not deduplicate by content, an entry without a deduplication id fails the whole request."
        ),
        figure: Figure::None,
        source: "API_SendMessageBatch",
        standing: Standing::Faithful { test: "queue::a_batch_for_a_fifo_queue_needs_deduplication_ids_as_a_whole" },
    },
    Behaviour {
        what: phrase!(
            "One of several messages of a group in flight that is made visible can be received, up to the next that is still hidden."
        ),
        figure: Figure::None,
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Simplified {
            how: phrase!("The group waits until all of them are deleted or visible again, as the page says."),
        },
    },
    Behaviour {
        what: phrase!("Each message of a batch has its own delay, attributes and group."),
        figure: Figure::None,
        source: "API_SendMessageBatchRequestEntry",
        standing: Standing::Faithful { test: "queue::each_message_of_a_batch_has_its_own_delay_and_attributes" },
    },
    Behaviour {
        what: phrase!("Batches carry ten times as many messages within a FIFO queue's quota."),
        figure: Figure::Used(|| tr!("{} messages a second", number(FIFO_CALLS * MAXIMUM_ENTRIES as u64))),
        source: "quotas-messages",
        standing: Standing::Faithful { test: "queue::batches_carry_ten_times_as_much_within_a_fifo_queues_quota" },
    },
    Behaviour {
        what: phrase!("A function that sends a batch learns what failed."),
        figure: Figure::None,
        source: "API_SendMessageBatch",
        standing: Standing::Faithful { test: "queue::a_function_sends_a_batch_and_learns_what_failed" },
    },
    Behaviour {
        what: phrase!("Receiving again with the same ReceiveRequestAttemptId gives the same messages."),
        figure: Figure::Documented("5 min"),
        source: "API_ReceiveMessage",
        standing: Standing::Absent { why: phrase!("Pollers here do not lose an answer and ask again.") },
    },
    Behaviour {
        what: phrase!("A queue cannot change its type."),
        figure: Figure::None,
        source: "FIFO-queues-moving",
        standing: Standing::Simplified {
            how: phrase!("In a diagram you may switch FifoQueue, instead of moving what lies there to a new queue."),
        },
    },
    Behaviour {
        what: phrase!("A function's destination and its dead-letter queue are standard queues."),
        figure: Figure::None,
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "fifo_queue::a_fifo_queue_as_a_functions_destination_or_dead_letter_queue_is_refused",
        },
    },
    Behaviour {
        what: phrase!("A queue's type cannot be changed."),
        figure: Figure::None,
        source: "API_SetQueueAttributes",
        standing: Standing::Simplified {
            how: phrase!(
                "Here it can, so that both can be tried on one diagram; what lies there becomes one message group (`queue::a_queue_that_becomes_fifo_keeps_its_messages_in_order`)."
            ),
        },
    },
    Behaviour {
        what: phrase!("Requests to a FIFO queue have their own price."),
        figure: Figure::Used(|| price(Tariff::SqsFifoRequests)),
        source: "aws.amazon.com/sqs/pricing",
        standing: Standing::Faithful { test: "fifo_queue::requests_to_a_fifo_queue_have_their_own_price" },
    },
    Behaviour {
        what: phrase!("Requests with a message group cost more on a standard queue."),
        figure: Figure::Used(|| tr!("{} on top", price(Tariff::SqsFairRequests))),
        source: "aws.amazon.com/sqs/pricing",
        standing: Standing::Faithful { test: "queue::requests_with_a_message_group_cost_more_on_a_standard_queue" },
    },
];
