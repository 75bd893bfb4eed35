import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MessageType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MESSAGE_TYPE_UNSPECIFIED: _ClassVar[MessageType]
    MESSAGE_TYPE_TASK_REQUEST: _ClassVar[MessageType]
    MESSAGE_TYPE_TASK_RESPONSE: _ClassVar[MessageType]
    MESSAGE_TYPE_STATUS_UPDATE: _ClassVar[MessageType]
    MESSAGE_TYPE_ERROR: _ClassVar[MessageType]
    MESSAGE_TYPE_HEARTBEAT: _ClassVar[MessageType]
    MESSAGE_TYPE_NOTIFICATION: _ClassVar[MessageType]

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRIORITY_UNSPECIFIED: _ClassVar[Priority]
    PRIORITY_LOW: _ClassVar[Priority]
    PRIORITY_MEDIUM: _ClassVar[Priority]
    PRIORITY_HIGH: _ClassVar[Priority]
    PRIORITY_CRITICAL: _ClassVar[Priority]

class ReplyMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPLY_MODE_UNSPECIFIED: _ClassVar[ReplyMode]
    REPLY_MODE_MAILBOX: _ClassVar[ReplyMode]
    REPLY_MODE_SESSION: _ClassVar[ReplyMode]

class Backoff(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKOFF_UNSPECIFIED: _ClassVar[Backoff]
    BACKOFF_NONE: _ClassVar[Backoff]
    BACKOFF_LINEAR: _ClassVar[Backoff]
    BACKOFF_EXPONENTIAL: _ClassVar[Backoff]

class DeliveryMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_MODE_UNSPECIFIED: _ClassVar[DeliveryMode]
    DELIVERY_MODE_ASYNC: _ClassVar[DeliveryMode]
    DELIVERY_MODE_SYNC: _ClassVar[DeliveryMode]

class MessageState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MESSAGE_STATE_UNSPECIFIED: _ClassVar[MessageState]
    MESSAGE_STATE_QUEUED: _ClassVar[MessageState]
    MESSAGE_STATE_DELIVERED: _ClassVar[MessageState]
    MESSAGE_STATE_ACKNOWLEDGED: _ClassVar[MessageState]
    MESSAGE_STATE_EXPIRED: _ClassVar[MessageState]
    MESSAGE_STATE_DEAD_LETTERED: _ClassVar[MessageState]
    MESSAGE_STATE_WITHDRAWN: _ClassVar[MessageState]
MESSAGE_TYPE_UNSPECIFIED: MessageType
MESSAGE_TYPE_TASK_REQUEST: MessageType
MESSAGE_TYPE_TASK_RESPONSE: MessageType
MESSAGE_TYPE_STATUS_UPDATE: MessageType
MESSAGE_TYPE_ERROR: MessageType
MESSAGE_TYPE_HEARTBEAT: MessageType
MESSAGE_TYPE_NOTIFICATION: MessageType
PRIORITY_UNSPECIFIED: Priority
PRIORITY_LOW: Priority
PRIORITY_MEDIUM: Priority
PRIORITY_HIGH: Priority
PRIORITY_CRITICAL: Priority
REPLY_MODE_UNSPECIFIED: ReplyMode
REPLY_MODE_MAILBOX: ReplyMode
REPLY_MODE_SESSION: ReplyMode
BACKOFF_UNSPECIFIED: Backoff
BACKOFF_NONE: Backoff
BACKOFF_LINEAR: Backoff
BACKOFF_EXPONENTIAL: Backoff
DELIVERY_MODE_UNSPECIFIED: DeliveryMode
DELIVERY_MODE_ASYNC: DeliveryMode
DELIVERY_MODE_SYNC: DeliveryMode
MESSAGE_STATE_UNSPECIFIED: MessageState
MESSAGE_STATE_QUEUED: MessageState
MESSAGE_STATE_DELIVERED: MessageState
MESSAGE_STATE_ACKNOWLEDGED: MessageState
MESSAGE_STATE_EXPIRED: MessageState
MESSAGE_STATE_DEAD_LETTERED: MessageState
MESSAGE_STATE_WITHDRAWN: MessageState

class Envelope(_message.Message):
    __slots__ = ("message_id", "sender", "recipient", "message_type", "priority", "correlation_id", "parent_task_id", "step", "routing", "timestamp", "metadata", "content_type", "payload", "data")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    sender: Sender
    recipient: Recipient
    message_type: MessageType
    priority: Priority
    correlation_id: str
    parent_task_id: str
    step: str
    routing: Routing
    timestamp: _timestamp_pb2.Timestamp
    metadata: _containers.ScalarMap[str, str]
    content_type: str
    payload: _struct_pb2.Struct
    data: bytes
    def __init__(self, message_id: _Optional[str] = ..., sender: _Optional[_Union[Sender, _Mapping]] = ..., recipient: _Optional[_Union[Recipient, _Mapping]] = ..., message_type: _Optional[_Union[MessageType, str]] = ..., priority: _Optional[_Union[Priority, str]] = ..., correlation_id: _Optional[str] = ..., parent_task_id: _Optional[str] = ..., step: _Optional[str] = ..., routing: _Optional[_Union[Routing, _Mapping]] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., content_type: _Optional[str] = ..., payload: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class Sender(_message.Message):
    __slots__ = ("agent_id", "framework", "session_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    FRAMEWORK_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    framework: str
    session_id: str
    def __init__(self, agent_id: _Optional[str] = ..., framework: _Optional[str] = ..., session_id: _Optional[str] = ...) -> None: ...

class Recipient(_message.Message):
    __slots__ = ("agent_id", "role", "capability", "all_participants", "framework")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    ALL_PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    FRAMEWORK_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    role: str
    capability: str
    all_participants: bool
    framework: str
    def __init__(self, agent_id: _Optional[str] = ..., role: _Optional[str] = ..., capability: _Optional[str] = ..., all_participants: bool = ..., framework: _Optional[str] = ...) -> None: ...

class Routing(_message.Message):
    __slots__ = ("timeout", "retry_policy", "fallback_agents", "delivery_mode", "expires_at", "receipts", "reply_mode")
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    RETRY_POLICY_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_AGENTS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_MODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    REPLY_MODE_FIELD_NUMBER: _ClassVar[int]
    timeout: _duration_pb2.Duration
    retry_policy: RetryPolicy
    fallback_agents: _containers.RepeatedScalarFieldContainer[str]
    delivery_mode: DeliveryMode
    expires_at: _timestamp_pb2.Timestamp
    receipts: _containers.RepeatedScalarFieldContainer[MessageState]
    reply_mode: ReplyMode
    def __init__(self, timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., retry_policy: _Optional[_Union[RetryPolicy, _Mapping]] = ..., fallback_agents: _Optional[_Iterable[str]] = ..., delivery_mode: _Optional[_Union[DeliveryMode, str]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipts: _Optional[_Iterable[_Union[MessageState, str]]] = ..., reply_mode: _Optional[_Union[ReplyMode, str]] = ...) -> None: ...

class RetryPolicy(_message.Message):
    __slots__ = ("max_retries", "backoff", "initial_delay", "max_delay")
    MAX_RETRIES_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_FIELD_NUMBER: _ClassVar[int]
    INITIAL_DELAY_FIELD_NUMBER: _ClassVar[int]
    MAX_DELAY_FIELD_NUMBER: _ClassVar[int]
    max_retries: int
    backoff: Backoff
    initial_delay: _duration_pb2.Duration
    max_delay: _duration_pb2.Duration
    def __init__(self, max_retries: _Optional[int] = ..., backoff: _Optional[_Union[Backoff, str]] = ..., initial_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
