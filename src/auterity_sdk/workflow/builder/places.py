"""Where each part of a Python workflow was written: the source map of its diagnostics."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec import Struct, field

from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.diagnostics import Path as DataPath
from auterity_sdk.workflow.builder.comments import comments_in
from auterity_sdk.workflow.builder.source import CallSite, PythonModule, call_site

_Node = ast.expr | ast.keyword | ast.arg | ast.stmt


class Places(Struct, eq=False):
    """The places of one workflow's data in a Python file. Implements `diagnostics.SourceMap`.

    A path points at the call, the argument or the parameter that it came from; one that is not known
    at its nearest ancestor.
    """

    file: str
    first_line: int = 1
    module: PythonModule | None = None
    values: dict[DataPath, Span] = field(default_factory=dict)
    keys: dict[DataPath, Span] = field(default_factory=dict)
    texts: dict[DataPath, Span] = field(default_factory=dict)

    @property
    def comments(self) -> tuple[tuple[int, str, int], ...]:
        """The comments for the check within the workflow's function, and right above it."""
        if self.module is None:
            return ()
        last = max((span.end_line for span in self.values.values()), default=self.first_line)
        return tuple(comments_in(self.module.lines, self.first_line - 1, last))

    def here(self) -> CallSite:
        """The place of the user's code that is running."""
        return call_site()

    def span(self, location: Location) -> Span:
        """The place of `location`."""
        if location.span is not None:
            return location.span
        path = location.path
        if location.part == "key" and path in self.keys:
            return self.keys[path]
        if location.fragment is not None and path in self.texts:
            return _part(self.texts[path], location.fragment, 0 if _bare(path) else len("${"))
        while path and path not in self.values:
            path = path[:-1]
        start = Span(self.file, self.first_line, 1, self.first_line, 1)
        return self.values.get(path, start)

    def line(self, number: int) -> str:
        """The text of a line."""
        lines = self.module.lines if self.module else ()
        return lines[number - 1] if 1 <= number <= len(lines) else ""

    def step(self, path: DataPath, site: CallSite) -> None:
        """A step made by a call."""
        self.call(path, site)
        if site.target is not None:
            self.keys[path] = self._span(site.target)

    def call(self, path: DataPath, site: CallSite) -> None:
        """A part of the data that a call made."""
        if site.call is not None:
            self.values[path] = self._span(site.call)
        else:
            self.values[path] = Span(site.file, site.line, 1, site.line, 1)

    def keywords(self, path: DataPath, keywords: Iterable[ast.keyword]) -> None:
        """The named arguments of a call, whose names are keys below `path`."""
        for keyword in keywords:
            if keyword.arg is not None:
                self.node((*path, keyword.arg.removesuffix("_")), keyword.value)
                self.keys[*path, keyword.arg.removesuffix("_")] = self._name(keyword)

    def node(self, path: DataPath, node: _Node) -> None:
        """A part of the data that a piece of syntax made; also the parts of a list or dict."""
        self.values[path] = self._span(node)
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        self.node((*path, key.value), value)
                        self.keys[*path, key.value] = self._span(key)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                for index, part in enumerate(parts):
                    self.node((*path, index), part)
            case ast.Call(
                func=ast.Name(id="expr"), args=[ast.Constant(value=str(text)) as text_node]
            ):
                self._literal(path, text_node, text)

    def needs(self, step: DataPath, site: CallSite | None) -> None:
        """The innermost `with` around a step, as the place of its needs."""
        node = site.node if site is not None else None
        if isinstance(node, ast.With):
            node = node.items[0].context_expr
        if isinstance(node, ast.expr):
            self.values[*step, "needs"] = self._span(node)

    def _literal(self, path: DataPath, node: ast.Constant, text: str) -> None:
        """A text whose offsets are those of its source: one line, no escapes."""
        span = self._span(node)
        if span.line == span.end_line and span.end_column - span.column == len(text) + 2:
            self.texts[path] = Span(
                span.file, span.line, span.column + 1, span.line, span.end_column - 1
            )

    def _name(self, keyword: ast.keyword) -> Span:
        whole = self._span(keyword)
        end = whole.column + len(keyword.arg or "")
        return Span(whole.file, whole.line, whole.column, whole.line, end)

    def _span(self, node: _Node) -> Span:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        if self.module is None:
            return Span(self.file, node.lineno, node.col_offset + 1, end_line, end + 1)
        column = self.module.column(node.lineno, node.col_offset)
        return Span(self.file, node.lineno, column, end_line, self.module.column(end_line, end))


_BARE = frozenset({"when", "lock", "match", "in", "until", "where", "more", "key"})


def _bare(path: DataPath) -> bool:
    """Whether the file holds an expression there without `${…}` around it."""
    return path[-1] in _BARE or path[-2:-1] == ("switch",)


def _part(whole: Span, fragment: tuple[int, int], before: int) -> Span:
    """A fragment of the file's text, which has `before` letters more at its start than the literal."""
    columns = [whole.column + max(offset - before, 0) for offset in fragment]
    start, end = (min(column, whole.end_column) for column in columns)
    return Span(whole.file, whole.line, start, whole.line, end)
