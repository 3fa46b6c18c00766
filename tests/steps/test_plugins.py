import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime import plugins
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES, builtin_registry

OUTCOMES = {
    "consent.check": ("granted", "denied"),
    "consent.record": ("ok",),
    "email.send": ("ok",),
    "event.send": ("ok",),
    "hours.gate": ("open", "closed"),
    "http.request": ("ok",),
    "lead.deduplicate": ("new", "duplicate"),
    "lead.parse_adf": ("parsed", "unreadable"),
    "lead.route": ("ok",),
    "lead.score": ("ok",),
    "sms.read_reply": ("yes", "no", "stop", "unclear"),
    "sms.send": ("ok",),
    "task.assign": ("ok",),
    "trade.appraise": ("ok",),
    "vehicle.decode_vin": ("ok",),
}


def test_every_built_in_step_type_has_its_outcomes_and_a_summary() -> None:
    registry = builtin_registry()
    found = {name: registry.signature(name) for name in registry.step_type_names()}
    assert {name: s.outcomes for name, s in found.items() if s and name in OUTCOMES} == OUTCOMES
    for name, signature in found.items():
        assert signature is not None
        assert signature.name == name
        assert signature.summary[-1] in ".?"


def test_only_a_request_may_have_its_effect_twice() -> None:
    registry = builtin_registry()
    found = {name: registry.signature(name) for name in BUILTIN_STEP_TYPES}
    assert [name for name, s in found.items() if s and not s.idempotent] == ["http.request"]


def test_every_built_in_type_has_a_schema() -> None:
    registry = builtin_registry()
    for name in BUILTIN_TYPES:
        schema = registry.type_schema(name)
        assert schema is not None
        assert schema["title"] == name


def test_the_registry_loads_nothing_before_it_is_asked() -> None:
    code = """
import sys
from auterity_sdk.runtime.plugins import builtin_registry
registry = builtin_registry()
heavy = ("httpx2", "phonenumbers", "auterity_sdk.dealership.lead", "auterity_sdk.steps.builtin.sms")
assert not [name for name in heavy if name in sys.modules]
assert registry.signature("sms.send") and registry.type_schema("Lead")
assert not [name for name in heavy if name in sys.modules]
registry.step_type("sms.send")
assert "auterity_sdk.steps.builtin.sms" in sys.modules
assert not [name for name in ("httpx2", "phonenumbers", "smtplib") if name in sys.modules]
assert "auterity_sdk.steps.builtin.lead" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def installed(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    found = EntryPoints([EntryPoint(name, value, plugins.STEP_TYPES_GROUP)])
    monkeypatch.setattr(plugins, "entry_points", lambda: found)


def test_an_installed_package_adds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "acme.text", "auterity_sdk.steps.builtin.sms:send")
    assert builtin_registry().step_type("acme.text") is not None


def test_an_installed_package_cannot_take_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "sms.send", "evil:send")
    with pytest.raises(ConfigurationError, match=r"`sms\.send` is taken"):
        builtin_registry()
