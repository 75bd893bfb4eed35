use std::time::Duration;

use agentbus_proto::v1::ErrorReason;
use tonic::Code;

use crate::error::Error;

/// Where the connection of an agent stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Status {
    /// A stream is being opened.
    Connecting,
    /// The bus has welcomed the agent.
    #[non_exhaustive]
    Online {
        /// Name of the stream, for logs on both sides.
        connection_id: String,
        /// The bus refused a frame that was no message, and goes on.
        error: Option<Error>,
    },
    /// The stream is lost; another will be opened after a wait.
    #[non_exhaustive]
    Waiting {
        /// How long the wait is.
        retry_in: Duration,
        /// What ended the stream; `None` if the bus ended it in good order.
        error: Option<Error>,
    },
    /// The agent takes no more work and finishes what it has.
    Draining,
    /// The agent has left as it was told to. Final.
    Closed,
    /// Another process took this instance's place. Final.
    Fenced(Error),
    /// The bus refuses the agent, or could not be reached in time. Final.
    Failed(Error),
}

impl Status {
    /// Its name: `connecting`, `online`, `waiting`, `draining`, `closed`, `fenced` or `failed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Online { .. } => "online",
            Self::Waiting { .. } => "waiting",
            Self::Draining => "draining",
            Self::Closed => "closed",
            Self::Fenced(_) => "fenced",
            Self::Failed(_) => "failed",
        }
    }

    /// What went wrong, if something did.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Online { error, .. } | Self::Waiting { error, .. } => error.as_ref(),
            Self::Fenced(error) | Self::Failed(error) => Some(error),
            Self::Connecting | Self::Draining | Self::Closed => None,
        }
    }

    /// The last status of an agent that ended so.
    pub(crate) fn last(end: &Result<(), Error>) -> Self {
        match end {
            Ok(()) => Self::Closed,
            Err(error) if error.is(ErrorReason::StreamFenced) => Self::Fenced(error.clone()),
            Err(error) => Self::Failed(error.clone()),
        }
    }
}

/// Whether the error that ended a stream ends the agent: trying again changes nothing.
pub(crate) fn is_final(error: &Error) -> bool {
    let is_final_code = matches!(
        error.code(),
        Code::Unauthenticated
            | Code::PermissionDenied
            | Code::InvalidArgument
            | Code::FailedPrecondition
            | Code::NotFound
            | Code::Unimplemented
    );
    is_final_code || error.is(ErrorReason::StreamFenced)
}
