"""An editor types 50 letters into a file of 100 steps: from each edit to its findings, at the editor's end."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep

from benchmarks.rounds import Line
from tests.language_server.editor import Editor

STEPS, EDITS, TARGET = 100, 50, 200.0
TYPED = "${input.lead.customer.first_name}, do you still want the car?"
BETWEEN = 0.1
"""Seconds between two letters, about what a quick typist needs."""


def text(typed: str) -> str:
    """A chain of messages, each with two expressions; `typed` is what the editor writes in the middle."""
    steps = ""
    for number in range(STEPS):
        needs = f"    needs: s{number - 1}\n" if number else ""
        body = (
            typed if number == STEPS // 2 else f"Hi ${{input.lead.customer.first_name}}, {number}"
        )
        steps += (
            f"  s{number}:\n{needs}    uses: sms.send\n    with:\n"
            f"      to: ${{input.lead.customer.phone}}\n      body: '{body}'\n"
        )
    return f"auterity: 1\nname: hundred\ninput:\n  lead: Lead\nsteps:\n{steps}"


def waits(editor: Editor, edits: int) -> list[float]:
    """Milliseconds from each edit until its findings are there, the pause before a check included."""
    uri = editor.open("hundred.yaml", text(""))
    editor.findings(uri)
    found = []
    for length in range(1, edits + 1):
        sleep(BETWEEN)
        begun = perf_counter()
        version = editor.type(uri, text(TYPED[:length]))
        editor.findings(uri, version)
        found.append((perf_counter() - begun) * 1000)
    return found


def session(edits: int) -> tuple[list[float], float]:
    """What an editor waits for with so many edits, and the server's processor milliseconds from start to end."""
    before = _processor_time()
    with tempfile.TemporaryDirectory() as folder, Editor(Path(folder)) as editor:
        editor.greet()
        found = waits(editor, edits)
        editor.leave()
    return found, _processor_time() - before


def _processor_time() -> float:
    """Processor milliseconds of all processes that were waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (spent.ru_utime + spent.ru_stime) * 1000


def main() -> None:
    """Measure and print. Real time, since an editor waits for two processes and a pause."""
    without = session(0)[1]
    found, spent = session(EDITS)
    worst = quantiles(found, n=20)[-1]
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{EDITS} edits in a file of {STEPS} steps, from the edit to its findings; {load}")
    print(Line("median, real time", median(found), None, "ms"))
    print(Line("95 of 100 are quicker than, real time", worst, TARGET, "ms"))
    print(Line("the server's processor time for an edit", (spent - without) / EDITS, None, "ms"))
    print()


if __name__ == "__main__":
    main()
