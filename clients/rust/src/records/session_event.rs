use std::time::SystemTime;

use agentbus_proto::v1::session_event::Body;
use agentbus_proto::v1::shared_context_updated::Change;
use agentbus_proto::v1::{
    Completion, MessageSent, Participant, SessionEvent as EventMessage, SessionEventType, TaskAccepted,
    TaskAttemptFailed, TaskCancelled, TaskDelivered, TaskError, TaskProgressed, TaskResponseIgnored, TaskTimedOut,
    Termination, Workflow,
};

use super::{SessionRecord, TaskRecord, TaskResult};
use crate::json;
use crate::message::non_empty;
use crate::orchestrator::ContextChange;
use crate::times::from_timestamp;

/// One change of a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionEvent {
    /// The session that changed.
    pub session_id: String,
    /// Number of the event in its session: 1, 2, 3 and so on, without gaps.
    pub sequence: u64,
    /// When it happened, by the clock of the bus.
    pub time: Option<SystemTime>,
    /// Who did it: an agent id, `principal:{name}`, or `bus` for what the bus does by itself.
    pub actor: String,
    /// The message that brought it about.
    pub cause: Option<String>,
    /// What happened.
    pub change: SessionChange,
}

/// What happened in a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say it, and the contract the rest")]
pub enum SessionChange {
    /// The session began.
    SessionCreated(Box<SessionRecord>),
    /// An agent joined.
    ParticipantAdded(Participant),
    /// An agent left or was removed.
    ParticipantRemoved { agent_id: String },
    /// The workflow moved.
    WorkflowUpdated(Workflow),
    /// The shared context changed.
    SharedContextUpdated {
        context_revision: u64,
        change: ContextChange,
    },
    /// A message other than a task's was sent.
    MessageSent(MessageSent),
    /// A task was delegated.
    TaskDelegated(Box<TaskRecord>),
    /// A task was handed to its assignee.
    TaskDelivered(TaskDelivered),
    /// A task's assignee acknowledged it.
    TaskAccepted(TaskAccepted),
    /// A task's assignee reported progress.
    TaskProgressed(TaskProgressed),
    /// An attempt of a task failed, and another follows.
    TaskAttemptFailed(TaskAttemptFailed),
    /// A task was answered with success.
    TaskCompleted {
        task_id: String,
        agent_id: String,
        result: TaskResult,
    },
    /// A task was answered with failure.
    TaskFailed {
        task_id: String,
        agent_id: String,
        result: TaskResult,
        error: TaskError,
    },
    /// A task ran out of attempts or time.
    TaskTimedOut(TaskTimedOut),
    /// A task was called off.
    TaskCancelled(TaskCancelled),
    /// An answer came for a task that had ended already or was never delegated; it changed nothing.
    TaskResponseIgnored(TaskResponseIgnored),
    /// The session ended as planned.
    SessionCompleted(Completion),
    /// The session was broken off.
    SessionTerminated(Termination),
    /// Something that this version of the client does not know.
    Unknown,
}

impl SessionEvent {
    /// Its type, as filters name it.
    pub fn event_type(&self) -> SessionEventType {
        self.change.event_type()
    }

    /// Name of its type, such as `task_completed`.
    pub fn type_name(&self) -> String {
        let name = self.event_type().as_str_name();
        let name = name.strip_prefix("SESSION_EVENT_TYPE_").unwrap_or(name);
        name.to_ascii_lowercase()
    }

    /// Whether it is the last one of its session.
    pub fn ends_session(&self) -> bool {
        matches!(
            self.change,
            SessionChange::SessionCompleted(_) | SessionChange::SessionTerminated(_)
        )
    }

    pub(crate) fn from_message(event: EventMessage) -> Self {
        Self {
            session_id: event.session_id,
            sequence: event.sequence,
            time: event.time.and_then(from_timestamp),
            actor: event.actor,
            cause: non_empty(event.cause),
            change: event.body.map_or(SessionChange::Unknown, SessionChange::from_body),
        }
    }
}

impl SessionChange {
    fn event_type(&self) -> SessionEventType {
        match self {
            Self::SessionCreated(_) => SessionEventType::SessionCreated,
            Self::ParticipantAdded(_) => SessionEventType::ParticipantAdded,
            Self::ParticipantRemoved { .. } => SessionEventType::ParticipantRemoved,
            Self::WorkflowUpdated(_) => SessionEventType::WorkflowUpdated,
            Self::SharedContextUpdated { .. } => SessionEventType::SharedContextUpdated,
            Self::MessageSent(_) => SessionEventType::MessageSent,
            Self::TaskDelegated(_) => SessionEventType::TaskDelegated,
            Self::TaskDelivered(_) => SessionEventType::TaskDelivered,
            Self::TaskAccepted(_) => SessionEventType::TaskAccepted,
            Self::TaskProgressed(_) => SessionEventType::TaskProgressed,
            Self::TaskAttemptFailed(_) => SessionEventType::TaskAttemptFailed,
            Self::TaskCompleted { .. } => SessionEventType::TaskCompleted,
            Self::TaskFailed { .. } => SessionEventType::TaskFailed,
            Self::TaskTimedOut(_) => SessionEventType::TaskTimedOut,
            Self::TaskCancelled(_) => SessionEventType::TaskCancelled,
            Self::TaskResponseIgnored(_) => SessionEventType::TaskResponseIgnored,
            Self::SessionCompleted(_) => SessionEventType::SessionCompleted,
            Self::SessionTerminated(_) => SessionEventType::SessionTerminated,
            Self::Unknown => SessionEventType::Unspecified,
        }
    }

    fn from_body(body: Body) -> Self {
        match body {
            Body::SessionCreated(event) => {
                let session = event.session.unwrap_or_default();
                Self::SessionCreated(Box::new(SessionRecord::from_message(session)))
            }
            Body::ParticipantAdded(event) => Self::ParticipantAdded(event.participant.unwrap_or_default()),
            Body::ParticipantRemoved(event) => Self::ParticipantRemoved {
                agent_id: event.agent_id,
            },
            Body::WorkflowUpdated(event) => Self::WorkflowUpdated(event.workflow.unwrap_or_default()),
            Body::SharedContextUpdated(event) => Self::SharedContextUpdated {
                context_revision: event.context_revision,
                change: context_change(event.change),
            },
            Body::MessageSent(event) => Self::MessageSent(event),
            Body::TaskDelegated(event) => {
                let task = event.task.unwrap_or_default();
                Self::TaskDelegated(Box::new(TaskRecord::from_message(task)))
            }
            Body::TaskDelivered(event) => Self::TaskDelivered(event),
            Body::TaskAccepted(event) => Self::TaskAccepted(event),
            Body::TaskProgressed(event) => Self::TaskProgressed(event),
            Body::TaskAttemptFailed(event) => Self::TaskAttemptFailed(event),
            Body::TaskCompleted(event) => Self::TaskCompleted {
                task_id: event.task_id,
                agent_id: event.agent_id,
                result: TaskResult::from_message(event.result.unwrap_or_default()),
            },
            Body::TaskFailed(event) => Self::TaskFailed {
                task_id: event.task_id,
                agent_id: event.agent_id,
                result: TaskResult::from_message(event.result.unwrap_or_default()),
                error: event.error.unwrap_or_default(),
            },
            Body::TaskTimedOut(event) => Self::TaskTimedOut(event),
            Body::TaskCancelled(event) => Self::TaskCancelled(event),
            Body::TaskResponseIgnored(event) => Self::TaskResponseIgnored(event),
            Body::SessionCompleted(event) => Self::SessionCompleted(event.completion.unwrap_or_default()),
            Body::SessionTerminated(event) => Self::SessionTerminated(event.termination.unwrap_or_default()),
        }
    }
}

fn context_change(change: Option<Change>) -> ContextChange {
    match change {
        Some(Change::MergePatch(patch)) => ContextChange::Merge(json::from_struct(patch)),
        Some(Change::SharedContext(context)) => ContextChange::Replace(json::from_struct(context)),
        None => ContextChange::Replace(serde_json::json!({})),
    }
}
