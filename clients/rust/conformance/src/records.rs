use agentbus::{Answer, Data, SessionRecord, TaskRecord, Value};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

/// A session as the lines say it.
pub(crate) fn session_words(session: &SessionRecord) -> Value {
    json!({
        "session_id": session.session_id,
        "state": short(session.state.as_str_name(), "SESSION_STATE_"),
        "last_sequence": session.last_sequence,
        "shared_context": session.shared_context,
        "context_revision": session.context_revision,
    })
}

/// A task as the lines say it.
pub(crate) fn task_words(task: &TaskRecord) -> Value {
    let mut words = json!({
        "task_id": task.task_id,
        "status": short(task.status.as_str_name(), "TASK_STATUS_"),
        "assignee": task.assignee,
        "attempt": task.attempt,
        "progress": task.progress,
    });
    if let Some(result) = &task.result {
        add_content(&mut words, &result.payload, result.data.as_ref());
    }
    if let Some(error) = &task.error {
        words["error"] = json!({ "reason": error.reason, "message": error.message });
    }
    words
}

/// An answer as the lines say it.
pub(crate) fn answer_words(answer: &Answer) -> Value {
    let mut words = json!({
        "task_id": answer.task_id,
        "agent_id": answer.agent_id,
        "failed": answer.failed,
    });
    add_content(&mut words, &answer.payload, answer.data.as_ref());
    words
}

/// A name of an enumeration without what all of its names begin with.
pub(crate) fn short<'a>(name: &'a str, prefix: &str) -> &'a str {
    name.strip_prefix(prefix).unwrap_or(name)
}

fn add_content(words: &mut Value, payload: &Value, data: Option<&Data>) {
    match data {
        Some(data) => {
            words["data_base64"] = BASE64_STANDARD.encode(&data.bytes).into();
            words["content_type"] = data.content_type.as_str().into();
        }
        None => words["payload"] = payload.clone(),
    }
}
