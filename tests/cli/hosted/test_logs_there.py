"""`auterity logs` of a server: as of this machine, and on from where it was when the server was started anew."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, closing
from pathlib import Path

from tests.cli.hosted.conftest import Desk
from tests.cli.hosted.test_hosted_runs import HANDED, alike, plain, put
from tests.server.conftest import Caller, new_organisation, owner_of, running, settings_for
from tests.server.files import PAUSE, push


def test_it_prints_the_same_of_runs_on_a_server(desk: Desk) -> None:
    put(desk, HANDED)
    inputs = ("-i", "who=Jo", "-i", "phone=+16145550123")
    assert desk("run", "workflows/0.yaml", *inputs).code == 0
    assert desk("trigger", "handed", *inputs).code == 0
    run = json.loads(desk.there("runs", "list", "--json").out)[0]["run_id"]
    assert desk.there("logs").out
    for options in ((), ("--workflow", "handed"), ("--last", "2"), ("--kind", "RunEnded")):
        here, there = desk("logs", *options), desk.there("logs", *options)
        assert (here.code, there.code) == (0, 0), there.err
        assert alike(there.out) == alike(here.out), options
        here, there = desk("logs", "--json", *options), desk.there("logs", "--json", *options)
        lines = (
            [plain(json.loads(line) | {"position": 0}) for line in each.out.splitlines()]
            for each in (here, there)
        )
        assert next(lines) == next(lines)
    assert "[contact]" in desk.there("logs").out
    of_run = desk.there("logs", run, "-f", "--json").out.splitlines()
    assert json.loads(of_run[-1])["event"] == "RunEnded"
    assert desk.there("logs", "--reveal").code == 2


def test_it_goes_on_at_a_server_that_was_started_anew(tmp_path: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = settings_for(tmp_path / "data", port=port)
    with ExitStack() as until_it_stops:
        server = until_it_stops.enter_context(running(settings))
        link = server.do(new_organisation(server.wiring))
        with owner_of(server, link) as owned:
            place, headers = f"/environments/{owned.staging}", dict(owned.owner.headers)
            owned.owner.done(f"{place}/pushes", push(PAUSE.replace("1s", "1ms")), 201)
            variables = {
                "AUTERITY_SERVER": server.url,
                "AUTERITY_TOKEN": headers["authorization"].partition(" ")[2],
                "AUTERITY_ENVIRONMENT": "staging",
                "XDG_CONFIG_HOME": str(tmp_path),
            }
            process = subprocess.Popen(
                [sys.executable, "-m", "auterity_cli", "logs", "-f", "--json", "--since", "1h"],
                cwd=tmp_path,
                env={**os.environ, **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            watchdog = threading.Timer(60, process.kill)
            watchdog.start()
            first = owned.owner.done(f"{place}/workflows/pause/runs", {"input": {"who": "a"}}, 201)
            seen = read_end(process)
    with running(settings) as server, Caller(server, variables["AUTERITY_TOKEN"]) as again:
        second = again.done(f"{place}/workflows/pause/runs", {"input": {"who": "b"}}, 201)
        seen += read_end(process)
        journal = again.known(f"{place}/events", limit=100)["items"]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        watchdog.cancel()
    assert [each["position"] for each in seen] == [each["position"] for each in journal]
    assert [seen[0]["run_id"], seen[-1]["run_id"]] == [first["run_id"], second["run_id"]]
    assert (process.returncode, "Traceback" in err) == (130, False)


def read_end(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    """What it prints up to the end of a run."""
    assert process.stdout is not None
    found: list[dict[str, object]] = []
    while not found or found[-1]["event"] != "RunEnded":
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        found.append(json.loads(line))
    return found
