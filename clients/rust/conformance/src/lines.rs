use std::io::Write;

use serde_json::{Value, json};

/// Writes a line to standard output. A driver that does not read any more needs no answers.
pub(crate) fn write(line: &Value) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Why a command could not be done: by the client, or by what it was told.
#[derive(Debug)]
pub(crate) enum Failure {
    Client(agentbus::Error),
    Other(String),
}

impl Failure {
    /// The error as a line says it.
    pub(crate) fn words(&self) -> Value {
        match self {
            Self::Client(error) => error_words(error),
            Self::Other(message) => {
                json!({ "code": "UNKNOWN", "reason": null, "message": message, "facts": {} })
            }
        }
    }
}

/// An error of the client as a line says it.
pub(crate) fn error_words(error: &agentbus::Error) -> Value {
    json!({
        "code": error.code_name(),
        "reason": error.reason(),
        "message": error.message(),
        "facts": error.facts(),
    })
}

impl From<agentbus::Error> for Failure {
    fn from(error: agentbus::Error) -> Self {
        Self::Client(error)
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Other(message)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<base64::DecodeError> for Failure {
    fn from(error: base64::DecodeError) -> Self {
        Self::Other(error.to_string())
    }
}
