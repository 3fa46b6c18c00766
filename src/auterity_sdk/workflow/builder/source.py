"""Where a call stands in a Python file: its place, its syntax and the name it is assigned to."""

from __future__ import annotations

import ast
import linecache
import sys
from dataclasses import dataclass, field
from types import CodeType, FrameType

from auterity_sdk.errors import BuildError

Node = ast.AST
Stretch = tuple[int, int, int, int]
"""Line and UTF-8 offset of a start and an end, as `ast` and code objects count them."""

_OWN = (
    "auterity_sdk.workflow.builder",
    "auterity_sdk.steps.step_type",
    "auterity_sdk.steps.output",
)


@dataclass(frozen=True, slots=True, eq=False)
class PythonModule:
    """A file's lines and syntax. `calls` finds a call by where it ends, which no two calls share;
    `nodes` finds the innermost syntax of just that stretch."""

    file: str
    lines: tuple[str, ...]
    tree: ast.Module
    parents: dict[Node, Node] = field(default_factory=dict)
    calls: dict[tuple[int, int], ast.Call] = field(default_factory=dict)
    nodes: dict[Stretch, Node] = field(default_factory=dict)

    def column(self, line: int, offset: int) -> int:
        """The column (from 1, in code points) of a UTF-8 offset, which is what `ast` counts."""
        return len(self.lines[line - 1].encode()[:offset].decode(errors="replace")) + 1


@dataclass(frozen=True, slots=True, eq=False)
class CallSite:
    """Where something was called. `call` is None where the source cannot be read."""

    file: str
    line: int
    column: int | None = None
    module: PythonModule | None = field(default=None, repr=False)
    call: ast.Call | None = field(default=None, repr=False)
    node: Node | None = field(default=None, repr=False)

    def error(self, message: str, help: str | None = None) -> BuildError:
        """An error at this place."""
        return BuildError(message, file=self.file, line=self.line, column=self.column, help=help)

    @property
    def target(self) -> ast.Name | None:
        """The name that the call is assigned to."""
        return _target(self.call, self.module.parents) if self.call and self.module else None


def refuse(message: str, help: str | None = None) -> BuildError:
    """An error at the line of the user's code that is running."""
    return call_site().error(message, help)


def call_site() -> CallSite:
    """The place of the user's code that called into the builder."""
    frame: FrameType | None = sys._getframe(1)
    while frame and str(frame.f_globals.get("__name__", "")).startswith(_OWN):
        frame = frame.f_back
    if frame is None:
        return CallSite("<unknown>", 1)
    return _site(frame)


def python_module(
    file: str, module_globals: dict[str, object] | None = None
) -> PythonModule | None:
    """The module in `file`; None where its source is not at hand or no Python."""
    lines = linecache.getlines(file, module_globals)
    # One list stands for one reading of the file: comparing its lines at each step would take too long.
    known = _modules.get(file)
    if known is None or known[0] is not lines:
        parsed = _parsed(file, tuple(line.rstrip("\n") for line in lines)) if lines else None
        known = _modules[file] = (lines, parsed)
    return known[1]


_modules: dict[str, tuple[list[str], PythonModule | None]] = {}


def _site(frame: FrameType) -> CallSite:
    file = frame.f_code.co_filename
    module = python_module(file, frame.f_globals)
    line, end_line, start, end = _position(frame.f_code, frame.f_lasti)
    if line is None or module is None or not 1 <= line <= len(module.lines):
        return CallSite(file, line or frame.f_lineno)
    if end_line is None or start is None or end is None:
        call = _only_call(module, line)
        return CallSite(file, line, None, module, call, call)
    call = module.calls.get((end_line, end))
    if call is not None and (call.lineno, call.col_offset) > (line, start):
        call = None  # the call only ends where a larger piece of syntax does
    if call is not None:
        line, start = call.lineno, call.col_offset
    node = call or module.nodes.get((line, start, end_line, end))
    return CallSite(file, line, module.column(line, start), module, call, node)


Position = tuple[int | None, int | None, int | None, int | None]


def _position(code: CodeType, instruction: int) -> Position:
    known = _positions.get(id(code))
    if known is None or known[0] is not code:
        if len(_positions) >= _MOST_CODES:
            _positions.clear()
        known = _positions[id(code)] = (code, list(code.co_positions()))
    index = instruction // 2
    return known[1][index] if index < len(known[1]) else (None, None, None, None)


_MOST_CODES = 64
_positions: dict[int, tuple[CodeType, list[Position]]] = {}


def _only_call(module: PythonModule, line: int) -> ast.Call | None:
    """The one assigned call that begins on a line: for Python run without column positions."""
    found = [
        call
        for call in module.calls.values()
        if call.lineno == line and _target(call, module.parents) is not None
    ]
    return found[0] if len(found) == 1 else None


def _parsed(file: str, lines: tuple[str, ...]) -> PythonModule | None:
    try:
        tree = ast.parse("\n".join(lines), file)
    except (SyntaxError, ValueError, RecursionError):
        return None
    module = PythonModule(file, lines, tree)
    for node in ast.walk(tree):
        module.parents.update((child, node) for child in ast.iter_child_nodes(node))
        if isinstance(node, ast.expr | ast.stmt):
            end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
            module.nodes[node.lineno, node.col_offset, end_line, end] = node
            if isinstance(node, ast.Call):
                module.calls[end_line, end] = node
    return module


def _target(call: ast.Call, parents: dict[Node, Node]) -> ast.Name | None:
    match parents.get(call):
        case ast.Assign(targets=[ast.Name() as name]):
            return name
        case ast.AnnAssign(target=ast.Name() as name) | ast.NamedExpr(target=ast.Name() as name):
            return name
        case ast.Tuple(elts=values) as pair:
            return _tuple_target(call, values, parents.get(pair))
    return None


def _tuple_target(call: ast.Call, values: list[ast.expr], above: Node | None) -> ast.Name | None:
    match above:
        case ast.Assign(targets=[ast.Tuple(elts=names)]) if len(names) == len(values):
            name = names[values.index(call)]
            return name if isinstance(name, ast.Name) else None
    return None
