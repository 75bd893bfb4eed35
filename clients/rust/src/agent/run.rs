use std::sync::Arc;

use agentbus_proto::v1::MessageType;
use tokio::time::Instant;

use super::cancellation::Cancellation;
use super::remembered::AcceptedAt;
use crate::message::Message;

/// A message is known by its sender and its id together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MessageKey(Arc<str>);

impl MessageKey {
    pub(crate) fn new(sender: &str, message_id: &str) -> Self {
        Self(format!("{sender} {message_id}").into())
    }
}

/// A message and when the bus had it on disk: each attempt of a task is other mail with the same message.
pub(crate) type MailKey = (MessageKey, AcceptedAt);

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
    /// When more time was last asked for.
    pub(crate) extended_at: Instant,
}

/// Whether a message is of other mail than the one that was accepted then, with the same message: a new attempt of its task.
/// A redelivery of the same mail was accepted at the same time.
pub(crate) fn is_new_attempt(message: &Message, before: AcceptedAt) -> bool {
    match (before, message.accepted_at) {
        (Some(before), Some(now)) => is_task(message) && before < now,
        _ => false,
    }
}

/// Whether the message asks for a task.
pub(crate) fn is_task(message: &Message) -> bool {
    message.message_type == MessageType::TaskRequest
}
