"""What a push declares of its project, as the project that the checker and the runs go by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.steps.declared import DeclaredStepType, declared
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.values import schema_problem
from auterity_server.problems import wrong_value

_TABLES = ("dealership", "calendars", "queues", "rules")
"""Those that `auterity.toml` has too."""

_DECLARED = (*_TABLES, "step_types", "types")
_PLACE = "body/project"
_HERE = {"local-trigger": "off"}
"""Rules about a developer's machine, which a server is not."""


def declared_project(given: Mapping[str, Any], folder: Path) -> Project:
    """The project that these declarations are of; nothing is read from `folder`. Raises a problem that names the table."""
    tables = {name: given[name] for name in _TABLES if given.get(name)}
    tables["rules"] = _HERE | tables.get("rules", {})
    try:
        project = Project(folder, Settings.model_validate(tables), python=False)
        _ = project.zone, project.calendars, project.queues
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "/".join(map(str, (_PLACE, *first["loc"])))
        raise wrong_value(place, first["msg"]) from None
    except ConfigurationError as error:
        raise wrong_value(_PLACE, error.message, help=error.help) from None
    return project


def declared_policy(project: Project) -> Policy:
    """How findings are judged: by the rules that the push declares, and its dealer's law. Raises a problem."""
    try:
        return policy_of(project)
    except ConfigurationError as error:
        raise wrong_value(f"{_PLACE}/rules", error.message, help=error.help) from None


def declared_in(given: Mapping[str, Any], registry: Registry) -> Registry:
    """The registry with the step types and types that these declarations say a project has. Raises a problem."""
    step_types = {
        name: _step_type(name, data) for name, data in (given.get("step_types") or {}).items()
    }
    types = given.get("types") or {}
    for name, schema in types.items():
        _hold_against_schema(schema, f"types/{name}", schema.get("$defs", {}))
        if name in BUILTIN_TYPES:
            raise wrong_value(f"{_PLACE}/types/{name}", "is a type that is built in")
    return replace(registry, declared=step_types, declared_types=types)


def _step_type(name: str, data: Mapping[str, Any]) -> DeclaredStepType:
    place = f"step_types/{name}"
    if name in BUILTIN_STEP_TYPES:
        raise wrong_value(f"{_PLACE}/{place}", "is a step type that is built in")
    if data["name"] != name:
        raise wrong_value(f"{_PLACE}/{place}/name", "is another name than the step type has")
    definitions = data.get("definitions", {})
    for part, schema in _schemas(data):
        _hold_against_schema(schema, f"{place}/{part}", definitions)
    missing = [each for each in data.get("by_schema", ()) if each not in data["parameters"]]
    if missing:
        raise wrong_value(f"{_PLACE}/{place}/by_schema", "names an argument that there is not")
    try:
        return declared(data)
    except ValueError:
        raise wrong_value(f"{_PLACE}/{place}", "has a duration that is none") from None


def _schemas(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "output", data["output"]
    for name, parameter in data["parameters"].items():
        yield f"parameters/{name}/schema", parameter["schema"]
    for name, schema in data.get("definitions", {}).items():
        yield f"definitions/{name}", schema


def _hold_against_schema(
    schema: Mapping[str, Any], place: str, definitions: Mapping[str, Any]
) -> None:
    """Raise a problem for what is no JSON Schema, or points at a definition that is not there."""
    wrong = _problem_of(json.dumps(schema, sort_keys=True))
    if wrong is not None:
        raise wrong_value(f"{_PLACE}/{place}", f"is no JSON Schema: {wrong}")
    for reference in _references(schema):
        if reference not in {f"#/$defs/{name}" for name in definitions}:
            raise wrong_value(f"{_PLACE}/{place}", "refers to a definition that is not there")


@lru_cache(maxsize=1024)
def _problem_of(schema: str) -> str | None:
    """See `schema_problem`: most pushes declare what the one before did."""
    return schema_problem(json.loads(schema))


def _references(schema: Any) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            if isinstance(here.get("$ref"), str):
                yield here["$ref"]
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def merged(pushed: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The declarations of all that is live in an environment: of two with one name the later counts.

    A dealership is taken whole: the country of one and the region of another would be no place.
    """
    found: dict[str, Any] = {name: {} for name in _DECLARED}
    for each in pushed:
        for name in _DECLARED:
            given = each.get(name) or {}
            found[name] = given or found[name] if name == "dealership" else found[name] | given
    return found
