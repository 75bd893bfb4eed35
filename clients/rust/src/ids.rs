//! Names that nobody else has: 128 random bits.

use std::sync::atomic::{AtomicU64, Ordering};

/// Makes a name such as `i-4f1c…`.
pub(crate) fn mint(prefix: &str) -> String {
    format!("{prefix}-{:032x}", fastrand::u128(..))
}

/// Makes many names: one random part and a count, which is cheaper than a random part for each.
#[derive(Debug)]
pub(crate) struct IdSequence {
    prefix: String,
    count: AtomicU64,
}

impl IdSequence {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: mint(prefix),
            count: AtomicU64::new(0),
        }
    }

    pub(crate) fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{}-{count}", self.prefix)
    }
}
