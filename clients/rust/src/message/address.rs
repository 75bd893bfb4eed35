use agentbus_proto::v1::Recipient;
use agentbus_proto::v1::recipient::Target;

/// Who is to get a message. A text is the id of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// One agent, `{framework}://{name}`.
    Agent(String),
    /// Every participant of the session that has this role, but the sender.
    Role(String),
    /// The least busy live agent that has this capability, but the sender; in a session one of its members.
    Capability(String),
    /// All participants of the session but the sender.
    AllParticipants,
}

impl Address {
    /// Every participant of the session that has this role, but the sender.
    pub fn role(role: impl Into<String>) -> Self {
        Self::Role(role.into())
    }

    /// The least busy live agent that has this capability, but the sender.
    pub fn capability(capability: impl Into<String>) -> Self {
        Self::Capability(capability.into())
    }

    pub(crate) fn into_recipient(self) -> Recipient {
        let target = match self {
            Self::Agent(agent_id) => Target::AgentId(agent_id),
            Self::Role(role) => Target::Role(role),
            Self::Capability(capability) => Target::Capability(capability),
            Self::AllParticipants => Target::AllParticipants(true),
        };
        Recipient {
            target: Some(target),
            ..Recipient::default()
        }
    }
}

impl From<&str> for Address {
    fn from(agent_id: &str) -> Self {
        Self::Agent(agent_id.to_owned())
    }
}

impl From<String> for Address {
    fn from(agent_id: String) -> Self {
        Self::Agent(agent_id)
    }
}

impl From<&String> for Address {
    fn from(agent_id: &String) -> Self {
        Self::Agent(agent_id.clone())
    }
}
