"""Step types whose output is as an argument says: `ai.extract` gives the fields that its `output` names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from auterity_sdk.workflow.fields import fields_schema
from auterity_sdk.workflow.signature import Catalog, JsonSchema, Shaping, Signature
from auterity_sdk.workflow.tools import tool_names, tool_schema


def shaped(signature: Signature, arguments: Mapping[str, Any], catalog: Catalog) -> Signature:
    """The signature of a step with these arguments. What cannot be told from them stays as the type says."""
    for shaping in signature.shapings:
        written = arguments.get(shaping.argument)
        match shaping.how:
            case "names":
                signature = _with_names(signature, shaping.field, tuple(_names(written)))
            case "tools":
                signature = _with_tools(signature, shaping.field, written, catalog)
            case "fields" if written is not None:
                signature = _with_fields(signature, written, catalog)
    return signature


def written_outcomes(shapings: tuple[Shaping, ...], arguments: Mapping[str, Any]) -> Iterator[str]:
    """The outcomes that a step has besides those of its type: one for each tool that it lists."""
    for shaping in shapings:
        if shaping.how == "tools":
            yield from tool_names(arguments.get(shaping.argument))


def taken_fields(signature: Signature, written: Any) -> Iterator[str]:
    """Fields that are written and that the step type's output has itself."""
    own = signature.output.get("properties", {})
    if isinstance(written, Mapping):
        properties = written.get("properties", written)
        yield from (str(name) for name in properties if name in own)


def _names(written: Any) -> Iterator[str]:
    for name in written if isinstance(written, list | Mapping) else ():
        if isinstance(name, str) and "${" not in name:
            yield name


def _with_names(signature: Signature, field: str, names: tuple[str, ...]) -> Signature:
    if not names:
        return signature
    properties = dict(signature.output.get("properties", {}))
    properties[field] = {**properties.get(field, {}), "enum": list(names)}
    return replace(signature, output={**signature.output, "properties": properties})


def _with_fields(signature: Signature, written: Any, catalog: Catalog) -> Signature:
    try:
        schema = fields_schema(written, catalog)
    except (KeyError, ValueError):
        return signature
    output = signature.output
    own = output.get("properties", {})
    properties = {**schema.get("properties", {}), **own}
    required = [*output.get("required", ()), *schema.get("required", ())]
    return replace(
        signature,
        output={
            **output,
            "properties": properties,
            "required": required,
            "additionalProperties": schema.get("additionalProperties", False),
        },
        definitions={**signature.definitions, **schema.get("$defs", {})},
    )


def _with_tools(signature: Signature, field: str, written: Any, catalog: Catalog) -> Signature:
    """An outcome for each tool; ended so, the step has the tool's arguments in a field of `field`."""
    properties: dict[str, JsonSchema] = {}
    definitions = dict(signature.definitions)
    names = tool_names(written)
    for name in names:
        try:
            schema = dict(tool_schema(written[name], catalog))
        except (AttributeError, KeyError, ValueError):
            properties[name] = {}
            continue
        definitions |= schema.pop("$defs", {})
        properties[name] = schema
    output = signature.output
    own = output.get("properties", {}).get(field, {})
    held = {**own, "type": "object", "properties": properties, "additionalProperties": False}
    return replace(
        signature,
        outcomes=(*signature.outcomes, *(n for n in names if n not in signature.outcomes)),
        present={**signature.present, **{name: ((field, name),) for name in names}},
        output={**output, "properties": {**output.get("properties", {}), field: held}},
        definitions=definitions,
    )
