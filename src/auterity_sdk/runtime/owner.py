"""Who drives a run: this process, told apart from any other that ever had its number."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from auterity_sdk.errors import RunHeld

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_owner() -> str:
    """A name for one driver of this process: boot, process, its start, and a number of its own."""
    return f"{_this_process(os.getpid())}:{secrets.token_hex(4)}"


@cache
def _this_process(pid: int) -> str:
    return f"{_boot()}:{pid}:{_start(pid)}"


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
    """Whether the owner's process is known to be gone; False where this machine cannot tell."""
    boot, pid, start, _ = owner.split(":")
    if not boot or not _boot():
        return False
    return boot != _boot() or _start(int(pid)) != start


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
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
