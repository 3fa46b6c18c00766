"""Small workflows and test files that tests of rehearsals write down."""

from __future__ import annotations

from pathlib import Path

HEAD = "auterity: 1\nname: flow\n"

NIGHTLY = """\
auterity: 1
name: flow
input: {phone: {type: string, default: "+14195550188"}}
steps:
  text:
    uses: task.assign
    with: {role: bdc, due: 5m, title: "Text ${input.phone}"}
    retry: {attempts: 3, initial: 10s, factor: 2, max: 10m, jitter: true}
    timeout: 5m
  asked:
    needs: text
    approve: {role: manager, title: Go on?, timeout: 1d}
  later: {needs: asked.approved, wait: 10d}
  reply:
    needs: later
    receive: {event: sms.received, match: event.from == input.phone, timeout: 2d}
  call:
    needs: {any: [text.failed, asked.rejected, asked.timeout, reply.timeout]}
    uses: task.assign
    with: {role: bdc, due: 5m, title: Call}
ends: {answered: reply.received, called: call}
output: {disposition: "${run.end}"}
"""


def written(folder: Path, workflow: str, cases: str = "") -> Path:
    """`flow.yaml` in a folder and, where there are cases, its test file; gives the latter, else the former."""
    (folder / "flow.yaml").write_text(workflow)
    if not cases:
        return folder / "flow.yaml"
    tests = folder / "flow.test.yaml"
    tests.write_text("auterity_test: 1\ndefaults: {at: 2026-11-24T10:00Z}\ncases:\n" + cases)
    return tests
