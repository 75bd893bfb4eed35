"""A session as its orchestrator or a member works with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from agentbus._calls.caller import Caller
from agentbus._calls.pages import pages
from agentbus._calls.read_records import aggregation_of, session_of, task_of
from agentbus._calls.sender import MessageSender
from agentbus._calls.session_events import follow_session
from agentbus._wire.json_struct import fill_struct
from agentbus._wire.status import missing
from agentbus.delegator import Delegator
from agentbus.enums import AggregationMethod, TaskStatus
from agentbus.messages import Message, NewTask
from agentbus.records import Aggregation, DelegatedTask, Participant, Session, SessionEvent, Task
from agentbus.v1 import participant_pb2, session_pb2
from agentbus.v1 import session_service_pb2 as calls


class SessionHandle(Delegator):
    """One session. Calls that only read it are repeated while the bus is unavailable; most that change it are not."""

    def __init__(self, caller: Caller, sender: MessageSender, session_id: str) -> None:
        """See `Orchestrator.create_session` and `Orchestrator.open_session`."""
        super().__init__(caller, sender, session_id)
        self.session_id = session_id

    async def get(self) -> Session:
        """The session as it is on disk."""
        method = self._caller.method("SessionService", "GetSession", calls.GetSessionResponse)
        return session_in(await method.repeated(calls.GetSessionRequest(session_id=self.session_id)))

    async def add_participant(self, participant: Participant) -> Session:
        """Adds an agent to the roster. For the orchestrator."""
        method = self._caller.method("SessionService", "AddParticipant", calls.AddParticipantResponse)
        added = participant_pb2.NewParticipant(agent_id=participant.agent_id, role=participant.role)
        return session_in(await method.once(calls.AddParticipantRequest(session_id=self.session_id, participant=added)))

    async def remove_participant(self, agent_id: str) -> Session:
        """Removes an agent from the roster."""
        method = self._caller.method("SessionService", "RemoveParticipant", calls.RemoveParticipantResponse)
        return session_in(
            await method.once(calls.RemoveParticipantRequest(session_id=self.session_id, agent_id=agent_id))
        )

    async def update_workflow(
        self, *, current_step: str = "", completed_steps: Sequence[str] = (), pending_steps: Sequence[str] = ()
    ) -> Session:
        """Says where the workflow stands; steps that are not named keep their status. For the orchestrator."""
        method = self._caller.method("SessionService", "UpdateWorkflow", calls.UpdateWorkflowResponse)
        request = calls.UpdateWorkflowRequest(
            session_id=self.session_id,
            current_step=current_step,
            completed_steps=completed_steps,
            pending_steps=pending_steps,
        )
        return session_in(await method.repeated(request))

    async def merge_shared_context(self, patch: Mapping[str, Any], *, expected_revision: int | None = None) -> Session:
        """Merges a JSON merge patch (RFC 7396) into the shared context: None removes a key.

        With `expected_revision` it raises CONTEXT_REVISION_MISMATCH if somebody was faster; the facts have the `actual`
        one.
        """
        request = calls.UpdateSharedContextRequest(session_id=self.session_id, expected_revision=expected_revision)
        fill_struct(request.merge_patch, patch)
        return await self._update_shared_context(request)

    async def replace_shared_context(
        self, context: Mapping[str, Any], *, expected_revision: int | None = None
    ) -> Session:
        """Replaces the whole shared context; `expected_revision` as in `merge_shared_context`."""
        request = calls.UpdateSharedContextRequest(session_id=self.session_id, expected_revision=expected_revision)
        fill_struct(request.shared_context, context)
        return await self._update_shared_context(request)

    async def complete(self, summary: str, *, artifacts: Sequence[str] = ()) -> Session:
        """Ends the session as planned. For the orchestrator."""
        method = self._caller.method("SessionService", "CompleteSession", calls.CompleteSessionResponse)
        request = calls.CompleteSessionRequest(session_id=self.session_id, summary=summary, artifacts=artifacts)
        return session_in(await method.once(request))

    async def terminate(self, reason: str, *, details: str = "") -> Session:
        """Breaks the session off: a word for programs, and a text for people. For the orchestrator."""
        method = self._caller.method("SessionService", "TerminateSession", calls.TerminateSessionResponse)
        request = calls.TerminateSessionRequest(session_id=self.session_id, reason=reason, details=details)
        return session_in(await method.once(request))

    async def send(self, message: Message) -> str:
        """Sends any other message in the session; returns its id when it is on disk. Repeats itself like `delegate`."""
        return (await self._sender.send(replace(message, session_id=self.session_id))).message_id

    async def delegate_to_all(self, task: NewTask) -> list[DelegatedTask]:
        """Asks everybody in a role, or all participants, to do a task: each gets one of its own, all of them or none.

        Returns the tasks, in the order of the roster, when the bus has them on disk. Repeats itself as `delegate` does.
        """
        sent = await self._sender.send(self._request(task))
        # The contract numbers the tasks of a message that went to several.
        is_alone = len(sent.recipients) == 1
        return [
            DelegatedTask(sent.message_id if is_alone else f"{sent.message_id}#{number}", assignee)
            for number, assignee in enumerate(sent.recipients, start=1)
        ]

    def tasks(self, *, status: TaskStatus = TaskStatus.UNSPECIFIED, assignee: str = "") -> AsyncGenerator[Task, None]:
        """The session's tasks in the order in which they were delegated, without their results; page by page."""
        method = self._caller.method("SessionService", "ListTasks", calls.ListTasksResponse)

        async def fetch(token: str) -> tuple[Iterable[Task], str]:
            request = calls.ListTasksRequest(session_id=self.session_id, page_token=token, assignee=assignee)
            request.status = int(status)  # type: ignore[assignment]
            page = await method.repeated(request)
            return map(task_of, page.tasks), page.next_page_token

        return pages(fetch)

    async def aggregate(self, how: AggregationMethod, *, role_order: Sequence[str] = ()) -> Aggregation:
        """Makes one result of the answers to the session's tasks, and a summary in Markdown. Changes nothing.

        `role_order` has the roles in order of precedence, for `AggregationMethod.SPECIALIST_PRIORITY`.
        """
        method = self._caller.method("SessionService", "AggregateResults", calls.AggregateResultsResponse)
        request = calls.AggregateResultsRequest(session_id=self.session_id, role_order=role_order)
        request.method = int(how)  # type: ignore[assignment]
        return aggregation_of(await method.repeated(request))

    def events(self, *, after: int = 0, types: Sequence[str] = ()) -> AsyncGenerator[SessionEvent, None]:
        """Follows the session: each event once, in order, across lost connections, until the session has ended.

        `after` is the sequence of the last event that the caller has; `types`, such as `task_completed`, are those that
        come. Default: all.
        """
        return follow_session(self._caller, self.session_id, after, types)

    async def _update_shared_context(self, request: calls.UpdateSharedContextRequest) -> Session:
        method = self._caller.method("SessionService", "UpdateSharedContext", calls.UpdateSharedContextResponse)
        return session_in(await method.once(request))


class _WithSession(Protocol):
    @property
    def session(self) -> session_pb2.Session: ...


def session_in(response: _WithSession) -> Session:
    """Takes the session out of a response."""
    if not response.session.session_id:
        raise missing("session")
    return session_of(response.session)
