use std::pin::Pin;
use std::time::Duration;

use agentbus_proto::v1::Welcome;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Code;

use crate::error::{Error, Result};
use crate::limits::{DEFAULT_HEARTBEAT_INTERVAL, DEFAULT_LEASE};
use crate::times::from_duration;

/// What the bus and the agent agreed on for one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Time between two signs of life.
    pub(crate) beat: Duration,
    /// Silence after which the bus is gone, even if the connection does not know it yet.
    pub(crate) patience: Duration,
    /// Time that a delivery may stay unsettled.
    pub(crate) lease: Duration,
}

impl Pace {
    pub(crate) fn of(welcome: &Welcome) -> Self {
        let interval = welcome.heartbeat_interval.and_then(from_duration);
        let interval = interval.unwrap_or(DEFAULT_HEARTBEAT_INTERVAL);
        let limits = welcome.limits.as_ref();
        let lease = limits.and_then(|limits| limits.lease).and_then(from_duration);
        let lease = lease.unwrap_or(DEFAULT_LEASE);
        Self {
            // A third: one beat may be lost, and the next one late, before a lease or the patience of the bus runs out.
            beat: interval.min(lease) / 3,
            patience: interval * 2,
            lease,
        }
    }
}

/// Knows when to say something, and when the bus has said nothing for too long. One timer a stream.
pub(crate) struct Pulse {
    timer: Pin<Box<Sleep>>,
    /// `None` until the bus has welcomed the agent.
    pace: Option<Pace>,
    heard_at: Instant,
}

impl Pulse {
    pub(crate) fn new(welcome_by: Instant) -> Self {
        Self {
            timer: Box::pin(sleep_until(welcome_by)),
            pace: None,
            heard_at: Instant::now(),
        }
    }

    pub(crate) fn welcomed(&mut self, pace: Pace) {
        self.pace = Some(pace);
        self.timer.as_mut().reset(Instant::now() + pace.beat);
    }

    pub(crate) fn is_welcomed(&self) -> bool {
        self.pace.is_some()
    }

    pub(crate) fn heard(&mut self) {
        self.heard_at = Instant::now();
    }

    /// Returns when a sign of life is due.
    ///
    /// # Errors
    ///
    /// UNAVAILABLE when the bus did not welcome the agent in time, or was silent for too long.
    pub(crate) async fn next_beat(&mut self) -> Result<()> {
        self.timer.as_mut().await;
        let pace = self.pace.ok_or_else(not_welcomed)?;
        if self.heard_at.elapsed() > pace.patience {
            return Err(gone("nothing was heard of the bus for two heartbeat intervals"));
        }
        self.timer.as_mut().reset(Instant::now() + pace.beat);
        Ok(())
    }
}

/// The bus did not welcome the agent.
pub(crate) fn not_welcomed() -> Error {
    gone("the bus did not welcome the agent in time")
}

/// The bus may be there, but is of no use.
pub(crate) fn gone(message: &str) -> Error {
    Error::new(Code::Unavailable, message)
}
