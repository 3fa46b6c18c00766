"""Names in the written program: each id of the file gets a variable that hides nothing."""

from __future__ import annotations

import builtins
import keyword
import re

from msgspec import Struct, field

_FORBIDDEN = frozenset({*dir(builtins), "__debug__", "self", "Any", "Annotated"})
_NO_LETTER = re.compile(r"[^A-Za-z0-9_]+")


def plain(name: str) -> bool:
    """Whether Python takes the name as a keyword of a call or after a dot."""
    return (
        name.isascii()
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
    )


class Names(Struct):
    """Names that are taken. `functions` are the builder's that the program uses."""

    functions: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)

    def bind(self, name: str) -> bool:
        """Take the name for a body's parameter, if that can be; other bodies may have the same."""
        if name not in self.bound and not self.free(name):
            return False
        self.bound.add(name)
        self.taken.add(name)
        return True

    def fresh(self, wanted: str) -> str:
        """A name like `wanted` that is free, and now taken."""
        name = _NO_LETTER.sub("_", wanted).strip("_") or "value"
        name = name if not name[0].isdigit() else f"_{name}"
        while not self.free(name):
            name += "_"
        self.taken.add(name)
        return name

    def free(self, name: str) -> bool:
        """Whether a variable may have the name."""
        words = self.taken | self.functions | _FORBIDDEN
        return plain(name) and name not in words and not keyword.issoftkeyword(name)


class Known(Struct):
    """A variable, and the outcomes of the step that it stands for; None where any name may be one."""

    variable: str
    outcomes: frozenset[str] | None = frozenset()


class Scope(Struct):
    """The names of the file that can be read in one graph, and the variables that hold them."""

    known: dict[str, Known] = field(default_factory=dict)
    around: Scope | None = None
    used: set[str] = field(default_factory=set)

    def find(self, name: str) -> Known | None:
        """What a name of the file stands for here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.known:
                scope.used.add(name)
                return scope.known[name]
            scope = scope.around
        return None
