"""Reading a YAML (or JSON) text: plain data, its source map, and findings."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Diagnostic, Severity, sorted_by_place
from auterity_sdk.workflow.document.aliases import alias_findings
from auterity_sdk.workflow.document.mistakes import explain, unquoted_finding
from auterity_sdk.workflow.document.nodes import Nodes, read_nodes
from auterity_sdk.workflow.document.plain_data import PlainData
from auterity_sdk.workflow.document.source import YamlSource
from auterity_sdk.workflow.document.source_text import SourceText, decode
from auterity_sdk.workflow.document.unquoted import cut_values
from auterity_sdk.workflow.document.yaml_rules import first_of_each_code, yaml_finding

# A file with unquoted expressions is read again with each of them blanked, to find them all at once.
_MOST_REREADINGS = 20
_LARGEST_REREAD = 200_000

_TOP_KEY = re.compile(r"^(?:auterity|\"auterity\"|'auterity')[ \t]*:(?:[ \t\r\n]|\Z)", re.MULTILINE)
_JSON_TOKEN = re.compile(r"\"(?P<text>(?:[^\"\\]|\\.)*)\"\s*(?P<colon>:)?|[{}\[\]]")


class Document(Struct, frozen=True):
    """What a file says. `data` is None where a finding leaves nothing to rely on.

    `data` holds only dict (with str keys), list, str, int, float, bool and None. Values repeated by an
    alias are one object, so treat it as read-only.
    """

    data: Any
    source: YamlSource
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return not any(d.severity is Severity.ERROR for d in self.diagnostics)


def load_document(text: str | bytes, *, file: str) -> Document:
    """Read one document by the core rules of YAML 1.2. `file` is the name that findings show.

    Never raises on any content: what is wrong is a finding.
    """
    with _no_garbage_collection():
        source, problem = decode(file, text)
        if problem is not None:
            return Document(None, YamlSource(source, Nodes()), (problem,))
        nodes = read_nodes(source.text)
        where = YamlSource(source, nodes)
        data, found = _read(source, nodes)
        return Document(data, where, sorted_by_place(where, first_of_each_code(found)))


def is_workflow(text: str) -> bool:
    """Whether the text has the top-level key `auterity`, whatever its file is called, and even if broken."""
    if "auterity" not in text:
        return False
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _TOP_KEY.search(text.removeprefix("\ufeff")) is not None
    depth = 0
    for token in _JSON_TOKEN.finditer(text):
        if token["text"] == "auterity" and token["colon"] and depth == 1:
            return True
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
    return False


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the cycle collector: loading makes many objects and drops few (measured: half the time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(source: SourceText, nodes: Nodes) -> tuple[Any, list[Diagnostic]]:
    if nodes.failure is not None:
        return None, _failures(source, nodes)
    if not nodes.kinds:
        return None, [
            yaml_finding("AUT101", "the file is empty", source.at(0, 0), "begin with `auterity: 1`")
        ]
    found = alias_findings(source, nodes)
    if any(d.severity is Severity.ERROR for d in found):
        return None, found
    builder = PlainData(source, nodes)
    data = builder.build()
    found += builder.diagnostics
    found += [unquoted_finding(source, cut) for cut in cut_values(source, nodes)]
    if nodes.second_document is not None:
        start = nodes.second_document
        place = source.at(start, min(start + 3, len(source.text)))
        advice = "keep one workflow in a file: move what follows `---` to a file of its own"
        found.append(yaml_finding("AUT110", "a second document begins here", place, advice))
    return data, found


def _failures(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    """The finding for a failure; for an unquoted expression also those of the next ones."""
    found: list[Diagnostic] = []
    text = source.text
    failure = nodes.failure
    while failure is not None:
        finding, unquoted = explain(SourceText(source.file, text), failure)
        if found and unquoted is None:
            break
        found.append(finding)
        if unquoted is None or len(text) > _LARGEST_REREAD or len(found) > _MOST_REREADINGS:
            break
        blank = "x" * (unquoted.end - unquoted.start)
        blanked = text[: unquoted.start] + blank + text[unquoted.end :]
        if blanked == text:
            break
        text = blanked
        nodes = read_nodes(text)
        failure = nodes.failure
        if failure is None:
            found += _structural(SourceText(source.file, text), nodes)
    return found


def _structural(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    builder = PlainData(source, nodes)
    builder.build()
    return builder.diagnostics
