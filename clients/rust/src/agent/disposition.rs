use std::time::Duration;

use agentbus_proto::v1::RejectFrame;
use agentbus_proto::v1::reject_frame;

use crate::limits::{MAX_REASON_BYTES, MAX_REQUEUE_DELAY};
use crate::times::to_duration;

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// It is done.
    Acknowledge,
    /// It goes back to the mailbox for a while.
    Requeue { delay: Duration, reason: String },
    /// It becomes a dead letter.
    Drop { reason: String },
}

impl Disposition {
    /// Back to the mailbox at once.
    pub(crate) fn requeue_now(reason: &str) -> Self {
        Self::Requeue {
            delay: Duration::ZERO,
            reason: reason.to_owned(),
        }
    }

    /// The frame that says it of a delivery; `None` for an acknowledgement, which has a frame of its own kind.
    pub(crate) fn rejection(self) -> Option<RejectFrame> {
        let (disposition, mut reason) = match self {
            Self::Acknowledge => return None,
            Self::Requeue { delay, reason } => {
                let delay = to_duration(delay.min(MAX_REQUEUE_DELAY));
                (reject_frame::Disposition::RequeueDelay(delay), reason)
            }
            Self::Drop { reason } => (reject_frame::Disposition::Drop(true), reason),
        };
        truncate(&mut reason, MAX_REASON_BYTES);
        Some(RejectFrame {
            delivery_ids: Vec::new(),
            reason,
            disposition: Some(disposition),
        })
    }
}

/// Cuts a text to what the contract allows, between two characters.
fn truncate(text: &mut String, max_bytes: usize) {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_stays_within_the_contract() {
        let disposition = Disposition::Requeue {
            delay: Duration::from_secs(1_000_000),
            reason: "ü".repeat(2_000),
        };
        let frame = disposition.rejection().unwrap();
        assert_eq!(frame.reason, "ü".repeat(512));
        let a_day = to_duration(Duration::from_secs(86_400));
        assert_eq!(frame.disposition, Some(reject_frame::Disposition::RequeueDelay(a_day)));
    }
}
