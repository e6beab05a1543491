//! Texts to start from. Each shows one thing that people ask, or get wrong.

use super::verdict::Mode;

pub struct Example {
    pub title: &'static str,
    pub mode: Mode,
    pub left: &'static str,
    pub right: &'static str,
}

/// A payment as an event of the bus.
const PAYMENT: &str = r#"{
  "version": "0",
  "id": "7bf73129-1428-4cd3-a780-95db273d1602",
  "detail-type": "Payment received",
  "source": "insurance.payments",
  "account": "123456789012",
  "time": "2026-03-01T09:12:44Z",
  "region": "us-east-1",
  "resources": [],
  "detail": {
    "customer": { "id": "C-1042", "email": "kim@example.com", "address": "10.0.3.17" },
    "policyNumber": "AUTO-77310",
    "amount": 120,
    "currency": "EUR",
    "items": [
      { "cover": "liability", "months": 1 },
      { "cover": "glass", "months": 12 }
    ]
  }
}"#;

pub const EXAMPLES: [Example; 11] = [
    Example {
        title: phrase!("Payments above 100"),
        mode: Mode::Pattern,
        left: r#"{
  "source": ["insurance.payments"],
  "detail": {
    "amount": [{ "numeric": [">", 100] }]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("A number is not a string"),
        mode: Mode::Pattern,
        left: r#"{
  "detail": {
    "amount": ["120"]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("prefix, suffix, wildcard"),
        mode: Mode::Pattern,
        left: r#"{
  "source": [{ "prefix": "insurance." }],
  "detail": {
    "customer": {
      "email": [{ "suffix": { "equals-ignore-case": "@EXAMPLE.com" } }]
    },
    "policyNumber": [{ "wildcard": "AUTO-*10" }]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("anything-but never matches a missing field"),
        mode: Mode::Pattern,
        left: r#"{
  "detail": {
    "currency": [{ "anything-but": ["USD", "GBP"] }],
    "coupon": [{ "anything-but": "NONE" }]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("exists looks at leaves only"),
        mode: Mode::Pattern,
        left: r#"{
  "detail": {
    "coupon": [{ "exists": false }],
    "customer": [{ "exists": true }]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: "$or",
        mode: Mode::Pattern,
        left: r#"{
  "$or": [
    { "detail": { "amount": [{ "numeric": [">=", 1000] }] } },
    { "detail": { "customer": { "address": [{ "cidr": "10.0.0.0/16" }] } } }
  ]
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("Two conditions, one array element"),
        mode: Mode::Pattern,
        left: r#"{
  "detail": {
    "items": {
      "cover": ["liability"],
      "months": [12]
    }
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("A pattern that is refused"),
        mode: Mode::Pattern,
        left: r#"{
  "detail": {
    "amount": [{ "numeric": ["<", 10, ">", 1] }]
  }
}"#,
        right: PAYMENT,
    },
    Example {
        title: phrase!("Filter policy on attributes"),
        mode: Mode::Attributes,
        left: r#"{
  "currency": ["EUR", "CHF"],
  "amount": [{ "numeric": [">=", 100] }],
  "channel": [{ "anything-but": ["branch"] }]
}"#,
        right: r#"{
  "currency": { "Type": "String", "Value": "EUR" },
  "amount": { "Type": "Number", "Value": "120" },
  "channel": { "Type": "String.Array", "Value": "[\"web\", \"branch\"]" }
}"#,
    },
    Example {
        title: phrase!("Filter policy: every attribute has to be there"),
        mode: Mode::Attributes,
        left: r#"{
  "currency": ["EUR"],
  "region": [{ "prefix": "eu-" }]
}"#,
        right: r#"{
  "currency": { "Type": "String", "Value": "EUR" }
}"#,
    },
    Example {
        title: phrase!("Filter policy on the body"),
        mode: Mode::Body,
        left: r#"{
  "customer": { "email": [{ "exists": true }] },
  "amount": [{ "numeric": [">", 0, "<=", 500] }]
}"#,
        right: r#"{
  "customer": { "id": "C-1042", "email": "kim@example.com" },
  "policyNumber": "AUTO-77310",
  "amount": 120,
  "currency": "EUR"
}"#,
    },
];
