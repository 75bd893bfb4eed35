use std::collections::HashMap;
use std::time::SystemTime;

use agentbus_proto::v1::{DeliveryMode, Envelope, ErrorReason, Routing, Sender};
use bytes::Bytes;
use prost::Message as _;
use tonic::Code;

use super::NewMessage;
use super::new_message::RoutingOptions;
use crate::error::{Error, Result};
use crate::ids::IdSequence;
use crate::limits::MAX_ENVELOPE_BYTES;
use crate::times::{to_duration, to_timestamp};

/// Who sends, and the names of messages that have none.
#[derive(Debug)]
pub(crate) struct Sealer {
    pub(crate) agent_id: String,
    names: IdSequence,
}

impl Sealer {
    pub(crate) fn new(agent_id: String) -> Self {
        Self {
            agent_id,
            names: IdSequence::new("msg"),
        }
    }

    /// Makes the envelope of a message. A message whose name the program chose is not stamped with the time: a
    /// repetition has to have the same content.
    pub(crate) fn seal(&self, message: NewMessage) -> Result<Envelope> {
        let (content_type, content) = message.content.into_envelope()?;
        let timestamp = match message.message_id {
            Some(_) => None,
            None => Some(to_timestamp(SystemTime::now())),
        };
        Ok(Envelope {
            message_id: message.message_id.unwrap_or_else(|| self.names.next()),
            sender: Some(Sender {
                agent_id: self.agent_id.clone(),
                session_id: message.session_id.unwrap_or_default(),
                ..Sender::default()
            }),
            recipient: Some(message.to.into_recipient()),
            message_type: message.message_type.into(),
            priority: message.priority.into(),
            correlation_id: message.correlation_id.unwrap_or_default(),
            parent_task_id: message.parent_task_id.unwrap_or_default(),
            step: message.step.unwrap_or_default(),
            routing: routing_of(message.routing),
            timestamp,
            metadata: message.metadata,
            content_type,
            content,
        })
    }
}

/// Encodes an envelope, once for all its sendings. One above the contract's bound would cost the stream.
pub(crate) fn encode(envelope: &Envelope) -> Result<Bytes> {
    check_size(envelope)?;
    Ok(envelope.encode_to_vec().into())
}

/// Refuses an envelope above the contract's bound.
pub(crate) fn check_size(envelope: &Envelope) -> Result<()> {
    let bytes = envelope.encoded_len();
    if bytes <= MAX_ENVELOPE_BYTES {
        return Ok(());
    }
    let name = &envelope.message_id;
    Err(Error::with_facts(
        Code::ResourceExhausted,
        Some(ErrorReason::MessageTooLarge),
        format!("message {name} has {bytes} bytes, more than {MAX_ENVELOPE_BYTES}: pass large things by reference"),
        HashMap::from([
            ("limit".to_owned(), MAX_ENVELOPE_BYTES.to_string()),
            ("actual".to_owned(), bytes.to_string()),
        ]),
    ))
}

fn routing_of(options: RoutingOptions) -> Option<Routing> {
    let mut routing = Routing {
        timeout: options.timeout.map(to_duration),
        retry_policy: options.retry.map(super::Retry::into_policy),
        fallback_agents: options.fallback_agents,
        expires_at: options.expires_at.map(to_timestamp),
        ..Routing::default()
    };
    routing.receipts = options.receipts.into_iter().map(Into::into).collect();
    if let Some(mode) = options.replies {
        routing.set_reply_mode(mode);
    }
    if options.waits_for_answer {
        routing.set_delivery_mode(DeliveryMode::Sync);
    }
    (routing != Routing::default()).then_some(routing)
}

#[cfg(test)]
mod tests {
    use agentbus_proto::v1::MessageType;
    use serde_json::json;

    use super::*;

    fn sealer() -> Sealer {
        Sealer::new("rust://worker".to_owned())
    }

    fn with_bytes(count: usize) -> NewMessage {
        NewMessage::new(MessageType::Notification, "rust://other")
            .message_id("m-1")
            .data(vec![0; count], "application/octet-stream")
    }

    #[test]
    fn the_largest_envelope_is_sent_and_one_byte_more_is_not() {
        let empty = sealer().seal(with_bytes(0)).unwrap().encoded_len();
        // Tag and length of the bytes, which the empty message has as well, grow by three bytes of length.
        let largest = MAX_ENVELOPE_BYTES - empty - 3;

        let envelope = sealer().seal(with_bytes(largest)).unwrap();
        assert_eq!(encode(&envelope).unwrap().len(), MAX_ENVELOPE_BYTES);

        let envelope = sealer().seal(with_bytes(largest + 1)).unwrap();
        let error = encode(&envelope).unwrap_err();
        assert!(error.is(ErrorReason::MessageTooLarge));
        assert_eq!(error.code(), Code::ResourceExhausted);
        assert_eq!(error.facts()["limit"], "4128768");
        assert_eq!(error.facts()["actual"], "4128769");
    }

    #[test]
    fn a_message_with_a_name_of_its_own_is_the_same_whenever_it_is_made() {
        let message = || with_bytes(3).metadata("a", "1");
        let [first, again] = [message(), message()].map(|message| sealer().seal(message).unwrap());
        assert_eq!(encode(&first).unwrap(), encode(&again).unwrap());
        assert_eq!(first.timestamp, None);
    }

    #[test]
    fn messages_without_a_name_get_one_each() {
        let sealer = sealer();
        let message = || NewMessage::new(MessageType::Notification, "rust://other").payload(json!({}));
        let [first, second] = [message(), message()].map(|message| sealer.seal(message).unwrap());
        assert_ne!(first.message_id, second.message_id);
        assert!(first.timestamp.is_some());
    }
}
