"""`auterity keys list`: the API keys of the organisation."""

from __future__ import annotations

from auterity_cli.hosted_organisation import organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.listed import by_lines, print_listed
from auterity_sdk.hosted.schemas.api_key import ApiKey
from auterity_sdk.runtime.project import Project


def list_keys(
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the API keys, by how they begin; their secrets are nowhere."""
    found = finish(_asked(hosted_place(context, None, Project.find(project, python=False))))
    print_listed(found, "key", by_lines(_lines), as_json=as_json)


def _lines(key: ApiKey) -> list[str]:
    over = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
    state = over or f"until {key.expires_at:%Y-%m-%d}"
    return [f"{key.id}  {key.prefix}…  {state}  {key.name}"]


async def _asked(place: Place) -> list[ApiKey]:
    async with place.profile.client() as client:
        here = client.organisation(await organisation_id(place, client))
        return [each async for each in here.api_keys()]
