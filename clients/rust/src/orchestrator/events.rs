use agentbus_proto::v1::{SessionEvent as EventMessage, SessionEventType, WatchSessionRequest};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use tokio::time::timeout;
use tonic::{Code, Streaming};

use super::calls::Calls;
use crate::backoff::Backoff;
use crate::error::{Error, Result};
use crate::error_mapping::from_status;
use crate::limits::{CALL_TIMEOUT, WATCH_SILENCE};
use crate::records::SessionEvent;

/// The events of a session: each once, in order, across lost connections, until the session has ended.
///
/// ```no_run
/// # async fn follow(session: agentbus::Session) -> agentbus::Result<()> {
/// let mut events = session.events();
/// while let Some(event) = events.next().await? {
///     println!("{} {} {}", event.sequence, event.actor, event.type_name());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use]
pub struct SessionEvents {
    calls: Calls,
    request: WatchSessionRequest,
    stream: Option<Streaming<agentbus_proto::v1::WatchSessionResponse>>,
    /// Whether something came on the stream.
    is_alive: bool,
    backoff: Backoff,
    has_ended: bool,
}

impl SessionEvents {
    pub(crate) fn new(calls: Calls, session_id: String) -> Self {
        Self {
            calls,
            request: WatchSessionRequest {
                session_id,
                ..WatchSessionRequest::default()
            },
            stream: None,
            is_alive: false,
            backoff: Backoff::new(),
            has_ended: false,
        }
    }

    /// Only events after this sequence, the last one that the program has. Default 0: all of them.
    pub fn after(mut self, sequence: u64) -> Self {
        self.request.after_sequence = sequence;
        self
    }

    /// Only events of these types. Default: all of them.
    pub fn types(mut self, types: impl IntoIterator<Item = SessionEventType>) -> Self {
        self.request.types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Waits for the next event; `None` when the session has ended. The future may be dropped and nothing is lost by it.
    ///
    /// # Errors
    ///
    /// SESSION_NOT_FOUND and whatever else the bus refuses the call for. A bus that cannot be reached is tried for as long as
    /// it takes.
    pub async fn next(&mut self) -> Result<Option<SessionEvent>> {
        while !self.has_ended {
            match self.receive().await {
                Ok(Some(event)) if event.sequence > self.request.after_sequence => {
                    let event = SessionEvent::from_message(event);
                    self.request.after_sequence = event.sequence;
                    self.has_ended = event.ends_session();
                    return Ok(Some(event));
                }
                // The stream is kept alive, or told again what was known.
                Ok(_) => {}
                Err(error) if error.code() == Code::Unavailable => {
                    self.stream = None;
                    tokio::time::sleep(self.backoff.next_wait()).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The same as a stream, for those who combine streams.
    pub fn into_stream(self) -> impl Stream<Item = Result<SessionEvent>> + Send {
        try_unfold(self, async |mut events| {
            let event = events.next().await?;
            Ok(event.map(|event| (event, events)))
        })
    }

    async fn receive(&mut self) -> Result<Option<EventMessage>> {
        let Some(stream) = &mut self.stream else {
            self.stream = Some(self.open().await?);
            self.is_alive = false;
            return Ok(None);
        };
        let silence = |_| Error::new(Code::Unavailable, "nothing was heard of the session");
        let response = timeout(WATCH_SILENCE, stream.message()).await.map_err(silence)?;
        let response = response.map_err(|status| self.calls.located(from_status(status)))?;
        let Some(response) = response else {
            // The bus ends the stream itself only with the session, whose last event a filter may hide.
            self.has_ended = true;
            return Ok(None);
        };
        // The first response comes at once and only opens the stream: it is no sign that the stream holds.
        if self.is_alive || response.event.is_some() {
            self.backoff.reset();
        }
        self.is_alive = true;
        Ok(response.event)
    }

    async fn open(&self) -> Result<Streaming<agentbus_proto::v1::WatchSessionResponse>> {
        let mut sessions = self.calls.sessions.clone();
        let opening = sessions.watch_session(self.request.clone());
        let opening = self.calls.within(CALL_TIMEOUT, opening);
        opening.await.map_err(|error| match error.code() {
            Code::DeadlineExceeded => Error::new(Code::Unavailable, error.message()),
            _ => error,
        })
    }
}
