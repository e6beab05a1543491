//! Costs.

use super::figure::{Figure, number, price, span};
use super::{Behaviour, Standing};
use crate::diagram::{AS_OF, REGION, Tariff};
use crate::kernel::{MILLISECOND, SECOND};
use crate::services::limits::STATEMENTS_PER_ACU;
use crate::simulation::MONTH;

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("A function pays for requests, and for memory times duration."),
        figure: Figure::Used(|| {
            tr!(
                "{requests}, {duration} a GB-s",
                requests = price(Tariff::LambdaRequests),
                duration = price(Tariff::LambdaDuration)
            )
        }),
        source: "aws.amazon.com/lambda/pricing",
        standing: Standing::Faithful { test: "cost::a_function_pays_for_requests_and_gigabyte_seconds" },
    },
    Behaviour {
        what: phrase!("Duration is billed in whole milliseconds, and the initialisation with it."),
        figure: Figure::Used(|| span(MILLISECOND)),
        source: "aws.amazon.com/lambda/pricing",
        standing: Standing::Faithful { test: "cost::a_functions_initialisation_is_billed_in_whole_milliseconds" },
    },
    Behaviour {
        what: phrase!("A function that waits for others pays for waiting."),
        figure: Figure::None,
        source: "aws.amazon.com/lambda/pricing",
        standing: Standing::Faithful { test: "cost::waiting_is_visible_in_the_bill" },
    },
    Behaviour {
        what: phrase!("A queue pays for sends, receives and deletes, empty receives included, in 64 KB."),
        figure: Figure::Used(|| price(Tariff::SqsRequests)),
        source: "aws.amazon.com/sqs/pricing",
        standing: Standing::Faithful { test: "cost::a_queue_pays_for_sends_in_chunks_for_receives_and_for_deletes" },
    },
    Behaviour {
        what: phrase!("A gateway pays for what it lets through."),
        figure: Figure::Used(|| price(Tariff::ApiGatewayRestRequests)),
        source: "aws.amazon.com/api-gateway/pricing",
        standing: Standing::Faithful { test: "cost::a_gateway_pays_for_what_it_lets_through" },
    },
    Behaviour {
        what: phrase!(
            "A topic pays for publications in 64 KB and for deliveries over HTTP and by e-mail; those to queues and functions are free."
        ),
        figure: Figure::Used(|| {
            format!(
                "{}, {}, {}",
                price(Tariff::SnsPublishes),
                price(Tariff::SnsHttpDeliveries),
                price(Tariff::SnsEmailDeliveries)
            )
        }),
        source: "aws.amazon.com/sns/pricing",
        standing: Standing::Faithful { test: "cost::a_topic_pays_for_publications_and_for_deliveries_outside" },
    },
    Behaviour {
        what: phrase!("A bus pays for events in 64 KB, and for events to another bus."),
        figure: Figure::Used(|| price(Tariff::EventBridgeEvents)),
        source: "aws.amazon.com/eventbridge/pricing",
        standing: Standing::Faithful { test: "cost::a_bus_pays_for_events_and_for_what_goes_to_another_bus" },
    },
    Behaviour {
        what: phrase!("Provisioned concurrency is paid for while it is kept, and running in it at another price."),
        figure: Figure::Used(|| {
            tr!(
                "{kept} and {duration} a GB-s",
                kept = price(Tariff::LambdaProvisionedConcurrency),
                duration = price(Tariff::LambdaProvisionedDuration)
            )
        }),
        source: "aws.amazon.com/lambda/pricing",
        standing: Standing::Faithful { test: "cost::provisioned_concurrency_is_paid_for_while_it_is_kept" },
    },
    Behaviour {
        what: phrase!("A key-value table pays for each KB written and each 4 KB read, half where reads may be behind."),
        figure: Figure::Used(|| {
            tr!("{writes} and {reads}", writes = price(Tariff::DynamoDbWrites), reads = price(Tariff::DynamoDbReads))
        }),
        source: "aws.amazon.com/dynamodb/pricing/on-demand",
        standing: Standing::Faithful { test: "cost::a_key_value_table_pays_for_request_units" },
    },
    Behaviour {
        what: phrase!("A relational database pays for capacity by the hour, at least its minimum."),
        figure: Figure::Used(|| tr!("{} an ACU-hour", price(Tariff::AuroraCapacity))),
        source: "aws.amazon.com/rds/aurora/pricing",
        standing: Standing::Faithful { test: "cost::a_relational_database_pays_for_its_capacity_by_the_hour" },
    },
    Behaviour {
        what: phrase!("Its capacity follows the load."),
        figure: Figure::Used(|| tr!("1 ACU, {} statements", STATEMENTS_PER_ACU)),
        source: "aurora-serverless-v2.how-it-works",
        standing: Standing::Simplified {
            how: phrase!(
                "The service scales by processor and memory; here an ACU works on four statements at the same time."
            ),
        },
    },
    Behaviour {
        what: phrase!("Each row written is an I/O request at least."),
        figure: Figure::Used(|| price(Tariff::AuroraIo)),
        source: "aws.amazon.com/rds/aurora/pricing",
        standing: Standing::Simplified { how: phrase!("One for each row; reads are found in memory.") },
    },
    Behaviour {
        what: phrase!("Prices are the diagram's: each list price can be changed, and changes nothing but the bill."),
        figure: Figure::Used(|| format!("{REGION}, {AS_OF}")),
        source: "aws.amazon.com/pricing",
        standing: Standing::Faithful { test: "cost::a_changed_price_changes_the_bill" },
    },
    Behaviour {
        what: phrase!("A price that makes no sense is refused."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "cost::a_price_that_makes_no_sense_is_refused" },
    },
    Behaviour {
        what: phrase!("The free tier is left out unless somebody wants it taken off."),
        figure: Figure::Used(|| {
            tr!(
                "{requests} requests and {duration} GB-s of a function",
                requests = number(Tariff::LambdaRequests.price().free as u64),
                duration = number(Tariff::LambdaDuration.price().free as u64)
            )
        }),
        source: "aws.amazon.com/free",
        standing: Standing::Faithful { test: "cost::the_free_tier_is_taken_off_only_where_it_is_asked_for" },
    },
    Behaviour {
        what: phrase!("A month is 30 days at the rate so far."),
        figure: Figure::Used(|| span(MONTH as u64 * SECOND)),
        source: "model",
        standing: Standing::Faithful { test: "cost::a_month_is_thirty_days_at_the_rate_so_far" },
    },
    Behaviour {
        what: phrase!("The bills of all nodes add up to the run's cost."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "cost::the_bills_of_all_nodes_add_up_to_the_runs_cost" },
    },
    Behaviour {
        what: phrase!("Prices fall with the amount used."),
        figure: Figure::None,
        source: "aws.amazon.com/api-gateway/pricing",
        standing: Standing::Simplified {
            how: phrase!("The first tier counts for everything, so large bills are a little too high."),
        },
    },
    Behaviour {
        what: phrase!("Data transfer, logs, traces, keys and storage are billed too."),
        figure: Figure::None,
        source: "aws.amazon.com/pricing",
        standing: Standing::Absent {
            why: phrase!("They depend on how the account is set up, not on how the services are wired."),
        },
    },
];
