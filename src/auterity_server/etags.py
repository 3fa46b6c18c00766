"""ETags: the state of a thing that an answer shows, and that a change may ask to be there still."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from msgspec import Struct
from pydantic import BaseModel

from auterity_sdk.errors import AuterityError

Shown = TypeVar("Shown", bound=BaseModel)

_DIGITS = 16
_LONGEST = 1000
_ANY = "*"


class ChangedMeanwhile(AuterityError):
    """If-Match names another state than there is, or If-None-Match asks that there be none."""


class NotModified(Exception):
    """The caller has the answer already."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


class Expected(Struct, frozen=True):
    """The states of which the caller of a change knows one; all where `etags` is None. `absent`: there must be none."""

    etags: frozenset[str] | None = None
    absent: bool = False

    def must_be(self, state: object | None) -> None:
        """Hold it against what there is, which is None where there is nothing; in the transaction of the change.

        Raises `ChangedMeanwhile`.
        """
        if self.absent and state is not None:
            raise ChangedMeanwhile("it is there already", help="look at it, then send its ETag")
        if self.etags is None or (state is not None and self._names(state)):
            return
        raise ChangedMeanwhile(
            "it is not as it was: somebody has changed it meanwhile",
            help="look at it, then send its ETag",
        )

    def _names(self, state: object) -> bool:
        known = {each.partition(".")[0] for each in self.etags or ()}
        return not known.isdisjoint({_ANY, _digest(state)})


ANY_STATE = Expected()
"""For a caller who names none."""


def etag_of(shown: BaseModel, state: object | None = None) -> str:
    """The ETag of an answer: what changes can change of it, a dot, and all of it.

    `state` is the first where the answer shows more than that, such as what time or other things make of it. It is data of
    msgspec's, which the change finds again.
    """
    whole = _digest(shown.model_dump(mode="json"))
    return f'"{whole if state is None else _digest(state)}.{whole}"'


def _digest(value: object) -> str:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return hashlib.sha256(msgspec.json.encode(plain)).hexdigest()[:_DIGITS]


class Tag:
    """A dependency of routes that change something: tells the ETag with the answer."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def tell(
        self, shown: Shown, state: object | None = None, *, of: BaseModel | None = None
    ) -> Shown:
        """The answer, with its ETag, or with that of the part `of` it that can be looked at alone."""
        self._response.headers["ETag"] = etag_of(of or shown, state)
        return shown

    def name(self, state: object) -> None:
        """Tell an ETag of what the answer does not show: it is good for If-Match alone."""
        self._response.headers["ETag"] = f'"{_digest(state)}"'


class TagOfKnown:
    """A dependency of routes that show one thing: tells its ETag, and nothing else to who has that."""

    def __init__(
        self,
        response: Response,
        if_none_match: Annotated[
            str | None,
            Header(
                alias="If-None-Match",
                max_length=_LONGEST,
                description="The ETag of what one has: where it is that still, the answer is 304.",
            ),
        ] = None,
    ) -> None:
        self._response = response
        self._known = _tags(if_none_match) or frozenset()

    def tell(self, shown: Shown, state: object | None = None) -> Shown:
        """The answer, with its ETag. Raises `NotModified`."""
        etag = etag_of(shown, state)
        if not self._known.isdisjoint({_ANY, etag.strip('"')}):
            raise NotModified(etag)
        self._response.headers["ETag"] = etag
        return shown


def _tags(header: str | None) -> frozenset[str] | None:
    """The ETags that a header lists. Weak ones too: what compresses answers on their way makes strong ones weak."""
    if header is None:
        return None
    return frozenset(each.strip().removeprefix("W/").strip('"') for each in header.split(","))


_IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=_LONGEST,
        description="The ETag of what one has: where somebody has changed it meanwhile, the answer is 412.",
    ),
]
_IfNew = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=_LONGEST,
        pattern=r"^\*$",
        description="`*`: only where there is none of that name; else the answer is 412.",
    ),
]


def _changed(if_match: _IfMatch = None) -> Expected:
    return Expected(_tags(if_match))


def _put(if_match: _IfMatch = None, if_none_match: _IfNew = None) -> Expected:
    return Expected(_tags(if_match), absent=if_none_match is not None)


Tells = Annotated[Tag, Depends()]
Shows = Annotated[TagOfKnown, Depends()]
IfMatch = Annotated[Expected, Depends(_changed)]
IfMatchOrNew = Annotated[Expected, Depends(_put)]
"""For a PUT, which may make the thing."""


async def _not_modified(_: Request, error: Exception) -> Response:
    if not isinstance(error, NotModified):
        raise error
    return Response(status_code=304, headers={"ETag": error.etag})


def answer_who_has_it(app: FastAPI) -> None:
    """Let `NotModified` be the answer 304."""
    app.add_exception_handler(NotModified, _not_modified)


def routes_with_etags(app: FastAPI) -> Iterator[tuple[str, str]]:
    """The methods and paths of all routes that tell an ETag."""
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        if any(each.call in {Tag, TagOfKnown} for each in context.dependant.dependencies):
            yield from ((method, context.path or "") for method in sorted(context.methods or ()))
