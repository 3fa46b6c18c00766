"""What runs do not carry out is found, wherever it stands."""

from __future__ import annotations

import pytest

from auterity_sdk.runs.support import unsupported
from tests.runs.by_hand import workflow

STEPS = "steps: {a: {%s}}"
EACH = "steps: {a: {for_each: {in: '[1]', steps: {b: {%s}}}}}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (STEPS % "call: other@abc", "steps.a.call"),
        (STEPS % "call: other, with: {k: '${secrets.K}'}", "steps.a.with.k"),
        (EACH % "call: other@abc", "steps.a.for_each.steps.b.call"),
    ],
)
def test_each_such_place_is_found(text: str, place: str) -> None:
    assert [".".join(map(str, path)) for path, _ in unsupported(workflow(text))] == [place]


def test_nothing_is_found_in_what_runs_carry_out() -> None:
    text = """
    timeout: 1d
    guarantees: [a only after start, a within 1h of start]
    concurrency: {key: run.requester}
    idempotency_key: run.requester
    steps:
      a: {uses: do, with: {text: "${secrets.K}"}, retry: {attempts: 2}, timeout: 1m, compensate: {uses: do}, lock: run.id}
      b:
        approve:
          {role: x, quorum: 2, exclude: requester, timeout: 1h, default: rejected, edit: {n: 1}, remind: {every: 1m},
           escalate: {after: 5m, role: y}}
    """
    assert list(unsupported(workflow(text))) == []
