//! The way to the bus: where it is, whom to trust, who calls.

use std::fmt;

use tokio::runtime::Handle;
use tonic::Code;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

use crate::error::{Error, Result};
use crate::error_mapping::from_transport;
use crate::limits::{
    CONNECTION_WINDOW_BYTES, KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT, STREAM_WINDOW_BYTES, WELCOME_TIMEOUT,
};

/// What builders ask about the connection.
#[derive(Clone, Default)]
pub(crate) struct ConnectionOptions {
    pub(crate) address: String,
    pub(crate) api_key: String,
    pub(crate) agent_id: String,
    pub(crate) ca_certificate: Option<Vec<u8>>,
}

/// Keys stay out of logs.
impl fmt::Debug for ConnectionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionOptions")
            .field("address", &self.address)
            .field("agent_id", &self.agent_id)
            .finish_non_exhaustive()
    }
}

impl ConnectionOptions {
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        let wrong = |why: String| {
            let text = format!("{:?} is no address of a bus: {why}", self.address);
            Error::new(Code::InvalidArgument, text)
        };
        let endpoint = Endpoint::from_shared(self.address.clone())
            .map_err(|error| wrong(from_transport(error).message().to_owned()))?
            .connect_timeout(WELCOME_TIMEOUT)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
        match endpoint.uri().scheme_str() {
            Some("http") => Ok(endpoint),
            Some("https") if self.trusts_nobody() => Err(untrusted("there is no certificate in the PEM")),
            Some("https") => endpoint
                .tls_config(self.tls())
                .map_err(|error| untrusted(from_transport(error).message())),
            _ => Err(wrong("it begins with neither http:// nor https://".into())),
        }
    }

    /// Whether authorities were given that are none: no certificate would be good enough, and nobody would say why.
    fn trusts_nobody(&self) -> bool {
        let begin = b"-----BEGIN CERTIFICATE-----";
        let pem = self.ca_certificate.as_deref();
        pem.is_some_and(|pem| !pem.windows(begin.len()).any(|window| window == begin))
    }

    fn tls(&self) -> ClientTlsConfig {
        let tls = ClientTlsConfig::new();
        match &self.ca_certificate {
            Some(pem) => tls.ca_certificate(Certificate::from_pem(pem)),
            None => tls.with_enabled_roots(),
        }
    }

    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let wrong = |what| {
            let text = format!("{what} has characters that a header cannot carry");
            Error::new(Code::InvalidArgument, text)
        };
        let mut authorization: MetadataValue<Ascii> = format!("Bearer {}", self.api_key)
            .parse()
            .map_err(|_| wrong("the key"))?;
        authorization.set_sensitive(true);
        let agent_id = self.agent_id.parse().map_err(|_| wrong("the agent id"))?;
        Ok(Credentials {
            authorization,
            agent_id,
        })
    }
}

fn untrusted(why: &str) -> Error {
    let text = format!("the authorities to trust cannot be read: {why}");
    Error::new(Code::InvalidArgument, text)
}

/// The runtime that connections live in.
pub(crate) fn runtime() -> Result<Handle> {
    Handle::try_current().map_err(|error| Error::new(Code::FailedPrecondition, error.to_string()))
}

/// Who calls, as every call of a stub says it.
#[derive(Clone)]
pub struct Credentials {
    authorization: MetadataValue<Ascii>,
    agent_id: MetadataValue<Ascii>,
}

impl Credentials {
    pub(crate) fn add_to(&self, metadata: &mut MetadataMap) {
        metadata.insert("authorization", self.authorization.clone());
        metadata.insert("x-agent-id", self.agent_id.clone());
    }
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: tonic::Request<()>) -> Result<tonic::Request<()>, tonic::Status> {
        self.add_to(request.metadata_mut());
        Ok(request)
    }
}

/// Keys stay out of logs.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(address: &str) -> ConnectionOptions {
        ConnectionOptions {
            address: address.to_owned(),
            ..ConnectionOptions::default()
        }
    }

    #[test]
    fn an_address_that_cannot_be_one_is_refused_at_once() {
        for address in ["", "127.0.0.1:8080", "ftp://bus", "http://a b", "http://"] {
            let error = options(address).endpoint().unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{address}");
            assert!(error.message().contains(address), "{error}");
        }
        assert!(options("http://127.0.0.1:8080").endpoint().is_ok());
        assert!(options("https://bus.example:443").endpoint().is_ok());
    }

    #[test]
    fn authorities_that_are_none_are_not_taken_for_a_wrong_address() {
        for pem in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n",
        ] {
            let mut options = options("https://bus.example");
            options.ca_certificate = Some(pem.into());
            let error = options.endpoint().map(|_| pem).unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument);
            assert!(error.message().starts_with("the authorities"), "{error}");
        }
    }

    #[test]
    fn a_program_without_a_runtime_is_told_so() {
        assert_eq!(runtime().unwrap_err().code(), Code::FailedPrecondition);
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused_at_once() {
        let mut options = options("http://127.0.0.1:8080");
        options.api_key = "line\nbreak".to_owned();
        let error = options.credentials().unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument);
    }
}
