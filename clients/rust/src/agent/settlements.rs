use std::collections::{HashMap, VecDeque};

use agentbus_proto::v1::{AckFrame, RejectFrame, SettleResultFrame};

use super::disposition::Disposition;
use super::frames::Frame;
use super::run::MailKey;
use crate::limits::MAX_FRAME_DELIVERY_IDS;

/// Deliveries of one stream that are settled and not confirmed yet, and those whose extension is not.
///
/// The bus answers every frame once, in their order, and in it every id, which tells confirmations of extensions and
/// settlements apart.
#[derive(Debug, Default)]
pub(crate) struct Settlements {
    unconfirmed: HashMap<String, Unconfirmed>,
    /// The ids of each frame that was written and not answered, the oldest first.
    frames: VecDeque<Vec<String>>,
    settled: usize,
    acknowledgements: Vec<String>,
    rejections: VecDeque<RejectFrame>,
}

#[derive(Debug, Default)]
struct Unconfirmed {
    /// Frames with this id that the bus has not answered; an extension may be among them.
    frames: u32,
    /// The message that was settled, if the delivery was.
    settled: Option<MailKey>,
}

/// What the bus said of a delivery.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// It was given more time.
    Kept(String),
    /// The bus does not know it as this stream's any more: asking for more time again would be in vain.
    Lost(String),
    /// How it was settled is on disk, and the message comes no more.
    Durable(MailKey),
}

impl Settlements {
    /// Settled deliveries whose confirmation is still to come.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.settled
    }

    /// Whether something is to be said.
    pub(crate) fn has_frames(&self) -> bool {
        !self.acknowledgements.is_empty() || !self.rejections.is_empty()
    }

    /// Settles a delivery for good.
    pub(crate) fn settle(&mut self, delivery_id: String, key: MailKey, disposition: Disposition) {
        let entry = self.unconfirmed.entry(delivery_id.clone()).or_default();
        entry.frames += 1;
        if entry.settled.replace(key).is_none() {
            self.settled += 1;
        }
        match disposition.rejection() {
            None => self.acknowledgements.push(delivery_id),
            Some(rejection) => self.reject(delivery_id, rejection),
        }
    }

    /// The same said of several deliveries travels in one frame.
    fn reject(&mut self, delivery_id: String, rejection: RejectFrame) {
        match self.rejections.back_mut() {
            Some(last)
                if last.disposition == rejection.disposition
                    && last.reason == rejection.reason
                    && last.delivery_ids.len() < MAX_FRAME_DELIVERY_IDS =>
            {
                last.delivery_ids.push(delivery_id);
            }
            _ => self.rejections.push_back(RejectFrame {
                delivery_ids: vec![delivery_id],
                ..rejection
            }),
        }
    }

    /// More time is asked for deliveries, by one frame.
    pub(crate) fn extended(&mut self, delivery_ids: &[String]) {
        for delivery_id in delivery_ids {
            let entry = self.unconfirmed.entry(delivery_id.clone()).or_default();
            entry.frames += 1;
        }
        self.frames.push_back(delivery_ids.to_vec());
    }

    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        if !self.acknowledgements.is_empty() {
            let count = self.acknowledgements.len().min(MAX_FRAME_DELIVERY_IDS);
            let delivery_ids: Vec<String> = self.acknowledgements.drain(..count).collect();
            self.frames.push_back(delivery_ids.clone());
            return Some(Frame::Ack(AckFrame { delivery_ids }));
        }
        let rejection = self.rejections.pop_front()?;
        self.frames.push_back(rejection.delivery_ids.clone());
        Some(Frame::Reject(rejection))
    }

    /// Reads what the bus confirmed.
    pub(crate) fn confirm(&mut self, result: SettleResultFrame) -> Vec<Confirmation> {
        self.frames.pop_front();
        let fresh = result.delivery_ids.into_iter().map(|id| (id, false));
        let stale = result.stale_delivery_ids.into_iter().map(|id| (id, true));
        let answers = fresh.chain(stale);
        answers
            .filter_map(|(id, is_stale)| match (self.answered(&id)?.settled, is_stale) {
                (None, false) => Some(Confirmation::Kept(id)),
                (None, true) => Some(Confirmation::Lost(id)),
                (Some(key), false) => Some(Confirmation::Durable(key)),
                (Some(_), true) => None,
            })
            .collect()
    }

    /// An error stands in the place of a confirmation: nothing is settled or extended, and nothing more is said about it.
    /// What the bus goes on to hold is delivered again when its lease runs out.
    pub(crate) fn refused(&mut self) {
        for delivery_id in self.frames.pop_front().unwrap_or_default() {
            self.answered(&delivery_id);
        }
    }

    /// Takes the answer to an id of one frame; returns what had been asked for if that was the last one.
    fn answered(&mut self, delivery_id: &str) -> Option<Unconfirmed> {
        let entry = self.unconfirmed.get_mut(delivery_id)?;
        entry.frames -= 1;
        if entry.frames > 0 {
            return None;
        }
        let entry = self.unconfirmed.remove(delivery_id)?;
        if entry.settled.is_some() {
            self.settled -= 1;
        }
        Some(entry)
    }

    /// The stream is gone: the bus answers nothing of it any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}
