//! Client of [Agentbus](https://github.com/vibes/agent-communication-bus), a durable message bus for AI agents.
//!
//! An [`Agent`] connects, does the tasks it is given, and is connected again after whatever happens to the network or
//! to the bus. An [`Orchestrator`] opens sessions, has things done, and closes them.
//!
//! ```no_run
//! use agentbus::{Agent, json};
//!
//! #[tokio::main]
//! async fn main() -> agentbus::Result<()> {
//!     let agent = Agent::builder("http://127.0.0.1:8080")
//!         .api_key("dev-key")
//!         .agent_id("rust://worker")
//!         .on_task(|task| async move {
//!             let text = task.payload["text"].as_str().unwrap_or_default();
//!             Ok(json!({ "text": text.to_uppercase() }))
//!         })
//!         .connect()?;
//!     agent.closed().await
//! }
//! ```
//!
//! What is not here is in [`v1`]: the messages of the contract, and stubs for every call.

mod agent;
mod backoff;
mod connection;
mod error;
mod error_mapping;
mod handler;
mod ids;
mod json;
mod limits;
mod message;
mod orchestrator;
mod records;
mod times;
mod unreachable;

pub use agent::{Agent, AgentBuilder, IncomingMessage, Sent, Status, Task};
pub use agentbus_proto::v1;
pub use agentbus_proto::v1::{
    AgentInstance, AgentStatus, AggregationMethod, Backoff, ErrorReason, MessageState, MessageStatus, MessageType,
    Priority, Receipt, ReplyMode, SessionEventType, SessionState, StepFailurePolicy, TaskStatus, WorkflowMode,
};
pub use connection::Credentials;
pub use error::{Error, Result};
pub use handler::{HandlerError, Reject, RetryLater};
pub use message::{Address, Content, Data, Message, NewMessage, NewTask, Retry};
pub use orchestrator::{
    AgentQuery, Answer, AskOptions, BusChannel, ContextChange, DelegatedTask, NewSession, NewStep, Orchestrator,
    OrchestratorBuilder, Pages, Session, SessionEvents, SessionQuery, TaskQuery,
};
pub use records::{
    AgentRecord, AgentResult, Aggregation, Conflict, ConflictingValue, SessionChange, SessionEvent, SessionRecord,
    TaskRecord, TaskResult,
};
pub use serde_json::{Value, json};
pub use tokio_util::sync::CancellationToken;
pub use tonic::Code;
