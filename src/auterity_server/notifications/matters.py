"""What stands of each matter in a mail: names, ids and times alone, none of them of a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.dealership.plain_text import clean_line
from auterity_server.database.notifications import Kind, Notification
from auterity_server.database.tables.environments import environments
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.stores import stores
from auterity_server.mail.texts import Matter

_API = "/api/v1"


async def matters_of(
    connection: AsyncConnection, told: Sequence[Notification], url: str
) -> list[Matter]:
    """Those of one mail. `url` is how people reach the server."""
    places = await _places(connection, {each.environment_id for each in told})
    return [_matter(each, places.get(each.environment_id, ""), url) for each in told]


def _matter(told: Notification, place: str, url: str) -> Matter:
    here = f"{url}{_API}/environments/{told.environment_id}"
    if told.kind is Kind.APPROVAL:
        step = quote(told.step, safe="/")
        return Matter(
            f"An approval of {told.workflow} waits for you",
            _asked(told, place),
            f"{here}/approvals/{told.of_id}/{step}",
            f"auterity approve {told.of_id} '{told.step}'",
        )
    link = f"{here}/deployments/{told.of_id}"
    if told.kind is Kind.DEPLOYMENT:
        return Matter(
            f"A deployment of {told.workflow} waits for a second person",
            f"{told.workflow} was pushed to {place}, and goes live once a second person confirms it",
            link,
            f"auterity confirm {told.workflow}",
        )
    went = "is live" if told.kind is Kind.CONFIRMED else "was rejected"
    return Matter(
        f"Your deployment of {told.workflow} {went}",
        f"what you pushed of {told.workflow} to {place} {went}",
        link,
        f"auterity versions {told.workflow}",
    )


def _asked(told: Notification, place: str) -> str:
    until = f", until {told.until}" if told.until else ""
    again = f"; reminder {told.reminders}" if told.reminders else ""
    return f"step `{told.step}` of {told.workflow} in {place} asks for {told.role}{until}{again}"


async def _places(connection: AsyncConnection, ids: set[str]) -> Mapping[str, str]:
    """What people call the environments: `production of Columbus`."""
    query = (
        select(
            environments.c.id,
            environments.c.name,
            func.coalesce(stores.c.title, organisations.c.title),
        )
        .join_from(environments, organisations)
        .outerjoin(stores, stores.c.id == environments.c.store_id)
        .where(environments.c.id.in_(ids))
    )
    rows = (await connection.execute(query)).all()
    return {of: f"{name} of {clean_line(title)}" for of, name, title in rows}
