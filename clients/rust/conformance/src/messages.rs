use std::collections::HashMap;
use std::time::Duration;

use agentbus::{Address, Content, Data, MessageType, NewMessage, NewTask, Priority};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::lines::Failure;

/// A message or a task as a line describes it.
#[derive(Deserialize)]
pub(crate) struct MessageWords {
    to: AddressWords,
    r#type: Option<String>,
    message_id: Option<String>,
    task_id: Option<String>,
    session_id: Option<String>,
    correlation_id: Option<String>,
    payload: Option<Value>,
    data_base64: Option<String>,
    content_type: Option<String>,
    priority: Option<String>,
    timeout_ms: Option<u64>,
    max_retries: Option<u32>,
    #[serde(default)]
    fallback_agents: Vec<String>,
    step: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AddressWords {
    AgentId(String),
    Role(String),
    Capability(String),
    AllParticipants(serde::de::IgnoredAny),
}

impl MessageWords {
    /// Makes the message that the line describes.
    pub(crate) fn into_message(mut self) -> Result<NewMessage, Failure> {
        let name = self.r#type.take();
        let name = name.as_deref().unwrap_or("NOTIFICATION");
        let message_type = MessageType::from_str_name(&format!("MESSAGE_TYPE_{name}"))
            .ok_or_else(|| format!("there is no type {name}"))?;
        let (message_id, session_id) = (self.message_id.take(), self.session_id.take());
        let (task_id, correlation_id) = (self.task_id.take(), self.correlation_id.take());
        let mut message = match message_type {
            MessageType::TaskRequest => NewMessage::from(self.into_task()?),
            _ => self.into_other(message_type)?,
        };
        if let Some(message_id) = message_id.or(task_id) {
            message = message.message_id(message_id);
        }
        if let Some(session_id) = session_id {
            message = message.session_id(session_id);
        }
        if let Some(correlation_id) = correlation_id {
            message = message.correlation_id(correlation_id);
        }
        Ok(message)
    }

    fn into_other(self, message_type: MessageType) -> Result<NewMessage, Failure> {
        let content = self.content()?;
        let priority = self.priority()?;
        let mut message = NewMessage::new(message_type, self.to.into_address())
            .content(content)
            .priority(priority);
        if let Some(step) = self.step {
            message = message.step(step);
        }
        for (key, value) in self.metadata {
            message = message.metadata(key, value);
        }
        Ok(message)
    }

    /// Makes the task that the line describes.
    pub(crate) fn into_task(self) -> Result<NewTask, Failure> {
        let content = self.content()?;
        let priority = self.priority()?;
        let mut task = NewTask::new(self.to.into_address())
            .content(content)
            .priority(priority)
            .fallback_agents(self.fallback_agents);
        if let Some(task_id) = self.task_id {
            task = task.task_id(task_id);
        }
        if let Some(timeout_ms) = self.timeout_ms {
            task = task.timeout(Duration::from_millis(timeout_ms));
        }
        if let Some(max_retries) = self.max_retries {
            task = task.retry(max_retries);
        }
        if let Some(step) = self.step {
            task = task.step(step);
        }
        for (key, value) in self.metadata {
            task = task.metadata(key, value);
        }
        Ok(task)
    }

    fn priority(&self) -> Result<Priority, Failure> {
        let Some(name) = &self.priority else {
            return Ok(Priority::Unspecified);
        };
        let priority = Priority::from_str_name(&format!("PRIORITY_{name}"));
        Ok(priority.ok_or_else(|| format!("there is no priority {name}"))?)
    }

    fn content(&self) -> Result<Content, Failure> {
        if let Some(base64) = &self.data_base64 {
            let content_type = self.content_type.clone().unwrap_or_default();
            return Ok(Data::new(bytes_of(base64)?, content_type).into());
        }
        Ok(self.payload.clone().map_or(Content::Empty, Content::Json))
    }
}

impl AddressWords {
    fn into_address(self) -> Address {
        match self {
            Self::AgentId(agent_id) => Address::Agent(agent_id),
            Self::Role(role) => Address::Role(role),
            Self::Capability(capability) => Address::Capability(capability),
            Self::AllParticipants(_) => Address::AllParticipants,
        }
    }
}

/// The bytes that a line has in base64.
pub(crate) fn bytes_of(base64: &str) -> Result<Vec<u8>, Failure> {
    Ok(BASE64_STANDARD.decode(base64)?)
}
