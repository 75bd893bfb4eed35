use agentbus_proto::v1::update_shared_context_request::Change;
use agentbus_proto::v1::{
    AddParticipantRequest, AggregateResultsRequest, AggregationMethod, CompleteSessionRequest, GetSessionRequest,
    ListTasksRequest, NewParticipant, RemoveParticipantRequest, Session as SessionMessage, TerminateSessionRequest,
    UpdateSharedContextRequest, UpdateWorkflowRequest,
};
use serde_json::Value;

use super::ask::{Answer, AskOptions};
use super::calls::{once, repeated};
use super::delegator::{Delegator, delegates};
use super::events::SessionEvents;
use super::pages::{Pages, listed};
use super::queries::TaskQuery;
use crate::error::Result;
use crate::error_mapping::missing;
use crate::json;
use crate::message::{NewMessage, NewTask};
use crate::records::{Aggregation, SessionRecord, TaskRecord};

/// A session as its orchestrator or a member works with it. Clones are the same session.
#[derive(Clone, Debug)]
pub struct Session {
    session_id: String,
    delegator: Delegator,
}

delegates!(Session, "in the session");

/// One of the tasks that a request to several agents made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelegatedTask {
    /// The task.
    pub task_id: String,
    /// The agent that is to do it.
    pub assignee: String,
}

/// A change of a shared context.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ContextChange {
    /// The whole context from now on: a JSON object.
    Replace(Value),
    /// A JSON merge patch (RFC 7396): `null` removes a key, objects are merged, all else replaces.
    Merge(Value),
}

impl Session {
    pub(crate) fn new(session_id: String, orchestrator: &Delegator) -> Self {
        let mut delegator = orchestrator.clone();
        delegator.session_id = Some(session_id.clone());
        Self { session_id, delegator }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.session_id
    }

    /// The session as it is on disk.
    ///
    /// # Errors
    ///
    /// SESSION_NOT_FOUND.
    pub async fn get(&self) -> Result<SessionRecord> {
        let request = GetSessionRequest {
            session_id: self.session_id.clone(),
        };
        let response = repeated!(self.delegator.calls, sessions, get_session, request).await?;
        record(response.session)
    }

    /// Asks everybody in a role, or all participants, to do a task: each gets one of its own, all of them or none. Returns
    /// the tasks, in the order of the roster, when the bus has them on disk.
    ///
    /// # Errors
    ///
    /// As [`delegate`](Self::delegate).
    pub async fn delegate_to_all(&self, task: NewTask) -> Result<Vec<DelegatedTask>> {
        let sent = self.delegator.delegate(task).await?;
        let is_alone = sent.recipients.len() == 1;
        let recipients = sent.recipients.into_iter().zip(1..);
        let tasks = recipients.map(|(assignee, number)| DelegatedTask {
            // The ids are as the contract makes them.
            task_id: match is_alone {
                true => sent.message_id.clone(),
                false => format!("{}#{number}", sent.message_id),
            },
            assignee,
        });
        Ok(tasks.collect())
    }

    /// The session's tasks, in the order in which they were delegated, without their results.
    pub fn tasks(&self, query: TaskQuery) -> Pages<TaskRecord> {
        let calls = &self.delegator.calls;
        let session_id = self.session_id.clone();
        let request = ListTasksRequest { session_id, ..query.0 };
        listed!(calls, sessions, list_tasks, request, tasks => TaskRecord::from_message)
    }

    /// Sends any other message in the session; returns its id when it is on disk.
    ///
    /// # Errors
    ///
    /// As [`delegate`](Self::delegate).
    pub async fn send(&self, message: NewMessage) -> Result<String> {
        let message = message.session_id(&self.session_id);
        Ok(self.delegator.send(message).await?.message_id)
    }

    /// Replaces the shared context, or merges a patch into it.
    ///
    /// # Errors
    ///
    /// SESSION_ENDED, SHARED_CONTEXT_TOO_LARGE, FORBIDDEN_KEY.
    pub async fn update_shared_context(&self, change: ContextChange) -> Result<SessionRecord> {
        self.change_shared_context(change, None).await
    }

    /// As [`update_shared_context`](Self::update_shared_context), if the context is still at this revision.
    ///
    /// # Errors
    ///
    /// The same, and CONTEXT_REVISION_MISMATCH if somebody was faster; the fact `actual` is the revision then.
    pub async fn update_shared_context_at(&self, revision: u64, change: ContextChange) -> Result<SessionRecord> {
        self.change_shared_context(change, Some(revision)).await
    }

    async fn change_shared_context(
        &self,
        change: ContextChange,
        expected_revision: Option<u64>,
    ) -> Result<SessionRecord> {
        let change = match change {
            ContextChange::Replace(context) => Change::SharedContext(json::to_struct(context)?),
            ContextChange::Merge(patch) => Change::MergePatch(json::to_struct(patch)?),
        };
        let request = UpdateSharedContextRequest {
            session_id: self.session_id.clone(),
            expected_revision,
            change: Some(change),
        };
        let calls = &self.delegator.calls;
        record(once!(calls, sessions, update_shared_context, request).await?.session)
    }

    /// Adds an agent to the roster. For the orchestrator.
    ///
    /// # Errors
    ///
    /// PARTICIPANT_ALREADY_EXISTS, NOT_ORCHESTRATOR, SESSION_ENDED.
    pub async fn add_participant(&self, agent_id: impl Into<String>, role: impl Into<String>) -> Result<SessionRecord> {
        let participant = NewParticipant {
            agent_id: agent_id.into(),
            role: role.into(),
            ..NewParticipant::default()
        };
        let request = AddParticipantRequest {
            session_id: self.session_id.clone(),
            participant: Some(participant),
        };
        let calls = &self.delegator.calls;
        record(once!(calls, sessions, add_participant, request).await?.session)
    }

    /// Removes an agent from the roster. For the orchestrator, and for a participant that removes itself.
    ///
    /// # Errors
    ///
    /// PARTICIPANT_NOT_FOUND, NOT_ORCHESTRATOR, SESSION_ENDED.
    pub async fn remove_participant(&self, agent_id: impl Into<String>) -> Result<SessionRecord> {
        let request = RemoveParticipantRequest {
            session_id: self.session_id.clone(),
            agent_id: agent_id.into(),
        };
        let calls = &self.delegator.calls;
        record(once!(calls, sessions, remove_participant, request).await?.session)
    }

    /// Says where the workflow stands: the step that is under way, if one is, those that are done, and those that have not
    /// started. Steps that are not named keep their status. For the orchestrator.
    ///
    /// # Errors
    ///
    /// WORKFLOW_INVALID, NOT_ORCHESTRATOR, SESSION_ENDED.
    pub async fn update_workflow(
        &self,
        current_step: Option<&str>,
        completed_steps: &[&str],
        pending_steps: &[&str],
    ) -> Result<SessionRecord> {
        let request = UpdateWorkflowRequest {
            session_id: self.session_id.clone(),
            current_step: current_step.unwrap_or_default().to_owned(),
            completed_steps: owned(completed_steps),
            pending_steps: owned(pending_steps),
        };
        let calls = &self.delegator.calls;
        record(repeated!(calls, sessions, update_workflow, request).await?.session)
    }

    /// Ends the session as planned, and says what was achieved in at most 64 KiB. For the orchestrator.
    ///
    /// # Errors
    ///
    /// NOT_ORCHESTRATOR, SESSION_ENDED.
    pub async fn complete(&self, summary: impl Into<String>) -> Result<SessionRecord> {
        self.complete_with(summary, [] as [&str; 0]).await
    }

    /// As [`complete`](Self::complete), and says where the results are: at most 1,024 URIs of at most 2,048 bytes.
    ///
    /// # Errors
    ///
    /// As [`complete`](Self::complete).
    pub async fn complete_with<I>(&self, summary: impl Into<String>, artifacts: I) -> Result<SessionRecord>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let request = CompleteSessionRequest {
            session_id: self.session_id.clone(),
            summary: summary.into(),
            artifacts: artifacts.into_iter().map(Into::into).collect(),
        };
        let calls = &self.delegator.calls;
        record(once!(calls, sessions, complete_session, request).await?.session)
    }

    /// Breaks the session off: why, in a word that programs can compare, and for people. For the orchestrator.
    ///
    /// # Errors
    ///
    /// NOT_ORCHESTRATOR, SESSION_ENDED.
    pub async fn terminate(&self, reason: impl Into<String>, details: impl Into<String>) -> Result<SessionRecord> {
        let request = TerminateSessionRequest {
            session_id: self.session_id.clone(),
            reason: reason.into(),
            details: details.into(),
        };
        let calls = &self.delegator.calls;
        record(once!(calls, sessions, terminate_session, request).await?.session)
    }

    /// Makes one result of the answers to the session's tasks, and a summary of the session in Markdown. Changes nothing.
    /// `role_order` has the roles in order of precedence, for [`AggregationMethod::SpecialistPriority`]; others ignore it.
    ///
    /// # Errors
    ///
    /// SESSION_NOT_FOUND, and LIMIT_REACHED if the answers have more than 3 MiB together.
    pub async fn aggregate(&self, method: AggregationMethod, role_order: &[&str]) -> Result<Aggregation> {
        let request = AggregateResultsRequest {
            session_id: self.session_id.clone(),
            method: method.into(),
            role_order: owned(role_order),
        };
        let response = repeated!(self.delegator.calls, sessions, aggregate_results, request).await?;
        Ok(Aggregation::from_message(response))
    }

    /// Follows the session, from its first event on unless it is told otherwise.
    pub fn events(&self) -> SessionEvents {
        SessionEvents::new(self.delegator.calls.clone(), self.session_id.clone())
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn record(session: Option<SessionMessage>) -> Result<SessionRecord> {
    let session = session.ok_or_else(|| missing("session"))?;
    Ok(SessionRecord::from_message(session))
}
