"""What the examples and the corpus use: the built-in step types, a dangerous one, and a workflow to call."""

from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import load


class Charged(Output):
    receipt: str


@step(name="example.charge_card", idempotent=False)
def charge_card(amount: float) -> Charged:
    """Charge a card; a second attempt charges it again."""
    return Charged(receipt=str(amount))


CHILD = load(
    {
        "auterity": 1,
        "name": "lead-child",
        "input": {"name": "string"},
        "steps": {"pause": {"when": "input.name != ''", "wait": "1m"}},
    }
)

REGISTRY = builtin_registry().extended(step_types=[charge_card], workflows=[CHILD])
