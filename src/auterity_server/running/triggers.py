"""The triggers of what is live in an environment, those that rest aside."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.triggers.service import Service, services_of
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes
from auterity_server.database.deployed import Deployment
from auterity_server.database.schedule_pauses import Pause

_LOG = logging.getLogger("auterity.server")


def live_services(live: Iterable[Workflow], registry: Registry) -> list[Service]:
    """The triggers of workflows. One that cannot be compiled keeps no other from firing."""
    found: list[Service] = []
    for workflow in live:
        if not workflow.triggers:
            continue
        try:
            scopes = Scopes(workflow, build_graph(workflow, registry), registry)
            found += services_of(workflow, scopes, webhooks=True)
        except AuterityError as error:
            _LOG.error("the triggers of %s: %s", workflow.name, type(error).__name__)
    return found


def firing(services: Iterable[Service], pauses: Mapping[str, Pause]) -> list[Service]:
    """Those that do not rest."""
    return [each for each in services if not is_paused(each, pauses)]


def is_paused(service: Service, pauses: Mapping[str, Pause]) -> bool:
    """Whether somebody let it rest."""
    said = pauses.get(service.key)
    return said is not None and said.paused


def counts_since(
    services: Iterable[Service],
    live: Mapping[str, tuple[Deployment, Workflow]],
    pauses: Mapping[str, Pause],
    shift: int,
) -> dict[str, int]:
    """From when each trigger counts: from when its workflow went live, or it was started again.

    `shift` is by how many milliseconds the clock of the runs is ahead of the machine's.
    """
    found = {}
    for each in services:
        deployment, said = live[each.name][0], pauses.get(each.key)
        since = deployment.decided_at or deployment.asked_at
        found[each.key] = max(since, 0 if said is None else said.at) + shift
    return found
