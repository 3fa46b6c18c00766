"""Requests of all kinds by one tenant, in which ids of another tenant stand: nothing fails, and nothing of theirs is seen.

`python -m tests.server.fuzzing 200` looks at each operation with that many examples, and at as many sequences of them;
the tests do it with fewer.
"""

import copy
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from auterity_server.app import create_app
from tests.server.conftest import (
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.files import DESK, PAUSE, push

CONFORMS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)

REFUSED = {400, 401, 403, 404, 413, 415, 422, 429}
"""What a request may be answered in which an id of another tenant stands. 409 and 412 would tell that it is there."""


@dataclass
class Tenant:
    """An organisation with something of every kind. `ids` are by the parameter of a path; `words` stand nowhere else."""

    owned: Owned
    ids: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def all_ids(self) -> set[str]:
        """The ids that name something of this tenant alone."""
        return {each for found in self.ids.values() for each in found}

    def state(self) -> dict[str, Any]:
        """All that can be read of it."""
        organisation, staging = self.owned.organisation, self.owned.staging
        inside = ("stores", "environments", "users", "grants", "api-keys", "trusts", "audit")
        paths = [f"/organisations/{organisation}", f"/environments/{staging}"]
        paths += [f"/organisations/{organisation}/{each}" for each in inside]
        paths += [
            f"/environments/{staging}/{each}" for each in ("runs", "deployments", "workflows")
        ]
        paths += [f"/environments/{staging}/runs/{run}/events" for run in self.ids["run_id"]]
        return {path: self.owned.owner.known(path) for path in paths}


def tenant(owned: Owned, word: str) -> Tenant:
    """Something of every kind for an organisation, with a word that stands in texts of it."""
    organisation, path = f"/organisations/{owned.organisation}", f"/environments/{owned.staging}"
    secret = PAUSE.replace("name: pause", f"name: {word}")
    made = owned.owner.done(f"{path}/pushes", push(PAUSE, DESK, secret, message=word), 201)
    asked = {"input": {"customer": word, "amount": 1}}
    run = owned.owner.done(f"{path}/workflows/desk/runs", asked, 201)["run_id"]
    store = owned.owner.done(f"{organisation}/stores", {"name": word, "title": word}, 201)["id"]
    everywhere = {"kind": "organisation", "id": owned.organisation}
    user = owned.owner.done(
        f"{organisation}/users",
        {"email": f"{word}@group.example", "name": word, "role": "viewer", "scope": everywhere},
        201,
    )["user"]["id"]
    grant = {"user": user, "role": "operator", "scope": {"kind": "store", "id": store}}
    key = {"name": word, "role": "viewer", "scope": everywhere}
    trust = {
        "name": word,
        "issuer": "https://issuer.invalid",
        "audience": word,
        "conditions": {"sub": [word]},
        "role": "viewer",
        "scope": everywhere,
    }
    ids = {
        "organisation_id": [owned.organisation],
        "environment_id": [owned.staging, owned.production],
        "store_id": [store],
        "run_id": [run],
        "user_id": [user],
        "grant_id": [owned.owner.done(f"{organisation}/grants", grant, 201)["id"]],
        "key_id": [owned.owner.done(f"{organisation}/api-keys", key, 201)["api_key"]["id"]],
        "trust_id": [owned.owner.done(f"{organisation}/trusts", trust, 201)["id"]],
        "deployment_id": [each["id"] for each in made["deployments"]],
    }
    return Tenant(owned, ids, [word])


@dataclass
class Fuzzing:
    """Requests by the owner of `ours`, to a server on which `theirs` is too."""

    server: RunningServer
    ours: Tenant
    theirs: Tenant
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each operation was answered with each status."""
    with_their_ids: int = 0
    begun: int = 0
    """Sequences."""

    @property
    def call(self) -> dict[str, Any]:
        """How each request is made."""
        authorization = str(self.ours.owned.owner.headers["Authorization"])
        return {"base_url": self.server.url, "headers": {"Authorization": authorization}}

    def description(self) -> dict[str, Any]:
        """The API's own, with ids of both tenants proposed wherever one stands."""
        found = copy.deepcopy(create_app(self.server.wiring).openapi())
        for _, operation in operations(found):
            for each in operation.get("parameters", ()):
                self._propose(each)
        schemas = found["components"]["schemas"]
        places = [*self._both("organisation_id"), *self._both("store_id"), *self._both("environment_id")]  # fmt: skip
        # Of its own: answers have scopes that were not proposed.
        schemas["AskedScope"] = copy.deepcopy(schemas["Scope"])
        for name, schema in schemas.items():
            if name.startswith("New") and "scope" in schema["properties"]:
                schema["properties"]["scope"] = {"$ref": "#/components/schemas/AskedScope"}
        for schema, name, ids in (
            ("AskedScope", "id", places),
            ("Promotion", "source", self._both("environment_id")),
            ("NewEnvironment", "store", self._both("store_id")),
            ("NewGrant", "user", self._both("user_id")),
            ("NewGrant", "api_key", self._both("key_id")),
        ):
            schemas[schema]["properties"][name] = {"type": "string", "enum": ids}
        return found

    def _propose(self, parameter: dict[str, Any]) -> None:
        name, ids = parameter["name"], self._both(parameter["name"])
        if parameter["in"] == "path" and ids:
            parameter["schema"] = {"type": "string", "enum": [*ids, "none"]}
        elif parameter["in"] == "path" and name == "name":
            parameter["schema"] = {"type": "string", "enum": ["pause", "desk", *self.theirs.words]}
        elif parameter["in"] == "path" and name == "step":
            parameter["schema"] = {"type": "string", "enum": ["manager", "none"]}

    def _both(self, name: str) -> list[str]:
        return [*self.ours.ids.get(name, ()), *self.theirs.ids.get(name, ())]

    def look(self, case: schemathesis.Case, response: Any) -> None:
        """Hold an answer against the description, and against what the other tenant has."""
        case.validate_response(response, checks=[*CONFORMS])
        label = str(case.operation.label)
        self.seen[label, response.status_code] += 1
        asked = json.dumps([case.path_parameters, _plain(case.body)], default=str)
        if any(each in asked for each in self.theirs.all_ids):
            self.with_their_ids += 1
            assert response.status_code in REFUSED, (label, asked, response.status_code)
        told = response.text
        if not any(word in f"{asked}{case.query}" for word in self.theirs.words):
            assert not any(word in told for word in self.theirs.words), (label, asked, told)

    def all(self, examples: int) -> None:
        """Each operation, and sequences of them; at the end the other tenant has what it had, and both are signed in."""
        before = self.theirs.state()
        assert len(self.each_operation(examples)) > 50
        self.sequences(examples)
        assert self.theirs.state() == before
        self.ours.owned.owner.known("/me")

    def each_operation(self, examples: int) -> list[str]:
        """So many examples of each operation; gives their names."""
        schema = schemathesis.openapi.from_dict(self.description())
        return [self._ask_of(each.ok(), examples) for each in schema.get_all_operations()]

    def _ask_of(self, operation: Any, examples: int) -> str:
        @_looking(examples)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            self.look(case, case.call(**self.call))

        ask()
        return str(operation.label)

    def sequences(self, examples: int, steps: int = 15) -> None:
        """So many sequences of operations, each of which goes on by what the ones before gave: by the links."""
        schema = schemathesis.openapi.from_dict(self.description())
        fuzzing = self

        class Sequence(schema.as_state_machine()):  # type: ignore[misc]
            def setup(self) -> None:
                fuzzing.begun += 1

            def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
                return fuzzing.call

            def validate_response(self, response: Any, case: schemathesis.Case, **_: Any) -> None:
                fuzzing.look(case, response)

        wanted = self.begun + examples
        while self.begun < wanted:
            # The server remembers: the same sequence finds it otherwise, which is no fault. Then others are drawn.
            with suppress(FlakyStrategyDefinition):
                left = wanted - self.begun
                Sequence.run(settings=_looking(left, derandomize=False, stateful_step_count=steps))


def _looking(examples: int, *, derandomize: bool = True, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def _plain(body: Any) -> Any:
    return body if isinstance(body, dict | list | str | int | float | None) else ""


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation of a description by its name."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def main(examples: int) -> None:
    """Look at all of it; an answer that is wrong raises."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        # A long look takes longer than a token is good as a rule: then every answer would be 401.
        lasting = settings_for(data, now="2026-11-24T15:00:00Z", access_token_lifetime="24h")
        with running(lasting) as server:
            links = [server.do(new_organisation(server.wiring)) for _ in range(2)]
            with owner_of(server, links[0]) as one, owner_of(server, links[1]) as other:
                found = Fuzzing(server, tenant(one, "ourzz"), tenant(other, "theirzz"))
                found.all(examples)
    words = f"{found.seen.total()} requests, {found.with_their_ids} with ids of another tenant"
    sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
