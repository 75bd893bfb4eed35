//! Times as Rust has them, and as the contract does.

use std::time::{Duration, SystemTime};

/// A duration that is too long for the contract becomes the longest one, which the bus then refuses by its own rule.
pub(crate) fn to_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration::try_from(duration).unwrap_or(prost_types::Duration {
        seconds: i64::MAX,
        nanos: 0,
    })
}

/// A negative duration has no meaning in what the bus says, and counts as none.
pub(crate) fn from_duration(duration: prost_types::Duration) -> Option<Duration> {
    Duration::try_from(duration).ok()
}

/// A moment; the bus writes none that `SystemTime` cannot hold.
pub(crate) fn from_timestamp(timestamp: prost_types::Timestamp) -> Option<SystemTime> {
    SystemTime::try_from(timestamp).ok()
}
