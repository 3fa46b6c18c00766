"""The tables of `auterity.toml`."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from auterity_sdk.connections.adapters import ADAPTERS
from auterity_sdk.runtime.settings import (
    CalendarTable,
    Dealership,
    HostedTable,
    KnowledgeTable,
    LogTable,
    ProjectTable,
    QueueTable,
    StoreTable,
    TelemetryTable,
)
from tools.pages.json_types import default, shown
from tools.pages.tables import table


class _WithSecrets(GenerateJsonSchema):
    """A reference to a secret, which is no JSON type of its own, as the text that it is written as."""

    def function_plain_schema(
        self,
        schema: core_schema.PlainValidatorFunctionSchema,  # noqa: ARG002 - the base's signature
    ) -> JsonSchemaValue:
        """The text of `SecretReference`: the one type here that has no schema."""
        return {"type": "string", "pattern": "env:NAME|file:PATH"}


def project() -> str:
    """The table `[project]`."""
    return _keys(ProjectTable)


def dealership() -> str:
    """The table `[dealership]`."""
    return _keys(Dealership)


def calendars() -> str:
    """A table `[calendars.NAME]`."""
    return _keys(CalendarTable)


def queues() -> str:
    """A table `[queues.NAME]`."""
    return _keys(QueueTable)


def store() -> str:
    """The table `[store]`."""
    return _keys(StoreTable)


def log() -> str:
    """The table `[log]`."""
    return _keys(LogTable)


def knowledge() -> str:
    """A table `[knowledge.NAME]`."""
    return _keys(KnowledgeTable)


def telemetry() -> str:
    """The table `[telemetry]`."""
    return _keys(TelemetryTable)


def hosted() -> str:
    """The table `[hosted]`."""
    return _keys(HostedTable)


def adapters() -> str:
    """What a connection may use, with its keys."""
    return "\n\n".join(_adapter(name) for name in ADAPTERS)


def _adapter(name: str) -> str:
    model = ADAPTERS[name]
    serves = ", ".join(f"`{kind}`" for kind in model.serves)
    head = f'### `use = "{name}"`\n\nServes {serves}. {inspect.getdoc(model)}'
    keys = _keys(model) if model.model_fields else "It has no keys besides `use`."
    return f"{head}\n\n{keys}"


def _keys(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(schema_generator=_WithSecrets)
    rows = [
        (f"`{name}`", _type(name, schema), _default(field))
        for name, field in model.model_fields.items()
    ]
    return table(("key", "type", "default"), rows)


def _type(name: str, schema: dict[str, Any]) -> str:
    return shown(schema["properties"][name], schema.get("$defs", {}))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return default(list(value) if isinstance(value, tuple) else value)
