//! What the bus keeps, as Rust programs read it: times, absent words and JSON in types of the language.

mod agent;
mod aggregation;
mod session;
mod session_event;
mod task;

pub use agent::AgentRecord;
pub use aggregation::{AgentResult, Aggregation, Conflict, ConflictingValue};
pub use session::SessionRecord;
pub use session_event::{SessionChange, SessionEvent};
pub use task::{TaskRecord, TaskResult};
