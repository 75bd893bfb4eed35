//! Errors that are not the bus's own say where it was looked for: the address may be wrong.

use tonic::Code;

use crate::error::Error;

/// The bus cannot be reached, for as long as that was tried; `cause` is what the last try failed with.
pub(crate) fn unreachable(address: &str, cause: Option<&Error>) -> Error {
    let why = cause.map_or("nothing answers", Error::message);
    let text = format!("cannot reach the bus at {address}: {why}");
    Error::new(Code::Unavailable, text)
}

/// Says where the bus was looked for in an error that is not the bus's own: it gives a reason with each of its errors, so
/// one without was made on the way, or by something else that answers at a wrong address.
pub(crate) fn with_address(error: Error, address: &str) -> Error {
    let message = error.message();
    match error.code() {
        _ if error.reason().is_some() => error,
        Code::Unavailable => unreachable(address, Some(&error)),
        Code::DeadlineExceeded => {
            let text = format!("no answer from the bus at {address}: {message}");
            Error::new(error.code(), text)
        }
        Code::Unimplemented | Code::Unauthenticated | Code::PermissionDenied => {
            let text = format!("what answers at {address} is no bus, or none that knows this call: {message}");
            Error::new(error.code(), text)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::ErrorReason;

    const ADDRESS: &str = "http://127.0.0.1:8080";

    #[test]
    fn errors_from_the_way_name_the_address() {
        for code in [
            Code::Unavailable,
            Code::DeadlineExceeded,
            Code::Unimplemented,
            Code::Unauthenticated,
            Code::PermissionDenied,
        ] {
            let error = with_address(Error::new(code, "why"), ADDRESS);
            assert_eq!(error.code(), code);
            assert!(error.message().contains(ADDRESS), "{error}");
            assert!(error.message().contains("why"), "{error}");
        }
    }

    #[test]
    fn errors_of_the_bus_are_left_as_they_are() {
        let reason = Some(ErrorReason::KeyInvalid);
        let error = Error::with_facts(Code::Unauthenticated, reason, "why", HashMap::new());
        assert_eq!(with_address(error, ADDRESS).message(), "why");
    }
}
