"""One state of a file: its outline, its findings, and what of it can be relied on while it is half typed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from auterity_cli.language_server.cursor import Cursor, cursor_at
from auterity_cli.language_server.outline import Outline
from auterity_cli.language_server.positions import Lines
from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Diagnostic, Location, Path, Severity
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.document import Document, load_document
from auterity_sdk.workflow.graph import Graph, Node

_MOST_LINES_BLANKED = 3
_LONGEST_REREAD = 200_000


class Analysis(Struct, frozen=True):
    """What is known of a text. `version` is the editor's.

    `subjects` are what completion and hover look at, the best first: the text as it is, the text without the
    lines that cannot be read, and the last text that could be.
    """

    version: int | None
    lines: Lines
    outline: Outline
    document: Document
    checked: Checked
    subjects: tuple[Subject, ...]
    catalog: Registry

    def with_text(self, text: str, version: int | None) -> Analysis:
        """The same knowledge about another text, which is outlined but not checked."""
        lines = Lines(text, self.lines.encoding)
        return replace(self, version=version, lines=lines, outline=Outline(lines))

    def cursor(self, offset: int) -> Cursor | None:
        """What stands at an offset; None in a comment."""
        return cursor_at(self.outline, offset)

    def graphs(self, path: Path) -> Iterator[tuple[Subject, Graph]]:
        """The graphs whose steps a place of the file is among, from the best subject on."""
        for subject in self.subjects:
            inside = [graph for graph in subject.graphs if _is_in(path, graph)]
            if inside:
                yield subject, max(inside, key=lambda graph: len(graph.path))

    def node(self, path: Path) -> Node | None:
        """The step that a place is in, as far as it could be read."""
        for _, graph in self.graphs(path):
            place = len(graph.path)
            if len(path) > place + 1 and path[place] == "steps":
                node = graph.nodes.get(str(path[place + 1]))
                if node is not None and node.step is not None:
                    return node
        return None

    def named(self, path: Path, step: str) -> Node | None:
        """The step of an id as a place knows it: of its own graph, or of one around it."""
        broken = None
        for subject, graph in self.graphs(path):
            around = subject.scopes.enclosing(graph) if subject.scopes else (graph,)
            for each in around:
                node = each.nodes.get(step)
                if node is not None and node.step is not None:
                    return node
                broken = broken or node
        return broken

    def key_span(self, path: Path) -> tuple[int, int] | None:
        """Where the key at a path stands, also in brackets; None if it is not there."""
        entry = self.outline.find(path)
        if entry is not None:
            return entry.key
        span = self.document.source.span(Location(path, "key"))
        text = self.document.source.text[span.start : span.end].strip("\"'")
        return (span.start, span.end) if text == str(path[-1]) else None


def analysed(
    text: str,
    file: str,
    catalog: Registry,
    *,
    version: int | None = None,
    encoding: str = "utf-16",
    before: Analysis | None = None,
    policy: Policy | None = None,
) -> Analysis:
    """Check a text. `before` is the state before the last edit, which stands in where this one is broken."""
    lines = Lines(text, encoding)
    document = load_document(text, file=file)
    checked = check_document(document, catalog, policy=policy)
    subjects = [checked.subject]
    if not checked.subject.complete:
        subjects += _recovered(document, catalog)
        subjects += [each for each in before.subjects if each.complete] if before else []
    usable = tuple(each for each in subjects if each.graph is not None)
    return Analysis(version, lines, Outline(lines), document, checked, usable[:3], catalog)


def _recovered(document: Document, catalog: Registry) -> Iterator[Subject]:
    """What the text says without the lines at which reading it ends."""
    text = document.source.text
    if document.data is not None or len(text) > _LONGEST_REREAD:
        return
    for _ in range(_MOST_LINES_BLANKED):
        wrong = next((d for d in document.diagnostics if d.severity is Severity.ERROR), None)
        if wrong is None:
            return
        blanked = _blanked(text, _first_line(document, wrong))
        if blanked == text:
            return
        text = blanked
        document = load_document(text, file=document.source.file)
        if document.data is not None:
            yield check_document(document, catalog, rules=()).subject
            return


def _first_line(document: Document, wrong: Diagnostic) -> int:
    return document.source.span(wrong.location).line


def _blanked(text: str, line: int) -> str:
    rows = text.splitlines(keepends=True)
    if line > len(rows):
        return text
    ending = rows[line - 1][len(rows[line - 1].rstrip("\r\n")) :]
    rows[line - 1] = ending
    return "".join(rows)


def _is_in(path: Path, graph: Graph) -> bool:
    """Expressions and steps at `path` may name the steps of the graph; what a loop goes over is outside of it."""
    depth = len(graph.path)
    if path[:depth] != graph.path:
        return False
    return not depth or (
        len(path) > depth and path[depth] in ("steps", "where", "more", "until", "output")
    )
