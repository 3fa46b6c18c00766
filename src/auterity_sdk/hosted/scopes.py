"""Where a role counts, by the names that people give places."""

from __future__ import annotations

from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.finding_places import environments_by_name
from auterity_sdk.hosted.schemas.grant import Scope


async def find_scope(client: HostedClient, organisation: str, name: str | None) -> Scope:
    """The place of that name: a store, an environment, or one of a store as `columbus/staging`; else the organisation.

    Raises `UsageError`.
    """
    if name is None:
        return Scope(kind="organisation", id=organisation)
    environments = await environments_by_name(client, organisation)
    if name in environments:
        return Scope(kind="environment", id=environments[name].id)
    stores = {each.name: each.id async for each in client.organisation(organisation).stores()}
    if name in stores:
        return Scope(kind="store", id=stores[name])
    known = [*stores, *environments]
    near = did_you_mean(name, known)
    raise UsageError(
        f"there is no store and no environment `{name}`",
        help=f"did you mean {near}?" if near else f"there are: {', '.join(known)}",
    )
