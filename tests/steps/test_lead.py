import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.connections.sqlite_records import SqliteRecords
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin import lead as steps
from auterity_sdk.steps.builtin.lead import Deduplicated, ScoreWeights, Teammate
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.duration import Duration

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

DOCUMENT = """<?xml version="1.0"?><?adf version="1.0"?>
<adf><prospect><requestdate>2026-11-23T09:58:00-05:00</requestdate>
<vehicle interest="buy" status="new"><year>2026</year><make>Toyota</make><model>RAV4</model></vehicle>
<customer><contact><name part="first">Jordan</name><name part="last">Fox</name>
<phone type="cellphone">419-555-0188</phone></contact></customer>
<vendor><vendorname>Bayside Motors</vendorname></vendor></prospect></adf>"""


def made(**customer: Any) -> Lead:
    more = customer.pop("lead", {})
    return Lead.model_validate({"received_at": NOW, "customer": customer, **more})


async def test_a_document_becomes_a_lead(context: StepContext) -> None:
    found = steps.parse_adf.function(context, DOCUMENT)
    assert found.outcome_name == "parsed"
    assert found.lead.customer.first_name == "Jordan"
    assert found.lead.customer.phone == "+14195550188"
    assert found.leads == [found.lead]
    assert found.repairs == []


async def test_what_was_mended_is_told(context: StepContext) -> None:
    found = steps.parse_adf.function(context, DOCUMENT.replace("RAV4", "RAV4 & more"))
    assert found.outcome_name == "parsed"
    assert "ADF005" in [repair.code for repair in found.repairs]


@pytest.mark.parametrize(
    "document",
    ["", "hello", '<!DOCTYPE a [<!ENTITY x "y">]><adf><prospect>&x;</prospect></adf>', "<adf/>"],
)
async def test_what_is_no_lead_is_unreadable(context: StepContext, document: str) -> None:
    found = steps.parse_adf.function(context, document)
    assert (found.outcome_name, found.lead) == ("unreadable", None)
    assert found.problem


async def dedupe(context: StepContext, lead: Lead, key: str, **more: Any) -> Deduplicated:
    found: Deduplicated = await steps.deduplicate.function(
        replace(context, idempotency_key=key, **more), lead
    )
    return found


JO = {"first_name": "Jo", "last_name": "Fox", "phone": "+14195550188", "email": "Jo@example.com"}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (JO, "the same e-mail address"),
        ({"email": "jo@EXAMPLE.com"}, "the same e-mail address"),
        ({"last_name": "FOX", "phone": "+14195550188"}, "the same phone number and last name"),
        ({"phone": "+14195550188"}, "the same phone number, and no name to tell them apart"),
    ],
)
async def test_the_same_shopper_is_a_duplicate(
    context: StepContext, second: dict[str, str], reason: str
) -> None:
    first = await dedupe(context, made(**JO, lead={"source": "a"}), "1")
    again = await dedupe(context, made(**second, lead={"source": "b"}), "2")
    assert first.outcome_name == "new"
    assert (again.outcome_name, again.reasons[0]) == ("duplicate", reason)
    assert (again.customer_id, again.lead_id) == (first.customer_id, first.lead_id)


@pytest.mark.parametrize(
    "second",
    [
        {"first_name": "Ann", "last_name": "Lee", "phone": "+14195550188"},
        {"first_name": "Jo", "last_name": "Fox", "phone": "+14195550189"},
        {"first_name": "Jo", "last_name": "Fox", "email": "jo.fox@example.com"},
    ],
)
async def test_somebody_else_is_new(context: StepContext, second: dict[str, str]) -> None:
    await dedupe(context, made(**JO), "1")
    other = made(**second, lead={"comments": "Is it still there?"})
    assert (await dedupe(context, other, "2")).outcome_name == "new"


async def test_a_nameless_caller_is_found_by_a_named_one(context: StepContext) -> None:
    await dedupe(context, made(phone="+14195550188"), "1")
    assert (await dedupe(context, made(**JO), "2")).outcome_name == "duplicate"


async def test_the_same_lead_sent_again_is_a_duplicate_without_any_address(
    context: StepContext,
) -> None:
    lead = made(full_name="Jo Fox", lead={"source": "portal", "id": "77"})
    await dedupe(context, lead, "1")
    again = await dedupe(context, lead, "2")
    assert again.reasons[0] == "the same lead was sent again"


async def test_the_vehicle_is_compared(context: StepContext) -> None:
    car = {"vehicle": {"make": "Toyota", "model": "RAV4"}}
    await dedupe(context, made(**JO, lead=car), "1")
    same = await dedupe(context, made(**JO, lead={**car, "source": "x"}), "2")
    other = await dedupe(context, made(**JO, lead={"vehicle": {"stock": "T1"}}), "3")
    assert (same.reasons[1], other.reasons[1]) == ("the same vehicle", "another vehicle")


async def test_after_the_window_a_shopper_is_new_again(context: StepContext) -> None:
    await dedupe(context, made(**JO), "1")
    inside = await dedupe(context, made(**JO), "2", now=NOW + timedelta(days=30))
    outside = await dedupe(context, made(**JO), "3", now=NOW + timedelta(days=30, seconds=1))
    assert (inside.outcome_name, outside.outcome_name) == ("duplicate", "new")


async def test_a_retried_attempt_has_the_same_answer(context: StepContext) -> None:
    first = await dedupe(context, made(**JO), "1")
    again = await dedupe(context, made(**JO), "1", attempt=2)
    assert (first, first.outcome_name) == (again, again.outcome_name)
    assert again.outcome_name == "new"


async def test_of_runs_at_once_one_is_new(context: StepContext) -> None:
    found = await asyncio.gather(*(dedupe(context, made(**JO), str(n)) for n in range(10)))
    assert sorted(f.outcome_name or "" for f in found) == ["duplicate"] * 9 + ["new"]


class OnDisk:
    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, port: Any, name: str | None = None) -> Any:
        return SqliteRecords(self.path)


def outcome_in_a_process(path: Path, key: str) -> str:
    context = StepContext("r", "w", "s", 1, key, NOW, OnDisk(path))
    return str(asyncio.run(dedupe(context, made(**JO), key)).outcome_name)


def test_of_processes_at_once_one_is_new(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(outcome_in_a_process, [path] * 6, map(str, range(6))))
    assert sorted(found) == ["duplicate"] * 5 + ["new"]


async def test_no_signs_score_nothing(context: StepContext) -> None:
    lead = made(full_name="", lead={"requested_at": NOW - timedelta(days=2)})
    found = await steps.score.function(context, lead)
    assert (found.score, found.reasons) == (0, [])


async def test_all_signs_score_a_hundred(context: StepContext) -> None:
    lead = made(
        **JO,
        lead={
            "vehicle": {
                "stock": "T1", "make": "Toyota", "model": "RAV4", "interest": "test-drive",
                "finance": {"method": "lease"},
            },
            "trade_ins": [{"interest": "trade-in", "make": "Ford"}],
        },
    )  # fmt: skip
    found = await steps.score.function(context, lead)
    assert (found.score, len(found.reasons)) == (100, 9)


async def test_weights_are_proportions(context: StepContext) -> None:
    only = dict.fromkeys(ScoreWeights.model_fields, 0)
    weights = ScoreWeights.model_validate({**only, "phone": 1, "email": 3})
    found = await steps.score.function(context, made(phone="+14195550188"), weights)
    assert (found.score, found.reasons) == (25, ["can be called or texted"])
    nothing = await steps.score.function(context, made(**JO), ScoreWeights.model_validate(only))
    assert nothing.score == 0


@pytest.mark.parametrize(
    ("comments", "counts"),
    [("Can I come in tomorrow?", True), ("test-drive it", True), ("What is the price?", False)],
)
async def test_asking_to_come_counts(context: StepContext, comments: str, counts: bool) -> None:
    found = await steps.score.function(context, made(lead={"comments": comments}))
    assert ("asks for a test drive, a visit or a day" in found.reasons) is counts


ROLES = {"trade": "buyer", "test_drive": "floor", "lease": "lease", "used": "used", "new": "new"}


@pytest.mark.parametrize(
    ("vehicles", "trades", "role"),
    [
        ([{"status": "new"}], [], "new"),
        ([{"status": "used"}], [{"interest": "trade-in"}], "used"),
        ([{"interest": "lease"}], [], "lease"),
        ([{"interest": "lease"}, {"interest": "test-drive"}], [], "floor"),
        ([], [{"interest": "sell"}], "buyer"),
        ([], [], "new"),
    ],
)
async def test_the_role_goes_by_what_is_wanted(
    context: StepContext, vehicles: list[Any], trades: list[Any], role: str
) -> None:
    lead = made(**JO, lead={"vehicles_of_interest": vehicles, "trade_ins": trades})
    assert (await steps.route.function(context, lead, ROLES)).role == role
    assert (await steps.route.function(context, lead)).role == "bdc"


MATES = [Teammate(name=name, roles=["bdc"]) for name in ("Ann", "Bo", "Cy")]


@given(st.text(max_size=20), st.integers(0, 2))
def test_a_customer_keeps_the_teammate_when_another_leaves(customer: str, gone: int) -> None:
    lead = made(id=f"c{customer}")
    before = route_now(lead, MATES)
    after = route_now(lead, [mate for n, mate in enumerate(MATES) if n != gone])
    assert after == before or before == MATES[gone].name


def route_now(lead: Lead, roster: list[Teammate]) -> str:
    context = StepContext("r", "w", "s", 1, "k", NOW, OnDisk(Path()))
    return str(asyncio.run(steps.route.function(context, lead, None, "bdc", roster)).owner)


async def test_nobody_of_the_role_is_no_owner(context: StepContext) -> None:
    found = await steps.route.function(context, made(**JO), {}, "manager", MATES)
    assert found.owner == ""


WEEK = {"mon": "09:00-19:00", "tue": "09:00-19:00", "sat": "22:00-02:00"}


@pytest.mark.parametrize(
    ("local", "due", "open_now"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:15", True),
        ("2026-11-23T08:00", "2026-11-23T09:15", False),
        ("2026-11-23T19:00", "2026-11-24T09:15", False),
        ("2026-11-25T12:00", "2026-11-28T22:15", False),
        ("2026-11-29T01:59", "2026-11-29T02:14", True),
        ("2026-11-29T02:00", "2026-11-30T09:15", False),
    ],
)
async def test_the_time_to_answer_counts_from_the_opening(
    context: StepContext, local: str, due: str, open_now: bool
) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    now = datetime.fromisoformat(local).replace(tzinfo=zone)
    found = await steps.route.function(
        replace(context, now=now.astimezone(UTC)), made(**JO), hours=WEEK
    )
    assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=zone)
    assert found.open_now is open_now


async def test_without_hours_the_dealer_is_always_open(context: StepContext) -> None:
    found = await steps.route.function(
        context, made(**JO), respond_within=Duration.parse("5m"), timezone="America/Chicago"
    )
    assert found.due_at == NOW + timedelta(minutes=5)


async def test_an_unknown_time_zone_is_bad_input(context: StepContext) -> None:
    with pytest.raises(StepError) as raised:
        await steps.route.function(context, made(**JO), hours=WEEK, timezone="../etc/passwd")
    assert raised.value.type == "bad_input"


def test_the_hours_of_a_day_are_checked() -> None:
    problems = steps.route.check_literal("hours", {"mon": "9-19"})
    assert problems[0].place == ("mon",)
