"""Lists that come in pages, read as one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

from msgspec.structs import replace
from pydantic import BaseModel

from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.schemas.shape import Page

Item = TypeVar("Item", bound=BaseModel)

LARGEST_PAGE = 100


async def items(
    connection: Connection, call: Call, item: type[Item], limit: int | None = None
) -> AsyncIterator[Item]:
    """The items of all pages, at most `limit`; the next page is asked for when it is needed."""
    cursor, left = None, limit
    while left is None or left > 0:
        size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
        asked = replace(call, query={**call.query, "limit": size, "cursor": cursor})
        page = await connection.ask(asked, Page[item])  # type: ignore[valid-type]
        for found in page.items[:size]:
            yield found
        if page.next is None:
            return
        cursor = page.next
        left = None if left is None else left - len(page.items)
