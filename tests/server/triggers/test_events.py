"""Events between workflows of one tenant: one sends, another starts, a third wakes; no other environment hears of it."""

from __future__ import annotations

from tests.server.conftest import Owned
from tests.server.files import push
from tests.server.triggers.test_webhooks import until_runs

SENDS = """auterity: 1
name: sends
input: {stock: string}
steps:
  tell: {uses: event.send, with: {type: unit.sold, data: {stock: "${input.stock}"}}}
output: {event: "${tell.event_id}"}
"""

STARTS = """auterity: 1
name: starts
input: {stock: string}
triggers:
  - event: {type: unit.sold, match: event.stock == 'P1043'}
steps:
  hold: {wait: 1ms}
output: {stock: "${input.stock}"}
"""

WAITS = """auterity: 1
name: waits
steps:
  hear: {receive: {event: unit.sold, timeout: 1d}}
  late: {needs: hear.timeout, wait: 1ms}
ends: {heard: hear.received, late: late}
"""


def test_one_workflow_starts_another_and_wakes_a_third(owned: Owned, another: Owned) -> None:
    everything = push(SENDS, STARTS, WAITS)
    for path in (
        f"/environments/{owned.staging}",
        f"/environments/{owned.production}",
    ):
        owned.owner.done(f"{path}/pushes", everything, 201)
        owned.owner.done(f"{path}/workflows/waits/runs", {"input": {}}, 201)
    another.owner.done(f"/environments/{another.staging}/pushes", everything, 201)
    path = f"/environments/{owned.staging}"
    for stock in ("P1043", "P7"):
        owned.owner.done(f"{path}/workflows/sends/runs", {"input": {"stock": stock}}, 201)
    runs = until_runs(owned.owner, path, 4)
    found = sorted((each["workflow"], each["status"]) for each in runs)
    assert found == [
        ("sends", "succeeded"),
        ("sends", "succeeded"),
        ("starts", "succeeded"),
        ("waits", "succeeded"),
    ]
    [other] = owned.owner.known(f"/environments/{owned.production}/runs")["items"]
    assert other["status"] == "waiting"
    assert another.owner.known(f"/environments/{another.staging}/runs")["items"] == []
