"""A step type of one's own, typed as the built-in ones are, and a workflow that uses it.

auterity validate examples/own_step.py
"""

from typing import Any, ClassVar

from auterity_sdk.steps.builtin.task.assign import assign
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.builder import for_each, text, workflow
from auterity_sdk.workflow.duration import Duration


class Aging(Output):
    """How long a used car has stood on the lot."""

    fresh: ClassVar[Outcome] = Outcome("it may stay as it is")
    aged: ClassVar[Outcome] = Outcome("its price should be looked at")

    days: int
    price: float


@step(name="inventory.age")
async def age(context: StepContext, arrived: str, price: float, limit: int = 45) -> Aging:
    """How many days a car has stood here, and the price it should have from now on."""
    days = (context.now.date() - context.now.fromisoformat(arrived).date()).days
    if days <= limit:
        return Aging.fresh(Aging(days=days, price=price))
    return Aging.aged(Aging(days=days, price=round(price * 0.97, -1)))


@workflow(
    name="aged-inventory",
    description="Look at the price of each used car that has stood on the lot for too long.",
)
def aged_inventory(cars: list[dict[str, Any]]) -> dict[str, Any]:
    @for_each(cars, max_parallel=5)
    def looked_at(car: dict[str, Any]) -> dict[str, Any]:
        aging = age(arrived=car["arrived"], price=car["price"])
        with aging.aged:
            assign.options(id="reprice")(
                role="used-car-manager",
                due=Duration.parse("1d"),
                title=text("Reprice ", car["stock"], " after ", aging.days, " days"),
            )
        # An outcome that nothing names would be a failure, so the fresh ones are named too.
        with aging.fresh:
            assign.options(id="watch", when=aging.days > 30)(
                role="used-car-manager",
                due=Duration.parse("15d"),
                title=text("Look at ", car["stock"]),
            )
        return {"stock": car["stock"]}

    return {"cars": looked_at.results}
