"""Messages on their way out, as envelopes."""

from __future__ import annotations

from datetime import datetime

from grpc import StatusCode

from agentbus import limits
from agentbus._wire.json_struct import fill_struct
from agentbus._wire.times import duration, timestamp
from agentbus.enums import Replies
from agentbus.errors import AgentbusError
from agentbus.messages import Address, AllParticipants, Capability, Message, Retry, Role
from agentbus.v1.envelope_pb2 import DELIVERY_MODE_SYNC, Envelope, Recipient, RetryPolicy, Routing


def envelope_of(message: Message, *, sender: str, message_id: str, now: datetime, waits: bool = False) -> Envelope:
    """Makes an envelope. `message_id` and `now` are for a message that was not given an id.

    With `waits` the call that sends it waits for the end of the task.
    """
    envelope = Envelope(
        message_id=message.message_id or message_id,
        message_type=int(message.type),  # type: ignore[arg-type]
        priority=int(message.priority),  # type: ignore[arg-type]
        correlation_id=message.correlation_id,
        parent_task_id=message.parent_task_id,
        step=message.step,
        metadata=message.metadata,
        content_type=message.content_type,
    )
    envelope.sender.agent_id = sender
    envelope.sender.session_id = message.session_id
    _address(envelope.recipient, message.to)
    _fill_routing(envelope, message, waits)
    _fill_content(envelope, message)
    if not message.message_id:
        envelope.timestamp.CopyFrom(timestamp(now))
    return envelope


def encode_envelope(envelope: Envelope) -> bytes:
    """Encodes an envelope once for all its sendings; MESSAGE_TOO_LARGE above the contract's bound."""
    encoded = envelope.SerializeToString()
    limit = limits.MAX_ENVELOPE_BYTES
    if len(encoded) <= limit:
        return encoded
    raise AgentbusError(
        StatusCode.RESOURCE_EXHAUSTED,
        f"message {envelope.message_id} has {len(encoded)} bytes, more than {limit}: pass large things by reference",
        reason="MESSAGE_TOO_LARGE",
        facts={"limit": str(limit), "actual": str(len(encoded))},
    )


def _address(recipient: Recipient, to: Address) -> None:
    if isinstance(to, str):
        recipient.agent_id = to
    elif isinstance(to, Role):
        recipient.role = to.name
    elif isinstance(to, Capability):
        recipient.capability = to.name
    elif isinstance(to, AllParticipants):
        recipient.all_participants = True
    else:
        raise AgentbusError(StatusCode.INVALID_ARGUMENT, f"{to!r} is not an agent id, a role or a capability")


def _fill_content(envelope: Envelope, message: Message) -> None:
    if message.payload is not None and message.data is not None:
        raise AgentbusError(StatusCode.INVALID_ARGUMENT, "a message has a payload or data, not both")
    if message.payload is not None:
        fill_struct(envelope.payload, message.payload)
    elif message.data is not None:
        envelope.data = message.data


def _fill_routing(envelope: Envelope, message: Message, waits: bool) -> None:
    routing = Routing(fallback_agents=message.fallback_agents, receipts=[int(state) for state in message.receipts])  # type: ignore[misc]
    if message.timeout is not None:
        routing.timeout.CopyFrom(duration(message.timeout))
    if message.retry is not None:
        routing.retry_policy.CopyFrom(_retry_policy(message.retry))
    if message.expires_at is not None:
        routing.expires_at.CopyFrom(timestamp(message.expires_at))
    if message.replies is not Replies.UNSPECIFIED:
        routing.reply_mode = int(message.replies)  # type: ignore[assignment]
    if waits:
        routing.delivery_mode = DELIVERY_MODE_SYNC
    if routing.ByteSize() > 0:
        envelope.routing.CopyFrom(routing)


def _retry_policy(retry: Retry) -> RetryPolicy:
    policy = RetryPolicy(max_retries=retry.max_retries, backoff=int(retry.backoff))  # type: ignore[arg-type]
    if retry.initial_delay is not None:
        policy.initial_delay.CopyFrom(duration(retry.initial_delay))
    if retry.max_delay is not None:
        policy.max_delay.CopyFrom(duration(retry.max_delay))
    return policy
