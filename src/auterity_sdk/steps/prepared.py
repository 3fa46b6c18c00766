"""What built-in step types and types say of themselves, kept as data: a check reads it, and imports none of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from auterity_sdk.steps.plain_form import from_plain
from auterity_sdk.steps.sure_fit import fits_surely
from auterity_sdk.workflow.signature import JsonSchema, Problem, Signature

Data = Mapping[str, Any]
CheckLiteral = Callable[[str, Any], tuple[Problem, ...]]

NOT_KEPT = ("check_literal", "definitions")
"""Fields of a signature that are not written with it: code, and what many signatures share."""


class LiteralChecker(Protocol):
    """What judges plain values as arguments; a step type does."""

    def check_literal(self, name: str, value: Any) -> tuple[Problem, ...]:
        """What is wrong with a plain value as the argument `name`."""
        ...


class Prepared:
    """Signatures and JSON Schemas by the target from which the thing itself is imported.

    `read` gives a JSON text, once, when the first is asked for: `definitions` by name; `step_types` by target,
    each with its `signature`, the names of its `definitions`, and the arguments that are judged `by_schema`; and
    `types` by target, each a `schema` with the names of its `definitions`.
    """

    def __init__(self, read: Callable[[], str | bytes] = lambda: "{}") -> None:
        self._read = read
        self._signatures: dict[str, Signature] = {}

    def signature(self, target: str, load: Callable[[], LiteralChecker]) -> Signature | None:
        """The signature of the step type of that target, or None; `load` imports it where a literal needs it."""
        made = self._signatures.get(target)
        kept = None if made else self._part("step_types").get(target)
        if kept is not None:
            made = self._signatures[target] = self._made(kept, load)
        return made

    def _made(self, kept: Data, load: Callable[[], LiteralChecker]) -> Signature:
        schemas = {
            name: kept["signature"]["parameters"][name]["schema"] for name in kept["by_schema"]
        }
        return from_plain(
            Signature,
            kept["signature"],
            definitions=self._definitions(kept["definitions"]),
            check_literal=_judge(schemas, load),
        )

    def type_schema(self, target: str) -> JsonSchema | None:
        """The JSON Schema of the type of that target, with its `$defs`, or None."""
        kept = self._part("types").get(target)
        if kept is None:
            return None
        definitions = self._definitions(kept["definitions"])
        return {**kept["schema"], "$defs": definitions} if definitions else kept["schema"]

    def _definitions(self, names: Iterable[str]) -> dict[str, JsonSchema]:
        pool = self._part("definitions")
        return {name: pool[name] for name in names}

    def _part(self, name: str) -> Data:
        part: Data = self._data.get(name, {})
        return part

    @cached_property
    def _data(self) -> Data:
        data: Data = json.loads(self._read())
        return data


def _judge(schemas: Mapping[str, JsonSchema], load: Callable[[], LiteralChecker]) -> CheckLiteral:
    """Only the type itself finds words for what is wrong; what the schema takes for sure needs none."""

    def check(name: str, value: Any) -> tuple[Problem, ...]:
        if name in schemas and fits_surely(schemas[name], value):
            return ()
        return load().check_literal(name, value)

    return check
