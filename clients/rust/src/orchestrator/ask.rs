use std::time::Duration;

use agentbus_proto::v1::{Envelope, SendMessageRequest};
use serde_json::Value;
use tokio::time::Instant;
use tonic::Code;

use super::calls::Calls;
use crate::backoff::Backoff;
use crate::error::Result;
use crate::error_mapping::missing;
use crate::limits::{ANSWER_MARGIN, HEALTHY_STREAM, MAX_ANSWER_WAIT, MAX_CALL_ATTEMPTS};
use crate::message::{Content, Data};
use crate::times::{moment_in, to_duration};

/// What an agent answered to a task.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The task.
    pub task_id: String,
    /// Who answered: the agent that was asked, or one of the fallback agents.
    pub agent_id: String,
    /// Whether the answer says that the task failed; its payload says why then.
    pub failed: bool,
    /// The JSON content; an empty object if there is none.
    pub payload: Value,
    /// The content if it is not JSON.
    pub data: Option<Data>,
}

impl Answer {
    fn of(task_id: String, reply: Envelope) -> Self {
        let content = Content::from_envelope(reply.content_type, reply.content);
        let (payload, data) = content.into_payload_and_data();
        Self {
            task_id,
            agent_id: reply.sender.unwrap_or_default().agent_id,
            failed: payload["status"] == "failed",
            payload,
            data,
        }
    }
}

/// How to wait for an answer.
#[derive(Clone, Debug)]
#[must_use]
pub struct AskOptions {
    wait: Duration,
    cancel_on_timeout: bool,
}

impl Default for AskOptions {
    fn default() -> Self {
        Self {
            wait: MAX_ANSWER_WAIT,
            cancel_on_timeout: false,
        }
    }
}

impl AskOptions {
    /// How long to wait for the end of the task, above 0 and at most an hour, which is the default.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Whether the bus calls the task off when the wait is over before the task has ended. Default: the task goes on.
    pub fn cancel_on_timeout(mut self, cancels: bool) -> Self {
        self.cancel_on_timeout = cancels;
        self
    }
}

/// Sends a task and waits in the same call until it has ended. A wait that is cut short, by a lost connection or a bus that
/// stops, goes on in another call with the same message, which is the same task, for what is left of its time.
pub(crate) async fn ask(calls: &Calls, message: Envelope, options: AskOptions) -> Result<Answer> {
    let ends_at = moment_in(options.wait);
    let mut backoff = Backoff::new();
    let mut failures = 0;
    let mut was_there = false;
    loop {
        let started_at = Instant::now();
        let wait = ends_at - started_at;
        let error = match ask_once(calls, message.clone(), wait, options.cancel_on_timeout).await {
            Ok(answer) => return Ok(answer),
            Err(error) if error.code() == Code::Unavailable => error,
            Err(error) => return Err(error),
        };
        if started_at.elapsed() >= HEALTHY_STREAM {
            // The call held for a while: there is a bus, and it is waited for as long as there is time, however long it is away.
            was_there = true;
            backoff.reset();
        }
        failures += 1;
        if !was_there && failures >= MAX_CALL_ATTEMPTS {
            return Err(error);
        }
        tokio::time::sleep_until(ends_at.min(Instant::now() + backoff.next_wait())).await;
        if Instant::now() >= ends_at {
            return Err(error);
        }
    }
}

async fn ask_once(calls: &Calls, message: Envelope, wait: Duration, cancel_on_timeout: bool) -> Result<Answer> {
    let task_id = message.message_id.clone();
    let request = SendMessageRequest {
        message: Some(message),
        cancel_on_timeout,
        wait: Some(to_duration(wait)),
    };
    // The bus ends the wait itself, and says what became of the task; the deadline is for a bus that does not.
    let mut messages = calls.messages.clone();
    let call = messages.send_message(request);
    let response = calls.within(wait.saturating_add(ANSWER_MARGIN), call).await?;
    let reply = response.reply.ok_or_else(|| missing("reply"))?;
    Ok(Answer::of(task_id, reply))
}
