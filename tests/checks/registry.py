"""The step types and named types that the examples and the corpus use: the real built-in ones, and a dangerous one."""

from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import load

BUILTIN = (
    "consent.check",
    "consent.record",
    "email.send",
    "hours.gate",
    "http.request",
    "lead.deduplicate",
    "lead.parse_adf",
    "lead.route",
    "lead.score",
    "sms.read_reply",
    "sms.send",
    "task.assign",
    "trade.appraise",
    "vehicle.decode_vin",
)


class Charged(Output):
    receipt: str


@step(name="example.charge_card", idempotent=False)
def charge_card(amount: float) -> Charged:
    """Charge a card; a second attempt charges it again."""
    return Charged(receipt=str(amount))


def _target(name: str) -> str:
    group, _, member = name.partition(".")
    return f"auterity_sdk.steps.builtin.{group}:{member}"


REGISTRY = Registry(
    step_types={name: _target(name) for name in BUILTIN},
    types={
        "Appointment": "auterity_sdk.dealership.appointment:Appointment",
        "Money": "auterity_sdk.dealership.money:Money",
        "Lead": "auterity_sdk.dealership.lead:Lead",
        "Customer": "auterity_sdk.dealership.customer:Customer",
        "Vehicle": "auterity_sdk.dealership.vehicle:Vehicle",
    },
).extended(
    step_types=[charge_card],
    workflows=[
        load(
            {
                "auterity": 1,
                "name": "lead-child",
                "input": {"name": "string"},
                "steps": {"pause": {"when": "input.name != ''", "wait": "1m"}},
            }
        )
    ],
)
