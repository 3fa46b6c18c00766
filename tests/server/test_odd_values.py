"""Values that JSON can bear and databases, files or numbers cannot: refused or kept, and never a failure."""

import json
from typing import Any

import pytest

from tests.server.conftest import Owned
from tests.server.files import DESK, PAUSE, push

ODD = ['"\\ud800"', '"\\u0000"', '"\\u202e"', "1e400", "-1e400", "NaN", str(10**400), "[" * 400 + "]" * 400, '"' + "x" * 70_000 + '"']  # fmt: skip

OWN = {"name": "a", "parameters": {}, "output": {"type": "object"}}
DECLARED: list[dict[str, Any]] = [
    {"b": "?"},
    {**OWN, "output": {"properties": {"n": "?"}}},
    {**OWN, "output": {"default": "?"}},
    {**OWN, "parameters": {"n": {"schema": {}, "default": "?"}}},
    {**OWN, "definitions": {"D": {"$ref": "?"}}},
    {**OWN, "declares": {"gives": [{"name": "f", "lifetime": "?"}]}},
    {**OWN, "declares": {"effects": [{"kind": "send", "details": {"text": "?"}}]}},
    {**OWN, "outcomes": ["?"]},
]


def bodies(odd: str) -> list[tuple[str, str]]:
    """Paths below the environment, and bodies with the odd value in each place where a text or a value may stand."""
    plain = json.dumps(push(PAUSE, message="?"))
    one = json.dumps({"path": "a.yaml", "text": PAUSE, "message": "?"})
    return [
        ("/pushes", plain.replace('"?"', odd)),
        ("/pushes", json.dumps(push("?")).replace('"?"', odd)),
        ("/pushes", plain.replace('"workflows/0.yaml"', odd)),
        ("/pushes", json.dumps(push(PAUSE, project={"dealership": {"name": "?"}})).replace('"?"', odd)),
        *(("/pushes", json.dumps(push(PAUSE, project={"step_types": {"a": each}})).replace('"?"', odd)) for each in DECLARED),
        ("/pushes", json.dumps(push(PAUSE, project={"types": {"A": {"properties": "?"}}})).replace('"?"', odd)),
        ("/workflows/pause/runs", '{"input": {"who": ?}}'.replace("?", odd)),
        ("/workflows/desk/runs", '{"input": {"customer": "a", "amount": ?}}'.replace("?", odd)),
        ("/promotions", '{"source": ?}'.replace("?", odd)),
        ("/messages", '{"type": ?}'.replace("?", odd)),
        ("/messages", '{"type": "x", "data": {"a": ?}}'.replace("?", odd)),
        ("/messages", '{"type": "x", "id": ?}'.replace("?", odd)),
        ("/messages", '{"type": "x", "lifetime_seconds": ?}'.replace("?", odd)),
        ("/workflows/pause/rollback", '{"message": ?}'.replace("?", odd)),
        ("", one.replace('"?"', odd)),
    ]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=[each[:12] for each in ODD])
def test_no_odd_value_is_a_failure(owned: Owned, odd: str) -> None:
    path = f"/environments/{owned.staging}"
    owned.owner.done(f"{path}/pushes", push(PAUSE, DESK), 201)
    headers = {"Content-Type": "application/json"}
    found: dict[str, Any] = {}
    for number, (below, body) in enumerate(bodies(odd)):
        if below:
            answer = owned.owner.post(path + below, content=body, headers=headers)
        else:
            answer = owned.owner.put(f"{path}/workflows/pause", content=body, headers=headers)
        found[f"{number} {below}"] = answer.status_code
    assert {name: status for name, status in found.items() if status >= 500} == {}
    runs = owned.owner.known(f"{path}/runs")["items"]
    shown = [owned.owner.get(f"{path}/runs/{run['run_id']}").status_code for run in runs]
    events = [owned.owner.get(f"{path}/runs/{run['run_id']}/events").status_code for run in runs]
    assert {*shown, *events} <= {200}


def test_no_odd_address_is_a_failure(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    for odd in ("%00", "%ED%A0%80", "%2e%2e", "a" * 3000, "%F0%9F%9A%97", "..%2f"):
        for below in ("/workflows/{}", "/workflows/{}/versions", "/runs/{}", "/runs/{}/events",
                      "/runs?id={}", "/runs?workflow={}", "/workflows?cursor={}", "/runs?cursor={}",
                      "/deployments/{}", "/usage?run={}", "/runs?limit={}",
                      "/deployments?workflow={}"):  # fmt: skip
            answer = owned.owner.get(path + below.format(odd))
            assert answer.status_code < 500, (below, odd, answer.text)
    for at in ("-5", str(2**70), "1.5"):
        assert owned.owner.get(f"{path}/runs/x/events?after={at}").status_code in (404, 422)
