"""The kinds of value that the keys of a workflow file take: names, expressions, durations, types, outputs."""

from __future__ import annotations

import re
from typing import Annotated, Any, cast

from pydantic import PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from auterity_sdk.workflow.duration import PATTERN as DURATION
from auterity_sdk.workflow.duration import Duration

TEMPLATED = r"^\$\{[\s\S]+\}$"
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$"
PERCENT = r"^(100|[1-9][0-9]?)%$"
_TEMPLATED = re.compile(TEMPLATED)

IDENTIFIER_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN, max_length=100)]
"""The id of a step, an end, a field or a bound name."""

Expression = Annotated[str, StringConstraints(min_length=1)]
"""CEL text, without `${…}` around it."""

Values = dict[str, Any]
"""Named values; every text in them may hold `${…}`."""


def is_expression(value: object) -> bool:
    """Whether a value is `${…}` alone."""
    return isinstance(value, str) and bool(_TEMPLATED.fullmatch(value))


def _duration_or_expression(value: object) -> Duration | str:
    return str(value) if is_expression(value) else Duration.validate(value)


DurationOrExpression = Annotated[
    Duration | str,
    PlainValidator(_duration_or_expression),
    PlainSerializer(str),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": pattern} for pattern in (DURATION, TEMPLATED)]}
    ),
]
"""A duration, or `${…}` alone around an expression that gives one."""


def _count_or_expression(value: object) -> int | str:
    if is_expression(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise PydanticKnownError("greater_than_equal", {"ge": 1})
        return value
    raise PydanticCustomError(
        "int_type", "a whole number from 1, or `${…}` that gives one, is wanted here"
    )


CountOrExpression = Annotated[
    int | str,
    PlainValidator(_count_or_expression),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": TEMPLATED}]}
    ),
]
"""A whole number from 1, or `${…}` alone around an expression that gives one."""


def _type_expression(value: object) -> str | dict[str, Any]:
    if isinstance(value, str | dict):
        return value
    raise PydanticCustomError(
        "bad_type", "a type is a name such as `string` or `Lead`, or a JSON Schema"
    )


TypeExpression = Annotated[
    str | dict[str, Any],
    PlainValidator(_type_expression),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""A registered type's name (`Lead`, `string`), or a JSON Schema, with `default` where not required."""


def _output(value: object) -> Values | str | None:
    if value is None or isinstance(value, dict) or is_expression(value):
        return cast("Values | str | None", value)
    raise PydanticCustomError(
        "bad_output", "`output` maps names to values, or is one `${…}` that gives such a map"
    )


Output = Annotated[
    Values | str | None,
    PlainValidator(_output),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "string", "pattern": TEMPLATED}]}),
]
"""What a workflow or a body gives: named values, or an expression of an object."""


def _failures(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    if isinstance(value, str) and re.fullmatch(PERCENT, value):
        return value
    raise PydanticCustomError(
        "bad_failures", "`until_failures` is a whole number from 1, or a share such as 20%"
    )


FailureLimit = Annotated[
    int | str,
    PlainValidator(_failures),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": PERCENT}]}
    ),
]
"""At which failed item a loop fails: a count, or a share of the items."""


HIGHEST_PRIORITY = 1000


def _priority(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= HIGHEST_PRIORITY:
        return value
    if isinstance(value, str) and value:
        return value
    raise PydanticCustomError(
        "bad_priority", "`priority` is a whole number from -1000 to 1000, or an expression of one"
    )


Priority = Annotated[
    int | str,
    PlainValidator(_priority),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -HIGHEST_PRIORITY, "maximum": HIGHEST_PRIORITY},
                {"type": "string", "minLength": 1},
            ]
        }
    ),
]
"""How much sooner than others a run comes: a whole number, or an expression of one."""
