"""What is still recorded of attempts that run when their process stops carrying runs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from auterity_sdk.runs.commands import AttemptFailed, AttemptStopped, AttemptSucceeded, Command
from auterity_sdk.runtime.live import Live

Ran = Sequence[tuple[str, str, int]]
"""Attempts that ran: the run, the step's path and the attempt's number."""


def last_words(
    lives: Mapping[str, Live],
    before: Iterable[tuple[Live, Command]],
    after: Iterable[tuple[Live, Command]],
    ran: Ran,
    now: int,
) -> dict[Live, list[Command]]:
    """By run, what there is to record: results that have come, and of each attempt that was cut short that it was lost.

    `before` was reported before the attempts of `ran` were told to stop, `after` then: an error that an attempt ends
    with by being stopped is none of its own.
    """
    found: dict[Live, list[Command]] = {}
    answered = set()
    results = [each for each in before if _counts(each[1])]
    results += [each for each in after if isinstance(each[1], AttemptSucceeded)]
    for live, command in results:
        found.setdefault(live, []).append(command)
        answered.add((live.run_id, getattr(command, "step", "")))
    for run_id, step, number in ran:
        if run_id in lives and (run_id, step) not in answered:
            lost = AttemptStopped(now, step, number, lost=True)
            found.setdefault(lives[run_id], []).append(lost)
    return found


def _counts(command: Command) -> bool:
    lost = isinstance(command, AttemptStopped) and command.lost
    return lost or isinstance(command, AttemptSucceeded | AttemptFailed)
