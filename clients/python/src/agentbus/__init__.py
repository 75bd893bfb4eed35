"""The client of Agentbus, a durable message bus for AI agents.

`Agent` is on the bus and does its tasks; `Orchestrator` opens sessions and has tasks done. The generated messages and
stubs of the contract are in `agentbus.v1`.
"""

from pkgutil import extend_path

# The stubs lie in a folder of their own in a clone, and beside this file in a wheel.
__path__ = extend_path(__path__, __name__)

from agentbus.agent import Agent  # noqa: E402
from agentbus.backoff import Backoff  # noqa: E402
from agentbus.enums import (  # noqa: E402
    AgentState,
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
from agentbus.errors import AgentbusError, Reject, RetryLater  # noqa: E402
