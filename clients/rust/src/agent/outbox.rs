use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::pending_sends::{PendingSends, Sent};
use crate::backoff::Backoff;
use crate::error::{Error, Result};
use crate::message::NewMessage;
use crate::message::envelope::{Sealer, encode};

/// Where the program, its handlers and the stream meet: what is to be sent, until it is on disk.
#[derive(Debug)]
pub(crate) struct Outbox {
    sealer: Sealer,
    sends: Mutex<PendingSends>,
    changed: Notify,
}

impl Outbox {
    pub(crate) fn new(agent_id: String) -> Self {
        Self {
            sealer: Sealer::new(agent_id),
            sends: Mutex::new(PendingSends::new(Backoff::new())),
            changed: Notify::new(),
        }
    }

    pub(crate) fn agent_id(&self) -> &str {
        &self.sealer.agent_id
    }

    /// Sends a message; returns when it is on disk.
    pub(crate) async fn send(&self, message: NewMessage) -> Result<Sent> {
        let envelope = self.sealer.seal(message)?;
        let bytes = encode(&envelope)?;
        let answer = self.sends().push(envelope.message_id, bytes)?;
        self.changed.notify_one();
        answer.await.unwrap_or_else(|_| Err(has_left()))
    }

    /// The messages that are not answered. Not to be held across an await.
    pub(crate) fn sends(&self) -> MutexGuard<'_, PendingSends> {
        // Nothing between a lock and its release panics, and if it did the queue would still be one.
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when something was sent since it last returned.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// What fails when the agent leaves.
pub(crate) fn has_left() -> Error {
    Error::new(tonic::Code::Cancelled, "the agent has left the bus")
}
