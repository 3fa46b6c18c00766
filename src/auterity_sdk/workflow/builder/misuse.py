"""Python that cannot become a graph: found when an operator raises, or in the function's syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder.source import CallSite, PythonModule, call_site

_UNKNOWN = "a value that only the run knows"
_BY_SYNTAX: dict[type[ast.AST], tuple[str, str]] = {
    ast.And: ("`and`", "write a & b"),
    ast.Or: ("`or`", "write a | b"),
    ast.Not: ("`not`", "write not_(a)"),
    ast.If: ("`if`", "write switch(…) and `with route.case:`, or .options(when=…)"),
    ast.IfExp: ("`… if … else …`", "write choose(condition, then, otherwise)"),
    ast.While: ("`while`", "write @repeat(…) and until(condition)"),
    ast.Assert: ("`assert`", "write switch(…) or a step that fails"),
    ast.In: ("`in`", "write contains(values, value)"),
    ast.NotIn: ("`not in`", "write not_(contains(values, value))"),
    ast.comprehension: ("`if` in a comprehension", "write @for_each(…) or expr('….filter(x, …)')"),
}
_CHAIN = ("a chain of comparisons", "write (a < b) & (b < c)")


def refuse_truth() -> BuildError:
    """The error for asking whether a symbol is true, named for the syntax that asks."""
    site = call_site()
    what, proposal = _asking(site) or ("Python", "write switch(…), `&`, `|` or not_(…)")
    return site.error(f"{what} asks {_UNKNOWN}", proposal)


def _asking(site: CallSite) -> tuple[str, str] | None:
    """The nearest syntax around the place that asks for a truth value."""
    node: ast.AST | None = site.node
    while node is not None and site.module:
        found = _named(node)
        if found or isinstance(node, ast.stmt):
            return found
        node = site.module.parents.get(node)
    return None


def _named(node: ast.AST) -> tuple[str, str] | None:
    match node:
        case ast.BoolOp(op=op) | ast.UnaryOp(op=op) if type(op) in _BY_SYNTAX:
            return _BY_SYNTAX[type(op)]
        case ast.Compare(ops=ops):
            found = next((_BY_SYNTAX[type(op)] for op in ops if type(op) in _BY_SYNTAX), None)
            return found or (_CHAIN if len(ops) > 1 else None)
    return _BY_SYNTAX.get(type(node))


def first_misuse(module: PythonModule, function: ast.AST, names: set[str]) -> BuildError | None:
    """What cannot raise by itself: `is`, `match` and `isinstance` on a symbolic value.

    `names` hold symbolic values; names assigned from them are found here.
    """
    known = _spread(function, names)
    found = sorted(_misuses(function, known), key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    for node, what, proposal in found:
        column = module.column(node.lineno, node.col_offset)
        return BuildError(
            f"{what} asks {_UNKNOWN}",
            file=module.file,
            line=node.lineno,
            column=column,
            help=proposal,
        )
    return None


_Place = ast.expr | ast.stmt


def _misuses(function: ast.AST, names: set[str]) -> Iterator[tuple[_Place, str, str]]:
    for node in ast.walk(function):
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                identity = any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
                if identity and any(_symbolic(side, names) for side in (left, *others)):
                    yield node, "`is`", "write has(value), or value == None"
            case ast.Match(subject=subject) if _symbolic(subject, names):
                yield node, "`match`", "write switch(…) and `with route.case:`"
            case ast.Call(func=ast.Name(id="isinstance" | "type" | "callable" as name), args=args):
                if any(_symbolic(argument, names) for argument in args[:1]):
                    yield (
                        node,
                        f"`{name}()`",
                        "write switch(…) on a field that tells the kinds apart",
                    )


def _symbolic(node: ast.expr, names: set[str]) -> bool:
    """Whether an expression is a symbol: a name of one, its members, or an operation on one."""
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            return _symbolic(value, names)
        case ast.BinOp(left=left, right=right):
            return _symbolic(left, names) or _symbolic(right, names)
        case ast.UnaryOp(operand=operand):
            return _symbolic(operand, names)
        case ast.Compare(left=left, comparators=others):
            return any(_symbolic(side, names) for side in (left, *others))
        case ast.Call(func=ast.Attribute() as method):
            return _symbolic(method, names)
        case ast.NamedExpr(value=value):
            return _symbolic(value, names)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return any(_symbolic(part, names) for part in parts)
    return False


def _spread(function: ast.AST, names: set[str]) -> set[str]:
    known, before = set(names), -1
    assignments = [
        node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AnnAssign)
    ]
    while len(known) != before:
        before = len(known)
        for node in assignments:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and _symbolic(node.value, known):
                known |= {target.id for target in targets if isinstance(target, ast.Name)}
    return known
