use std::collections::HashMap;
use std::time::SystemTime;

use agentbus_proto::v1::{Agent as AgentMessage, AgentInstance, AgentStatus};

use crate::times::from_timestamp;

/// A registered agent as the bus sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgentRecord {
    /// Who it is.
    pub agent_id: String,
    /// Its name for people; may be empty.
    pub display_name: String,
    /// Version of its own software; may be empty.
    pub version: String,
    /// What it can do, in words that senders address it by.
    pub capabilities: Vec<String>,
    /// Anything else that it says about itself.
    pub metadata: HashMap<String, String>,
    /// Whether it is there.
    pub status: AgentStatus,
    /// Its processes that are connected or were heard of within two heartbeats.
    pub instances: Vec<AgentInstance>,
    /// Messages in its mailbox that are not settled yet.
    pub queued_messages: u64,
    /// When it registered first.
    pub registered_at: Option<SystemTime>,
    /// When the bus last heard of it; `None` if not since the bus started.
    pub last_seen_at: Option<SystemTime>,
}

impl AgentRecord {
    pub(crate) fn from_message(agent: AgentMessage) -> Self {
        let status = agent.status();
        let descriptor = agent.descriptor.unwrap_or_default();
        Self {
            agent_id: descriptor.agent_id,
            display_name: descriptor.display_name,
            version: descriptor.version,
            capabilities: descriptor.capabilities,
            metadata: descriptor.metadata,
            status,
            instances: agent.instances,
            queued_messages: agent.queued_messages,
            registered_at: agent.registered_time.and_then(from_timestamp),
            last_seen_at: agent.last_seen_time.and_then(from_timestamp),
        }
    }
}
