"""What `--input` takes: JSON, YAML or ADF files, and `key=value`, as a workflow's input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import read
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow

STANDARD_INPUT = "-"


class InputReader(Struct, frozen=True):
    """Reads the inputs of one run.

    `now` is when a lead counts as received; its zone is that of times that a lead gives without one. `lead` says which of a document's leads is meant, from 1; it has
    to be said where there are several. `remark` is told of each repair of an ADF document.
    """

    workflow: Workflow
    now: datetime
    lead: int | None
    remark: Callable[[str], None]

    def read(self, given: Iterable[str]) -> dict[str, Any]:
        """All inputs together; a later one wins over an earlier one of the same name.

        A file or `-` holds a map of input names, or an ADF document; `name=value` has a YAML value,
        `name=@file` the content of a file.
        """
        values: dict[str, Any] = {}
        for text in given:
            name, separator, value = text.partition("=")
            if separator and name.isidentifier() and not _is_file(text):
                values[name] = self._value(name, value)
            else:
                values.update(self._whole(text))
        return values

    def _whole(self, place: str) -> Mapping[str, Any]:
        content = sys.stdin.buffer.read() if place == STANDARD_INPUT else read(Path(place))
        if is_adf(content, place):
            return {_lead_input(self.workflow): self._lead(content, place)}
        data = _data(content, place)
        if not isinstance(data, dict):
            raise UsageError(
                f"{place} is no map of inputs", help="write name: value, or --input name=@file"
            )
        return data

    def _value(self, name: str, text: str) -> Any:
        if not text.startswith("@"):
            # A phone number or a ZIP is text, although it looks like a number.
            if is_named(self.workflow.input.get(name), "string"):
                return text
            return _data(text.encode(), f"--input {name}")
        content = read(Path(text[1:]))
        return (
            self._lead(content, text[1:]) if is_adf(content, text[1:]) else _data(content, text[1:])
        )

    def _lead(self, content: bytes, place: str) -> Any:
        from auterity_sdk.dealership.adf import parse_adf

        found = parse_adf(content, received_at=self.now)
        for repair in found.repairs:
            where = f"{place}:{repair.line}" if repair.line else place
            self.remark(f"{where}: {repair.code}: {repair.message}")
        chosen = self.lead or 1
        if chosen > len(found.leads) or (self.lead is None and len(found.leads) > 1):
            raise UsageError(
                f"{place} holds {len(found.leads)} leads",
                help=f"--lead says which, from 1 to {len(found.leads)}",
            )
        return found.leads[chosen - 1].model_dump(mode="json", exclude_none=True)


def read_data(place: str) -> Any:
    """The data of a JSON or YAML file. Raises `UsageError` with its place."""
    return _data(read(Path(place)), place)


def is_adf(content: bytes, place: str = "") -> bool:
    """Whether it looks like XML, or a mail that holds some, rather than JSON or YAML."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_mail = place.endswith(".eml") or b"mime-version:" in start
    return start.startswith(b"<") or (is_mail and b"<" in content)


def _is_file(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # a long text is no name of a file
        return False


def _data(content: bytes, place: str) -> Any:
    document = load_document(content, file=place)
    for found in document.diagnostics:
        if found.severity is Severity.ERROR:
            span = document.source.span(found.location)
            raise UsageError(
                f"{place}:{span.line}:{span.column}: {found.message}",
                help="write name: value, as JSON or YAML",
            )
    return document.data


def _lead_input(workflow: Workflow) -> str:
    named = [name for name, written in workflow.input.items() if is_named(written, "Lead")]
    if len(named) == 1:
        return named[0]
    raise UsageError(
        f"an ADF document is a lead, and `{workflow.name}` has {len(named)} inputs of type Lead",
        help="name the input: --input name=@file",
    )


def is_named(written: object, type: str) -> bool:
    """Whether an input is declared to be of the type of that name."""
    return written == type or (isinstance(written, dict) and written.get("type") == type)
