//! The account that all functions belong to: the concurrency that those without any of their own share.

/// How much of the account's unreserved concurrency is used: lambda-concurrency.
#[derive(Clone, Copy, Debug, Default)]
pub struct Account {
    /// The account's quota less what is reserved or provisioned.
    pub unreserved: u64,
    pub running: u64,
    /// The most that ran at the same time.
    pub running_max: u64,
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
