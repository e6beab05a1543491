//! Databases and e-mail.

use super::figure::{Figure, bytes, node, number, span, usual};
use super::{Behaviour, Standing};
use crate::diagram::NodeKind;
use crate::services::limits::{DOUBLING, MAXIMUM_ITEM, OVER_PEAK, TABLE_READS, TABLE_WRITES, WRITE_UNIT};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        what: phrase!("A key-value table can have a provisioned capacity, of which 300 seconds can be saved up."),
        figure: Figure::Documented("300 s"),
        source: "provisioned-capacity-mode",
        standing: Standing::Absent { why: phrase!("Tables here are on demand.") },
    },
    Behaviour {
        what: phrase!("Attachments of e-mails are billed by their size."),
        figure: Figure::Documented(phrase!("$0.12/GB")),
        source: "ses-pricing",
        standing: Standing::Absent { why: phrase!("E-mails here have no attachments.") },
    },
    Behaviour {
        what: phrase!("Who finds no connection waits for one."),
        figure: Figure::Used(|| tr!("{} connections", usual(node(NodeKind::Database, "MaximumConnections")))),
        source: "AuroraPostgreSQL.Managing.Performance",
        standing: Standing::Faithful { test: "store::statements_beyond_the_connections_wait_for_one" },
    },
    Behaviour {
        what: phrase!("Who waits too long for a connection gets an error."),
        figure: Figure::Used(|| format!("{} ms", usual(node(NodeKind::Database, "ConnectionTimeoutMillis")))),
        source: "AuroraPostgreSQL.Managing.Performance",
        standing: Standing::Faithful { test: "store::a_statement_that_finds_no_connection_in_time_fails" },
    },
    Behaviour {
        what: phrase!("With a proxy a connection is free again as soon as its statement is done."),
        figure: Figure::Used(|| tr!("{} kept", usual(node(NodeKind::Database, "IdleConnectionSeconds")))),
        source: "rds-proxy",
        standing: Standing::Faithful {
            test: "store::by_default_a_connection_is_free_as_soon_as_its_statement_is_done",
        },
    },
    Behaviour {
        what: phrase!(
            "Without a proxy callers keep connections that they do not use, and need no new one for the next statement."
        ),
        figure: Figure::Named("`IdleConnectionSeconds`"),
        source: "rds-proxy",
        standing: Standing::Faithful {
            test: "store::connections_that_callers_keep_are_reused_without_opening_new_ones",
        },
    },
    Behaviour {
        what: phrase!("Connections that one function keeps are not there for another."),
        figure: Figure::None,
        source: "rds-proxy",
        standing: Standing::Faithful { test: "store::unused_connections_of_one_caller_keep_another_out" },
    },
    Behaviour {
        what: phrase!("Beyond its transactions a second a database answers later, and connections are held longer."),
        figure: Figure::Named("`TransactionsPerSecond`"),
        source: "model",
        standing: Standing::Faithful { test: "store::transactions_a_second_are_limited" },
    },
    Behaviour {
        what: phrase!("A failover rolls back what runs, and for its time nobody gets a connection."),
        figure: Figure::Used(|| usual(node(NodeKind::Database, "FailoverSeconds"))),
        source: "Concepts.AuroraHighAvailability",
        standing: Standing::Faithful {
            test: "store::a_failover_rolls_back_what_runs_and_keeps_everybody_out_for_its_time",
        },
    },
    Behaviour {
        what: phrase!("After a failover everybody opens a new connection at once."),
        figure: Figure::None,
        source: "Concepts.AuroraHighAvailability",
        standing: Standing::Faithful { test: "store::a_failover_is_followed_by_a_storm_of_new_connections" },
    },
    Behaviour {
        what: phrase!("Without a unique key, what is written twice is there twice."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "store::a_relational_table_shows_a_duplicate_as_a_second_row" },
    },
    Behaviour {
        what: phrase!("An idempotent write is made once, however often it is asked for."),
        figure: Figure::None,
        source: "model",
        standing: Standing::Faithful { test: "store::an_idempotent_write_is_made_once" },
    },
    Behaviour {
        what: phrase!("Reading replicas, and reads that are behind the writer."),
        figure: Figure::None,
        source: "Concepts.AuroraHighAvailability",
        standing: Standing::Absent {
            why: phrase!(
                "One writer answers everything; how far a replica is behind depends on the load of the storage."
            ),
        },
    },
    Behaviour {
        what: phrase!("A database without capacity pauses, and takes seconds to come back."),
        figure: Figure::Documented("15 s"),
        source: "aurora-serverless-v2-auto-pause",
        standing: Standing::Absent {
            why: phrase!(
                "It is an option of the cluster; a first statement that is slow can be shown with added latency."
            ),
        },
    },
    Behaviour {
        what: phrase!("Transactions of several statements, locks and isolation levels."),
        figure: Figure::None,
        source: "AuroraPostgreSQL.Managing.Performance",
        standing: Standing::Simplified {
            how: phrase!("A statement is a transaction of its own; deadlocks are a share that you can set."),
        },
    },
    Behaviour {
        what: phrase!("A put with a key that is there replaces the item."),
        figure: Figure::None,
        source: "API_PutItem",
        standing: Standing::Faithful { test: "store::a_put_with_a_key_that_is_there_replaces_the_item" },
    },
    Behaviour {
        what: phrase!("A conditional put is made once; who comes second is told ConditionalCheckFailedException."),
        figure: Figure::None,
        source: "API_PutItem",
        standing: Standing::Faithful { test: "store::a_conditional_put_is_made_once_and_says_so" },
    },
    Behaviour {
        what: phrase!("A failed condition is an error of the call, and the handler catches it."),
        figure: Figure::Documented("400"),
        source: "Programming.Errors",
        standing: Standing::Simplified {
            how: phrase!("A step with `idempotent` goes on, with the exception as its result."),
        },
    },
    Behaviour {
        what: phrase!("A new table on demand takes 4,000 writes and 12,000 reads a second."),
        figure: Figure::Used(|| {
            tr!("{writes} and {reads} units/s", writes = number(TABLE_WRITES.new), reads = number(TABLE_READS.new))
        }),
        source: "on-demand-capacity-mode",
        standing: Standing::Faithful { test: "store::a_new_on_demand_table_takes_4_000_writes_a_second" },
    },
    Behaviour {
        what: phrase!(
            "Later it takes up to twice its previous peak at once; beyond that it throttles within half an hour."
        ),
        figure: Figure::Used(|| tr!("{factor} x peak, {span}", factor = OVER_PEAK, span = span(DOUBLING))),
        source: "on-demand-capacity-mode",
        standing: Standing::Faithful {
            test: "store::an_on_demand_table_takes_twice_its_previous_peak_half_an_hour_later",
        },
    },
    Behaviour {
        what: phrase!("One partition takes 1,000 write units and 3,000 read units a second."),
        figure: Figure::Used(|| {
            tr!(
                "{writes} and {reads} units/s",
                writes = number(TABLE_WRITES.partition),
                reads = number(TABLE_READS.partition)
            )
        }),
        source: "bp-partition-key-design",
        standing: Standing::Faithful { test: "store::one_key_takes_1_000_writes_a_second" },
    },
    Behaviour {
        what: phrase!("Keys share partitions, and adaptive capacity moves the busy ones apart."),
        figure: Figure::None,
        source: "burst-adaptive-capacity",
        standing: Standing::Simplified {
            how: phrase!("Each key is a partition of its own, as adaptive capacity makes it in the end."),
        },
    },
    Behaviour {
        what: phrase!("A throttled request is an error 400 with ThrottlingException."),
        figure: Figure::Documented("400"),
        source: "Programming.Errors",
        standing: Standing::Simplified {
            how: phrase!("Its body is that; the status is 429, so that all throttling looks alike here."),
        },
    },
    Behaviour {
        what: phrase!("A write counts one unit for each KB, begun ones included."),
        figure: Figure::Used(|| bytes(WRITE_UNIT)),
        source: "on-demand-capacity-mode",
        standing: Standing::Faithful { test: "store::a_write_counts_a_unit_for_each_kilobyte" },
    },
    Behaviour {
        what: phrase!("An item is at most 400 KB large."),
        figure: Figure::Used(|| bytes(MAXIMUM_ITEM)),
        source: "ServiceQuotas",
        standing: Standing::Faithful { test: "store::an_item_of_more_than_400_kb_is_refused" },
    },
    Behaviour {
        what: phrase!("A read finds what was written last."),
        figure: Figure::None,
        source: "HowItWorks.ReadConsistency",
        standing: Standing::Faithful { test: "store::a_read_finds_what_was_written_last" },
    },
    Behaviour {
        what: phrase!("Eventually consistent reads may miss a write of the last moments."),
        figure: Figure::None,
        source: "HowItWorks.ReadConsistency",
        standing: Standing::Simplified { how: phrase!("They cost half, but here they see every write.") },
    },
    Behaviour {
        what: phrase!("What exceeds the sending rate is refused, apart from short bursts."),
        figure: Figure::Named("`MaxSendRate`"),
        source: "manage-sending-quotas",
        standing: Standing::Faithful { test: "store::a_mailer_refuses_what_exceeds_its_sending_rate" },
    },
    Behaviour {
        what: phrase!("The sending quota is that of the last 24 hours, whenever one looks."),
        figure: Figure::Named("`Max24HourSend`"),
        source: "manage-sending-quotas",
        standing: Standing::Faithful { test: "store::a_mailers_quota_looks_back_24_hours" },
    },
    Behaviour {
        what: phrase!("A new account is in the sandbox: 200 recipients in 24 hours, one a second."),
        figure: Figure::Documented("200, 1/s"),
        source: "manage-sending-quotas",
        standing: Standing::Simplified {
            how: phrase!("Quotas are off until you set them; each e-mail here has one recipient."),
        },
    },
    Behaviour {
        what: phrase!("A bounce comes back later as an event; the call had succeeded."),
        figure: Figure::None,
        source: "monitor-sending-activity-using-notifications",
        standing: Standing::Faithful { test: "store::a_bounce_comes_later_as_an_event_on_a_topic" },
    },
    Behaviour {
        what: phrase!("Bounces and complaints reach an event bus as events of `aws.ses`."),
        figure: Figure::None,
        source: "monitoring-eventbridge",
        standing: Standing::Faithful { test: "store::a_complaint_reaches_a_bus_as_an_event_of_the_service" },
    },
    Behaviour {
        what: phrase!("An account with too many bounces or complaints is paused."),
        figure: Figure::Documented(phrase!("5 to 10 %, 0.1 to 0.5 %")),
        source: "reputationdashboard-messages",
        standing: Standing::Absent { why: phrase!("People review it; there is no time that could be simulated.") },
    },
];
