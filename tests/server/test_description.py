"""The API's description is complete, and requests made of it find no answer that is not in it."""

import os
from typing import Any

import pytest
from fastapi import FastAPI

from auterity_sdk.hosted.schemas.problem import MEDIA_TYPE
from auterity_server.app import create_app
from tests.server.conftest import Owned, RunningServer
from tests.server.fuzzing import Fuzzing, operations, tenant

EXAMPLES = int(os.environ.get("AUTERITY_FUZZ_EXAMPLES", "15"))
"""For each operation; `python -m tests.server.fuzzing 200` looks longer."""


@pytest.fixture(scope="module")
def described(hosted: RunningServer) -> dict[str, Any]:
    app: FastAPI = create_app(hosted.wiring)
    return app.openapi()


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
def test_no_answer_is_outside_of_the_description_nor_of_the_tenant(
    hosted: RunningServer, owned: Owned, another: Owned
) -> None:
    """Requests of all kinds, alone and in sequences, with ids of another tenant in them."""
    found = Fuzzing(hosted, tenant(owned, "ourzz"), tenant(another, "theirzz"))
    found.all(EXAMPLES)
    assert found.with_their_ids > EXAMPLES


def test_every_link_leads_to_an_operation(described: dict[str, Any]) -> None:
    names = {each["operationId"] for _, each in operations(described)}
    links = [
        (name, link)
        for name, found in operations(described)
        for answer in found["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert {link["operationId"] for _, link in links} <= names
    assert len({name for name, _ in links}) >= 15
