use std::sync::Arc;
use std::time::Duration;

use agentbus_proto::v1::agent_stream_response::Frame as BusFrame;
use agentbus_proto::v1::{ClientDrain, ClientHeartbeat};
use tokio::time::Instant;

use super::frames::Frame;
use super::outbox::Outbox;
use super::panics::call_listener;
use super::work::{Start, Work};
use crate::error::Error;
use crate::error_mapping::from_frame;
use crate::handler::Handlers;
use crate::times::from_duration;

/// All that an agent and the bus have to say to each other, on one stream after the other.
///
/// It keeps what is to be said and puts it into a frame only when the stream can take one, so that what piles up while the
/// stream is busy travels together.
pub(crate) struct Conversation {
    pub(crate) work: Work,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) handlers: Handlers,
    pub(crate) max_in_flight: u32,
    heartbeat_due: bool,
    farewell_due: bool,
}

/// What a frame of the bus asks for.
pub(crate) enum Asked {
    /// Nothing more.
    Nothing,
    /// Handlers are to be started.
    Handle(Vec<Start>),
    /// Another stream is to be opened, after a while.
    Reconnect(Duration),
    /// The program is to be told that a frame was refused.
    Tell(Error),
}

impl Conversation {
    pub(crate) fn new(outbox: Arc<Outbox>, handlers: Handlers, max_in_flight: u32) -> Self {
        Self {
            work: Work::default(),
            outbox,
            handlers,
            max_in_flight,
            heartbeat_due: false,
            farewell_due: false,
        }
    }

    /// A stream is welcomed: nothing was said on it yet.
    pub(crate) fn online(&mut self, lease: Duration) {
        self.work.leased(lease);
        self.outbox.sends().online();
    }

    /// The stream is gone, with whatever was unanswered on it.
    pub(crate) fn offline(&mut self) {
        self.work.stream_lost();
        self.heartbeat_due = false;
        self.farewell_due = false;
    }

    /// Whether nothing is being worked on, sent or settled.
    pub(crate) fn is_quiet(&self) -> bool {
        self.work.is_quiet() && self.outbox.sends().is_empty()
    }

    /// Says that the agent is alive, how busy it is, and which deliveries it is still at.
    pub(crate) fn beat(&mut self) {
        self.heartbeat_due = true;
        self.work.extend();
    }

    /// Says that the agent is going to leave.
    pub(crate) fn say_farewell(&mut self) {
        self.farewell_due = true;
    }

    /// Whether something is to be said.
    pub(crate) fn has_frames(&self) -> bool {
        self.heartbeat_due || self.farewell_due || self.work.has_frames() || self.outbox.sends().has_frames()
    }

    /// The next frame; what keeps the agent's place and its leases goes first.
    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        if std::mem::take(&mut self.heartbeat_due) {
            let heartbeat = ClientHeartbeat {
                load: self.load(),
                ..ClientHeartbeat::default()
            };
            return Some(Frame::Heartbeat(heartbeat));
        }
        if let Some(frame) = self.work.next_frame() {
            return Some(frame);
        }
        if std::mem::take(&mut self.farewell_due) {
            return Some(Frame::Drain(ClientDrain {}));
        }
        self.outbox.sends().next_frame().map(Frame::Send)
    }

    /// Handlers running by credit, at most 1: those of withdrawn tasks may take their time to stop.
    fn load(&self) -> f64 {
        let running = self.work.running() as f64;
        (running / f64::from(self.max_in_flight.max(1))).min(1.0)
    }

    /// Takes any frame but the welcome.
    pub(crate) fn received(&mut self, frame: BusFrame, is_leaving: bool) -> Asked {
        let now = Instant::now();
        match frame {
            BusFrame::Delivery(frame) => {
                return Asked::Handle(self.work.receive(frame.deliveries, now, is_leaving));
            }
            BusFrame::SendResult(frame) => self.outbox.sends().settle(frame.results, now),
            BusFrame::SettleResult(frame) => self.work.confirm(frame, now),
            BusFrame::Receipt(receipt) => {
                if let Some(listener) = &self.handlers.receipt {
                    call_listener(|| listener(receipt));
                }
            }
            BusFrame::Drain(frame) => {
                let wait = frame.reconnect_after.and_then(from_duration);
                return Asked::Reconnect(wait.unwrap_or_default());
            }
            BusFrame::Error(frame) => {
                // The agent follows no sessions, and what it sends is answered message by message.
                self.work.refused();
                if let Some(status) = frame.error {
                    return Asked::Tell(from_frame(status));
                }
            }
            BusFrame::Welcome(_) | BusFrame::Heartbeat(_) | BusFrame::SessionEvent(_) => {}
        }
        Asked::Nothing
    }
}
