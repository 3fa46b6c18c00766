"""`login`, `logout` and `context`: every way in, where tokens are, and what is never shown."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.contexts import Context, ContextFile, Named, read_contexts, write_contexts
from tests.cli.conftest import Cli
from tests.cli.hosted.conftest import Desk, Typed
from tests.server.conftest import Owned, RunningServer, new_organisation

Organisation = tuple[str, Owned]


def tokens_of(folder: Path, name: str = "smith") -> Path:
    return folder / ".config/auterity/tokens" / f"{name}.json"


def test_the_one_time_link_signs_in_and_chooses_a_password(
    cli: Cli, hosted: RunningServer, typed: Typed
) -> None:
    link = f"{hosted.url}/sign-in#{hosted.do(new_organisation(hosted.wiring))}"
    typed("a password of mine\n")
    done = cli("login", link, "--tokens", "file")
    assert done.code == 0, done.err
    assert "signed in to" in done.out
    assert "environment staging" in done.out
    typed("a password of mine\n")
    again = cli("login", link, "--tokens", "file")
    assert again.code == 4
    email = json.loads(cli("context", "show", "--json").out)["email"]
    typed("a password of mine\n")
    assert cli("login", "--email", email).code == 0
    typed("another one\n")
    wrong = cli("login", "--email", email)
    assert wrong.code == 4
    assert "another one" not in wrong.out + wrong.err


def test_a_code_is_approved_in_a_browser(
    cli: Cli, hosted: RunningServer, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owned = organisation
    shown: list[str] = []

    def approve(code: str, address: str, whole: str) -> None:
        shown.append(whole)
        body = {"user_code": code.lower().replace("-", " "), "approved": True}
        threading.Timer(0.1, lambda: owned.owner.done("/device/approve", body)).start()

    monkeypatch.setattr("auterity_cli.commands.login._show_code", approve)
    done = cli("login", hosted.url, "--context", "smith", "--tokens", "file")
    assert done.code == 0, done.err
    assert shown[0].startswith(f"{hosted.url}/device")
    assert cli("context", "show").code == 0


def test_an_api_key_comes_from_standard_input(
    cli: Cli, hosted: RunningServer, organisation: Organisation, typed: Typed, tmp_path: Path
) -> None:
    _, owned = organisation
    asked = {
        "name": "CI",
        "role": "developer",
        "scope": {"kind": "environment", "id": owned.staging},
    }
    made = owned.owner.done(f"/organisations/{owned.organisation}/api-keys", asked, 201)
    typed(f"{made['secret']}\n")
    done = cli("login", hosted.url, "--api-key", "--context", "smith", "--tokens", "file")
    assert done.code == 0, done.err
    assert made["secret"] not in done.out + done.err
    assert made["secret"] in tokens_of(tmp_path).read_text(encoding="utf-8")
    assert "CI" in cli("context", "show").out
    typed("autk_wrong\n")
    wrong = cli("login", hosted.url, "--api-key")
    assert wrong.code == 4


def test_tokens_are_the_users_alone_and_never_in_the_project(desk: Desk) -> None:
    file = tokens_of(desk.folder)
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    desk.write("workflows/pause.yaml", "x")
    secret = json.loads(file.read_text(encoding="utf-8"))["refresh_token"]
    written = [
        each
        for each in desk.folder.rglob("*")
        if each.is_file() and secret in each.read_text(encoding="utf-8", errors="replace")
    ]
    assert written == [file]


def test_logout_ends_it_on_the_server_too(desk: Desk) -> None:
    file = tokens_of(desk.folder)
    kept = json.loads(file.read_text(encoding="utf-8"))
    done = desk("logout")
    assert (done.code, file.exists()) == (0, False)
    after = desk("push")
    assert after.code in (3, 4)
    asked = desk.owned.owner.post(
        "/tokens/refresh",
        json={"refresh_token": kept["refresh_token"]},
        headers={"Authorization": ""},
    )
    assert asked.status_code == 401
    shown = desk("context", "show")
    assert (shown.code, "auterity login" in shown.err) == (4, True)


def test_an_access_token_that_is_over_is_renewed(desk: Desk) -> None:
    file = tokens_of(desk.folder)
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**kept, "expires_at": 1}), encoding="utf-8")
    assert desk("context", "show").code == 0
    fresh = json.loads(file.read_text(encoding="utf-8"))
    assert fresh["refresh_token"] != kept["refresh_token"]
    assert desk("context", "show").code == 0


def test_a_context_that_names_another_server_takes_no_tokens_along(desk: Desk) -> None:
    known = read_contexts()
    moved = known.contexts["smith"].model_copy(update={"server": "http://127.0.0.1:9"})
    write_contexts(known.with_context("smith", moved))
    done = desk("context", "show")
    assert done.code == 5
    assert "cannot be reached" in done.err


def test_contexts_are_listed_chosen_and_removed(desk: Desk) -> None:
    assert desk("context", "list").out.startswith("* smith  http://127.0.0.1:")
    used = desk("context", "use", "smith", "--environment", "production")
    assert (used.code, "production" in used.out) == (0, True)
    assert read_contexts().contexts["smith"].environment == Named(
        id=desk.owned.production, name="production"
    )
    wrong = desk("context", "use", "smith", "--environment", "prodution")
    assert (wrong.code, "did you mean production?" in wrong.err) == (2, True)
    assert desk("context", "remove", "smith").code == 0
    assert not tokens_of(desk.folder).exists()
    none = desk("push")
    assert (none.code, "auterity login URL" in none.err) == (2, True)


def test_a_program_needs_no_context(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = json.loads(tokens_of(desk.folder).read_text(encoding="utf-8"))["access_token"]
    desk("context", "remove", "smith")
    monkeypatch.setenv("AUTERITY_SERVER", desk.server.url)
    monkeypatch.setenv("AUTERITY_TOKEN", token)
    monkeypatch.setenv("AUTERITY_ENVIRONMENT", "staging")
    assert desk("runs", "list").code == 0
    monkeypatch.delenv("AUTERITY_ENVIRONMENT")
    unclear = desk("runs", "list")
    assert (unclear.code, "which environment" in unclear.err) == (2, True)


@pytest.mark.parametrize("name", ["", "local", "../up", "a/b", "-x", "a" * 61])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(UsageError):
        ContextFile().with_context(name, Context(server="https://auterity.example"))


@pytest.mark.parametrize("url", ["auterity.example", "http://auterity.example", "ftp://x"])
def test_addresses_that_are_not_safe(cli: Cli, url: str) -> None:
    done = cli("login", url)
    assert (done.code, done.out) == (2, "")


def test_nothing_is_known_at_first(cli: Cli) -> None:
    assert "no server is known here" in cli("context", "list").err
    assert cli("login").code == 2
    assert cli("logout").code == 2
    assert cli("trigger", "x").code == 2
