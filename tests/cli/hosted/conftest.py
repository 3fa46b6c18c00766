"""The command line against a real server on loopback, signed in as the owner of a new organisation."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Ended
from tests.server.conftest import Owned, RunningServer, hosted, new_organisation, owner_of

__all__ = ["hosted"]

PASSWORD = "correct horse battery"
ROOT = Path(__file__).parents[3]

Typed = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What the next command reads from standard input."""

    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return given


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    # Nothing of a test is to stay in the keyring of whoever runs it.
    monkeypatch.setattr("auterity_cli.commands.login.TokenRing.works", lambda ring: False)
    for name in ("CONTEXT", "SERVER", "TOKEN", "ENVIRONMENT"):
        monkeypatch.delenv(f"AUTERITY_{name}", raising=False)


@dataclass
class Desk:
    """A terminal in a project, signed in as the owner of an organisation."""

    run: Cli
    server: RunningServer
    owned: Owned
    folder: Path
    patch: pytest.MonkeyPatch

    def become(self, role: str, *business_roles: str) -> None:
        """Go on as somebody else of the organisation, in a role there."""
        who = self.owned.invite(self.server, role, business_roles=business_roles)
        self.patch.setenv("AUTERITY_TOKEN", who.headers["Authorization"].partition(" ")[2])

    def __call__(self, *arguments: str) -> Ended:
        return self.run(*arguments)

    def there(self, *arguments: str) -> Ended:
        """The same for a command that serves this machine unless it is told otherwise."""
        return self.run(*arguments, "--context", "smith")

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def ship(self, name: str) -> Path:
        """Take a workflow that ships with Auterity into the project."""
        file = self.folder / "workflows" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "workflows" / f"{name}.yaml", file)
        return file


@pytest.fixture
def organisation(hosted: RunningServer) -> Iterator[tuple[str, Owned]]:
    """A new organisation: the token of a link for its owner, and the owner signed in elsewhere."""
    link = hosted.do(new_organisation(hosted.wiring))
    with owner_of(hosted, link) as owned:
        yield link, owned


@pytest.fixture
def desk(
    cli: Cli,
    hosted: RunningServer,
    organisation: tuple[str, Owned],
    typed: Typed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    _, owned = organisation
    (tmp_path / "auterity.toml").write_text(
        '[dealership]\nname = "Smith Honda"\nregion = "OH"\ntimezone = "America/New_York"\n',
        encoding="utf-8",
    )
    typed(f"{PASSWORD}\n")
    email = owned.owner.known("/me")["email"]
    signed = cli("login", hosted.url, "--email", email, "--context", "smith")
    assert signed.code == 0, signed.err
    return Desk(cli, hosted, owned, tmp_path, monkeypatch)
