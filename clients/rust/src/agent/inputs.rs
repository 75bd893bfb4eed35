use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::disposition::Disposition;
use super::outbox::Outbox;
use super::run::RunId;
use crate::times::moment_in;

/// How the program wants the agent to leave. It can only become more urgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) is_leaving: bool,
    /// Whether handlers are told to stop.
    pub(crate) stops_handlers: bool,
    /// When the agent leaves, whatever is unfinished.
    pub(crate) by: Option<Instant>,
}

impl Leave {
    /// Asks the agent to leave.
    pub(crate) fn ask(&mut self, stops_handlers: bool, grace: Option<Duration>) {
        self.is_leaving = true;
        self.stops_handlers |= stops_handlers;
        // Whoever asked for the shortest time gets it.
        self.by = self.by.into_iter().chain(grace.map(moment_in)).min();
    }
}

/// A handler that ended, and what becomes of its message.
pub(crate) type Finished = Result<(RunId, Option<Disposition>), JoinError>;

/// What an agent hears besides its stream.
pub(crate) enum Input {
    /// Something is to be sent.
    Sent,
    /// A handler ended.
    Finished(Finished),
    /// The program wants the agent to leave.
    Leave(Leave),
    /// The time to leave in good order is over.
    GraceOver,
    /// What the bus could not take is to be said again.
    Resend,
}

/// Where the inputs come from.
pub(crate) struct Inputs {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) handlers: JoinSet<(RunId, Option<Disposition>)>,
    pub(crate) leave: watch::Receiver<Leave>,
}

impl Inputs {
    /// Waits for the next input. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Input {
        let resend_at = self.outbox.sends().resend_at();
        let leave_by = self.leave.borrow().by;
        tokio::select! {
            () = self.outbox.changed() => Input::Sent,
            Some(finished) = self.handlers.join_next() => Input::Finished(finished),
            Ok(()) = self.leave.changed() => Input::Leave(*self.leave.borrow_and_update()),
            () = at(leave_by) => Input::GraceOver,
            () = at(resend_at) => Input::Resend,
        }
    }
}

/// Returns at a moment, or never.
pub(crate) async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn leaving_only_becomes_more_urgent() {
        let mut leave = Leave::default();
        let now = Instant::now();
        let seconds = Duration::from_secs;
        leave.ask(false, Some(Duration::MAX));
        leave.ask(true, Some(seconds(10)));
        leave.ask(false, Some(seconds(20)));
        leave.ask(false, None);
        assert!(leave.stops_handlers);
        assert_eq!(leave.by, Some(now + seconds(10)));
    }
}
