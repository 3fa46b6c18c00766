"""How findings are judged: the level of each rule, the day, and whether comments may allow findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.checks.catalogue import find_rule
from auterity_sdk.checks.profile import DEFAULT, Profile
from auterity_sdk.checks.rule import Rule
from auterity_sdk.diagnostics import Diagnostic, Severity
from auterity_sdk.errors import ConfigurationError, UsageError

Level = Literal["off", "info", "warning", "error"]


class Policy(Struct, frozen=True):
    """`levels` are by the names of rules, None for one that is off; rules without one keep their own.

    `as_of` is the day on which suppressions expire or not; without one they do not. `suppressions` False
    reports what comments allow, too. `dealer` is for whom rules of law are asked.
    """

    levels: Mapping[str, Severity | None] = field(default_factory=dict)
    as_of: date | None = None
    dealer: Profile = DEFAULT
    suppressions: bool = True

    def chosen(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """The rules that are not off."""
        return tuple(rule for rule in rules if self.levels.get(rule.name, rule.severity))

    def judged(self, found: Diagnostic) -> Diagnostic:
        """The finding with the level that was set for its rule."""
        level = self.levels.get(found.name)
        return found if level is None else replace(found, severity=level)


def levels(written: Mapping[str, Level], where: str) -> dict[str, Severity | None]:
    """The levels that settings give to rules, by code or by name.

    Raises `ConfigurationError` for a rule that there is not, or one that cannot be lowered.
    """
    return {_known(name, level, where).name: _severity(level) for name, level in written.items()}


def _known(name: str, level: Level, where: str) -> Rule:
    try:
        rule = find_rule(name)
    except UsageError as error:
        raise ConfigurationError(f"AUT003 {where}: {error.message}", help=error.help) from None
    if rule.firm and _severity(level) is not rule.severity:
        raise ConfigurationError(
            f"{where}: `{name}` is always an error",
            help="a workflow with this finding cannot be carried out: mend what it names",
        )
    return rule


def _severity(level: Level) -> Severity | None:
    return None if level == "off" else Severity(level)
