//! Queues, as Amazon SQS.

use super::{Behaviour, Standing};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: "A new message waits for the queue's delay.",
        figure: "0 to 900 s",
        source: "sqs-delay-queues",
        standing: Standing::Faithful { test: "queue::a_delayed_message_becomes_visible_when_its_delay_has_passed" },
    },
    Behaviour {
        what: "In a standard queue a message's own delay takes the place of the queue's.",
        figure: "0 to 900 s",
        source: "sqs-message-timers",
        standing: Standing::Faithful { test: "queue::a_messages_own_delay_takes_the_place_of_the_queues" },
    },
    Behaviour {
        what: "In a FIFO queue a message has no delay of its own; 0 does no harm.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_message_cannot_have_a_delay_of_its_own" },
    },
    Behaviour {
        what: "A FIFO queue's delay holds for each message.",
        figure: "0 to 900 s",
        source: "sqs-delay-queues",
        standing: Standing::Faithful { test: "fifo_queue::the_delay_of_the_queue_holds" },
    },
    Behaviour {
        what: "A received message is hidden for the visibility timeout and then comes back.",
        figure: "30 s by default, up to 12 h",
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful {
            test: "queue::after_a_function_error_the_message_stays_in_flight_until_its_visibility_timeout_ends",
        },
    },
    Behaviour {
        what: "With a visibility timeout of 0 a message is received and visible again at once.",
        figure: "",
        source: "API_ReceiveMessage",
        standing: Standing::Faithful { test: "queue::a_visibility_timeout_of_zero_leaves_the_message_visible" },
    },
    Behaviour {
        what: "ChangeMessageVisibility keeps a message hidden while its consumer works on it.",
        figure: "",
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful {
            test: "queue::a_heartbeat_keeps_a_message_hidden_for_as_long_as_the_work_takes",
        },
    },
    Behaviour {
        what: "A changed visibility timeout counts from the call and holds for this receive only.",
        figure: "",
        source: "API_ChangeMessageVisibility",
        standing: Standing::Faithful {
            test: "queue::a_changed_visibility_counts_from_the_call_and_holds_for_one_receive",
        },
    },
    Behaviour {
        what: "A visibility timeout changed to 0 brings the message back at once.",
        figure: "",
        source: "API_ChangeMessageVisibility",
        standing: Standing::Faithful {
            test: "queue::changing_the_visibility_to_zero_brings_a_failed_message_back_at_once",
        },
    },
    Behaviour {
        what: "A message is hidden for 12 hours from its receive at the most; asking for more is an error.",
        figure: "12 h",
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful { test: "queue::a_message_cannot_be_hidden_for_more_than_twelve_hours" },
    },
    Behaviour {
        what: "Deleting with an old receipt succeeds on a standard queue and may delete nothing.",
        figure: "",
        source: "API_DeleteMessage",
        standing: Standing::Faithful {
            test: "queue::a_deletion_after_the_visibility_timeout_does_nothing_in_a_standard_queue",
        },
    },
    Behaviour {
        what: "As long as nobody has received the message again, its last receipt deletes or hides it on a standard queue, after the visibility timeout too.",
        figure: "",
        source: "API_DeleteMessage",
        standing: Standing::Faithful {
            test: "queue::a_late_deletion_works_while_nobody_else_has_received_the_message",
        },
    },
    Behaviour {
        what: "A name is free again 60 seconds after its queue was deleted, and a new queue can be used after one second.",
        figure: "60 s, 1 s",
        source: "API_CreateQueue",
        standing: Standing::Absent { why: "A queue that is drawn is there, and one that is removed is gone." },
    },
    Behaviour {
        what: "A receive may ask for a visibility timeout of its own.",
        figure: "0 s to 12 h",
        source: "API_ReceiveMessage",
        standing: Standing::Absent { why: "Event source mappings, which are all that receives here, never do." },
    },
    Behaviour {
        what: "ReceiveMessageWaitTimeSeconds makes short polls long, and a short poll may miss messages.",
        figure: "0 s to 20 s",
        source: "sqs-short-and-long-polling",
        standing: Standing::Simplified {
            how: "Event source mappings always poll for 20 seconds, so the setting changes nothing but the template.",
        },
    },
    Behaviour {
        what: "A message that is looked at in the console counts as received.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Simplified { how: "Looking is free here: it changes nothing." },
    },
    Behaviour {
        what: "What may stand in bodies, group ids and deduplication ids is limited to certain characters.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Absent { why: "Payloads are written for the lesson; the lengths are what matters to it." },
    },
    Behaviour {
        what: "The quotas of FIFO queues differ by Region.",
        figure: "",
        source: "quotas-fifo",
        standing: Standing::Simplified { how: "Those of the Region whose prices are used." },
    },
    Behaviour {
        what: "Moving messages back fails for those that no queue sent here, such as a topic's.",
        figure: "",
        source: "API_StartMessageMoveTask",
        standing: Standing::Simplified {
            how: "They go to the first queue that has this one as its dead-letter queue.",
        },
    },
    Behaviour {
        what: "Deleting with an expired receipt fails on a FIFO queue.",
        figure: "",
        source: "API_DeleteMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_deletion_after_the_visibility_timeout_fails" },
    },
    Behaviour {
        what: "A message is gone when its retention period ends, and is no dead letter.",
        figure: "4 days by default, 60 s to 14 days",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful {
            test: "queue::a_message_is_gone_when_its_retention_period_ends_and_is_no_dead_letter",
        },
    },
    Behaviour {
        what: "A shorter retention period holds for messages that are there already.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_shortened_retention_expires_messages_that_are_there_already" },
    },
    Behaviour {
        what: "Changed attributes take up to 60 seconds to be in force, the retention period up to 15 minutes.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Simplified { how: "A changed setting holds at once, so that you see what it does." },
    },
    Behaviour {
        what: "A long poll returns as soon as a message is there.",
        figure: "up to 20 s",
        source: "sqs-short-and-long-polling",
        standing: Standing::Faithful { test: "queue::a_long_poll_returns_as_soon_as_a_message_is_there" },
    },
    Behaviour {
        what: "A short poll asks some of the servers only, and may miss messages.",
        figure: "",
        source: "sqs-short-and-long-polling",
        standing: Standing::Absent {
            why: "The pollers of event source mappings always use long polling, and other consumers are not simulated. A poll here sees all messages, and a long poll is never falsely empty.",
        },
    },
    Behaviour {
        what: "A message is delivered at most maxReceiveCount times; the receive after that moves it.",
        figure: "1 to 1,000",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful {
            test: "queue::a_message_is_delivered_at_most_max_receive_count_times_and_then_moved",
        },
    },
    Behaviour {
        what: "Nothing moves to the dead-letter queue while nobody polls.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::nothing_moves_to_the_dead_letter_queue_while_nobody_polls" },
    },
    Behaviour {
        what: "The receive count goes along to the dead-letter queue.",
        figure: "",
        source: "API_ReceiveMessage",
        standing: Standing::Faithful { test: "queue::the_receive_count_goes_along_to_the_dead_letter_queue" },
    },
    Behaviour {
        what: "A standard queue's dead letter keeps its age.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::retention_in_the_dead_letter_queue_counts_from_the_first_send" },
    },
    Behaviour {
        what: "The age of a FIFO queue's dead letter starts anew.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "fifo_queue::the_age_of_a_dead_letter_starts_anew" },
    },
    Behaviour {
        what: "A dead letter is never dropped as a duplicate.",
        figure: "",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "fifo_queue::a_dead_letter_is_never_dropped_as_a_duplicate" },
    },
    Behaviour {
        what: "A dead-letter queue is of the same type as its source.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_dead_letter_queue_of_the_other_type_is_refused" },
    },
    Behaviour {
        what: "A queue may forbid others, or all but some, to use it for dead letters.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_queue_may_forbid_others_to_use_it_for_dead_letters" },
    },
    Behaviour {
        what: "A redrive allow policy lists up to ten queues.",
        figure: "10",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::a_redrive_allow_policy_lists_up_to_ten_queues" },
    },
    Behaviour {
        what: "A message received three times, where more than three are allowed, waits behind all others, and the age of the oldest message does not count it.",
        figure: "3 receives",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_message_received_three_times_goes_to_the_end_of_the_queue" },
    },
    Behaviour {
        what: "A message that comes back to a standard queue before that is received before those sent later.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful { test: "queue::a_message_that_comes_back_is_received_before_those_sent_later" },
    },
    Behaviour {
        what: "Dead letters are moved back at a rate.",
        figure: "1 to 500 a second",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::redriving_moves_messages_back_at_the_rate_that_was_asked_for" },
    },
    Behaviour {
        what: "Dead letters are moved back oldest first.",
        figure: "",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::dead_letters_are_moved_back_oldest_first" },
    },
    Behaviour {
        what: "Dead letters can be moved to a queue of one's choice.",
        figure: "",
        source: "API_StartMessageMoveTask",
        standing: Standing::Faithful { test: "queue::dead_letters_can_be_moved_to_a_queue_of_ones_choice" },
    },
    Behaviour {
        what: "That queue has to be of the same type.",
        figure: "",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::dead_letters_cannot_be_moved_to_a_queue_of_the_other_type" },
    },
    Behaviour {
        what: "A message that is moved back is a new message: nothing received, a new age.",
        figure: "",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "queue::a_message_that_is_moved_back_is_a_new_message" },
    },
    Behaviour {
        what: "A FIFO queue's dead letters can be moved back as well, in order.",
        figure: "",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Faithful { test: "fifo_queue::dead_letters_of_a_fifo_queue_can_be_moved_back" },
    },
    Behaviour {
        what: "One redrive of a queue runs at a time; it can be cancelled, and what was moved stays moved.",
        figure: "",
        source: "API_StartMessageMoveTask",
        standing: Standing::Faithful { test: "queue::one_redrive_runs_at_a_time_and_can_be_cancelled" },
    },
    Behaviour {
        what: "A redrive ends after 36 hours, and an account has up to 100 of them.",
        figure: "36 h, 100",
        source: "sqs-configure-dead-letter-queue-redrive",
        standing: Standing::Absent {
            why: "A redrive here ends when the dead-letter queue has nothing visible any longer.",
        },
    },
    Behaviour {
        what: "Without a rate the service chooses one.",
        figure: "",
        source: "API_StartMessageMoveTask",
        standing: Standing::Simplified { how: "500 a second, the most that can be asked for." },
    },
    Behaviour {
        what: "A message above the maximum size is refused.",
        figure: "1,024 to 1,048,576 bytes",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_message_above_the_maximum_size_is_refused" },
    },
    Behaviour {
        what: "Attributes count towards a message's size.",
        figure: "",
        source: "quotas-messages",
        standing: Standing::Faithful { test: "queue::attributes_count_towards_a_messages_size" },
    },
    Behaviour {
        what: "What a topic delivers is not held to the queue's maximum size.",
        figure: "",
        source: "large-message-payloads",
        standing: Standing::Faithful { test: "queue::a_topics_delivery_is_not_held_to_the_queues_maximum_size" },
    },
    Behaviour {
        what: "A message has up to ten attributes, and its text only certain characters.",
        figure: "10",
        source: "API_SendMessage",
        standing: Standing::Absent {
            why: "Attributes are written by whoever builds the diagram, and bodies are JSON.",
        },
    },
    Behaviour {
        what: "Settings outside the limits are refused.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "queue::settings_outside_the_limits_are_refused" },
    },
    Behaviour {
        what: "Purging deletes messages in flight as well.",
        figure: "",
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "queue::purging_deletes_messages_in_flight_as_well" },
    },
    Behaviour {
        what: "Purging frees the message groups.",
        figure: "",
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "fifo_queue::purging_frees_the_groups" },
    },
    Behaviour {
        what: "A purge forgets the deduplication ids of a FIFO queue.",
        figure: "",
        source: "API_PurgeQueue",
        standing: Standing::Faithful { test: "fifo_queue::a_purge_forgets_the_deduplication_ids" },
    },
    Behaviour {
        what: "A purge takes up to 60 seconds, and a second one within them is refused.",
        figure: "60 s",
        source: "API_PurgeQueue",
        standing: Standing::Simplified { how: "A purge is done at once." },
    },
    Behaviour {
        what: "Not more than 120,000 messages are in flight; a long poll then gets nothing.",
        figure: "120,000",
        source: "quotas-messages",
        standing: Standing::Faithful { test: "queue::not_more_than_120_000_messages_are_in_flight" },
    },
    Behaviour {
        what: "At that limit a short poll of a standard queue fails with OverLimit.",
        figure: "",
        source: "sqs-visibility-timeout",
        standing: Standing::Simplified {
            how: "The queue answers so, but only mappings poll here, and they use long polls.",
        },
    },
    Behaviour {
        what: "Standard queues deliver at least once: now and then twice.",
        figure: "0 by default, adjustable",
        source: "standard-queues",
        standing: Standing::Faithful { test: "queue::duplicates_come_as_often_as_the_rate_says_and_never_by_default" },
    },
    Behaviour {
        what: "Standard queues keep the order as well as they can.",
        figure: "kept by default, adjustable",
        source: "standard-queues",
        standing: Standing::Faithful { test: "queue::order_is_kept_by_default_and_disturbed_as_the_rate_says" },
    },
    Behaviour {
        what: "Fair queues: a quiet tenant's message overtakes a noisy tenant's backlog.",
        figure: "noisy above 10 % of what is in flight and 30 messages",
        source: "sqs-fair-queues",
        standing: Standing::Faithful { test: "queue::a_quiet_tenants_message_overtakes_the_backlog_of_a_noisy_one" },
    },
    Behaviour {
        what: "Fair queues: a message group on a standard queue orders and blocks nothing.",
        figure: "",
        source: "sqs-fair-queues",
        standing: Standing::Faithful { test: "queue::a_message_group_on_a_standard_queue_blocks_nothing" },
    },
    Behaviour {
        what: "Fair queues: a tenant is noisy as well while it takes more than a tenth of the consumers' time of late.",
        figure: "10 %",
        source: "sqs-fair-queues-detailed",
        standing: Standing::Simplified { how: "Of late is not defined; here what was halves every minute." },
    },
    Behaviour {
        what: "A standard queue refuses a MessageDeduplicationId.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_standard_queue_refuses_a_deduplication_id" },
    },
    Behaviour {
        what: "A FIFO queue refuses a message without a MessageGroupId.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_fifo_queue_refuses_a_message_without_a_message_group" },
    },
    Behaviour {
        what: "A group or deduplication id has up to 128 characters.",
        figure: "128",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "queue::a_group_id_of_more_than_128_characters_is_refused" },
    },
    Behaviour {
        what: "Without content-based deduplication a FIFO queue needs a MessageDeduplicationId.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::without_content_based_deduplication_a_deduplication_id_is_needed",
        },
    },
    Behaviour {
        what: "Handlers give group and deduplication id.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::a_handler_gives_its_messages_group_and_deduplication_id" },
    },
    Behaviour {
        what: "Clients and gateways' direct integrations give them as well.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::clients_and_gateways_give_group_and_deduplication_id_as_well",
        },
    },
    Behaviour {
        what: "A second message with the same deduplication id is accepted and dropped.",
        figure: "",
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful {
            test: "fifo_queue::a_second_message_with_the_same_deduplication_id_is_accepted_and_dropped",
        },
    },
    Behaviour {
        what: "Deduplication by content knows equal bodies.",
        figure: "",
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful { test: "fifo_queue::deduplication_by_content_knows_equal_bodies" },
    },
    Behaviour {
        what: "It sees what differs for each request, such as a request id in the body.",
        figure: "",
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful {
            test: "fifo_queue::deduplication_by_content_sees_what_differs_for_each_request",
        },
    },
    Behaviour {
        what: "It does not look at attributes.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful { test: "fifo_queue::deduplication_by_content_does_not_look_at_attributes" },
    },
    Behaviour {
        what: "An explicit deduplication id takes the place of the content.",
        figure: "",
        source: "API_SendMessage",
        standing: Standing::Faithful {
            test: "fifo_queue::an_explicit_deduplication_id_takes_the_place_of_the_content",
        },
    },
    Behaviour {
        what: "The deduplication interval counts from the first accepted send.",
        figure: "5 min",
        source: "using-messagededuplicationid-property",
        standing: Standing::Faithful {
            test: "fifo_queue::the_deduplication_interval_counts_from_the_first_accepted_send",
        },
    },
    Behaviour {
        what: "A duplicate is dropped even after the message was deleted.",
        figure: "",
        source: "FIFO-queues-exactly-once-processing",
        standing: Standing::Faithful { test: "fifo_queue::a_duplicate_is_dropped_even_after_the_message_was_deleted" },
    },
    Behaviour {
        what: "The scope of deduplication is the queue or each message group.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::the_deduplication_scope_is_the_queue_or_each_message_group" },
    },
    Behaviour {
        what: "While a message is in flight the others of its group wait.",
        figure: "",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::while_a_message_is_in_flight_the_others_of_its_group_wait" },
    },
    Behaviour {
        what: "Other groups do not wait.",
        figure: "",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::other_groups_do_not_wait" },
    },
    Behaviour {
        what: "One receive takes several messages of one group.",
        figure: "up to 10",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::one_receive_takes_several_messages_of_one_group" },
    },
    Behaviour {
        what: "The messages of a group are received in the order in which they were sent.",
        figure: "",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful {
            test: "fifo_queue::the_messages_of_a_group_are_received_in_the_order_in_which_they_were_sent",
        },
    },
    Behaviour {
        what: "A group waits until all of its messages in flight are deleted or visible again.",
        figure: "",
        source: "sqs-visibility-timeout",
        standing: Standing::Faithful { test: "fifo_queue::a_group_waits_for_all_of_its_messages_in_flight" },
    },
    Behaviour {
        what: "A message that comes back keeps its place in its group.",
        figure: "",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Faithful { test: "fifo_queue::a_message_that_comes_back_keeps_its_place_in_its_group" },
    },
    Behaviour {
        what: "A poison message blocks only its own group, until it is a dead letter.",
        figure: "",
        source: "sqs-dead-letter-queues",
        standing: Standing::Faithful {
            test: "fifo_queue::a_poison_message_blocks_only_its_own_group_until_it_is_a_dead_letter",
        },
    },
    Behaviour {
        what: "An expired message does not hold up its group.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::an_expired_message_does_not_hold_up_its_group" },
    },
    Behaviour {
        what: "Which group comes first is not documented.",
        figure: "",
        source: "FIFO-queues-understanding-logic",
        standing: Standing::Simplified { how: "The one whose first message was sent first." },
    },
    Behaviour {
        what: "A FIFO queue takes 300 calls of each action a second.",
        figure: "300, or 3,000 messages in batches of 10",
        source: "quotas-messages",
        standing: Standing::Faithful { test: "fifo_queue::a_fifo_queue_takes_300_sends_a_second" },
    },
    Behaviour {
        what: "In high-throughput mode the quota is each group's own, and the queue's far higher.",
        figure: "300 for a group, 70,000 in all",
        source: "high-throughput-fifo",
        standing: Standing::Faithful { test: "fifo_queue::in_high_throughput_mode_the_quota_is_each_groups_own" },
    },
    Behaviour {
        what: "How the quota is counted within a second is not documented.",
        figure: "",
        source: "quotas-messages",
        standing: Standing::Simplified {
            how: "As a bucket that holds one second's calls. A group's own quota counts its sends.",
        },
    },
    Behaviour {
        what: "Settings that do not go together are refused.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Faithful { test: "fifo_queue::settings_that_do_not_go_together_are_refused" },
    },
    Behaviour {
        what: "Senders may put up to ten messages into one call.",
        figure: "10",
        source: "API_SendMessageBatch",
        standing: Standing::Absent {
            why: "Clients and handlers send one message a call; each counts as one request and one call of the quota.",
        },
    },
    Behaviour {
        what: "Receiving again with the same ReceiveRequestAttemptId gives the same messages.",
        figure: "5 min",
        source: "API_ReceiveMessage",
        standing: Standing::Absent { why: "Pollers here do not lose an answer and ask again." },
    },
    Behaviour {
        what: "A queue cannot change its type.",
        figure: "",
        source: "FIFO-queues-moving",
        standing: Standing::Simplified {
            how: "In a diagram you may switch FifoQueue, instead of moving what lies there to a new queue.",
        },
    },
    Behaviour {
        what: "A function's destination and its dead-letter queue are standard queues.",
        figure: "",
        source: "invocation-async-retain-records",
        standing: Standing::Faithful {
            test: "fifo_queue::a_fifo_queue_as_a_functions_destination_or_dead_letter_queue_is_refused",
        },
    },
    Behaviour {
        what: "A queue's type cannot be changed.",
        figure: "",
        source: "API_SetQueueAttributes",
        standing: Standing::Simplified {
            how: "Here it can, so that both can be tried on one diagram; what lies there becomes one message group (`queue::a_queue_that_becomes_fifo_keeps_its_messages_in_order`).",
        },
    },
    Behaviour {
        what: "Requests to a FIFO queue have their own price.",
        figure: "$0.50 a million",
        source: "aws.amazon.com/sqs/pricing",
        standing: Standing::Faithful { test: "fifo_queue::requests_to_a_fifo_queue_have_their_own_price" },
    },
    Behaviour {
        what: "Requests with a message group cost more on a standard queue.",
        figure: "$0.10 a million on top",
        source: "aws.amazon.com/sqs/pricing",
        standing: Standing::Faithful { test: "queue::requests_with_a_message_group_cost_more_on_a_standard_queue" },
    },
];
