"""`trigger`, and the commands that serve both: what they print of a run on a server is what they print of one here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.hosted.conftest import ROOT, Desk
from tests.server.files import DESK, PAUSE

LEAD = str(ROOT / "examples" / "data" / "lead.xml")
HANDED = """auterity: 1
name: handed
input: {who: string, phone: {type: string, x-data-class: contact}}
steps:
  desk:
    uses: task.assign
    with: {role: sales, due: 1h, title: "Call ${input.phone}"}
output: {said: "Hello ${input.who}"}
"""
ASKED = """auterity: 1
name: asked
steps:
  answer:
    receive: {event: sms.received, timeout: 2d}
ends: {answered: answer.received, late: answer.timeout}
"""


def put(desk: Desk, *texts: str) -> None:
    for number, text in enumerate(texts):
        desk.write(f"workflows/{number}.yaml", text)
    done = desk("push")
    assert done.code == 0, done.out + done.err


def alike(text: str) -> str:
    """A text without what is another in every run: ids, times, durations."""
    text = re.sub(r"\b[0-9a-f]{12}([0-9a-f]{12})?\b", "RUN", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?", "TIME", text)
    text = re.sub(r"\b\d{13}\b", "MILLISECONDS", text)
    text = re.sub(r"task-[0-9a-f]+", "TASK", text)
    return re.sub(r" +\d[\d.]* (ms|s)\b", "", text)


def test_a_lead_goes_through(desk: Desk) -> None:
    desk.ship("lead-response")
    assert desk("push").code == 0
    done = desk("trigger", "lead-response", "-i", LEAD)
    assert done.code in (0, 6), done.err
    assert done.err.startswith("run ")
    assert "parse: started" in done.err or "started" in done.err
    shown = desk.there("runs", "show")
    assert "lead-response" in shown.out
    lead = json.loads(desk.there("runs", "show", "--json").out)["input"]["lead"]
    assert "Jordan" not in json.dumps(lead["customer"])


def test_the_same_commands_print_the_same(desk: Desk) -> None:
    put(desk, HANDED)
    inputs = ("-i", "who=Jo", "-i", "phone=+16145550123")
    here = desk("run", "workflows/0.yaml", *inputs)
    there = desk("trigger", "handed", *inputs)
    assert (here.code, there.code) == (0, 0), there.err
    assert alike(there.out) == alike(here.out)
    assert alike(there.err).replace("  desk: started\n", "") == alike(here.err)
    for command in (
        ("runs", "list"),
        ("runs", "show"),
        ("runs", "events"),
        ("runs", "tail"),
        ("usage",),
    ):
        here, there = desk(*command), desk.there(*command)
        assert there.code == here.code, there.err
        assert alike(there.out) == alike(here.out), command
        assert alike(there.err) == alike(here.err), command
    assert "[contact]" in desk.there("runs", "show").out


def test_json_is_of_the_same_form(desk: Desk) -> None:
    put(desk, HANDED)
    inputs = ("-i", "who=Jo", "-i", "phone=+16145550123")
    desk("run", "workflows/0.yaml", *inputs)
    desk("trigger", "handed", *inputs)
    for command in (("runs", "list"), ("runs", "show")):
        here, there = (json.loads(each(*command, "--json").out) for each in (desk, desk.there))
        assert plain(there) == plain(here), command
    for command in (("runs", "events"), ("runs", "tail")):
        here, there = (each(*command, "--json").out.splitlines() for each in (desk, desk.there))
        assert [plain(json.loads(each)) for each in there] == [
            plain(json.loads(each)) for each in here
        ]


def plain(data: Any) -> Any:
    """Data without what is another in every run, and whoever asked for it."""
    if isinstance(data, dict):
        return {
            name: "WHO" if name == "requester" else plain(inner) for name, inner in data.items()
        }
    if isinstance(data, list):
        return [plain(each) for each in data]
    return alike(str(data)) if isinstance(data, str | int) else data


def test_a_run_that_waits_is_approved_and_ends(desk: Desk) -> None:
    put(desk, DESK)
    waits = desk("trigger", "desk", "-i", "customer=Pat Doe", "-i", "amount=14200")
    assert waits.code == 6, waits.err
    run = json.loads(desk.there("runs", "list", "--json").out)[0]["run_id"]
    assert f"→ auterity approve {run} manager --context smith" in waits.err
    listed = desk.there("runs", "list", "--status", "waiting")
    assert run in listed.out
    wrong = desk.there("approve", run, "manager", "--as", "somebody")
    assert (wrong.code, "--as is for runs on this machine" in wrong.err) == (2, True)
    desk.become("approver", "service_manager")
    refused = desk.there("approve", run)
    assert refused.code == 2, refused.err
    desk.become("approver", "sales_manager")
    done = desk.there("approve", run[:10])
    assert done.code == 0, done.err
    assert "manager: approved" in done.err
    assert "succeeded: offered" in done.err
    assert "Pat Doe" not in done.out + done.err


def test_an_outside_event_goes_to_the_run_that_waits(desk: Desk) -> None:
    put(desk, ASKED)
    assert desk("trigger", "asked").code == 6
    done = desk.there("send", "sms.received", "text=yes", "--id", "SM1")
    assert done.code == 0, done.err
    assert "succeeded: answered" in done.err
    again = desk.there("send", "sms.received", "text=yes", "--id", "SM1")
    assert (again.code, again.err) == (0, "the event came before; nothing was done\n")
    kept = desk.there("send", "sms.received", "text=no", "--lifetime", "1h")
    assert (kept.code, kept.err) == (0, "the event is kept: no run waits for it now\n")


def test_a_run_is_cancelled(desk: Desk) -> None:
    put(desk, ASKED)
    desk("trigger", "asked", "--detach")
    run = json.loads(desk.there("runs", "list", "--json").out)[0]["run_id"]
    done = desk.there("runs", "cancel", run[:8])
    assert (done.code, "cancelled" in done.err) == (1, True)
    again = desk.there("runs", "cancel", run)
    assert (again.code, "is over, or was cancelled before" in again.err) == (0, True)


def test_a_key_of_ones_own_starts_a_run_once(desk: Desk) -> None:
    put(desk, PAUSE)
    started = [desk("trigger", "pause", "-i", "who=Jo", "--key", "K-1", "--detach") for _ in "ab"]
    assert started[0].out == started[1].out
    assert len(json.loads(desk.there("runs", "list", "--json").out)) == 1


def test_waiting_for_the_end(desk: Desk) -> None:
    put(desk, PAUSE)
    done = desk("trigger", "pause", "-i", "who=Jo", "--wait")
    assert (done.code, json.loads(done.out)) == (0, {"said": "Hello Jo"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trigger", "nothing"), "no such workflow"),
        (("trigger", "pause", "--wait", "--detach"), "opposite"),
        (("runs", "show", "zzz", "--context", "smith"), "there is no run zzz"),
        (("runs", "show", "--reveal", "--context", "smith"), "is for runs on this machine"),
        (("runs", "list", "--context", "smth"), "did you mean smith?"),
        (("runs", "list", "-e", "nowhere"), "there is no environment `nowhere`"),
        (("push", "--context", "local"), "is this machine, and no server"),
    ],
)
def test_mistakes_are_told(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    desk.write("workflows/pause.yaml", PAUSE)
    done = desk(*arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_project_chooses_its_server(desk: Desk) -> None:
    put(desk, PAUSE)
    with (desk.folder / "auterity.toml").open("a") as settings:
        settings.write('[hosted]\ncontext = "smith"\n')
    desk("trigger", "pause", "-i", "who=Jo", "--detach")
    assert "pause" in desk("runs", "list").out
    assert desk("runs", "list", "--context", "local").out == ""
    waits = desk("trigger", "pause", "-i", "who=Jo")
    assert "--context" not in waits.err
