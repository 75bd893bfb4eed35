use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use crate::error::Error;

/// How long the agent tries to reach the bus for the first time.
#[derive(Debug)]
pub(crate) struct FirstConnect {
    timeout: Option<Duration>,
    /// `None` once the bus has welcomed the agent, or if it may take forever.
    pub(crate) by: Option<Instant>,
    address: String,
    last_error: Option<Error>,
}

impl FirstConnect {
    pub(crate) fn new(address: String, timeout: Option<Duration>) -> Self {
        Self {
            timeout,
            by: timeout.map(|timeout| Instant::now() + timeout),
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
        let timeout = self.timeout.unwrap_or_default();
        let address = &self.address;
        let last = self.last_error.as_ref();
        let why = last.map_or("the bus ended the stream", Error::message);
        let text = format!("could not join the bus at {address} within {timeout:?}: {why}");
        Error::new(Code::Unavailable, text)
    }
}
