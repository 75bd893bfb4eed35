"""Messages that are sent by single calls."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

from grpc import StatusCode

from agentbus import limits
from agentbus._calls.caller import Caller
from agentbus._calls.read_records import answer_of
from agentbus._wire.envelope import encode_envelope, envelope_of
from agentbus._wire.ids import mint_id
from agentbus._wire.status import missing
from agentbus._wire.times import duration
from agentbus.errors import AgentbusError
from agentbus.messages import Message
from agentbus.records import Answer
from agentbus.v1.envelope_pb2 import Envelope
from agentbus.v1.message_service_pb2 import SendMessageRequest, SendMessageResponse


class MessageSender:
    """Sends messages as one agent, and waits for answers."""

    def __init__(self, caller: Caller, agent_id: str) -> None:
        self._send = caller.method("MessageService", "SendMessage", SendMessageResponse)
        self._new_backoff = caller.new_backoff
        self._agent_id = agent_id

    async def send(self, message: Message) -> SendMessageResponse:
        """Sends a message until it is on disk."""
        return await self._send.repeated(SendMessageRequest(message=self._envelope(message)))

    async def ask(self, task: Message, *, wait: float, cancel_on_timeout: bool) -> Answer:
        """Sends a task and waits in the same call until it has ended, for `wait` seconds at most.

        A wait that is cut short, by a lost connection or a bus that stops, goes on in another call with the same
        message, which is the same task, for what is left of its time.
        """
        loop = asyncio.get_running_loop()
        request = SendMessageRequest(message=self._envelope(task, waits=True), cancel_on_timeout=cancel_on_timeout)
        ends_at = loop.time() + wait
        backoff = self._new_backoff()
        failures = 0
        was_there = False
        while True:
            started_at = loop.time()
            try:
                return await self._ask_once(request, ends_at - started_at)
            except AgentbusError as error:
                if loop.time() - started_at >= limits.HEALTHY_STREAM:
                    # There is a bus, and it is waited for as long as there is time, however long it is away.
                    was_there = True
                    backoff.reset()
                failures += 1
                is_hopeless = failures >= limits.MAX_CALL_ATTEMPTS and not was_there
                if error.code is not StatusCode.UNAVAILABLE or is_hopeless:
                    raise
                delay = backoff.next()
                if loop.time() + delay >= ends_at:
                    raise
            await asyncio.sleep(delay)

    async def _ask_once(self, request: SendMessageRequest, wait: float) -> Answer:
        request.wait.CopyFrom(duration(max(wait, 0.001)))
        # The bus ends the wait itself, and says what became of the task; the deadline is for a bus that does not.
        response = await self._send.once(request, timeout=max(wait, 0) + limits.ANSWER_MARGIN)
        if not response.HasField("reply"):
            raise missing("reply")
        return answer_of(request.message.message_id, response.reply)

    def _envelope(self, message: Message, *, waits: bool = False) -> Envelope:
        envelope = envelope_of(
            message, sender=self._agent_id, message_id=mint_id("msg"), now=datetime.now(timezone.utc), waits=waits
        )
        encode_envelope(envelope)
        return envelope
