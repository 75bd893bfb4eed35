use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agentbus::{Agent, Status};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::handlers::handle;
use crate::holds::Holds;
use crate::lines::{Failure, error_words, write};
use crate::messages::MessageWords;
use crate::script::Given;

/// The agents of the commands, by their names there.
pub(crate) struct Agents {
    agents: Mutex<HashMap<String, Agent>>,
    holds: Arc<Holds>,
}

/// What `agent.connect` says.
#[derive(Deserialize)]
struct Connect {
    agent: String,
    address: String,
    api_key: String,
    agent_id: String,
    instance_id: Option<String>,
    #[serde(default)]
    capabilities: Vec<String>,
    max_in_flight: Option<u32>,
    lease_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    ca_file: Option<String>,
    protocol_version: Option<u32>,
    handlers: Option<bool>,
}

/// What the other commands say.
#[derive(Deserialize)]
struct Request {
    agent: String,
    grace_ms: Option<u64>,
    message: Option<MessageWords>,
}

impl Agents {
    pub(crate) fn new(holds: Arc<Holds>) -> Self {
        Self {
            agents: Mutex::default(),
            holds,
        }
    }

    pub(crate) async fn run(&self, command: &str, with: Value) -> Result<Value, Failure> {
        if command == "connect" {
            self.connect(serde_json::from_value(with)?)?;
            return Ok(json!({}));
        }
        let request: Request = serde_json::from_value(with)?;
        let agent = self.named(&request.agent)?;
        let grace = request.grace_ms.map(Duration::from_millis);
        match (command, grace) {
            ("ready", _) => agent.ready().await?,
            ("closed", _) => agent.closed().await?,
            ("drain", None) => agent.drain().await?,
            ("drain", Some(grace)) => agent.drain_within(grace).await?,
            ("close", None) => agent.close().await,
            ("close", Some(grace)) => agent.close_within(grace).await,
            ("send", _) => {
                let message = request.message.ok_or_else(|| "no message".to_owned())?;
                let sent = agent.send(message.into_message()?).await?;
                return Ok(json!({
                    "message_id": sent.message_id,
                    "duplicate": sent.duplicate,
                    "recipients": sent.recipients,
                }));
            }
            _ => return Err(format!("there is no command agent.{command}").into()),
        }
        Ok(json!({}))
    }

    fn connect(&self, with: Connect) -> Result<(), Failure> {
        let name = with.agent.clone();
        let mut builder = Agent::builder(with.address)
            .api_key(with.api_key)
            .agent_id(with.agent_id)
            .capabilities(with.capabilities)
            .on_status(move |status| write(&status_words(&name, &status)));
        if let Some(instance_id) = with.instance_id {
            builder = builder.instance_id(instance_id);
        }
        if let Some(messages) = with.max_in_flight {
            builder = builder.max_in_flight(messages);
        }
        if let Some(lease_ms) = with.lease_ms {
            builder = builder.lease(Duration::from_millis(lease_ms));
        }
        if let Some(timeout_ms) = with.connect_timeout_ms {
            builder = builder.connect_timeout(Duration::from_millis(timeout_ms));
        }
        if let Some(file) = with.ca_file {
            builder = builder.ca_certificate(std::fs::read(file)?);
        }
        if let Some(version) = with.protocol_version {
            builder = builder.protocol_version(version);
        }
        if with.handlers.unwrap_or(true) {
            let (name, holds) = (with.agent.clone(), Arc::clone(&self.holds));
            builder = builder.on_task(move |task| {
                let (name, holds) = (name.clone(), Arc::clone(&holds));
                async move { handle(name, Given::Task(task), &holds).await }
            });
            let (name, holds) = (with.agent.clone(), Arc::clone(&self.holds));
            builder = builder.on_message(move |message| {
                let (name, holds) = (name.clone(), Arc::clone(&holds));
                async move {
                    handle(name, Given::Message(message), &holds).await?;
                    Ok(())
                }
            });
        }
        let agent = builder.connect()?;
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        agents.insert(with.agent, agent);
        Ok(())
    }

    fn named(&self, name: &str) -> Result<Agent, Failure> {
        let agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let agent = agents.get(name).cloned();
        Ok(agent.ok_or_else(|| format!("there is no agent {name}"))?)
    }
}

fn status_words(agent: &str, status: &Status) -> Value {
    let mut words = json!({ "event": "status", "agent": agent, "state": status.name() });
    if let Some(error) = status.error() {
        words["error"] = error_words(error);
    }
    words
}
