"""Checks while somebody types: what is stale is dropped, and nothing waits for a check for long."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from auterity_cli.language_server import checking
from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.checking import Checking
from tests.language_server.reading import read

URI = "file:///a.yaml"


@dataclass
class Desk:
    """A file whose text is set, and whose check can be held up."""

    text: str = "auterity: 1\n"
    started: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    checked: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    complaints: list[Exception] = field(default_factory=list)

    def analyse(self, uri: str, before: Analysis | None) -> Analysis | None:
        text = self.text
        self.checked.append(text)
        self.started.set()
        assert self.go.wait(60)
        if "fail" in text:
            raise ValueError(text)
        return read(text)

    def outlined(self, uri: str, before: Analysis) -> Analysis:
        return before.with_text(self.text, 2)

    def publish(self, uri: str, analysis: Analysis | None) -> None:
        assert analysis is not None
        self.published.append(analysis.lines.text)

    def checking(self) -> Checking:
        return Checking(self.analyse, self.outlined, self.publish, self.complaints.append)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0)


async def begun(desk: Desk) -> None:
    await asyncio.to_thread(desk.started.wait, 60)
    desk.started.clear()


async def test_a_check_of_an_old_text_is_thrown_away() -> None:
    desk = Desk()
    made = desk.checking()
    made.edited(URI)
    await begun(desk)
    desk.text = "auterity: 1\nname: newer\n"
    made.edited(URI)
    desk.go.set()
    state = await made.newest(URI)
    assert state is not None
    assert state.lines.text == desk.text
    assert desk.published == [desk.text]
    assert len(desk.checked) == 2
    made.stop()


async def test_a_question_does_not_wait_for_a_long_check() -> None:
    desk = Desk()
    desk.go.set()
    made = desk.checking()
    made.edited(URI)
    first = await made.newest(URI)
    assert first is not None
    desk.go.clear()
    desk.started.clear()
    desk.text = "auterity: 1\nna"
    made.edited(URI)
    await begun(desk)
    state = await made.newest(URI, patience=0.01)
    assert state is not None
    assert (state.lines.text, state.checked) == (desk.text, first.checked)
    desk.go.set()
    last = await made.newest(URI)
    assert last is not None
    assert last.checked is not first.checked
    made.stop()


async def test_a_check_that_fails_is_told_and_the_next_one_is_made() -> None:
    desk = Desk(text="auterity: fail")
    desk.go.set()
    made = desk.checking()
    made.edited(URI)
    assert await made.newest(URI) is None
    assert [type(error) for error in desk.complaints] == [ValueError]
    desk.text = "auterity: 1\n"
    made.edited(URI)
    assert await made.newest(URI) is not None
    made.stop()


async def test_a_file_that_was_closed_is_not_told_of() -> None:
    desk = Desk()
    made = desk.checking()
    made.edited(URI)
    await begun(desk)
    made.closed(URI)
    desk.go.set()
    await asyncio.to_thread(made._worker.shutdown)
    await asyncio.sleep(0)
    assert desk.published == []


async def test_an_edit_during_a_check_that_fails_is_checked() -> None:
    desk = Desk(text="auterity: fail")
    made = desk.checking()
    made.edited(URI)
    await begun(desk)
    desk.text = "auterity: 1\n"
    made.edited(URI)
    desk.checked.clear()
    desk.go.set()
    assert await made.newest(URI) is not None
    assert desk.checked == [desk.text]
    made.stop()
