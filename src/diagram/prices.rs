//! List prices: each described once, with its unit, what is free, and where it was published. A document may override
//! each of them.

use super::reader::{Problems, Reader};
use serde_json::{Map, Value};

/// Where and when the list prices hold.
pub const REGION: &str = "us-east-1";
pub const AS_OF: &str = phrase!("September 2026");

/// A list price.
#[derive(Debug)]
pub struct Price {
    /// As written in documents.
    pub name: &'static str,
    /// What is paid for, as a bill says it.
    pub item: &'static str,
    /// How the price is published: `$ per million requests`.
    pub unit: &'static str,
    /// How many of what is counted that price is for.
    pub per: f64,
    /// US dollars.
    pub default: f64,
    /// How many of what is counted are free each month, where the free tier is taken into account.
    pub free: f64,
    pub source: &'static str,
}

const MILLION: f64 = 1e6;

macro_rules! prices {
    ($($name:ident: $item:expr, $default:literal, $unit:expr, $per:expr, free $free:expr, $source:literal;)*) => {
        /// What is paid for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Tariff { $($name),* }

        impl Tariff {
            pub const ALL: &[Tariff] = &[$(Tariff::$name),*];
        }

        /// Every list price, in the order of [`Tariff`].
        pub const PRICES: &[Price] = &[$(Price {
            name: stringify!($name), item: $item, unit: $unit, per: $per, default: $default, free: $free, source: $source,
        }),*];
    };
}

prices! {
    LambdaRequests: phrase!("requests"), 0.20, phrase!("$ per million requests"), MILLION, free MILLION, "aws.amazon.com/lambda/pricing";
    LambdaDuration: phrase!("GB-seconds"), 0.000_016_666_7, phrase!("$ per GB-second, x86"), 1.0, free 400_000.0, "aws.amazon.com/lambda/pricing";
    LambdaProvisionedConcurrency: phrase!("GB-seconds of provisioned concurrency"), 0.000_004_166_7, phrase!("$ per GB-second kept ready"), 1.0, free 0.0, "aws.amazon.com/lambda/pricing";
    LambdaProvisionedDuration: phrase!("GB-seconds in provisioned environments"), 0.000_009_722_2, phrase!("$ per GB-second run"), 1.0, free 0.0, "aws.amazon.com/lambda/pricing";
    ApiGatewayRestRequests: phrase!("requests"), 3.50, phrase!("$ per million requests, REST"), MILLION, free MILLION, "aws.amazon.com/api-gateway/pricing";
    ApiGatewayHttpRequests: phrase!("requests of 512 KB"), 1.00, phrase!("$ per million requests of 512 KB, HTTP"), MILLION, free MILLION, "aws.amazon.com/api-gateway/pricing";
    ApiGatewayCache: phrase!("cache hours"), 0.020, phrase!("$ per hour, 0.5 GB"), 1.0, free 0.0, "aws.amazon.com/api-gateway/pricing";
    SqsRequests: phrase!("requests"), 0.40, phrase!("$ per million requests of 64 KB, standard"), MILLION, free MILLION, "aws.amazon.com/sqs/pricing";
    SqsFifoRequests: phrase!("requests"), 0.50, phrase!("$ per million requests of 64 KB, FIFO"), MILLION, free MILLION, "aws.amazon.com/sqs/pricing";
    SqsFairRequests: phrase!("requests with a message group"), 0.10, phrase!("$ per million requests of 64 KB, standard, on top"), MILLION, free 0.0, "aws.amazon.com/sqs/pricing";
    SnsPublishes: phrase!("publications"), 0.50, phrase!("$ per million publications of 64 KB"), MILLION, free MILLION, "aws.amazon.com/sns/pricing";
    SnsHttpDeliveries: phrase!("deliveries over HTTP"), 0.60, phrase!("$ per million"), MILLION, free 100_000.0, "aws.amazon.com/sns/pricing";
    SnsEmailDeliveries: phrase!("deliveries by e-mail"), 2.00, phrase!("$ per 100,000"), 1e5, free 1_000.0, "aws.amazon.com/sns/pricing";
    SnsFifoPublishes: phrase!("publications, FIFO"), 0.30, phrase!("$ per million publications"), MILLION, free 0.0, "aws.amazon.com/sns/pricing";
    SnsFifoPublishedGigabytes: phrase!("GB published, FIFO"), 0.017, phrase!("$ per GB"), 1.0, free 0.0, "aws.amazon.com/sns/pricing";
    SnsFifoMessages: phrase!("subscription messages, FIFO, filtered or not"), 0.01, phrase!("$ per million"), MILLION, free 0.0, "aws.amazon.com/sns/pricing";
    SnsFifoMessageGigabytes: phrase!("GB to subscriptions, FIFO"), 0.001, phrase!("$ per GB"), 1.0, free 0.0, "aws.amazon.com/sns/pricing";
    SnsPayloadFiltering: phrase!("GB scanned by body filters"), 0.09, phrase!("$ per GB"), 1.0, free 0.0, "aws.amazon.com/sns/pricing";
    EventBridgeEvents: phrase!("events"), 1.00, phrase!("$ per million events of 64 KB"), MILLION, free 0.0, "aws.amazon.com/eventbridge/pricing";
    EventBridgeCrossBus: phrase!("events to another bus"), 1.00, phrase!("$ per million"), MILLION, free 0.0, "aws.amazon.com/eventbridge/pricing";
    EventBridgeApiDestinations: phrase!("API destination requests"), 0.20, phrase!("$ per million"), MILLION, free 0.0, "aws.amazon.com/eventbridge/pricing";
    EventBridgeArchived: phrase!("GB archived"), 0.10, phrase!("$ per GB"), 1.0, free 0.0, "aws.amazon.com/eventbridge/pricing";
    DynamoDbWrites: phrase!("write request units"), 0.625, phrase!("$ per million units of 1 KB"), MILLION, free 0.0, "aws.amazon.com/dynamodb/pricing/on-demand";
    DynamoDbReads: phrase!("read request units"), 0.125, phrase!("$ per million units of 4 KB"), MILLION, free 0.0, "aws.amazon.com/dynamodb/pricing/on-demand";
    AuroraCapacity: phrase!("ACU-hours"), 0.12, phrase!("$ per ACU-hour, Serverless v2 Standard"), 1.0, free 0.0, "aws.amazon.com/rds/aurora/pricing";
    AuroraIo: phrase!("I/O requests"), 0.20, phrase!("$ per million I/O requests, Standard"), MILLION, free 0.0, "aws.amazon.com/rds/aurora/pricing";
    SesEmails: phrase!("e-mails"), 0.10, phrase!("$ per 1,000 e-mails"), 1e3, free 3_000.0, "aws.amazon.com/ses/pricing";
}

impl Tariff {
    pub fn price(self) -> &'static Price {
        &PRICES[self as usize]
    }
}

/// The prices of a document: the list prices, and what it says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// In the order of [`Tariff`], as published.
    dollars: Vec<f64>,
    /// Whether what is free each month is taken off.
    pub free_tier: bool,
}

impl Default for Prices {
    fn default() -> Self {
        Prices { dollars: PRICES.iter().map(|price| price.default).collect(), free_tier: false }
    }
}

/// The name of the option beside the prices.
pub const FREE_TIER: &str = "freeTier";

impl Prices {
    /// Reads the `prices` of a document: names and dollars in the published unit, and `freeTier`.
    pub(super) fn read(written: &Map<String, Value>, problems: &mut Problems) -> Prices {
        let mut reader = Reader::new(written, "prices", problems);
        let free_tier = reader.boolean(FREE_TIER, false);
        let dollars =
            PRICES.iter().map(|price| reader.number(price.name, price.default, 0.0, 1e6, price.unit)).collect();
        reader.finish();
        Prices { dollars, free_tier }
    }

    /// As published: dollars for so many as [`Price::per`] says.
    pub fn published(&self, tariff: Tariff) -> f64 {
        self.dollars.get(tariff as usize).copied().unwrap_or(tariff.price().default)
    }

    /// Dollars for one.
    pub fn each(&self, tariff: Tariff) -> f64 {
        self.published(tariff) / tariff.price().per
    }
}
