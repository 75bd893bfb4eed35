//! Frames to the bus as the stream writes them: the same bytes as `AgentStreamRequest`, but for the envelopes of a
//! `send`, which are encoded already.

use agentbus_proto::v1::{AckFrame, ClientDrain, ClientHeartbeat, ExtendFrame, Hello, RejectFrame};
use bytes::Bytes;

/// A frame from an agent to the bus.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ClientFrame {
    #[prost(oneof = "Frame", tags = "1, 2, 3, 4, 5, 6, 9")]
    frame: Option<Frame>,
}

/// What the frame is.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Frame {
    #[prost(message, tag = "1")]
    Hello(Hello),
    #[prost(message, tag = "2")]
    Send(EncodedSendFrame),
    #[prost(message, tag = "3")]
    Ack(AckFrame),
    #[prost(message, tag = "4")]
    Reject(RejectFrame),
    #[prost(message, tag = "5")]
    Extend(ExtendFrame),
    #[prost(message, tag = "6")]
    Heartbeat(ClientHeartbeat),
    #[prost(message, tag = "9")]
    Drain(ClientDrain),
}

/// `SendFrame`: bytes and messages are written alike.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EncodedSendFrame {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(crate) messages: Vec<Bytes>,
}

impl From<Frame> for ClientFrame {
    fn from(frame: Frame) -> Self {
        Self { frame: Some(frame) }
    }
}

#[cfg(test)]
mod tests {
    use agentbus_proto::v1::agent_stream_request::Frame as ContractFrame;
    use agentbus_proto::v1::{AgentStreamRequest, Envelope, SendFrame};
    use prost::Message;

    use super::*;

    /// The bytes of both forms of a frame are the same.
    fn check(frame: Frame, contract: ContractFrame) {
        let expected = AgentStreamRequest { frame: Some(contract) };
        assert_eq!(ClientFrame::from(frame).encode_to_vec(), expected.encode_to_vec());
    }

    #[test]
    fn frames_are_those_of_the_contract() {
        let hello = Hello {
            instance_id: "i-1".to_owned(),
            max_in_flight: 3,
            ..Hello::default()
        };
        check(Frame::Hello(hello.clone()), ContractFrame::Hello(hello));
        let delivery_ids = vec!["d-1".to_owned(), "d-2".to_owned()];
        let ack = AckFrame {
            delivery_ids: delivery_ids.clone(),
        };
        check(Frame::Ack(ack.clone()), ContractFrame::Ack(ack));
        let extend = ExtendFrame { delivery_ids };
        check(Frame::Extend(extend.clone()), ContractFrame::Extend(extend));
        let reject = RejectFrame {
            reason: "no".to_owned(),
            ..RejectFrame::default()
        };
        check(Frame::Reject(reject.clone()), ContractFrame::Reject(reject));
        let heartbeat = ClientHeartbeat {
            load: 0.5,
            ..ClientHeartbeat::default()
        };
        check(Frame::Heartbeat(heartbeat.clone()), ContractFrame::Heartbeat(heartbeat));
        check(Frame::Drain(ClientDrain {}), ContractFrame::Drain(ClientDrain {}));
    }

    #[test]
    fn encoded_envelopes_are_those_of_the_contract() {
        let messages = ["m-1", "m-2"].map(|message_id| Envelope {
            message_id: message_id.to_owned(),
            ..Envelope::default()
        });
        let encoded = messages.iter().map(|message| message.encode_to_vec().into());
        let encoded = EncodedSendFrame {
            messages: encoded.collect(),
        };
        let contract = SendFrame {
            messages: messages.to_vec(),
        };
        check(Frame::Send(encoded), ContractFrame::Send(contract));
    }
}
