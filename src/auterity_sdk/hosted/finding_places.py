"""Organisations and environments by the names that people give them."""

from __future__ import annotations

from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.schemas.environment import Environment
from auterity_sdk.hosted.schemas.organisation import Organisation


async def environments_by_name(client: HostedClient, organisation: str) -> dict[str, Environment]:
    """The environments of an organisation that may be seen: `staging`, and `columbus/staging` for that of a store."""
    here = client.organisation(organisation)
    stores = {store.id: store.name async for store in here.stores()}
    found = [each async for each in here.environments()]
    return {_name(each, stores): each for each in found}


async def find_environment(
    client: HostedClient, name: str, organisation: str | None = None
) -> Environment:
    """The environment of that name or id, in the organisation or in any. Raises `UsageError`."""
    within = [organisation] if organisation else [each.id for each in await _organisations(client)]
    known: dict[str, Environment] = {}
    for each in within:
        known |= await environments_by_name(client, each)
    meant = known.get(name) or next((each for each in known.values() if each.id == name), None)
    if meant is not None:
        return meant
    raise _unknown("environment", name, list(known))


async def find_organisation(client: HostedClient, name: str) -> Organisation:
    """The organisation of that name or id. Raises `UsageError`."""
    known = {each.name: each for each in await _organisations(client)}
    meant = known.get(name) or next((each for each in known.values() if each.id == name), None)
    if meant is not None:
        return meant
    raise _unknown("organisation", name, list(known))


async def _organisations(client: HostedClient) -> list[Organisation]:
    return [each.organisation for each in (await client.me()).memberships]


def _name(environment: Environment, stores: dict[str, str]) -> str:
    if environment.store is None:
        return environment.name
    return f"{stores.get(environment.store, environment.store)}/{environment.name}"


def _unknown(kind: str, name: str, known: list[str]) -> UsageError:
    near = did_you_mean(name, known)
    advice = f"did you mean {near}?" if near else f"there are: {', '.join(known) or 'none'}"
    return UsageError(f"there is no {kind} `{name}` that you may see", help=advice)
