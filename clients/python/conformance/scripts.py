"""What the handlers of a testee do: the actions of a payload's `script`, one after the other."""

from __future__ import annotations

import asyncio
import base64
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from words import message_of, task_of

from agentbus import Binary, IncomingMessage, IncomingTask, Reject, RetryLater, TaskResult

Say = Callable[[dict[str, Any]], None]


class ScriptError(Exception):
    """What a script throws."""


class Scripts:
    """Plays scripts, and has the holds that some wait for."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._holds: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def release(self, hold: str) -> None:
        """Handlers that wait for this name go on, now or when they come to it."""
        self._holds[hold].set()

    async def handle(self, agent: str, message: IncomingMessage) -> TaskResult:
        """Handles a message and tells of it."""
        about = {"agent": agent, "message_id": message.message_id}
        self._say(
            {
                "event": "handling",
                **about,
                "type": message.type.name,
                "sender": message.sender,
                "session_id": message.session_id,
                "attempt": message.attempt,
                "redelivered": message.redelivered,
            }
        )
        outcome = "thrown"
        try:
            result = await self._play(about, message)
            outcome = "returned"
            return result
        except asyncio.CancelledError:
            self._say_cancelled(about, message)
            outcome = "cancelled"
            raise
        finally:
            self._say({"event": "handled", **about, "outcome": outcome})

    async def _play(self, about: dict[str, Any], message: IncomingMessage) -> TaskResult:
        if message.data is not None:
            return Binary(message.data, message.content_type)
        for action in message.payload.get("script", []):
            if "return" in action:
                return dict(action["return"])
            if "return_data" in action:
                data = action["return_data"]
                return Binary(base64.b64decode(data["base64"]), data["content_type"])
            if "echo" in action:
                return {"value": message.payload.get("value")}
            await self._act(about, message, action)
        return None

    async def _act(self, about: dict[str, Any], message: IncomingMessage, action: dict[str, Any]) -> None:
        if "hold" in action:
            await self._holds[action["hold"]].wait()
        elif "block" in action:
            await self._block(about, message, action["block"])
        elif "send" in action:
            await message.send(message_of(action["send"]))
        elif "throw" in action:
            raise ScriptError(action["throw"])
        elif "retry_later_ms" in action:
            raise RetryLater(action["retry_later_ms"] / 1000, action.get("reason", ""))
        elif "reject" in action:
            raise Reject(action["reject"])
        elif isinstance(message, IncomingTask) and "progress" in action:
            await message.progress(action["progress"], action.get("note"))
        elif isinstance(message, IncomingTask) and "delegate" in action:
            await message.delegate(task_of(action["delegate"]))
        else:
            raise ValueError(f"there is no such action: {action}")

    async def _block(self, about: dict[str, Any], message: IncomingMessage, hold: str) -> None:
        while not self._holds[hold].is_set():
            try:
                await self._holds[hold].wait()
            except asyncio.CancelledError:
                self._say_cancelled(about, message)

    def _say_cancelled(self, about: dict[str, Any], message: IncomingMessage) -> None:
        why = message.cancellation
        self._say(
            {
                "event": "cancelled",
                **about,
                "reason": why.reason if why else None,
                "cause": why.facts.get("cause", "") if why else "",
            }
        )
