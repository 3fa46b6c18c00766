"""The exit codes of every command, so that a script can tell a finding from a failure."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command's end means."""

    OK = 0
    FINDINGS = 1  # findings, or a failed run
    USAGE = 2  # wrong usage or configuration
    NOTHING = 3  # nothing to check
    SIGN_IN = 4  # not signed in
    OTHER_SIDE = 5  # a store, a service or a disk failed
    WAITING = 6  # the run waits
    CHANGES = 8  # there are changes (`diff` and `plan` with --exit-code)
    INTERNAL = 70  # a defect of Auterity
    INTERRUPTED = 130
