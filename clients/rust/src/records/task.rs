use std::time::SystemTime;

use agentbus_proto::v1::{Priority, Routing, Task as TaskMessage, TaskError, TaskResult as ResultMessage, TaskStatus};
use serde_json::Value;

use crate::message::{Content, Data, non_empty};
use crate::times::from_timestamp;

/// A task and where it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskRecord {
    /// Its name.
    pub task_id: String,
    /// The session it belongs to.
    pub session_id: Option<String>,
    /// The workflow step it belongs to.
    pub step: Option<String>,
    /// The agent that asked.
    pub delegator: String,
    /// The agent that is to do it now.
    pub assignee: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// Which attempt this is, counted from 1 for each assignee.
    pub attempt: u32,
    /// How far it is, 0 to 100 percent, as the assignee last said.
    pub progress: u32,
    /// What the assignee last said about it.
    pub note: String,
    /// The task that caused it.
    pub parent_task_id: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// Bounds and fallbacks it was given.
    pub routing: Routing,
    /// What came out, once it was answered; not in lists and events.
    pub result: Option<TaskResult>,
    /// Why it did not succeed.
    pub error: Option<TaskError>,
    /// When it was delegated.
    pub created_at: Option<SystemTime>,
    /// When it last changed.
    pub updated_at: Option<SystemTime>,
    /// When it times out whatever its attempts are at.
    pub deadline: Option<SystemTime>,
}

/// What a task came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TaskResult {
    /// The JSON content; an empty object if there is none.
    pub payload: Value,
    /// The content if it is not JSON.
    pub data: Option<Data>,
}

impl TaskResult {
    pub(crate) fn from_message(result: ResultMessage) -> Self {
        let content = Content::from_result(result.content_type, result.content);
        let (payload, data) = content.into_payload_and_data();
        Self { payload, data }
    }
}

impl TaskRecord {
    pub(crate) fn from_message(task: TaskMessage) -> Self {
        let (status, priority) = (task.status(), task.priority());
        Self {
            task_id: task.task_id,
            session_id: non_empty(task.session_id),
            step: non_empty(task.step),
            delegator: task.delegator,
            assignee: task.assignee,
            status,
            attempt: task.attempt,
            progress: task.progress,
            note: task.note,
            parent_task_id: non_empty(task.parent_task_id),
            priority,
            routing: task.routing.unwrap_or_default(),
            result: task.result.map(TaskResult::from_message),
            error: task.error,
            created_at: task.created_at.and_then(from_timestamp),
            updated_at: task.updated_at.and_then(from_timestamp),
            deadline: task.deadline.and_then(from_timestamp),
        }
    }
}
