"""The events of all runs of an environment: in pages, and as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.server.conftest import Caller, Owned
from tests.server.files import DESK, PAUSE, push
from tests.server.test_running import begin, until

QUICK = PAUSE.replace("1s", "1ms")


@pytest.fixture
def place(owned: Owned) -> str:
    """The path of an environment in which `desk` and `pause` are live."""
    owned.owner.done(f"/environments/{owned.staging}/pushes", push(QUICK, DESK), 201)
    return f"/environments/{owned.staging}"


def ended(owned: Owned, count: int = 1) -> list[str]:
    """So many runs of `pause`, one after the other."""
    made = []
    for _ in range(count):
        run_id = begin(owned, "pause", {"who": "a"})["run_id"]
        until(owned.owner, f"/environments/{owned.staging}/runs/{run_id}", "succeeded")
        made.append(run_id)
    return made


@contextmanager
def streamed(caller: Caller, path: str, **asked: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """The messages of a stream, each with its id and type."""
    headers = {"Accept": "text/event-stream"}
    if "last_id" in asked:
        headers["Last-Event-ID"] = str(asked.pop("last_id"))
    with caller.stream("GET", f"{path}/events", params=asked, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")

        def messages() -> Iterator[dict[str, Any]]:
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                else:
                    data = json.loads(fields["data"])
                    yield {"id": int(fields["id"]), "type": fields.get("event", ""), **data}
                    fields = {}

        yield messages()


def places(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(each["run_id"], each["seq"]) for each in found]


def test_the_events_of_all_runs_come_in_pages(owned: Owned, place: str) -> None:
    first, second = ended(owned, 2)
    page = owned.owner.known(f"{place}/events", limit=3)
    found = page["items"]
    while page["next"]:
        page = owned.owner.known(f"{place}/events", limit=3, cursor=page["next"])
        found += page["items"]
    journals = [owned.owner.known(f"{place}/runs/{run}/events")["items"] for run in (first, second)]
    assert places(found) == places([*journals[0], *journals[1]])
    positions = [each["position"] for each in found]
    assert positions == sorted(set(positions))
    assert {each["workflow"] for each in found} == {"pause"}
    behind = owned.owner.known(f"{place}/events", after=positions[2])["items"]
    assert places(behind) == places(found[3:])


def test_what_is_asked_for_comes_alone(owned: Owned, place: str) -> None:
    (quick,) = ended(owned)
    waits = begin(owned, "desk", {"customer": "Jordan Rivera", "amount": 1})["run_id"]
    until(owned.owner, f"{place}/runs/{waits}", "waiting")

    def found(**asked: Any) -> list[tuple[str, int]]:
        return places(owned.owner.known(f"{place}/events", limit=100, **asked)["items"])

    everything = found()
    assert {run for run, _ in found(workflow="desk")} == {waits}
    assert {run for run, _ in found(workflow="none")} == set()
    both = [(quick, 1), (waits, 1)]
    assert found(kind="RunStarted") == both
    assert [run for run, _ in found(kind=["RunEnded", "RunForked"])] == [quick]
    assert found(last=2) == everything[-2:]
    assert found(last=1, kind="RunStarted") == both[-1:]
    assert found(last=0) == []
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert found(since=now.isoformat()) == everything
    assert found(since=(now + timedelta(days=1)).isoformat()) == []
    refused = owned.owner.get(f"{place}/events", params={"kind": "RunWon"})
    assert refused.status_code == 422
    assert "RunWon" in refused.json()["detail"]
    assert "Jordan" not in owned.owner.get(f"{place}/events").text


def test_a_stream_goes_on_behind_what_it_brought_last(owned: Owned, place: str) -> None:
    before = ended(owned)
    with streamed(owned.owner, place) as messages:
        head = next(messages)
        assert head["type"] == "position"
        (now,) = ended(owned)
        seen = [next(messages) for _ in range(2)]
    assert places(seen) == [(now, 1), (now, 2)], "without more it begins with what comes"
    with streamed(owned.owner, place, last_id=seen[0]["id"]) as messages:
        assert next(messages)["id"] == seen[0]["id"]
        again = next(messages)
    assert again == seen[1]
    with streamed(owned.owner, place, last=100, kind="RunEnded") as messages:
        next(messages)
        found = [next(messages) for _ in range(2)]
    assert [each["run_id"] for each in found] == [*before, now]
    assert {each["event"] for each in found} == {"RunEnded"}


def test_a_stream_masks_what_was_told_before_it_began(owned: Owned, place: str) -> None:
    run = begin(owned, "desk", {"customer": "Jordan Rivera", "amount": 1})["run_id"]
    until(owned.owner, f"{place}/runs/{run}", "waiting")
    with streamed(owned.owner, place) as messages:
        next(messages)
        owned.owner.done(f"{place}/approvals/{run}/manager", {"approved": True})
        found = []
        for each in messages:
            found.append(json.dumps(each))
            if each["event"] == "RunEnded":
                break
    assert not any("Jordan" in each for each in found)
