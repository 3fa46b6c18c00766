"""An editor types 50 letters into a file of 100 steps: from each edit to its findings, at the editor's end."""

from __future__ import annotations

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


def waits(editor: Editor) -> list[float]:
    """Milliseconds from each edit until its findings are there, the pause before a check included."""
    uri = editor.open("hundred.yaml", text(""))
    editor.findings(uri)
    found = []
    for length in range(1, EDITS + 1):
        sleep(BETWEEN)
        begun = perf_counter()
        version = editor.type(uri, text(TYPED[:length]))
        editor.findings(uri, version)
        found.append((perf_counter() - begun) * 1000)
    return found


def main() -> None:
    """Measure and print. Real time, since an editor waits for two processes and a pause."""
    with tempfile.TemporaryDirectory() as folder, Editor(Path(folder)) as editor:
        editor.greet()
        found = waits(editor)
        editor.leave()
    worst = quantiles(found, n=20)[-1]
    print(f"{EDITS} edits in a file of {STEPS} steps, from the edit to its findings, real time")
    print(f"  median {median(found):.0f} ms, most {max(found):.0f} ms")
    print(Line("95 of 100 are quicker than", worst, TARGET, "ms"))
    print()


if __name__ == "__main__":
    main()
