"""An evaluation for people and for programs: each step, side by side, and the cases that are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.text import Text

from auterity_cli.output.printable import printable
from auterity_cli.output.summary import count
from auterity_sdk.testing.evaluation.cases import Cases
from auterity_sdk.testing.evaluation.score import Evaluated, Miss, StepScore

FORMAT = "auterity-eval-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""
_MOST_MISSES = 20
_LABEL = 12


def lines(cases: Cases, evaluated: Sequence[Evaluated]) -> Iterator[Text]:
    """A table for each step with a column for each that is compared, then what is wrong."""
    number = count(len(cases.model.cases), "case")
    yield Text.assemble((printable(evaluated[0].name), "bold"), f" over {number} of {cases.file}")
    for step in evaluated[0].by_step:
        yield Text()
        yield from _table(step, evaluated)
    for each in evaluated:
        yield from _wrong(each, named=len(evaluated) > 1)


def _table(step: str, evaluated: Sequence[Evaluated]) -> Iterator[Text]:
    scores = [each.by_step.get(step) for each in evaluated]
    columns = [
        [each.name if len(evaluated) > 1 else "", *(_cell(of, score) for _, of in _ROWS)]
        for each, score in zip(evaluated, scores, strict=True)
    ]
    widths = [max(map(len, column)) for column in columns]
    labels = [printable(step), *(f"  {label}" for label, _ in _ROWS)]
    first = max(_LABEL, len(labels[0]))
    for place, label in enumerate(labels):
        cells = [f"{column[place]:<{width}}" for column, width in zip(columns, widths, strict=True)]
        row = Text(f"{label:<{first}}  {'  '.join(map(printable, cells))}".rstrip())
        if place == 0:
            row.stylize("bold")
        yield row


def _cell(of: Callable[[StepScore], str], score: StepScore | None) -> str:
    return of(score) if score is not None else "-"


def _right(score: StepScore) -> str:
    return f"{score.right} of {score.count}, {score.accuracy:.1%}"


def _tokens(score: StepScore) -> str:
    about = "about " if any(each.estimated for each in score.took) else ""
    return f"{about}{score.input_tokens:,} in, {score.output_tokens:,} out"


def _cost(score: StepScore) -> str:
    return "no price is known" if score.usd is None else f"${score.usd:.4f}"


def _time(score: StepScore) -> str:
    half, most = score.milliseconds(50), score.milliseconds(95)
    return "-" if half is None or most is None else f"p50 {half:.0f} ms, p95 {most:.0f} ms"


_ROWS: tuple[tuple[str, Callable[[StepScore], str]], ...] = (
    ("model", lambda score: ", ".join(score.models) or "-"),
    ("right", _right),
    ("tokens", _tokens),
    ("cost", _cost),
    ("time", _time),
)


def _wrong(evaluated: Evaluated, *, named: bool) -> Iterator[Text]:
    misses = [miss for step in evaluated.steps for miss in step.misses]
    if not misses:
        return
    yield Text()
    yield Text(f"wrong{f' in {printable(evaluated.name)}' if named else ''}:", "bold red")
    for miss in misses[:_MOST_MISSES]:
        yield Text(f"  {printable(miss.case)}: {printable(_said(miss))}")
    if len(misses) > _MOST_MISSES:
        yield Text(f"  and {len(misses) - _MOST_MISSES} more (--json tells all)")


def _said(miss: Miss) -> str:
    was = f"was {_value(miss.was)}" if not miss.why else miss.why
    return f"{miss.field}: expected {_value(miss.expected)}, {was}"


def _value(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def dumps(cases: Cases, evaluated: Sequence[Evaluated], fail_under: float | None) -> str:
    """All of it as JSON; lines count from 1."""
    places = {case.id: cases.line(index) for index, case in enumerate(cases.model.cases)}
    data = {
        "format": FORMAT,
        "file": cases.file.as_posix(),
        "cases": len(cases.model.cases),
        "fail_under": fail_under,
        "passed": fail_under is None or evaluated[0].lowest >= fail_under,
        "evaluated": [
            {"name": each.name, "steps": [_step(score, places) for score in each.steps]}
            for each in evaluated
        ],
    }
    return json.dumps(data, indent=2, default=str, ensure_ascii=False)


def _step(score: StepScore, places: dict[str, int]) -> dict[str, Any]:
    return {
        "step": score.step,
        "count": score.count,
        "right": score.right,
        "accuracy": score.accuracy,
        "wrong": [
            {
                "case": miss.case,
                "line": places[miss.case],
                "field": miss.field,
                "expected": miss.expected,
                "was": miss.was,
                "why": miss.why,
            }
            for miss in score.misses
        ],
        "models": list(score.models),
        "input_tokens": score.input_tokens,
        "output_tokens": score.output_tokens,
        "estimated": any(each.estimated for each in score.took),
        "usd": score.usd,
        "p50_ms": score.milliseconds(50),
        "p95_ms": score.milliseconds(95),
    }
