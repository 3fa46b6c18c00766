"""Writes the Python source of an expression's shortcut: `shape(ask, c0, c1, …)` gives the function of one expression.

All that the expression reads is read first, as CEL is given all: what it would not take counts, even if it did not matter.
Then come the checks and the value, in CEL's order. Where something is not as it has to be, the function returns what
CEL says. The source holds none of a user's words: `c0` and so on stand for names of roots and members, and for constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.chains import Chain, Path, chain_of
from auterity_sdk.expression.tree import Call, Constant, Items, Node, Select

_DEEPEST = 40
"""Levels of an expression that has a shortcut."""

_ASK = "return ask(lookup)"

_IS_TAKEN = (
    r'("\0" not in {0} and ({0}.isascii() or is_whole({0}))) if {1} is str else'
    f" {-(2**63)} <= {{0}} < {2**63} if {{1}} is int else"
    " {1} is bool or {0} is None or ({1} is float and isfinite({0}))"
)
"""Whether CEL takes a value `{0}` of the type `{1}` as it is. None stands for one that is absent."""

_ORDERS = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_EQUALITIES = {"_==_": "==", "_!=_": "!="}
_SUMS = {"_+_": "+", "_-_": "-"}
_JOINTS = {"_&&_": "and", "_||_": "or"}
_STATIC = frozenset({"bool", "int", "float", "str"})


class NotShort(Exception):
    """The expression is for CEL."""


class Read(Struct, frozen=True):
    """A chain of members read from a root. `certain` of them have to be there."""

    root: str
    members: tuple[str, ...]
    certain: int


class Part(Struct, frozen=True):
    """An entry of a map. With a `path`, its value is what stands there, if CEL takes that as it is; else `function` gives it, or
    it is a `constant`."""

    key: str
    path: Path | None = None
    function: Callable[[Callable[[str], Any]], Any] | None = None
    constant: Any = None


class Value(Struct, frozen=True):
    """A value in the source, and its type: both are expressions of Python without effects. `kind` is the name of a type
    where it is known from the expression alone."""

    text: str
    kind: str


class Source:
    """The source of one expression, and the constants that are bound to it."""

    def __init__(self) -> None:
        self.constants: list[Any] = []
        self._roots: dict[str, str] = {}
        self._reads: dict[Read, int] = {}
        self._reading: list[str] = []
        self._lines: list[str] = []
        self._indent = ""
        self._locals = 0

    @property
    def text(self) -> str:
        """The source."""
        bound = "".join(f", c{number}" for number in range(len(self.constants)))
        head = [f"def shape(ask{bound}):", " def function(lookup):"]
        body = [f"  {line}" for line in (*self._reading, *self._lines)]
        return "\n".join((*head, *body, " return function"))

    def write(self, node: Node, *, is_condition: bool, is_number: bool) -> None:
        """Write that the value of the node is returned. Raises `NotShort` where that is for CEL."""
        if is_condition:
            self._line(f"return {self._truth(node, _DEEPEST)}")
            return
        value = self._value(node, _DEEPEST)
        self._line(f"return {(self._double(value) if is_number else value).text}")

    def write_map(self, parts: Iterable[Part]) -> None:
        """Write that a map is returned, whose values are evaluated one after another."""
        made = [f"{self._bound(part.key)}: {self._part(part)}" for part in parts]
        self._line(f"return {{{', '.join(made)}}}")

    def _part(self, part: Part) -> str:
        if part.function is None:
            return self._bound(part.constant)
        if part.path is None:
            return self._local(f"{self._bound(part.function)}(lookup)")
        value = self._local(self._root(part.path[0]))
        for member in part.path[1:]:
            got = f"{value}.get({self._bound(member)})"
            self._line(f"{value} = {got} if type({value}) is dict else None")
        kind = self._local(f"type({value})")
        is_taken = _IS_TAKEN.format(value, kind)
        ask = f"{value} = {self._bound(part.function)}(lookup)"
        self._line(f"if {value} is None or not ({is_taken}): {ask}")
        return value

    def _value(self, node: Node, depth: int) -> Value:
        """Write what a node of at most so many levels asks for; gives its value."""
        if not depth:
            raise NotShort
        chain = chain_of(node)
        if chain is not None:
            is_asked = isinstance(node, Select) and node.test
            return self._asked(chain) if is_asked else self._read(chain)
        match node:
            case Constant(value=value, unsupported="") if value is not None:
                return Value(self._bound(value), type(value).__name__)
            case Call(target=None, function=function, arguments=arguments):
                return self._called(function, arguments, depth - 1)
            case Call(target=target, function="orValue", arguments=(default,)) if target:
                return self._or_value(chain_of(target), default, depth - 1)
            case Call(target=target, function="hasValue") if target:
                return self._asked(chain_of(target))
            case _:
                raise NotShort

    def _called(self, function: str, arguments: tuple[Node, ...], depth: int) -> Value:
        match arguments:
            case (left, right) if function in _JOINTS:
                return self._joined(_JOINTS[function], left, right, depth)
            case (item, Items(items=items, optional=())) if function == "@in":
                return self._among(item, items, depth)
            case (condition, then, other) if function == "_?_:_":
                return self._chosen(condition, then, other, depth)
            case (left, right):
                return self._of_two(function, self._value(left, depth), self._value(right, depth))
            case (one,) if function == "!_":
                return Value(f"(not {self._truth(one, depth)})", "bool")
            case (one,) if function == "double":
                return self._double(self._value(one, depth))
            case _:
                raise NotShort

    def _of_two(self, function: str, left: Value, right: Value) -> Value:
        """An operator over two values of one type: a number may be equal to one of another kind."""
        operator = _EQUALITIES.get(function) or _ORDERS.get(function) or _SUMS.get(function)
        if operator is None:
            raise NotShort
        kind = self._alike(left, right)
        if function in _EQUALITIES:
            return Value(f"({left.text} {operator} {right.text})", "bool")
        self._never(kind, "bool")
        if function in _ORDERS:
            return Value(f"({left.text} {operator} {right.text})", "bool")
        if operator == "-":
            self._never(kind, "str")
        found = self._local(f"{left.text} {operator} {right.text}")
        self._ask_if(f"not is_result({found})")
        return Value(found, kind)

    def _joined(self, joint: str, left: Node, right: Node, depth: int) -> Value:
        """`&&` and `||`: what stands on the right counts only where the left does not decide."""
        found = self._local(self._truth(left, depth))
        with self._under(f"if {found}:" if joint == "and" else f"if not {found}:"):
            self._line(f"{found} = {self._truth(right, depth)}")
        return Value(found, "bool")

    def _chosen(self, condition: Node, then: Node, other: Node, depth: int) -> Value:
        found, kind = self._local(self._truth(condition, depth)), self._local("None")
        with self._under(f"if {found}:"):
            value = self._value(then, depth)
            self._line(f"{found}, {kind} = {value.text}, {value.kind}")
        with self._under("else:"):
            value = self._value(other, depth)
            self._line(f"{found}, {kind} = {value.text}, {value.kind}")
        return Value(found, kind)

    def _among(self, item: Node, items: tuple[Node, ...], depth: int) -> Value:
        one, others = self._value(item, depth), [self._value(each, depth) for each in items]
        for other in others:
            self._alike(one, other)
        those = "".join(f"{other.text}, " for other in others)
        return Value(f"({one.text} in ({those}))", "bool")

    def _or_value(self, chain: Chain | None, default: Node, depth: int) -> Value:
        if chain is None or not (chain.optional and chain.is_even):
            raise NotShort
        number, other = self._number(chain, chain.plain), self._value(default, depth)
        found = self._local(f"{other.text} if v{number} is None else v{number}")
        return Value(found, f"type({found})")

    def _asked(self, chain: Chain | None) -> Value:
        """Whether something is there."""
        if chain is None or not chain.is_even:
            raise NotShort
        return Value(f"(v{self._number(chain, chain.plain)} is not None)", "bool")

    def _read(self, chain: Chain) -> Value:
        """A value that has to be there."""
        if chain.optional:
            raise NotShort
        number = self._number(chain, 0)
        self._ask_if(f"v{number} is None")
        return Value(f"v{number}", f"k{number}")

    def _truth(self, node: Node, depth: int) -> str:
        value = self._value(node, depth)
        self._only(value.kind, "bool")
        return value.text

    def _double(self, value: Value) -> Value:
        self._never(value.kind, "bool")
        self._never(value.kind, "str")
        return Value(f"float({value.text})", "float")

    def _alike(self, left: Value, right: Value) -> str:
        """Let both be of one type; gives it."""
        if right.kind in _STATIC:
            self._only(left.kind, right.kind)
            return right.kind
        self._only(right.kind, left.kind)
        return left.kind

    def _only(self, kind: str, wanted: str) -> None:
        if kind not in _STATIC:
            self._ask_if(f"{kind} is not {wanted}")
        elif kind != wanted:
            self._line(_ASK)

    def _never(self, kind: str, unwanted: str) -> None:
        if kind not in _STATIC:
            self._ask_if(f"{kind} is {unwanted}")
        elif kind == unwanted:
            self._line(_ASK)

    def _number(self, chain: Chain, certain: int) -> int:
        """The number of a read; that of an equal one, if there is any."""
        read = Read(chain.root.name, chain.members, certain)
        number = self._reads.get(read)
        if number is None:
            number = self._reads[read] = len(self._reads)
            root = self._root(read.root)
            self._reading += self._taken(read, root, f"v{number}", f"k{number}")
        return number

    def _root(self, name: str) -> str:
        root = self._roots.get(name)
        if root is None:
            root = self._roots[name] = f"r{len(self._roots)}"
            self._reading.append(f"{root} = lookup({self._bound(name)})")
        return root

    def _taken(self, read: Read, root: str, value: str, kind: str) -> Iterator[str]:
        """The lines that read something, and ask CEL where it does not take that as it is."""
        if not read.members:
            yield f"{value} = {root}"
            yield f"if {value} is None: {_ASK}"
        indent = ""
        for place, member in enumerate(read.members):
            found = value if place else root
            got = f"{value} = {found}.get({self._bound(member)})"
            yield f"{indent}if type({found}) is dict: {got}"
            if not place:  # a root that is not there is empty
                yield f"elif {root} is None: {value} = None"
            yield f"{indent}else: {_ASK}"
            if place < read.certain:
                yield f"{indent}if {value} is None: {_ASK}"
            elif place < len(read.members) - 1:
                yield f"{indent}if {value} is not None:"
                indent += " "
        yield f"{kind} = type({value})"
        yield f"if not ({_IS_TAKEN.format(value, kind)}): {_ASK}"

    def _bound(self, constant: Any) -> str:
        self.constants.append(constant)
        return f"c{len(self.constants) - 1}"

    def _local(self, text: str) -> str:
        self._locals += 1
        name = f"t{self._locals}"
        self._line(f"{name} = {text}")
        return name

    def _ask_if(self, condition: str) -> None:
        self._line(f"if {condition}: {_ASK}")

    def _line(self, text: str) -> None:
        self._lines.append(self._indent + text)

    @contextmanager
    def _under(self, head: str) -> Iterator[None]:
        self._line(head)
        self._indent += " "
        yield
        self._indent = self._indent[:-1]
