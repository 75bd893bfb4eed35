use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::times::moment_in;
use crate::unreachable::{unreachable, with_address};

/// How long the agent tries to reach the bus for the first time.
#[derive(Debug)]
pub(crate) struct FirstConnect {
    /// `None` once the bus has welcomed the agent, or if it may take forever.
    pub(crate) by: Option<Instant>,
    address: String,
    last_error: Option<Error>,
}

impl FirstConnect {
    pub(crate) fn new(address: String, timeout: Option<Duration>) -> Self {
        Self {
            by: timeout.map(moment_in),
            address,
            last_error: None,
        }
    }

    /// The bus has welcomed the agent: from now on it may be away for as long as it takes.
    pub(crate) fn succeeded(&mut self) {
        self.by = None;
        self.last_error = None;
    }

    /// A try went wrong. One that was cut short by the end of the time says less than the one before.
    pub(crate) fn failed(&mut self, error: &Error) {
        if self.last_error.is_none() || !self.is_over() {
            self.last_error = Some(error.clone());
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.by.is_some_and(|by| by <= Instant::now())
    }

    /// What the agent ends with when the time is over.
    pub(crate) fn error(&self) -> Error {
        unreachable(&self.address, self.last_error.as_ref())
    }

    /// What the agent ends with after an error that trying again does not change.
    pub(crate) fn refused(&self, error: Error) -> Error {
        with_address(error, &self.address)
    }
}
