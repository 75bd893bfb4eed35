"""All that an agent and the bus have to say to each other, on one stream after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone

from grpc import StatusCode

from agentbus import limits
from agentbus._agent.connector import Connector
from agentbus._agent.handler import Handlers
from agentbus._agent.handling import Handling
from agentbus._agent.lane import OnceLane
from agentbus._agent.lifecycle import Lifecycle, has_left
from agentbus._agent.pending_sends import PendingSends
from agentbus._agent.stream import AgentStream, StreamEvents
from agentbus._agent.work import Work
from agentbus._wire.channel import Endpoint
from agentbus._wire.envelope import encode_envelope, envelope_of
from agentbus._wire.frames import drain_frame, heartbeat_frame, hello_frame
from agentbus._wire.ids import mint_id
from agentbus._wire.status import from_status
from agentbus._wire.times import moment_of, seconds_of
from agentbus.backoff import Backoff
from agentbus.enums import AgentState, MessageState
from agentbus.errors import AgentbusError
from agentbus.handlers import Receipt
from agentbus.messages import Message, SendOutcome
from agentbus.status import AgentStatus
from agentbus.v1.agent_stream_pb2 import AgentStreamResponse, Hello, Welcome
from agentbus.v1.delivery_pb2 import Receipt as ReceiptFrame


@dataclass(frozen=True)
class ConnectionOptions:
    """What a connection is made of."""

    where: Endpoint
    hello: Hello
    handlers: Handlers
    connect_timeout: float | None
    new_backoff: Callable[[], Backoff]


class Connection:
    """Puts the parts of an agent together; lives in the loop that it was made in."""

    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._agent_id = options.hello.agent.agent_id
        # Unique by its random part, and cheaper than a random part for each message.
        self._message_prefix = mint_id("msg")
        self._message_count = 0
        self._threads = ThreadPoolExecutor(max(options.hello.max_in_flight, 1), thread_name_prefix="agentbus")
        self._is_send_only = False
        self.lifecycle = Lifecycle(options.handlers)
        self._sends = PendingSends(options.new_backoff(), self._changed)
        self._work = Work(
            handle=Handling(options.handlers, self._threads, options.new_backoff).handle,
            send=self.send,
            is_leaving=lambda: self._connector.is_leaving,
            changed=self._changed,
            clock=asyncio.get_running_loop().time,
        )
        self._heartbeat = OnceLane(lambda: heartbeat_frame(self._load()), self._changed)
        self._farewell = OnceLane(drain_frame, self._changed)
        self._connector = Connector(
            open_stream=self._open_stream,
            is_quiet=self._is_quiet,
            stream_ended=self._work.stream_lost,
            lifecycle=self.lifecycle,
            backoff=options.new_backoff(),
            address=options.where.address,
            connect_timeout=options.connect_timeout,
        )
        self.closed = asyncio.create_task(self._run(), name=f"agentbus {self._agent_id}")
        """Done when the agent has left as it was told to, or with the error for which it could not stay."""

    async def send(self, message: Message) -> SendOutcome:
        """Sends a message; returns when it is on disk."""
        self.raise_if_over()
        self._message_count += 1
        message_id = f"{self._message_prefix}-{self._message_count}"
        envelope = envelope_of(message, sender=self._agent_id, message_id=message_id, now=datetime.now(timezone.utc))
        return await self._sends.send(envelope.message_id, encode_envelope(envelope))

    def raise_if_over(self) -> None:
        """Raises why the agent is off the bus for good, if it is."""
        if self.lifecycle.over is not None:
            # Anew each time: an error that is raised again and again keeps all its tracebacks.
            raise self.lifecycle.over.with_traceback(None)

    def leave(self, grace: float | None) -> None:
        """Takes no more work, and leaves when everything is done or `grace` seconds are over."""
        if self.lifecycle.over is None:
            self._farewell.ask()
            self._connector.leave(grace)

    def stop(self) -> None:
        """Tells the handlers to stop."""
        self._work.stop(has_left())

    def handlers_changed(self) -> None:
        """A stream that was opened without handlers gets no mail: with handlers another one is needed."""
        if self._is_send_only and self._options.handlers.take_mail and not self._connector.is_leaving:
            self._connector.reconnect(0)

    async def _run(self) -> None:
        error: AgentbusError | None = None
        try:
            await self._connector.run()
        except AgentbusError as refusal:
            error = refusal
            raise
        except Exception as fault:
            error = AgentbusError(StatusCode.INTERNAL, f"the client failed: {fault!r}")
            raise error from fault
        finally:
            self._work.stop(error or has_left())
            self._sends.fail(self.lifecycle.finish(error))
            if error is not None:
                # A program that ends with this error must not cut short how its handlers stop.
                await self._work.stopped(limits.CLOSE_GRACE)
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _open_stream(self) -> AgentStream:
        # Who has no handlers, or is leaving, could only give its mail back.
        self._is_send_only = self._connector.is_leaving or not self._options.handlers.take_mail
        hello = Hello()
        hello.CopyFrom(self._options.hello)
        hello.send_only = self._is_send_only
        lanes = (self._heartbeat, self._work.lane, self._farewell, self._sends)
        events = StreamEvents(self._welcomed, self._received, self._beat)
        return AgentStream(self._options.where, hello_frame(hello), lanes, events)

    def _welcomed(self, welcome: Welcome, lease: float) -> None:
        self._work.leased(lease)
        if self._connector.is_leaving:
            # What was said before the welcome went unheard.
            self._farewell.ask()
        else:
            self.lifecycle.set(AgentStatus(AgentState.ONLINE, connection_id=welcome.connection_id))
        self.lifecycle.welcomed()

    def _received(self, frame: AgentStreamResponse) -> None:
        kind = frame.WhichOneof("frame")
        if kind == "delivery":
            self._work.receive(frame.delivery.deliveries)
        elif kind == "send_result":
            self._sends.settle(frame.send_result.results)
        elif kind == "settle_result":
            self._work.lane.confirm(frame.settle_result)
        elif kind == "receipt":
            self._hear(frame.receipt)
        elif kind == "drain":
            self._connector.reconnect(seconds_of(frame.drain.reconnect_after))
        elif kind == "error" and self.lifecycle.status.state is AgentState.ONLINE:
            self.lifecycle.set(AgentStatus(AgentState.ONLINE, from_status(frame.error.error)))

    def _hear(self, frame: ReceiptFrame) -> None:
        handler = self._options.handlers.on_receipt
        if handler is None:
            return
        time = moment_of(frame.time) if frame.HasField("time") else None
        receipt = Receipt(
            frame.message_id, frame.recipient, MessageState(frame.state), time, frame.attempt, frame.reason
        )
        # In a turn of its own, so that a handler that raises is the program's fault and not the stream's end.
        asyncio.get_running_loop().call_soon(handler, receipt)

    def _beat(self) -> None:
        self._heartbeat.ask()
        self._work.lane.extend()

    def _load(self) -> float:
        return min(self._work.running / (self._options.hello.max_in_flight or limits.DEFAULT_IN_FLIGHT), 1.0)

    def _is_quiet(self) -> bool:
        return self._work.running == 0 and len(self._sends) == 0 and self._work.lane.unconfirmed == 0

    def _changed(self) -> None:
        self._connector.changed()
