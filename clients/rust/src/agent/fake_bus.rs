//! A bus that says what a test tells it to, over real connections.

use agentbus_proto::v1::agent_stream_request::Frame as AgentFrame;
use agentbus_proto::v1::agent_stream_response::Frame as BusFrame;
use agentbus_proto::v1::send_result::Outcome;
use agentbus_proto::v1::{
    AgentStreamRequest, AgentStreamResponse, Delivery, DeliveryFrame, Envelope, MessageType, SendAccepted, SendResult,
    SendResultFrame, Sender, SettleResultFrame, Welcome,
};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::{RecvStream, SendStream, server};
use prost::Message;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::codegen::http::{HeaderMap, Response};

use super::{Agent, AgentBuilder};

pub(crate) struct FakeBus {
    listener: TcpListener,
    address: String,
}

/// One stream, from the bus's side.
pub(crate) struct FakeStream {
    incoming: RecvStream,
    outgoing: SendStream<Bytes>,
    unread: BytesMut,
}

impl FakeBus {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, address }
    }

    /// An agent of this bus.
    pub(crate) fn agent(&self) -> AgentBuilder {
        Agent::builder(&self.address).agent_id("rust://worker")
    }

    /// Waits for a stream and its `hello`, and does not welcome the agent.
    pub(crate) async fn accept_silently(&self) -> FakeStream {
        let (socket, _) = self.listener.accept().await.unwrap();
        let mut connection = server::handshake(socket).await.unwrap();
        let (request, mut respond) = connection.accept().await.unwrap().unwrap();
        tokio::spawn(async move { while connection.accept().await.is_some() {} });
        let response = Response::builder().header("content-type", "application/grpc");
        let outgoing = respond.send_response(response.body(()).unwrap(), false).unwrap();
        let mut stream = FakeStream {
            incoming: request.into_body(),
            outgoing,
            unread: BytesMut::new(),
        };
        assert!(matches!(stream.hear().await, Some(AgentFrame::Hello(_))));
        stream
    }

    /// Waits for a stream and welcomes the agent.
    pub(crate) async fn accept(&self) -> FakeStream {
        let mut stream = self.accept_silently().await;
        stream.say(BusFrame::Welcome(Welcome::default()));
        stream
    }
}

impl FakeStream {
    pub(crate) fn say(&mut self, frame: impl Into<Option<BusFrame>>) {
        let body = AgentStreamResponse { frame: frame.into() }.encode_to_vec();
        let mut bytes = BytesMut::new();
        bytes.put_u8(0);
        bytes.put_u32(body.len().try_into().unwrap());
        bytes.put_slice(&body);
        self.outgoing.send_data(bytes.freeze(), false).unwrap();
    }

    /// Hands over the task `t-1`.
    pub(crate) fn deliver_task(&mut self, delivery_id: &str) {
        let envelope = Envelope {
            message_id: "t-1".to_owned(),
            sender: Some(Sender {
                agent_id: "claude-code://boss".to_owned(),
                ..Sender::default()
            }),
            message_type: MessageType::TaskRequest.into(),
            ..Envelope::default()
        };
        let delivery = Delivery {
            delivery_id: delivery_id.to_owned(),
            message: Some(envelope),
            ..Delivery::default()
        };
        let deliveries = vec![delivery];
        self.say(BusFrame::Delivery(DeliveryFrame { deliveries }));
    }

    /// The next frame of the agent; `None` when it has ended its side.
    pub(crate) async fn hear(&mut self) -> Option<AgentFrame> {
        loop {
            if let Some(mut head) = self.unread.get(1..5) {
                let end = 5 + usize::try_from(head.get_u32()).unwrap();
                if self.unread.len() >= end {
                    let frame = self.unread.split_to(end);
                    return AgentStreamRequest::decode(&frame[5..]).unwrap().frame;
                }
            }
            let bytes = self.incoming.data().await?.ok()?;
            self.incoming.flow_control().release_capacity(bytes.len()).unwrap();
            self.unread.extend_from_slice(&bytes);
        }
    }

    /// Hears messages, and has them on disk.
    pub(crate) async fn accept_messages(&mut self) -> Vec<Envelope> {
        let Some(AgentFrame::Send(frame)) = self.hear().await else {
            panic!("the agent sent nothing");
        };
        let accepted = frame.messages.iter().map(|message| SendResult {
            message_id: message.message_id.clone(),
            outcome: Some(Outcome::Accepted(SendAccepted::default())),
        });
        let results = accepted.collect();
        self.say(BusFrame::SendResult(SendResultFrame { results }));
        frame.messages
    }

    /// Hears an acknowledgement, and confirms it.
    pub(crate) async fn confirm(&mut self) -> Vec<String> {
        let Some(AgentFrame::Ack(frame)) = self.hear().await else {
            panic!("the agent acknowledged nothing");
        };
        let delivery_ids = frame.delivery_ids.clone();
        self.say(BusFrame::SettleResult(SettleResultFrame {
            delivery_ids,
            ..SettleResultFrame::default()
        }));
        frame.delivery_ids
    }

    /// Ends the bus's side.
    pub(crate) fn end(&mut self, status: Status) {
        let mut trailers = HeaderMap::new();
        status.add_header(&mut trailers).unwrap();
        self.outgoing.send_trailers(trailers).unwrap();
    }
}
