"""Step types of which attempts wait, and that no living process carries out."""

from __future__ import annotations

from collections.abc import Collection

from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.steps.registry import Registry


async def unserved(
    carrier: AttemptCarrier, registry: Registry, queues: Collection[str]
) -> Collection[str]:
    """The step types that are offered in these queues, and that nobody who lives makes attempts of."""
    offered = {
        name: registry.declared[name].digest if name in registry.declared else ""
        for name in {*registry.step_type_names(), *registry.declared}
        if carrier.queue_of(name) in queues
    }
    return await carrier.unserved(offered) if offered else ()
