//! Messages, as they come and as they go.

mod address;
mod content;
pub(crate) mod envelope;
mod new_message;
mod new_task;
mod received;
mod retry;

pub use address::Address;
pub use content::{Content, Data};
pub use new_message::NewMessage;
pub use new_task::NewTask;
pub use received::Message;
pub(crate) use received::non_empty;
pub use retry::Retry;
