"""`push`, `pull`, `versions`, `promote`, `rollback`, `confirm` against the server process."""

from __future__ import annotations

import json

from tests.cli.hosted.conftest import Desk
from tests.server.files import PAUSE

LOUD = PAUSE.replace("Hello", "HELLO")
BROKEN = PAUSE.replace("${input.who}", "${input.whom}")


def pushed(desk: Desk, text: str = PAUSE, *more: str) -> str:
    """Push a text; gives its version."""
    desk.write("workflows/pause.yaml", text)
    done = desk("push", "--json", *more)
    assert done.code == 0, done.err
    version: str = json.loads(done.out)["deployments"][0]["version"]
    return version


def test_a_push_goes_live_once(desk: Desk) -> None:
    desk.write("workflows/pause.yaml", PAUSE)
    first = desk("push", "-m", "greet everyone")
    again = desk("push")
    assert (first.code, again.code) == (0, 0)
    assert first.out.startswith("+ pause  ")
    assert first.out.rstrip().endswith("new, live  greet everyone")
    assert again.out.rstrip().endswith("same, live")


def test_findings_are_those_of_validate_and_nothing_is_pushed(desk: Desk) -> None:
    desk.write("workflows/pause.yaml", BROKEN)
    desk.write("workflows/right.yaml", PAUSE.replace("name: pause", "name: right"))
    for name in ("text", "json", "github", "junit"):
        validated = desk("validate", "--format", name, "--no-cache")
        done = desk("push", "--format", name)
        assert (validated.code, done.code) == (1, 1)
        told = validated.out.rpartition(", ")[0] if name == "text" else validated.out
        assert done.out.strip() == told.strip()
        assert "nothing was pushed" in done.err
    assert (
        list(desk.owned.owner.known(f"/environments/{desk.owned.staging}/workflows")["items"]) == []
    )


def test_what_the_server_alone_finds_is_shown_at_the_same_places(desk: Desk) -> None:
    child = PAUSE.replace("name: pause", "name: child")
    caller = (
        "auterity: 1\nname: caller\nsteps:\n  ask:\n    call: child\n    with: {who: Jo}\n"
        "    timeout: 5m\n"
    )
    desk.write("workflows/child.yaml", child)
    desk.write("workflows/caller.yaml", caller)
    alone = desk("push", "workflows/caller.yaml")
    assert alone.code == 1
    assert "workflows/caller.yaml:5" in alone.out
    assert "the server refused it" in alone.err
    assert desk("push").code == 0


def test_json_keeps_findings_off_standard_output(desk: Desk) -> None:
    desk.write("workflows/pause.yaml", BROKEN)
    done = desk("push", "--json")
    assert (done.code, done.out) == (1, "")
    assert "whom" in done.err


def test_a_python_workflow_is_pushed_and_pulled_as_yaml(desk: Desk) -> None:
    desk.write(
        "workflows/late.py",
        "from auterity_sdk import wait, workflow\n\n\n"
        '@workflow(name="late")\ndef late() -> None:\n    hold = wait("1s")\n',
    )
    done = desk("push", "workflows/late.py")
    assert done.code == 0, done.err
    found = desk("pull", "late")
    assert found.code == 0, found.err
    text = (desk.folder / "workflows/late.yaml").read_text(encoding="utf-8")
    assert "hold:" in text


def test_a_finding_in_python_stands_at_its_line(desk: Desk) -> None:
    desk.write(
        "workflows/late.py",
        "from auterity_sdk import call, workflow\n\n\n"
        '@workflow(name="late")\ndef late() -> None:\n    ask = call("nobody", timeout="5m")\n',
    )
    done = desk("push", "workflows/late.py")
    assert done.code == 1
    assert "late.py:6" in done.out


def test_pull_leaves_what_differs(desk: Desk) -> None:
    pushed(desk)
    same = desk("pull")
    assert same.out.startswith("= ")
    file = desk.write("workflows/pause.yaml", "# mine\n" + PAUSE)
    refused = desk("pull")
    assert refused.code == 2
    assert file.read_text(encoding="utf-8").startswith("# mine")
    assert desk("pull", "--force").code == 0
    assert file.read_text(encoding="utf-8") == PAUSE
    assert desk("pull", "--to", "elsewhere").code == 0
    assert (desk.folder / "elsewhere/pause.yaml").read_text(encoding="utf-8") == PAUSE


def test_versions_and_back(desk: Desk) -> None:
    first = pushed(desk)
    second = pushed(desk, LOUD)
    listed = desk("versions", "pause")
    assert [line.split()[:2] for line in listed.out.splitlines()] == [
        ["*", second[:12]],
        [first[:12], listed.out.splitlines()[1].split()[1]],
    ]
    back = desk("rollback", "pause", "--json")
    assert json.loads(back.out)["deployments"][0]["version"] == first
    assert desk("rollback", "pause", "--to", second[:8]).code == 0
    live = json.loads(desk("versions", "pause", "--json").out)
    assert {each["version"]: each["live"] for each in live} == {second: True, first: False}
    unknown = desk("rollback", "pause", "--to", "zzz")
    assert (unknown.code, "no version begins with zzz" in unknown.err) == (2, True)
    old = desk("pull", "pause", "--version", first[:8], "--to", "old")
    assert old.code == 0
    assert (desk.folder / "old/pause.yaml").read_text(encoding="utf-8") == PAUSE


def test_the_very_version_is_promoted(desk: Desk) -> None:
    version = pushed(desk)
    done = desk("promote", "staging", "production")
    assert (done.code, version[:12] in done.out) == (0, True)
    there = desk("versions", "pause", "-e", "production", "--json")
    assert json.loads(there.out)[0]["version"] == version
    unknown = desk("promote", "staging", "prodction")
    assert unknown.code == 2
    assert "did you mean production?" in unknown.err


def test_a_protected_environment_waits_for_a_second_person(desk: Desk) -> None:
    organisation = desk.owned.organisation
    made = desk.owned.owner.done(
        f"/organisations/{organisation}/environments", {"name": "guarded", "protected": True}, 201
    )
    desk.write("workflows/pause.yaml", PAUSE)
    done = desk("push", "-e", "guarded")
    assert (done.code, "new, pending" in done.out) == (0, True)
    assert "auterity confirm pause --context smith --environment guarded" in done.err
    assert "new, pending" in desk("confirm", "-e", "guarded").out
    own = desk("confirm", "pause", "-e", "guarded")
    assert own.code == 2
    assert desk("trigger", "pause", "-e", "guarded", "-i", "who=Jo").code == 2
    desk.become("owner")
    confirmed = desk("confirm", "pause", "-e", made["id"])
    assert (confirmed.code, "new, live" in confirmed.out) == (0, True)


def test_a_viewer_may_not_push(desk: Desk) -> None:
    desk.become("viewer")
    desk.write("workflows/pause.yaml", PAUSE)
    done = desk("push")
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert done.out == ""
