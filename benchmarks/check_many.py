"""1,000 files of ten steps and three expressions each, all rules, in one process: fresh, and with remembered verdicts."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import yaml

from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project, workflow_files
from auterity_sdk.runtime.verdict_store import VerdictStore
from auterity_sdk.runtime.verdicts import Verdicts
from benchmarks.rounds import Line, Measured, Prepare, Work, interleaved, ratio, show

FILES, ROUNDS = 1_000, 3
FRESH = "check of every file, nothing remembered"
KEPT = "the same files again, verdicts remembered"
YAML = "PyYAML's C loader, the same files"

STEP = """\
  s{at}:{needs}
    uses: task.assign
    with:
      role: bdc
      due: 1h
      title: {body}
"""


def text_of(round_: int, number: int) -> str:
    """A workflow of ten steps; no two files share an expression."""
    name = f"flow-{round_}-{number}"
    hot = f"input.lead.comments.contains('{name}') && size(input.lead.comments) > {number}"
    steps = [f"  fresh:\n    switch:\n      hot: {hot}\n      rest: else\n"]
    for at in range(1, 10):
        body = f"Message {at} of {name}"
        if at in (4, 9):
            body = f"${{s{at - 1}.task_id + ' {name}-{at}'}}"
        needs = "\n    needs: fresh.hot" if at == 1 else f"\n    needs: s{at - 1}"
        steps.append(STEP.format(at=at, needs=needs, body=body))
    ends = "ends:\n  sent: s9\n  cold: fresh.rest\n"
    return f"auterity: 1\nname: {name}\ninput: {{lead: Lead}}\nsteps:\n{''.join(steps)}{ends}"


def write(folder: Path, round_: int) -> Path:
    """The files of a round, in a folder of their own."""
    made = folder / str(round_)
    if not made.exists():
        made.mkdir()
        for number in range(FILES):
            (made / f"{number}.yaml").write_text(text_of(round_, number))
    return made


def check(folder: Path, store: VerdictStore | None) -> None:
    """What `auterity validate` does between its start and its output."""
    project = Project.find(folder)
    verdicts = Verdicts(project, policy_of(project), store)
    for file in workflow_files((folder,)):
        for report in verdicts.reports(file):
            if not report.ok:
                raise SystemExit(f"the benchmark's workflow is wrong: {report.diagnostics[:1]}")


def works(folder: Path) -> Mapping[str, Prepare]:
    cache = VerdictStore(folder / "cache")

    def fresh(round_: int) -> Work:
        made = write(folder, round_)
        return lambda: check(made, None)

    def kept(round_: int) -> Work:
        made = write(folder, round_)
        check(made, cache)
        return lambda: check(made, cache)

    def loaded(round_: int) -> Work:
        made = write(folder, round_)
        texts = [file.read_text() for file in made.iterdir()]
        return lambda: [yaml.load(text, Loader=yaml.CSafeLoader) for text in texts]

    return {FRESH: fresh, KEPT: kept, YAML: loaded}


def a_file(measured: Measured, what: str) -> float:
    """Milliseconds for one file."""
    return median(measured[what]) * 1000 / FILES


def main() -> None:
    """Measure and print."""
    gc.disable()  # as the command does
    with tempfile.TemporaryDirectory() as folder:
        measured = interleaved(ROUNDS, works(Path(folder)))
    gc.enable()
    show(
        f"check of {FILES:,} files, ten steps and three expressions each, in one process",
        measured,
        [
            Line(f"{FRESH}, a file", a_file(measured, FRESH), 10, "ms"),
            Line(f"{KEPT}, a file", a_file(measured, KEPT), 0.5, "ms"),
            Line(f"{YAML}, a file", a_file(measured, YAML), None, "ms"),
            Line(f"{FRESH} / {YAML}", ratio(measured, FRESH, YAML), 20, "x"),
            Line(f"{KEPT} / {YAML}", ratio(measured, KEPT, YAML), 1, "x"),
        ],
    )
