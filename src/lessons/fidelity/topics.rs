//! Topics, as Amazon SNS.

use super::figure::{Figure, bytes, node, number, retried, retries, seconds, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::limits::{MAXIMUM_POLICY_SECONDS, MOST_RETRIES, ORDINARY_MESSAGE_SIZE};
use crate::diagram::settings::DeliveryPolicy;
use crate::diagram::{NodeKind, REGION};
use crate::kernel::SECOND;
use crate::rules::limits;
use crate::services::Policy;
use crate::services::limits::{
    DEDUPLICATION_INTERVAL, EMAILS_PER_SECOND, FIFO_MESSAGES_PER_SECOND, GROUP_MESSAGES_PER_SECOND, JITTER,
    MAXIMUM_ENTRIES, MAXIMUM_RAW_ATTRIBUTES, TOPIC_PATIENCE,
};

/// By e-mail and to telephones.
fn relayed() -> String {
    let (count, total) = retries(&Policy::Relayed);
    tr!("{count} retries over {hours} hours", count = count, hours = total / (3_600 * SECOND))
}

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!(
            "A topic has at most 12,500,000 subscriptions, a FIFO topic 100, and an account 200 filter policies for each topic."
        ),
        figure: Figure::Documented(phrase!("12,500,000, 100, 200")),
        source: "sns-quotas",
        standing: Standing::Absent { why: phrase!("No diagram gets near.") },
    },
    Behaviour {
        what: phrase!("The quotas of a topic differ by Region."),
        figure: Figure::None,
        source: "sns-quotas",
        standing: Standing::Simplified { how: phrase!("Those of the Region whose prices are used.") },
    },
    Behaviour {
        what: phrase!("Every subscriber gets its own copy of each message."),
        figure: Figure::None,
        source: "sns-common-scenarios",
        standing: Standing::Faithful { test: "topic::every_subscriber_gets_its_own_copy" },
    },
    Behaviour {
        what: phrase!("A message without any subscriber is accepted and gone."),
        figure: Figure::None,
        source: "API_Publish",
        standing: Standing::Faithful { test: "topic::a_message_without_any_subscriber_is_accepted_and_gone" },
    },
    Behaviour {
        what: phrase!("What was published before a subscription is not delivered to it."),
        figure: Figure::None,
        source: "API_Publish",
        standing: Standing::Faithful { test: "topic::what_was_published_before_a_subscription_is_not_delivered_to_it" },
    },
    Behaviour {
        what: phrase!("A queue or HTTP endpoint gets the topic's envelope, unless delivery is raw."),
        figure: Figure::None,
        source: "sns-large-payload-raw-message-delivery",
        standing: Standing::Faithful { test: "topic::a_queue_gets_the_envelope_unless_delivery_is_raw" },
    },
    Behaviour {
        what: phrase!("The envelope has the documented fields."),
        figure: Figure::None,
        source: "sns-message-and-json-formats",
        standing: Standing::Faithful { test: "topic::the_envelope_has_the_documented_fields" },
    },
    Behaviour {
        what: phrase!("A function is invoked with one record, in a shape of its own."),
        figure: Figure::Named(phrase!("one record")),
        source: "with-sns",
        standing: Standing::Faithful { test: "topic::a_function_is_invoked_with_one_record" },
    },
    Behaviour {
        what: phrase!("Raw delivery hands the attributes to the queue as its own."),
        figure: Figure::None,
        source: "sns-large-payload-raw-message-delivery",
        standing: Standing::Faithful { test: "topic::raw_delivery_hands_the_attributes_to_the_queue" },
    },
    Behaviour {
        what: phrase!("A raw message with too many attributes does not reach a queue, and is not tried again."),
        figure: Figure::Used(|| tr!("{} attributes", MAXIMUM_RAW_ATTRIBUTES)),
        source: "sns-large-payload-raw-message-delivery",
        standing: Standing::Faithful {
            test: "topic::a_raw_message_with_more_than_ten_attributes_does_not_reach_the_queue",
        },
    },
    Behaviour {
        what: phrase!("Envelopes are signed."),
        figure: Figure::None,
        source: "sns-verify-signature-of-message",
        standing: Standing::Simplified { how: phrase!("The field Signature says EXAMPLE: nobody here checks it.") },
    },
    Behaviour {
        what: phrase!("The keys of a filter policy are joined by and, the values of a key by or."),
        figure: Figure::None,
        source: "and-or-logic",
        standing: Standing::Faithful { test: "topic::keys_of_a_policy_are_joined_by_and_and_values_by_or" },
    },
    Behaviour {
        what: phrase!("A filter policy on attributes does not take a message without any."),
        figure: Figure::None,
        source: "sns-subscription-filter-policies",
        standing: Standing::Faithful {
            test: "topic::a_filter_policy_on_attributes_does_not_take_a_message_without_any",
        },
    },
    Behaviour {
        what: phrase!("Even `exists: false` needs a message that has attributes."),
        figure: Figure::None,
        source: "attribute-key-matching",
        standing: Standing::Faithful { test: "topic::exists_false_needs_a_message_with_attributes" },
    },
    Behaviour {
        what: phrase!("Filter policies ignore binary attributes."),
        figure: Figure::None,
        source: "subscription-filter-policy-constraints",
        standing: Standing::Faithful { test: "topic::binary_attributes_are_ignored_by_filter_policies" },
    },
    Behaviour {
        what: phrase!("Only an attribute of type Number compares with numbers."),
        figure: Figure::None,
        source: "numeric-value-matching",
        standing: Standing::Faithful { test: "topic::a_number_attribute_compares_and_a_string_does_not" },
    },
    Behaviour {
        what: phrase!("One element of an array attribute is enough, for anything-but as well."),
        figure: Figure::None,
        source: "string-value-matching",
        standing: Standing::Faithful { test: "topic::one_element_of_an_array_attribute_is_enough" },
    },
    Behaviour {
        what: phrase!("A filter policy may look into the body instead."),
        figure: Figure::None,
        source: "sns-message-filtering-scope",
        standing: Standing::Faithful { test: "topic::a_filter_policy_on_the_body_takes_only_what_it_names" },
    },
    Behaviour {
        what: phrase!("A body that is no JSON object passes no policy on the body."),
        figure: Figure::None,
        source: "sns-message-filtering-scope",
        standing: Standing::Faithful { test: "topic::a_body_that_is_no_object_passes_no_policy_on_the_body" },
    },
    Behaviour {
        what: phrase!("Only a policy on the body may be nested."),
        figure: Figure::None,
        source: "subscription-filter-policy-constraints",
        standing: Standing::Faithful { test: "topic::only_a_policy_on_the_body_may_be_nested" },
    },
    Behaviour {
        what: phrase!("A filter policy has so many keys at the most."),
        figure: Figure::Used(|| tr!("{} keys", limits::MAX_KEYS)),
        source: "subscription-filter-policy-constraints",
        standing: Standing::Faithful { test: "topic::a_filter_policy_with_more_than_five_keys_is_refused" },
    },
    Behaviour {
        what: phrase!("The values of a filter policy combine to so many at the most."),
        figure: Figure::Used(|| tr!("{} combinations", limits::MAX_COMBINATIONS)),
        source: "subscription-filter-policy-constraints",
        standing: Standing::Faithful { test: "topic::a_filter_policy_with_more_than_150_combinations_is_refused" },
    },
    Behaviour {
        what: phrase!("Wildcards that are too complex are refused."),
        figure: Figure::Used(|| {
            tr!(
                "{asterisks} asterisks, {points} points",
                asterisks = limits::MAX_STARS,
                points = limits::MAX_WILDCARD_COMPLEXITY
            )
        }),
        source: "subscription-filter-policy-constraints",
        standing: Standing::Faithful { test: "topic::wildcards_that_are_too_complex_are_refused" },
    },
    Behaviour {
        what: phrase!("A new or changed filter policy takes up to 15 minutes to hold."),
        figure: Figure::Documented("15 min"),
        source: "sns-message-filtering",
        standing: Standing::Simplified { how: phrase!("It holds at once: waiting for it teaches nothing.") },
    },
    Behaviour {
        what: phrase!("Delivery to queues and functions is retried for weeks."),
        figure: Figure::Used(|| {
            let (count, total) = retries(&Policy::Managed);
            tr!("{count} retries over {days} days", count = number(count), days = total / (86_400 * SECOND))
        }),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::delivery_to_a_queue_is_given_up_after_23_days" },
    },
    Behaviour {
        what: phrase!("A queue that comes back gets what was published meanwhile."),
        figure: Figure::None,
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::delivery_to_a_queue_is_retried_until_it_is_back" },
    },
    Behaviour {
        what: phrase!("Delivery by e-mail is retried for hours."),
        figure: Figure::Used(relayed),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::delivery_by_e_mail_is_retried_50_times_over_six_hours" },
    },
    Behaviour {
        what: phrase!("Delivery by SMS has the retries of e-mail."),
        figure: Figure::Used(relayed),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::delivery_by_sms_has_the_retries_of_e_mail" },
    },
    Behaviour {
        what: phrase!("By default delivery over HTTP is retried for about a minute."),
        figure: Figure::Used(|| {
            let pauses = DeliveryPolicy::default().pauses;
            tr!("{number} retries, {pause} apart", number = pauses.len(), pause = span(pauses[0]))
        }),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::delivery_over_http_is_retried_three_times_20_seconds_apart" },
    },
    Behaviour {
        what: phrase!("Over HTTP only 429 and server errors are retried."),
        figure: Figure::Used(|| retried(&Policy::Http([].into()))),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::over_http_only_429_and_server_errors_are_retried" },
    },
    Behaviour {
        what: phrase!("A delivery policy has phases: at once, at the shortest pause, growing, at the longest."),
        figure: Figure::Used(|| tr!("up to {} retries", MOST_RETRIES)),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::a_delivery_policy_has_phases" },
    },
    Behaviour {
        what: phrase!("Exponential back-off waits least at first, linear most."),
        figure: Figure::None,
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::exponential_back_off_waits_least_at_first_and_linear_most" },
    },
    Behaviour {
        what: phrase!("Arithmetic and geometric back-off lie between linear and exponential."),
        figure: Figure::None,
        source: "sns-message-delivery-retries",
        standing: Standing::Simplified {
            how: phrase!(
                "The service publishes a picture, no formula: they lie at a third and at two thirds of the way."
            ),
        },
    },
    Behaviour {
        what: phrase!("The pauses between retries have jitter."),
        figure: Figure::Used(|| tr!("{} % either way", JITTER)),
        source: "sns-message-delivery-retries",
        standing: Standing::Simplified {
            how: phrase!("The service does not say how much; here it is up to a tenth either way."),
        },
    },
    Behaviour {
        what: phrase!("A delivery policy of more than an hour is refused."),
        figure: Figure::Used(|| seconds(MAXIMUM_POLICY_SECONDS as i64)),
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::a_delivery_policy_of_more_than_an_hour_is_refused" },
    },
    Behaviour {
        what: phrase!("maxReceivesPerSecond spaces deliveries out and costs no retry."),
        figure: Figure::None,
        source: "sns-message-delivery-retries",
        standing: Standing::Faithful { test: "topic::max_receives_per_second_spaces_deliveries_out" },
    },
    Behaviour {
        what: phrase!("An HTTP endpoint that is too slow gets the message again."),
        figure: Figure::Used(|| span(TOPIC_PATIENCE)),
        source: "SendMessageToHttp.prepare",
        standing: Standing::Faithful {
            test: "topic::an_http_endpoint_that_takes_longer_than_15_seconds_gets_the_message_again",
        },
    },
    Behaviour {
        what: phrase!("A subscription by e-mail gets so many messages a second."),
        figure: Figure::Used(|| format!("{EMAILS_PER_SECOND}/s")),
        source: "general/gr/sns",
        standing: Standing::Faithful { test: "topic::e_mail_subscriptions_get_ten_messages_a_second" },
    },
    Behaviour {
        what: phrase!("Without the queue's permission a message is lost at once: nothing is retried."),
        figure: Figure::None,
        source: "sns-dead-letter-queues",
        standing: Standing::Faithful { test: "topic::without_the_queues_permission_a_message_is_lost_at_once" },
    },
    Behaviour {
        what: phrase!(
            "What cannot be retried goes straight to the subscription's dead-letter queue, in the shape in which it would have been delivered."
        ),
        figure: Figure::None,
        source: "sns-dead-letter-queues",
        standing: Standing::Faithful {
            test: "topic::a_message_for_a_receiver_that_is_gone_goes_straight_to_the_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("A failed delivery does not end the subscription."),
        figure: Figure::None,
        source: "sns-dead-letter-queues",
        standing: Standing::Faithful { test: "topic::once_the_permission_is_given_later_messages_arrive" },
    },
    Behaviour {
        what: phrase!("A function's own errors never reach the subscription's dead-letter queue."),
        figure: Figure::None,
        source: "with-sns",
        standing: Standing::Faithful {
            test: "topic::a_functions_errors_do_not_reach_the_subscriptions_dead_letter_queue",
        },
    },
    Behaviour {
        what: phrase!("An HTTP or e-mail subscription gets nothing before it is confirmed."),
        figure: Figure::None,
        source: "SendMessageToHttp.confirm",
        standing: Standing::Faithful { test: "topic::an_unconfirmed_subscription_gets_nothing" },
    },
    Behaviour {
        what: phrase!("An endpoint confirms by calling an address with a token, within two days."),
        figure: Figure::Documented(phrase!("2 days")),
        source: "SendMessageToHttp.confirm",
        standing: Standing::Simplified { how: phrase!("A setting of the subscription says whether it has.") },
    },
    Behaviour {
        what: phrase!("The protocol has to fit the receiver."),
        figure: Figure::None,
        source: "API_Subscribe",
        standing: Standing::Faithful { test: "topic::a_protocol_that_does_not_fit_the_receiver_is_refused" },
    },
    Behaviour {
        what: phrase!("A message above the topic's maximum size is refused; attributes count."),
        figure: Figure::Used(|| tr!("{} by default", bytes(ORDINARY_MESSAGE_SIZE))),
        source: "large-message-payloads",
        standing: Standing::Faithful { test: "topic::a_message_above_the_topics_maximum_size_is_refused" },
    },
    Behaviour {
        what: phrase!("A topic for large messages has only queues and functions."),
        figure: Figure::Used(|| tr!("above {}", bytes(ORDINARY_MESSAGE_SIZE))),
        source: "large-message-payloads",
        standing: Standing::Faithful { test: "topic::a_topic_for_large_messages_has_only_queues_and_functions" },
    },
    Behaviour {
        what: phrase!("Publishing beyond the quota is throttled."),
        figure: Figure::Used(|| {
            tr!("{rate}/s in {region}", rate = usual(node(NodeKind::Topic, "MessagesPerSecond")), region = REGION)
        }),
        source: "general/gr/sns",
        standing: Standing::Faithful { test: "topic::publishing_beyond_the_quota_is_throttled" },
    },
    Behaviour {
        what: phrase!("The publish quota is the account's, for all topics together."),
        figure: Figure::None,
        source: "general/gr/sns",
        standing: Standing::Simplified { how: phrase!("Each topic has the whole of it.") },
    },
    Behaviour {
        what: phrase!("Every entry of a batch is a message of its own."),
        figure: Figure::Used(|| tr!("{} entries", MAXIMUM_ENTRIES)),
        source: "API_PublishBatch",
        standing: Standing::Faithful { test: "topic::every_entry_of_a_batch_is_filtered_on_its_own" },
    },
    Behaviour {
        what: phrase!("A batch may fail in part, in an answer that is a success."),
        figure: Figure::None,
        source: "API_PublishBatch",
        standing: Standing::Faithful { test: "topic::a_batch_may_fail_in_part" },
    },
    Behaviour {
        what: phrase!("A batch that is wrong as a whole publishes nothing."),
        figure: Figure::None,
        source: "API_PublishBatch",
        standing: Standing::Faithful { test: "topic::a_batch_that_is_wrong_as_a_whole_publishes_nothing" },
    },
    Behaviour {
        what: phrase!("A function can publish a batch."),
        figure: Figure::None,
        source: "API_PublishBatch",
        standing: Standing::Faithful { test: "topic::a_function_publishes_a_batch" },
    },
    Behaviour {
        what: phrase!("A FIFO topic refuses a message without a group or an id."),
        figure: Figure::None,
        source: "API_Publish",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_topic_refuses_a_message_without_a_group_or_an_id" },
    },
    Behaviour {
        what: phrase!("A FIFO topic drops duplicates."),
        figure: Figure::Used(|| span(DEDUPLICATION_INTERVAL)),
        source: "fifo-message-dedup",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_topic_drops_a_duplicate_within_five_minutes" },
    },
    Behaviour {
        what: phrase!("Content-based deduplication looks at the body only."),
        figure: Figure::None,
        source: "fifo-message-dedup",
        standing: Standing::Faithful { test: "topic_fifo::content_based_deduplication_looks_at_the_body_only" },
    },
    Behaviour {
        what: phrase!("An explicit deduplication id overrides the body."),
        figure: Figure::None,
        source: "fifo-message-dedup",
        standing: Standing::Faithful { test: "topic_fifo::an_explicit_deduplication_id_overrides_the_body" },
    },
    Behaviour {
        what: phrase!("The id of a body is its SHA-256."),
        figure: Figure::None,
        source: "fifo-message-dedup",
        standing: Standing::Simplified { how: phrase!("A shorter number that is the same for the same body.") },
    },
    Behaviour {
        what: phrase!("Duplicates end at the topic, also for those who subscribe later."),
        figure: Figure::None,
        source: "fifo-message-dedup",
        standing: Standing::Faithful { test: "topic_fifo::a_later_subscriber_does_not_get_the_duplicate" },
    },
    Behaviour {
        what: phrase!("Deduplication may hold in each message group instead."),
        figure: Figure::None,
        source: "fifo-high-throughput",
        standing: Standing::Faithful { test: "topic_fifo::deduplication_may_hold_in_each_group" },
    },
    Behaviour {
        what: phrase!("Messages of a group arrive in order."),
        figure: Figure::None,
        source: "fifo-topic-message-ordering",
        standing: Standing::Faithful { test: "topic_fifo::messages_of_a_group_arrive_in_order" },
    },
    Behaviour {
        what: phrase!("A message that cannot be delivered holds back its group, and no other one."),
        figure: Figure::None,
        source: "fifo-topic-message-ordering",
        standing: Standing::Faithful { test: "topic_fifo::a_message_that_cannot_be_delivered_holds_back_its_group" },
    },
    Behaviour {
        what: phrase!("A message that is given up lets its group go on."),
        figure: Figure::None,
        source: "sns-fifo-topics",
        standing: Standing::Faithful { test: "topic_fifo::a_message_that_is_given_up_lets_its_group_go_on" },
    },
    Behaviour {
        what: phrase!("A FIFO queue gets the group and deduplication id."),
        figure: Figure::None,
        source: "fifo-message-delivery",
        standing: Standing::Faithful { test: "topic_fifo::group_and_deduplication_id_reach_the_fifo_queue" },
    },
    Behaviour {
        what: phrase!("The envelope of a FIFO topic has a sequence number."),
        figure: Figure::Named(phrase!("of twenty digits")),
        source: "sns-message-and-json-formats",
        standing: Standing::Faithful { test: "topic_fifo::the_envelope_of_a_fifo_topic_has_a_sequence_number" },
    },
    Behaviour {
        what: phrase!("A FIFO topic feeds standard queues as well, which learn nothing of groups."),
        figure: Figure::None,
        source: "fifo-message-delivery",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_topic_feeds_a_standard_queue" },
    },
    Behaviour {
        what: phrase!("A FIFO topic delivers to queues only."),
        figure: Figure::None,
        source: "sns-fifo-topics",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_topic_delivers_to_queues_only" },
    },
    Behaviour {
        what: phrase!("A FIFO queue cannot subscribe to a standard topic."),
        figure: Figure::None,
        source: "sns-fifo-topics",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_queue_cannot_subscribe_to_a_standard_topic" },
    },
    Behaviour {
        what: phrase!("A subscription's dead-letter queue has the topic's type."),
        figure: Figure::None,
        source: "sns-dead-letter-queues",
        standing: Standing::Faithful { test: "topic_fifo::a_subscriptions_dead_letter_queue_has_the_topics_type" },
    },
    Behaviour {
        what: phrase!("Filtering makes a FIFO subscription at-most-once."),
        figure: Figure::None,
        source: "fifo-message-filtering",
        standing: Standing::Faithful { test: "topic_fifo::filtering_makes_a_fifo_subscription_at_most_once" },
    },
    Behaviour {
        what: phrase!("A FIFO topic throttles beyond its throughput."),
        figure: Figure::Used(|| {
            tr!(
                "{topic}/s, {group}/s for each group",
                topic = number(FIFO_MESSAGES_PER_SECOND),
                group = GROUP_MESSAGES_PER_SECOND
            )
        }),
        source: "fifo-high-throughput",
        standing: Standing::Faithful { test: "topic_fifo::a_fifo_topic_throttles_beyond_its_throughput" },
    },
    Behaviour {
        what: phrase!("A standard topic refuses a deduplication id."),
        figure: Figure::None,
        source: "API_Publish",
        standing: Standing::Faithful { test: "topic_fifo::a_standard_topic_refuses_a_deduplication_id" },
    },
    Behaviour {
        what: phrase!("A standard topic hands a group on to standard queues, for fair queues."),
        figure: Figure::None,
        source: "sqs-fair-queues",
        standing: Standing::Faithful { test: "topic_fifo::a_standard_topic_hands_the_group_on_to_a_standard_queue" },
    },
    Behaviour {
        what: phrase!("A FIFO topic can archive and replay its messages."),
        figure: Figure::Documented(phrase!("1 to 365 days")),
        source: "fifo-message-archiving-replay",
        standing: Standing::Absent { why: phrase!("The bus's archive shows what a replay does.") },
    },
    Behaviour {
        what: phrase!("A standard topic delivers at least once: rarely twice."),
        figure: Figure::None,
        source: "sns-message-delivery",
        standing: Standing::Simplified {
            how: phrase!("Duplicates come from faults that you inject, so that each has a cause to be found."),
        },
    },
    Behaviour {
        what: phrase!("HTTP deliveries carry headers such as x-amz-sns-message-type."),
        figure: Figure::None,
        source: "http-header",
        standing: Standing::Absent { why: phrase!("Nothing here looks at them; the envelope says the same.") },
    },
    Behaviour {
        what: phrase!(
            "A FIFO topic is billed for what it publishes and for each subscription's message, filtered or not."
        ),
        figure: Figure::None,
        source: "aws.amazon.com/sns/pricing",
        standing: Standing::Faithful { test: "cost::a_fifo_topic_pays_for_messages_that_are_filtered_out" },
    },
    Behaviour {
        what: phrase!("Filter policies on the body are billed by what they scan."),
        figure: Figure::None,
        source: "aws.amazon.com/sns/pricing",
        standing: Standing::Faithful { test: "cost::a_topic_pays_for_the_bodies_that_its_filters_scan" },
    },
    Behaviour {
        what: phrase!("SMS deliveries are billed by country."),
        figure: Figure::None,
        source: "aws.amazon.com/sns/sms-pricing",
        standing: Standing::Absent { why: phrase!("The price depends on the telephone's country.") },
    },
    Behaviour {
        what: phrase!("Delivery to Firehose, mobile push and other Regions."),
        figure: Figure::None,
        source: "API_Subscribe",
        standing: Standing::Absent { why: phrase!("None of them takes part in the patterns.") },
    },
    Behaviour {
        what: phrase!("A FIFO topic takes so many bytes a second."),
        figure: Figure::Documented("20 MB/s"),
        source: "fifo-high-throughput",
        standing: Standing::Absent {
            why: phrase!("Messages here are small; the number of them is what is reached first."),
        },
    },
    Behaviour {
        what: phrase!("A message may have a subject."),
        figure: Figure::Documented(phrase!("100 characters")),
        source: "API_Publish",
        standing: Standing::Absent { why: phrase!("Only e-mail shows it, and there the topic's name stands for it.") },
    },
    Behaviour {
        what: phrase!("A message may have another text for each protocol (MessageStructure json)."),
        figure: Figure::None,
        source: "API_Publish",
        standing: Standing::Absent { why: phrase!("The patterns send the same to everybody.") },
    },
];
