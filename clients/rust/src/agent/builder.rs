use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use agentbus_proto::v1::{AgentDescriptor, Hello, Receipt};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Code;

use super::Agent;
use super::context::{IncomingMessage, Task};
use super::conversation::Conversation;
use super::driver::Driver;
use super::first_connect::FirstConnect;
use super::inputs::{Inputs, Leave};
use super::lifecycle::{Lifecycle, StatusListener};
use super::outbox::Outbox;
use super::status::Status;
use super::stream::StreamOpener;
use crate::backoff::Backoff;
use crate::connection::{ConnectionOptions, runtime};
use crate::error::{Error, Result};
use crate::handler::{HandlerError, Handlers};
use crate::ids::mint;
use crate::limits::{CONNECT_TIMEOUT, DEFAULT_MAX_IN_FLIGHT, MAX_IN_FLIGHT};
use crate::message::Content;
use crate::times::to_duration;

/// What an agent is made of. [`Agent::builder`] makes one.
#[must_use = "an agent connects with `connect`"]
pub struct AgentBuilder {
    connection: ConnectionOptions,
    hello: Hello,
    descriptor: AgentDescriptor,
    handlers: Handlers,
    on_status: Option<StatusListener>,
    connect_timeout: Option<Duration>,
}

impl fmt::Debug for AgentBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentBuilder")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl AgentBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            connection: ConnectionOptions {
                address,
                ..ConnectionOptions::default()
            },
            hello: Hello {
                max_in_flight: DEFAULT_MAX_IN_FLIGHT,
                protocol_version: 1,
                // An acknowledgement that is not known to be on disk is repeated when its message comes again.
                confirm_settlements: true,
                ..Hello::default()
            },
            descriptor: AgentDescriptor::default(),
            handlers: Handlers::default(),
            on_status: None,
            connect_timeout: Some(CONNECT_TIMEOUT),
        }
    }

    /// The key that the bus knows the program by.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.connection.api_key = api_key.into();
        self
    }

    /// Who the agent is: `{framework}://{name}`, at most 255 bytes; the key must allow it.
    pub fn agent_id(mut self, agent_id: impl Into<String>) -> Self {
        self.connection.agent_id = agent_id.into();
        self
    }

    /// PEM of the authorities to trust, for an `https://` address. Default: those of the system.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connection.ca_certificate = Some(pem.into());
        self
    }

    /// Name of this process among those of the agent, 1 to 128 visible ASCII characters. A second process under the same
    /// name takes the place of the first. Default: a random one, so that processes share the mailbox.
    pub fn instance_id(mut self, instance_id: impl Into<String>) -> Self {
        self.hello.instance_id = instance_id.into();
        self
    }

    /// What the agent can do, in words that senders address it by: at most 64.
    pub fn capabilities<I>(mut self, capabilities: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.descriptor.capabilities = capabilities.into_iter().map(Into::into).collect();
        self
    }

    /// Name for people, at most 128 bytes.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.descriptor.display_name = name.into();
        self
    }

    /// Version of the agent's own software, at most 64 bytes.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.descriptor.version = version.into();
        self
    }

    /// Anything else about the agent, such as host, model, region: at most 32 entries.
    pub fn metadata(mut self, metadata: HashMap<String, String>) -> Self {
        self.descriptor.metadata = metadata;
        self
    }

    /// Messages that are worked on side by side, 1 to 10,000. Default 16. With 1 each is finished before the next begins.
    pub fn max_in_flight(mut self, messages: u32) -> Self {
        self.hello.max_in_flight = messages;
        self
    }

    /// Time after which the bus gives a message to another instance if nothing is heard of it, 1 s to 1 hour. Default 30 s.
    /// Running handlers extend it by themselves.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.hello.lease = Some(to_duration(lease));
        self
    }

    /// How long to try to reach the bus for the first time; `None` for as long as it takes. Default 30 s. An agent that was
    /// welcomed once is connected again for as long as it takes.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = timeout.into();
        self
    }

    /// The version of the protocol to speak. Default 1, the only one there is.
    pub fn protocol_version(mut self, version: u32) -> Self {
        self.hello.protocol_version = version;
        self
    }

    /// What does the tasks, each in a tokio task of its own: see [`Task`].
    pub fn on_task<F, R>(mut self, handler: impl Fn(Task) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<R, HandlerError>> + Send + 'static,
        R: Into<Content>,
    {
        self.handlers.task = Some(Arc::new(Box::new(move |task| {
            let outcome = handler(task);
            Box::pin(async move { outcome.await.map(Into::into) })
        })));
        self
    }

    /// What takes all other messages, each in a tokio task of its own: see [`IncomingMessage`].
    pub fn on_message<F>(mut self, handler: impl Fn(IncomingMessage) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        self.handlers.message = Some(Arc::new(Box::new(move |message| Box::pin(handler(message)))));
        self
    }

    /// What hears of the messages that this process sent with receipts, while a stream is open. It must not block. A panic in it is
    /// logged and goes no further.
    pub fn on_receipt(mut self, listener: impl Fn(Receipt) + Send + Sync + 'static) -> Self {
        self.handlers.receipt = Some(Arc::new(Box::new(listener)));
        self
    }

    /// What hears of each change of the connection. It must not block. A panic in it is logged and goes no
    /// further.
    pub fn on_status(mut self, listener: impl Fn(Status) + Send + Sync + 'static) -> Self {
        self.on_status = Some(Arc::new(listener));
        self
    }

    /// Connects the agent, and keeps it connected from then on. Returns at once; [`Agent::ready`] waits for the bus.
    ///
    /// # Errors
    ///
    /// INVALID_ARGUMENT if the address is none, the authorities cannot be read, the key has characters that no header can
    /// carry, or `max_in_flight` is out of range; FAILED_PRECONDITION outside of a tokio runtime. What the bus refuses shows in [`Agent::ready`] and
    /// [`Agent::closed`].
    pub fn connect(mut self) -> Result<Agent> {
        let runtime = runtime()?;
        let max_in_flight = self.hello.max_in_flight;
        if !(1..=MAX_IN_FLIGHT).contains(&max_in_flight) {
            let text = format!("max_in_flight is 1 to {MAX_IN_FLIGHT}, and not {max_in_flight}");
            return Err(Error::new(Code::InvalidArgument, text));
        }
        let opener = StreamOpener {
            endpoint: self.connection.endpoint()?,
            credentials: self.connection.credentials()?,
        };
        if self.hello.instance_id.is_empty() {
            self.hello.instance_id = mint("i");
        }
        self.descriptor.agent_id.clone_from(&self.connection.agent_id);
        self.hello.agent = Some(self.descriptor);
        let (lifecycle, life) = Lifecycle::new(&self.connection.agent_id, self.on_status);
        let outbox = Arc::new(Outbox::new(self.connection.agent_id));
        let (leave, leave_watch) = watch::channel(Leave::default());
        let instance_id = self.hello.instance_id.clone();
        let driver = Driver {
            opener,
            hello: self.hello,
            conversation: Conversation::new(Arc::clone(&outbox), self.handlers, max_in_flight),
            inputs: Inputs {
                outbox: Arc::clone(&outbox),
                handlers: JoinSet::new(),
                leave: leave_watch,
            },
            lifecycle,
            backoff: Backoff::new(),
            connect: FirstConnect::new(self.connection.address, self.connect_timeout),
            leave: Leave::default(),
            is_over: false,
            reopen_in: None,
            welcomed_at: None,
        };
        runtime.spawn(driver.run());
        Ok(Agent::new(instance_id, outbox, leave, life))
    }
}
