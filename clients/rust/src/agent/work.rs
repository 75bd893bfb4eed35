use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use agentbus_proto::v1::{Delivery, ExtendFrame, SettleResultFrame};
use tokio::time::Instant;

use super::cancellation::Cancellation;
use super::disposition::Disposition;
use super::frames::Frame;
use super::remembered::Remembered;
use super::run::{MessageKey, Run, RunId, is_new_attempt, is_task};
use super::settlements::{Confirmation, Settlements};
use super::withdrawal::{Withdrawal, taken_away};
use crate::error::Error;
use crate::limits::{DEFAULT_LEASE, MAX_FRAME_DELIVERY_IDS};
use crate::message::Message;

/// A handler that is to be started.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) id: RunId,
    pub(crate) message: Arc<Message>,
    pub(crate) cancellation: Cancellation,
}

/// Messages in the hands of the agent, across streams.
///
/// One handler runs for a message, however often it is delivered meanwhile: the end of the handler settles the newest
/// delivery. A message that was acknowledged is remembered until the bus has confirmed its acknowledgement.
#[derive(Debug)]
pub(crate) struct Work {
    /// All handlers, those of withdrawn tasks included, which may take their time to stop.
    runs: HashMap<RunId, Run>,
    /// Those whose outcome counts, by their message.
    current: HashMap<MessageKey, RunId>,
    /// Those that hold a delivery, by its id.
    holders: HashMap<String, RunId>,
    handled: Remembered,
    settlements: Settlements,
    lease: Duration,
    extension_due: bool,
    last_id: RunId,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            runs: HashMap::new(),
            current: HashMap::new(),
            holders: HashMap::new(),
            handled: Remembered::default(),
            settlements: Settlements::default(),
            lease: DEFAULT_LEASE,
            extension_due: false,
            last_id: RunId::default(),
        }
    }
}

impl Work {
    /// Handlers that are running.
    pub(crate) fn running(&self) -> usize {
        self.runs.len()
    }

    /// Whether no handler runs and everything settled is confirmed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.runs.is_empty() && self.settlements.unconfirmed() == 0
    }

    /// The bus has welcomed the agent, and leases deliveries for this long.
    pub(crate) fn leased(&mut self, lease: Duration) {
        self.lease = lease;
    }

    /// Takes deliveries; returns the handlers to start, one for each message that is not in hand already. An agent that
    /// is leaving gives back what was sent before the bus knew of it.
    pub(crate) fn receive(&mut self, deliveries: Vec<Delivery>, now: Instant, is_leaving: bool) -> Vec<Start> {
        deliveries
            .into_iter()
            .filter_map(|delivery| self.receive_one(delivery, now, is_leaving))
            .collect()
    }

    fn receive_one(&mut self, mut delivery: Delivery, now: Instant, is_leaving: bool) -> Option<Start> {
        let delivery_id = std::mem::take(&mut delivery.delivery_id);
        let message = Message::from_delivery(delivery)?;
        let key = MessageKey::new(&message.sender, &message.message_id);
        let mail = (key.clone(), message.accepted_at);
        if let Some(withdrawal) = Withdrawal::read(&message) {
            self.obey(&withdrawal);
            // The bus's own news are for the agent itself, whatever handlers it has.
            self.settlements.settle(delivery_id, mail, Disposition::Acknowledge);
            return None;
        }
        if self.handled.get(&key) == Some(message.accepted_at) {
            self.settlements.settle(delivery_id, mail, Disposition::Acknowledge);
            return None;
        }
        if let Some(&id) = self.current.get(&key) {
            if !is_new_attempt(&message, self.runs.get(&id)?.message.accepted_at) {
                self.hold(id, delivery_id, now);
                return None;
            }
            self.take_away(id, &taken_away(&message.message_id));
        }
        if is_leaving {
            let disposition = Disposition::requeue_now("the agent is leaving");
            self.settlements.settle(delivery_id, mail, disposition);
            return None;
        }
        Some(self.start(key, message, delivery_id, now))
    }

    fn start(&mut self, key: MessageKey, message: Message, delivery_id: String, now: Instant) -> Start {
        let id = self.last_id.next();
        self.last_id = id;
        let message = Arc::new(message);
        let cancellation = Cancellation::default();
        let run = Run {
            key: key.clone(),
            message: Arc::clone(&message),
            cancellation: cancellation.clone(),
            delivery_id: None,
            leased_at: now,
            extended_at: now,
        };
        self.runs.insert(id, run);
        self.current.insert(key, id);
        self.hold(id, delivery_id, now);
        Start {
            id,
            message,
            cancellation,
        }
    }

    fn obey(&mut self, withdrawal: &Withdrawal) {
        let runs = self.current.values();
        let meant = runs.filter(|id| {
            let run = self.runs.get(id);
            run.is_some_and(|run| withdrawal.means(&run.message))
        });
        for id in meant.copied().collect::<Vec<_>>() {
            self.take_away(id, &withdrawal.error);
        }
    }

    /// A handler ended; without a disposition there is nothing to settle.
    pub(crate) fn finished(&mut self, id: RunId, disposition: Option<Disposition>) {
        self.let_go(id);
        let Some(run) = self.runs.remove(&id) else {
            return;
        };
        if self.current.get(&run.key) == Some(&id) {
            self.current.remove(&run.key);
        }
        let (None, Some(disposition)) = (run.cancellation.withdrawn(), disposition) else {
            return;
        };
        let mail = (run.key, run.message.accepted_at);
        if disposition == Disposition::Acknowledge {
            self.handled.insert(mail.0.clone(), mail.1);
        }
        if let Some(delivery_id) = run.delivery_id {
            self.settlements.settle(delivery_id, mail, disposition);
        }
    }

    /// Reads what the bus confirmed.
    pub(crate) fn confirm(&mut self, result: SettleResultFrame, now: Instant) {
        for confirmation in self.settlements.confirm(result) {
            match confirmation {
                Confirmation::Kept(delivery_id) => self.kept(&delivery_id),
                Confirmation::Lost(delivery_id) => self.lost(&delivery_id, now),
                Confirmation::Durable((key, accepted_at)) => self.handled.forget(&key, accepted_at),
            }
        }
    }

    /// The bus refused a frame that settles or extends.
    pub(crate) fn refused(&mut self) {
        self.settlements.refused();
    }

    /// Counted from when it was asked for: the answer may have waited for a process that was busy.
    fn kept(&mut self, delivery_id: &str) {
        let id = self.holders.get(delivery_id);
        if let Some(run) = id.and_then(|id| self.runs.get_mut(id)) {
            run.leased_at = run.extended_at;
        }
    }

    /// A lease that cannot have run out was ended by the bus: it took the task away, and the news went to another process
    /// of this agent, or to none. After one that may have run out the work goes on: the first answer counts.
    fn lost(&mut self, delivery_id: &str, now: Instant) {
        let Some(id) = self.holders.remove(delivery_id) else {
            return;
        };
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        run.delivery_id = None;
        if is_task(&run.message) && now.duration_since(run.leased_at) < self.lease {
            let error = taken_away(&run.message.message_id);
            self.take_away(id, &error);
        }
    }

    fn hold(&mut self, id: RunId, delivery_id: String, now: Instant) {
        self.release(id);
        if let Some(run) = self.runs.get_mut(&id) {
            run.delivery_id = Some(delivery_id.clone());
            run.leased_at = now;
            self.holders.insert(delivery_id, id);
        }
    }

    /// The run holds no delivery any more.
    fn release(&mut self, id: RunId) {
        self.let_go(id);
        if let Some(run) = self.runs.get_mut(&id) {
            run.delivery_id = None;
        }
    }

    /// No more time is asked for the run's delivery.
    fn let_go(&mut self, id: RunId) {
        let run = self.runs.get(&id);
        if let Some(delivery_id) = run.and_then(|run| run.delivery_id.as_ref()) {
            self.holders.remove(delivery_id);
        }
    }

    fn take_away(&mut self, id: RunId, error: &Error) {
        self.release(id);
        if let Some(run) = self.runs.get(&id) {
            self.current.remove(&run.key);
            run.cancellation.withdraw(error);
        }
    }

    /// Tells all handlers to stop.
    pub(crate) fn stop_all(&self, error: &Error) {
        for run in self.runs.values() {
            run.cancellation.stop(error);
        }
    }

    /// Asks for more time for all that is held when the frame is written.
    pub(crate) fn extend(&mut self) {
        self.extension_due = !self.holders.is_empty();
    }

    /// Whether something is to be said.
    pub(crate) fn has_frames(&self) -> bool {
        self.settlements.has_frames() || self.extension_due
    }

    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        self.settlements.next_frame().or_else(|| self.next_extension())
    }

    fn next_extension(&mut self) -> Option<Frame> {
        if !std::mem::take(&mut self.extension_due) || self.holders.is_empty() {
            return None;
        }
        let held = self.holders.keys().take(MAX_FRAME_DELIVERY_IDS);
        let delivery_ids: Vec<String> = held.cloned().collect();
        let now = Instant::now();
        self.settlements.extended(&delivery_ids);
        for delivery_id in &delivery_ids {
            let id = self.holders.get(delivery_id);
            if let Some(run) = id.and_then(|id| self.runs.get_mut(id)) {
                run.extended_at = now;
            }
        }
        Some(Frame::Extend(ExtendFrame { delivery_ids }))
    }

    /// The stream is gone and its deliveries with it: what is running is settled by the next delivery of its message.
    pub(crate) fn stream_lost(&mut self) {
        self.settlements.forget();
        self.holders.clear();
        for run in self.runs.values_mut() {
            run.delivery_id = None;
        }
        self.extension_due = false;
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
