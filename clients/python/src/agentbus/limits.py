"""Every bound of the client, with its reason. Times are in seconds, sizes in bytes."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

MAX_ENVELOPE_BYTES: Final = 4_128_768
"""Largest encoded envelope, by the contract. A larger one is refused here, as it would cost the stream."""

MAX_RESPONSE_BYTES: Final = 16 * MIB
"""Largest answer that is read: a session with its shared context, a page of events or a frame is far smaller."""

MAX_PAYLOAD_DEPTH: Final = 30
"""Levels of a JSON payload, by the contract. It also stops a payload that contains itself."""

MAX_REASON_BYTES: Final = 1_024
"""Longest reason of a rejection, by the contract."""

MAX_REQUEUE_DELAY: Final = 24 * 3600.0
"""Longest time that a message may be put back for, by the contract."""

MAX_IN_FLIGHT: Final = 10_000
"""Largest credit of an agent, by the contract."""

DEFAULT_IN_FLIGHT: Final = 16
"""Messages that are worked on side by side: enough to be busy, few enough for a model's quota."""

DEFAULT_HEARTBEAT_INTERVAL: Final = 15.0
"""For a bus that leaves it out of its welcome."""

DEFAULT_LEASE: Final = 30.0
"""For a bus that leaves it out of its welcome."""

MAX_UNANSWERED_SENDS: Final = 10_000
"""Messages handed to `send` that wait for their answer: what a mailbox frees in a second or so."""

MAX_UNANSWERED_BYTES: Final = 64 * MIB
"""The same in bytes, so that large messages do not fill the memory while the bus is away."""

MAX_FRAME_MESSAGES: Final = 64
"""Envelopes in one frame: beyond this a larger frame moves no more of them in a second."""

MAX_FRAME_BYTES: Final = 1 * MIB
"""Envelopes in one frame, unless a single one is larger: leaves room for the acknowledgements in between."""

MAX_FRAME_DELIVERY_IDS: Final = 10_000
"""Delivery ids in one frame, by the contract."""

MAX_REMEMBERED_MESSAGES: Final = 10_000
"""Handled messages that are remembered until the bus has confirmed it: as many as the largest credit."""

FIRST_REQUEUE_DELAY: Final = 1.0
"""First wait of a message whose handler raised, doubled with each delivery."""

LAST_REQUEUE_DELAY: Final = 60.0
"""Longest such wait."""

FIRST_BACKOFF: Final = 0.2
"""Bound of the first wait before another try: a restarted process is seldom back sooner."""

LAST_BACKOFF: Final = 10.0
"""Bound of every such wait: nobody notices a bus that has been back for longer than that."""

CONNECT_TIMEOUT: Final = 30.0
"""Time for the first welcome, enough for a bus that is started at the same moment."""

WELCOME_TIMEOUT: Final = 10.0
"""A bus that has not welcomed an agent by then is not going to."""

HEALTHY_STREAM: Final = 5.0
"""A stream or a wait that lived this long was no failed attempt: the backoff starts over."""

FAREWELL_TIMEOUT: Final = 5.0
"""Time for the bus to end a stream that the agent has ended, and for calls to notice a lost connection."""

CLOSE_GRACE: Final = 10.0
"""Time for handlers to stop when an agent closes or is refused, and for answers to come."""

CALL_TIMEOUT: Final = 30.0
"""A call that takes longer has lost its connection; only `ask` waits on purpose, and says for how long."""

MAX_CALL_ATTEMPTS: Final = 8
"""Tries of a call that may be repeated: with the waits in between ten to twenty seconds, enough for a restart."""

MAX_ANSWER_WAIT: Final = 3_600.0
"""Longest wait for the answer to a task in one call, by the contract."""

ANSWER_MARGIN: Final = 10.0
"""Time for the bus to say that such a wait is over, before the call is given up."""

WATCH_SILENCE: Final = 90.0
"""Silence on a followed session after which its connection is dead: the bus speaks every half minute at the latest."""

MAX_RECONNECT_DELAY_MS: Final = 1_000
"""Longest that gRPC waits between two tries to connect; the client's own backoff is the one that spares the bus."""
