import datetime

from agentbus.v1 import envelope_pb2 as _envelope_pb2
from agentbus.v1 import participant_pb2 as _participant_pb2
from agentbus.v1 import session_pb2 as _session_pb2
from agentbus.v1 import task_pb2 as _task_pb2
from agentbus.v1 import workflow_pb2 as _workflow_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionEventType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_EVENT_TYPE_UNSPECIFIED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_SESSION_CREATED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_PARTICIPANT_ADDED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_PARTICIPANT_REMOVED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_WORKFLOW_UPDATED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_SHARED_CONTEXT_UPDATED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_MESSAGE_SENT: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_DELEGATED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_DELIVERED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_PROGRESSED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_ATTEMPT_FAILED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_COMPLETED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_FAILED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_TIMED_OUT: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_CANCELLED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_RESPONSE_IGNORED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_SESSION_COMPLETED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_SESSION_TERMINATED: _ClassVar[SessionEventType]
    SESSION_EVENT_TYPE_TASK_ACCEPTED: _ClassVar[SessionEventType]
SESSION_EVENT_TYPE_UNSPECIFIED: SessionEventType
SESSION_EVENT_TYPE_SESSION_CREATED: SessionEventType
SESSION_EVENT_TYPE_PARTICIPANT_ADDED: SessionEventType
SESSION_EVENT_TYPE_PARTICIPANT_REMOVED: SessionEventType
SESSION_EVENT_TYPE_WORKFLOW_UPDATED: SessionEventType
SESSION_EVENT_TYPE_SHARED_CONTEXT_UPDATED: SessionEventType
SESSION_EVENT_TYPE_MESSAGE_SENT: SessionEventType
SESSION_EVENT_TYPE_TASK_DELEGATED: SessionEventType
SESSION_EVENT_TYPE_TASK_DELIVERED: SessionEventType
SESSION_EVENT_TYPE_TASK_PROGRESSED: SessionEventType
SESSION_EVENT_TYPE_TASK_ATTEMPT_FAILED: SessionEventType
SESSION_EVENT_TYPE_TASK_COMPLETED: SessionEventType
SESSION_EVENT_TYPE_TASK_FAILED: SessionEventType
SESSION_EVENT_TYPE_TASK_TIMED_OUT: SessionEventType
SESSION_EVENT_TYPE_TASK_CANCELLED: SessionEventType
SESSION_EVENT_TYPE_TASK_RESPONSE_IGNORED: SessionEventType
SESSION_EVENT_TYPE_SESSION_COMPLETED: SessionEventType
SESSION_EVENT_TYPE_SESSION_TERMINATED: SessionEventType
SESSION_EVENT_TYPE_TASK_ACCEPTED: SessionEventType

class SessionEvent(_message.Message):
    __slots__ = ("session_id", "sequence", "time", "actor", "cause", "session_created", "participant_added", "participant_removed", "workflow_updated", "shared_context_updated", "message_sent", "task_delegated", "task_delivered", "task_progressed", "task_attempt_failed", "task_completed", "task_failed", "task_timed_out", "task_cancelled", "task_response_ignored", "session_completed", "session_terminated", "task_accepted")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    SESSION_CREATED_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ADDED_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_REMOVED_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_UPDATED_FIELD_NUMBER: _ClassVar[int]
    SHARED_CONTEXT_UPDATED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_SENT_FIELD_NUMBER: _ClassVar[int]
    TASK_DELEGATED_FIELD_NUMBER: _ClassVar[int]
    TASK_DELIVERED_FIELD_NUMBER: _ClassVar[int]
    TASK_PROGRESSED_FIELD_NUMBER: _ClassVar[int]
    TASK_ATTEMPT_FAILED_FIELD_NUMBER: _ClassVar[int]
    TASK_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    TASK_FAILED_FIELD_NUMBER: _ClassVar[int]
    TASK_TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    TASK_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    TASK_RESPONSE_IGNORED_FIELD_NUMBER: _ClassVar[int]
    SESSION_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    SESSION_TERMINATED_FIELD_NUMBER: _ClassVar[int]
    TASK_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    sequence: int
    time: _timestamp_pb2.Timestamp
    actor: str
    cause: str
    session_created: SessionCreated
    participant_added: ParticipantAdded
    participant_removed: ParticipantRemoved
    workflow_updated: WorkflowUpdated
    shared_context_updated: SharedContextUpdated
    message_sent: MessageSent
    task_delegated: TaskDelegated
    task_delivered: TaskDelivered
    task_progressed: TaskProgressed
    task_attempt_failed: TaskAttemptFailed
    task_completed: TaskCompleted
    task_failed: TaskFailed
    task_timed_out: TaskTimedOut
    task_cancelled: TaskCancelled
    task_response_ignored: TaskResponseIgnored
    session_completed: SessionCompleted
    session_terminated: SessionTerminated
    task_accepted: TaskAccepted
    def __init__(self, session_id: _Optional[str] = ..., sequence: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., actor: _Optional[str] = ..., cause: _Optional[str] = ..., session_created: _Optional[_Union[SessionCreated, _Mapping]] = ..., participant_added: _Optional[_Union[ParticipantAdded, _Mapping]] = ..., participant_removed: _Optional[_Union[ParticipantRemoved, _Mapping]] = ..., workflow_updated: _Optional[_Union[WorkflowUpdated, _Mapping]] = ..., shared_context_updated: _Optional[_Union[SharedContextUpdated, _Mapping]] = ..., message_sent: _Optional[_Union[MessageSent, _Mapping]] = ..., task_delegated: _Optional[_Union[TaskDelegated, _Mapping]] = ..., task_delivered: _Optional[_Union[TaskDelivered, _Mapping]] = ..., task_progressed: _Optional[_Union[TaskProgressed, _Mapping]] = ..., task_attempt_failed: _Optional[_Union[TaskAttemptFailed, _Mapping]] = ..., task_completed: _Optional[_Union[TaskCompleted, _Mapping]] = ..., task_failed: _Optional[_Union[TaskFailed, _Mapping]] = ..., task_timed_out: _Optional[_Union[TaskTimedOut, _Mapping]] = ..., task_cancelled: _Optional[_Union[TaskCancelled, _Mapping]] = ..., task_response_ignored: _Optional[_Union[TaskResponseIgnored, _Mapping]] = ..., session_completed: _Optional[_Union[SessionCompleted, _Mapping]] = ..., session_terminated: _Optional[_Union[SessionTerminated, _Mapping]] = ..., task_accepted: _Optional[_Union[TaskAccepted, _Mapping]] = ...) -> None: ...

class SessionCreated(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: _session_pb2.Session
    def __init__(self, session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class ParticipantAdded(_message.Message):
    __slots__ = ("participant",)
    PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    participant: _participant_pb2.Participant
    def __init__(self, participant: _Optional[_Union[_participant_pb2.Participant, _Mapping]] = ...) -> None: ...

class ParticipantRemoved(_message.Message):
    __slots__ = ("agent_id",)
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    def __init__(self, agent_id: _Optional[str] = ...) -> None: ...

class WorkflowUpdated(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: _workflow_pb2.Workflow
    def __init__(self, workflow: _Optional[_Union[_workflow_pb2.Workflow, _Mapping]] = ...) -> None: ...

class SharedContextUpdated(_message.Message):
    __slots__ = ("context_revision", "shared_context", "merge_patch")
    CONTEXT_REVISION_FIELD_NUMBER: _ClassVar[int]
    SHARED_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    MERGE_PATCH_FIELD_NUMBER: _ClassVar[int]
    context_revision: int
    shared_context: _struct_pb2.Struct
    merge_patch: _struct_pb2.Struct
    def __init__(self, context_revision: _Optional[int] = ..., shared_context: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., merge_patch: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class MessageSent(_message.Message):
    __slots__ = ("message_id", "sender", "recipient", "message_type", "priority", "correlation_id", "step", "envelope_bytes")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_BYTES_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    sender: str
    recipient: str
    message_type: _envelope_pb2.MessageType
    priority: _envelope_pb2.Priority
    correlation_id: str
    step: str
    envelope_bytes: int
    def __init__(self, message_id: _Optional[str] = ..., sender: _Optional[str] = ..., recipient: _Optional[str] = ..., message_type: _Optional[_Union[_envelope_pb2.MessageType, str]] = ..., priority: _Optional[_Union[_envelope_pb2.Priority, str]] = ..., correlation_id: _Optional[str] = ..., step: _Optional[str] = ..., envelope_bytes: _Optional[int] = ...) -> None: ...

class TaskDelegated(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ...) -> None: ...

class TaskDelivered(_message.Message):
    __slots__ = ("task_id", "assignee", "attempt")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    assignee: str
    attempt: int
    def __init__(self, task_id: _Optional[str] = ..., assignee: _Optional[str] = ..., attempt: _Optional[int] = ...) -> None: ...

class TaskAccepted(_message.Message):
    __slots__ = ("task_id", "assignee", "attempt")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    assignee: str
    attempt: int
    def __init__(self, task_id: _Optional[str] = ..., assignee: _Optional[str] = ..., attempt: _Optional[int] = ...) -> None: ...

class TaskProgressed(_message.Message):
    __slots__ = ("task_id", "agent_id", "progress", "note")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    agent_id: str
    progress: int
    note: str
    def __init__(self, task_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., progress: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...

class TaskAttemptFailed(_message.Message):
    __slots__ = ("task_id", "assignee", "attempt", "error", "next_assignee", "next_attempt_time", "next_attempt")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    NEXT_ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_TIME_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    assignee: str
    attempt: int
    error: _task_pb2.TaskError
    next_assignee: str
    next_attempt_time: _timestamp_pb2.Timestamp
    next_attempt: int
    def __init__(self, task_id: _Optional[str] = ..., assignee: _Optional[str] = ..., attempt: _Optional[int] = ..., error: _Optional[_Union[_task_pb2.TaskError, _Mapping]] = ..., next_assignee: _Optional[str] = ..., next_attempt_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_attempt: _Optional[int] = ...) -> None: ...

class TaskCompleted(_message.Message):
    __slots__ = ("task_id", "agent_id", "result")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    agent_id: str
    result: _task_pb2.TaskResult
    def __init__(self, task_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., result: _Optional[_Union[_task_pb2.TaskResult, _Mapping]] = ...) -> None: ...

class TaskFailed(_message.Message):
    __slots__ = ("task_id", "agent_id", "result", "error")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    agent_id: str
    result: _task_pb2.TaskResult
    error: _task_pb2.TaskError
    def __init__(self, task_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., result: _Optional[_Union[_task_pb2.TaskResult, _Mapping]] = ..., error: _Optional[_Union[_task_pb2.TaskError, _Mapping]] = ...) -> None: ...

class TaskTimedOut(_message.Message):
    __slots__ = ("task_id", "error")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    error: _task_pb2.TaskError
    def __init__(self, task_id: _Optional[str] = ..., error: _Optional[_Union[_task_pb2.TaskError, _Mapping]] = ...) -> None: ...

class TaskCancelled(_message.Message):
    __slots__ = ("task_id", "reason", "code")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    reason: str
    code: str
    def __init__(self, task_id: _Optional[str] = ..., reason: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class TaskResponseIgnored(_message.Message):
    __slots__ = ("task_id", "agent_id", "message_id")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    agent_id: str
    message_id: str
    def __init__(self, task_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., message_id: _Optional[str] = ...) -> None: ...

class SessionCompleted(_message.Message):
    __slots__ = ("completion",)
    COMPLETION_FIELD_NUMBER: _ClassVar[int]
    completion: _session_pb2.Completion
    def __init__(self, completion: _Optional[_Union[_session_pb2.Completion, _Mapping]] = ...) -> None: ...

class SessionTerminated(_message.Message):
    __slots__ = ("termination",)
    TERMINATION_FIELD_NUMBER: _ClassVar[int]
    termination: _session_pb2.Termination
    def __init__(self, termination: _Optional[_Union[_session_pb2.Termination, _Mapping]] = ...) -> None: ...
