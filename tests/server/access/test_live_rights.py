"""A stream of events ends when whoever follows it may see the run no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.server.conftest import Caller, Owned, RunningServer
from tests.server.files import DESK, push


@pytest.fixture
def run(owned: Owned) -> str:
    """The path of a run that waits for an approval, and so has no end of its own."""
    place = f"/environments/{owned.staging}"
    owned.owner.done(f"{place}/pushes", push(DESK), 201)
    given = {"input": {"customer": "Ann", "amount": 5}}
    made = owned.owner.done(f"{place}/workflows/desk/runs", given, 201)
    return f"{place}/runs/{made['run_id']}"


def _ended_by(caller: Caller, run: str, ends: Callable[[], Any]) -> None:
    """Follow the run, let the right end at the first event, and come to the stream's end."""
    headers = {"Accept": "text/event-stream"}
    with caller.stream("GET", f"{run}/events", headers=headers, timeout=10) as answer:
        lines: Iterator[str] = answer.iter_lines()
        assert next(lines) == "id: 1"
        ends()
        assert not any("RunEnded" in line for line in lines)


def test_of_all_runs(hosted: RunningServer, owned: Owned, run: str) -> None:
    viewer = owned.invite(hosted, "viewer", scope=("environment", owned.staging))
    path = f"/organisations/{owned.organisation}/grants"
    grant = viewer.known("/me")["memberships"][0]["grants"][0]["id"]
    events = f"/environments/{owned.staging}/events"
    headers = {"Accept": "text/event-stream"}
    with viewer.stream("GET", events, headers=headers, timeout=10) as answer:
        lines: Iterator[str] = answer.iter_lines()
        assert next(lines) == "event: position"
        owned.owner.delete(f"{path}/{grant}").raise_for_status()
        assert not any("RunStarted" in line for line in lines)
    assert viewer.get(events).status_code == 404


def test_of_a_member_who_is_removed(hosted: RunningServer, owned: Owned, run: str) -> None:
    viewer = owned.invite(hosted, "viewer")
    user = viewer.known("/me")["id"]
    path = f"/organisations/{owned.organisation}/users/{user}"
    _ended_by(viewer, run, lambda: owned.owner.delete(path).raise_for_status())
    assert viewer.get(run).status_code == 401


def test_of_a_member_who_loses_the_role(hosted: RunningServer, owned: Owned, run: str) -> None:
    viewer = owned.invite(hosted, "viewer", scope=("environment", owned.staging))
    path = f"/organisations/{owned.organisation}/grants"
    grant = viewer.known("/me")["memberships"][0]["grants"][0]["id"]
    _ended_by(viewer, run, lambda: owned.owner.delete(f"{path}/{grant}").raise_for_status())
    assert viewer.get(run).status_code == 404


def test_of_a_key_that_is_revoked(hosted: RunningServer, owned: Owned, run: str) -> None:
    asked = {
        "name": "K",
        "role": "viewer",
        "scope": {"kind": "environment", "id": owned.staging},
    }
    path = f"/organisations/{owned.organisation}/api-keys"
    made = owned.owner.done(path, asked, 201)
    with Caller(hosted, made["secret"]) as key:
        gone = f"{path}/{made['api_key']['id']}"
        _ended_by(key, run, lambda: owned.owner.delete(gone).raise_for_status())
        assert key.get(run).status_code == 401
