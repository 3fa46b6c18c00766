"""All rules of law and trade, and what is said once where two of them say the same."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files

from auterity_sdk.checks.law import rules as package
from auterity_sdk.checks.law.eventually import Eventually
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.profile import EVERYWHERE, Profile
from auterity_sdk.checks.rule import Rule
from auterity_sdk.diagnostics import Diagnostic, Path
from auterity_sdk.workflow.demand import Demand
from auterity_sdk.workflow.graph import Graph


@cache
def law_rules() -> tuple[LawRule, ...]:
    """All of them, by code."""
    found: list[LawRule] = []
    for module in pkgutil.iter_modules(package.__path__):
        found.extend(import_module(f"{package.__name__}.{module.name}").RULES)
    return tuple(sorted(found, key=lambda rule: rule.code))


@cache
def law_names() -> tuple[str, ...]:
    """Their names, sorted, without loading one: each has its page."""
    pages = (files("auterity_sdk.checks.law") / "pages").iterdir()
    return tuple(sorted(page.name.removesuffix(".md") for page in pages))


def places_of_law() -> frozenset[str]:
    """The countries, such as `us`, of which there are rules, and the union `eu`."""
    places = {place for rule in law_rules() for place in (*rule.places, *_sooner(rule))}
    return frozenset(place.partition("-")[0] for place in places if place != EVERYWHERE)


def _sooner(rule: LawRule) -> Iterator[str]:
    for part in rule.what:
        if isinstance(part, Eventually):
            yield from part.sooner


def demands(profile: Profile, graph: Graph) -> tuple[Demand, ...]:
    """What the engine asserts before a workflow's effects: every MUST rule that is asked for where the dealer is.

    No suppression and no setting of a rule takes one away.
    """
    return tuple(
        part.demand(rule.code)
        for rule in law_rules()
        if rule.severity_for(profile) is not None
        for part in rule.what
        if isinstance(part, Must) and part.stale is not True and not part.is_free(graph)
    )


def said_once(found: Iterable[Diagnostic], rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """The findings without those that a more exact rule has made at the same step."""
    found = list(found)
    at = {(each.code, _step(each.location.path)) for each in found}
    quiet = _quieter(rules)
    for each in found:
        louder = quiet.get(each.code, ())
        if not any((code, _step(each.location.path)) in at for code in louder):
            yield each


def _step(path: Path) -> Path:
    """The path of the step that a place is in, of the innermost one."""
    ends = [at + 2 for at, part in enumerate(path[:-1]) if part == "steps"]
    return path[: ends[-1]] if ends else path


def _quieter(rules: Iterable[Rule]) -> Mapping[str, tuple[str, ...]]:
    """Code → the codes beside which it is silent."""
    quiet: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        if isinstance(rule, LawRule):
            quiet[rule.code] = (*quiet.get(rule.code, ()), *rule.unless)
            for code in rule.silences:
                quiet[code] = (*quiet.get(code, ()), rule.code)
    return quiet
