//! Usage plans: api-gateway-api-usage-plans.

use crate::diagram::reader::Reader;
use crate::diagram::setting::SettingReader;
use serde_json::Value;

/// A token bucket's limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// Tokens a second.
    pub rate: f64,
    pub burst: u64,
}

/// When a quota begins anew, in UTC: at midnight, on Sunday, on the first of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Day,
    Week,
    Month,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub limit: u64,
    /// Taken off the limit in the first period.
    pub offset: u64,
    pub period: Period,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UsagePlan {
    pub name: String,
    pub keys: Vec<String>,
    /// For each key.
    pub throttle: Option<Throttle>,
    pub quota: Option<Quota>,
    /// Path and method with a limit of their own, for each key.
    pub methods: Vec<(String, String, Throttle)>,
}

/// Per-method limits for each stage of a plan: api-gateway-execution-service-limits-table.
const MAXIMUM_METHODS: usize = 20;
/// Plans an account may have.
const MAXIMUM_PLANS: usize = 300;

impl UsagePlan {
    pub(super) fn read_all(reader: &mut SettingReader<'_, '_>) -> Vec<UsagePlan> {
        let (value, path) = reader.json("UsagePlans");
        let problems = &mut *reader.reader.problems;
        let Value::Array(items) = &value else {
            problems.say(
                path,
                tr!("This is not a list of usage plans."),
                tr!("Write [{\"name\": \"Gold\", \"keys\": [\"k1\"]}]."),
            );
            return Vec::new();
        };
        if items.len() > MAXIMUM_PLANS {
            problems.say(path, tr!("There are more than 300 usage plans."), "");
            return Vec::new();
        }
        let mut plans: Vec<UsagePlan> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let Value::Object(fields) = item else {
                problems.say(
                    path,
                    tr!("A usage plan is an object."),
                    tr!("Write {\"name\": \"Gold\", \"keys\": [\"k1\"]}."),
                );
                continue;
            };
            let mut inner = Reader::new(fields, path, problems);
            let plan = UsagePlan::read(&mut inner);
            if let Some(key) = plan.keys.iter().find(|key| plans.iter().any(|plan| plan.keys.contains(key))) {
                inner.wrong("keys", tr!("The key `{}` is in two plans of this stage.", key), tr!("Keep it in one."));
            }
            inner.finish();
            plans.push(plan);
        }
        plans
    }

    fn read(reader: &mut Reader<'_, '_>) -> UsagePlan {
        let name = reader.required_text("name").to_string();
        let keys = crate::diagram::settings::texts_of(reader, "keys");
        let throttle = reader.object("throttle").map(|fields| {
            let path = reader.field_path("throttle");
            Throttle::read(Reader::new(fields, path, reader.problems))
        });
        let quota = reader.object("quota").map(|fields| {
            let path = reader.field_path("quota");
            let mut inner = Reader::new(fields, path, reader.problems);
            let limit = inner.integer("limit", 1_000, 0, i64::from(u32::MAX), phrase!("requests")).unsigned_abs();
            let offset = inner.integer("offset", 0, 0, i64::from(u32::MAX), phrase!("requests")).unsigned_abs();
            let period = match inner.choice("period", "DAY", &["DAY", "WEEK", "MONTH"]) {
                "WEEK" => Period::Week,
                "MONTH" => Period::Month,
                _ => Period::Day,
            };
            inner.finish();
            Quota { limit, offset, period }
        });
        let mut methods = Vec::new();
        let limits = reader.object("methods");
        let path = reader.field_path("methods");
        for (name, value) in limits.into_iter().flatten() {
            let path = format!("{path}.{name}");
            match (name.rsplit_once('/'), value) {
                (Some((resource, method)), Value::Object(fields)) if name.starts_with('/') => {
                    let resource = if resource.is_empty() { "/" } else { resource };
                    let throttle = Throttle::read(Reader::new(fields, path, reader.problems));
                    methods.push((resource.to_string(), method.to_string(), throttle));
                }
                _ => reader.problems.say(
                    path,
                    tr!("This is not the limit of a method."),
                    tr!("Write {\"/payments/POST\": {\"rateLimit\": 1, \"burstLimit\": 1}}."),
                ),
            }
        }
        if methods.len() > MAXIMUM_METHODS {
            reader.wrong("methods", tr!("A plan has limits for 20 methods of a stage at most."), "");
        }
        UsagePlan { name, keys, throttle, quota, methods }
    }
}

impl Throttle {
    fn read(mut reader: Reader<'_, '_>) -> Throttle {
        let rate = reader.number("rateLimit", 10_000.0, 0.0, 1e6, phrase!("requests/s"));
        let burst = reader.integer("burstLimit", 5_000, 0, 1_000_000, phrase!("requests")).unsigned_abs();
        reader.finish();
        Throttle { rate, burst }
    }
}
