"""The locks fit pyproject.toml on every supported Python, have hashes, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
SERVER = [
    each
    for extra in ("scaled", "server", "sentry", "otel")
    for each in EXTRAS[extra]
    if not each.startswith("auterity")
]
WANTED = {
    "requirements.lock": RUNTIME,
    "requirements-server.lock": RUNTIME + SERVER,
    "requirements-build.lock": PROJECT["build-system"]["requires"],
    "requirements-dev.lock": RUNTIME + PROJECT["dependency-groups"]["dev"],
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def entries(lock: str) -> list[str]:
    """One text a pin: the requirement, its marker and its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return text.replace("\\\n", " ").strip().splitlines()


def pins(lock: str, python: str) -> dict[str, Version]:
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_python_implementation": "CPython",
    }
    found = {}
    for entry in entries(lock):
        pin = Requirement(entry.partition("--hash")[0].strip())
        if pin.marker is None or pin.marker.evaluate(machine):
            assert canonicalize_name(pin.name) not in found, f"{pin.name} is pinned twice"
            found[canonicalize_name(pin.name)] = Version(str(pin.specifier).removeprefix("=="))
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", WANTED)
def test_every_dependency_is_pinned_within_its_range(lock: str, python: str) -> None:
    pinned = pins(lock, python)
    for requirement in map(Requirement, WANTED[lock]):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is missing: run `python3 dev.py lock`"
        assert requirement.specifier.contains(version), f"{requirement} has {version}"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-server.lock"])
def test_development_runs_what_users_run(lock: str, python: str) -> None:
    runtime = pins(lock, python)
    assert runtime.items() <= pins("requirements-dev.lock", python).items()


@pytest.mark.parametrize("lock", WANTED)
def test_every_pin_has_hashes(lock: str) -> None:
    assert [entry for entry in entries(lock) if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert re.search(r"index-url|find-links|trusted-host", text) is None


def test_the_oldest_and_newest_python_agree_everywhere() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert ", ".join(f'"{python}"' for python in PYTHONS) in workflow
    classifiers = PROJECT["project"]["classifiers"]
    assert {f"Programming Language :: Python :: {python}" for python in PYTHONS} <= set(classifiers)
