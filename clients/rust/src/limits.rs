//! Every bound of the client, with its reason.

use std::time::Duration;

/// Largest encoded envelope in bytes, by the contract. A larger one is refused here, as it would cost the stream.
pub(crate) const MAX_ENVELOPE_BYTES: usize = 4_128_768;
/// Largest answer that is read: a session with its shared context, a page of events or a frame is far smaller.
pub(crate) const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes that the bus may send ahead on one stream: the largest frame comes without a stop in between.
pub(crate) const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// The same for all streams of a connection, so that a followed session does not hold up a call.
pub(crate) const CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;

/// A call that takes longer has lost its connection; only `ask` waits on purpose, and says for how long.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Tries of a call that may be repeated: with the waits in between ten to twenty seconds, enough for a restart.
pub(crate) const MAX_CALL_ATTEMPTS: u32 = 8;
/// Longest wait for the answer to a task in one call, by the contract.
pub(crate) const MAX_ANSWER_WAIT: Duration = Duration::from_secs(3_600);
/// Time for the bus to say that such a wait is over, before the call is given up.
pub(crate) const ANSWER_MARGIN: Duration = Duration::from_secs(10);
/// Silence on a followed session after which its connection is dead: the bus says something every half minute at the latest.
pub(crate) const WATCH_SILENCE: Duration = Duration::from_secs(90);
/// Time between two looks at whether the other end of a connection is still there.
pub(crate) const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// Time for it to answer that it is.
pub(crate) const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Messages that are worked on at a time unless the agent says otherwise: enough to be busy, few enough for a model's quota.
pub(crate) const DEFAULT_MAX_IN_FLIGHT: u32 = 16;
/// Most messages that may be worked on at a time, by the contract.
pub(crate) const MAX_IN_FLIGHT: u32 = 10_000;
/// Levels of objects and lists in one JSON content, by the contract. Deeper ones are refused here: beyond some more levels
/// no decoder reads the frame, which would cost the stream, and far beyond them the stack ends.
pub(crate) const MAX_JSON_DEPTH: usize = 30;
/// Longest duration of protobuf, about 10,000 years.
pub(crate) const LONGEST_DURATION: Duration = Duration::from_secs(315_576_000_000);
/// First second of the year 1, the earliest of protobuf.
pub(crate) const FIRST_SECOND: i64 = -62_135_596_800;
/// Last second of the year 9999, the latest of protobuf.
pub(crate) const LAST_SECOND: i64 = 253_402_300_799;
/// Messages handed to `send` that wait for their answer: what a mailbox frees in a second or so.
pub(crate) const MAX_UNANSWERED_SENDS: usize = 10_000;
/// The same in bytes, so that large messages do not fill the memory while the bus is away.
pub(crate) const MAX_UNANSWERED_BYTES: usize = 64 * 1024 * 1024;
/// Envelopes in one frame: beyond this a larger frame moves no more of them in a second.
pub(crate) const MAX_FRAME_MESSAGES: usize = 64;
/// Bytes of envelopes in one frame, unless a single one is larger: leaves room for the acknowledgements in between.
pub(crate) const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// Delivery ids in one frame, by the contract.
pub(crate) const MAX_FRAME_DELIVERY_IDS: usize = 10_000;
/// Handled messages that are remembered until the bus confirmed it: as many as the largest credit.
pub(crate) const MAX_REMEMBERED_MESSAGES: usize = 10_000;
/// Longest reason of a rejection in bytes, by the contract.
pub(crate) const MAX_REASON_BYTES: usize = 1_024;
/// Longest time that a message may be put back for, by the contract.
pub(crate) const MAX_REQUEUE_DELAY: Duration = Duration::from_secs(24 * 3_600);
/// How long a message stays away whose handler failed; doubled with each delivery.
pub(crate) const FIRST_REQUEUE_DELAY: Duration = Duration::from_secs(1);
/// Longest such time.
pub(crate) const LAST_REQUEUE_DELAY: Duration = Duration::from_secs(60);

/// Bound of the first wait before something is tried again: a restarted process is seldom back sooner.
pub(crate) const FIRST_BACKOFF: Duration = Duration::from_millis(200);
/// Bound of every such wait: nobody notices a bus that has been back for longer than that.
pub(crate) const LAST_BACKOFF: Duration = Duration::from_secs(10);
/// Time to reach the bus for the first time, unless the agent says otherwise: longer than a bus takes to start.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// A bus that has not welcomed an agent by then is not going to.
pub(crate) const WELCOME_TIMEOUT: Duration = Duration::from_secs(10);
/// A stream that lived this long was no failed attempt: waiting starts over.
pub(crate) const HEALTHY_STREAM: Duration = Duration::from_secs(5);
/// Time for the bus to end a stream that the agent has ended.
pub(crate) const FAREWELL_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that handlers have to stop when the agent closes.
pub(crate) const CLOSE_GRACE: Duration = Duration::from_secs(10);
/// Heartbeat interval of a bus that does not say its own.
pub(crate) const DEFAULT_HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// Lease of a bus that does not say its own.
pub(crate) const DEFAULT_LEASE: Duration = Duration::from_secs(30);
/// Shortest time between two signs of life, whatever the bus says: more of them only keep both sides busy.
pub(crate) const MIN_BEAT: Duration = Duration::from_millis(10);
/// What a time counts as that is too long to be added to the clock: 30 years.
pub(crate) const FAR_FUTURE: Duration = Duration::from_secs(30 * 365 * 24 * 3_600);

const _: () = {
    assert!(MAX_FRAME_BYTES < MAX_ENVELOPE_BYTES);
    assert!(MAX_ENVELOPE_BYTES < STREAM_WINDOW_BYTES as usize);
    assert!(STREAM_WINDOW_BYTES < CONNECTION_WINDOW_BYTES);
    assert!(MAX_ENVELOPE_BYTES < MAX_RESPONSE_BYTES);
    assert!(MAX_ENVELOPE_BYTES < MAX_UNANSWERED_BYTES);
};
