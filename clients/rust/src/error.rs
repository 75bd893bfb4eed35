use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use agentbus_proto::v1::ErrorReason;
use tonic::Code;

/// What a call comes to that may be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call or a message was refused, or the bus cannot be reached.
///
/// Its text is one line for people; programs look at [`code`](Self::code), [`reason`](Self::reason) and
/// [`facts`](Self::facts). It is cheap to clone.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    code: Code,
    reason: Option<String>,
    message: String,
    facts: HashMap<String, String>,
}

impl Error {
    /// Makes an error of the client's own, without a reason.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self::with_facts(code, None, message, HashMap::new())
    }

    pub(crate) fn with_facts(
        code: Code,
        reason: Option<ErrorReason>,
        message: impl Into<String>,
        facts: HashMap<String, String>,
    ) -> Self {
        let reason = reason.map(|reason| name_of(reason).to_owned());
        Self::from_parts(code, reason, message.into(), facts)
    }

    pub(crate) fn from_parts(
        code: Code,
        reason: Option<String>,
        message: String,
        facts: HashMap<String, String>,
    ) -> Self {
        Self(Arc::new(Inner {
            code,
            reason,
            message,
            facts,
        }))
    }

    /// The gRPC status. Only [`Code::Unavailable`] is worth repeating unchanged.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Name of the gRPC status as the contract writes it, such as `NOT_FOUND`.
    pub fn code_name(&self) -> &'static str {
        code_name(self.0.code)
    }

    /// Why, for programs: a name of [`ErrorReason`] without its prefix, or of a newer bus. `None` when the bus did not
    /// say, as when it cannot be reached.
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Whether this is why.
    ///
    /// ```
    /// # fn patient(error: &agentbus::Error) -> bool {
    /// error.is(agentbus::ErrorReason::MailboxFull)
    /// # }
    /// ```
    pub fn is(&self, reason: ErrorReason) -> bool {
        self.reason() == Some(name_of(reason))
    }

    /// The text for people, without the status and the reason.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The facts that the contract documents for the reason, such as `limit` and `actual`.
    pub fn facts(&self) -> &HashMap<String, String> {
        &self.0.facts
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code_name())?;
        if let Some(reason) = self.reason() {
            write!(f, " ({reason})")?;
        }
        write!(f, ": {}", self.message())
    }
}

/// The same as `Display`, so that a `main` that returns the error ends with a line that people can read.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// It has no source: its text says all that is known, so that nothing is said twice by who prints the whole chain.
impl StdError for Error {}

fn name_of(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
