"""Who drives a run: this process, told apart from any other that ever had its number."""

from __future__ import annotations

import os
import secrets
from functools import cache
from itertools import count
from pathlib import Path

from auterity_sdk.errors import RunHeld

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
_numbers = count()


def this_owner() -> str:
    """A name for one driver of this process: boot, process, its start, and a number of its own."""
    return f"{_this_process(os.getpid())}{next(_numbers):x}"


@cache
def _this_process(pid: int) -> str:
    # Where nothing tells when a process began, chance tells it apart.
    return f"{_boot()}/{_processes()}:{pid}:{_start(pid)}:{secrets.token_hex(4)}"


def process_of(owner: str) -> str:
    """The owner in words for people."""
    return f"the process {owner.split(':')[1]}"


def held_by(run_id: str, owner: str) -> RunHeld:
    """The error for whoever asks for a run that another one drives."""
    return RunHeld(
        f"the run {run_id} is being carried on by {process_of(owner)}",
        help="wait for it, or stop that process first",
    )


def is_dead(owner: str) -> bool:
    """Whether the owner's process is known to be gone; False where this machine cannot tell.

    For a store of which only this machine has the file: an owner of an earlier boot is dead.
    """
    place, pid, start, _ = owner.split(":")
    boot = place.partition("/")[0]
    if not boot or not _boot():
        return False
    return boot != _boot() or _start(int(pid)) != start


def is_dead_here(owner: str) -> bool:
    """Whether the owner's process was one of those that this process can see, and is gone.

    For a store that other machines and containers share: whoever is not of this one counts as alive.
    """
    place, pid, start, _ = owner.split(":")
    boot, _, processes = place.partition("/")
    is_here = bool(boot and processes) and (boot, processes) == (_boot(), _processes())
    return is_here and _start(int(pid)) != start


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


@cache
def _processes() -> str:
    """The namespace in which this process's number counts: another container has other processes of the same numbers."""
    try:
        return str(_PROCESSES.stat().st_ino)
    except OSError:
        return ""


def _start(pid: int) -> str:
    """When a process began, in ticks since the machine's start; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The second field is a name in parentheses, which may hold spaces.
    fields = stat.rpartition(")")[2].split()
    # A process that ended and that its parent has not asked about yet is still listed.
    return "" if fields[0] in "ZX" else fields[19]
