//! An agent: it keeps a stream to the bus open and handles its mail.

mod builder;
mod cancellation;
mod context;
mod conversation;
mod disposition;
mod driver;
#[cfg(test)]
mod fake_bus;
mod first_connect;
mod frames;
mod handle;
mod inputs;
mod lifecycle;
mod outbox;
mod panics;
mod pending_sends;
mod pulse;
mod remembered;
mod run;
mod settlements;
mod status;
mod stream;
mod withdrawal;
mod work;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::inputs::Leave;
use self::lifecycle::LifeWatch;
use self::outbox::Outbox;
use crate::error::Result;
use crate::limits::CLOSE_GRACE;
use crate::message::NewMessage;

pub use self::builder::AgentBuilder;
pub use self::context::{IncomingMessage, Task};
pub use self::pending_sends::Sent;
pub use self::status::Status;

/// An agent on the bus: it keeps a stream open, whatever happens to connections, until it leaves or is refused.
///
/// Clones are the same agent. When the last one is dropped the agent leaves, as by [`close`](Self::close).
#[derive(Clone, Debug)]
#[must_use = "an agent that is dropped leaves the bus"]
pub struct Agent(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    instance_id: String,
    outbox: Arc<Outbox>,
    leave: watch::Sender<Leave>,
    life: LifeWatch,
}

impl Agent {
    /// Begins to describe an agent of the bus at an address such as `http://127.0.0.1:8080`; `https://` for TLS.
    pub fn builder(address: impl Into<String>) -> AgentBuilder {
        AgentBuilder::new(address.into())
    }

    fn new(instance_id: String, outbox: Arc<Outbox>, leave: watch::Sender<Leave>, life: LifeWatch) -> Self {
        Self(Arc::new(Inner {
            instance_id,
            outbox,
            leave,
            life,
        }))
    }

    /// Who the agent is.
    pub fn agent_id(&self) -> &str {
        self.0.outbox.agent_id()
    }

    /// Name of this process among those of the agent.
    pub fn instance_id(&self) -> &str {
        &self.0.instance_id
    }

    /// Where its connection stands.
    pub fn status(&self) -> Status {
        self.0.life.status()
    }

    /// Returns when the bus has first welcomed the agent.
    ///
    /// # Errors
    ///
    /// UNAVAILABLE if the bus could not be reached within the connect timeout; what the bus refused the agent for, such
    /// as UNAUTHENTICATED for a wrong key; CANCELLED if the agent left before.
    pub async fn ready(&self) -> Result<()> {
        self.0.life.ready().await
    }

    /// Returns when the agent has left as it was told to.
    ///
    /// # Errors
    ///
    /// As [`ready`](Self::ready), and STREAM_FENCED when another process took this instance's place.
    pub async fn closed(&self) -> Result<()> {
        self.0.life.closed().await
    }

    /// Sends a message; returns when it is on disk.
    ///
    /// While the bus is away the message waits, and it is sent again under the same id if its answer was lost. Dropping
    /// the future does not take it back.
    ///
    /// # Errors
    ///
    /// What the bus refuses the message for. At once: INVALID_ARGUMENT for a payload that is no JSON object, is nested deeper
    /// than 30 levels or has an integer that a double cannot hold; ALREADY_EXISTS while a message of the same id waits for its
    /// answer; RESOURCE_EXHAUSTED with MESSAGE_TOO_LARGE above 4,128,768 bytes, and without a reason while 10,000 messages or
    /// 64 MiB wait for their answer. CANCELLED when the agent leaves before
    /// there is an answer; what became of the message is not known then.
    pub async fn send(&self, message: impl Into<NewMessage>) -> Result<Sent> {
        self.0.outbox.send(message.into()).await
    }

    /// Takes no more work, finishes what is running and what is being sent, and leaves, however long that takes.
    ///
    /// # Errors
    ///
    /// As [`closed`](Self::closed).
    pub async fn drain(&self) -> Result<()> {
        self.leave(false, None).await
    }

    /// As [`drain`](Self::drain), but leaves after this time all the same; what is unfinished is delivered again.
    ///
    /// # Errors
    ///
    /// As [`closed`](Self::closed).
    pub async fn drain_within(&self, grace: Duration) -> Result<()> {
        self.leave(false, Some(grace)).await
    }

    /// Leaves soon: tells the handlers to stop and leaves when they have, after 10 s at the latest. A task whose handler
    /// gives up goes back to the mailbox.
    pub async fn close(&self) {
        self.close_within(CLOSE_GRACE).await;
    }

    /// As [`close`](Self::close), with another time at the latest.
    pub async fn close_within(&self, grace: Duration) {
        // How the agent ended is what `closed` tells; who closes wants it gone.
        let _ = self.leave(true, Some(grace)).await;
    }

    async fn leave(&self, stops_handlers: bool, grace: Option<Duration>) -> Result<()> {
        self.0.leave.send_modify(|leave| leave.ask(stops_handlers, grace));
        self.closed().await
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.leave.send_if_modified(|leave| {
            let is_new = !leave.is_leaving;
            if is_new {
                leave.ask(true, Some(CLOSE_GRACE));
            }
            is_new
        });
    }
}
