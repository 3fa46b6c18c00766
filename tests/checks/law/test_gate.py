"""The gate at run time: the bad examples, run as if nobody had looked at their findings, have no effect."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from auterity_sdk.checks.law.catalogue import law_rules
from auterity_sdk.checks.law.must import Must, Required
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runs.commands import AttemptFailed, AttemptSucceeded
from auterity_sdk.runs.gate import GATE_MISSING
from auterity_sdk.runs.orders import RunAttempt
from auterity_sdk.runs.plan import Uses
from auterity_sdk.runtime.attempt import World, execute
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.model import load

from .pages import Page

PHONE = "+14195550188"
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
AGREED = [
    {"channel": channel, "purpose": "marketing", "granted_at": "2026-11-01T12:00:00Z"}
    for channel in ("sms", "email")
]
CUSTOMER = {"phone": PHONE, "email": "jordan@shop.example", "consents": AGREED}
INPUTS: dict[str, Any] = {
    "phone": PHONE,
    "customer": CUSTOMER,
    "lead": {"source": "web", "customer": CUSTOMER, "received_at": "2026-11-24T17:00:00Z"},
}
RULES = [
    pytest.param(rule, id=rule.code)
    for rule in law_rules()
    if any(isinstance(part, Must | Required) for part in rule.what)
]


class Played:
    """One run of a workflow's text in memory, with a clock of its own."""

    def __init__(
        self, text: str, registry: Registry, dealership: dict[str, str], **input: Any
    ) -> None:
        data = load_document(text, file="example.yaml").data
        assert isinstance(data, dict)
        workflow = load(data)
        self.connections = MemoryConnections()
        self.clock = VirtualClock(round(NOON.timestamp() * 1000))
        world = World(registry, self.connections, dealership=dealership)
        self.runtime = LocalRuntime(world, clock=self.clock)
        given = {name: input.get(name, INPUTS.get(name, f"some {name}")) for name in workflow.input}
        self.run: RunView = asyncio.run(self.runtime.run(workflow, given))

    def advance(self, length: str) -> RunView:
        self.clock.advance(Duration.parse(length).timedelta)
        self.run = asyncio.run(self.runtime.drive(self.run.run_id))
        return self.run

    def approve(self, step: str, role: str) -> RunView:
        asyncio.run(
            self.runtime.approve(self.run.run_id, step, by="boss", roles=[role], approved=True)
        )
        self.run = asyncio.run(self.runtime.drive(self.run.run_id))
        return self.run

    def messages(self) -> list[Any]:
        return list(self.connections.outbox.messages())


@pytest.mark.parametrize("rule", RULES)
def test_a_bad_example_has_no_effect(rule: LawRule, capsys: pytest.CaptureFixture[str]) -> None:
    page = Page(rule)
    place = sorted(rule.places)[0]
    country, _, region = place.partition("-")
    dealership = {"country": "US" if country == "*" else country, "region": region}
    played = Played(page.example("Example"), page.registry, dealership)
    if played.run.status == "waiting":
        played.advance("3d")
    assert played.run.error is not None
    assert played.run.error.type == GATE_MISSING, played.run.error
    assert played.messages() == []
    assert capsys.readouterr().out == ""


WAITING = """
auterity: 1
name: waiting
input: {phone: string}
steps:
  hours: {uses: hours.gate, with: {phone: "${input.phone}"}}
  desk: {needs: hours.open, approve: {role: bdc, timeout: 10m}}
  text:
    needs: desk.approved
    uses: sms.send
    with: {to: "${input.phone}", body: "See you", purpose: %s}
ends: {sent: text, night: hours.closed, no: {one: [desk.rejected, desk.timeout]}}
"""


@pytest.mark.parametrize(
    ("purpose", "after", "sent"),
    [("conversational", "9m", 1), ("conversational", "16m", 0), ("transactional", "16m", 1)],
)
def test_a_gate_that_expires_during_the_run(purpose: str, after: str, sent: int) -> None:
    text = (WAITING % purpose).replace("timeout: 10m", "timeout: 1h")
    played = Played(text, builtin_registry(), {})
    played.advance(after)
    played.approve("desk", "bdc")
    assert len(played.messages()) == sent
    failed = played.run.error
    assert (failed is None) == bool(sent)
    if failed is not None:
        assert failed.type == GATE_MISSING
        assert "`hours.ok`" in failed.message
        assert PHONE not in failed.message


def test_a_consent_does_not_cover_another_number() -> None:
    text = """
auterity: 1
name: two
input: {customer: Customer, other: string}
steps:
  consent:
    uses: consent.check
    with: {channel: sms, customer: "${input.customer}", purpose: marketing}
  hours: {needs: consent.granted, uses: hours.gate, with: {phone: "${input.other}"}}
  text:
    needs: hours.open
    uses: sms.send
    with: {to: "${input.other}", purpose: marketing, body: "New SUVs are in"}
ends: {sent: text, night: hours.closed, no: consent.denied}
"""
    other = Played(text, builtin_registry(), {}, other="+14195550199")
    assert other.run.error is not None
    assert other.run.error.type == GATE_MISSING
    assert other.messages() == []
    # At run time the value counts, whatever it is called.
    assert len(Played(text, builtin_registry(), {}, other=PHONE).messages()) == 1


def test_an_order_that_is_given_again_too_late_has_no_effect() -> None:
    connections = MemoryConnections()
    world = World(builtin_registry(), connections)
    arguments = {"to": PHONE, "body": "See you"}

    def attempt(now: int) -> AttemptSucceeded | AttemptFailed:
        order = RunAttempt("text", 1, Uses("sms.send"), arguments, None, until=1_000)
        return asyncio.run(execute(world, "r1", "demo", order, lambda: now))

    late = attempt(1_001)
    assert isinstance(late, AttemptFailed)
    assert (late.error.type, late.error.retryable) == (GATE_MISSING, False)
    assert list(connections.outbox.messages()) == []
    assert isinstance(attempt(1_000), AttemptSucceeded)
