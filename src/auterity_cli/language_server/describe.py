"""What steps, step types, arguments and types are, in Markdown for a hover."""

from __future__ import annotations

import json
from collections.abc import Iterator

from auterity_sdk.expression.schema import from_json_schema
from auterity_sdk.expression.types import (
    Field,
    ListType,
    ObjectType,
    OptionalType,
    Type,
    describe,
    options_of,
)
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.signature import Parameter, Signature
from auterity_sdk.workflow.step import CallStep, UsesStep, kind_of

_MOST_FIELDS = 30


def step_line(node: Node) -> str:
    """What a step does, in few words: `uses sms.send`."""
    match node.step:
        case None:
            return "cannot be read"
        case UsesStep(uses=name):
            return f"uses {name}"
        case CallStep(call=name):
            return f"call {name}"
        case other:
            return kind_of(other)


def step_page(node: Node, output: Type | None) -> str:
    """A step: what it does, its outcomes, and the fields of its output."""
    parts = [f"**{node.id}**: {step_line(node)}"]
    if node.step is not None and node.step.description:
        parts.append(_one_line(node.step.description))
    if node.signature and node.signature.summary:
        parts.append(node.signature.summary)
    if node.outcomes:
        parts.append(f"Outcomes: {_words(node.outcomes)}, and `failed`, `skipped`, `cancelled`")
    fields = list(field_lines(output)) if output else []
    if fields:
        parts.append("\n".join(["Output:", "", *fields]))
    return "\n\n".join(parts)


def step_type_page(signature: Signature) -> str:
    """A step type: what it does, its arguments, outcomes and output."""
    parts = [f"**{signature.name}**", signature.summary] if signature.summary else []
    parts = parts or [f"**{signature.name}**"]
    arguments = [
        f"- `{name}`: {_argument_line(parameter, signature)}"
        for name, parameter in signature.parameters.items()
    ]
    if arguments:
        parts.append("\n".join(["Arguments:", "", *arguments]))
    parts.append(f"Outcomes: {_words(signature.outcomes)}")
    output = from_json_schema(signature.output, signature.definitions, filled=True)
    fields = list(field_lines(output))
    if fields:
        parts.append("\n".join(["Output:", "", *fields]))
    return "\n\n".join(parts)


def argument_detail(parameter: Parameter, signature: Signature) -> str:
    """An argument's type, and whether it has to be given: `string, required`."""
    written = describe(from_json_schema(parameter.schema, signature.definitions))
    return f"{written}, required" if parameter.required else written


def argument_page(name: str, parameter: Parameter, signature: Signature) -> str:
    """An argument of a step type: its type, default and description."""
    parts = [f"**{name}**: {_argument_line(parameter, signature)}"]
    kind = from_json_schema(parameter.schema, signature.definitions)
    fields = list(field_lines(kind))
    if fields:
        parts.append("\n".join(fields))
    return "\n\n".join(parts)


def _argument_line(parameter: Parameter, signature: Signature) -> str:
    line = argument_detail(parameter, signature)
    if not parameter.required and parameter.default is not None:
        line += f", default `{json.dumps(parameter.default, default=str)}`"
    return f"{line}. {_one_line(parameter.description)}" if parameter.description else line


def member_page(name: str, type: Type, description: str = "") -> str:
    """A name or field of an expression, with its type and what fields that has."""
    parts = [f"**{name}**: {describe(type)}"]
    if description:
        parts.append(_one_line(description))
    fields = list(field_lines(type))
    if fields:
        parts.append("\n".join(fields))
    return "\n\n".join(parts)


def field_lines(type: Type) -> Iterator[str]:
    """A line for each field of an object, or of the items of a list."""
    fields = fields_of(type.item if isinstance(type, ListType) else type)
    for number, (name, field) in enumerate(fields.items()):
        if number == _MOST_FIELDS:
            yield f"- … and {len(fields) - number} more"
            return
        yield f"- `{name}`: {field_detail(field)}" + (
            f". {_one_line(field.description)}" if field.description else ""
        )


def fields_of(type: Type) -> dict[str, Field]:
    """The fields that values of a type may have, those behind an optional value too."""
    inner = type.value if isinstance(type, OptionalType) else type
    return {
        name: field
        for option in options_of(inner)
        if isinstance(option, ObjectType)
        for name, field in option.fields.items()
    }


def field_detail(field: Field) -> str:
    """A field's type, and whether it may be absent."""
    return describe(field.type) if field.certain else f"{describe(field.type)}, may be absent"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _one_line(text: str) -> str:
    return " ".join(text.split())
