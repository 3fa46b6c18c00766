"""What a rule looks at: one workflow, as far as it could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auterity_sdk.diagnostics import Diagnostic, Path, SourceMap
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import Catalog


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One of Pydantic's findings, at the data's own path. `type` is Pydantic's or the model's word for it."""

    type: str
    path: Path
    message: str
    value: Any


@dataclass(frozen=True)
class Subject:
    """One workflow under check, and what was found while reading it.

    `workflow` and `graph` are None where too little could be read; `broken` names steps that are left out of
    them. `loading` are the findings of the reader.
    """

    source: SourceMap
    data: Mapping[str, Any]
    catalog: Catalog
    loading: tuple[Diagnostic, ...] = ()
    schema_errors: tuple[SchemaError, ...] = ()
    workflow: Workflow | None = None
    graph: Graph | None = None
    broken: Mapping[str, Path] | None = None
