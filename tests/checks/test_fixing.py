"""Fixes: what they change, what they leave, and that they never make a file worse."""

from __future__ import annotations

import codecs
import json
import re
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.fixing import Fixed, fixed
from auterity_sdk.checks.policy import Policy
from auterity_sdk.diagnostics import Edit, Fix, Location
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.document.edits import edited, replacements, without_overlaps

from .registry import REGISTRY

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = sorted(CORPUS.rglob("*.yaml"))
POLICY = Policy(as_of=date(2026, 11, 23))


def check(content: bytes) -> Checked:
    return check_document(load_document(content, file="demo.yaml"), REGISTRY, policy=POLICY)


def fix(text: str | bytes, *, unsafe: bool = False) -> Fixed:
    return fixed(text if isinstance(text, bytes) else text.encode(), check, unsafe=unsafe)


HEAD = "auterity: 1\nname: demo\n"
SAFE = {
    "an expression in a text": (
        'input: {score: number}\nsteps:\n  a: {when: ‹"${input.score > 2}"›, wait: 1m}\n',
        '"input.score > 2"',
    ),
    "a plain expression that needs quotes alone": (
        "input: {name: string}\nsteps:\n  a:\n    when: ‹${input.name == 'a, b'}›\n    wait: 1m\n",
        "input.name == 'a, b'",
    ),
    "an expression in single quotes": (
        "input: {name: string}\nsteps:\n  a:\n    when: ‹'${input.name == ''a''}'›\n    wait: 1m\n",
        "'input.name == ''a'''",
    ),
    "an anchor": ("steps:\n  a: ‹&short ›{wait: 1m}\n", ""),
    "an anchor at the end of its line": ("steps:\n  a:‹ &short›\n    wait: 1m\n", ""),
    "an edge in brackets": (
        "steps:\n  a: {wait: 1m}\n  b: {needs: [a‹, a.ok›], wait: 1m}\n",
        "",
    ),
    "an edge on its line": (
        "steps:\n  a: {wait: 1m}\n  b:\n    needs:\n      - a\n‹      - a.ok  # again\n›    wait: 1m\n",
        "",
    ),
    "a comment that allows nothing": (
        '‹# auterity: allow unused-input reason="x" until=2027-03-01\n›steps:\n  a: {wait: 1m}\n',
        "",
    ),
    "one behind a value": (
        'steps:\n  a: {wait: 1m}‹  # auterity: allow AUT415 reason="x" until=2027-03-01›\n',
        "",
    ),
    "braces": (
        (
            "input: {name: string}\nsteps:\n  a:\n    uses: task.assign\n"
            "    with: {role: sales, due: 5m, title: ‹${input.name}›}\n"
        ),
        '"${input.name}"',
    ),
}
UNSAFE = {
    "a key": ("steps:\n  a: {wait: 1h, ‹descripton›: x}\n", "description"),
    "a key in quotes": ('steps:\n  a: {wait: 1h, ‹"descripton"›: x}\n', '"description"'),
    "a step": ("steps:\n  greet: {wait: 1h}\n  b: {needs: ‹great›.ok, wait: 1m}\n", "greet"),
    "a step type": (
        "steps:\n  a:\n    uses: ‹taks.assign›\n    with: {role: sales, due: 5m, title: Call}\n",
        "task.assign",
    ),
    "an argument": (
        "steps:\n  a:\n    uses: task.assign\n    with: {‹rol›: sales, due: 5m, title: Call}\n",
        "role",
    ),
    "a field in an expression": (
        (
            "input: {lead: Lead}\nsteps:\n  a:\n    uses: task.assign\n"
            '    with: {role: sales, due: 5m, title: "Call ${input.lead.‹custmer›.id}"}\n'
        ),
        "customer",
    ),
    "a switch without else": (
        (
            "input: {score: number}\nsteps:\n  r:\n    switch:\n      hot: input.score >= 80\n"
            "      cold: ‹input.score < 50›\nends: {hot: r.hot, cold: r.cold}\n"
        ),
        "else",
    ),
    "an input on its line": (
        "input:\n  name: string\n‹  phone: string\n›steps:\n  a: {when: input.name != '', wait: 1m}\n",
        "",
    ),
    "an outcome": (
        (
            "steps:\n  r: {receive: {event: x, timeout: 1d}}\n  a: {needs: ‹r.recieved›, wait: 1m}\n"
            "  b: {needs: r.timeout, wait: 1m}\n"
        ),
        "r.received",
    ),
}


def before_and_after(text: str, new: str) -> tuple[str, str]:
    old = HEAD + re.sub("[‹›]", "", text)
    return old, HEAD + re.sub("‹.*?›", lambda _: new, text, flags=re.DOTALL)


@pytest.mark.parametrize(("text", "new"), SAFE.values(), ids=SAFE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["", "BOM"])
def test_a_safe_fix_changes_only_its_place(text: str, new: str, end: str, mark: bytes) -> None:
    old, wanted = (mark + each.replace("\n", end).encode() for each in before_and_after(text, new))
    done = fix(old)
    assert done.content == wanted
    assert done.made == 1
    assert done.checked.report.diagnostics == ()


RIGHT = [
    text for text, new in SAFE.values() if check(before_and_after(text, new)[0].encode()).report.ok
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_safe_fix_keeps_what_a_right_file_means(text: str) -> None:
    old = check((HEAD + re.sub("[‹›]", "", text)).encode())
    assert len(RIGHT) == 4
    assert fix(HEAD + re.sub("[‹›]", "", text)).checked.workflow == old.workflow


@pytest.mark.parametrize(("text", "new"), UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_fix_is_only_made_when_asked_for(text: str, new: str) -> None:
    old, wanted = before_and_after(text, new)
    assert fix(old).content == old.encode()
    assert fix(old, unsafe=True).content.decode() == wanted


def test_json_stays_json() -> None:
    data = {"auterity": 1, "name": "demo", "steps": {"a": {"wait": "1h", "descripton": "x"}}}
    done = fix(json.dumps(data), unsafe=True)
    assert json.loads(done.content)["steps"]["a"] == {"wait": "1h", "description": "x"}


def test_a_fix_that_shows_more_mistakes_is_not_made() -> None:
    text = HEAD + "steps:\n  my-step: {wait: 1h}\n  b: {needs: my-step, wait: 1m}\n"
    done = fix(text, unsafe=True)
    assert len(done.checked.report.diagnostics) <= len(check(text.encode()).report.diagnostics)


def test_one_bad_fix_does_not_keep_the_others_back() -> None:
    steps = "".join(f"  a{n}: {{wait: 1h, descripton: x}}\n" for n in range(40))
    text = HEAD + f"steps:\n{steps}  my-step: {{wait: 1h}}\n  b: {{needs: my-step, wait: 1m}}\n"
    done = fix(text, unsafe=True)
    assert done.content.decode().count("description: x") == 40
    assert "descripton" not in done.content.decode()


def test_what_an_alias_stands_for_is_left_alone() -> None:
    text = HEAD + (
        "steps:\n  a: &same {wait: 1h, descripton: x}\n  b: *same\nends: {done: [a, b]}\n"
    )
    places = [Location(("steps", step, "descripton"), "key") for step in "ab"]
    source = load_document(text, file="x").source
    made = [replacements(source, Fix("", (Edit(place, "description"),))) for place in places]
    assert made[0] is not None
    assert made[1] is None


def test_of_two_fixes_at_one_place_the_first_is_made() -> None:
    source = load_document("a: {b: 1, c: 2}\n", file="x").source
    one = replacements(source, Fix("", (Edit(Location(("a", "b"), "key"), "x"),)))
    two = replacements(source, Fix("", (Edit(Location(("a", "b"), "key"), "y"),)))
    assert one is not None
    assert two is not None
    assert without_overlaps([one, two]) == [one]
    assert edited(source.text, one) == "a: {x: 1, c: 2}\n"


@pytest.mark.parametrize(
    ("text", "path", "left"),
    [
        ("a: [1, 2, 3]\n", ("a", 0), "a: [2, 3]\n"),
        ("a: [1, 2, 3]\n", ("a", 2), "a: [1, 2]\n"),
        ("a: {x: 1, y: [2]}\n", ("a", "y"), "a: {x: 1}\n"),
        ("a:\n  x: 1\n  y: 2", ("a", "y"), "a:\n  x: 1"),
        ("a:\n  x: |\n    t\n\n  y: 2\n", ("a", "x"), "a:\n\n  y: 2\n"),
        ("a:\n- x: 1\n  y: 2\n", ("a", 0, "x"), "a:\n- y: 2\n"),
        ("a:\n- x: 1\n  y: 2\n", ("a", 0, "y"), "a:\n- x: 1\n"),
        ("a:\n- - 1\n  - 2\n", ("a", 0, 1), "a:\n- - 1\n"),
        ("a:\n  x: 1\n", ("a", "x"), None),
        ("a: [1]\n", ("a", 0), None),
        ("a: [1]\n", ("b",), None),
    ],
)
def test_an_entry_is_removed_with_what_parts_it(
    text: str, path: tuple[str | int, ...], left: str | None
) -> None:
    source = load_document(text, file="x").source
    made = replacements(source, Fix("", (Edit(Location(path), ""),)))
    assert (None if made is None else edited(text, made)) == left


def assert_no_worse(content: bytes, *, unsafe: bool) -> None:
    old = check(content)
    done = fix(content, unsafe=unsafe)
    assert done.checked.report.diagnostics == check(done.content).report.diagnostics
    if old.workflow is not None:
        assert len(done.checked.report.diagnostics) <= len(old.report.diagnostics)
    again = fix(done.content, unsafe=unsafe)
    assert (again.content, again.made) == (done.content, 0)
    comments = re.findall(rb"(?m)^ *#(?! auterity).*$", content)
    assert [line for line in comments if line not in done.content] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_of_the_corpus_gets_worse(path: Path) -> None:
    assert_no_worse(path.read_bytes(), unsafe=True)
    done = fix(path.read_bytes())
    if path.parent.name == "sound":
        assert done.content == path.read_bytes()


TEXTS = [path.read_bytes() for path in FILES if path.read_bytes().isascii()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.booleans())
def test_no_broken_file_gets_worse(content: bytes, seed: int, unsafe: bool) -> None:
    random = Random(seed)
    text = content.decode()
    words = [found.span() for found in re.finditer(r"\w{3,}", text)]
    for start, end in sorted(random.sample(words, min(2, len(words))), reverse=True):
        at = random.randrange(start, end - 1)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert_no_worse(text.encode(), unsafe=unsafe)
