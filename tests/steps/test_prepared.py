"""What is kept of the built-in step types and types as data is what their code says."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES, builtin_registry
from auterity_sdk.runtime.project import is_test_file
from auterity_sdk.steps.plain_form import from_plain, to_plain
from auterity_sdk.steps.prepared import Prepared
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.said_in_full import said_in_full
from auterity_sdk.steps.step_type import StepType, step
from auterity_sdk.steps.sure_fit import fits_surely
from auterity_sdk.workflow import declaration
from auterity_sdk.workflow.declaration import Argument, Declaration, Effect
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.signature import Signature
from tools.signatures import FILE, text

ROOT = Path(__file__).parents[2]
KEPT = builtin_registry()
FROM_CODE = replace(KEPT, prepared=Prepared())
FILES = sorted(
    file
    for folder in ("workflows", "tests/corpus/broken", "tests/corpus/sound", "benchmarks")
    for file in (ROOT / folder).glob("*.yaml")
    if not is_test_file(file)
)


def test_the_data_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m tools.pages`"


def signatures(name: str) -> tuple[Signature, Signature]:
    kept, made = KEPT.signature(name), FROM_CODE.signature(name)
    assert kept is not None
    assert made is not None
    return kept, made


@pytest.mark.parametrize("name", BUILTIN_STEP_TYPES)
def test_a_kept_signature_is_that_of_the_code(name: str) -> None:
    kept, made = signatures(name)
    for field in Signature.__struct_fields__:
        if field != "check_literal":
            assert getattr(kept, field) == getattr(made, field), field
    assert list(kept.parameters) == list(made.parameters)
    assert list(kept.output["properties"]) == list(made.output["properties"])


@pytest.mark.parametrize("name", BUILTIN_TYPES)
def test_a_kept_schema_is_that_of_the_code(name: str) -> None:
    kept, made = KEPT.type_schema(name), FROM_CODE.type_schema(name)
    assert kept is not None
    assert made is not None
    assert kept == made
    assert list(kept["properties"]) == list(made["properties"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_has_the_same_findings_by_data_and_by_code(file: Path) -> None:
    document = load_document(file.read_bytes(), file=file.name)
    kept = check_document(document, KEPT).report.diagnostics
    assert kept == check_document(document, FROM_CODE).report.diagnostics


ARGUMENTS = [(name, key) for name in BUILTIN_STEP_TYPES for key in signatures(name)[0].parameters]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.from_regex(re.compile(r"([0-9]{1,4}(w|d|h|m|s|ms)){1,3}", re.ASCII), fullmatch=True)
    | st.sampled_from(["", "PT1H", "200000000w", "+16145550172", "0", "1.5", "yes", "\ud800"])
    | st.sampled_from([2**53, 2**63, 10**400, float("nan"), float("inf")])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@st.composite
def literals(draw: st.DrawFn) -> tuple[str, str, Any]:
    """An argument of a built-in step type, and a value: any, or one of those that its schema lists."""
    name, key = draw(st.sampled_from(ARGUMENTS))
    listed = list(enumerated(signatures(name)[0].parameters[key].schema))
    return name, key, draw(st.sampled_from(listed) | VALUES if listed else VALUES)


def enumerated(schema: Any) -> Iterator[Any]:
    yield from schema.get("enum", ())
    for option in schema.get("anyOf", ()):
        yield from enumerated(option)


@given(literals())
@example(("task.assign", "due", "soon"))
@example(("task.assign", "due", "99999w"))
@example(("consent.check", "channel", "fax"))
@example(("trade.appraise", "spread", 101))
def test_a_literal_is_judged_in_the_same_words(literal: tuple[str, str, Any]) -> None:
    name, key, value = literal
    kept, made = signatures(name)
    assert kept.check_literal(key, value) == made.check_literal(key, value)


class Named(BaseModel):
    name: str


HINTS: list[Any] = [
    *(str, int, float, bool, Any, Duration, Duration | None, Literal["a", "b"], Literal[1, True]),
    *(list[int], list[str | None], dict[str, int], Named, Named | None),
    *(Annotated[int, Field(ge=0, lt=5)], Annotated[float, Field(gt=0, le=9.5, multiple_of=0.5)]),
    *(Annotated[str, Field(min_length=2)], Annotated[str, Field(pattern="^a")]),
    *(Annotated[list[int], Field(max_length=1)], Annotated[int | None, Field(ge=3)]),
]


@given(
    st.sampled_from(HINTS), VALUES | st.sampled_from(["a", "b", "30d", 1, 4, 5, 9.5, [1], [1, 2]])
)
def test_what_fits_surely_is_taken_by_the_type(hint: Any, value: Any) -> None:
    adapter = TypeAdapter(hint)
    if fits_surely(adapter.json_schema(), value):
        try:
            adapter.validate_python(value)
        except ValidationError as error:
            pytest.fail(str(error))


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        *((str, "Grüße\nan alle"), (int, -3), (float, 2), (bool, False), (Duration, "1h30m")),
        *((Literal["a", "b"], "b"), (str | None, None), (list[int], [1, 2]), (list[int], [])),
        *((Annotated[float, Field(ge=0, le=100)], 100), (Annotated[int, Field(gt=0, lt=3)], 2)),
    ],
    ids=str,
)
def test_what_a_schema_says_in_full_needs_no_type(hint: Any, value: Any) -> None:
    assert fits_surely(TypeAdapter(hint).json_schema(), value)


def shout(text: str) -> str:
    raise ValueError(text)


@step
def picky(plain: str, judged: Annotated[str, AfterValidator(shout)], named: Named | None) -> None:
    """Take arguments of several kinds."""


def test_code_in_a_type_is_not_said_by_its_schema() -> None:
    said: dict[str, bool] = {name: said_in_full(picky, name) for name in picky.parameter_names}
    assert said == {"plain": True, "judged": False, "named": False}


def test_a_literal_that_the_schema_does_not_take_is_shown_to_the_type() -> None:
    data = """{"definitions": {}, "step_types": {"here:picky": {"definitions": [], "by_schema": ["plain"],
        "signature": {"name": "picky", "output": {}, "parameters": {
            "plain": {"schema": {"type": "string"}}, "judged": {"schema": {"type": "string"}}}}}}}"""
    loaded: list[str] = []

    def load() -> StepType[..., Any]:
        loaded.append("picky")
        return picky

    signature = Prepared(lambda: data).signature("here:picky", load)
    assert signature is not None
    assert signature.check_literal("plain", "text") == ()
    assert loaded == []
    assert signature.check_literal("plain", 3) == picky.check_literal("plain", 3)
    assert signature.check_literal("judged", "text") == picky.check_literal("judged", "text") != ()
    assert loaded == ["picky", "picky"]


def test_what_is_not_kept_is_asked_of_the_code() -> None:
    registry = Registry({"text": "auterity_sdk.steps.builtin.sms:send"}, prepared=Prepared())
    found = registry.signature("text")
    assert found is not None
    assert found.name == "sms.send"


def test_a_clean_file_of_built_in_step_types_imports_none_of_them() -> None:
    code = f"""
import sys
from pathlib import Path
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.project import Project
file = Path({str(ROOT / "benchmarks/ten_steps.yaml")!r})
for checked in check_file(file, Project.find(file.parent)):
    assert not checked.report.diagnostics
unwanted = ("auterity_sdk.steps.builtin.", "auterity_sdk.dealership.lead", "auterity_sdk.connections.")
of_settings = "auterity_sdk.connections.secret"  # a reference, which is a type of settings
names = [name for name in sys.modules if name.startswith(unwanted) and name != of_settings]
assert not names, names
"""
    subprocess.run([sys.executable, "-c", code], check=True)


DURATIONS = st.builds(Duration, st.integers(0, 10**12))
st.register_type_strategy(Duration, DURATIONS)


def every_field(kind: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: few(hint) for name, hint in get_type_hints(kind).items()})


def few(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return st.lists(st.from_type(get_args(hint)[0]), max_size=2).map(tuple)
    return st.from_type(hint)


for _kind in [each for each in vars(declaration).values() if type(each) is type(Declaration)]:
    if _kind.__module__ == declaration.__name__:
        st.register_type_strategy(_kind, every_field)


@given(st.from_type(Declaration))
def test_a_declaration_travels_as_plain_data(declared: Declaration) -> None:
    assert from_plain(Declaration, to_plain(declared)) == declared


@given(st.from_type(Argument), st.text())
def test_a_word_and_an_argument_stay_apart(named: Argument, word: str) -> None:
    made = Effect("send", details={"text": named, "channel": word})
    assert from_plain(Effect, to_plain(made)) == made
