"""Tasks as whoever delegates them works with them."""

from __future__ import annotations

from agentbus import limits
from agentbus._calls.caller import Caller
from agentbus._calls.read_records import task_of
from agentbus._calls.sender import MessageSender
from agentbus._wire.status import missing
from agentbus.enums import Replies
from agentbus.messages import Message, NewTask, task_request
from agentbus.records import Answer, Task
from agentbus.v1.session_service_pb2 import CancelTaskRequest, CancelTaskResponse, GetTaskRequest, GetTaskResponse


class Delegator:
    """Delegates tasks, in one session or outside of sessions, and reads no mailbox. Every call raises AgentbusError."""

    def __init__(self, caller: Caller, sender: MessageSender, session_id: str = "") -> None:
        self._caller = caller
        self._sender = sender
        self._session_id = session_id

    async def delegate(self, task: NewTask) -> str:
        """Asks an agent to do a task, and returns the task's id when the bus has the task on disk.

        While the bus is unavailable it tries again with the same id, so that the task exists once whatever happens. The
        answer goes into the session's events and the task's record, unless the task says otherwise.
        """
        return (await self._sender.send(self._request(task))).message_id

    async def ask(
        self, task: NewTask, *, wait: float = limits.MAX_ANSWER_WAIT, cancel_on_timeout: bool = False
    ) -> Answer:
        """Asks an agent to do a task and waits for the answer, which may say that the task failed.

        The wait outlives restarts of the bus; repeating it under the same `task_id` and content waits for the same task
        again. Raises TASK_TIMED_OUT if the task ran out of attempts or time, TASK_CANCELLED if it was called off, and
        DEADLINE_EXCEEDED if the wait was over before the task.

        Args:
            task: The task, for one agent or a capability.
            wait: How long to wait, in seconds: above 0 and at most 3,600 (an hour), which is the default.
            cancel_on_timeout: Whether the bus calls the task off when the wait is over before it has ended.
        """
        return await self._sender.ask(self._request(task), wait=wait, cancel_on_timeout=cancel_on_timeout)

    async def task(self, task_id: str) -> Task:
        """A task with its result. Raises TASK_NOT_FOUND."""
        method = self._caller.method("SessionService", "GetTask", GetTaskResponse)
        response = await method.repeated(GetTaskRequest(session_id=self._session_id, task_id=task_id))
        if not response.HasField("task"):
            raise missing("task")
        return task_of(response.task)

    async def cancel_task(self, task_id: str, *, reason: str = "") -> Task:
        """Calls a task off, and the tasks that it caused; an agent that is at it is told to stop.

        For its delegator and the session's orchestrator. Raises TASK_ENDED if it ended in another way before.
        """
        method = self._caller.method("SessionService", "CancelTask", CancelTaskResponse)
        request = CancelTaskRequest(session_id=self._session_id, task_id=task_id, reason=reason)
        response = await method.repeated(request)
        if not response.HasField("task"):
            raise missing("task")
        return task_of(response.task)

    def _request(self, task: NewTask) -> Message:
        return task_request(task, replies=Replies.SESSION, session_id=self._session_id)
