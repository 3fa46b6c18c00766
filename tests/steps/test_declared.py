"""Step types as data: what a push declares is all that a check goes by, also after a way through JSON."""

import json
from typing import Any, Literal

import pytest

from auterity_sdk.hosted.schemas.push import ProjectDeclarations
from auterity_sdk.hosted.schemas.step_declaration import StepDeclaration
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, builtin_registry
from auterity_sdk.steps.declared import declaration_of, declared, digest_of
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.signature import Signature

REGISTRY = builtin_registry()


def pushed(data: dict[str, Any]) -> dict[str, Any]:
    """The declaration as a server keeps it."""
    name = data["name"]
    text = ProjectDeclarations(
        step_types={name: StepDeclaration.model_validate(data)}
    ).model_dump_json()
    read = ProjectDeclarations.model_validate_json(text)
    kept = json.loads(json.dumps(read.model_dump(mode="json", exclude_defaults=True)))
    found: dict[str, Any] = kept["step_types"][name]
    return found


@pytest.mark.parametrize("name", BUILTIN_STEP_TYPES)
def test_what_is_declared_comes_through_whole(name: str) -> None:
    made = REGISTRY.step_type(name)
    assert made is not None
    data = declaration_of(made)
    kept = pushed(data)
    assert digest_of(kept) == digest_of(data)
    found = declared(kept).signature
    for field in Signature.__struct_fields__:
        if field != "check_literal":
            assert getattr(found, field) == getattr(made.signature, field), field


def test_each_field_of_a_signature_can_be_declared() -> None:
    known = {*Signature.__struct_fields__, "by_schema"} - {"check_literal"}
    assert {*StepDeclaration.model_fields} == known


@step(name="photos.grade")
async def grade(
    vin: str, count: int, how: Literal["fast", "slow"] = "fast", until: Duration | None = None
) -> None:
    """Grade photos."""


@pytest.mark.parametrize(
    ("argument", "value", "ok"),
    [
        ("vin", "1HGCM", True),
        ("vin", {"a": 1}, False),
        ("vin", ["a"], False),
        ("count", 3, True),
        ("count", "3", True),  # Pydantic reads it, and so does the command
        ("count", [3], False),
        ("how", "slow", True),
        ("how", "other", False),
        ("until", "1h", True),
        ("until", None, True),
    ],
)
def test_a_literal_that_no_code_could_take_is_wrong(argument: str, value: Any, ok: bool) -> None:
    judged = declared(pushed(declaration_of(grade))).signature.check_literal
    assert (judged(argument, value) == ()) == ok
    assert (grade.check_literal(argument, value) == ()) == ok


def test_another_word_is_another_digest() -> None:
    data = declaration_of(grade)
    assert digest_of(data) != digest_of({**data, "summary": "Other."})
