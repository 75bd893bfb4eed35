//! A message in the hands of its handler, and what becomes of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use agentbus_proto::v1::{ErrorReason, MessageType};
use futures_util::FutureExt;
use serde_json::json;
use tonic::Code;

use super::context::{Context, IncomingMessage, Task};
use super::disposition::Disposition;
use super::panics::text_of_panic;
use crate::backoff::Backoff;
use crate::error::{Error, Result};
use crate::handler::{HandlerError, Handlers, MessageHandler, Reject, RetryLater, TaskHandler, find_in_chain};
use crate::limits::{FIRST_REQUEUE_DELAY, LAST_REQUEUE_DELAY};
use crate::message::{Content, NewMessage};

/// Has a message handled and says what becomes of its delivery; `None` when the bus took it away meanwhile.
///
/// A handler's panic is its outcome. What panics besides is code that it left behind: an error that cannot say its text, or
/// a value that cannot be dropped. Its message goes back as well, and the agent does not wait for its end for ever.
pub(crate) async fn handle(context: Context, handlers: Handlers) -> Option<Disposition> {
    let delay = requeue_delay(context.message.attempt);
    let handled = AssertUnwindSafe(handle_by_type(context, handlers)).catch_unwind();
    handled.await.unwrap_or_else(|panic| {
        let reason = format!("the handler panicked: {}", text_of_panic(panic.as_ref()));
        Some(Disposition::Requeue { delay, reason })
    })
}

async fn handle_by_type(context: Context, handlers: Handlers) -> Option<Disposition> {
    match context.message.message_type {
        MessageType::TaskRequest => match handlers.task {
            Some(handler) => handle_task(context, &handler).await,
            None => Some(unhandled(&context)),
        },
        _ => Some(match handlers.message {
            Some(handler) => handle_message(context, &handler).await,
            None => unhandled(&context),
        }),
    }
}

fn unhandled(context: &Context) -> Disposition {
    let name = context.message.message_type.as_str_name();
    let name = name.strip_prefix("MESSAGE_TYPE_").unwrap_or(name);
    let reason = format!("the agent has no handler for {name}");
    Disposition::Drop { reason }
}

async fn handle_message(context: Context, handler: &MessageHandler) -> Disposition {
    let incoming = IncomingMessage(context.clone());
    let Err(error) = guarded(async || handler(incoming).await).await else {
        return Disposition::Acknowledge;
    };
    given_back(&error, &context).unwrap_or_else(|| Disposition::Requeue {
        delay: requeue_delay(context.message.attempt),
        reason: text_of(&error),
    })
}

async fn handle_task(context: Context, handler: &TaskHandler) -> Option<Disposition> {
    let task = Task(context.clone());
    match guarded(async || handler(task).await).await {
        Ok(content) => respond(&context, content).await,
        Err(error) => match given_back(&error, &context) {
            Some(disposition) => Some(disposition),
            None => respond(&context, failure(&error)).await,
        },
    }
}

/// A handler that panics has failed, and takes nobody else with it. What it shares with others is its own affair.
async fn guarded<T>(run: impl AsyncFnOnce() -> Result<T, HandlerError>) -> Result<T, HandlerError> {
    match AssertUnwindSafe(run()).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => Err(format!("the handler panicked: {}", text_of_panic(panic.as_ref())).into()),
    }
}

/// What was not refused but could not be done goes back to the mailbox, or to the dead letters if the handler said so.
fn given_back(error: &HandlerError, context: &Context) -> Option<Disposition> {
    if let Some(later) = find_in_chain::<RetryLater>(error) {
        return Some(Disposition::Requeue {
            delay: later.delay,
            reason: later.to_string(),
        });
    }
    if let Some(reject) = find_in_chain::<Reject>(error) {
        return Some(Disposition::Drop {
            reason: reject.to_string(),
        });
    }
    let is_cancelled = context.cancellation.is_cancelled();
    is_cancelled.then(|| Disposition::requeue_now("the agent left"))
}

/// A second, doubled with each delivery.
fn requeue_delay(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    LAST_REQUEUE_DELAY.min(FIRST_REQUEUE_DELAY * (1 << doublings))
}

/// Acknowledges a task only when its response is on disk, so that a crash in between delivers the task again and no
/// answer is lost. A response that the bus refuses is followed by one that says so; a task that cannot be answered at all
/// goes to the dead letters.
async fn respond(context: &Context, content: Content) -> Option<Disposition> {
    let Err(refusal) = send_response(context, content).await else {
        return Some(Disposition::Acknowledge);
    };
    if context.cancellation.withdrawn().is_some() {
        return None;
    }
    if context.cancellation.is_cancelled() {
        let reason = "the agent left before its response was on disk";
        return Some(Disposition::requeue_now(reason));
    }
    let reason = format!("the response was refused: {}", refusal.message());
    let failure = failure(&refusal.into());
    Some(match send_response(context, failure).await {
        Ok(()) => Disposition::Acknowledge,
        Err(_) => Disposition::Drop { reason },
    })
}

async fn send_response(context: &Context, content: Content) -> Result<()> {
    let task = &context.message;
    let mut backoff = Backoff::new();
    loop {
        let response = NewMessage::new(MessageType::TaskResponse, &task.sender)
            .correlation_id(&task.message_id)
            .content(content.clone());
        match context.send(response).await {
            Ok(_) => return Ok(()),
            // The work is done and may have been dear: its result waits for room, where a refusal would repeat the work.
            Err(error) if is_for_want_of_room(&error) && !context.cancellation.is_cancelled() => {}
            Err(error) => return Err(error),
        }
        let wait = tokio::time::sleep(backoff.next_wait());
        context.cancellation.token().run_until_cancelled(wait).await;
    }
}

/// The mailbox of the delegator is full, or, which nobody but this agent says, without a reason, too much is unanswered.
fn is_for_want_of_room(error: &Error) -> bool {
    let is_own = error.reason().is_none() && error.code() == Code::ResourceExhausted;
    is_own || error.is(ErrorReason::MailboxFull)
}

/// What the bus reads as the end of a task without success.
fn failure(error: &HandlerError) -> Content {
    let reason = match find_in_chain::<Error>(error) {
        Some(known) => known.reason().unwrap_or_else(|| known.code_name()),
        None => "failed",
    };
    json!({ "status": "failed", "error": { "reason": reason, "message": text_of(error) } }).into()
}

/// The text of an error for people who know already whose it is.
fn text_of(error: &HandlerError) -> String {
    match error.downcast_ref::<Error>() {
        Some(known) => known.message().to_owned(),
        None => error.to_string(),
    }
}

#[cfg(test)]
#[path = "handle_tests.rs"]
mod tests;
