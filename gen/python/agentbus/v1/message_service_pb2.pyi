import datetime

from agentbus.v1 import delivery_pb2 as _delivery_pb2
from agentbus.v1 import envelope_pb2 as _envelope_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SendMessageRequest(_message.Message):
    __slots__ = ("message", "cancel_on_timeout", "wait")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ON_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    message: _envelope_pb2.Envelope
    cancel_on_timeout: bool
    wait: _duration_pb2.Duration
    def __init__(self, message: _Optional[_Union[_envelope_pb2.Envelope, _Mapping]] = ..., cancel_on_timeout: bool = ..., wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SendMessageResponse(_message.Message):
    __slots__ = ("message_id", "duplicate", "accepted_time", "reply", "recipients")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    duplicate: bool
    accepted_time: _timestamp_pb2.Timestamp
    reply: _envelope_pb2.Envelope
    recipients: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, message_id: _Optional[str] = ..., duplicate: bool = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reply: _Optional[_Union[_envelope_pb2.Envelope, _Mapping]] = ..., recipients: _Optional[_Iterable[str]] = ...) -> None: ...

class ReceiveMessagesRequest(_message.Message):
    __slots__ = ("agent_id", "instance_id", "max_messages", "wait", "lease")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    instance_id: str
    max_messages: int
    wait: _duration_pb2.Duration
    lease: _duration_pb2.Duration
    def __init__(self, agent_id: _Optional[str] = ..., instance_id: _Optional[str] = ..., max_messages: _Optional[int] = ..., wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ReceiveMessagesResponse(_message.Message):
    __slots__ = ("deliveries",)
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[_delivery_pb2.Delivery]
    def __init__(self, deliveries: _Optional[_Iterable[_Union[_delivery_pb2.Delivery, _Mapping]]] = ...) -> None: ...

class AcknowledgeMessagesRequest(_message.Message):
    __slots__ = ("agent_id", "delivery_ids")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, agent_id: _Optional[str] = ..., delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class AcknowledgeMessagesResponse(_message.Message):
    __slots__ = ("stale_delivery_ids",)
    STALE_DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    stale_delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stale_delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RejectMessagesRequest(_message.Message):
    __slots__ = ("agent_id", "delivery_ids", "requeue_delay", "drop", "reason")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    REQUEUE_DELAY_FIELD_NUMBER: _ClassVar[int]
    DROP_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    requeue_delay: _duration_pb2.Duration
    drop: bool
    reason: str
    def __init__(self, agent_id: _Optional[str] = ..., delivery_ids: _Optional[_Iterable[str]] = ..., requeue_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., drop: bool = ..., reason: _Optional[str] = ...) -> None: ...

class RejectMessagesResponse(_message.Message):
    __slots__ = ("stale_delivery_ids",)
    STALE_DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    stale_delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stale_delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ExtendLeasesRequest(_message.Message):
    __slots__ = ("agent_id", "delivery_ids", "lease")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    lease: _duration_pb2.Duration
    def __init__(self, agent_id: _Optional[str] = ..., delivery_ids: _Optional[_Iterable[str]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ExtendLeasesResponse(_message.Message):
    __slots__ = ("stale_delivery_ids", "lease_expires_at")
    STALE_DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    LEASE_EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    stale_delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    lease_expires_at: _timestamp_pb2.Timestamp
    def __init__(self, stale_delivery_ids: _Optional[_Iterable[str]] = ..., lease_expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetMessageStatusRequest(_message.Message):
    __slots__ = ("sender", "message_id")
    SENDER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    sender: str
    message_id: str
    def __init__(self, sender: _Optional[str] = ..., message_id: _Optional[str] = ...) -> None: ...

class GetMessageStatusResponse(_message.Message):
    __slots__ = ("statuses",)
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    statuses: _containers.RepeatedCompositeFieldContainer[MessageStatus]
    def __init__(self, statuses: _Optional[_Iterable[_Union[MessageStatus, _Mapping]]] = ...) -> None: ...

class MessageStatus(_message.Message):
    __slots__ = ("recipient", "state", "accepted_time", "state_time", "attempt", "reason")
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    recipient: str
    state: _envelope_pb2.MessageState
    accepted_time: _timestamp_pb2.Timestamp
    state_time: _timestamp_pb2.Timestamp
    attempt: int
    reason: str
    def __init__(self, recipient: _Optional[str] = ..., state: _Optional[_Union[_envelope_pb2.MessageState, str]] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempt: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ListDeadLettersRequest(_message.Message):
    __slots__ = ("agent_id", "page_size", "page_token")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    page_size: int
    page_token: str
    def __init__(self, agent_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDeadLettersResponse(_message.Message):
    __slots__ = ("dead_letters", "next_page_token")
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    dead_letters: _containers.RepeatedCompositeFieldContainer[_delivery_pb2.DeadLetter]
    next_page_token: str
    def __init__(self, dead_letters: _Optional[_Iterable[_Union[_delivery_pb2.DeadLetter, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RedeliverDeadLettersRequest(_message.Message):
    __slots__ = ("agent_id", "dead_letter_ids")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTER_IDS_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    dead_letter_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, agent_id: _Optional[str] = ..., dead_letter_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RedeliverDeadLettersResponse(_message.Message):
    __slots__ = ("redelivered",)
    REDELIVERED_FIELD_NUMBER: _ClassVar[int]
    redelivered: int
    def __init__(self, redelivered: _Optional[int] = ...) -> None: ...

class PurgeDeadLettersRequest(_message.Message):
    __slots__ = ("agent_id", "dead_letter_ids")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTER_IDS_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    dead_letter_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, agent_id: _Optional[str] = ..., dead_letter_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PurgeDeadLettersResponse(_message.Message):
    __slots__ = ("purged",)
    PURGED_FIELD_NUMBER: _ClassVar[int]
    purged: int
    def __init__(self, purged: _Optional[int] = ...) -> None: ...
