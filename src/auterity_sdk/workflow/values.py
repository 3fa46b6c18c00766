"""Values from outside, held against the types that a workflow declares: inputs, forms, defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import Catalog, Fitted, JsonSchema, Problem
from auterity_sdk.workflow.types import is_required, schema_of

MOST_PROBLEMS = 20

_PLAINLY: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
"""Values that fit a schema which is a type and nothing else: no validator is made for them."""


class Accepted(Struct, frozen=True):
    """The values, completed by defaults, or what is wrong with them."""

    values: Mapping[str, Any]
    problems: tuple[Problem, ...]


class Declared(Struct, frozen=True):
    """The declared types of named values, as of a workflow's input."""

    types: Mapping[str, TypeExpression]
    _plain: Mapping[str, tuple[type, ...]] | None
    """What surely fits, by name; None where a type asks for more than that."""

    @classmethod
    def of(cls, types: Mapping[str, TypeExpression]) -> Declared:
        """Types as they are written."""
        plain = {name: _PLAINLY.get(each) for name, each in types.items() if type(each) is str}
        known = {name: each for name, each in plain.items() if each is not None}
        return cls(types, known if len(known) == len(types) else None)

    def accept(self, given: Mapping[str, Any], catalog: Catalog) -> Accepted:
        """Hold values against their types. Never quotes a value: it may be personal data.

        A value of a registered type is given back as its model writes it: `{amount: "18000.00", currency: USD}`
        becomes Money's `{minor: 1800000, currency: USD}`.
        """
        surely = self._surely(given)
        return _accepted(self.types, given, catalog) if surely is None else Accepted(surely, ())

    def _surely(self, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The values, where all are there and surely fit: so it is with most inputs."""
        if self._plain is None or len(given) != len(self._plain):
            return None
        values = {}
        for name, fit in self._plain.items():
            value = values[name] = given.get(name)
            if type(value) not in fit:
                return None
        return values


def _accepted(
    declared: Mapping[str, TypeExpression], given: Mapping[str, Any], catalog: Catalog
) -> Accepted:
    suggestions = Suggestions()
    problems: list[Problem] = [
        Problem((name,), _unknown(name, declared, suggestions))
        for name in given
        if name not in declared
    ]
    values: dict[str, Any] = {}
    for name, written in declared.items():
        if name in given and _is_plain(given[name], written):
            values[name] = given[name]
        elif name in given:
            read = fitted(given[name], written, catalog)
            values[name] = read.value
            problems += [Problem((name, *each.place), each.message) for each in read.problems]
        elif is_required(written):
            problems.append(Problem((name,), "is missing"))
        elif isinstance(written, dict) and written["default"] is not None:
            values[name] = written["default"]
    return Accepted(values, tuple(problems[:MOST_PROBLEMS]))


def _is_plain(value: Any, written: TypeExpression) -> bool:
    """Whether a value surely fits the name of a plain type, as most do."""
    return type(written) is str and type(value) in _PLAINLY.get(written, ())


def fitted(value: Any, written: TypeExpression, catalog: Catalog) -> Fitted:
    """One value held against a declared type, and given back as the model of the type writes it."""
    name = written if isinstance(written, str) else written.get("type")
    by_model = catalog.fitted(name, value) if isinstance(name, str) else None
    if by_model is not None:
        return by_model
    items = written.get("items") if isinstance(written, dict) else None
    if isinstance(value, list) and isinstance(items, str | dict):
        each = [fitted(item, items, catalog) for item in value]
        value = [read.value for read in each]
        problems = [
            Problem((index, *problem.place), problem.message)
            for index, read in enumerate(each)
            for problem in read.problems
        ]
        if problems:
            return Fitted(value, tuple(problems))
    return Fitted(value, tuple(misfits(value, schema_of(written, catalog))))


def misfits(value: Any, schema: JsonSchema, place: tuple[str | int, ...] = ()) -> Iterator[Problem]:
    """Where a value does not fit a JSON Schema, each place with what is expected there."""
    if len(schema) == 1 and type(value) in _PLAINLY.get(str(schema.get("type")), ()):
        return
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in sorted(validator.iter_errors(value), key=lambda error: list(map(str, error.path))):
        kinds = [
            found.validator_value for found in error.context or () if found.validator == "type"
        ]
        if kinds and len(kinds) == len(error.context or ()):
            yield Problem((*place, *error.absolute_path), _expected("type", kinds))
            continue
        # Of several alternatives, the one that came furthest says most.
        deepest = max([error, *(error.context or ())], key=lambda found: len(found.absolute_path))
        expected = _expected(deepest.validator, deepest.validator_value)
        yield Problem((*place, *deepest.absolute_path), expected)


def schema_problem(schema: JsonSchema) -> str | None:
    """What is wrong with a JSON Schema itself, or None."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = ".".join(map(str, error.path))
        return f"{where}: {error.message}" if where else str(error.message)
    return None


def _unknown(name: str, declared: Mapping[str, TypeExpression], suggestions: Suggestions) -> str:
    near = suggestions.nearest(name, declared)
    return (
        f"is no input of the workflow; a similar one exists: `{near}`"
        if near
        else ("is no input of the workflow")
    )


def _expected(keyword: Any, wanted: Any) -> str:
    match keyword:
        case "type":
            return f"must be {' or '.join(wanted) if isinstance(wanted, list) else wanted}"
        case "required":
            return f"must have {', '.join(map(str, wanted))}"
        case "enum":
            return f"must be one of {', '.join(map(str, wanted))}"
        case "additionalProperties":
            return "has a field that its type does not know"
        case "anyOf" | "oneOf":
            return "fits none of the types that are allowed"
        case "const" | "format" | "pattern" | "minimum" | "maximum" | "minLength" | "maxLength":
            return f"must keep {keyword} {wanted}"
        case _:
            return f"does not keep {keyword}"
