import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StepFailurePolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STEP_FAILURE_POLICY_UNSPECIFIED: _ClassVar[StepFailurePolicy]
    STEP_FAILURE_POLICY_HOLD: _ClassVar[StepFailurePolicy]
    STEP_FAILURE_POLICY_SKIP: _ClassVar[StepFailurePolicy]
    STEP_FAILURE_POLICY_STOP: _ClassVar[StepFailurePolicy]

class StepStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STEP_STATUS_UNSPECIFIED: _ClassVar[StepStatus]
    STEP_STATUS_PENDING: _ClassVar[StepStatus]
    STEP_STATUS_IN_PROGRESS: _ClassVar[StepStatus]
    STEP_STATUS_COMPLETED: _ClassVar[StepStatus]
    STEP_STATUS_FAILED: _ClassVar[StepStatus]
    STEP_STATUS_SKIPPED: _ClassVar[StepStatus]

class WorkflowMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKFLOW_MODE_UNSPECIFIED: _ClassVar[WorkflowMode]
    WORKFLOW_MODE_AUTOMATIC: _ClassVar[WorkflowMode]
    WORKFLOW_MODE_MANUAL: _ClassVar[WorkflowMode]
STEP_FAILURE_POLICY_UNSPECIFIED: StepFailurePolicy
STEP_FAILURE_POLICY_HOLD: StepFailurePolicy
STEP_FAILURE_POLICY_SKIP: StepFailurePolicy
STEP_FAILURE_POLICY_STOP: StepFailurePolicy
STEP_STATUS_UNSPECIFIED: StepStatus
STEP_STATUS_PENDING: StepStatus
STEP_STATUS_IN_PROGRESS: StepStatus
STEP_STATUS_COMPLETED: StepStatus
STEP_STATUS_FAILED: StepStatus
STEP_STATUS_SKIPPED: StepStatus
WORKFLOW_MODE_UNSPECIFIED: WorkflowMode
WORKFLOW_MODE_AUTOMATIC: WorkflowMode
WORKFLOW_MODE_MANUAL: WorkflowMode

class Workflow(_message.Message):
    __slots__ = ("steps", "current_step", "completed_steps", "pending_steps", "mode")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_STEP_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_STEPS_FIELD_NUMBER: _ClassVar[int]
    PENDING_STEPS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[WorkflowStep]
    current_step: str
    completed_steps: _containers.RepeatedScalarFieldContainer[str]
    pending_steps: _containers.RepeatedScalarFieldContainer[str]
    mode: WorkflowMode
    def __init__(self, steps: _Optional[_Iterable[_Union[WorkflowStep, _Mapping]]] = ..., current_step: _Optional[str] = ..., completed_steps: _Optional[_Iterable[str]] = ..., pending_steps: _Optional[_Iterable[str]] = ..., mode: _Optional[_Union[WorkflowMode, str]] = ...) -> None: ...

class WorkflowStep(_message.Message):
    __slots__ = ("name", "required_agents", "depends_on", "status", "started_at", "completed_at", "on_failure")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_AGENTS_FIELD_NUMBER: _ClassVar[int]
    DEPENDS_ON_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    ON_FAILURE_FIELD_NUMBER: _ClassVar[int]
    name: str
    required_agents: _containers.RepeatedScalarFieldContainer[str]
    depends_on: _containers.RepeatedScalarFieldContainer[str]
    status: StepStatus
    started_at: _timestamp_pb2.Timestamp
    completed_at: _timestamp_pb2.Timestamp
    on_failure: StepFailurePolicy
    def __init__(self, name: _Optional[str] = ..., required_agents: _Optional[_Iterable[str]] = ..., depends_on: _Optional[_Iterable[str]] = ..., status: _Optional[_Union[StepStatus, str]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., on_failure: _Optional[_Union[StepFailurePolicy, str]] = ...) -> None: ...

class NewWorkflow(_message.Message):
    __slots__ = ("steps", "mode")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[NewWorkflowStep]
    mode: WorkflowMode
    def __init__(self, steps: _Optional[_Iterable[_Union[NewWorkflowStep, _Mapping]]] = ..., mode: _Optional[_Union[WorkflowMode, str]] = ...) -> None: ...

class NewWorkflowStep(_message.Message):
    __slots__ = ("name", "required_agents", "depends_on", "on_failure")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_AGENTS_FIELD_NUMBER: _ClassVar[int]
    DEPENDS_ON_FIELD_NUMBER: _ClassVar[int]
    ON_FAILURE_FIELD_NUMBER: _ClassVar[int]
    name: str
    required_agents: _containers.RepeatedScalarFieldContainer[str]
    depends_on: StepDependencies
    on_failure: StepFailurePolicy
    def __init__(self, name: _Optional[str] = ..., required_agents: _Optional[_Iterable[str]] = ..., depends_on: _Optional[_Union[StepDependencies, _Mapping]] = ..., on_failure: _Optional[_Union[StepFailurePolicy, str]] = ...) -> None: ...

class StepDependencies(_message.Message):
    __slots__ = ("steps",)
    STEPS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, steps: _Optional[_Iterable[str]] = ...) -> None: ...
