"""What a push declares of its project, as the project that the checker and the runs go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auterity_sdk.checks.policy import Policy
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings
from auterity_server.problems import wrong_value

_TABLES = ("dealership", "calendars", "queues", "rules")
_PLACE = "body/project"
_HERE = {"local-trigger": "off"}
"""Rules about a developer's machine, which a server is not."""


def declared_project(declared: Mapping[str, Any], folder: Path) -> Project:
    """The project that these declarations are of; nothing is read from `folder`. Raises a problem that names the table."""
    given = {name: declared[name] for name in _TABLES if declared.get(name)}
    given["rules"] = _HERE | given.get("rules", {})
    try:
        project = Project(folder, Settings.model_validate(given), python=False)
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


def merged(declared: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The declarations of all that is live in an environment: of two with one name the later counts.

    A dealership is taken whole: the country of one and the region of another would be no place.
    """
    found: dict[str, Any] = {name: {} for name in _TABLES}
    for each in declared:
        for name in _TABLES:
            given = each.get(name) or {}
            found[name] = given or found[name] if name == "dealership" else found[name] | given
    return found
