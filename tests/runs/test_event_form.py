"""Events as data for programs outside: every kind goes out and comes back, and names its kind."""

from __future__ import annotations

import json

import pytest

from auterity_sdk.runs.event_form import event_data, event_from
from auterity_sdk.runs.events import EventTaken, RunStarted
from auterity_sdk.runs.journal import KINDS, from_line
from tests.runtime.record_histories import HISTORIES, journals


def test_every_event_of_the_recorded_journals_comes_back() -> None:
    seen = set()
    for file in HISTORIES.glob("journal-*.jsonl"):
        _, *lines = file.read_text(encoding="utf-8").splitlines()
        for seq, line in enumerate(each for of_run in journals(lines).values() for each in of_run):
            event = from_line(line)
            data = json.loads(json.dumps(event_data("r1", seq, event)))
            assert data["event"] == type(event).__name__
            assert event_from(data) == event
            seen.add(data["event"])
    assert seen == set(KINDS)


def test_the_type_of_an_outside_event_does_not_stand_for_the_kind() -> None:
    data = event_data("r1", 3, EventTaken(1, "reply", "sms.received"))
    assert (data["event"], data["type"]) == ("EventTaken", "sms.received")


def test_what_has_to_be_there_is_there_although_it_is_empty() -> None:
    event = RunStarted(1, "r1", "v", {})
    data = event_data("r1", 1, event)
    assert data["input"] == {}
    assert "requester" not in data
    assert event_from(data) == event


@pytest.mark.parametrize("more", [{"event": "NoSuchThing"}, {"colour": "red"}])
def test_a_newer_server_breaks_nothing(more: dict[str, str]) -> None:
    data = event_data("r1", 1, RunStarted(1, "r1", "v", {})) | more
    found = event_from(data)
    assert found is None if "event" in more else isinstance(found, RunStarted)
