use std::sync::Arc;

use agentbus_proto::v1::MessageType;
use tokio::time::Instant;

use super::cancellation::Cancellation;
use crate::message::Message;

/// A message is known by its sender and its id together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MessageKey(Arc<str>);

impl MessageKey {
    pub(crate) fn new(sender: &str, message_id: &str) -> Self {
        Self(format!("{sender} {message_id}").into())
    }
}

/// Name of one run of a handler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RunId(u64);

impl RunId {
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A handler at work on a message.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) key: MessageKey,
    pub(crate) message: Arc<Message>,
    pub(crate) cancellation: Cancellation,
    /// The newest delivery of the message; `None` while this agent holds none.
    pub(crate) delivery_id: Option<String>,
    /// When the lease of that delivery last began, as far as this agent knows.
    pub(crate) leased_at: Instant,
}

impl Run {
    pub(crate) fn is_task(&self) -> bool {
        self.message.message_type == MessageType::TaskRequest
    }

    /// Whether a delivery is of other mail than the run's, with the same message: a new attempt of its task. A redelivery
    /// of the same mail was accepted at the same time.
    pub(crate) fn is_before(&self, message: &Message) -> bool {
        match (self.message.accepted_at, message.accepted_at) {
            (Some(mine), Some(other)) => self.is_task() && mine < other,
            _ => false,
        }
    }
}
