use std::time::{Duration, SystemTime};

use agentbus_proto::v1::{MessageType, Priority, ReplyMode};

use super::{Address, Content, NewMessage, Retry};

/// A task on its way to an agent.
///
/// Who delegates by a session or an orchestrator follows events or asks for the task, and reads no mailbox, where answers
/// would pile up. An agent that delegates a part of its own task reads its mailbox, and the answer comes to its
/// handler of messages. [`replies`](Self::replies) says otherwise.
///
/// ```
/// use std::time::Duration;
/// use agentbus::{NewTask, json};
///
/// let task = NewTask::new("rust://worker")
///     .payload(json!({ "text": "hello" }))
///     .timeout(Duration::from_secs(300))
///     .fallback_agents(["codex://frontend"]);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NewTask(NewMessage);

impl NewTask {
    /// A task for an agent, or for whomever the address describes.
    pub fn new(to: impl Into<Address>) -> Self {
        Self(NewMessage::new(MessageType::TaskRequest, to))
    }

    /// Name of the task, unique in the session and among all messages that the delegator sends within 24 hours. Default: a
    /// new one. Delegating again under the same name and content changes nothing.
    pub fn task_id(self, task_id: impl Into<String>) -> Self {
        Self(self.0.message_id(task_id))
    }

    /// What is to be done: a JSON object, nested at most 30 levels deep.
    pub fn payload(self, payload: serde_json::Value) -> Self {
        Self(self.0.payload(payload))
    }

    /// What is to be done: bytes of a media type.
    pub fn data(self, bytes: impl Into<bytes::Bytes>, content_type: impl Into<String>) -> Self {
        Self(self.0.data(bytes, content_type))
    }

    /// What is to be done. Default: nothing is said of it.
    pub fn content(self, content: impl Into<Content>) -> Self {
        Self(self.0.content(content))
    }

    /// How urgent it is among those that wait. Default [`Priority::Medium`].
    pub fn priority(self, priority: Priority) -> Self {
        Self(self.0.priority(priority))
    }

    /// The workflow step it belongs to. Default: the workflow chooses.
    pub fn step(self, step: impl Into<String>) -> Self {
        Self(self.0.step(step))
    }

    /// Time for one attempt, the wait in the mailbox included; above 0, at most 7 days. Default: no bound.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.routing.timeout = Some(timeout);
        self
    }

    /// How failed attempts are repeated. Default: not at all.
    pub fn retry(mut self, retry: impl Into<Retry>) -> Self {
        self.0.routing.retry = Some(retry.into());
        self
    }

    /// Agents to ask in turn when attempts are exhausted; at most 16.
    pub fn fallback_agents<I>(mut self, agent_ids: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.0.routing.fallback_agents = agent_ids.into_iter().map(Into::into).collect();
        self
    }

    /// Deadline of the task and of the tasks that it causes. Default: none.
    pub fn expires_at(self, time: SystemTime) -> Self {
        Self(self.0.expires_at(time))
    }

    /// Where the answer, reports of progress and the bus's own news about the task go.
    pub fn replies(mut self, mode: ReplyMode) -> Self {
        self.0.routing.replies = Some(mode);
        self
    }

    /// A word about it, as for [`NewMessage::metadata`].
    pub fn metadata(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self(self.0.metadata(key, value))
    }

    /// The message that delegates it for somebody who reads no mailbox.
    pub(crate) fn for_session(mut self, session_id: Option<&str>) -> NewMessage {
        self.0.routing.replies.get_or_insert(ReplyMode::Session);
        self.0.session_id = session_id.map(str::to_owned);
        self.0
    }
}

impl From<NewTask> for NewMessage {
    fn from(task: NewTask) -> Self {
        task.0
    }
}
