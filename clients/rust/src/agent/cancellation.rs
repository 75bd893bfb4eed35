use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::error::Error;

/// Tells one handler to stop, and why.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancellation(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    token: CancellationToken,
    reason: OnceLock<Error>,
    is_withdrawn: AtomicBool,
}

impl Cancellation {
    /// The agent leaves; the outcome of the handler still counts.
    pub(crate) fn stop(&self, reason: &Error) {
        self.0.reason.get_or_init(|| reason.clone());
        self.0.token.cancel();
    }

    /// The bus took the task away: nobody wants its outcome.
    pub(crate) fn withdraw(&self, reason: &Error) {
        self.0.is_withdrawn.store(true, Ordering::Release);
        self.stop(reason);
    }

    /// Whether the handler was told to stop.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.token.is_cancelled()
    }

    /// The reason of one whose task the bus took away.
    pub(crate) fn withdrawn(&self) -> Option<&Error> {
        let is_withdrawn = self.0.is_withdrawn.load(Ordering::Acquire);
        is_withdrawn.then(|| self.0.reason.get()).flatten()
    }

    /// Why the handler is to stop.
    pub(crate) fn reason(&self) -> Option<&Error> {
        self.0.reason.get()
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.0.token
    }
}
