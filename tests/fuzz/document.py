"""Fuzz the document loader: `python tests/fuzz/document.py 100000` prints every crash and every slow input.

The inputs run in child processes, a batch each, so that even a fault of the C library is noticed.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
import traceback
from pathlib import Path

from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.workflow.document import Document, is_workflow, load_document

SEEDS = (
    """\
# yaml-language-server: $schema=workflow.json
auterity: 1
name: lead-response
labels: {team: bdc}
input:
  lead: Lead
  min_score: {type: number, default: 50, minimum: 0}
triggers:
  - webhook: {path: leads, format: adf}
  - schedule: {cron: "0 8 * * mon-sat", timezone: America/Chicago}
steps:
  score:
    needs: dedupe.new  # runs only on this outcome
    uses: ai.extract
    with:
      prompt: |
        How likely is this shopper to buy? ${input.lead.comments}

          indented "text"
      note: >-
        folded
        text ${score.score}
  route:
    switch:
      no_phone: "!has(input.lead.phone)"
      hot: score.score >= 80
      cold: else
  call:
    needs: {one: [score.failed, route.no_phone, hours.closed]}
    with: {role: bdc, due: 5m, title: "Call ${input.lead.name}\\n\\u20ac"}
guarantees:
  - text only after consent.granted
output:
  message: ${text.?message_id.orValue('')}
  it: 'it''s ${a}

    two'
""",
    '{"auterity": 1, "steps": {"a": {"uses": "x", "with": {"b": [1, 2.5e3, null, "\\ud83d\\ude00"]}}}}',
    "a: &a [1, 010, {b: *a}]\n<<: *a\n? x\n: !!int 3\n---\n...\n%TAG ! x\n",
)
PARTS = (
    "\t", "\n", "\r\n", " ", "  ", ": ", " #", "- ", "? ", "---\n", "...\n", "${", "}", "{{ x }}", "[", "]", "{", "}", ",", "&a ",
    "*a", "!x ", "!!str ", "!<", "|", ">", "|2-\n", ">+\n", "'", '"', "\\", '\\u12', "\\ud83d", "%TAG", "<<: ", "\0", "\ufeff", "\x85",
    "\u2028", "é", "😀", "\ud800", "0x", "1_000", "010", "~", "null: ", "[" * 70, "- " * 70, "a: " * 3, "@", "`", "*a, " * 40, "#",
)  # fmt: skip
SLOW_SECONDS = 2.0
"""Of processor time, which other work on the machine does not lengthen much."""
BATCH = 2_000


def mutated(seed: int) -> str | bytes:
    """The input of a seed number: random bytes, or a workflow with a few random changes."""
    chance = random.Random(seed)
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(200))
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(text) + 1)
        stop = min(len(text), place + chance.choice((0, 0, 1, 3, 40)))
        new = chance.choice((*PARTS, text[place : place + 30] * chance.randint(1, 3), ""))
        text = text[:place] + new + text[stop:]
    if chance.random() < 0.2:
        return text.encode("utf-8", errors="replace")[chance.randrange(3) :]
    return text


def check(content: str | bytes) -> Document:
    """Load, and resolve every place; an exception or AssertionError is a find."""
    document = load_document(content, file="fuzz.yaml")
    source = document.source
    text = source.text
    for finding in document.diagnostics:
        assert finding.help, "a finding without help"
        for location in (finding.location, *finding.related):
            _check_span(source.span(location), text)
    _ = source.comments
    stack: list[tuple[tuple[str | int, ...], object]] = [((), document.data)]
    while stack and len(text) < 10_000:
        path, value = stack.pop()
        _check_span(source.span(Location(path, "key")), text)
        whole = source.span(Location(path))
        _check_span(whole, text)
        raw = source.raw_scalar(path)
        if isinstance(value, str):
            for place in (0, len(value) // 2, len(value)):
                _check_span(source.span(Location(path, "value", (place, place + 1))), text)
        assert raw is None or not isinstance(value, dict | list)
        if len(path) < 6:
            members = (
                value.items()
                if isinstance(value, dict)
                else enumerate(value)
                if isinstance(value, list)
                else ()
            )
            stack += [((*path, step), member) for step, member in members]
    is_workflow(text)
    return document


def _check_span(span: Span, text: str) -> None:
    assert 0 <= span.start <= span.end <= len(text), span
    assert (span.line, span.column) <= (span.end_line, span.end_column), span
    assert span.line >= 1, span
    assert span.column >= 1, span


def run_batch(first: int, count: int) -> int:
    """Check the seeds from `first`; print the finds, and how many there were."""
    finds = 0
    for seed in range(first, first + count):
        content = mutated(seed)
        print(f"at {seed}", file=sys.stderr, flush=True)  # noqa: T201
        begin = time.process_time()
        try:
            check(content)
        except Exception:  # noqa: BLE001  # any exception is what is looked for
            finds += 1
            print(f"seed {seed}: {content!r:.2000}\n{traceback.format_exc()}")  # noqa: T201
        if time.process_time() - begin > SLOW_SECONDS:
            finds += 1
            print(f"seed {seed} took {time.process_time() - begin:.1f} s: {content!r:.2000}")  # noqa: T201
    return finds


def main(count: int) -> int:
    """Run `count` inputs in child processes; the number of finds."""
    finds = 0
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        command = [sys.executable, str(Path(__file__)), "--batch", str(first), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3_600)
        sys.stdout.write(done.stdout)
        if done.returncode not in (0, 1):
            last = done.stderr.strip().splitlines()[-1:] or ["nowhere"]
            print(f"the process died with {done.returncode} {last[0]}")  # noqa: T201
        finds += done.returncode != 0
    print(f"{count} inputs, {finds} batches with finds")  # noqa: T201
    return finds


if __name__ == "__main__":
    if sys.argv[1:2] == ["--batch"]:
        sys.exit(run_batch(int(sys.argv[2]), int(sys.argv[3])) > 0)
    sys.exit(main(int((sys.argv[1:] or ["100000"])[0])) > 0)
