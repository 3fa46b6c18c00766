"""The corpus: every finding on every broken file at its exact place, and none on a sound one."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.policy import Policy
from auterity_sdk.diagnostics import Severity
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.workflow.document import load_document

from .registry import REGISTRY

DAY = Policy(as_of=date(2026, 11, 23))
CORPUS = Path(__file__).parent.parent / "corpus"
BROKEN = sorted((CORPUS / "broken").glob("*.yaml"))
SOUND = sorted((CORPUS / "sound").glob("*.yaml"))
SHIPPED = list(workflow_files((CORPUS.parent.parent / "workflows",)))


def check(content: bytes, name: str = "workflow.yaml") -> Checked:
    return check_document(load_document(content, file=name), REGISTRY, policy=DAY)


def expected(content: bytes) -> list[str]:
    first = content.partition(b"\n")[0].decode()
    assert first.startswith("# expect: "), "the first line lists what is to be found"
    return first.removeprefix("# expect: ").split()


def placed(checked: Checked) -> list[str]:
    source = checked.report.source
    spans = [(found.code, source.span(found.location)) for found in checked.report.diagnostics]
    return [f"{code}:{span.line}:{span.column}" for code, span in spans]


def test_the_corpus_is_large_and_shows_every_rule() -> None:
    found = {entry.partition(":")[0] for path in BROKEN for entry in expected(path.read_bytes())}
    assert len(BROKEN) >= 80
    own = {rule.code for rule in all_rules() if not isinstance(rule, LawRule)}
    assert own - found == set()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_gives_just_its_findings(path: Path) -> None:
    content = path.read_bytes()
    assert placed(check(content, path.name)) == expected(content)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_message_states_a_fact_in_lower_case_without_a_full_stop(path: Path) -> None:
    for found in check(path.read_bytes()).report.diagnostics:
        for text in (found.message, *found.help, *found.notes):
            assert not text.endswith("."), text
            assert re.match(r"[^A-Z]|CEL|YAML", text), text


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_place_is_in_the_file(path: Path) -> None:
    checked = check(path.read_bytes())
    source = checked.report.source
    for found in checked.report.diagnostics:
        for location in (found.location, *found.related):
            span = source.span(location)
            assert 1 <= span.column <= len(source.line(span.line)) + 1
            assert (span.line, span.column) <= (span.end_line, span.end_column)


@pytest.mark.parametrize("path", [*SOUND, *SHIPPED], ids=lambda path: path.stem)
def test_a_sound_file_gives_no_finding(path: Path) -> None:
    checked = check(path.read_bytes(), path.name)
    assert placed(checked) == []
    assert checked.graph is not None


def test_the_order_of_steps_changes_no_finding() -> None:
    lines = (CORPUS / "broken" / "exclusive_branches.yaml").read_text().splitlines()
    turned = [*lines[:5], *lines[10:], *lines[5:10]]
    messages = {found.message for found in check("\n".join(lines).encode()).report.diagnostics}
    assert {
        found.message for found in check("\n".join(turned).encode()).report.diagnostics
    } == messages


TEXTS = [path.read_bytes().decode("latin-1") for path in (*BROKEN, *SOUND)]
PIECES = sorted({piece for text in TEXTS for piece in re.findall(r"\s+|\w+|[^\w\s]", text)})


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(PIECES) | st.just("")) + text[end:]
    return text.encode("latin-1")


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_no_file_is_answered_by_a_traceback(content: bytes) -> None:
    checked = check(content)
    assert checked.report.ok == all(
        found.severity is not Severity.ERROR for found in checked.report.diagnostics
    )
    assert checked.graph is not None or not checked.report.ok


def parts(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from parts(inner)


LOADED = [load_document(text.encode("latin-1"), file="x").data for text in TEXTS]
DATA = [data for data in LOADED if isinstance(data, dict)]
VALUES = [part for data in DATA for part in parts(data)] + [
    None,
    True,
    0,
    -1,
    "",
    [],
    {},
    "${",
    "\0",
]
KEYS = sorted({key for part in VALUES if isinstance(part, dict) for key in part})


def changed(value: Any, random: Random) -> Any:
    """The value with parts left out, renamed, or replaced by parts of other files."""
    if random.random() < 0.03:
        return random.choice(VALUES)
    if isinstance(value, list):
        return [changed(inner, random) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {
        random.choice(KEYS) if random.random() < 0.02 else key: changed(inner, random)
        for key, inner in value.items()
        if random.random() > 0.02
    }
    return made | ({random.choice(KEYS): random.choice(VALUES)} if random.random() < 0.03 else {})


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(DATA), st.integers(0, 2**32))
def test_no_data_is_answered_by_a_traceback(data: Any, seed: int) -> None:
    random = Random(seed)
    for _ in range(random.randint(1, 3)):
        data = changed(data, random)
    checked = check(json.dumps(data).encode())
    assert checked.graph is not None or not checked.report.ok
