use std::sync::Arc;

use tokio::sync::watch;

use super::outbox::has_left;
use super::panics::call_listener;
use super::status::Status;
use crate::error::{Error, Result};

pub(crate) type StatusListener = Arc<dyn Fn(Status) + Send + Sync>;

/// What is known of the life of an agent.
#[derive(Clone, Debug)]
struct Life {
    status: Status,
    was_welcomed: bool,
    /// The agent is off the bus for good: as it was told to, or with an error.
    end: Option<Result<()>>,
}

/// Tells of the life of an agent.
pub(crate) struct Lifecycle {
    agent_id: String,
    life: watch::Sender<Life>,
    listener: Option<StatusListener>,
}

/// Hears of the life of an agent.
#[derive(Clone, Debug)]
pub(crate) struct LifeWatch(watch::Receiver<Life>);

impl Lifecycle {
    pub(crate) fn new(agent_id: &str, listener: Option<StatusListener>) -> (Self, LifeWatch) {
        let life = Life {
            status: Status::Connecting,
            was_welcomed: false,
            end: None,
        };
        let (life, watch) = watch::channel(life);
        let agent_id = agent_id.to_owned();
        let lifecycle = Self {
            agent_id,
            life,
            listener,
        };
        (lifecycle, LifeWatch(watch))
    }

    /// The listener hears of a status when the agent has it, so that both tell the same.
    pub(crate) fn set(&self, status: Status) {
        self.log(&status);
        self.life.send_modify(|life| life.status = status.clone());
        if let Some(listener) = &self.listener {
            call_listener(|| listener(status));
        }
    }

    /// The bus refused a frame that was no message.
    pub(crate) fn refused(&self, error: Error) {
        let status = self.life.borrow().status.clone();
        if let Status::Online { connection_id, .. } = status {
            self.set(Status::Online {
                connection_id,
                error: Some(error),
            });
        }
    }

    /// The bus has welcomed the agent.
    pub(crate) fn welcomed(&self) {
        self.life.send_modify(|life| life.was_welcomed = true);
    }

    /// The agent is off the bus for good.
    pub(crate) fn finish(&self, end: Result<()>) {
        self.set(Status::last(&end));
        self.life.send_modify(|life| life.end = Some(end));
    }

    /// Whether the agent is off the bus for good.
    pub(crate) fn is_over(&self) -> bool {
        self.life.borrow().end.is_some()
    }

    /// An agent that nobody looks at must not vanish without a word.
    fn log(&self, status: &Status) {
        let agent_id = self.agent_id.as_str();
        match (status, status.error()) {
            (_, None) => {}
            (Status::Fenced(_) | Status::Failed(_), Some(error)) => {
                tracing::error!(agent_id, %error, "the agent is off the bus for good");
            }
            (_, Some(error)) => tracing::warn!(agent_id, %error, status = status.name(), "the bus had an objection"),
        }
    }
}

impl LifeWatch {
    pub(crate) fn status(&self) -> Status {
        self.0.borrow().status.clone()
    }

    /// Returns with the first welcome, or with the error for which there will be none.
    pub(crate) async fn ready(&self) -> Result<()> {
        let mut life = self.0.clone();
        let life = life.wait_for(|life| life.was_welcomed || life.end.is_some()).await;
        match life.as_deref() {
            Ok(Life { was_welcomed: true, .. }) => Ok(()),
            Ok(Life {
                end: Some(Err(error)), ..
            }) => Err(error.clone()),
            Ok(_) | Err(_) => Err(has_left()),
        }
    }

    /// Returns when the agent is off the bus for good.
    pub(crate) async fn closed(&self) -> Result<()> {
        let mut life = self.0.clone();
        let life = life.wait_for(|life| life.end.is_some()).await;
        match life.as_deref() {
            Ok(Life { end: Some(end), .. }) => end.clone(),
            Ok(_) | Err(_) => Err(has_left()),
        }
    }
}
