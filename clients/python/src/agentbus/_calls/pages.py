"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

_Item = TypeVar("_Item")


async def pages(
    fetch: Callable[[str], Awaitable[tuple[Iterable[_Item], str]]],
) -> AsyncGenerator[_Item, None]:
    """Yields the items of a list, asking for the next page only when it is needed.

    `fetch` gets the token of a page, and returns its items and the token of the next.
    """
    token = ""
    while True:
        items, token = await fetch(token)
        for item in items:
            yield item
        if not token:
            return
