use agentbus_proto::v1::{
    AgentStatus, ListAgentsRequest, ListSessionsRequest, ListTasksRequest, SessionState, TaskStatus,
};

/// Which sessions to list. Default: all that the agent may see.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SessionQuery(pub(crate) ListSessionsRequest);

impl SessionQuery {
    /// All of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only sessions in this state.
    pub fn state(mut self, state: SessionState) -> Self {
        self.0.set_state(state);
        self
    }

    /// Only sessions that this agent leads or takes part in.
    pub fn participant(mut self, agent_id: impl Into<String>) -> Self {
        self.0.participant = agent_id.into();
        self
    }

    /// Only sessions that carry this label, and all others that are named. At most 32.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.labels.insert(key.into(), value.into());
        self
    }
}

/// Which tasks of a session to list. Default: all of them.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TaskQuery(pub(crate) ListTasksRequest);

impl TaskQuery {
    /// All of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only tasks that stand there.
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.0.set_status(status);
        self
    }

    /// Only tasks that this agent is to do.
    pub fn assignee(mut self, agent_id: impl Into<String>) -> Self {
        self.0.assignee = agent_id.into();
        self
    }
}

/// Which agents to list. Default: all that are registered.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct AgentQuery(pub(crate) ListAgentsRequest);

impl AgentQuery {
    /// All of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only agents with this status.
    pub fn status(mut self, status: AgentStatus) -> Self {
        self.0.set_status(status);
        self
    }

    /// Only agents that can do this.
    pub fn capability(mut self, capability: impl Into<String>) -> Self {
        self.0.capability = capability.into();
        self
    }
}
