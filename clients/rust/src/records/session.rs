use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use agentbus_proto::v1::{Completion, Participant, Session as SessionMessage, SessionState, Termination, Workflow};
use serde_json::{Map, Value};

use crate::json;
use crate::times::{from_duration, from_timestamp};

/// A session as the bus sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionRecord {
    /// Its name.
    pub session_id: String,
    /// The agent that leads it.
    pub orchestrator: String,
    /// Its roster, in order of joining; removed participants stay, marked so.
    pub participants: Vec<Participant>,
    /// Its steps and where it stands.
    pub workflow: Workflow,
    /// What the members share: a JSON object.
    pub shared_context: Value,
    /// Counts the changes of the shared context; 1 for the one that it was created with.
    pub context_revision: u64,
    /// Whether it is under way.
    pub state: SessionState,
    /// Words to find it by.
    pub labels: HashMap<String, String>,
    /// When it was created.
    pub created_at: Option<SystemTime>,
    /// When its newest event happened.
    pub updated_at: Option<SystemTime>,
    /// Sequence of its newest event.
    pub last_sequence: u64,
    /// How long it may stay without an event; `None` for ever.
    pub idle_timeout: Option<Duration>,
    /// How it was completed.
    pub completion: Option<Completion>,
    /// How it was terminated.
    pub termination: Option<Termination>,
}

impl SessionRecord {
    pub(crate) fn from_message(session: SessionMessage) -> Self {
        let state = session.state();
        let context = session.shared_context.map(json::from_struct);
        Self {
            session_id: session.session_id,
            orchestrator: session.orchestrator,
            participants: session.participants,
            workflow: session.workflow.unwrap_or_default(),
            shared_context: context.unwrap_or_else(|| Value::Object(Map::new())),
            context_revision: session.context_revision,
            state,
            labels: session.labels,
            created_at: session.created_at.and_then(from_timestamp),
            updated_at: session.updated_at.and_then(from_timestamp),
            last_sequence: session.last_sequence,
            idle_timeout: session.idle_timeout.and_then(from_duration),
            completion: session.completion,
            termination: session.termination,
        }
    }
}
