"""The contract: every example fits its model, requests are strict, answers may grow, a run keeps its form."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from auterity_sdk.hosted import schemas
from auterity_sdk.hosted.schemas.push import FilePath
from auterity_sdk.hosted.schemas.shape import Answer, Page, Request

MODULES = [f"{schemas.__name__}.{each.name}" for each in pkgutil.iter_modules(schemas.__path__)]


def _models() -> Iterator[type[BaseModel]]:
    for name in MODULES:
        for value in vars(import_module(name)).values():
            if not isinstance(value, type) or not issubclass(value, BaseModel):
                continue
            if value.__module__ == name and value not in (Request, Answer, Page):
                yield value


MODELS = list(_models())


def _examples(model: type[BaseModel]) -> list[Any]:
    more = model.model_config.get("json_schema_extra") or {}
    return list(more.get("examples", ())) if isinstance(more, dict) else []


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__name__)
def test_examples_fit_their_model(model: type[BaseModel]) -> None:
    for example in _examples(model):
        model.model_validate_json(json.dumps(example))
        unknown = set(example) - set(model.model_fields)
        assert not unknown or model.model_config.get("extra") == "allow"


@pytest.mark.parametrize(
    "model", [each for each in MODELS if issubclass(each, Request)], ids=lambda each: each.__name__
)
def test_requests_are_strict(model: type[BaseModel]) -> None:
    for example in _examples(model):
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            model.model_validate({**example, "no_such_key": 1})


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__name__)
def test_models_have_a_json_schema_and_words(model: type[BaseModel]) -> None:
    assert model.__doc__
    schema = model.model_json_schema()
    assert "properties" in schema or "$ref" in schema


def test_answers_may_grow() -> None:
    assert Page[int].model_validate({"items": [1], "next": None, "total": 1}).items == (1,)


@pytest.mark.parametrize("path", ["/etc/passwd", "../up.yaml", "a/../b.yaml", "a\\b.yaml", ""])
def test_the_path_of_a_pushed_file_stays_in_its_project(path: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(FilePath).validate_python(path)


@pytest.mark.parametrize("path", ["a.yaml", "workflows/é.yaml", "..hidden/a.yaml", "a..b/c.yaml"])
def test_other_paths_are_taken(path: str) -> None:
    assert TypeAdapter(FilePath).validate_python(path) == path


def test_secrets_are_not_shown() -> None:
    from auterity_sdk.hosted.schemas.sign_in import PasswordSignIn

    made = PasswordSignIn.model_validate({"email": " Dana@X.example ", "password": "hunter22"})
    assert made.email == "dana@x.example"
    assert "hunter22" not in repr(made)
