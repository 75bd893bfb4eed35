import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ParticipantStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTICIPANT_STATUS_UNSPECIFIED: _ClassVar[ParticipantStatus]
    PARTICIPANT_STATUS_ACTIVE: _ClassVar[ParticipantStatus]
    PARTICIPANT_STATUS_REMOVED: _ClassVar[ParticipantStatus]
PARTICIPANT_STATUS_UNSPECIFIED: ParticipantStatus
PARTICIPANT_STATUS_ACTIVE: ParticipantStatus
PARTICIPANT_STATUS_REMOVED: ParticipantStatus

class Participant(_message.Message):
    __slots__ = ("agent_id", "framework", "role", "status", "join_time")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    FRAMEWORK_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    JOIN_TIME_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    framework: str
    role: str
    status: ParticipantStatus
    join_time: _timestamp_pb2.Timestamp
    def __init__(self, agent_id: _Optional[str] = ..., framework: _Optional[str] = ..., role: _Optional[str] = ..., status: _Optional[_Union[ParticipantStatus, str]] = ..., join_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NewParticipant(_message.Message):
    __slots__ = ("agent_id", "framework", "role")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    FRAMEWORK_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    framework: str
    role: str
    def __init__(self, agent_id: _Optional[str] = ..., framework: _Optional[str] = ..., role: _Optional[str] = ...) -> None: ...
