//! The account that all nodes belong to: what they share.

use crate::diagram::setting::{Kind, Setting, SettingReader};

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "ConcurrentExecutions",
        kind: Kind::Integer { default: 1_000, min: 1, max: 100_000, unit: "" },
        help: phrase!(
            "How many invocations may run at the same time, over all functions of the account in this Region. New accounts begin with less, and it is raised on request."
        ),
        source: "lambda-concurrency",
    },
    Setting {
        name: "ApiGatewayThrottlingRateLimit",
        kind: Kind::Number { default: 10_000.0, min: 0.0, max: 1_000_000.0, unit: phrase!("requests/s") },
        help: phrase!(
            "How fast the token bucket refills that all gateways of the account share in this Region. It comes after the limits of usage plans and stages. Newer Regions have 2,500."
        ),
        source: "api-gateway-request-throttling",
    },
    Setting {
        name: "ApiGatewayThrottlingBurstLimit",
        kind: Kind::Integer { default: 5_000, min: 0, max: 1_000_000, unit: phrase!("requests") },
        help: phrase!("How many tokens the bucket holds that all gateways share. Newer Regions have 1,250."),
        source: "api-gateway-request-throttling",
    },
];

#[derive(Clone, Debug)]
pub struct AccountSettings {
    pub concurrency: u64,
    /// Requests a second to all gateways, and how many may come at once.
    pub gateway_rate: f64,
    pub gateway_burst: u64,
}

impl Default for AccountSettings {
    fn default() -> Self {
        AccountSettings { concurrency: 1_000, gateway_rate: 10_000.0, gateway_burst: 5_000 }
    }
}

impl AccountSettings {
    pub fn read(reader: &mut SettingReader<'_, '_>) -> Self {
        AccountSettings {
            concurrency: reader.integer("ConcurrentExecutions").unsigned_abs(),
            gateway_rate: reader.number("ApiGatewayThrottlingRateLimit"),
            gateway_burst: reader.integer("ApiGatewayThrottlingBurstLimit").unsigned_abs(),
        }
    }
}
