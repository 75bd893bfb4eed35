//! Times as Rust has them, and as the contract does.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::limits::{FAR_FUTURE, FIRST_SECOND, LAST_SECOND, LONGEST_DURATION};

/// The moment that far ahead. A time that no clock can tell, as [`Duration::MAX`] for "never", leads to one that nobody
/// lives to see.
pub(crate) fn moment_in(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or_else(|| now + FAR_FUTURE)
}

/// A duration that is too long for the contract becomes the longest one that protobuf can say, which the bus then refuses by
/// its own rule. Anything longer would have it refuse the whole frame.
pub(crate) fn to_duration(duration: Duration) -> prost_types::Duration {
    let duration = duration.min(LONGEST_DURATION);
    prost_types::Duration {
        seconds: duration.as_secs().cast_signed(),
        nanos: duration.subsec_nanos().cast_signed(),
    }
}

/// A moment; for the same reason none before the year 1 or after 9999.
pub(crate) fn to_timestamp(time: SystemTime) -> prost_types::Timestamp {
    let timestamp = prost_types::Timestamp::from(time);
    match timestamp.seconds {
        ..FIRST_SECOND => prost_types::Timestamp {
            seconds: FIRST_SECOND,
            nanos: 0,
        },
        FIRST_SECOND..=LAST_SECOND => timestamp,
        _ => prost_types::Timestamp {
            seconds: LAST_SECOND,
            nanos: 0,
        },
    }
}

/// A negative duration has no meaning in what the bus says, and counts as none.
pub(crate) fn from_duration(duration: prost_types::Duration) -> Option<Duration> {
    Duration::try_from(duration).ok()
}

/// A moment; the bus writes none that `SystemTime` cannot hold.
pub(crate) fn from_timestamp(timestamp: prost_types::Timestamp) -> Option<SystemTime> {
    SystemTime::try_from(timestamp).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_protobuf_cannot_say_become_the_nearest_that_it_can() {
        assert_eq!(to_duration(Duration::MAX).seconds, 315_576_000_000);
        assert_eq!(to_duration(Duration::from_millis(1_500)).nanos, 500_000_000);
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(to_timestamp(late).seconds, LAST_SECOND);
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1 << 40);
        assert_eq!(to_timestamp(early).seconds, FIRST_SECOND);
    }
}
