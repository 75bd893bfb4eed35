use std::collections::HashMap;
use std::time::Duration;

use agentbus_proto::v1::{
    CreateSessionRequest, NewParticipant, NewWorkflow, NewWorkflowStep, StepDependencies, StepFailurePolicy,
    WorkflowMode,
};
use serde_json::Value;

use crate::error::Result;
use crate::json;
use crate::times::to_duration;

/// A session to be opened.
///
/// ```
/// use agentbus::{NewSession, NewStep, json};
///
/// let session = NewSession::new()
///     .participant("rust://worker", "implementer")
///     .participant("codex://frontend", "reviewer")
///     .step(NewStep::new("implementation").required_agents(["rust://worker"]))
///     .step(NewStep::new("review").required_agents(["codex://frontend"]))
///     .shared_context(json!({ "project": "feature/notifications" }));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct NewSession {
    request: CreateSessionRequest,
    shared_context: Option<Value>,
}

impl NewSession {
    /// A session without participants and steps, whose id the bus makes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its id, such as `sess_notifications_20260201`: at most 128 letters, digits and `._:/@-`.
    pub fn session_id(mut self, session_id: impl Into<String>) -> Self {
        self.request.session_id = session_id.into();
        self
    }

    /// An agent that works in it, in a role of at most 64 bytes. It need not be there yet. At most 256.
    pub fn participant(mut self, agent_id: impl Into<String>, role: impl Into<String>) -> Self {
        self.request.participants.push(NewParticipant {
            agent_id: agent_id.into(),
            role: role.into(),
            ..NewParticipant::default()
        });
        self
    }

    /// A step of its workflow, after those before. At most 256.
    pub fn step(mut self, step: NewStep) -> Self {
        self.workflow().steps.push(step.0);
        self
    }

    /// Who moves the workflow on. Default [`WorkflowMode::Automatic`].
    pub fn workflow_mode(mut self, mode: WorkflowMode) -> Self {
        self.workflow().set_mode(mode);
        self
    }

    /// What the members share at the start: a JSON object of at most 1 MiB. Default: an empty one.
    pub fn shared_context(mut self, context: Value) -> Self {
        self.shared_context = Some(context);
        self
    }

    /// A word to find it by: at most 32, a key of 1 to 64 bytes, a value of at most 256.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.labels.insert(key.into(), value.into());
        self
    }

    /// Words to find it by, in place of those before.
    pub fn labels(mut self, labels: HashMap<String, String>) -> Self {
        self.request.labels = labels;
        self
    }

    /// Time without an event after which the bus terminates it, 1 s to 365 days. Default: never.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.request.idle_timeout = Some(to_duration(timeout));
        self
    }

    fn workflow(&mut self) -> &mut NewWorkflow {
        self.request.workflow.get_or_insert_default()
    }

    pub(crate) fn into_request(mut self, orchestrator: &str) -> Result<CreateSessionRequest> {
        orchestrator.clone_into(&mut self.request.orchestrator);
        self.request.shared_context = self.shared_context.map(json::to_struct).transpose()?;
        Ok(self.request)
    }
}

/// A step of a new session's workflow.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewStep(NewWorkflowStep);

impl NewStep {
    /// A step, by its name: unique in the workflow, 1 to 128 bytes. It waits for the step before it in the list.
    pub fn new(name: impl Into<String>) -> Self {
        Self(NewWorkflowStep {
            name: name.into(),
            ..NewWorkflowStep::default()
        })
    }

    /// Agents that must each complete a task in it: at most 64, participants or the orchestrator.
    pub fn required_agents<I>(mut self, agent_ids: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.0.required_agents = agent_ids.into_iter().map(Into::into).collect();
        self
    }

    /// Steps that it waits for, in place of the one before it; none of them means that it can start at once.
    pub fn depends_on<I>(mut self, steps: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let steps = steps.into_iter().map(Into::into).collect();
        self.0.depends_on = Some(StepDependencies { steps });
        self
    }

    /// What follows when it fails. Default [`StepFailurePolicy::Hold`].
    pub fn on_failure(mut self, policy: StepFailurePolicy) -> Self {
        self.0.set_on_failure(policy);
        self
    }
}
