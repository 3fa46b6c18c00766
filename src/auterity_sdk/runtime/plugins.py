"""The one list of built-in step types and types, and the door by which installed packages add theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pkgutil import get_data

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.steps.prepared import Prepared
from auterity_sdk.steps.registry import Registry, Target

STEP_TYPES_GROUP = "auterity.step_types"
TYPES_GROUP = "auterity.types"
"""Groups of entry points, each `name = "module:attribute"`."""

_STEPS = "auterity_sdk.steps.builtin"
_TRADE = "auterity_sdk.dealership"

BUILTIN_STEP_TYPES: Mapping[str, Target] = {
    "ai.chat": f"{_STEPS}.ai:chat",
    "ai.classify": f"{_STEPS}.ai:classify",
    "ai.draft": f"{_STEPS}.ai:draft",
    "ai.embed": f"{_STEPS}.ai:embed",
    "ai.extract": f"{_STEPS}.ai:extract",
    "ai.moderate": f"{_STEPS}.ai:moderate",
    "ai.redact": f"{_STEPS}.ai:redact",
    "ai.restore": f"{_STEPS}.ai:restore",
    "ai.retrieve": f"{_STEPS}.ai:retrieve",
    "ai.summarize": f"{_STEPS}.ai:summarize",
    "ai.tools": f"{_STEPS}.ai:tools",
    "consent.check": f"{_STEPS}.consent:check",
    "consent.record": f"{_STEPS}.consent:record",
    "email.send": f"{_STEPS}.email:send",
    "event.send": f"{_STEPS}.event:send",
    "hours.gate": f"{_STEPS}.hours:gate",
    "http.request": f"{_STEPS}.http:request",
    "inventory.search": f"{_STEPS}.inventory:search",
    "lead.deduplicate": f"{_STEPS}.lead:deduplicate",
    "lead.parse_adf": f"{_STEPS}.lead:parse_adf",
    "lead.route": f"{_STEPS}.lead:route",
    "lead.score": f"{_STEPS}.lead:score",
    "sms.read_reply": f"{_STEPS}.sms:read_reply",
    "sms.send": f"{_STEPS}.sms:send",
    "task.assign": f"{_STEPS}.task:assign",
    "trade.appraise": f"{_STEPS}.trade:appraise",
    "vehicle.decode_vin": f"{_STEPS}.vehicle:decode_vin",
}

BUILTIN_TYPES: Mapping[str, Target] = {
    "Address": f"{_TRADE}.address:Address",
    "Appointment": f"{_TRADE}.appointment:Appointment",
    "ConsentRecord": f"{_TRADE}.consent:ConsentRecord",
    "Customer": f"{_TRADE}.customer:Customer",
    "InStock": f"{_TRADE}.in_stock:InStock",
    "Lead": f"{_TRADE}.lead:Lead",
    "Money": f"{_TRADE}.money:Money",
    "Odometer": f"{_TRADE}.vehicle:Odometer",
    "Phone": f"{_TRADE}.customer:Phone",
    "Vehicle": f"{_TRADE}.vehicle:Vehicle",
}


def builtin_registry() -> Registry:
    """All that comes with Auterity and with installed packages; nothing of it is loaded before it is asked for.

    Raises `ConfigurationError` where a package takes a name that is taken.
    """
    found = entry_points()  # once: it reads a file of each installed package
    return Registry(
        step_types=_with_installed(BUILTIN_STEP_TYPES, found.select(group=STEP_TYPES_GROUP)),
        types=_with_installed(BUILTIN_TYPES, found.select(group=TYPES_GROUP)),
        prepared=Prepared(_signatures),
    )


def _signatures() -> bytes:
    """What `python -m tools.pages` wrote."""
    # Not by importlib.resources, which loads much that nothing else here needs.
    return get_data("auterity_sdk.steps.builtin", "signatures.json") or b"{}"


def _with_installed(ours: Mapping[str, Target], found: Iterable[EntryPoint]) -> dict[str, Target]:
    named = dict(ours)
    for point in found:
        taken = named.get(point.name)
        if taken is not None and taken != point.value:
            raise ConfigurationError(
                f"the name `{point.name}` is taken: {point.value} and {taken} both have it",
                help="uninstall one of the packages",
            )
        named[point.name] = point.value
    return named
