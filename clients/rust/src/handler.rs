//! What handlers are, and what they say with their errors.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use agentbus_proto::v1::Receipt;

use crate::agent::{IncomingMessage, Task};
use crate::message::Content;

/// What a handler fails with: any error, which `?` converts, or a text.
///
/// ```
/// # use agentbus::HandlerError;
/// fn check(files: usize) -> Result<(), HandlerError> {
///     match files {
///         0 => Err("there are no files".into()),
///         _ => Ok(()),
///     }
/// }
/// ```
///
/// [`RetryLater`] and [`Reject`] say more, also when they are the source of another error.
pub type HandlerError = Box<dyn StdError + Send + Sync>;

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
pub(crate) type TaskHandler = Box<dyn Fn(Task) -> BoxFuture<Result<Content, HandlerError>> + Send + Sync>;
pub(crate) type MessageHandler = Box<dyn Fn(IncomingMessage) -> BoxFuture<Result<(), HandlerError>> + Send + Sync>;
pub(crate) type ReceiptHandler = Box<dyn Fn(Receipt) + Send + Sync>;

/// What an agent does with its mail. A message without a handler is given up.
#[derive(Clone, Default)]
pub(crate) struct Handlers {
    pub(crate) task: Option<Arc<TaskHandler>>,
    pub(crate) message: Option<Arc<MessageHandler>>,
    pub(crate) receipt: Option<Arc<ReceiptHandler>>,
}

impl Handlers {
    /// Whether there is anything to do with mail.
    pub(crate) fn take_mail(&self) -> bool {
        self.task.is_some() || self.message.is_some()
    }
}

/// The error of a handler that cannot do its work now: the message goes back to the mailbox and comes again, to this or
/// another instance. Each time counts as a delivery, of which a message has five.
///
/// ```
/// # use std::time::Duration;
/// # use agentbus::{HandlerError, RetryLater};
/// # fn handler() -> Result<(), HandlerError> {
/// Err(RetryLater::after(Duration::from_secs(5)).because("the model is busy"))?
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it takes effect as the error of a handler"]
pub struct RetryLater {
    pub(crate) delay: Duration,
    reason: Cow<'static, str>,
}

impl RetryLater {
    /// Puts the message back for this long, up to a day.
    pub fn after(delay: Duration) -> Self {
        Self {
            delay,
            reason: Cow::Borrowed("the agent asked to retry later"),
        }
    }

    /// Says why, for people. At most 1,024 bytes.
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = reason.into();
        self
    }
}

impl fmt::Display for RetryLater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl StdError for RetryLater {}

/// The error of a handler that gives a message up: it becomes a dead letter, and the attempt of a task has failed.
///
/// ```
/// # use agentbus::{HandlerError, Reject};
/// # fn handler() -> Result<(), HandlerError> {
/// Err(Reject::because("this is not for a machine"))?
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it takes effect as the error of a handler"]
pub struct Reject {
    reason: Cow<'static, str>,
}

impl Reject {
    /// Says why, for whoever reads the dead letters. At most 1,024 bytes.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl StdError for Reject {}

/// The first error of a type among an error and what caused it.
pub(crate) fn find_in_chain<E: StdError + 'static>(error: &HandlerError) -> Option<&E> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error.as_ref());
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
