"""The test command brings the services that tests need, or says how to."""

import sys
from pathlib import Path

import pytest

from tools import services
from tools.environment import Environment, Stop

HERE = Environment(Path(sys.prefix), sys.executable, "3.11")
REDIS = next(service for service in services.SERVICES if service.name == "Redis")


def test_what_is_there_is_found() -> None:
    assert services.is_there(HERE, REDIS)
    services.require_services(HERE)


def no_programs(monkeypatch: pytest.MonkeyPatch, folder: Path, *, root: bool) -> None:
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(services.os, "geteuid", lambda: 0 if root else 1000)


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_programs(monkeypatch, tmp_path, root=False)
    with pytest.raises(Stop, match=r"need Redis.*apt-get install redis-server.*brew install redis"):
        services.require_services(HERE)


def test_root_installs_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_programs(monkeypatch, tmp_path, root=True)
    called = tmp_path / "called"
    redis = tmp_path / "redis-server"
    apt = tmp_path / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$@" >> {called}\n'
        f'[ "$1" = update ] || {{ echo "#!/bin/sh" > {redis}; /bin/chmod 755 {redis}; }}\n'
    )
    apt.chmod(0o755)
    services.require_services(HERE)
    assert called.read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends redis-server",
    ]
