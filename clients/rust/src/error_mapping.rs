//! How what gRPC and the bus say becomes an [`Error`].

use std::collections::HashMap;
use std::error::Error as StdError;

use agentbus_proto::v1::ErrorStatus;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::error::Error;

/// The error of a call or of a stream.
///
/// The bus says why in each of its errors. A status without that was made on the way, when a connection was cut,
/// whatever the status is that the library found for it.
pub(crate) fn from_status(status: Status) -> Error {
    if let Some(info) = status.get_details_error_info() {
        return Error::from_parts(
            status.code(),
            Some(info.reason),
            status.message().to_owned(),
            info.metadata,
        );
    }
    let code = match status.code() {
        Code::Aborted | Code::Cancelled | Code::DataLoss | Code::Internal | Code::Unknown => Code::Unavailable,
        code => code,
    };
    let message = text_of_chain(&status, status.message());
    Error::from_parts(code, None, message, HashMap::new())
}

/// The error of a connection that could not be made.
pub(crate) fn from_transport(error: tonic::transport::Error) -> Error {
    let message = text_of_chain(&error, "");
    Error::new(Code::Unavailable, message)
}

/// The error that a frame carries.
pub(crate) fn from_frame(status: ErrorStatus) -> Error {
    let (reason, facts) = match status.info {
        Some(info) => (Some(info.reason), info.metadata),
        None => (None, HashMap::new()),
    };
    Error::from_parts(Code::from_i32(status.code), reason, status.message, facts)
}

/// The bus answered without what the contract promises.
pub(crate) fn missing(field: &str) -> Error {
    Error::new(Code::Internal, format!("the bus left the {field} out of its answer"))
}

/// An error of a transport says little by itself; what happened is in those that caused it.
fn text_of_chain(error: &dyn StdError, message: &str) -> String {
    let mut text = message.to_owned();
    let mut next = if message.is_empty() {
        Some(error)
    } else {
        error.source()
    };
    while let Some(error) = next {
        let part = error.to_string();
        if !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;
    use crate::ErrorReason;

    #[test]
    fn what_the_bus_says_is_kept() {
        let facts = HashMap::from([("limit".to_owned(), "3".to_owned())]);
        let details = ErrorDetails::with_error_info("MAILBOX_FULL", "agentbus", facts.clone());
        let status = Status::with_error_details(Code::ResourceExhausted, "no room", details);

        let error = from_status(status);

        assert_eq!(error.code(), Code::ResourceExhausted);
        assert!(error.is(ErrorReason::MailboxFull));
        assert_eq!(error.facts(), &facts);
        assert_eq!(error.to_string(), "RESOURCE_EXHAUSTED (MAILBOX_FULL): no room");
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn a_cut_connection_is_unavailable_whatever_the_library_calls_it() {
        for code in [
            Code::Aborted,
            Code::Cancelled,
            Code::DataLoss,
            Code::Internal,
            Code::Unknown,
        ] {
            let error = from_status(Status::new(code, "stream reset"));
            assert_eq!((error.code(), error.reason()), (Code::Unavailable, None));
        }
        let error = from_status(Status::new(Code::Unimplemented, "no such method"));
        assert_eq!(error.code(), Code::Unimplemented);
    }

    #[test]
    fn an_error_of_the_bus_is_not_taken_for_a_cut_connection() {
        let details = ErrorDetails::with_error_info("STREAM_FENCED", "agentbus", HashMap::new());
        let error = from_status(Status::with_error_details(Code::Aborted, "", details));
        assert_eq!(error.code(), Code::Aborted);
        assert!(error.is(ErrorReason::StreamFenced));
    }
}
