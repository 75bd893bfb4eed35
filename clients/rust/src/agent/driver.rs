use std::ops::ControlFlow;
use std::time::Duration;

use agentbus_proto::v1::agent_stream_response::Frame as BusFrame;
use agentbus_proto::v1::{AgentStreamResponse, Hello, Welcome};
use tokio::time::Instant;
use tonic::Code;

use super::context::Context;
use super::conversation::{Asked, Conversation};
use super::first_connect::FirstConnect;
use super::handle::handle;
use super::inputs::{Finished, Input, Inputs, Leave, at};
use super::lifecycle::Lifecycle;
use super::outbox::has_left;
use super::pulse::{Pace, Pulse, gone, not_welcomed};
use super::status::{Status, is_final};
use super::stream::{AgentStream, StreamEvent, StreamOpener};
use super::work::Start;
use crate::backoff::Backoff;
use crate::error::{Error, Result};
use crate::limits::{FAREWELL_TIMEOUT, HEALTHY_STREAM, WELCOME_TIMEOUT};
use crate::times::moment_in;

/// Keeps one stream open after the other, until the agent has left or is refused. The one task that has all of an
/// agent's state, but for what is to be sent.
pub(crate) struct Driver {
    pub(crate) opener: StreamOpener,
    /// As on every stream, but for `send_only`.
    pub(crate) hello: Hello,
    pub(crate) conversation: Conversation,
    pub(crate) inputs: Inputs,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) backoff: Backoff,
    pub(crate) connect: FirstConnect,
    pub(crate) leave: Leave,
    /// Stays true: who has left does not come back for a message that was sent a moment too late.
    pub(crate) is_over: bool,
    /// When to open another stream after this one, if the bus asked for it.
    pub(crate) reopen_in: Option<Duration>,
    /// When the bus welcomed the agent on this stream.
    pub(crate) welcomed_at: Option<Instant>,
}

/// A driver that ends without having come to its end was dropped with its runtime. Nobody is to wait for what it knew.
impl Drop for Driver {
    fn drop(&mut self) {
        if !self.lifecycle.is_over() {
            let text = "the agent was cut off: its runtime has ended, or it panicked";
            self.end(Err(Error::new(Code::Cancelled, text)));
        }
    }
}

impl Driver {
    /// Runs until the agent is off the bus for good.
    pub(crate) async fn run(mut self) {
        let end = self.stay().await;
        self.end(end);
    }

    /// The agent is off the bus for good.
    fn end(&mut self, end: Result<()>) {
        let over = end.as_ref().err().cloned().unwrap_or_else(has_left);
        self.conversation.work.stop_all(&over);
        self.conversation.outbox.sends().fail(&over);
        // They are told, and take their time.
        self.inputs.handlers.detach_all();
        self.lifecycle.finish(end);
    }

    async fn stay(&mut self) -> Result<()> {
        while !self.is_done() {
            if !self.leave.is_leaving {
                self.lifecycle.set(Status::Connecting);
            }
            let end = self.run_stream().await;
            self.conversation.offline();
            if self.is_done() {
                break;
            }
            let error = end.err();
            if let Some(error) = &error {
                if is_final(error) {
                    return Err(self.connect.refused(error.clone()));
                }
                self.connect.failed(error);
            }
            let welcomed_at = self.welcomed_at.take();
            if welcomed_at.is_some_and(|at| at.elapsed() >= HEALTHY_STREAM) {
                self.backoff.reset();
            }
            self.pause(error).await?;
        }
        Ok(())
    }

    /// Whether the agent has left.
    fn is_done(&mut self) -> bool {
        self.is_over |= self.leave.is_leaving && self.conversation.is_quiet();
        self.is_over
    }

    /// One stream, from its opening to its end.
    async fn run_stream(&mut self) -> Result<()> {
        let welcome_by = Instant::now() + WELCOME_TIMEOUT;
        let welcome_by = self.connect.by.map_or(welcome_by, |by| by.min(welcome_by));
        // Who has no handlers, or is leaving, could only give its mail back.
        let send_only = self.leave.is_leaving || !self.conversation.handlers.take_mail();
        let hello = Hello {
            send_only,
            ..self.hello.clone()
        };
        let mut opening = Box::pin(self.opener.open(hello));
        let stream = loop {
            tokio::select! {
                opened = &mut opening => break opened?,
                () = at(Some(welcome_by)) => return Err(not_welcomed()),
                input = self.inputs.next() => self.take(input),
            }
            if self.is_done() {
                return Ok(());
            }
        };
        self.converse(stream, Pulse::new(welcome_by), send_only).await
    }

    async fn converse(&mut self, mut stream: AgentStream, mut pulse: Pulse, send_only: bool) -> Result<()> {
        let mut farewell_by = None;
        loop {
            if self.is_done() && !pulse.is_welcomed() {
                return Ok(());
            }
            if self.has_finished_with_stream() && !stream.is_ended() {
                stream.end();
                farewell_by = Some(Instant::now() + FAREWELL_TIMEOUT);
            }
            let has_frames = pulse.is_welcomed() && self.conversation.has_frames();
            tokio::select! {
                event = stream.next(has_frames) => match event? {
                    StreamEvent::Frame(frame) => {
                        pulse.heard();
                        self.received(frame, &mut pulse, send_only);
                    }
                    StreamEvent::Writable => {
                        if let Some(frame) = self.conversation.next_frame() {
                            stream.write(frame);
                        }
                    }
                    StreamEvent::Ended => return Ok(()),
                },
                input = self.inputs.next() => {
                    self.take(input);
                    if self.is_out_of_time() {
                        return Ok(());
                    }
                }
                beat = pulse.next_beat() => {
                    beat?;
                    self.conversation.beat();
                }
                () = at(farewell_by) => return Err(gone("the bus did not end the stream in time")),
            }
        }
    }

    /// Whether the agent was to have left by now.
    fn is_out_of_time(&self) -> bool {
        self.leave.by.is_some_and(|by| by <= Instant::now())
    }

    /// Whether nothing is left to do or to say on this stream, and it was asked to end.
    fn has_finished_with_stream(&self) -> bool {
        let is_asked = self.leave.is_leaving || self.reopen_in.is_some();
        is_asked && self.conversation.is_quiet() && !self.conversation.has_frames()
    }

    fn received(&mut self, frame: AgentStreamResponse, pulse: &mut Pulse, send_only: bool) {
        let Some(frame) = frame.frame else {
            return;
        };
        if let BusFrame::Welcome(welcome) = frame {
            pulse.welcomed(self.welcomed(welcome, send_only));
            return;
        }
        match self.conversation.received(frame, self.leave.is_leaving) {
            Asked::Nothing => {}
            Asked::Handle(starts) => starts.into_iter().for_each(|start| self.start(start)),
            Asked::Reconnect(delay) => self.reopen_in = Some(delay),
            Asked::Tell(error) => self.lifecycle.refused(error),
        }
    }

    fn welcomed(&mut self, welcome: Welcome, send_only: bool) -> Pace {
        let pace = Pace::of(&welcome);
        self.welcomed_at = Some(Instant::now());
        self.connect.succeeded();
        self.conversation.online(pace.lease);
        if !self.leave.is_leaving {
            self.lifecycle.set(Status::Online {
                connection_id: welcome.connection_id,
                error: None,
            });
        } else if !send_only {
            self.conversation.say_farewell();
        }
        self.lifecycle.welcomed();
        pace
    }

    fn start(&mut self, start: Start) {
        let context = Context {
            message: start.message,
            cancellation: start.cancellation,
            outbox: self.conversation.outbox.clone(),
        };
        let handlers = self.conversation.handlers.clone();
        self.inputs
            .handlers
            .spawn(async move { (start.id, handle(context, handlers).await) });
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Sent => {}
            Input::Finished(finished) => {
                self.finished(finished);
                while let Some(finished) = self.inputs.handlers.try_join_next() {
                    self.finished(finished);
                }
            }
            Input::Leave(leave) => self.start_leaving(leave),
            Input::GraceOver => self.is_over = true,
            Input::Resend => self.conversation.outbox.sends().resend(),
        }
    }

    fn finished(&mut self, finished: Finished) {
        // A panic is caught where it happens; what is left are tasks that the runtime dropped as it ends.
        if let Ok((id, disposition)) = finished {
            self.conversation.work.finished(id, disposition);
        }
    }

    fn start_leaving(&mut self, leave: Leave) {
        if !self.leave.is_leaving {
            self.lifecycle.set(Status::Draining);
            self.conversation.say_farewell();
        }
        self.leave = leave;
        if leave.stops_handlers {
            self.conversation.work.stop_all(&has_left());
        }
    }

    /// Waits before the next stream is opened.
    async fn pause(&mut self, error: Option<Error>) -> Result<()> {
        let asked = self.reopen_in.take();
        let retry_in = asked.unwrap_or_else(|| self.backoff.next_wait());
        let reopen_at = moment_in(retry_in);
        if self.connect.is_over() {
            return Err(self.connect.error());
        }
        if !self.leave.is_leaving {
            self.lifecycle.set(Status::Waiting { retry_in, error });
        }
        while !self.is_done() {
            let waited = tokio::select! {
                () = at(Some(reopen_at)) => ControlFlow::Break(()),
                () = at(self.connect.by) => return Err(self.connect.error()),
                input = self.inputs.next() => {
                    self.take(input);
                    ControlFlow::Continue(())
                }
            };
            if waited.is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
