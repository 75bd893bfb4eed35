use std::time::Duration;

use agentbus_proto::v1::{Backoff, RetryPolicy};

use crate::times::to_duration;

/// How often and when a failed attempt of a task is repeated. A number is that many retries that come at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Attempts after the first, 0 to 100.
    pub max_retries: u32,
    /// How the wait grows. Default [`Backoff::None`].
    pub backoff: Backoff,
    /// Wait before the first retry, up to a day. Default 1 s.
    pub initial_delay: Option<Duration>,
    /// Longest wait, up to a day. Default 1 minute.
    pub max_delay: Option<Duration>,
}

impl Retry {
    /// That many attempts after the first; they come at once.
    pub fn times(max_retries: u32) -> Self {
        Self {
            max_retries,
            backoff: Backoff::None,
            initial_delay: None,
            max_delay: None,
        }
    }

    /// How the wait grows.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Wait before the first retry, up to a day. Default 1 s.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.initial_delay = Some(delay);
        self
    }

    /// Longest wait, up to a day. Default 1 minute.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = Some(delay);
        self
    }

    pub(crate) fn into_policy(self) -> RetryPolicy {
        RetryPolicy {
            max_retries: self.max_retries,
            backoff: self.backoff.into(),
            initial_delay: self.initial_delay.map(to_duration),
            max_delay: self.max_delay.map(to_duration),
        }
    }
}

impl From<u32> for Retry {
    fn from(max_retries: u32) -> Self {
        Self::times(max_retries)
    }
}
