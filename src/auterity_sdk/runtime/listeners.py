"""Which runs an outside event may be for."""

from __future__ import annotations

from auterity_sdk.runs.commands import OutsideEvent
from auterity_sdk.runs.correlation import texts_of
from auterity_sdk.runs.decide import listens_since
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Store


async def listeners(command: OutsideEvent, store: Store, plans: Plans) -> list[str]:
    """The runs whose `receive` would take the event, the one that has waited longest first."""
    found = []
    keys = {store.fingerprint(text) for text in texts_of(command.data)}
    for run_id in await store.listening(command.type, sorted(keys)):
        live = await open_run(run_id, store, plans)
        since = listens_since(live.plan, live.state, command)
        if since is not None:
            found.append((since, run_id))
    return [run_id for _, run_id in sorted(found)]
