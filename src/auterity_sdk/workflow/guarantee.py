"""Guarantees as they are written: `text only after consent.granted`, parsed with the places of their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from auterity_sdk.workflow.duration import Duration

START = "start"


class Name(Struct, frozen=True):
    """What may happen: a step starts, or (with `outcome`) ends so. No steps: the start of the run.

    `steps` lead from the outermost step to one inside bodies. `start` and `end` are code point offsets in the
    text, end exclusive.
    """

    steps: tuple[str, ...]
    outcome: str | None
    start: int
    end: int

    def __str__(self) -> str:
        if not self.steps:
            return START
        path = "/".join(self.steps)
        return path if self.outcome is None else f"{path}.{self.outcome}"


Names = tuple[Name, ...]
"""One name, or several of `one of […]`, of which each counts."""


class OnlyAfter(Struct, frozen=True):
    """`later` happens only once `earlier` has."""

    later: Names
    earlier: Names


class NeverAfter(Struct, frozen=True):
    """Once `earlier` has happened, `later` does not happen any more."""

    later: Names
    earlier: Names


class Within(Struct, frozen=True):
    """From `since` to `event` it takes no longer than `limit`."""

    event: Names
    limit: Duration
    since: Names


class AlwaysWhen(Struct, frozen=True):
    """On a run on which `condition` happens, `event` does too."""

    event: Names
    condition: Names


class Count(StrEnum):
    """How a number is bounded by one."""

    EXACTLY = "exactly"
    AT_MOST = "at most"
    AT_LEAST = "at least"


class HowMany(Struct, frozen=True):
    """How many of `names` happen on a run, or on one on which `condition` does."""

    count: Count
    names: Names
    condition: Names = ()


class ApprovedByAnother(Struct, frozen=True):
    """Whoever approves `step` is not whoever started the run."""

    step: Name


Guarantee = OnlyAfter | NeverAfter | Within | AlwaysWhen | HowMany | ApprovedByAnother


class Misread(Struct, frozen=True):
    """Why a text is no guarantee: what stands from `start` to `end` (code points), and what is `wanted` there."""

    message: str
    wanted: str
    start: int
    end: int


def parse_guarantee(text: str) -> Guarantee | Misread:
    """Read one sentence of the block `guarantees`."""
    try:
        return _Parser(text).guarantee()
    except _UnexpectedError as unexpected:
        return unexpected.misread


def names_of(guarantee: Guarantee) -> Iterator[Name]:
    """Every name in a guarantee, in the order of the text."""
    match guarantee:
        case OnlyAfter(one, two) | NeverAfter(one, two) | AlwaysWhen(one, two):
            yield from (*one, *two)
        case Within(event=one, since=two) | HowMany(names=one, condition=two):
            yield from (*one, *two)
        case ApprovedByAnother(step=step):
            yield step


_TOKEN = re.compile(r"\s*([A-Za-z_]\w*(?:/[A-Za-z_]\w*)*(?:\.[A-Za-z_]\w*)?|[0-9]\w*|\S)", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]", re.ASCII)
_ANOTHER = ("approved", "by", "another", "than", "requester")
_FORMS = (("only", "after"), ("never", "after"), ("within",), _ANOTHER)
_RELATIONS = "`only after`, `never after`, `within`, or `approved by another than requester`"


class _Token(Struct, frozen=True):
    text: str
    start: int
    end: int


class _UnexpectedError(Exception):
    """Something else stands there than what the grammar asks for."""

    def __init__(self, found: _Token, wanted: str) -> None:
        what = f"`{found.text}`" if found.text else "the end of the text"
        self.misread = Misread(f"{what} is not expected here", wanted, found.start, found.end)


class _Parser:
    """Reads words from left to right. What may be a word of the grammar or an id is told by what follows."""

    def __init__(self, text: str) -> None:
        found = _TOKEN.finditer(text)
        self._tokens = [_Token(each.group(1), each.start(1), each.end(1)) for each in found]
        end = len(text.rstrip())
        # The end has a place too: the last character of the text.
        self._end = _Token("", max(0, end - 1), end)
        self._at = 0

    def guarantee(self) -> Guarantee:
        found = self._counted() or self._always() or self._related()
        if self._at < len(self._tokens):
            raise self._unexpected("the end of the guarantee")
        return found

    def _counted(self) -> HowMany | None:
        for count in Count:
            words = (*count.value.split(), "one", "of", "[")
            if self._next_are(*words):
                self._at += len(words) - 3
                names = self._events()
                return HowMany(count, names, (self._name(),) if self._taken("when") else ())
        return None

    def _always(self) -> AlwaysWhen | None:
        if not self._next_are("always") or any(self._next_are("always", *form) for form in _FORMS):
            return None
        self._at += 1
        event = self._events()
        self._take("when", wanted="`when`")
        return AlwaysWhen(event, self._events())

    def _related(self) -> Guarantee:
        events = self._events()
        if self._taken("only"):
            self._take("after", wanted="`after`")
            return OnlyAfter(events, self._events())
        if self._taken("never"):
            self._take("after", wanted="`after`")
            return NeverAfter(events, self._events())
        if self._taken("within"):
            limit = self._duration()
            self._take("of", wanted="`of`")
            return Within(events, limit, self._events())
        if self._next_are("approved") and len(events) == 1 and events[0].outcome is None:
            for word in _ANOTHER:
                self._take(word, wanted=f"`{word}`")
            return ApprovedByAnother(events[0])
        raise self._unexpected(_RELATIONS)

    def _events(self) -> Names:
        if not self._next_are("one", "of"):
            return (self._name(),)
        self._at += 2
        self._take("[", wanted="`[`")
        names = [self._name()]
        while self._taken(","):
            names.append(self._name())
        self._take("]", wanted="`,` or `]`")
        return tuple(names)

    def _name(self) -> Name:
        found = self._now
        if not _NAME.match(found.text):
            raise self._unexpected("a step, as `step`, `step.outcome` or `outer/inner`, or `start`")
        self._at += 1
        path, _, outcome = found.text.partition(".")
        steps = () if found.text == START else tuple(path.split("/"))
        return Name(steps, outcome or None, found.start, found.end)

    def _duration(self) -> Duration:
        try:
            limit = Duration.parse(self._now.text)
        except ValueError:
            raise self._unexpected("a duration such as 5m or 1h30m") from None
        self._at += 1
        return limit

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _next_are(self, *words: str) -> bool:
        return [each.text for each in self._tokens[self._at : self._at + len(words)]] == [*words]

    def _taken(self, word: str) -> bool:
        if self._now.text != word:
            return False
        self._at += 1
        return True

    def _take(self, word: str, wanted: str) -> None:
        if not self._taken(word):
            raise self._unexpected(wanted)

    def _unexpected(self, wanted: str) -> _UnexpectedError:
        return _UnexpectedError(self._now, wanted)
