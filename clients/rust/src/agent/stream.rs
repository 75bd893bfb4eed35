use std::future::Future;

use agentbus_proto::v1::{AgentStreamResponse, Hello};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::frames::{ClientFrame, Frame};
use crate::connection::Credentials;
use crate::error::Result;
use crate::error_mapping::{from_status, from_transport};
use crate::limits::MAX_RESPONSE_BYTES;

/// Frames that wait for the connection to take them. What is to be said waits elsewhere, so that it travels together
/// when the connection is slow.
const FRAMES_AHEAD: usize = 1;

/// One stream to the bus, on a connection of its own: a connection that failed is not used again.
pub(crate) struct AgentStream {
    /// `None` when the agent's side is ended.
    frames_out: Option<mpsc::Sender<ClientFrame>>,
    frames_in: Streaming<AgentStreamResponse>,
}

/// What [`AgentStream::open`] opens.
#[derive(Clone, Debug)]
pub(crate) struct StreamOpener {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
}

impl StreamOpener {
    /// Opens a stream and says `hello`. The welcome is the first frame of the stream.
    pub(crate) fn open(&self, hello: Hello) -> impl Future<Output = Result<AgentStream>> + use<> {
        let Self { endpoint, credentials } = self.clone();
        async move {
            let channel = endpoint.connect().await.map_err(from_transport)?;
            let (frames_out, frames) = mpsc::channel(FRAMES_AHEAD);
            let mut request = Request::new(ReceiverStream::new(frames));
            credentials.add_to(request.metadata_mut());
            // There is room for one frame, which this is.
            let _ = frames_out.try_send(Frame::Hello(hello).into());
            let frames_in = call(channel, request).await.map_err(from_status)?;
            Ok(AgentStream {
                frames_out: Some(frames_out),
                frames_in,
            })
        }
    }
}

/// The call as the generated client makes it, but for the form of the frames.
async fn call(
    channel: Channel,
    request: Request<ReceiverStream<ClientFrame>>,
) -> Result<Streaming<AgentStreamResponse>, Status> {
    let path = PathAndQuery::from_static("/agentbus.v1.AgentService/AgentStream");
    let mut grpc = Grpc::new(channel).max_decoding_message_size(MAX_RESPONSE_BYTES);
    grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let codec = ProstCodec::<ClientFrame, AgentStreamResponse>::default();
    let response = grpc.streaming(request, path, codec).await?;
    Ok(response.into_inner())
}

/// What a stream did.
pub(crate) enum StreamEvent {
    /// The bus said something.
    Frame(AgentStreamResponse),
    /// The connection can take a frame.
    Writable,
    /// The bus ended the stream, both sides being done with it.
    Ended,
}

impl AgentStream {
    /// Waits for the next thing to happen. May be dropped and called again.
    pub(crate) async fn next(&mut self, has_frames: bool) -> Result<StreamEvent> {
        let Self { frames_out, frames_in } = self;
        tokio::select! {
            frame = frames_in.message() => match frame.map_err(from_status)? {
                Some(frame) => Ok(StreamEvent::Frame(frame)),
                None => Ok(StreamEvent::Ended),
            },
            Ok(_) = reserve(frames_out.as_ref()), if has_frames => Ok(StreamEvent::Writable),
        }
    }

    /// Writes a frame, after [`StreamEvent::Writable`].
    pub(crate) fn write(&self, frame: Frame) {
        if let Some(frames_out) = &self.frames_out {
            // Room was seen, and a stream that ended meanwhile says so to its reader.
            let _ = frames_out.try_send(frame.into());
        }
    }

    /// Ends the agent's side.
    pub(crate) fn end(&mut self) {
        self.frames_out = None;
    }

    /// Whether the agent's side is ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.frames_out.is_none()
    }
}

async fn reserve(
    frames: Option<&mpsc::Sender<ClientFrame>>,
) -> Result<mpsc::Permit<'_, ClientFrame>, mpsc::error::SendError<()>> {
    match frames {
        Some(frames) => frames.reserve().await,
        None => std::future::pending().await,
    }
}
