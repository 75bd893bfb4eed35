use agentbus::{Content, Error, HandlerError, Value};
use serde_json::json;

use crate::holds::Holds;
use crate::lines::write;
use crate::records::short;
use crate::script::{self, Given};

/// Does what a message says, and writes when it begins, is told to stop, and is over.
pub(crate) async fn handle(agent: String, given: Given, holds: &Holds) -> Result<Content, HandlerError> {
    let tell = |event: &str, mut facts: Value| {
        facts["event"] = event.into();
        facts["agent"] = agent.as_str().into();
        facts["message_id"] = given.message_id.as_str().into();
        write(&facts);
    };
    tell("handling", about(&given));
    let mut why = None;
    let outcome = {
        let script = script::run(&given, holds);
        tokio::pin!(script);
        loop {
            // What the handler is told comes before what it does about it.
            tokio::select! {
                biased;
                reason = given.cancelled(), if why.is_none() => {
                    tell("cancelled", words_of(&reason));
                    why = Some(reason);
                }
                outcome = &mut script => break outcome,
            }
        }
    };
    let outcome_word = match &outcome {
        Ok(_) => "returned",
        Err(error) if is_same(error, why.as_ref()) => "cancelled",
        Err(_) => "thrown",
    };
    tell("handled", json!({ "outcome": outcome_word }));
    outcome
}

/// Whether a handler failed with the reason for which it was told to stop.
fn is_same(error: &HandlerError, why: Option<&Error>) -> bool {
    let error = error.downcast_ref::<Error>();
    error.is_some() && error.map(Error::to_string) == why.map(Error::to_string)
}

fn about(given: &Given) -> Value {
    json!({
        "type": short(given.message_type.as_str_name(), "MESSAGE_TYPE_"),
        "sender": given.sender,
        "session_id": given.session_id.as_deref().unwrap_or_default(),
        "attempt": given.attempt,
        "redelivered": given.redelivered,
    })
}

fn words_of(reason: &Error) -> Value {
    let cause = reason.facts().get("cause").map_or("", String::as_str);
    json!({ "reason": reason.reason(), "cause": cause })
}
