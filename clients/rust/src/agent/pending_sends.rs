use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::SystemTime;

use agentbus_proto::v1::send_result::Outcome;
use agentbus_proto::v1::{SendAccepted, SendDuplicate, SendResult};
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tonic::Code;

use super::frames::EncodedSendFrame;
use crate::backoff::Backoff;
use crate::error::{Error, Result};
use crate::error_mapping::{from_frame, missing};
use crate::limits::{MAX_FRAME_BYTES, MAX_FRAME_MESSAGES, MAX_UNANSWERED_BYTES, MAX_UNANSWERED_SENDS};
use crate::times::from_timestamp;

/// A message that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The message.
    pub message_id: String,
    /// Whether it was on disk already, under the same id and with the same content.
    pub duplicate: bool,
    /// Since when, by the clock of the bus.
    pub accepted_at: Option<SystemTime>,
    /// The agents whose mailboxes it went to, in the order of the roster.
    pub recipients: Vec<String>,
}

/// Messages that the bus has not answered yet, on whichever stream.
///
/// Every message is kept until it is answered, and all of them are said again, with the same bytes and in the same order,
/// on each new stream: what was on disk already comes back as a duplicate.
#[derive(Debug)]
pub(crate) struct PendingSends {
    /// In the order of sending.
    pending: BTreeMap<u64, Pending>,
    numbers: HashMap<String, u64>,
    /// What is to be said on this stream; the answered ones among them are skipped.
    queue: VecDeque<u64>,
    /// What the bus could not take just then, and when to say it again.
    postponed: Vec<u64>,
    resend_at: Option<Instant>,
    backoff: Backoff,
    total_bytes: usize,
    last_number: u64,
    /// Why nothing can be sent any more.
    over: Option<Error>,
}

#[derive(Debug)]
struct Pending {
    message_id: String,
    bytes: Bytes,
    answer: oneshot::Sender<Result<Sent>>,
}

/// Where the answer to a message will be.
pub(crate) type Answer = oneshot::Receiver<Result<Sent>>;

impl PendingSends {
    pub(crate) fn new(backoff: Backoff) -> Self {
        Self {
            pending: BTreeMap::new(),
            numbers: HashMap::new(),
            queue: VecDeque::new(),
            postponed: Vec::new(),
            resend_at: None,
            backoff,
            total_bytes: 0,
            last_number: 0,
            over: None,
        }
    }

    /// Takes an encoded envelope, or refuses it at once.
    pub(crate) fn push(&mut self, message_id: String, bytes: Bytes) -> Result<Answer> {
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        if self.numbers.contains_key(&message_id) {
            let text = format!("message {message_id} is being sent already");
            return Err(Error::new(Code::AlreadyExists, text));
        }
        let count = self.pending.len();
        if count >= MAX_UNANSWERED_SENDS || self.total_bytes + bytes.len() > MAX_UNANSWERED_BYTES {
            let text = format!("{count} messages wait for the answer of the bus: wait for some before sending more");
            return Err(Error::new(Code::ResourceExhausted, text));
        }
        let (answer, receiver) = oneshot::channel();
        self.last_number += 1;
        let number = self.last_number;
        self.total_bytes += bytes.len();
        self.numbers.insert(message_id.clone(), number);
        let entry = Pending {
            message_id,
            bytes,
            answer,
        };
        self.pending.insert(number, entry);
        self.queue.push_back(number);
        Ok(receiver)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Whether something is to be said.
    pub(crate) fn has_frames(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The next messages that fit into a frame.
    pub(crate) fn next_frame(&mut self) -> Option<EncodedSendFrame> {
        let mut messages: Vec<Bytes> = Vec::new();
        let mut bytes = 0;
        while let Some(number) = self.queue.front() {
            if let Some(entry) = self.pending.get(number) {
                bytes += entry.bytes.len();
                let is_full = messages.len() >= MAX_FRAME_MESSAGES || bytes > MAX_FRAME_BYTES;
                if is_full && !messages.is_empty() {
                    break;
                }
                messages.push(entry.bytes.clone());
            }
            self.queue.pop_front();
        }
        (!messages.is_empty()).then_some(EncodedSendFrame { messages })
    }

    /// Takes the answers of the bus.
    pub(crate) fn settle(&mut self, results: Vec<SendResult>, now: Instant) {
        for result in results {
            self.settle_one(result, now);
        }
    }

    fn settle_one(&mut self, result: SendResult, now: Instant) {
        let Some(&number) = self.numbers.get(&result.message_id) else {
            return;
        };
        let answer = match result.outcome {
            Some(Outcome::Accepted(SendAccepted {
                accepted_time,
                recipients,
            })) => Ok((false, accepted_time, recipients)),
            Some(Outcome::Duplicate(SendDuplicate {
                accepted_time,
                recipients,
            })) => Ok((true, accepted_time, recipients)),
            Some(Outcome::Error(status)) => Err(from_frame(status)),
            None => Err(missing("outcome")),
        };
        if let Err(error) = &answer
            && error.code() == Code::Unavailable
        {
            self.postponed.push(number);
            let backoff = &mut self.backoff;
            self.resend_at.get_or_insert_with(|| now + backoff.next_wait());
            return;
        }
        if answer.is_ok() {
            self.backoff.reset();
        }
        self.answer(
            number,
            answer.map(|(duplicate, accepted_time, recipients)| Sent {
                message_id: result.message_id,
                duplicate,
                accepted_at: accepted_time.and_then(from_timestamp),
                recipients,
            }),
        );
    }

    fn answer(&mut self, number: u64, answer: Result<Sent>) {
        let Some(entry) = self.pending.remove(&number) else {
            return;
        };
        self.numbers.remove(&entry.message_id);
        self.total_bytes -= entry.bytes.len();
        // Whoever sent it may have stopped waiting.
        let _ = entry.answer.send(answer);
    }

    /// When to call [`resend`](Self::resend).
    pub(crate) fn resend_at(&self) -> Option<Instant> {
        self.resend_at
    }

    /// Says again what the bus could not take.
    pub(crate) fn resend(&mut self) {
        self.resend_at = None;
        self.queue.extend(self.postponed.drain(..));
    }

    /// A stream is welcomed: nothing was said on it yet.
    pub(crate) fn online(&mut self) {
        self.resend_at = None;
        self.postponed.clear();
        self.queue.clear();
        self.queue.extend(self.pending.keys());
    }

    /// The agent has left for good: nobody will answer.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.over = Some(error.clone());
        let numbers: Vec<u64> = self.pending.keys().copied().collect();
        for number in numbers {
            self.answer(number, Err(error.clone()));
        }
        self.online();
    }
}

#[cfg(test)]
#[path = "pending_sends_tests.rs"]
mod tests;
