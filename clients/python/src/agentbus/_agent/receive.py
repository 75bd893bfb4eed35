"""Deliveries as their handlers see them."""

from __future__ import annotations

from agentbus._wire.json_struct import read_struct
from agentbus._wire.times import moment_of, seconds_of
from agentbus.enums import MessageType, Priority
from agentbus.incoming import IncomingMessage, IncomingTask
from agentbus.v1.delivery_pb2 import REDELIVERY_REASON_UNSPECIFIED, Delivery


def incoming_message(delivery: Delivery) -> IncomingMessage:
    """Makes the message of a delivery."""
    message = delivery.message
    kind = MessageType(message.message_type)
    make = IncomingTask if kind is MessageType.TASK_REQUEST else IncomingMessage
    content = message.WhichOneof("content")
    return make(
        message_id=message.message_id,
        type=kind,
        sender=message.sender.agent_id,
        session_id=message.sender.session_id,
        correlation_id=message.correlation_id,
        parent_task_id=message.parent_task_id,
        step=message.step,
        priority=Priority(message.priority),
        payload=read_struct(message.payload) if content == "payload" else {},
        data=message.data if content == "data" else None,
        content_type=message.content_type,
        metadata=dict(message.metadata),
        sent_at=moment_of(message.timestamp) if message.HasField("timestamp") else None,
        accepted_at=moment_of(delivery.accepted_time) if delivery.HasField("accepted_time") else None,
        timeout=seconds_of(message.routing.timeout) if message.routing.HasField("timeout") else None,
        attempt=delivery.attempt,
        redelivered=delivery.redelivered_because != REDELIVERY_REASON_UNSPECIFIED,
    )
