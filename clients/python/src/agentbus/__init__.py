"""The client of Agentbus, a durable message bus for AI agents.

`Agent` is on the bus and does its tasks; `Orchestrator` opens sessions and has tasks done. The generated messages and
stubs of the contract are in `agentbus.v1`.
"""

from pkgutil import extend_path

# The stubs lie in a folder of their own in a clone, and beside this file in a wheel.
__path__ = extend_path(__path__, __name__)

from grpc import StatusCode

from agentbus.agent import Agent
from agentbus.backoff import Backoff
from agentbus.delegator import Delegator
from agentbus.enums import (
    AgentPresence,
    AgentState,
    AggregationMethod,
    MessageState,
    MessageType,
    ParticipantStatus,
    Priority,
    Replies,
    RetryBackoff,
    SessionState,
    StepFailurePolicy,
    StepStatus,
    TaskStatus,
    WorkflowMode,
)
from agentbus.errors import AgentbusError, Reject, RetryLater
from agentbus.handlers import MessageHandler, Receipt, ReceiptHandler, StatusHandler, TaskHandler, TaskResult
from agentbus.incoming import IncomingMessage, IncomingTask
from agentbus.messages import (
    Address,
    AllParticipants,
    Binary,
    Capability,
    JsonObject,
    Message,
    NewTask,
    Retry,
    Role,
    SendOutcome,
)
from agentbus.orchestrator import Orchestrator
from agentbus.records import (
    AgentRecord,
    Aggregation,
    Answer,
    DelegatedTask,
    MessageStatus,
    Participant,
    Session,
    SessionEvent,
    Step,
    Task,
    TaskError,
    Workflow,
)
from agentbus.session import SessionHandle
from agentbus.status import AgentStatus

__all__ = [
    "Address",
    "Agent",
    "AgentPresence",
    "AgentRecord",
    "AgentState",
    "AgentStatus",
    "AgentbusError",
    "Aggregation",
    "AggregationMethod",
    "AllParticipants",
    "Answer",
    "Backoff",
    "Binary",
    "Capability",
    "DelegatedTask",
    "Delegator",
    "IncomingMessage",
    "IncomingTask",
    "JsonObject",
    "Message",
    "MessageHandler",
    "MessageState",
    "MessageStatus",
    "MessageType",
    "NewTask",
    "Orchestrator",
    "Participant",
    "ParticipantStatus",
    "Priority",
    "Receipt",
    "ReceiptHandler",
    "Reject",
    "Replies",
    "Retry",
    "RetryBackoff",
    "RetryLater",
    "Role",
    "SendOutcome",
    "Session",
    "SessionEvent",
    "SessionHandle",
    "SessionState",
    "StatusCode",
    "StatusHandler",
    "Step",
    "StepFailurePolicy",
    "StepStatus",
    "Task",
    "TaskError",
    "TaskHandler",
    "TaskResult",
    "TaskStatus",
    "Workflow",
    "WorkflowMode",
]
