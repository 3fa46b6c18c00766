"""The services that tests run on: PostgreSQL comes with the packages, Redis from the system."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NamedTuple

from tools.environment import ROOT, Environment, Stop, say


class Service(NamedTuple):
    """A service, by what `tests/services/binaries.py` calls its programs, and the package that brings it."""

    name: str
    programs: str
    package: str
    brewed: str


SERVICES = (
    Service("PostgreSQL", "postgres_programs", "postgresql", "postgresql"),
    Service("Redis", "redis_program", "redis-server", "redis"),
)


def require_services(env: Environment) -> None:
    """Install what is missing where we may, else name it: a test never passes by for want of a service."""
    missing = [service for service in SERVICES if not is_there(env, service)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install([service.package for service in missing])
        missing = [service for service in missing if not is_there(env, service)]
    if missing:
        names = " and ".join(service.name for service in missing)
        apt = " ".join(service.package for service in missing)
        brew = " ".join(service.brewed for service in missing)
        raise Stop(
            f"the tests need {names}, which this machine has not. On Debian and Ubuntu: "
            f"sudo apt-get install {apt}; on macOS: brew install {brew}"
        )


def is_there(env: Environment, service: Service) -> bool:
    """Whether the tests find its programs."""
    ask = f"from tests.services.binaries import {service.programs} as find; find()"
    found = subprocess.run([str(env.python), "-c", ask], cwd=ROOT, capture_output=True)
    return found.returncode == 0


def install(packages: list[str]) -> None:
    """Install system packages, and leave what they start as services of the machine unstarted."""
    say(f"installing {', '.join(packages)} for the tests ...")
    unattended = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        subprocess.run(["apt-get", *words], stdout=subprocess.DEVNULL, env=unattended)
