//! The account that everything belongs to: the concurrency that functions without any of their own share, and the rate
//! that all gateways share.

use crate::kernel::Bucket;

/// How much of the account's unreserved concurrency is used: lambda-concurrency.
#[derive(Clone, Copy, Debug, Default)]
pub struct Account {
    /// The account's quota less what is reserved or provisioned.
    pub unreserved: u64,
    pub running: u64,
    /// The most that ran at the same time.
    pub running_max: u64,
    /// For the requests to all gateways: api-gateway-request-throttling.
    pub gateways: Bucket,
}

impl Account {
    pub fn is_full(&self) -> bool {
        self.running >= self.unreserved
    }

    pub fn enter(&mut self) {
        self.running += 1;
        self.running_max = self.running_max.max(self.running);
    }

    pub fn leave(&mut self) {
        self.running -= 1;
    }
}
