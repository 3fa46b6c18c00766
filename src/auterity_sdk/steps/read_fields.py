"""Fields that a model filled in, as a step's own: by their types, with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.errors import StepError
from auterity_sdk.steps.asking import Misfit
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.signature import Catalog


def catalog_of(context: StepContext) -> Catalog:
    """What knows the named types. Raises `StepError` of type `configuration` where nothing does."""
    if context.catalog is None:
        raise StepError("named types are not known here", type="configuration")
    return context.catalog


def read_fields(
    found: Mapping[str, Any], schema: Mapping[str, Any], written: Any, catalog: Catalog
) -> dict[str, Any]:
    """Fields that meet their schema, with defaults filled in; those of a named type as its model writes them.

    `written` is the type as the file has it. Raises `Misfit` for what the model of a named type does not take.
    """
    if isinstance(written, str):
        read = catalog.fitted(written, found)
        if read is not None:
            if read.problems:
                raise Misfit([f"{'.'.join(map(str, p.place))} {p.message}" for p in read.problems])
            return dict(read.value)
    defaults = {
        name: each["default"]
        for name, each in schema.get("properties", {}).items()
        if isinstance(each, Mapping) and "default" in each
    }
    return {**defaults, **found}
