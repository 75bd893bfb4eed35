from agentbus.v1 import task_pb2 as _task_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AggregationMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGGREGATION_METHOD_UNSPECIFIED: _ClassVar[AggregationMethod]
    AGGREGATION_METHOD_CONSENSUS: _ClassVar[AggregationMethod]
    AGGREGATION_METHOD_CONFIDENCE_WEIGHTED: _ClassVar[AggregationMethod]
    AGGREGATION_METHOD_SPECIALIST_PRIORITY: _ClassVar[AggregationMethod]
    AGGREGATION_METHOD_MANUAL: _ClassVar[AggregationMethod]
AGGREGATION_METHOD_UNSPECIFIED: AggregationMethod
AGGREGATION_METHOD_CONSENSUS: AggregationMethod
AGGREGATION_METHOD_CONFIDENCE_WEIGHTED: AggregationMethod
AGGREGATION_METHOD_SPECIALIST_PRIORITY: AggregationMethod
AGGREGATION_METHOD_MANUAL: AggregationMethod

class AgentResult(_message.Message):
    __slots__ = ("agent_id", "role", "task_id", "result", "confidence")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    role: str
    task_id: str
    result: _task_pb2.TaskResult
    confidence: float
    def __init__(self, agent_id: _Optional[str] = ..., role: _Optional[str] = ..., task_id: _Optional[str] = ..., result: _Optional[_Union[_task_pb2.TaskResult, _Mapping]] = ..., confidence: _Optional[float] = ...) -> None: ...

class Conflict(_message.Message):
    __slots__ = ("key", "values")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    key: str
    values: _containers.RepeatedCompositeFieldContainer[ConflictingValue]
    def __init__(self, key: _Optional[str] = ..., values: _Optional[_Iterable[_Union[ConflictingValue, _Mapping]]] = ...) -> None: ...

class ConflictingValue(_message.Message):
    __slots__ = ("value", "agent_ids")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    AGENT_IDS_FIELD_NUMBER: _ClassVar[int]
    value: _struct_pb2.Value
    agent_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., agent_ids: _Optional[_Iterable[str]] = ...) -> None: ...
