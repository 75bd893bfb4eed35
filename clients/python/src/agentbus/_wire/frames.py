"""Frames to the bus, encoded."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.duration_pb2 import Duration

from agentbus.v1.agent_stream_pb2 import (
    AckFrame,
    AgentStreamRequest,
    ClientDrain,
    ClientHeartbeat,
    ExtendFrame,
    Hello,
    RejectFrame,
)

_SEND = bytes([AgentStreamRequest.SEND_FIELD_NUMBER << 3 | 2])
_MESSAGES = bytes([1 << 3 | 2])


def hello_frame(hello: Hello) -> bytes:
    """Opens the conversation."""
    return AgentStreamRequest(hello=hello).SerializeToString()


def send_frame(envelopes: Sequence[bytes]) -> bytes:
    """Sends messages, with their bytes as they are: decoding them again would be in vain."""
    parts: list[bytes] = []
    for envelope in envelopes:
        parts += (_MESSAGES, _varint(len(envelope)), envelope)
    body = b"".join(parts)
    return b"".join((_SEND, _varint(len(body)), body))


def ack_frame(delivery_ids: Sequence[str]) -> bytes:
    """Settles deliveries as done."""
    return AgentStreamRequest(ack=AckFrame(delivery_ids=delivery_ids)).SerializeToString()


def requeue_frame(delivery_id: str, delay: Duration, reason: str) -> bytes:
    """Gives a delivery back."""
    frame = RejectFrame(delivery_ids=[delivery_id], requeue_delay=delay, reason=reason)
    return AgentStreamRequest(reject=frame).SerializeToString()


def drop_frame(delivery_id: str, reason: str) -> bytes:
    """Gives a delivery up."""
    return AgentStreamRequest(
        reject=RejectFrame(delivery_ids=[delivery_id], drop=True, reason=reason)
    ).SerializeToString()


def extend_frame(delivery_ids: Sequence[str]) -> bytes:
    """Keeps deliveries for longer."""
    return AgentStreamRequest(extend=ExtendFrame(delivery_ids=delivery_ids)).SerializeToString()


def heartbeat_frame(load: float) -> bytes:
    """Says that the agent is alive and how busy it is, 0 to 1."""
    return AgentStreamRequest(heartbeat=ClientHeartbeat(load=load)).SerializeToString()


def drain_frame() -> bytes:
    """Says that the agent is going to leave."""
    return AgentStreamRequest(drain=ClientDrain()).SerializeToString()


def _varint(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
