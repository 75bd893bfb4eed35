import datetime

from agentbus.v1 import agent_pb2 as _agent_pb2
from agentbus.v1 import delivery_pb2 as _delivery_pb2
from agentbus.v1 import envelope_pb2 as _envelope_pb2
from agentbus.v1 import session_event_pb2 as _session_event_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import error_details_pb2 as _error_details_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentStreamRequest(_message.Message):
    __slots__ = ("hello", "send", "ack", "reject", "extend", "heartbeat", "watch", "unwatch", "drain")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    SEND_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    REJECT_FIELD_NUMBER: _ClassVar[int]
    EXTEND_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    WATCH_FIELD_NUMBER: _ClassVar[int]
    UNWATCH_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    send: SendFrame
    ack: AckFrame
    reject: RejectFrame
    extend: ExtendFrame
    heartbeat: ClientHeartbeat
    watch: WatchFrame
    unwatch: UnwatchFrame
    drain: ClientDrain
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., send: _Optional[_Union[SendFrame, _Mapping]] = ..., ack: _Optional[_Union[AckFrame, _Mapping]] = ..., reject: _Optional[_Union[RejectFrame, _Mapping]] = ..., extend: _Optional[_Union[ExtendFrame, _Mapping]] = ..., heartbeat: _Optional[_Union[ClientHeartbeat, _Mapping]] = ..., watch: _Optional[_Union[WatchFrame, _Mapping]] = ..., unwatch: _Optional[_Union[UnwatchFrame, _Mapping]] = ..., drain: _Optional[_Union[ClientDrain, _Mapping]] = ...) -> None: ...

class AgentStreamResponse(_message.Message):
    __slots__ = ("welcome", "delivery", "send_result", "settle_result", "receipt", "session_event", "heartbeat", "drain", "error")
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    SEND_RESULT_FIELD_NUMBER: _ClassVar[int]
    SETTLE_RESULT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SESSION_EVENT_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    welcome: Welcome
    delivery: DeliveryFrame
    send_result: SendResultFrame
    settle_result: SettleResultFrame
    receipt: _delivery_pb2.Receipt
    session_event: SessionEventFrame
    heartbeat: ServerHeartbeat
    drain: ServerDrain
    error: ErrorFrame
    def __init__(self, welcome: _Optional[_Union[Welcome, _Mapping]] = ..., delivery: _Optional[_Union[DeliveryFrame, _Mapping]] = ..., send_result: _Optional[_Union[SendResultFrame, _Mapping]] = ..., settle_result: _Optional[_Union[SettleResultFrame, _Mapping]] = ..., receipt: _Optional[_Union[_delivery_pb2.Receipt, _Mapping]] = ..., session_event: _Optional[_Union[SessionEventFrame, _Mapping]] = ..., heartbeat: _Optional[_Union[ServerHeartbeat, _Mapping]] = ..., drain: _Optional[_Union[ServerDrain, _Mapping]] = ..., error: _Optional[_Union[ErrorFrame, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("agent", "instance_id", "max_in_flight", "watch_sessions", "protocol_version", "confirm_settlements", "send_only", "lease")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    WATCH_SESSIONS_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_SETTLEMENTS_FIELD_NUMBER: _ClassVar[int]
    SEND_ONLY_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    agent: _agent_pb2.AgentDescriptor
    instance_id: str
    max_in_flight: int
    watch_sessions: _containers.RepeatedCompositeFieldContainer[WatchFrame]
    protocol_version: int
    confirm_settlements: bool
    send_only: bool
    lease: _duration_pb2.Duration
    def __init__(self, agent: _Optional[_Union[_agent_pb2.AgentDescriptor, _Mapping]] = ..., instance_id: _Optional[str] = ..., max_in_flight: _Optional[int] = ..., watch_sessions: _Optional[_Iterable[_Union[WatchFrame, _Mapping]]] = ..., protocol_version: _Optional[int] = ..., confirm_settlements: bool = ..., send_only: bool = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SendFrame(_message.Message):
    __slots__ = ("messages",)
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[_envelope_pb2.Envelope]
    def __init__(self, messages: _Optional[_Iterable[_Union[_envelope_pb2.Envelope, _Mapping]]] = ...) -> None: ...

class AckFrame(_message.Message):
    __slots__ = ("delivery_ids",)
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RejectFrame(_message.Message):
    __slots__ = ("delivery_ids", "requeue_delay", "drop", "reason")
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    REQUEUE_DELAY_FIELD_NUMBER: _ClassVar[int]
    DROP_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    requeue_delay: _duration_pb2.Duration
    drop: bool
    reason: str
    def __init__(self, delivery_ids: _Optional[_Iterable[str]] = ..., requeue_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., drop: bool = ..., reason: _Optional[str] = ...) -> None: ...

class ExtendFrame(_message.Message):
    __slots__ = ("delivery_ids",)
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ClientHeartbeat(_message.Message):
    __slots__ = ("load", "note")
    LOAD_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    load: float
    note: str
    def __init__(self, load: _Optional[float] = ..., note: _Optional[str] = ...) -> None: ...

class WatchFrame(_message.Message):
    __slots__ = ("session_id", "after_sequence")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    after_sequence: int
    def __init__(self, session_id: _Optional[str] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class UnwatchFrame(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ClientDrain(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("connection_id", "heartbeat_interval", "limits", "server_version", "protocol_version")
    CONNECTION_ID_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    connection_id: str
    heartbeat_interval: _duration_pb2.Duration
    limits: StreamLimits
    server_version: str
    protocol_version: int
    def __init__(self, connection_id: _Optional[str] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., limits: _Optional[_Union[StreamLimits, _Mapping]] = ..., server_version: _Optional[str] = ..., protocol_version: _Optional[int] = ...) -> None: ...

class StreamLimits(_message.Message):
    __slots__ = ("max_in_flight", "max_envelope_bytes", "max_frame_bytes", "lease")
    MAX_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_ENVELOPE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_FRAME_BYTES_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    max_in_flight: int
    max_envelope_bytes: int
    max_frame_bytes: int
    lease: _duration_pb2.Duration
    def __init__(self, max_in_flight: _Optional[int] = ..., max_envelope_bytes: _Optional[int] = ..., max_frame_bytes: _Optional[int] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class DeliveryFrame(_message.Message):
    __slots__ = ("deliveries",)
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[_delivery_pb2.Delivery]
    def __init__(self, deliveries: _Optional[_Iterable[_Union[_delivery_pb2.Delivery, _Mapping]]] = ...) -> None: ...

class SendResultFrame(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SendResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SendResult, _Mapping]]] = ...) -> None: ...

class SendResult(_message.Message):
    __slots__ = ("message_id", "accepted", "duplicate", "error")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    accepted: SendAccepted
    duplicate: SendDuplicate
    error: ErrorStatus
    def __init__(self, message_id: _Optional[str] = ..., accepted: _Optional[_Union[SendAccepted, _Mapping]] = ..., duplicate: _Optional[_Union[SendDuplicate, _Mapping]] = ..., error: _Optional[_Union[ErrorStatus, _Mapping]] = ...) -> None: ...

class SendAccepted(_message.Message):
    __slots__ = ("accepted_time", "recipients")
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    accepted_time: _timestamp_pb2.Timestamp
    recipients: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recipients: _Optional[_Iterable[str]] = ...) -> None: ...

class SendDuplicate(_message.Message):
    __slots__ = ("accepted_time", "recipients")
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    accepted_time: _timestamp_pb2.Timestamp
    recipients: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recipients: _Optional[_Iterable[str]] = ...) -> None: ...

class SettleResultFrame(_message.Message):
    __slots__ = ("delivery_ids", "stale_delivery_ids")
    DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    STALE_DELIVERY_IDS_FIELD_NUMBER: _ClassVar[int]
    delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    stale_delivery_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, delivery_ids: _Optional[_Iterable[str]] = ..., stale_delivery_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SessionEventFrame(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_session_event_pb2.SessionEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[_session_event_pb2.SessionEvent, _Mapping]]] = ...) -> None: ...

class ServerHeartbeat(_message.Message):
    __slots__ = ("time",)
    TIME_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ServerDrain(_message.Message):
    __slots__ = ("reconnect_after", "reason")
    RECONNECT_AFTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    reconnect_after: _duration_pb2.Duration
    reason: str
    def __init__(self, reconnect_after: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class ErrorFrame(_message.Message):
    __slots__ = ("error", "session_id")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    error: ErrorStatus
    session_id: str
    def __init__(self, error: _Optional[_Union[ErrorStatus, _Mapping]] = ..., session_id: _Optional[str] = ...) -> None: ...

class ErrorStatus(_message.Message):
    __slots__ = ("code", "message", "info")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    info: _error_details_pb2.ErrorInfo
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ..., info: _Optional[_Union[_error_details_pb2.ErrorInfo, _Mapping]] = ...) -> None: ...
