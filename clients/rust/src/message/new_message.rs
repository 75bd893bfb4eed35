use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use agentbus_proto::v1::{MessageState, MessageType, Priority, ReplyMode};

use super::{Address, Content, Data, Retry};

/// A message on its way out.
///
/// ```
/// use agentbus::{MessageType, NewMessage, Priority, json};
///
/// let message = NewMessage::new(MessageType::Notification, "codex://frontend")
///     .payload(json!({ "build": "green" }))
///     .priority(Priority::High);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NewMessage {
    pub(crate) to: Address,
    pub(crate) message_type: MessageType,
    pub(crate) message_id: Option<String>,
    pub(crate) session_id: Option<String>,
    pub(crate) correlation_id: Option<String>,
    pub(crate) parent_task_id: Option<String>,
    pub(crate) step: Option<String>,
    pub(crate) content: Content,
    pub(crate) priority: Priority,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) routing: RoutingOptions,
}

/// What says how the bus treats a message on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoutingOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) fallback_agents: Vec<String>,
    pub(crate) expires_at: Option<SystemTime>,
    pub(crate) receipts: Vec<MessageState>,
    pub(crate) replies: Option<ReplyMode>,
    pub(crate) waits_for_answer: bool,
}

impl NewMessage {
    /// A message of a type to somebody. Tasks are made by [`NewTask`](super::NewTask).
    pub fn new(message_type: MessageType, to: impl Into<Address>) -> Self {
        Self {
            to: to.into(),
            message_type,
            message_id: None,
            session_id: None,
            correlation_id: None,
            parent_task_id: None,
            step: None,
            content: Content::Empty,
            priority: Priority::Unspecified,
            metadata: HashMap::new(),
            routing: RoutingOptions::default(),
        }
    }

    /// Name of the message, 1 to 128 visible ASCII characters. Default: a new one.
    ///
    /// A sender that names its messages itself can repeat them after a crash: the bus takes the repetition for a duplicate.
    /// For that reason such a message is not stamped with the time.
    pub fn message_id(mut self, message_id: impl Into<String>) -> Self {
        self.message_id = Some(message_id.into());
        self
    }

    /// The session it is part of. Default: none; for what a handler sends, that of its message.
    pub fn session_id(mut self, session_id: impl Into<String>) -> Self {
        self.session_id = Some(session_id.into());
        self
    }

    /// The message that this one answers.
    pub fn correlation_id(mut self, message_id: impl Into<String>) -> Self {
        self.correlation_id = Some(message_id.into());
        self
    }

    /// The workflow step it belongs to. Default: the workflow chooses.
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.step = Some(step.into());
        self
    }

    /// What it says: a JSON object, nested at most 30 levels deep.
    pub fn payload(self, payload: serde_json::Value) -> Self {
        self.content(payload)
    }

    /// What it says: bytes of a media type.
    pub fn data(self, bytes: impl Into<bytes::Bytes>, content_type: impl Into<String>) -> Self {
        self.content(Data::new(bytes, content_type))
    }

    /// What it says. Default: nothing.
    pub fn content(mut self, content: impl Into<Content>) -> Self {
        self.content = content.into();
        self
    }

    /// How urgent it is among those that wait. Default [`Priority::Medium`].
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// When it loses its use. Default: never.
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.routing.expires_at = Some(time);
        self
    }

    /// Turns in its life that the sending agent's receipt handler is told of, each at most once. Default: none.
    pub fn receipts(mut self, states: impl IntoIterator<Item = MessageState>) -> Self {
        self.routing.receipts = states.into_iter().collect();
        self
    }

    /// A word about it. At most 64, a key of 1 to 128 bytes, a value of at most 4,096. `traceparent` carries W3C Trace
    /// Context.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }
}
