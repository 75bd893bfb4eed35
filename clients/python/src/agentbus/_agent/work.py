"""Messages in the hands of the agent, across streams."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from agentbus import limits
from agentbus._agent.receive import incoming_message
from agentbus._agent.run import Run, attempt_time, is_new_attempt
from agentbus._agent.settlements import ACKNOWLEDGE, Acknowledge, Disposition, Requeue, Settlements
from agentbus._agent.withdrawal import Withdrawal, read_withdrawal, taken_away
from agentbus.errors import AgentbusError
from agentbus.incoming import IncomingMessage
from agentbus.messages import Message, SendOutcome
from agentbus.v1.delivery_pb2 import Delivery


class Work:
    """Runs one handler a message, however often it is delivered meanwhile.

    The end of the handler settles the newest delivery. A message that was acknowledged is remembered until the bus has
    confirmed its acknowledgement.
    """

    def __init__(
        self,
        *,
        handle: Callable[[Run], Awaitable[Disposition]],
        send: Callable[[Message], Awaitable[SendOutcome]],
        is_leaving: Callable[[], bool],
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """`clock` tells seconds that only go on; `is_leaving` whether new deliveries, sent too late, go back."""
        self.lane = Settlements(self, changed)
        """Says what was settled, and what needs more time."""
        self._handle = handle
        self._send = send
        self._is_leaving = is_leaving
        self._changed = changed
        self._clock = clock
        self._runs: dict[Run, asyncio.Task[None]] = {}
        """All handlers, those of withdrawn tasks included, which may take their time to stop."""
        self._current: dict[tuple[str, str], Run] = {}
        """Those whose outcome counts, by their message."""
        self._holders: dict[str, Run] = {}
        """Those that hold a delivery, by its id."""
        self._handled: dict[tuple[str, str], datetime | None] = {}
        """Attempt times of handled messages, oldest first."""
        self._lease = 0.0
        self._stopped: AgentbusError | None = None

    @property
    def running(self) -> int:
        """Handlers that are running."""
        return len(self._runs)

    def leased(self, lease: float) -> None:
        """The bus has welcomed the agent, and leases deliveries for so many seconds."""
        self._lease = lease

    def receive(self, deliveries: Iterable[Delivery]) -> None:
        """Takes deliveries; starts a handler for each message that is not in hand already."""
        for delivery in deliveries:
            self._receive_one(delivery)

    def stream_lost(self) -> None:
        """The stream is gone and its deliveries with it: what runs is settled by the next delivery of its message."""
        for run in list(self._holders.values()):
            self._let_go(run)

    def stop(self, error: AgentbusError) -> None:
        """Tells all handlers to stop, and those that begin from now on."""
        self._stopped = error
        for run in list(self._runs):
            run.stop(error)

    async def stopped(self, timeout: float) -> None:
        """Returns when no coroutine of a handler is running any more, or after so many seconds.

        Threads of plain handlers are not waited for: the end of the loop does not cut them short.
        """
        tasks = [task for run, task in self._runs.items() if run.is_coroutine]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)

    def held(self) -> list[str]:
        """Deliveries that are being worked on, for which more time is asked now."""
        now = self._clock()
        for run in self._holders.values():
            run.extended_at = now
        return list(self._holders)

    def kept(self, delivery_id: str) -> None:
        """The bus gave a delivery more time."""
        run = self._holders.get(delivery_id)
        if run is not None:
            # Counted from when it was asked for: the answer may have waited for a loop that was busy.
            run.leased_at = run.extended_at

    def lost(self, delivery_id: str) -> None:
        """The bus does not know a delivery any more.

        A lease that cannot have run out was ended by the bus: it took the task away, and the news went to another
        process of this agent, or to none. After one that may have run out the work goes on: the first answer counts.
        """
        run = self._holders.get(delivery_id)
        if run is None:
            return
        self._let_go(run)
        if run.is_task and self._clock() - run.leased_at < self._lease:
            self._take_away(run, taken_away(run.message.message_id))

    def _receive_one(self, delivery: Delivery) -> None:
        message = incoming_message(delivery)
        key = _key(message)
        withdrawal = read_withdrawal(message)
        if withdrawal is not None:
            self._obey(withdrawal, delivery.delivery_id)
        elif key in self._handled and not is_new_attempt(self._handled[key], attempt_time(message)):
            self._settle(message, delivery.delivery_id, ACKNOWLEDGE)
        else:
            self._take_up(key, message, delivery.delivery_id)

    def _obey(self, withdrawal: Withdrawal, delivery_id: str) -> None:
        """The bus's own news are for the agent itself, whatever handlers it has."""
        for run in list(self._current.values()):
            if run.is_meant(withdrawal):
                self._take_away(run, withdrawal.error)
        self.lane.settle(delivery_id, ACKNOWLEDGE)

    def _take_up(self, key: tuple[str, str], message: IncomingMessage, delivery_id: str) -> None:
        in_hand = self._current.get(key)
        if in_hand is not None and not is_new_attempt(attempt_time(in_hand.message), attempt_time(message)):
            self._hold(in_hand, delivery_id)
            return
        if in_hand is not None:
            self._take_away(in_hand, taken_away(message.message_id))
        if self._is_leaving():
            self.lane.settle(delivery_id, Requeue(0, "the agent is leaving"))
            return
        run = Run(key, message, self._send)
        self._hold(run, delivery_id)
        if self._stopped is not None:
            run.stop(self._stopped)
        self._current[key] = run
        self._runs[run] = asyncio.create_task(self._work(run))

    async def _work(self, run: Run) -> None:
        disposition: Disposition | None = None
        try:
            disposition = await self._handle(run)
        finally:
            self._finish(run, disposition)

    def _finish(self, run: Run, disposition: Disposition | None) -> None:
        del self._runs[run]
        if self._current.get(run.key) is run:
            del self._current[run.key]
        delivery_id = run.delivery_id
        self._let_go(run)
        if disposition is not None and not run.is_withdrawn:
            self._settle(run.message, delivery_id, disposition)
        self._changed()

    def _settle(self, message: IncomingMessage, delivery_id: str | None, disposition: Disposition) -> None:
        key, attempt = _key(message), attempt_time(message)
        if isinstance(disposition, Acknowledge):
            self._remember(key, attempt)
        if delivery_id is not None:
            self.lane.settle(delivery_id, disposition, lambda: self._forget(key, attempt))

    def _remember(self, key: tuple[str, str], attempt: datetime | None) -> None:
        self._handled[key] = attempt
        if len(self._handled) > limits.MAX_REMEMBERED_MESSAGES:
            del self._handled[next(iter(self._handled))]

    def _forget(self, key: tuple[str, str], attempt: datetime | None) -> None:
        # A later attempt of the same task may have taken its place.
        if self._handled.get(key) == attempt:
            self._handled.pop(key, None)

    def _take_away(self, run: Run, error: AgentbusError) -> None:
        self._let_go(run)
        self._current.pop(run.key, None)
        run.is_withdrawn = True
        run.stop(error)

    def _hold(self, run: Run, delivery_id: str) -> None:
        self._let_go(run)
        run.delivery_id = delivery_id
        run.leased_at = self._clock()
        self._holders[delivery_id] = run

    def _let_go(self, run: Run) -> None:
        if run.delivery_id is not None:
            self._holders.pop(run.delivery_id, None)
        run.delivery_id = None


def _key(message: IncomingMessage) -> tuple[str, str]:
    """A message is known by its sender and its id together."""
    return (message.sender, message.message_id)
