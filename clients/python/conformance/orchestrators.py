"""The commands about orchestrators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from scripts import Say
from words import data_of, task_of

from agentbus import Delegator, Orchestrator, Participant, Session, SessionHandle, Step, Task

Arguments = dict[str, Any]
Result = dict[str, Any]


class Orchestrators:
    """The orchestrator clients of this testee, by the names that commands have for them."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._orchestrators: dict[str, Orchestrator] = {}

    async def obey(self, verb: str, arguments: Arguments) -> Result:
        """Carries a command out and returns its result."""
        if verb == "connect":
            given = {key: arguments[key] for key in ("api_key", "agent_id", "ca_file") if key in arguments}
            self._orchestrators[arguments["orchestrator"]] = Orchestrator(arguments["address"], **given)
            return {}
        orchestrator = self._orchestrators[arguments["orchestrator"]]
        if verb == "close":
            await orchestrator.close()
            return {}
        if verb == "create_session":
            return session_words(await (await _create_session(orchestrator, arguments["session"])).get())
        if verb == "watch":
            return await self._watch(orchestrator.open_session(arguments["session_id"]), arguments.get("after", 0))
        session_id = arguments.get("session_id")
        if verb in TASK_VERBS:
            delegator = orchestrator.open_session(session_id) if session_id else orchestrator
            return await TASK_VERBS[verb](delegator, arguments)
        return session_words(await SESSION_VERBS[verb](orchestrator.open_session(str(session_id)), arguments))

    async def close_all(self) -> None:
        """Lets all connections go."""
        await asyncio.gather(*(orchestrator.close() for orchestrator in self._orchestrators.values()))

    async def _watch(self, session: SessionHandle, after: int) -> Result:
        last = after
        async for event in session.events(after=after):
            last = event.sequence
            self._say(
                {
                    "event": "session_event",
                    "session_id": event.session_id,
                    "sequence": event.sequence,
                    "type": event.type,
                    "actor": event.actor,
                }
            )
        return {"last_sequence": last}


async def _create_session(orchestrator: Orchestrator, session: Arguments) -> SessionHandle:
    return await orchestrator.create_session(
        session_id=session.get("session_id", ""),
        participants=[Participant(each["agent_id"], each["role"]) for each in session.get("participants", ())],
        steps=[Step(**step) for step in session.get("steps", ())],
        shared_context=session.get("shared_context"),
        labels=session.get("labels"),
    )


async def _delegate(delegator: Delegator, arguments: Arguments) -> Result:
    return {"task_id": await delegator.delegate(task_of(arguments["task"]))}


async def _ask(delegator: Delegator, arguments: Arguments) -> Result:
    wait = {"wait": arguments["wait_ms"] / 1000} if "wait_ms" in arguments else {}
    answer = await delegator.ask(task_of(arguments["task"]), **wait)
    return {
        "task_id": answer.task_id,
        "agent_id": answer.agent_id,
        "failed": answer.failed,
        **data_of(answer),
    }


async def _task(delegator: Delegator, arguments: Arguments) -> Result:
    return task_words(await delegator.task(arguments["task_id"]))


async def _cancel_task(delegator: Delegator, arguments: Arguments) -> Result:
    return task_words(await delegator.cancel_task(arguments["task_id"], reason=arguments.get("reason", "")))


TASK_VERBS: dict[str, Callable[[Delegator, Arguments], Awaitable[Result]]] = {
    "delegate": _delegate,
    "ask": _ask,
    "task": _task,
    "cancel_task": _cancel_task,
}


async def _update_shared_context(session: SessionHandle, arguments: Arguments) -> Session:
    revision = arguments.get("expected_revision")
    if "merge" in arguments:
        return await session.merge_shared_context(arguments["merge"], expected_revision=revision)
    return await session.replace_shared_context(arguments["replace"], expected_revision=revision)


async def _get(session: SessionHandle, _: Arguments) -> Session:
    return await session.get()


async def _complete(session: SessionHandle, arguments: Arguments) -> Session:
    return await session.complete(arguments["summary"], artifacts=arguments.get("artifacts", ()))


async def _terminate(session: SessionHandle, arguments: Arguments) -> Session:
    return await session.terminate(arguments["reason"], details=arguments.get("details", ""))


SESSION_VERBS: dict[str, Callable[[SessionHandle, Arguments], Awaitable[Session]]] = {
    "session": _get,
    "update_shared_context": _update_shared_context,
    "complete": _complete,
    "terminate": _terminate,
}


def session_words(session: Session) -> Result:
    """A session as answers carry it."""
    return {
        "session_id": session.session_id,
        "state": session.state.name,
        "last_sequence": session.last_sequence,
        "shared_context": session.shared_context,
        "context_revision": session.context_revision,
    }


def task_words(task: Task) -> Result:
    """A task as answers carry it."""
    error = task.error
    return {
        "task_id": task.task_id,
        "status": task.status.name,
        "assignee": task.assignee,
        "attempt": task.attempt,
        "progress": task.progress,
        **data_of(task),
        **({} if error is None else {"error": {"reason": error.reason, "message": error.message}}),
    }
