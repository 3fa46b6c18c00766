"""What an expression reads: found on its syntax tree, so also where it does not type-check."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from auterity_sdk.expression.chains import Chain, Path, chain_of, presence_of
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.narrow import NOTHING, Paths, facts
from auterity_sdk.expression.spans import field_span, span
from auterity_sdk.expression.tree import Call, Constant, Fold, Name, Node, children


class Reference(Struct, frozen=True):
    """One read of a root name and members: `score.reason` has root `score`, members `("reason",)`.

    `certain` is the path that must have a value for the read to be one; it is empty where the read only
    looks (`a.?x`, `has(a.x)`, `a.x != null`). `present` are paths that the expression has made sure of
    before it comes to this read. `start` and `end` are code point offsets in the expression.
    """

    root: str
    members: tuple[str, ...]
    certain: Path
    start: int
    end: int
    present: Paths = NOTHING

    @property
    def path(self) -> Path:
        """The root and all members."""
        return (self.root, *self.members)

    @property
    def plain(self) -> bool:
        """The read needs its root to have a value."""
        return bool(self.certain)


@lru_cache(maxsize=4096)  # the graph, the checks and the plan ask for the same
def references(text: str) -> tuple[Reference, ...]:
    """What an expression reads, in the order of the text; nothing if it cannot be parsed.

    Variables of macros (`x` in `list.exists(x, …)`) are no references.
    """
    parsed = parse(text)
    if not isinstance(parsed, Parsed):
        return ()
    reader = _Reader(text)
    reader.read(parsed.node, frozenset(), NOTHING)
    return tuple(sorted(reader.found.values(), key=lambda each: (each.start, each.path)))


class _Reader:
    """Collects what a tree reads. A read that a macro copied counts once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.found: dict[tuple[Path, int], Reference] = {}

    def read(self, node: Node, bound: frozenset[str], present: Paths) -> None:
        """Collect what a node reads where the names in `bound` are a macro's, and `present` are sure."""
        if isinstance(node, Constant):
            return
        asked = presence_of(node)
        member = asked.member if asked else node
        chain = chain_of(member)
        if chain is not None:
            if chain.root.name not in bound:
                made = _reference(self._text, chain, member, bool(asked), present)
                self.found.setdefault((made.path, made.start), made)
            return
        match node:
            case Call(function="of" | "none" | "ofNonZeroValue", target=Name(name="optional")):
                below: Iterable[Node] = node.arguments
            case Call(function="_&&_" | "_||_" | "_?_:_"):
                self._guarded(node, bound, present)
                return
            case Fold():
                self._fold(node, bound, present)
                return
            case _:
                below = children(node)
        for child in below:
            self.read(child, bound, present)

    def _fold(self, node: Fold, bound: frozenset[str], present: Paths) -> None:
        self.read(node.range, bound, present)
        self.read(node.start, bound, present)
        inner = bound | {node.variable, node.accumulator}
        for part in (node.condition, node.step, node.result):
            self.read(part, inner, present)

    def _guarded(self, node: Call, bound: frozenset[str], present: Paths) -> None:
        """The right side of `&&` counts only where the left is true, of `||` where it is false."""
        first, *rest = node.arguments
        told = facts(first)
        self.read(first, bound, present)
        outcomes = {"_&&_": (told.when_true,), "_||_": (told.when_false,)}
        ways = outcomes.get(node.function, (told.when_true, told.when_false))
        for side, known in zip(rest, ways, strict=True):
            self.read(side, bound, present | known)


def _reference(text: str, chain: Chain, node: Node, looked_for: bool, present: Paths) -> Reference:
    start = chain.root.at
    end = field_span(text, node)[1] if chain.members else span(text, node)[1]
    if chain.members and isinstance(node, Call) and node.function != "_?._":
        end = span(text, node)[1]
    certain = () if looked_for else chain.certain
    return Reference(chain.root.name, chain.members, certain, start, end, present)
