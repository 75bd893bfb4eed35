use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use agentbus_proto::v1::MessageType;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::cancellation::Cancellation;
use super::outbox::{Outbox, has_left};
use super::pending_sends::Sent;
use crate::error::{Error, Result};
use crate::message::{Message, NewMessage, NewTask};

/// A message that is no task, in the hands of its handler. It derefs to the [`Message`].
///
/// The message is acknowledged when the handler returns `Ok`. An error puts it back for a second, which doubles with each
/// delivery up to a minute.
#[derive(Clone, Debug)]
pub struct IncomingMessage(pub(crate) Context);

/// A task in the hands of its handler. It derefs to the [`Message`] that asked for it.
///
/// What the handler returns becomes the answer: a JSON object, or [`Data`](crate::Data), or `()`. An error becomes one
/// that says that the task failed. The task is acknowledged once the answer is on disk; a crash in between delivers
/// it again, so that work that must not happen twice keeps a record under [`task_id`](Self::task_id).
///
/// # Cancellation
///
/// A handler is told to stop by its [`cancellation_token`](Self::cancellation_token), and is never dropped half-way:
/// what it has begun may need an end. One that has nothing to tidy up wraps what it waits for:
///
/// ```
/// # use agentbus::{HandlerError, Task, json};
/// # async fn ask_model(_: &Task) -> Result<String, HandlerError> { Ok(String::new()) }
/// async fn handle(task: Task) -> Result<serde_json::Value, HandlerError> {
///     let text = task.run_until_cancelled(ask_model(&task)).await??;
///     Ok(json!({ "text": text }))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Task(pub(crate) Context);

/// What a handler may use.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) message: Arc<Message>,
    pub(crate) cancellation: Cancellation,
    pub(crate) outbox: Arc<Outbox>,
}

impl Context {
    /// Sends what this message caused: in its session, and in its place in a trace.
    pub(crate) async fn send(&self, mut message: NewMessage) -> Result<Sent> {
        if let Some(error) = self.cancellation.withdrawn() {
            return Err(error.clone());
        }
        if message.session_id.is_none() {
            message.session_id.clone_from(&self.message.session_id);
        }
        for key in ["traceparent", "tracestate"] {
            if let Some(value) = self.message.metadata.get(key) {
                let entry = message.metadata.entry(key.to_owned());
                entry.or_insert_with(|| value.clone());
            }
        }
        self.outbox.send(message).await
    }

    async fn run_until_cancelled<F: Future>(&self, future: F) -> Result<F::Output> {
        let output = self.cancellation.token().run_until_cancelled(future).await;
        output.ok_or_else(|| self.reason())
    }

    async fn cancelled(&self) -> Error {
        self.cancellation.token().cancelled().await;
        self.reason()
    }

    fn reason(&self) -> Error {
        let reason = self.cancellation.reason();
        reason.cloned().unwrap_or_else(has_left)
    }
}

macro_rules! cancellable {
    ($name:ident) => {
        impl $name {
            /// Cancelled when the handler is to stop soon: the agent closes or lost its place, or, for a task, the bus took it
            /// away. After the latter nothing that the handler returns or sends goes out.
            ///
            /// Cancelling it oneself tells nobody.
            pub fn cancellation_token(&self) -> CancellationToken {
                self.0.cancellation.token().child_token()
            }

            /// Whether the handler is to stop.
            pub fn is_cancelled(&self) -> bool {
                self.0.cancellation.is_cancelled()
            }

            /// Waits until the handler is to stop, and returns why.
            ///
            /// The reason is TASK_CANCELLED if the task was called off; there is none if the attempt timed out or somebody
            /// else is asked. The fact `cause` has the bus's word for it, where the bus said one. When the agent leaves,
            /// the status is CANCELLED.
            pub async fn cancelled(&self) -> Error {
                self.0.cancelled().await
            }

            /// Runs a future to its end, or drops it when the handler is to stop.
            ///
            /// # Errors
            ///
            /// As [`cancelled`](Self::cancelled) returns, when the handler is to stop.
            pub async fn run_until_cancelled<F: Future>(&self, future: F) -> Result<F::Output> {
                self.0.run_until_cancelled(future).await
            }
        }

        impl Deref for $name {
            type Target = Message;

            fn deref(&self) -> &Message {
                &self.0.message
            }
        }
    };
}

cancellable!(IncomingMessage);
cancellable!(Task);

impl IncomingMessage {
    /// Sends a message in the session of this one; returns when it is on disk.
    ///
    /// # Errors
    ///
    /// As [`Agent::send`](super::Agent::send).
    pub async fn send(&self, message: impl Into<NewMessage>) -> Result<Sent> {
        self.0.send(message.into()).await
    }
}

impl Task {
    /// Name of the task for this agent: the id of the message that asked for it. A message that went to several agents
    /// made several tasks, which the bus tells apart by who speaks of them.
    pub fn task_id(&self) -> &str {
        &self.message_id
    }

    /// Tells the delegator how far the task is, 0 to 100 percent, and more for people if `note` is not empty; returns when
    /// that is on disk.
    ///
    /// # Errors
    ///
    /// As [`Agent::send`](super::Agent::send).
    pub async fn progress(&self, percent: u32, note: &str) -> Result<Sent> {
        let mut payload = json!({ "progress": percent });
        if !note.is_empty() {
            payload["note"] = note.into();
        }
        let report = NewMessage::new(MessageType::StatusUpdate, &self.sender)
            .correlation_id(self.task_id())
            .payload(payload);
        self.0.send(report).await
    }

    /// Passes a part of the task on to another agent, as a child of this task; returns its id when it is on disk.
    ///
    /// # Errors
    ///
    /// As [`Agent::send`](super::Agent::send).
    pub async fn delegate(&self, task: NewTask) -> Result<String> {
        let sent = self.send(task).await?;
        Ok(sent.message_id)
    }

    /// Sends a message in the session of this task; returns when it is on disk.
    ///
    /// # Errors
    ///
    /// As [`Agent::send`](super::Agent::send).
    pub async fn send(&self, message: impl Into<NewMessage>) -> Result<Sent> {
        let mut message = message.into();
        // Only tasks have a parent; whatever else the handler sends belongs to the task by its trace.
        if message.message_type == MessageType::TaskRequest && message.parent_task_id.is_none() {
            message.parent_task_id = Some(self.task_id().to_owned());
        }
        self.0.send(message).await
    }
}
