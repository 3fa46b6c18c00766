"""Records a store as this version writes it: `python -m tests.runtime.record_store`, before the schema changes.

It writes `tests/histories/store-N.sql`, a dump of a file of the schema N, and beside it how its runs stand. What is
recorded once is never changed.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.stores.sqlite_schema import SCHEMA
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.test_histories import HISTORIES, RECORDED_UNTIL, states
from tests.runtime.worlds import workflow, world

HOUR = 3_600_000
TEXT = """
steps:
  a: {uses: add, with: {n: 1}}
  pause: {needs: a, wait: 2h}
  ask: {needs: pause, approve: {role: manager, timeout: 3d}}
  told: {needs: ask.approved, receive: {event: sms.received, match: event.n == a.n, timeout: 5d}}
  fan:
    needs: a
    for_each:
      in: "[1, 2, 3]"
      steps: {one: {uses: add, with: {n: "${item}"}}}
      output: {n: "${one.n}"}
ends:
  done: [told, fan]
  late: {any: [ask.timeout, told.timeout]}
  no: ask.rejected
output: {n: "${a.n}"}
"""


async def record(file: Path) -> str:
    """Five runs, each at another point: begun, in a pause, asking, listening, and failed; two events, one taken."""
    store = SqliteStore(file)
    clock = VirtualClock(RECORDED_UNTIL - 6 * HOUR, moves=False)
    here = LocalRuntime(world(), store, clock)

    async def to_the_question(run_id: str) -> None:
        await here.start(workflow(TEXT), {}, requester="jo", run_id=run_id)
        await here.drive(run_id)

    async def answered(run_id: str) -> None:
        await here.drive(run_id)
        await here.approve(run_id, "ask", by="ann", roles=["manager"])
        await here.drive(run_id)

    await here.start(workflow(TEXT), {}, requester="jo", run_id="begun")
    await to_the_question("paused")
    await to_the_question("asked")
    clock.at += 2 * HOUR
    await here.drive("asked")
    await to_the_question("listening")
    clock.at += 2 * HOUR
    await answered("listening")
    await to_the_question("done")
    clock.at += 2 * HOUR
    await here.send("sms.received", {"n": 2}, id="e1")
    await here.drive("listening")
    await here.send("sms.received", {"n": 99}, id="e2")
    await answered("done")
    await store.take("asked", "x:1:2:3", clock.at, clock.at + 1000)
    lines = [f"PRAGMA user_version = {SCHEMA};", *store._database.iterdump()]
    found = await states(store)
    store.close()
    out = HISTORIES / f"store-{SCHEMA}.states.json"
    out.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the two files."""
    file = HISTORIES / f"store-{SCHEMA}.sql"
    if file.exists():
        raise SystemExit(f"{file} is recorded already")
    with TemporaryDirectory() as folder:
        file.write_text(asyncio.run(record(Path(folder) / "runs.db")), encoding="utf-8")


if __name__ == "__main__":
    main()
