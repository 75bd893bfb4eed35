use std::pin::Pin;
use std::time::Duration;

use agentbus_proto::v1::Welcome;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Code;

use crate::error::{Error, Result};
use crate::limits::{DEFAULT_HEARTBEAT_INTERVAL, DEFAULT_LEASE, MIN_BEAT};
use crate::times::{from_duration, moment_in};

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
        let interval = interval.filter(not_zero).unwrap_or(DEFAULT_HEARTBEAT_INTERVAL);
        let limits = welcome.limits.as_ref();
        let lease = limits.and_then(|limits| limits.lease).and_then(from_duration);
        let lease = lease.filter(not_zero).unwrap_or(DEFAULT_LEASE);
        Self {
            // A third: one beat may be lost, and the next one late, before a lease or the patience of the bus runs out.
            beat: (interval.min(lease) / 3).max(MIN_BEAT),
            patience: interval.saturating_mul(2),
            lease,
        }
    }
}

fn not_zero(duration: &Duration) -> bool {
    !duration.is_zero()
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
        self.timer.as_mut().reset(moment_in(pace.beat));
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
        if self.timer.deadline().elapsed() > pace.beat {
            // A process that was busy or asleep for that long has heard nothing because it did not listen.
            self.heard();
        }
        if self.heard_at.elapsed() > pace.patience {
            return Err(gone("nothing was heard of the bus for two heartbeat intervals"));
        }
        self.timer.as_mut().reset(moment_in(pace.beat));
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

#[cfg(test)]
mod tests {
    use agentbus_proto::v1::StreamLimits;

    use super::*;
    use crate::times::to_duration;

    fn pace(interval: Option<Duration>, lease: Option<Duration>) -> Pace {
        Pace::of(&Welcome {
            heartbeat_interval: interval.map(to_duration),
            limits: lease.map(|lease| StreamLimits {
                lease: Some(to_duration(lease)),
                ..StreamLimits::default()
            }),
            ..Welcome::default()
        })
    }

    fn pulse(pace: Pace) -> Pulse {
        let mut pulse = Pulse::new(Instant::now() + Duration::from_secs(10));
        pulse.welcomed(pace);
        pulse
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_pace_is_a_third_of_the_shorter_time_and_never_none() {
        let beats = [
            (Some(3 * SECOND), Some(6 * SECOND), SECOND),
            (Some(9 * SECOND), Some(3 * SECOND), SECOND),
            (None, None, 5 * SECOND),
            (Some(Duration::ZERO), Some(Duration::ZERO), 5 * SECOND),
            (Some(Duration::from_nanos(1)), None, MIN_BEAT),
        ];
        for (interval, lease, beat) in beats {
            assert_eq!(pace(interval, lease).beat, beat, "{interval:?} {lease:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_bus_is_gone_after_two_intervals() {
        let mut pulse = pulse(pace(Some(3 * SECOND), None));
        let began = Instant::now();
        let error = loop {
            if let Err(error) = pulse.next_beat().await {
                break error;
            }
        };
        assert_eq!(error.code(), Code::Unavailable);
        assert!(
            began.elapsed() > 6 * SECOND && began.elapsed() <= 7 * SECOND,
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_was_busy_does_not_take_the_bus_for_gone() {
        let mut pulse = pulse(pace(Some(3 * SECOND), None));
        tokio::time::advance(60 * SECOND).await;
        assert!(pulse.next_beat().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_bus_that_has_all_the_time_of_the_world_is_no_bug() {
        let forever = Some(Duration::MAX);
        let mut pulse = pulse(pace(forever, forever));
        let beat = tokio::time::timeout(60 * SECOND, pulse.next_beat());
        assert!(beat.await.is_err());
    }
}
