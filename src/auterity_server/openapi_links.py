"""The links of the API's description: where the id of what one operation makes or lists goes in others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PARAMETER = re.compile(r"\{(\w+)\}")

_ENVIRONMENT = "/environments/{environment_id}"
_ORGANISATION = "/organisations/{organisation_id}"

Gives = Mapping[str, str]
"""Parameters of paths, each with its place in the answer's body."""

_DEPLOYED: Gives = {
    "name": "/deployments/0/workflow",
    "version": "/deployments/0/version",
    "deployment_id": "/deployments/0/id",
}

_GIVEN: Mapping[str, Gives] = {
    "post /organisations": {"organisation_id": "/id"},
    "get /me": {"organisation_id": "/memberships/0/organisation/id"},
    f"post {_ORGANISATION}/stores": {"store_id": "/id"},
    f"post {_ORGANISATION}/environments": {"environment_id": "/id"},
    f"get {_ORGANISATION}/environments": {"environment_id": "/items/0/id"},
    f"post {_ORGANISATION}/users": {"user_id": "/user/id"},
    f"post {_ORGANISATION}/grants": {"grant_id": "/id"},
    f"post {_ORGANISATION}/api-keys": {"key_id": "/api_key/id"},
    f"post {_ORGANISATION}/trusts": {"trust_id": "/id"},
    f"post {_ENVIRONMENT}/pushes": _DEPLOYED,
    f"put {_ENVIRONMENT}/workflows/{{name}}": _DEPLOYED,
    f"get {_ENVIRONMENT}/workflows": {"name": "/items/0/name"},
    f"get {_ENVIRONMENT}/workflows/{{name}}/versions": {"version": "/items/0/version"},
    f"get {_ENVIRONMENT}/deployments": {"deployment_id": "/items/0/id"},
    f"post {_ENVIRONMENT}/workflows/{{name}}/runs": {"run_id": "/run_id"},
    f"get {_ENVIRONMENT}/runs": {"run_id": "/items/0/run_id"},
    f"post {_ENVIRONMENT}/runs/{{run_id}}/fork": {"run_id": "/run_id"},
    f"get {_ENVIRONMENT}/approvals": {"run_id": "/items/0/run_id", "step": "/items/0/step"},
}


def add_links(description: dict[str, Any], prefix: str) -> None:
    """Add to each operation that gives an id a link to every operation of which the path takes it."""
    paths = description["paths"]
    for operation, gives in _GIVEN.items():
        method, _, path = operation.partition(" ")
        found = paths[prefix + path][method]
        for status, answer in found["responses"].items():
            if status < "300":
                answer["links"] = dict(_links(paths, prefix + path, gives))


def _links(
    paths: Mapping[str, Any], source: str, gives: Gives
) -> Iterator[tuple[str, dict[str, Any]]]:
    known = {*_PARAMETER.findall(source)} - gives.keys()
    for path, item in paths.items():
        taken = _PARAMETER.findall(path)
        if not gives.keys() & set(taken) or not set(taken) <= known | gives.keys():
            continue
        values = {
            name: f"$response.body#{gives[name]}" if name in gives else f"$request.path.{name}"
            for name in taken
        }
        for operation in item.values():
            name = operation["operationId"]
            yield name, {"operationId": name, "parameters": values}
