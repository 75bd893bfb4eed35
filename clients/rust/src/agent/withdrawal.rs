use std::collections::HashMap;
use std::time::SystemTime;

use agentbus_proto::v1::{ErrorReason, MessageType};
use tonic::Code;

use crate::error::Error;
use crate::message::Message;

/// The agent id that the bus speaks as.
const BUS_AGENT_ID: &str = "agentbus://bus";

/// News of the bus that an attempt of a task is the agent's no more: the bus has settled its delivery, and wants no outcome.
#[derive(Debug)]
pub(crate) struct Withdrawal {
    /// The message that asked for the task.
    message_id: String,
    /// `None` outside of sessions.
    session_id: Option<String>,
    /// Who sent that message: outside of sessions, others may have used the same id.
    delegator: String,
    /// Whether the task has ended with it; otherwise the same agent may be asked again.
    is_final: bool,
    /// When the bus had the news on disk.
    at: Option<SystemTime>,
    /// What the handler is told.
    pub(crate) error: Error,
}

impl Withdrawal {
    /// Reads a withdrawal; `None` for any other message.
    pub(crate) fn read(message: &Message) -> Option<Self> {
        if message.sender != BUS_AGENT_ID || message.message_type != MessageType::Notification {
            return None;
        }
        let is_final = match text(message, "event") {
            "task_cancelled" => true,
            "task_withdrawn" => false,
            _ => return None,
        };
        Some(Self {
            message_id: message.correlation_id.clone().unwrap_or_default(),
            session_id: message.session_id.clone(),
            delegator: text(message, "delegator").to_owned(),
            is_final,
            at: message.accepted_at,
            error: error_of(message, is_final),
        })
    }

    /// Whether it means this task.
    ///
    /// An attempt may be taken away and the next one be given to the same agent under the same id, and the news of the
    /// first may come after the second: mail that is not older than the news is not meant.
    pub(crate) fn means(&self, task: &Message) -> bool {
        task.message_type == MessageType::TaskRequest
            && task.message_id == self.message_id
            && task.session_id == self.session_id
            && task.sender == self.delegator
            && (self.is_final || is_older(task.accepted_at, self.at))
    }
}

/// What the handler hears when the bus took its task away and did not say why, or not yet.
pub(crate) fn taken_away(task_id: &str) -> Error {
    let facts = HashMap::from([("task_id".to_owned(), task_id.to_owned())]);
    let text = format!("task {task_id} was taken away");
    Error::with_facts(Code::Aborted, None, text, facts)
}

fn error_of(message: &Message, is_cancelled: bool) -> Error {
    let named = text(message, "task_id");
    let task_id = match (named, &message.correlation_id) {
        ("", Some(message_id)) => message_id,
        _ => named,
    };
    let cause = text(message, "code");
    let why = match text(message, "reason") {
        "" => cause,
        reason => reason,
    };
    let what = if is_cancelled { "called off" } else { "taken away" };
    let colon = if why.is_empty() { "" } else { ": " };
    Error::with_facts(
        Code::Aborted,
        is_cancelled.then_some(ErrorReason::TaskCancelled),
        format!("task {task_id} was {what}{colon}{why}"),
        HashMap::from([
            ("task_id".to_owned(), task_id.to_owned()),
            ("cause".to_owned(), cause.to_owned()),
        ]),
    )
}

fn text<'a>(message: &'a Message, key: &str) -> &'a str {
    message.payload[key].as_str().unwrap_or_default()
}

fn is_older(mail: Option<SystemTime>, news: Option<SystemTime>) -> bool {
    match (mail, news) {
        (Some(mail), Some(news)) => mail < news,
        _ => true,
    }
}
