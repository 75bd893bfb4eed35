import datetime

from agentbus.v1 import envelope_pb2 as _envelope_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RedeliveryReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REDELIVERY_REASON_UNSPECIFIED: _ClassVar[RedeliveryReason]
    REDELIVERY_REASON_LEASE_EXPIRED: _ClassVar[RedeliveryReason]
    REDELIVERY_REASON_STREAM_CLOSED: _ClassVar[RedeliveryReason]
    REDELIVERY_REASON_REJECTED: _ClassVar[RedeliveryReason]
    REDELIVERY_REASON_BUS_RESTARTED: _ClassVar[RedeliveryReason]
REDELIVERY_REASON_UNSPECIFIED: RedeliveryReason
REDELIVERY_REASON_LEASE_EXPIRED: RedeliveryReason
REDELIVERY_REASON_STREAM_CLOSED: RedeliveryReason
REDELIVERY_REASON_REJECTED: RedeliveryReason
REDELIVERY_REASON_BUS_RESTARTED: RedeliveryReason

class Delivery(_message.Message):
    __slots__ = ("delivery_id", "attempt", "redelivered_because", "lease_expires_at", "accepted_time", "message")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    REDELIVERED_BECAUSE_FIELD_NUMBER: _ClassVar[int]
    LEASE_EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    attempt: int
    redelivered_because: RedeliveryReason
    lease_expires_at: _timestamp_pb2.Timestamp
    accepted_time: _timestamp_pb2.Timestamp
    message: _envelope_pb2.Envelope
    def __init__(self, delivery_id: _Optional[str] = ..., attempt: _Optional[int] = ..., redelivered_because: _Optional[_Union[RedeliveryReason, str]] = ..., lease_expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., message: _Optional[_Union[_envelope_pb2.Envelope, _Mapping]] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("message_id", "recipient", "state", "time", "attempt", "reason")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    recipient: str
    state: _envelope_pb2.MessageState
    time: _timestamp_pb2.Timestamp
    attempt: int
    reason: str
    def __init__(self, message_id: _Optional[str] = ..., recipient: _Optional[str] = ..., state: _Optional[_Union[_envelope_pb2.MessageState, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempt: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class DeadLetter(_message.Message):
    __slots__ = ("dead_letter_id", "agent_id", "reason", "time", "attempts", "message", "accepted_time")
    DEAD_LETTER_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    dead_letter_id: str
    agent_id: str
    reason: str
    time: _timestamp_pb2.Timestamp
    attempts: int
    message: _envelope_pb2.Envelope
    accepted_time: _timestamp_pb2.Timestamp
    def __init__(self, dead_letter_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., reason: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempts: _Optional[int] = ..., message: _Optional[_Union[_envelope_pb2.Envelope, _Mapping]] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
