"""Who is told of deployments in protected environments: those who may confirm them, and then who asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.deployed import Deployment
from auterity_server.database.notifications import Kind, Notification, notification_id, notify
from auterity_server.database.places import Environment
from auterity_server.notifications.people import people_of, person_behind, place_of


async def ask_to_confirm(
    connection: AsyncConnection, environment: Environment, made: Sequence[Deployment], at: int
) -> None:
    """Tell those who may be the second person, in the transaction of what they would confirm."""
    pending = [each for each in made if each.state == "pending"]
    if not pending:
        return
    organisation, asker = environment.organisation_id, pending[0].asked_by
    people = await people_of(connection, organisation)
    but = {asker, await person_behind(connection, organisation, asker)}
    able = people.confirmers(place_of(environment), but)
    told = [
        _of(environment, each, user.id, Kind.DEPLOYMENT, at) for each in pending for user in able
    ]
    await notify(connection, told)


async def tell_decided(
    connection: AsyncConnection,
    environment: Environment,
    pending: Deployment,
    *,
    approved: bool,
    at: int,
) -> None:
    """Tell who asked for it how it was decided, in the transaction of the decision."""
    organisation = environment.organisation_id
    people = await people_of(connection, organisation)
    asker = people.person(await person_behind(connection, organisation, pending.asked_by))
    if asker is not None:
        kind = Kind.CONFIRMED if approved else Kind.REJECTED
        await notify(connection, [_of(environment, pending, asker.id, kind, at)])


def _of(
    environment: Environment, deployment: Deployment, user: str, kind: Kind, at: int
) -> Notification:
    return Notification(
        id=notification_id(kind, deployment.id, user),
        user_id=user,
        organisation_id=environment.organisation_id,
        environment_id=environment.id,
        kind=kind,
        workflow=deployment.workflow,
        of_id=deployment.id,
        created_at=at,
    )
