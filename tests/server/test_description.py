"""The API's description is complete, and requests made of it find no answer that is not in it."""

import copy
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from auterity_sdk.hosted.schemas.problem import MEDIA_TYPE
from auterity_server.app import create_app
from tests.server.conftest import Owned, RunningServer
from tests.server.files import DESK, PAUSE, push

CONFORMS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)

EXAMPLES = int(os.environ.get("AUTERITY_FUZZ_EXAMPLES", "3"))
"""For each operation; `AUTERITY_FUZZ_EXAMPLES=200` looks longer."""


@pytest.fixture(scope="module")
def described(hosted: RunningServer) -> dict[str, Any]:
    app: FastAPI = create_app(hosted.wiring)
    return app.openapi()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_what_it_is_for(described: dict[str, Any]) -> None:
    without = [name for name, found in operations(described) if not found.get("description")]
    assert without == []


def test_every_body_has_an_example(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    without = []
    for name, found in operations(described):
        content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
        reference = content.get("schema", {}).get("$ref", "")
        if reference and not schemas[reference.rpartition("/")[2]].get("examples"):
            without.append(name)
    assert without == []


def test_every_error_is_a_problem(described: dict[str, Any]) -> None:
    for name, found in operations(described):
        errors = {status: each for status, each in found["responses"].items() if status >= "400"}
        assert {"429", "500", "503"} <= errors.keys(), name
        assert all(list(each["content"]) == [MEDIA_TYPE] for each in errors.values()), name
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_what_needs_a_sign_in_says_so(described: dict[str, Any]) -> None:
    open_to_all = {name for name, found in operations(described) if not found.get("security")}
    assert all("/environments/" not in name for name in open_to_all)
    assert all("/organisations" not in name for name in open_to_all)


# The server in this process draws random numbers meanwhile, which hypothesis takes for the strategies'.
@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
def test_no_answer_is_outside_of_the_description(
    hosted: RunningServer, owned: Owned, described: dict[str, Any]
) -> None:
    """Requests of all kinds, by an owner, where there is something: no failure of the server, no undescribed answer."""
    headers = {"Authorization": str(owned.owner.headers["Authorization"])}
    schema = schemathesis.openapi.from_dict(where_something_is(described, owned))
    asked = [ask_of(result.ok(), hosted.url, headers) for result in schema.get_all_operations()]
    assert len(asked) > 40


def ask_of(operation: Any, url: str, headers: dict[str, str]) -> str:
    looking = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )

    @looking
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(base_url=url, headers=headers)
        case.validate_response(answer, checks=[*CONFORMS])

    ask()
    return str(operation.label)


def where_something_is(described: dict[str, Any], owned: Owned) -> dict[str, Any]:
    """The description with the ids of the owner's places in its paths, and those of a workflow and a run proposed."""
    path = f"/environments/{owned.staging}"
    pushed = owned.owner.done(f"{path}/pushes", push(PAUSE, DESK), 201)["deployments"]
    body = {"input": {"customer": "a", "amount": 1}}
    run = owned.owner.done(f"{path}/workflows/desk/runs", body, 201)["run_id"]
    proposed = {
        "name": ["pause", "desk", "none"],
        "run_id": [run, "none"],
        "step": ["manager", "none"],
        "version": [pushed[0]["version"], "0" * 64],
        "deployment_id": [pushed[0]["id"], "none"],
    }
    found = copy.deepcopy(described)
    found["paths"] = {_placed(path, owned): item for path, item in found["paths"].items()}
    for _, operation in operations(found):
        kept = []
        for each in operation.get("parameters", ()):
            if each["name"] in ("environment_id", "organisation_id"):
                continue
            if each["in"] == "path" and each["name"] in proposed:
                each["schema"] = {"type": "string", "enum": proposed[each["name"]]}
            kept.append(each)
        operation["parameters"] = kept
    return found


def _placed(path: str, owned: Owned) -> str:
    path = path.replace("{environment_id}", owned.staging)
    return path.replace("{organisation_id}", owned.organisation)
