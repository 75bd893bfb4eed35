use std::ops::Deref;
use std::time::Duration;

use agentbus::{Content, Data, Error, HandlerError, IncomingMessage, Message, Reject, RetryLater, Task, Value};
use serde::Deserialize;
use serde_json::json;

use crate::holds::Holds;
use crate::lines::Failure;
use crate::messages::{MessageWords, bytes_of};

/// One thing to do: whichever of these is there.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Action {
    progress: Option<u32>,
    note: Option<String>,
    hold: Option<String>,
    block: Option<String>,
    send: Option<MessageWords>,
    delegate: Option<MessageWords>,
    r#return: Option<Value>,
    return_data: Option<BytesWords>,
    echo: bool,
    throw: Option<String>,
    retry_later_ms: Option<u64>,
    reject: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct BytesWords {
    base64: String,
    content_type: String,
}

/// What a handler was given.
pub(crate) enum Given {
    Task(Task),
    Message(IncomingMessage),
}

impl Deref for Given {
    type Target = Message;

    fn deref(&self) -> &Message {
        match self {
            Self::Task(task) => task,
            Self::Message(message) => message,
        }
    }
}

impl Given {
    pub(crate) async fn cancelled(&self) -> Error {
        match self {
            Self::Task(task) => task.cancelled().await,
            Self::Message(message) => message.cancelled().await,
        }
    }

    fn task(&self) -> Result<&Task, HandlerError> {
        match self {
            Self::Task(task) => Ok(task),
            Self::Message(_) => Err("only the handler of a task can do this".into()),
        }
    }

    async fn send(&self, words: MessageWords) -> Result<(), HandlerError> {
        let message = words.into_message()?;
        match self {
            Self::Task(task) => task.send(message).await?,
            Self::Message(incoming) => incoming.send(message).await?,
        };
        Ok(())
    }

    /// Waits for a hold, or gives up when the handler is told to stop.
    async fn hold(&self, holds: &Holds, name: &str) -> Result<(), HandlerError> {
        match self {
            Self::Task(task) => task.run_until_cancelled(holds.released(name)).await?,
            Self::Message(message) => message.run_until_cancelled(holds.released(name)).await?,
        }
        Ok(())
    }
}

/// Does one action after the other; returns what the handler returns.
pub(crate) async fn run(given: &Given, holds: &Holds) -> Result<Content, HandlerError> {
    let script = given.payload.get("script").cloned();
    let script: Vec<Action> = script.map_or_else(|| Ok(Vec::new()), serde_json::from_value)?;
    for action in script {
        if let Some(object) = action.r#return {
            return Ok(object.into());
        }
        if let Some(BytesWords { base64, content_type }) = action.return_data {
            return Ok(Data::new(bytes_of(&base64)?, content_type).into());
        }
        if action.echo {
            return Ok(json!({ "value": given.payload["value"] }).into());
        }
        act(action, given, holds).await?;
    }
    Ok(given.data.clone().map_or(Content::Empty, Content::Data))
}

async fn act(action: Action, given: &Given, holds: &Holds) -> Result<(), HandlerError> {
    if let Some(text) = action.throw {
        return Err(text.into());
    }
    if let Some(delay_ms) = action.retry_later_ms {
        let later = RetryLater::after(Duration::from_millis(delay_ms));
        return Err(later.because(action.reason.unwrap_or_default()).into());
    }
    if let Some(reason) = action.reject {
        return Err(Reject::because(reason).into());
    }
    if let Some(percent) = action.progress {
        let note = action.note.unwrap_or_default();
        given.task()?.progress(percent, &note).await?;
    } else if let Some(name) = action.hold {
        given.hold(holds, &name).await?;
    } else if let Some(name) = action.block {
        holds.released(&name).await;
    } else if let Some(message) = action.send {
        given.send(message).await?;
    } else if let Some(task) = action.delegate {
        given.task()?.delegate(task.into_task()?).await?;
    } else {
        return Err("there is no such action".into());
    }
    Ok(())
}

impl From<Failure> for HandlerError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Client(error) => error.into(),
            Failure::Other(text) => text.into(),
        }
    }
}
