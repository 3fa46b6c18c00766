"""The process `auterity server`: begun by a person, stopped by a signal, killed, begun again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_sdk.hosted.schemas.run import Run
from auterity_server.database.tables.environments import environments
from auterity_server.serve import Server
from auterity_server.wiring import wire
from tests.server.conftest import PASSWORD, RunningServer, new_organisation, settings_for
from tests.server.files import DEALER, DESK, PAUSE, lead, push, shipped

COMMAND = [sys.executable, "-m", "auterity_cli", "server", "--port", "0", "--json"]


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process, and what it said of itself."""
    environment = {
        **os.environ,
        "AUTERITY_DATA": str(folder / "data"),
        "AUTERITY_BCRYPT_COST": "4",
        "AUTERITY_NOW": "2026-11-24T15:00:00Z",
        **more,
    }
    process = subprocess.Popen(
        COMMAND,
        env=environment,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def caller(url: str, token: str = "none") -> httpx2.Client:  # noqa: S107
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=20, verify=False)


def first(said: dict[str, Any]) -> httpx2.Client:
    """The first owner, signed in by the link."""
    token = said["sign_in_link"].partition("#")[2]
    with caller(said["url"]) as stranger:
        given = {"token": token, "password": PASSWORD}
        answer = stranger.post("/sign-in/link", json=given)
        assert answer.status_code == 200, answer.text
        assert stranger.post("/sign-in/link", json=given).status_code == 401
    return caller(said["url"], answer.json()["access_token"])


def again(said: dict[str, Any]) -> httpx2.Client:
    """The owner, signed in with the password."""
    with caller(said["url"]) as stranger:
        given = {"email": "owner@localhost", "password": PASSWORD}
        answer = stranger.post("/sign-in/password", json=given)
        assert answer.status_code == 200, answer.text
    return caller(said["url"], answer.json()["access_token"])


def done(answer: httpx2.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def staging(owner: httpx2.Client) -> str:
    organisation = done(owner.get("/me"))["memberships"][0]["organisation"]["id"]
    found = done(owner.get(f"/organisations/{organisation}/environments"))["items"]
    return next(f"/environments/{each['id']}" for each in found if each["name"] == "staging")


def until(owner: httpx2.Client, path: str, *statuses: str) -> Run:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        run = Run.model_validate(done(owner.get(path)))
        if run.status in statuses:
            return run
        time.sleep(0.05)
    raise AssertionError(f"the run is {run.status}")


def begun(owner: httpx2.Client, path: str, name: str, given: dict[str, Any], **more: Any) -> str:
    answer = owner.post(f"{path}/workflows/{name}/runs", json={"input": given}, **more)
    return f"{path}/runs/{done(answer)['run_id']}"


def test_a_killed_server_carries_its_runs_on_and_a_signal_ends_it_in_order(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, said), first(said) as owner:
        path = staging(owner)
        short = PAUSE.replace("1s", "700ms")
        files = push(shipped("lead-response"), short, DESK, project=DEALER)
        done(owner.post(f"{path}/pushes", json=files))
        lead_run = begun(owner, path, "lead-response", {"lead": lead()})
        desk_run = begun(owner, path, "desk", {"customer": "a", "amount": 1})
        until(owner, lead_run, "waiting")
        until(owner, desk_run, "waiting")
        once = {"headers": {"Idempotency-Key": "web-4711"}}
        keyed = begun(owner, path, "pause", {"who": "once"}, **once)
        under_way = [begun(owner, path, "pause", {"who": "world"}) for _ in range(3)]
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with serving(tmp_path, AUTERITY_NOW="2026-11-24T15:04:00Z") as (process, said):
        assert said["sign_in_link"] is None
        with again(said) as owner:
            for run in (keyed, *under_way):
                until(owner, run, "succeeded")
            assert begun(owner, path, "pause", {"who": "once"}, **once) == keyed
            assert len(done(owner.get(f"{path}/runs?workflow=pause"))["items"]) == 4
            body = {"from": "+14195550188", "body": "Yes! Thursday after five?"}
            done(owner.post(f"{path}/messages", json={"type": "sms.received", "data": body}))
            assert until(owner, lead_run, "succeeded").end == "answered"
            stopped_while_followed(owner, desk_run, process)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]
    kept = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert any(each.name.startswith("outbox") for each in kept)
    assert [str(each) for each in kept if each.stat().st_mode & 0o077] == []


def stopped_while_followed(owner: httpx2.Client, run: str, process: subprocess.Popen[str]) -> None:
    """A signal ends a live stream, and then the process, which says nothing of it."""
    headers = {"Accept": "text/event-stream"}
    with owner.stream("GET", f"{run}/events", headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "id: 1"
        process.send_signal(signal.SIGTERM)
        assert list(lines)
    assert process.wait(15) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_settings_that_are_wrong_are_named_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    ended = subprocess.run(
        COMMAND,
        env={**os.environ, "AUTERITY_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "AUTERITY_DATA" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "control.db").write_bytes(b"this is no database at all" * 100)
    server = Server(wire(settings_for(tmp_path / "data")))
    with pytest.raises(StoreUnavailable, match="the database cannot be used"):
        await server.work()


def test_small_answers_are_not_held_back(tmp_path: Path) -> None:
    """asyncio turns off Nagle's algorithm on sockets that say that they are TCP's; on others each answer takes 40 ms more."""
    with closing(Server(wire(settings_for(tmp_path / "data"))).bound) as bound:
        assert bound.proto == socket.IPPROTO_TCP


def test_an_address_that_is_taken_is_told(tmp_path: Path, hosted: RunningServer) -> None:
    port = hosted.url.rpartition(":")[2]
    with pytest.raises(ConfigurationError, match="AUTERITY_PORT"):
        Server(wire(settings_for(tmp_path / "data", port=port)))


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    hidden = (
        "import sys; sys.modules['fastapi'] = None; from auterity_cli.__main__ import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", hidden, "server"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert "pip install 'auterity[server]'" in ended.stderr


async def test_a_store_that_is_damaged_keeps_no_other_environment_from_going_on(
    tmp_path: Path,
) -> None:
    made = wire(settings_for(tmp_path / "data"))
    async with made.running():
        await new_organisation(made)
        async with made.database.reading() as connection:
            found = (await connection.execute(select(environments.c.id))).scalars().all()
    stores = [tmp_path / "data" / "environments" / each / ".auterity" for each in sorted(found)]
    for store in stores:
        store.mkdir(mode=0o700, parents=True)
    (stores[0] / "runs.db").write_bytes(b"this is no store" * 500)
    again = wire(settings_for(tmp_path / "data"))
    async with again.running():
        assert again.runs.known(sorted(found)[0]) is None
        assert again.runs.known(sorted(found)[1]) is not None
