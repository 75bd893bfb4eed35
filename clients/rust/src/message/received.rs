use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use agentbus_proto::v1::{Delivery, Envelope, MessageType, Priority, RedeliveryReason};
use serde::Deserialize;
use serde_json::Value;

use super::{Content, Data};
use crate::times::{from_duration, from_timestamp};

/// A message as its handler sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// Name that its sender gave it.
    pub message_id: String,
    /// What it means to the bus.
    pub message_type: MessageType,
    /// The agent that sent it.
    pub sender: String,
    /// The session it is part of.
    pub session_id: Option<String>,
    /// The message that it answers.
    pub correlation_id: Option<String>,
    /// The task that caused it.
    pub parent_task_id: Option<String>,
    /// The workflow step it belongs to.
    pub step: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// The JSON content; an empty object if there is none.
    pub payload: Value,
    /// The content if it is not JSON.
    pub data: Option<Data>,
    /// Words about it that are not its content.
    pub metadata: HashMap<String, String>,
    /// When the sender made it, by the sender's clock.
    pub sent_at: Option<SystemTime>,
    /// When the bus had it on disk, by the clock of the bus.
    pub accepted_at: Option<SystemTime>,
    /// Time that the sender gives one attempt of a task.
    pub timeout: Option<Duration>,
    /// Which delivery of the message this is, counted from 1.
    pub attempt: u32,
    /// Whether it may have been handled before, by this process or another.
    pub redelivered: bool,
}

impl Message {
    /// Reads the payload into a type of one's own.
    ///
    /// # Errors
    ///
    /// When the payload is not what the type expects. A handler that passes it on with `?` fails its task with it.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        T::deserialize(&self.payload)
    }

    pub(crate) fn from_delivery(delivery: Delivery) -> Option<Self> {
        let envelope = delivery.message?;
        let redelivered = delivery.redelivered_because != i32::from(RedeliveryReason::Unspecified);
        let mut message = Self::from_envelope(envelope);
        message.accepted_at = delivery.accepted_time.and_then(from_timestamp);
        message.attempt = delivery.attempt;
        message.redelivered = redelivered;
        Some(message)
    }

    fn from_envelope(envelope: Envelope) -> Self {
        let (message_type, priority) = (envelope.message_type(), envelope.priority());
        let content = Content::from_envelope(envelope.content_type, envelope.content);
        let (payload, data) = content.into_payload_and_data();
        let sender = envelope.sender.unwrap_or_default();
        Self {
            message_id: envelope.message_id,
            message_type,
            sender: sender.agent_id,
            session_id: non_empty(sender.session_id),
            correlation_id: non_empty(envelope.correlation_id),
            parent_task_id: non_empty(envelope.parent_task_id),
            step: non_empty(envelope.step),
            priority,
            payload,
            data,
            metadata: envelope.metadata,
            sent_at: envelope.timestamp.and_then(from_timestamp),
            accepted_at: None,
            timeout: envelope
                .routing
                .and_then(|routing| routing.timeout)
                .and_then(from_duration),
            attempt: 1,
            redelivered: false,
        }
    }
}

/// Absent words are empty texts in the contract.
pub(crate) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
