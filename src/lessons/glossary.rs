//! The glossary: the guide's terms and ours, each in a sentence or two of our own.

use crate::diagram::NodeKind;

/// A term.
pub struct Term {
    /// As links write it: `glossary:visibility-timeout`.
    pub id: &'static str,
    /// As documented.
    pub name: &'static str,
    pub meaning: &'static str,
    /// The kinds of node that it is about.
    pub kinds: &'static [NodeKind],
    /// The settings that it explains.
    pub settings: &'static [&'static str],
    /// Ids of terms to read next.
    pub related: &'static [&'static str],
    /// The documentation's page; empty for a word of ours.
    pub page: &'static str,
}

/// In alphabetical order of their names.
pub const TERMS: &[Term] = &[
    Term {
        id: "api-gateway",
        name: phrase!("API gateway"),
        meaning: phrase!(
            "The front door of services: it takes HTTP requests, decides who may pass and how often, and hands each request to the integration of its route."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["ApiType", "StageName"],
        related: &["route", "integration", "throttling", "facade"],
        page: "welcome",
    },
    Term {
        id: "api-key",
        name: phrase!("API key"),
        meaning: phrase!(
            "A text that says which client is asking. It serves for counting and limiting, not for proving who somebody is."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["ApiKey", "ApiKeyRequired", "ApiKeySource"],
        related: &["usage-plan", "authorizer"],
        page: "api-gateway-api-key-source",
    },
    Term {
        id: "archive",
        name: phrase!("archive"),
        meaning: phrase!(
            "Keeps the events of a bus, or those that match a pattern, so that they can be replayed later."
        ),
        kinds: &[NodeKind::Bus],
        settings: &["Archive", "ArchiveEventPattern", "RetentionDays"],
        related: &["replay", "event-bus"],
        page: "eb-archive",
    },
    Term {
        id: "asynchronous-invocation",
        name: phrase!("asynchronous invocation"),
        meaning: phrase!(
            "The event is put into a queue inside the service, and the caller hears only that it was taken. If the function fails, the service tries twice more by default."
        ),
        kinds: &[NodeKind::Function, NodeKind::Topic, NodeKind::Rule],
        settings: &[],
        related: &["maximum-retry-attempts", "destination", "synchronous-invocation"],
        page: "invocation-async",
    },
    Term {
        id: "at-least-once",
        name: phrase!("at-least-once delivery"),
        meaning: phrase!(
            "Each message arrives, and some arrive more than once. Almost everything that keeps messages safe promises this and no more."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic, NodeKind::Bus],
        settings: &["DuplicateRate"],
        related: &["idempotency", "standard-queue"],
        page: "standard-queues-at-least-once-delivery",
    },
    Term {
        id: "authorizer",
        name: phrase!("authorizer"),
        meaning: phrase!(
            "Decides before the integration whether a request may pass, by its token; a function of one's own can do it. Its verdicts are cached for a while."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["Authorizer", "AuthorizerResultTtlInSeconds"],
        related: &["api-gateway"],
        page: "apigateway-use-lambda-authorizer",
    },
    Term {
        id: "backlog",
        name: phrase!("backlog"),
        meaning: phrase!(
            "What waits in a queue. It grows while more comes in than is worked on, and its age says how late the work is."
        ),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["queue", "concurrency"],
        page: "sqs-available-cloudwatch-metrics",
    },
    Term {
        id: "batch-size",
        name: phrase!("batch size"),
        meaning: phrase!(
            "The most messages that one invocation gets. They are worked on within one timeout, and by default succeed or fail together."
        ),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["BatchSize"],
        related: &["batching-window", "report-batch-item-failures", "function-timeout"],
        page: "services-sqs-configure",
    },
    Term {
        id: "batching-window",
        name: phrase!("batching window"),
        meaning: phrase!("How long a poller gathers messages for a batch before it invokes the function with fewer."),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["MaximumBatchingWindowInSeconds"],
        related: &["batch-size"],
        page: "services-sqs-configure",
    },
    Term {
        id: "billed-duration",
        name: phrase!("billed duration"),
        meaning: phrase!(
            "The time from the start to the end of an invocation, rounded up to a millisecond and paid for by memory size. Waiting for others counts like work."
        ),
        kinds: &[NodeKind::Function],
        settings: &[],
        related: &["memory-size", "synchronous-invocation"],
        page: "configuration-memory",
    },
    Term {
        id: "bounce",
        name: phrase!("bounce"),
        meaning: phrase!(
            "An e-mail that the receiver's server has refused. The service tells of it later, through a topic or bus."
        ),
        kinds: &[NodeKind::Mailer],
        settings: &["BounceRate"],
        related: &["mailer", "complaint"],
        page: "monitor-sending-activity-using-notifications",
    },
    Term {
        id: "burst",
        name: phrase!("burst limit"),
        meaning: phrase!(
            "How many tokens the bucket of a throttle holds: so many requests may come at once before the rate limit is felt."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["ThrottlingBurstLimit", "ApiGatewayThrottlingBurstLimit"],
        related: &["throttling"],
        page: "api-gateway-request-throttling",
    },
    Term {
        id: "business-ledger",
        name: phrase!("business ledger"),
        meaning: phrase!(
            "What clients were promised against what has come of it: rows and e-mails that are there, late, missing, there twice, or there although nobody asked."
        ),
        kinds: &[],
        settings: &[],
        related: &["percentile", "simulated-time"],
        page: "",
    },
    Term {
        id: "canary",
        name: phrase!("canary release"),
        meaning: phrase!(
            "A share of the requests goes to a new deployment while the others stay with the old one, so that a mistake hits few."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["CanarySettings"],
        related: &["api-gateway"],
        page: "canary-release",
    },
    Term {
        id: "circuit-breaker",
        name: phrase!("circuit breaker"),
        meaning: phrase!(
            "After several failures in a row nothing is sent for a while, and the caller fails at once. It spares both sides."
        ),
        kinds: &[NodeKind::Client, NodeKind::Function],
        settings: &["CircuitBreaker"],
        related: &["retry", "retry-storm"],
        page: "",
    },
    Term {
        id: "client",
        name: phrase!("client"),
        meaning: phrase!("Whoever sends requests and waits for answers: a browser, an app, another program."),
        kinds: &[NodeKind::Client],
        settings: &["Arrivals", "Payloads"],
        related: &["retry", "circuit-breaker", "status-polling"],
        page: "",
    },
    Term {
        id: "cold-start",
        name: phrase!("cold start"),
        meaning: phrase!(
            "The delay of an invocation for which a new execution environment has to be initialised first. The initialisation is billed."
        ),
        kinds: &[NodeKind::Function],
        settings: &["InitDuration"],
        related: &["execution-environment", "provisioned-concurrency"],
        page: "lambda-runtime-environment",
    },
    Term {
        id: "complaint",
        name: phrase!("complaint"),
        meaning: phrase!("A receiver has marked an e-mail as unwanted. Too many, and sending is stopped."),
        kinds: &[NodeKind::Mailer],
        settings: &["ComplaintRate"],
        related: &["mailer", "bounce"],
        page: "monitor-sending-activity-using-notifications",
    },
    Term {
        id: "concurrency",
        name: phrase!("concurrency"),
        meaning: phrase!(
            "How many requests a function works on at the same moment: about requests a second times seconds for each. All functions of an account share a limit."
        ),
        kinds: &[NodeKind::Function],
        settings: &["ConcurrentExecutions"],
        related: &["reserved-concurrency", "execution-environment"],
        page: "lambda-concurrency",
    },
    Term {
        id: "conditional-write",
        name: phrase!("conditional write"),
        meaning: phrase!(
            "A write that happens only if a condition holds, such as that there is no item of this key yet. It makes a repeated write harmless."
        ),
        kinds: &[NodeKind::Database],
        settings: &[],
        related: &["idempotency", "database"],
        page: "WorkingWithItems",
    },
    Term {
        id: "cors",
        name: "CORS",
        meaning: phrase!(
            "Cross-origin resource sharing: what a browser asks a server before it lets a page of another origin read the answer."
        ),
        kinds: &[NodeKind::Gateway, NodeKind::Client],
        settings: &["CorsConfiguration", "Origin"],
        related: &["api-gateway", "client"],
        page: "how-to-cors",
    },
    Term {
        id: "database",
        name: phrase!("database"),
        meaning: phrase!(
            "Keeps the rows that functions write. Here it is like a relational cluster, with connections and failover, or like a key-value table with capacity on demand."
        ),
        kinds: &[NodeKind::Database],
        settings: &["Engine"],
        related: &["connection", "conditional-write"],
        page: "",
    },
    Term {
        id: "connection",
        name: phrase!("database connection"),
        meaning: phrase!(
            "A place at a relational database. There are only so many; whoever gets none waits, and fails in the end."
        ),
        kinds: &[NodeKind::Database],
        settings: &["MaximumConnections", "ConnectionTimeoutMillis"],
        related: &["database", "concurrency"],
        page: "rds-proxy",
    },
    Term {
        id: "dead-letter-queue",
        name: phrase!("dead-letter queue"),
        meaning: phrase!(
            "A queue for what could not be worked on or delivered, so that it is out of the way and not lost. Nothing leaves it by itself."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic, NodeKind::Rule, NodeKind::Function],
        settings: &["DeadLetterQueue"],
        related: &["redrive", "max-receive-count", "poison-message"],
        page: "sqs-dead-letter-queues",
    },
    Term {
        id: "redrive",
        name: phrase!("dead-letter queue redrive"),
        meaning: phrase!(
            "Moving dead letters back to the queue they came from, or to another one, once the reason is gone."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["RedriveAllowPolicy"],
        related: &["dead-letter-queue"],
        page: "sqs-configure-dead-letter-queue-redrive",
    },
    Term {
        id: "decoupling",
        name: phrase!("decoupling"),
        meaning: phrase!(
            "Sender and receiver need not be there at the same time, be equally fast, or know each other. The price: the answer comes before the work is done."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic, NodeKind::Bus],
        settings: &[],
        related: &["queue", "publish-subscribe", "status-polling"],
        page: "",
    },
    Term {
        id: "deduplication",
        name: phrase!("deduplication"),
        meaning: phrase!(
            "A FIFO queue accepts a message whose deduplication id it has seen within five minutes, and drops it. The id is given, or made of the body."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic],
        settings: &["ContentBasedDeduplication", "DeduplicationScope", "MessageDeduplicationId"],
        related: &["fifo-queue", "idempotency"],
        page: "using-messagededuplicationid-property",
    },
    Term {
        id: "delay-queue",
        name: phrase!("delay queue"),
        meaning: phrase!(
            "A queue that hides each new message for a while before anybody can receive it, for 15 minutes at most."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["DelaySeconds"],
        related: &["visibility-timeout"],
        page: "sqs-delay-queues",
    },
    Term {
        id: "delivery-policy",
        name: phrase!("delivery policy"),
        meaning: phrase!(
            "How often and at which distances a topic tries again to deliver to an HTTP endpoint. For other services the schedule is fixed and goes on for 23 days."
        ),
        kinds: &[NodeKind::Topic, NodeKind::Endpoint],
        settings: &["DeliveryPolicy"],
        related: &["subscription", "retry"],
        page: "sns-message-delivery-retries",
    },
    Term {
        id: "destination",
        name: phrase!("destination"),
        meaning: phrase!(
            "Where a record of an asynchronous invocation goes: on success, or on failure once all attempts have failed. It tells more than a dead-letter queue, which gets the event alone."
        ),
        kinds: &[NodeKind::Function],
        settings: &[],
        related: &["asynchronous-invocation", "dead-letter-queue"],
        page: "invocation-async-retain-records",
    },
    Term {
        id: "mailer",
        name: phrase!("e-mail service"),
        meaning: phrase!(
            "Sends e-mails, up to a rate a second and a quota for 24 hours. What it was told to send cannot be called back."
        ),
        kinds: &[NodeKind::Mailer],
        settings: &["MaxSendRate", "Max24HourSend"],
        related: &["bounce"],
        page: "manage-sending-quotas",
    },
    Term {
        id: "event",
        name: phrase!("event"),
        meaning: phrase!(
            "A JSON document that says what has happened: who says so (source), of which kind it is (detail-type), and the facts (detail)."
        ),
        kinds: &[NodeKind::Bus, NodeKind::Rule],
        settings: &["Source", "DetailType"],
        related: &["event-bus", "event-pattern"],
        page: "eb-events-structure",
    },
    Term {
        id: "event-bus",
        name: phrase!("event bus"),
        meaning: phrase!(
            "Takes events and passes each to the targets of all rules that match it. The sender knows neither rules nor targets."
        ),
        kinds: &[NodeKind::Bus],
        settings: &["Name", "EventBusName"],
        related: &["rule", "event", "event-pattern"],
        page: "eb-event-bus",
    },
    Term {
        id: "event-pattern",
        name: phrase!("event pattern"),
        meaning: phrase!(
            "The conditions of a rule, in the shape of the event: each field lists the values that match. What no pattern matches disappears without an error."
        ),
        kinds: &[NodeKind::Rule],
        settings: &["EventPattern"],
        related: &["rule", "filter-policy", "archive"],
        page: "eb-event-patterns",
    },
    Term {
        id: "event-source-mapping",
        name: phrase!("event source mapping"),
        meaning: phrase!(
            "Pollers that the function service runs for you: they receive messages, gather them into batches, invoke the function, and delete what it has done."
        ),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["Enabled", "FilterCriteria"],
        related: &["poller", "batch-size", "report-batch-item-failures"],
        page: "with-sqs",
    },
    Term {
        id: "execution-environment",
        name: phrase!("execution environment"),
        meaning: phrase!(
            "A place in which a function's code runs, one invocation at a time. It is kept for a while and used again."
        ),
        kinds: &[NodeKind::Function],
        settings: &["IdleSeconds"],
        related: &["cold-start", "concurrency"],
        page: "lambda-runtime-environment",
    },
    Term {
        id: "backoff",
        name: phrase!("exponential backoff and jitter"),
        meaning: phrase!(
            "Waiting longer before each retry, and for a random part of it, so that many clients do not come back at the same moment."
        ),
        kinds: &[NodeKind::Client, NodeKind::Function],
        settings: &["RetryBackoffMillis", "RetryJitter", "RetryMaximumBackoffMillis"],
        related: &["retry", "retry-storm"],
        page: "",
    },
    Term {
        id: "facade",
        name: phrase!("façade"),
        meaning: phrase!(
            "One address in front of many services. Clients know only it, so what stands behind it can be changed, split and moved."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &[],
        related: &["api-gateway"],
        page: "",
    },
    Term {
        id: "failover",
        name: phrase!("failover"),
        meaning: phrase!(
            "The writer of a database cluster fails and a replica takes over. For some seconds no statement succeeds."
        ),
        kinds: &[NodeKind::Database],
        settings: &["FailoverSeconds"],
        related: &["database", "retry"],
        page: "Concepts.AuroraHighAvailability",
    },
    Term {
        id: "fair-queue",
        name: phrase!("fair queue"),
        meaning: phrase!(
            "A standard queue whose messages carry a MessageGroupId: when one tenant floods it, messages of the others are delivered first."
        ),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["message-group"],
        page: "sqs-fair-queues",
    },
    Term {
        id: "fan-out",
        name: phrase!("fan-out"),
        meaning: phrase!(
            "One message becomes several: a topic with a queue behind each subscription lets every receiver work at its own speed."
        ),
        kinds: &[NodeKind::Topic, NodeKind::Queue],
        settings: &[],
        related: &["topic", "queue"],
        page: "sns-common-scenarios",
    },
    Term {
        id: "fifo-queue",
        name: phrase!("FIFO queue"),
        meaning: phrase!(
            "A queue that keeps the order within each message group and takes a repeated message only once within five minutes. It is slower and dearer than a standard queue."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic],
        settings: &["FifoQueue", "FifoTopic"],
        related: &["message-group", "deduplication"],
        page: "sqs-fifo-queues",
    },
    Term {
        id: "filter-policy",
        name: phrase!("filter policy"),
        meaning: phrase!(
            "Conditions on a message's attributes or body; a subscription gets only what fulfils them. What is filtered out is nobody's error."
        ),
        kinds: &[NodeKind::Topic],
        settings: &["FilterPolicy", "FilterPolicyScope"],
        related: &["subscription", "event-pattern"],
        page: "sns-subscription-filter-policies",
    },
    Term {
        id: "function",
        name: phrase!("function"),
        meaning: phrase!(
            "Code that runs when it is invoked and is billed for as long as it runs. It keeps nothing between invocations that anybody may count on."
        ),
        kinds: &[NodeKind::Function],
        settings: &["Handler"],
        related: &["invocation", "execution-environment", "billed-duration"],
        page: "welcome",
    },
    Term {
        id: "function-timeout",
        name: phrase!("function timeout"),
        meaning: phrase!(
            "How long an invocation may take, 15 minutes at most. Then it is stopped and has failed, whatever it has done by then."
        ),
        kinds: &[NodeKind::Function],
        settings: &["Timeout"],
        related: &["visibility-timeout", "batch-size"],
        page: "configuration-timeout",
    },
    Term {
        id: "handler",
        name: phrase!("handler"),
        meaning: phrase!(
            "The code that a function runs for each event; here a short list of steps that can be read and changed."
        ),
        kinds: &[NodeKind::Function],
        settings: &["Handler"],
        related: &["function"],
        page: "",
    },
    Term {
        id: "idempotency",
        name: phrase!("idempotency"),
        meaning: phrase!(
            "Doing something twice has the effect of doing it once. Where messages may come twice, the receiver has to see to it, mostly by a key for each request."
        ),
        kinds: &[NodeKind::Function, NodeKind::Database, NodeKind::Client],
        settings: &["IdempotencyKey"],
        related: &["at-least-once", "conditional-write", "deduplication"],
        page: "",
    },
    Term {
        id: "in-flight",
        name: phrase!("in flight"),
        meaning: phrase!("Received and neither deleted nor visible again: somebody is, or should be, working on it."),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["visibility-timeout"],
        page: "sqs-visibility-timeout",
    },
    Term {
        id: "input-transformer",
        name: phrase!("input transformer"),
        meaning: phrase!(
            "Takes parts of an event and puts them into a template, so that a target gets just what it needs."
        ),
        kinds: &[NodeKind::Rule],
        settings: &["InputTransformer", "InputPath", "Input"],
        related: &["target"],
        page: "eb-transform-target-input",
    },
    Term {
        id: "integration",
        name: phrase!("integration"),
        meaning: phrase!(
            "What stands behind a route: a function, another service or an HTTP endpoint, and how request and answer are translated on the way."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["IntegrationType", "TimeoutInMillis", "RequestTemplates"],
        related: &["route", "api-gateway"],
        page: "api-gateway-api-integration-types",
    },
    Term {
        id: "invocation",
        name: phrase!("invocation"),
        meaning: phrase!("One run of a function, for one event. An event may hold a whole batch of messages."),
        kinds: &[NodeKind::Function],
        settings: &[],
        related: &["synchronous-invocation", "asynchronous-invocation"],
        page: "lambda-invocation",
    },
    Term {
        id: "long-polling",
        name: phrase!("long polling"),
        meaning: phrase!(
            "Receiving with a wait of up to 20 seconds: the queue answers as soon as there is a message. It saves empty answers, which are paid for."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["ReceiveMessageWaitTimeSeconds", "Polling", "ShortPollMissRate"],
        related: &["poller"],
        page: "sqs-short-and-long-polling",
    },
    Term {
        id: "maximum-concurrency",
        name: phrase!("maximum concurrency"),
        meaning: phrase!(
            "How many invocations at a time an event source mapping may cause, 2 at least. It protects what stands behind the function."
        ),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["MaximumConcurrency"],
        related: &["reserved-concurrency", "event-source-mapping"],
        page: "services-sqs-scaling",
    },
    Term {
        id: "maximum-event-age",
        name: "MaximumEventAgeInSeconds",
        meaning: phrase!(
            "How old an event of an asynchronous invocation may get before it is given up, six hours by default."
        ),
        kinds: &[NodeKind::Function, NodeKind::Rule],
        settings: &["MaximumEventAgeInSeconds"],
        related: &["maximum-retry-attempts"],
        page: "invocation-async-configuring",
    },
    Term {
        id: "maximum-retry-attempts",
        name: "MaximumRetryAttempts",
        meaning: phrase!(
            "How often a function that failed an asynchronous invocation is tried again: 0 to 2 times, after one and after two more minutes."
        ),
        kinds: &[NodeKind::Function],
        settings: &["MaximumRetryAttempts"],
        related: &["asynchronous-invocation", "maximum-event-age", "destination"],
        page: "invocation-async-configuring",
    },
    Term {
        id: "max-receive-count",
        name: "maxReceiveCount",
        meaning: phrase!(
            "How often a message may be received before the next attempt moves it to the dead-letter queue."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["maxReceiveCount"],
        related: &["dead-letter-queue", "receive-count"],
        page: "sqs-dead-letter-queues",
    },
    Term {
        id: "memory-size",
        name: phrase!("memory size"),
        meaning: phrase!(
            "The memory of a function in megabytes, and with it its share of processor time: at 1,769 MB it has one processor to itself."
        ),
        kinds: &[NodeKind::Function],
        settings: &["MemorySize"],
        related: &["billed-duration"],
        page: "configuration-memory",
    },
    Term {
        id: "message-group",
        name: phrase!("message group"),
        meaning: phrase!(
            "Messages of a FIFO queue with the same MessageGroupId are delivered in order, one after the other; different groups do not wait for each other."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Topic],
        settings: &["MessageGroupId"],
        related: &["fifo-queue", "fair-queue"],
        page: "using-messagegroupid-property",
    },
    Term {
        id: "retention-period",
        name: phrase!("message retention period"),
        meaning: phrase!(
            "How long a queue keeps a message that nobody deletes: four days by default, 14 at most. Then it is gone, without going to the dead-letter queue."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["MessageRetentionPeriod"],
        related: &["dead-letter-queue"],
        page: "sqs-basic-architecture",
    },
    Term {
        id: "percentile",
        name: phrase!("percentile"),
        meaning: phrase!(
            "p99 = 300 ms: 99 of 100 answers took no longer. The mean hides the slow ones, of which every customer meets one sooner or later."
        ),
        kinds: &[],
        settings: &[],
        related: &["business-ledger"],
        page: "",
    },
    Term {
        id: "poison-message",
        name: phrase!("poison message"),
        meaning: phrase!(
            "A message on which the receiver fails every time. Trying again does not help; setting it aside does."
        ),
        kinds: &[NodeKind::Queue, NodeKind::Function],
        settings: &[],
        related: &["dead-letter-queue", "report-batch-item-failures"],
        page: "",
    },
    Term {
        id: "poller",
        name: phrase!("poller"),
        meaning: phrase!(
            "A part of an event source mapping that asks the queue for messages. There are five at first, and more as long as messages wait."
        ),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["InitialPollers", "MaximumPollers", "ProvisionedPollerConfig"],
        related: &["event-source-mapping", "long-polling", "maximum-concurrency"],
        page: "services-sqs-scaling",
    },
    Term {
        id: "provisioned-concurrency",
        name: phrase!("provisioned concurrency"),
        meaning: phrase!(
            "Execution environments that are kept initialised, so that there is no cold start, and paid for whether they are used or not."
        ),
        kinds: &[NodeKind::Function],
        settings: &["ProvisionedConcurrentExecutions"],
        related: &["cold-start", "concurrency"],
        page: "provisioned-concurrency",
    },
    Term {
        id: "publish-subscribe",
        name: phrase!("publish/subscribe"),
        meaning: phrase!(
            "Whoever publishes says what has happened; whoever is interested has subscribed. Neither knows the other."
        ),
        kinds: &[NodeKind::Topic, NodeKind::Bus],
        settings: &[],
        related: &["topic", "event-bus", "decoupling"],
        page: "",
    },
    Term {
        id: "queue",
        name: phrase!("queue"),
        meaning: phrase!(
            "Keeps messages until somebody has worked on them and deleted them. Whoever sends need not wait for whoever receives, and may be faster for a while."
        ),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["standard-queue", "fifo-queue", "visibility-timeout", "decoupling"],
        page: "sqs-queue-types",
    },
    Term {
        id: "raw-message-delivery",
        name: phrase!("raw message delivery"),
        meaning: phrase!(
            "Hands a message on as it was published, instead of wrapped into an envelope with the topic's own fields."
        ),
        kinds: &[NodeKind::Topic],
        settings: &["RawMessageDelivery"],
        related: &["subscription"],
        page: "sns-large-payload-raw-message-delivery",
    },
    Term {
        id: "receive-count",
        name: phrase!("receive count"),
        meaning: phrase!("How often a message was received. It counts attempts, whatever became of them."),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["max-receive-count", "visibility-timeout"],
        page: "sqs-message-metadata",
    },
    Term {
        id: "replay",
        name: phrase!("replay"),
        meaning: phrase!("Sends archived events of a span of time to the bus once more; rules see them like new ones."),
        kinds: &[NodeKind::Bus],
        settings: &[],
        related: &["archive", "idempotency"],
        page: "eb-replay-archived-event",
    },
    Term {
        id: "report-batch-item-failures",
        name: "ReportBatchItemFailures",
        meaning: phrase!(
            "Lets a function name the messages of a batch that failed; the others are deleted. Without it one failure returns the whole batch."
        ),
        kinds: &[NodeKind::Function, NodeKind::Queue],
        settings: &["ReportBatchItemFailures", "BatchItemFailures"],
        related: &["batch-size", "poison-message"],
        page: "services-sqs-errorhandling",
    },
    Term {
        id: "reserved-concurrency",
        name: phrase!("reserved concurrency"),
        meaning: phrase!(
            "A part of the account's concurrency that only this function may use, and the most that it can use. 0 switches it off."
        ),
        kinds: &[NodeKind::Function],
        settings: &["ReservedConcurrentExecutions"],
        related: &["concurrency"],
        page: "configuration-concurrency",
    },
    Term {
        id: "retry",
        name: phrase!("retry"),
        meaning: phrase!(
            "Trying again what has failed. It bridges short errors, repeats work that was done after all, and adds load just when there is too much."
        ),
        kinds: &[NodeKind::Client, NodeKind::Function],
        settings: &["Retries", "RetryOn"],
        related: &["backoff", "retry-storm", "idempotency"],
        page: "",
    },
    Term {
        id: "retry-storm",
        name: phrase!("retry storm"),
        meaning: phrase!(
            "Each layer tries again, and the attempts multiply: what is overloaded gets many times its load and cannot recover."
        ),
        kinds: &[NodeKind::Client, NodeKind::Function],
        settings: &[],
        related: &["retry", "circuit-breaker"],
        page: "",
    },
    Term {
        id: "route",
        name: phrase!("route"),
        meaning: phrase!(
            "A method and a path of an API, such as POST /payments, and what answers it. In REST APIs a path is called a resource and a method of it a method."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["Method", "Path"],
        related: &["integration", "api-gateway"],
        page: "api-gateway-method-settings-method-request",
    },
    Term {
        id: "rule",
        name: phrase!("rule"),
        meaning: phrase!(
            "Belongs to a bus and matches events by a pattern, or acts on a schedule; what matches goes to its targets."
        ),
        kinds: &[NodeKind::Rule, NodeKind::Bus],
        settings: &["State", "ScheduleExpression"],
        related: &["event-pattern", "target"],
        page: "eb-rules",
    },
    Term {
        id: "seed",
        name: phrase!("seed"),
        meaning: phrase!(
            "The number from which all chance in a run is drawn. The same diagram, seed and changes give the same run, event by event."
        ),
        kinds: &[],
        settings: &[],
        related: &["simulated-time"],
        page: "",
    },
    Term {
        id: "simulated-time",
        name: phrase!("simulated time"),
        meaning: phrase!(
            "The time of the diagram. It can run faster or slower than yours, stand still and be gone back in; the same seed always gives the same run."
        ),
        kinds: &[],
        settings: &[],
        related: &["seed", "business-ledger"],
        page: "",
    },
    Term {
        id: "standard-queue",
        name: phrase!("standard queue"),
        meaning: phrase!("A queue of almost any speed that delivers each message at least once, and mostly in order."),
        kinds: &[NodeKind::Queue],
        settings: &[],
        related: &["at-least-once", "fifo-queue"],
        page: "standard-queues",
    },
    Term {
        id: "status-polling",
        name: phrase!("status polling"),
        meaning: phrase!(
            "The client got a request id instead of a result, and asks again and again whether the work is done."
        ),
        kinds: &[NodeKind::Client],
        settings: &["PollStatus"],
        related: &["decoupling", "client"],
        page: "",
    },
    Term {
        id: "subscription",
        name: phrase!("subscription"),
        meaning: phrase!(
            "A receiver of a topic: a queue, a function, an endpoint, an address. Each gets its own copy, with its own filter, retries and dead-letter queue."
        ),
        kinds: &[NodeKind::Topic],
        settings: &["Subscribed", "Confirmed", "Protocol"],
        related: &["filter-policy", "topic", "delivery-policy"],
        page: "sns-create-subscribe-endpoint-to-topic",
    },
    Term {
        id: "synchronous-invocation",
        name: phrase!("synchronous invocation"),
        meaning: phrase!("The caller waits for the function's answer, and has to deal with every error itself."),
        kinds: &[NodeKind::Function, NodeKind::Gateway],
        settings: &["InvocationType"],
        related: &["asynchronous-invocation", "retry"],
        page: "invocation-sync",
    },
    Term {
        id: "target",
        name: phrase!("target"),
        meaning: phrase!(
            "What a rule hands matching events to: a function, a queue, a topic, another bus, an HTTP endpoint."
        ),
        kinds: &[NodeKind::Rule],
        settings: &[],
        related: &["rule", "input-transformer"],
        page: "eb-targets",
    },
    Term {
        id: "throttling",
        name: phrase!("throttling"),
        meaning: phrase!(
            "A limit on requests a second. Tokens flow into a bucket at the rate limit; each request takes one, and without a token it is answered 429 Too Many Requests."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["ThrottlingRateLimit", "ApiGatewayThrottlingRateLimit"],
        related: &["burst", "usage-plan"],
        page: "api-gateway-request-throttling",
    },
    Term {
        id: "topic",
        name: phrase!("topic"),
        meaning: phrase!(
            "Takes a message and hands a copy to each of its subscriptions. It keeps nothing for those who come later."
        ),
        kinds: &[NodeKind::Topic],
        settings: &[],
        related: &["subscription", "fan-out", "publish-subscribe"],
        page: "sns-create-topic",
    },
    Term {
        id: "transactional-outbox",
        name: phrase!("transactional outbox"),
        meaning: phrase!(
            "The event is written into the database in the same transaction as the row, and a relay sends it later: never one without the other."
        ),
        kinds: &[NodeKind::Database, NodeKind::Function],
        settings: &[],
        related: &["idempotency", "at-least-once"],
        page: "",
    },
    Term {
        id: "usage-plan",
        name: phrase!("usage plan"),
        meaning: phrase!(
            "Limits for those who hold certain API keys: requests a second, and a quota for a day, week or month. It keeps one client from using up what others need."
        ),
        kinds: &[NodeKind::Gateway],
        settings: &["UsagePlans"],
        related: &["api-key", "throttling"],
        page: "api-gateway-api-usage-plans",
    },
    Term {
        id: "visibility-timeout",
        name: phrase!("visibility timeout"),
        meaning: phrase!(
            "How long a queue hides a message from others once somebody has received it. Unless it is deleted by then, it can be received again."
        ),
        kinds: &[NodeKind::Queue],
        settings: &["VisibilityTimeout"],
        related: &["in-flight", "receive-count", "function-timeout"],
        page: "sqs-visibility-timeout",
    },
];

impl Term {
    /// The address of the documentation's page, where there is one.
    pub fn address(&self) -> Option<String> {
        let guide = match (self.kinds.first()?, self.page) {
            (_, "") => return None,
            (_, "WorkingWithItems") => "amazondynamodb/latest/developerguide",
            (NodeKind::Gateway, _) => "apigateway/latest/developerguide",
            (NodeKind::Function, _) => "lambda/latest/dg",
            (NodeKind::Queue, _) => "AWSSimpleQueueService/latest/SQSDeveloperGuide",
            (NodeKind::Topic, _) => "sns/latest/dg",
            (NodeKind::Bus | NodeKind::Rule, _) => "eventbridge/latest/userguide",
            (NodeKind::Mailer, _) => "ses/latest/dg",
            (NodeKind::Database, _) => "AmazonRDS/latest/AuroraUserGuide",
            _ => return None,
        };
        Some(format!("https://docs.aws.amazon.com/{guide}/{}.html", self.page))
    }
}

pub fn find(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

/// The terms about a kind of node.
pub fn of_kind(kind: NodeKind) -> impl Iterator<Item = &'static Term> {
    TERMS.iter().filter(move |term| term.kinds.contains(&kind))
}

/// The term that explains a setting of a kind of node.
pub fn of_setting(kind: NodeKind, setting: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.kinds.contains(&kind) && term.settings.contains(&setting))
}

/// The ids that a Markdown text links to: `[visibility timeout](glossary:visibility-timeout)`.
pub fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](glossary:").skip(1).filter_map(|rest| rest.split_once(')')).map(|(id, _)| id)
}
