"""A client that opens and leads sessions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import Any

from agentbus._calls.caller import Caller
from agentbus._calls.pages import pages
from agentbus._calls.read_records import agent_of, message_status_of, session_of
from agentbus._calls.sender import MessageSender
from agentbus._wire.channel import endpoint
from agentbus._wire.json_struct import fill_struct
from agentbus._wire.status import missing
from agentbus._wire.times import duration
from agentbus.backoff import Backoff
from agentbus.delegator import Delegator
from agentbus.enums import AgentPresence, SessionState, WorkflowMode
from agentbus.records import AgentRecord, MessageStatus, Participant, Session, Step
from agentbus.session import SessionHandle, session_in
from agentbus.v1 import agent_service_pb2 as agent_calls
from agentbus.v1 import message_service_pb2 as message_calls
from agentbus.v1 import session_service_pb2 as session_calls
from agentbus.v1.participant_pb2 import NewParticipant
from agentbus.v1.workflow_pb2 import NewWorkflow, NewWorkflowStep, StepDependencies


class Orchestrator(Delegator):
    """A client of the bus that opens and leads sessions; use it with `async with`, or `close` it.

    Tasks that are delegated by it, and not by one of its sessions, are outside of sessions. Calls that are free of side
    effects, or made so by an id, are repeated while the bus is unavailable: 8 tries in some ten to twenty seconds.
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str,
        agent_id: str,
        ca_file: str | PathLike[str] | None = None,
        new_backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        """Nothing happens before the first call. Raises INVALID_ARGUMENT for what is no address.

        Args:
            address: Where the bus is, such as `http://127.0.0.1:8080`; `https://` for TLS.
            api_key: The key; it must allow the agent id.
            agent_id: The agent to speak as, `{framework}://{name}`.
            ca_file: PEM file of the authorities to trust instead of the system's, for TLS.
            new_backoff: Makes the waits between tries.
        """
        where = endpoint(address, api_key=api_key, agent_id=agent_id, ca_file=ca_file)
        caller = Caller(where, new_backoff)
        super().__init__(caller, MessageSender(caller, agent_id))
        self.agent_id = agent_id

    async def create_session(
        self,
        *,
        session_id: str = "",
        participants: Sequence[Participant] = (),
        steps: Sequence[Step] = (),
        workflow_mode: WorkflowMode = WorkflowMode.UNSPECIFIED,
        shared_context: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        idle_timeout: float | None = None,
    ) -> SessionHandle:
        """Opens a session that this agent leads.

        Args:
            session_id: Such as `sess_notifications_20260201`. Default: the bus makes one.
            participants: The agents that work in it, with their roles.
            steps: Its workflow, in order.
            workflow_mode: Whether the workflow moves by itself, which is the default.
            shared_context: What the members share at the start.
            labels: Words to find it by.
            idle_timeout: Seconds without an event after which the bus terminates it. Default: never.
        """
        request = session_calls.CreateSessionRequest(
            session_id=session_id,
            orchestrator=self.agent_id,
            participants=[NewParticipant(agent_id=each.agent_id, role=each.role) for each in participants],
            labels=labels,
            idle_timeout=None if idle_timeout is None else duration(idle_timeout),
        )
        if steps:
            request.workflow.CopyFrom(_workflow(steps, workflow_mode))
        if shared_context is not None:
            fill_struct(request.shared_context, shared_context)
        method = self._caller.method("SessionService", "CreateSession", session_calls.CreateSessionResponse)
        return self.open_session(session_in(await method.once(request)).session_id)

    def open_session(self, session_id: str) -> SessionHandle:
        """Takes up a session that exists. Asks nothing of the bus: a wrong id shows in the first call."""
        return SessionHandle(self._caller, self._sender, session_id)

    def list_sessions(
        self,
        *,
        state: SessionState = SessionState.UNSPECIFIED,
        participant: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Session, None]:
        """The sessions that the agent is a member of, newest first, without their shared context; page by page."""
        method = self._caller.method("SessionService", "ListSessions", session_calls.ListSessionsResponse)

        async def fetch(token: str) -> tuple[Iterable[Session], str]:
            request = session_calls.ListSessionsRequest(page_token=token, participant=participant, labels=labels)
            request.state = int(state)  # type: ignore[assignment]
            page = await method.repeated(request)
            return map(session_of, page.sessions), page.next_page_token

        return pages(fetch)

    async def message_status(self, message_id: str) -> list[MessageStatus]:
        """Where a message that this agent sent is: one entry for each time it was put into a mailbox, oldest first.

        Raises MESSAGE_NOT_FOUND if it was never accepted, or longer than 24 hours ago.
        """
        method = self._caller.method("MessageService", "GetMessageStatus", message_calls.GetMessageStatusResponse)
        request = message_calls.GetMessageStatusRequest(sender=self.agent_id, message_id=message_id)
        return [message_status_of(status) for status in (await method.repeated(request)).statuses]

    def list_agents(
        self, *, presence: AgentPresence = AgentPresence.UNSPECIFIED, capability: str = ""
    ) -> AsyncGenerator[AgentRecord, None]:
        """The registered agents, ascending by id; page by page."""
        method = self._caller.method("AgentService", "ListAgents", agent_calls.ListAgentsResponse)

        async def fetch(token: str) -> tuple[Iterable[AgentRecord], str]:
            request = agent_calls.ListAgentsRequest(page_token=token, capability=capability)
            request.status = int(presence)  # type: ignore[assignment]
            page = await method.repeated(request)
            return map(agent_of, page.agents), page.next_page_token

        return pages(fetch)

    async def agent(self, agent_id: str) -> AgentRecord:
        """A registered agent. Raises AGENT_NOT_FOUND."""
        method = self._caller.method("AgentService", "GetAgent", agent_calls.GetAgentResponse)
        response = await method.repeated(agent_calls.GetAgentRequest(agent_id=agent_id))
        if not response.HasField("agent"):
            raise missing("agent")
        return agent_of(response.agent)

    async def close(self) -> None:
        """Ends what follows sessions and waits for answers, which fails with CANCELLED, and lets the connection go."""
        await self._caller.close()

    async def __aenter__(self) -> Orchestrator:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _workflow(steps: Sequence[Step], mode: WorkflowMode) -> NewWorkflow:
    workflow = NewWorkflow(mode=int(mode))  # type: ignore[arg-type]
    for step in steps:
        workflow.steps.append(
            NewWorkflowStep(
                name=step.name,
                required_agents=step.required_agents,
                depends_on=None if step.depends_on is None else StepDependencies(steps=step.depends_on),
                on_failure=int(step.on_failure),  # type: ignore[arg-type]
            )
        )
    return workflow
