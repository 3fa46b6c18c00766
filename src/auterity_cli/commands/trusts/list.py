"""`auterity trusts list`: whose jobs sign in by tokens of their own."""

from __future__ import annotations

from auterity_cli.hosted_organisation import organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.listed import by_lines, print_listed
from auterity_sdk.hosted.schemas.trust import Trust
from auterity_sdk.runtime.project import Project


def list_trusts(
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the trusts: whose tokens are taken, and what they are good for."""
    found = finish(_asked(hosted_place(context, None, Project.find(project, python=False))))
    print_listed(found, "trust", by_lines(_lines), as_json=as_json)


def _lines(trust: Trust) -> list[str]:
    first = f"{trust.id}  {trust.name}  {trust.role} of the {trust.scope.kind} {trust.scope.id}"
    from_ = f"  {trust.issuer} for {trust.audience}, for {trust.lifetime} s"
    wanted = (f"  {claim}: {' or '.join(texts)}" for claim, texts in trust.conditions.items())
    return [first, from_, *wanted]


async def _asked(place: Place) -> list[Trust]:
    async with place.profile.client() as client:
        here = client.organisation(await organisation_id(place, client))
        return [each async for each in here.trusts()]
