"""Arguments are bound as the model of a step type's parameters has them: values, defaults, and what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from auterity_sdk.errors import StepError
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.duration import Duration


class Amount(BaseModel):
    minor: int = 2


AMOUNT = Amount()


@step
async def many(
    needed: int,
    listed: list[int] = [1],  # noqa: B006 - a default that could be changed is what is looked at
    bounded: int = Field(3, gt=0),
    written: Duration | None = None,
    annotated: Annotated[int, Field(ge=1)] = 5,
    length: timedelta = timedelta(1),
    amount: Amount = AMOUNT,
    anything: Any = None,
    mapped: dict[str, Any] = {},  # noqa: B006
    renamed: int = Field(alias="other", default=1),
) -> None:
    """Has each kind of parameter."""


VALUES = st.sampled_from(
    [0, 1, 7, "7", "x", "1h", "P1D", None, True, [1], ["y"], {"minor": 3}, {"minor": "z"}, 1.5]
)
NAMES = st.sampled_from([*many.parameter_names, "other", "unknown"])
GIVEN = st.dictionaries(NAMES, VALUES) | st.fixed_dictionaries(
    {"needed": st.just(1)},
    optional={
        "listed": st.just(["2"]),
        "bounded": st.integers(0, 2),
        "written": st.sampled_from(["1h", "h", None]),
        "length": st.sampled_from(["2h", 3]),
        "amount": st.sampled_from([{"minor": "4"}, {"minor": "z"}]),
        "other": VALUES,
    },
)


@given(GIVEN)
def test_arguments_are_bound_as_their_model_has_them(given: dict[str, Any]) -> None:
    try:
        wanted = dict(many.arguments_model.model_validate(given).__dict__)
    except ValidationError as error:
        said = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        with pytest.raises(StepError) as refused:
            many.bind(given)
        assert refused.value.type == "bad_input"
        assert all(each in refused.value.message for each in said)
    else:
        assert many.bind(given) == wanted


def test_a_default_that_a_step_changes_is_whole_for_the_next() -> None:
    many.bind({"needed": 1})["listed"].append(2)
    assert many.bind({"needed": 1})["listed"] == [1]
