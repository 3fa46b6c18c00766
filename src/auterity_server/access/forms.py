"""What a form of a page sends. FastAPI reads forms with a package more; these are of a few short fields."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from auterity_server.access.refusals import Unfit

_TYPE = "application/x-www-form-urlencoded"
_LONGEST = 16_384
_FIELDS = 10


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields by their names. Raises `Unfit` for what is no such form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != _TYPE or len(body) > _LONGEST:
        raise Unfit("body", "this is not the form of this page")
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=_FIELDS, keep_blank_values=True))
    except ValueError:
        raise Unfit("body", "this is not the form of this page") from None
