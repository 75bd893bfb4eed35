"""An agent on the bus."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import TypeVar

from grpc import StatusCode

from agentbus import limits
from agentbus._agent.connection import Connection, ConnectionOptions
from agentbus._agent.handler import Handler, Handlers, plain_function
from agentbus._wire.channel import endpoint
from agentbus._wire.ids import mint_id
from agentbus._wire.times import duration
from agentbus.backoff import Backoff
from agentbus.enums import AgentState
from agentbus.errors import AgentbusError
from agentbus.handlers import MessageHandler, ReceiptHandler, StatusHandler, TaskHandler
from agentbus.messages import Message, SendOutcome
from agentbus.status import AgentStatus
from agentbus.v1.agent_pb2 import AgentDescriptor
from agentbus.v1.agent_stream_pb2 import Hello

_TaskHandlerT = TypeVar("_TaskHandlerT", bound=TaskHandler)
_MessageHandlerT = TypeVar("_MessageHandlerT", bound=MessageHandler)


class Agent:
    """An agent on the bus: it keeps a stream open, whatever happens to connections, until it leaves or is refused.

    Set its handlers with `@agent.on_task` and `@agent.on_message`, and then `asyncio.run(agent.run())`; or use it with
    `async with` beside other work: it is welcomed when the block begins, and closes when it ends. An agent without
    these handlers only sends. One that has left does not come back: make another.
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str,
        agent_id: str,
        instance_id: str | None = None,
        capabilities: Sequence[str] = (),
        display_name: str = "",
        version: str = "",
        metadata: Mapping[str, str] | None = None,
        max_in_flight: int = limits.DEFAULT_IN_FLIGHT,
        lease: float | None = None,
        connect_timeout: float | None = limits.CONNECT_TIMEOUT,
        ca_file: str | PathLike[str] | None = None,
        new_backoff: Callable[[], Backoff] = Backoff,
        protocol_version: int = 1,
    ) -> None:
        """Nothing happens before it is started. Raises INVALID_ARGUMENT for what is no address, key or credit.

        Args:
            address: Where the bus is, such as `http://127.0.0.1:8080`; `https://` for TLS.
            api_key: The key; it must allow the agent id.
            agent_id: `{framework}://{name}`.
            instance_id: Name of this process among those of the agent. A second process under the same name takes the
                place of the first. Default: a random one, so that processes share the mailbox.
            capabilities: What the agent can do, in words that senders address it by.
            display_name: Name for people.
            version: Version of the agent's own software.
            metadata: Anything else: host, model, region.
            max_in_flight: Messages that are worked on side by side, 1 to 10,000. With 1 each is finished before the
                next begins.
            lease: Seconds after which the bus gives a message to another instance if nothing is heard of it, 1 to
                3,600. Default: 30. Running handlers extend it by themselves.
            connect_timeout: Seconds until the first welcome at most; None tries for as long as it takes.
            ca_file: PEM file of the authorities to trust instead of the system's, for TLS.
            new_backoff: Makes the waits before repeated tries.
            protocol_version: The version of the contract to speak. There is one.
        """
        if not 1 <= max_in_flight <= limits.MAX_IN_FLIGHT:
            raise AgentbusError(StatusCode.INVALID_ARGUMENT, f"max_in_flight is 1 to {limits.MAX_IN_FLIGHT:,}")
        self.agent_id = agent_id
        self.instance_id = instance_id or mint_id("i")
        self._handlers = Handlers()
        self._options = ConnectionOptions(
            where=endpoint(address, api_key=api_key, agent_id=agent_id, ca_file=ca_file),
            hello=Hello(
                agent=AgentDescriptor(
                    agent_id=agent_id,
                    capabilities=capabilities,
                    display_name=display_name,
                    version=version,
                    metadata=metadata,
                ),
                instance_id=self.instance_id,
                max_in_flight=max_in_flight,
                protocol_version=protocol_version,
                # An acknowledgement that is not known to be on disk is repeated when its message comes again.
                confirm_settlements=True,
                lease=None if lease is None else duration(lease),
            ),
            handlers=self._handlers,
            connect_timeout=connect_timeout,
            new_backoff=new_backoff,
        )
        self._connection: Connection | None = None

    def on_task(self, handler: _TaskHandlerT) -> _TaskHandlerT:
        """Sets what does the tasks. Set all handlers before the start: a message without one is a dead letter."""
        self._handlers.on_task = Handler(handler)
        self._handlers_changed()
        return handler

    def on_message(self, handler: _MessageHandlerT) -> _MessageHandlerT:
        """Sets what takes all other messages."""
        self._handlers.on_message = Handler(handler)
        self._handlers_changed()
        return handler

    def on_receipt(self, handler: ReceiptHandler) -> ReceiptHandler:
        """Sets what hears of the messages that this process sent with `receipts`, while a stream is open."""
        self._handlers.on_receipt = plain_function(handler)
        return handler

    def on_status(self, handler: StatusHandler) -> StatusHandler:
        """Sets what hears of each change of `status`."""
        self._handlers.on_status = plain_function(handler)
        return handler

    @property
    def status(self) -> AgentStatus:
        """Where the connection stands."""
        if self._connection is None:
            return AgentStatus(AgentState.CONNECTING)
        return self._connection.lifecycle.status

    def start(self) -> None:
        """Begins to connect, in the loop that is running; returns at once. The other ways to start call it.

        Raises what an agent that is off the bus for good left it for: CANCELLED if it was told to.
        """
        if self._connection is None:
            self._connection = Connection(self._options)
        self._connection.raise_if_over()

    async def ready(self) -> None:
        """Returns when the bus has first welcomed the agent; raises the error for which it never will."""
        connection = self._started
        try:
            await connection.lifecycle.ready()
        except AgentbusError:
            # Whoever hears it here need not hear it as an error of a task that nobody asked.
            await asyncio.wait([connection.closed])
            connection.closed.exception()
            raise

    async def wait_closed(self) -> None:
        """Returns when the agent has left as it was told to; raises the error for which it could not stay."""
        await asyncio.shield(self._started.closed)

    async def run(self) -> None:
        """Starts the agent and returns when it has left; raises the error for which it could not stay.

        SIGINT and SIGTERM close it in good order, and so does the cancellation of this call.
        """
        self.start()
        with self._closing_at_signals():
            try:
                await self.wait_closed()
            except asyncio.CancelledError:
                await self.close()
                raise

    async def send(self, message: Message) -> SendOutcome:
        """Sends a message; returns when it is on disk.

        While the bus is away the message waits, and it is sent again under the same id if its answer was lost. Raises
        what the bus refuses it for, MESSAGE_TOO_LARGE, RESOURCE_EXHAUSTED when 10,000 messages or 64 MiB wait
        unanswered, and CANCELLED when the agent leaves before there is an answer. To cancel it gives up the wait, and
        not the message: sent again under the same `message_id` it is waited for anew.
        """
        return await self._started.send(message)

    async def drain(self, grace: float | None = None) -> None:
        """Takes no more work, finishes what is running and what is being sent, and leaves.

        After `grace` seconds it leaves all the same, and what is unfinished is delivered again. Default: no limit.
        Raises as `wait_closed` does. Not for a handler, which it would wait for.
        """
        self._started.leave(grace)
        await self.wait_closed()

    async def close(self, grace: float = limits.CLOSE_GRACE) -> None:
        """Leaves within `grace` seconds: as `drain`, but the handlers are cancelled at once.

        Raises no AgentbusError.
        """
        if self._connection is None:
            return
        self._connection.stop()
        self._connection.leave(grace)
        with contextlib.suppress(AgentbusError):
            await self.wait_closed()

    async def __aenter__(self) -> Agent:
        self.start()
        try:
            await self.ready()
        except asyncio.CancelledError:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def _started(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the agent is not started: use `async with agent`, `agent.start()` or `agent.run()`")
        return self._connection

    def _handlers_changed(self) -> None:
        if self._connection is not None:
            self._connection.handlers_changed()

    @contextlib.contextmanager
    def _closing_at_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        closing: set[asyncio.Task[None]] = set()
        set_for = []
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not every platform has them, and only the main thread may take them.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, lambda: closing.add(asyncio.create_task(self.close())))
                set_for.append(number)
        try:
            yield
        finally:
            for number in set_for:
                loop.remove_signal_handler(number)
