use std::sync::Arc;

use agentbus_proto::v1::{CancelTaskRequest, GetTaskRequest, SendMessageRequest, SendMessageResponse};

use super::ask::{Answer, AskOptions, ask};
use super::calls::{Calls, repeated};
use crate::error::Result;
use crate::error_mapping::missing;
use crate::message::envelope::{Sealer, check_size};
use crate::message::{NewMessage, NewTask};
use crate::records::TaskRecord;

/// Sends messages and leads tasks by single calls, in a session or outside of sessions.
#[derive(Clone, Debug)]
pub(crate) struct Delegator {
    pub(crate) calls: Calls,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) session_id: Option<String>,
}

impl Delegator {
    pub(crate) async fn send(&self, message: NewMessage) -> Result<SendMessageResponse> {
        let envelope = self.sealer.seal(message)?;
        check_size(&envelope)?;
        let request = SendMessageRequest {
            message: Some(envelope),
            ..SendMessageRequest::default()
        };
        repeated!(self.calls, messages, send_message, request).await
    }

    pub(crate) async fn delegate(&self, task: NewTask) -> Result<SendMessageResponse> {
        self.send(task.for_session(self.session_id.as_deref())).await
    }

    pub(crate) async fn ask(&self, task: NewTask, options: AskOptions) -> Result<Answer> {
        let mut message = task.for_session(self.session_id.as_deref());
        message.routing.waits_for_answer = true;
        let envelope = self.sealer.seal(message)?;
        check_size(&envelope)?;
        ask(&self.calls, envelope, options).await
    }

    pub(crate) async fn task(&self, task_id: String) -> Result<TaskRecord> {
        let request = GetTaskRequest {
            session_id: self.session_id.clone().unwrap_or_default(),
            task_id,
            ..GetTaskRequest::default()
        };
        let response = repeated!(self.calls, sessions, get_task, request).await?;
        let task = response.task.ok_or_else(|| missing("task"))?;
        Ok(TaskRecord::from_message(task))
    }

    pub(crate) async fn cancel_task(&self, task_id: String, reason: String) -> Result<TaskRecord> {
        let request = CancelTaskRequest {
            session_id: self.session_id.clone().unwrap_or_default(),
            task_id,
            reason,
            ..CancelTaskRequest::default()
        };
        let response = repeated!(self.calls, sessions, cancel_task, request).await?;
        let task = response.task.ok_or_else(|| missing("task"))?;
        Ok(TaskRecord::from_message(task))
    }
}

/// What both a session and an orchestrator do with tasks.
macro_rules! delegates {
    ($name:ident, $where:literal) => {
        impl $name {
            #[doc = concat!("Asks an agent to do a task ", $where, ", and returns the task's id when the bus has it on disk.")]
            ///
            /// While the bus is unavailable it tries again with the same id, so that the task exists once whatever happens. The
            /// answer goes into the task's record, and a session's events, not into the mailbox of the agent that this
            /// client speaks as, which nobody reads: see [`NewTask::replies`].
            ///
            /// # Errors
            ///
            /// RECIPIENT_NOT_FOUND, TASK_ID_TAKEN, MESSAGE_ID_REUSED, SESSION_ENDED, MAILBOX_FULL, MESSAGE_TOO_LARGE and others of
            /// `SendMessage`.
            pub async fn delegate(&self, task: NewTask) -> Result<String> {
                Ok(self.delegator.delegate(task).await?.message_id)
            }

            #[doc = concat!("Asks an agent to do a task ", $where, ", and waits up to an hour for the answer, which may say that")]
            /// the task failed.
            ///
            /// The wait outlives restarts of the bus. Dropping the future ends it, and the task goes on.
            ///
            /// # Errors
            ///
            /// TASK_TIMED_OUT if the task ran out of attempts or time, TASK_CANCELLED if it was called off, and
            /// DEADLINE_EXCEEDED if the wait was over before the task. Repeating the call under the same task id and
            /// content waits for the same task again.
            pub async fn ask(&self, task: NewTask) -> Result<Answer> {
                self.ask_with(task, AskOptions::default()).await
            }

            /// As [`ask`](Self::ask), and says how to wait.
            ///
            /// # Errors
            ///
            /// As [`ask`](Self::ask).
            pub async fn ask_with(&self, task: NewTask, options: AskOptions) -> Result<Answer> {
                self.delegator.ask(task, options).await
            }

            /// A task with its result.
            ///
            /// # Errors
            ///
            /// TASK_NOT_FOUND.
            pub async fn task(&self, task_id: impl Into<String>) -> Result<TaskRecord> {
                self.delegator.task(task_id.into()).await
            }

            /// Calls a task off, and the tasks that it caused; an agent that is at it is told to stop. The reason is for
            /// people, at most 1,024 bytes, and may be empty. For the task's delegator and the session's orchestrator.
            ///
            /// # Errors
            ///
            /// TASK_NOT_FOUND, NOT_DELEGATOR, and TASK_ENDED if it ended in another way before.
            pub async fn cancel_task(
                &self,
                task_id: impl Into<String>,
                reason: impl Into<String>,
            ) -> Result<TaskRecord> {
                self.delegator.cancel_task(task_id.into(), reason.into()).await
            }
        }
    };
}

pub(crate) use delegates;
