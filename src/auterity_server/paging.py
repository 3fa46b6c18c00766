"""Lists in pages: what was made first comes first, and a cursor says behind what the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Depends, Query
from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.errors import UsageError

MOST = 200
"""Items of a page at most."""


class Asked(Struct, frozen=True):
    """Which part of a list is asked for: `limit` items behind the one that was made at `at` and has this `id`."""

    limit: int
    at: int = -1
    id: str = ""


async def asked_page(  # async: FastAPI runs others in threads
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=400, description="`next` of the page before.")
    ] = None,
) -> Asked:
    """The dependency of a route that lists. Raises `UsageError` for a cursor that is none of ours."""
    if cursor is None:
        return Asked(limit)
    try:
        at, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise _foreign() from None
    if type(at) is not int or not isinstance(id_, str) or not -1 <= at < 2**62 or not id_.isascii():
        raise _foreign()
    return Asked(limit, at, id_)


Part = tuple[list[Row[Any]], str | None]
"""The rows of a page, and the cursor of the next one."""

AskedPage = Annotated[Asked, Depends(asked_page)]


async def page(
    connection: AsyncConnection,
    query: Select[Any],
    at: ColumnElement[int],
    id_: ColumnElement[str],
    asked: Asked,
) -> Part:
    """The rows of a page, by the columns that say when something was made and what it is called; and its cursor."""
    behind = or_(at > asked.at, and_(at == asked.at, id_ > asked.id))
    ordered = query.add_columns(at.label("page_at"), id_.label("page_id"))
    ordered = ordered.where(behind).order_by(at, id_).limit(asked.limit + 1)
    rows = list(await connection.execute(ordered))
    if len(rows) <= asked.limit:
        return rows, None
    last = rows[asked.limit - 1]
    return rows[: asked.limit], cursor_of(last.page_at, last.page_id)


def cursor_of(at: int, id_: str) -> str:
    """The cursor of what comes behind the item that was made at `at` and has this id."""
    return base64.urlsafe_b64encode(json.dumps([at, id_]).encode()).decode()


def _foreign() -> UsageError:
    return UsageError("query/cursor is no cursor of this list", help="begin without one")
