use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use agentbus::{AskOptions, ContextChange, NewSession, NewStep, Orchestrator, Session, SessionEvents};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::lines::{Failure, write};
use crate::messages::MessageWords;
use crate::records::{answer_words, session_words, task_words};

/// The orchestrators of the commands, by their names there.
#[derive(Default)]
pub(crate) struct Orchestrators(Mutex<HashMap<String, Orchestrator>>);

/// What `orchestrator.connect` says.
#[derive(Deserialize)]
struct Connect {
    orchestrator: String,
    address: String,
    api_key: String,
    agent_id: String,
    ca_file: Option<String>,
}

/// What the other commands say.
#[derive(Deserialize)]
struct Request {
    orchestrator: String,
    session_id: Option<String>,
    session: Option<SessionWords>,
    task: Option<MessageWords>,
    #[serde(default)]
    task_id: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    artifacts: Vec<String>,
    merge: Option<Value>,
    replace: Option<Value>,
    expected_revision: Option<u64>,
    wait_ms: Option<u64>,
    after: Option<u64>,
}

#[derive(Deserialize)]
struct SessionWords {
    session_id: Option<String>,
    participants: Vec<ParticipantWords>,
    #[serde(default)]
    steps: Vec<StepWords>,
    shared_context: Option<Value>,
    #[serde(default)]
    labels: HashMap<String, String>,
}

#[derive(Deserialize)]
struct ParticipantWords {
    agent_id: String,
    role: String,
}

#[derive(Deserialize)]
struct StepWords {
    name: String,
    required_agents: Vec<String>,
    depends_on: Option<Vec<String>>,
}

/// Tasks are in the session that is named, or outside of sessions.
macro_rules! delegator {
    ($orchestrator:expr, $request:expr, $call:ident($($argument:expr),*)) => {
        match &$request.session_id {
            Some(id) => $orchestrator.session(id).$call($($argument),*).await,
            None => $orchestrator.$call($($argument),*).await,
        }
    };
}

impl Orchestrators {
    pub(crate) async fn run(&self, command: &str, with: Value) -> Result<Value, Failure> {
        if command == "connect" {
            self.connect(serde_json::from_value(with)?)?;
            return Ok(json!({}));
        }
        let mut request: Request = serde_json::from_value(with)?;
        let orchestrator = self.named(&request.orchestrator)?;
        match command {
            "create_session" => {
                let words = request.session.ok_or_else(|| "no session".to_owned())?;
                let session = orchestrator.create_session(words.into_session()).await?;
                Ok(session_words(&session.get().await?))
            }
            "delegate" => {
                let task = request.take_task()?.into_task()?;
                let task_id = delegator!(orchestrator, request, delegate(task))?;
                Ok(json!({ "task_id": task_id }))
            }
            "ask" => {
                let task = request.take_task()?.into_task()?;
                let mut options = AskOptions::default();
                if let Some(wait_ms) = request.wait_ms {
                    options = options.wait(Duration::from_millis(wait_ms));
                }
                let answer = delegator!(orchestrator, request, ask_with(task, options))?;
                Ok(answer_words(&answer))
            }
            "task" => {
                let task = delegator!(orchestrator, request, task(&request.task_id))?;
                Ok(task_words(&task))
            }
            "cancel_task" => {
                let reason = &request.reason;
                let task = delegator!(orchestrator, request, cancel_task(&request.task_id, reason))?;
                Ok(task_words(&task))
            }
            "close" => {
                let mut orchestrators = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                orchestrators.remove(&request.orchestrator);
                Ok(json!({}))
            }
            _ => in_session(command, &orchestrator, request).await,
        }
    }

    fn connect(&self, with: Connect) -> Result<(), Failure> {
        let mut builder = Orchestrator::builder(with.address)
            .api_key(with.api_key)
            .agent_id(with.agent_id);
        if let Some(file) = with.ca_file {
            builder = builder.ca_certificate(std::fs::read(file)?);
        }
        let orchestrator = builder.connect()?;
        let mut orchestrators = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        orchestrators.insert(with.orchestrator, orchestrator);
        Ok(())
    }

    fn named(&self, name: &str) -> Result<Orchestrator, Failure> {
        let orchestrators = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let orchestrator = orchestrators.get(name).cloned();
        Ok(orchestrator.ok_or_else(|| format!("there is no orchestrator {name}"))?)
    }
}

impl Request {
    fn take_task(&mut self) -> Result<MessageWords, Failure> {
        Ok(self.task.take().ok_or_else(|| "no task".to_owned())?)
    }
}

/// The commands that need a session.
async fn in_session(command: &str, orchestrator: &Orchestrator, request: Request) -> Result<Value, Failure> {
    let id = request.session_id.clone();
    let session = orchestrator.session(id.ok_or_else(|| "no session".to_owned())?);
    let record = match command {
        "session" => session.get().await?,
        "update_shared_context" => update(&session, request).await?,
        "complete" => session.complete_with(request.summary, request.artifacts).await?,
        "terminate" => session.terminate(request.reason, request.details).await?,
        "watch" => {
            let events = session.events().after(request.after.unwrap_or_default());
            return watch(events).await;
        }
        _ => return Err(format!("there is no command orchestrator.{command}").into()),
    };
    Ok(session_words(&record))
}

async fn update(session: &Session, request: Request) -> agentbus::Result<agentbus::SessionRecord> {
    let change = match (request.merge, request.replace) {
        (Some(patch), _) => ContextChange::Merge(patch),
        (None, context) => ContextChange::Replace(context.unwrap_or_default()),
    };
    match request.expected_revision {
        Some(revision) => session.update_shared_context_at(revision, change).await,
        None => session.update_shared_context(change).await,
    }
}

async fn watch(mut events: SessionEvents) -> Result<Value, Failure> {
    let mut last_sequence = 0;
    while let Some(event) = events.next().await? {
        last_sequence = event.sequence;
        write(&json!({
            "event": "session_event",
            "session_id": event.session_id,
            "sequence": event.sequence,
            "type": event.type_name(),
            "actor": event.actor,
        }));
    }
    Ok(json!({ "last_sequence": last_sequence }))
}

impl SessionWords {
    fn into_session(self) -> NewSession {
        let mut session = NewSession::new().labels(self.labels);
        if let Some(session_id) = self.session_id {
            session = session.session_id(session_id);
        }
        if let Some(context) = self.shared_context {
            session = session.shared_context(context);
        }
        for ParticipantWords { agent_id, role } in self.participants {
            session = session.participant(agent_id, role);
        }
        for words in self.steps {
            let mut step = NewStep::new(words.name).required_agents(words.required_agents);
            if let Some(steps) = words.depends_on {
                step = step.depends_on(steps);
            }
            session = session.step(step);
        }
        session
    }
}
