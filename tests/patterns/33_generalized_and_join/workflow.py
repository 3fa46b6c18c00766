from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, event, for_each, receive, text, workflow


@workflow(name="generalized-and-join")
def generalized_and_join(
    lot: str, places: Annotated[Any, FileType({"type": "array", "items": "string"})]
) -> None:

    @for_each(places, max_parallel=100)
    def handouts(place: Any) -> None:
        car = receive("car.arrived", match=event.lot == lot)
        key = receive("key.arrived", match=event.lot == lot)
        with car.received, key.received:
            hand_out = task_assign(role="lot", due="1d", title=text("Hand out the car at ", place))
