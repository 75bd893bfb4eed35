//! An orchestrator: it opens sessions and leads them, by single calls.

mod ask;
mod calls;
mod delegator;
mod events;
mod new_session;
mod pages;
mod queries;
mod session;

use std::sync::Arc;

use agentbus_proto::v1::agent_service_client::AgentServiceClient;
use agentbus_proto::v1::message_service_client::MessageServiceClient;
use agentbus_proto::v1::session_service_client::SessionServiceClient;
use agentbus_proto::v1::{GetAgentRequest, GetMessageStatusRequest, MessageStatus};

use self::calls::{Calls, once, repeated};
use self::delegator::{Delegator, delegates};
use self::pages::listed;
use crate::connection::ConnectionOptions;
use crate::error::Result;
use crate::error_mapping::missing;
use crate::message::NewTask;
use crate::message::envelope::Sealer;
use crate::records::{AgentRecord, SessionRecord, TaskRecord};

pub use self::ask::{Answer, AskOptions};
pub use self::calls::BusChannel;
pub use self::events::SessionEvents;
pub use self::new_session::{NewSession, NewStep};
pub use self::pages::Pages;
pub use self::queries::{AgentQuery, SessionQuery, TaskQuery};
pub use self::session::{ContextChange, DelegatedTask, Session};

/// A client of the bus that opens and leads sessions.
///
/// Tasks that are delegated by it, and not by one of its sessions, are outside of sessions: [`task`](Self::task) tells how
/// they go. Each call ends within 30 s, but for [`ask`](Self::ask); those that may be repeated are, while the bus is
/// unavailable. Clones share a connection, which ends with the last of them and of their sessions.
#[derive(Clone, Debug)]
pub struct Orchestrator {
    delegator: Delegator,
}

delegates!(Orchestrator, "outside of sessions");

impl Orchestrator {
    /// Begins to describe an orchestrator of the bus at an address such as `http://127.0.0.1:8080`; `https://` for TLS.
    pub fn builder(address: impl Into<String>) -> OrchestratorBuilder {
        OrchestratorBuilder(ConnectionOptions {
            address: address.into(),
            ..ConnectionOptions::default()
        })
    }

    /// Who the orchestrator is.
    pub fn agent_id(&self) -> &str {
        &self.delegator.sealer.agent_id
    }

    /// Opens a session that this agent leads.
    ///
    /// # Errors
    ///
    /// SESSION_ALREADY_EXISTS, WORKFLOW_INVALID, MESSAGE_TOO_LARGE, SHARED_CONTEXT_TOO_LARGE. It is not repeated by
    /// itself: after UNAVAILABLE the session may be there or not.
    pub async fn create_session(&self, session: NewSession) -> Result<Session> {
        let request = session.into_request(self.agent_id())?;
        let response = once!(self.delegator.calls, sessions, create_session, request).await?;
        let session = response.session.ok_or_else(|| missing("session"))?;
        Ok(self.session(session.session_id))
    }

    /// Takes up a session that exists. Asks nothing of the bus: a wrong id shows in the first call.
    pub fn session(&self, session_id: impl Into<String>) -> Session {
        Session::new(session_id.into(), &self.delegator)
    }

    /// The sessions that the agent is a member of, newest first, without their shared context.
    pub fn sessions(&self, query: SessionQuery) -> Pages<SessionRecord> {
        let calls = &self.delegator.calls;
        listed!(calls, sessions, list_sessions, query.0, sessions => SessionRecord::from_message)
    }

    /// The registered agents, ascending by id.
    pub fn agents(&self, query: AgentQuery) -> Pages<AgentRecord> {
        let calls = &self.delegator.calls;
        listed!(calls, agents, list_agents, query.0, agents => AgentRecord::from_message)
    }

    /// A registered agent.
    ///
    /// # Errors
    ///
    /// AGENT_NOT_FOUND.
    pub async fn agent(&self, agent_id: impl Into<String>) -> Result<AgentRecord> {
        let request = GetAgentRequest {
            agent_id: agent_id.into(),
        };
        let response = repeated!(self.delegator.calls, agents, get_agent, request).await?;
        let agent = response.agent.ok_or_else(|| missing("agent"))?;
        Ok(AgentRecord::from_message(agent))
    }

    /// Where a message that this agent sent is: one entry for each time it was put into a mailbox, oldest first.
    ///
    /// # Errors
    ///
    /// MESSAGE_NOT_FOUND if it was never accepted, or longer than 24 hours ago.
    pub async fn message_status(&self, message_id: impl Into<String>) -> Result<Vec<MessageStatus>> {
        let request = GetMessageStatusRequest {
            sender: self.agent_id().to_owned(),
            message_id: message_id.into(),
        };
        let response = repeated!(self.delegator.calls, messages, get_message_status, request).await?;
        Ok(response.statuses)
    }

    /// The generated stub for sessions, on this client's connection, for what is not here.
    pub fn session_service(&self) -> SessionServiceClient<BusChannel> {
        self.delegator.calls.sessions.clone()
    }

    /// The generated stub for messages, on this client's connection.
    pub fn message_service(&self) -> MessageServiceClient<BusChannel> {
        self.delegator.calls.messages.clone()
    }

    /// The generated stub for agents, on this client's connection.
    pub fn agent_service(&self) -> AgentServiceClient<BusChannel> {
        self.delegator.calls.agents.clone()
    }
}

/// What an orchestrator client is made of. [`Orchestrator::builder`] makes one.
#[derive(Debug)]
#[must_use]
pub struct OrchestratorBuilder(ConnectionOptions);

impl OrchestratorBuilder {
    /// The key that the bus knows the program by.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.0.api_key = api_key.into();
        self
    }

    /// The agent to speak as: `{framework}://{name}`, at most 255 bytes; the key must allow it.
    pub fn agent_id(mut self, agent_id: impl Into<String>) -> Self {
        self.0.agent_id = agent_id.into();
        self
    }

    /// PEM of the authorities to trust, for an `https://` address. Default: those of the system.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.ca_certificate = Some(pem.into());
        self
    }

    /// Makes the client; it connects with its first call.
    ///
    /// # Errors
    ///
    /// INVALID_ARGUMENT if the address is none, the authorities cannot be read, or the key has characters that no header can
    /// carry; FAILED_PRECONDITION outside of a tokio runtime.
    pub fn connect(self) -> Result<Orchestrator> {
        let calls = Calls::connect(&self.0)?;
        let sealer = Arc::new(Sealer::new(self.0.agent_id));
        Ok(Orchestrator {
            delegator: Delegator {
                calls,
                sealer,
                session_id: None,
            },
        })
    }
}
