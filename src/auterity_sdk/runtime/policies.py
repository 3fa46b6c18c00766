"""How a project's findings are judged: the levels of its settings, and today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from auterity_sdk.checks.policy import Policy, levels
from auterity_sdk.checks.profile import Profile
from auterity_sdk.dealership.us_states import state_code
from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import FILE_NAME, settings_file


def policy_of(
    project: Project,
    *,
    as_of: date | None = None,
    profile: str = "",
    suppressions: bool = True,
    jurisdictions: Sequence[str] = (),
) -> Policy:
    """The policy of a project, on a day (today where none is given), with a profile of its settings on top.

    Rules of law are those of the dealer's country and region, and of `jurisdictions` such as `us-ca` or `ca`.
    Raises `ConfigurationError` for a rule that there is not, `UsageError` for such a profile.
    """
    settings = project.settings
    file = settings_file(project.root) or FILE_NAME
    judged = levels(settings.rules, f"{file}: [rules]")
    if profile:
        if profile not in settings.profiles:
            raise _no_profile(profile, list(settings.profiles))
        judged |= levels(settings.profiles[profile], f"{file}: [profiles.{profile}]")
    today = as_of or date.today()  # noqa: DTZ011 - a person's day, where the command runs
    own = settings.dealership
    where = tuple(map(_place, jurisdictions))
    dealer = Profile.of(own.country, own.region, more=where, kind=own.kind)
    return Policy(judged, today, dealer, suppressions=suppressions)


def _place(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}(-[A-Za-z]{2,3})?", written):
        raise UsageError(
            f"`{written}` is no jurisdiction",
            help="write a country, or a country and a state: ca, us-ca, us-fl",
        )
    from auterity_sdk.checks.law.catalogue import places_of_law  # here: few runs name a place

    country, _, region = written.lower().partition("-")
    if country == "us" and region and state_code(region) is None:
        raise UsageError(
            f"`{written}` is no jurisdiction: the US has no state `{region.upper()}`",
            help="write a country and a state: us-ca, us-fl",
        )
    if country not in places_of_law():
        known = ", ".join(f"`{place}`" for place in sorted(places_of_law()))
        raise UsageError(f"no rule is of `{written}`", help=f"there are rules of {known}")
    return written


def _no_profile(asked: str, known: list[str]) -> UsageError:
    near = did_you_mean(asked, known)
    proposal = f"a profile with a similar name exists: `{near}`" if near else None
    listed = ", ".join(f"`{name}`" for name in known)
    advice = f"the profiles are {listed}" if known else f"write a table [profiles.{asked}]"
    return UsageError(f"the settings have no profile `{asked}`", help=proposal or advice)
