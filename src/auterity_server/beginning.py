"""What a new server has: an organisation with two environments, and a link by which its owner signs in first."""

from __future__ import annotations

from auterity_sdk.errors import InternalError
from auterity_server.database.places import (
    Organisation,
    PlacesOf,
    add_organisation,
    first_organisation,
)
from auterity_server.wiring import Wiring

ENVIRONMENTS = ("staging", "production")


async def first_sign_in(wiring: Wiring) -> str | None:
    """The token of a one-time link for the first owner; None once somebody has a password."""
    organisation = await _organisation(wiring)
    settings = wiring.settings
    return await wiring.access.first_admin.link(organisation.id, settings.admin_email, "Owner")


async def _organisation(wiring: Wiring) -> Organisation:
    async with wiring.database.writing() as connection:
        found = await first_organisation(connection)
        if found is not None:
            return found
        name, at = wiring.settings.organisation, wiring.clock.now()
        made = await add_organisation(connection, name, name.replace("-", " ").title(), at)
        if made is None:
            raise InternalError("the first organisation could not be made")
        here = PlacesOf(connection, made.id)
        for environment in ENVIRONMENTS:
            await here.add_environment(environment, None, at, protected=False)
        return made
