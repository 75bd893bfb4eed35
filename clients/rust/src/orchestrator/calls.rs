//! Single calls: each with a deadline, and repeated where the contract says that they may be.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use agentbus_proto::v1::agent_service_client::AgentServiceClient;
use agentbus_proto::v1::message_service_client::MessageServiceClient;
use agentbus_proto::v1::session_service_client::SessionServiceClient;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

use crate::backoff::Backoff;
use crate::connection::{ConnectionOptions, Credentials, runtime};
use crate::error::{Error, Result};
use crate::error_mapping::from_status;
use crate::limits::{MAX_CALL_ATTEMPTS, MAX_RESPONSE_BYTES};
use crate::unreachable::with_address;

/// A connection that says with every call who calls.
pub type BusChannel = InterceptedService<Channel, Credentials>;

/// The stubs of an orchestrator client, on one connection.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    /// Where they lead, for the texts of errors.
    address: Arc<str>,
    pub(crate) sessions: SessionServiceClient<BusChannel>,
    pub(crate) messages: MessageServiceClient<BusChannel>,
    pub(crate) agents: AgentServiceClient<BusChannel>,
}

impl Calls {
    /// Connects with the first call, and again whenever the connection is lost.
    pub(crate) fn connect(options: &ConnectionOptions) -> Result<Self> {
        runtime()?;
        let channel = options.endpoint()?.connect_lazy();
        let channel = InterceptedService::new(channel, options.credentials()?);
        let limit = MAX_RESPONSE_BYTES;
        Ok(Self {
            address: options.address.as_str().into(),
            sessions: SessionServiceClient::new(channel.clone()).max_decoding_message_size(limit),
            messages: MessageServiceClient::new(channel.clone()).max_decoding_message_size(limit),
            agents: AgentServiceClient::new(channel).max_decoding_message_size(limit),
        })
    }

    /// Ends a call that takes too long, which has lost its connection.
    pub(crate) async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T> {
        let error = match tokio::time::timeout(limit, call).await {
            Ok(Ok(response)) => return Ok(response.into_inner()),
            Ok(Err(status)) => from_status(status),
            Err(_) => Error::new(Code::DeadlineExceeded, format!("nothing came within {limit:?}")),
        };
        Err(self.located(error))
    }

    /// Says in an error that is not the bus's own where the calls lead.
    pub(crate) fn located(&self, error: Error) -> Error {
        with_address(error, &self.address)
    }
}

/// Makes a call of a stub that is not to be repeated.
macro_rules! once {
    ($calls:expr, $service:ident, $method:ident, $request:expr) => {{
        let (calls, request) = ($calls.clone(), $request);
        async move {
            let mut client = calls.$service.clone();
            let call = client.$method(request);
            calls.within(crate::limits::CALL_TIMEOUT, call).await
        }
    }};
}

/// Makes a call of a stub, again and again while the bus is unavailable.
macro_rules! repeated {
    ($calls:expr, $service:ident, $method:ident, $request:expr) => {{
        let (calls, request) = ($calls.clone(), $request);
        crate::orchestrator::calls::repeat(move || {
            crate::orchestrator::calls::once!(calls, $service, $method, request.clone())
        })
    }};
}

pub(crate) use {once, repeated};

/// Repeats a call on UNAVAILABLE.
pub(crate) async fn repeat<T, F>(call: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut backoff = Backoff::new();
    let mut attempt = 1;
    loop {
        match call().await {
            Err(error) if error.code() == Code::Unavailable && attempt < MAX_CALL_ATTEMPTS => {}
            outcome => return outcome,
        }
        attempt += 1;
        tokio::time::sleep(backoff.next_wait()).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn tries_of(code: Code) -> (u32, Error) {
        let tries = Cell::new(0);
        let error = repeat(async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(Error::new(code, "no"))
        })
        .await
        .unwrap_err();
        (tries.get(), error)
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_is_unavailable_is_repeated_and_not_forever() {
        let (tries, error) = tries_of(Code::Unavailable).await;
        assert_eq!((tries, error.code()), (8, Code::Unavailable));
        let (tries, error) = tries_of(Code::Aborted).await;
        assert_eq!((tries, error.code()), (1, Code::Aborted));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_an_answer_ends() {
        let options = ConnectionOptions {
            address: "http://127.0.0.1:8080".to_owned(),
            ..ConnectionOptions::default()
        };
        let calls = Calls::connect(&options).unwrap();
        let never = std::future::pending::<Result<Response<()>, Status>>();
        let error = calls.within(Duration::from_secs(30), never).await.unwrap_err();
        assert_eq!(error.code(), Code::DeadlineExceeded);
        assert!(error.message().contains("127.0.0.1:8080"), "{error}");
    }
}
