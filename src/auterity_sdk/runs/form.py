"""The form of an approval: what an answer must state, and what it may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import UsageError
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import Catalog, Problem
from auterity_sdk.workflow.types import is_required
from auterity_sdk.workflow.values import fitted


class Form(Struct, frozen=True, eq=False):
    """The fields of a form, each with its type as it is written; `catalog` knows the types."""

    fields: Mapping[str, TypeExpression]
    catalog: Catalog

    def read(
        self, given: Mapping[str, Any], proposed: Mapping[str, Any], *, complete: bool
    ) -> dict[str, Any]:
        """The values of an answer, as the models of their types write them; a value that is left as proposed is not among them.

        `complete`: what has to be stated is. Raises `UsageError` that names the field.
        """
        values = {name: self._value(name, value, proposed) for name, value in given.items()}
        for name, written in self.fields.items():
            if complete and is_required(written) and name not in values and name not in proposed:
                raise UsageError(f"the form's field `{name}` is missing")
        return {
            name: value
            for name, value in values.items()
            if name not in proposed or value != proposed[name]
        }

    def defaults(self) -> dict[str, Any]:
        """The values of the fields that an answer may leave out, where they have one."""
        return {
            name: written["default"]
            for name, written in self.fields.items()
            if isinstance(written, dict) and written.get("default") is not None
        }

    def _value(self, name: str, value: Any, proposed: Mapping[str, Any]) -> Any:
        if name in self.fields:
            read = fitted(value, self.fields[name], self.catalog)
            for problem in read.problems:
                raise _refused(name, problem)
            return read.value
        if name not in proposed:
            known = ", ".join(sorted({*self.fields, *proposed})) or "none"
            raise UsageError(f"the form has no field `{name}`", help=f"its fields: {known}")
        kind = _kind(proposed[name])
        if kind not in ("null", _kind(value)):
            raise _refused(name, Problem((), f"must be {kind}, as the value that is proposed"))
        return value


def _refused(name: str, problem: Problem) -> UsageError:
    place = ".".join(map(str, (name, *problem.place)))
    return UsageError(f"the form's field `{place}` {problem.message}")


def _kind(value: Any) -> str:
    """JSON's name for a value's type; an integer is a number."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
