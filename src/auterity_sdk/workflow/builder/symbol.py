"""Symbolic values: what a workflow function computes with while its graph is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NoReturn

from auterity_sdk.workflow.builder import cel
from auterity_sdk.workflow.builder.cel import Cel, Level, Symbolic, cel_of
from auterity_sdk.workflow.builder.misuse import refuse_truth
from auterity_sdk.workflow.builder.source import refuse

_METHODS: Final = {
    "startswith": "startsWith",
    "endswith": "endsWith",
    "lower": "lowerAscii",
    "upper": "upperAscii",
    "strip": "trim",
}
"""Python's methods of text, and CEL's."""


class Symbol(Symbolic):
    """A value of the run. Members, items, comparisons, arithmetic, `&`, `|` and `~` give symbols too.

    What needs the value itself (`if`, `and`, `len()`, an f-string, …) raises `BuildError`. No symbol's class
    is derived from that of another: Python asks a derived right side of a comparison first, in mirror image.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Plain(cel.select(self.__cel__, name))

    def __getitem__(self, key: object) -> Any:
        if isinstance(key, slice):
            raise refuse("a slice has no spelling in a workflow", "write expr('…')")
        return Plain(cel.select(self.__cel__, key))

    def __call__(self, *arguments: object, **named: object) -> Any:
        """A method of the value: `lead.email.endswith("@x.com")`."""
        made = self.__cel__
        if made.receiver is None or named:
            raise refuse(f"`{made.text}` cannot be called", "only methods with plain arguments can")
        return Plain(cel.call(_METHODS.get(made.member, made.member), *arguments, on=made.receiver))

    def __lt__(self, other: object) -> Any:
        return _operated("<", self, other, Level.RELATION)

    def __le__(self, other: object) -> Any:
        return _operated("<=", self, other, Level.RELATION)

    def __gt__(self, other: object) -> Any:
        return _operated(">", self, other, Level.RELATION)

    def __ge__(self, other: object) -> Any:
        return _operated(">=", self, other, Level.RELATION)

    def __eq__(self, other: object) -> Any:
        return _operated("==", self, other, Level.RELATION)

    def __ne__(self, other: object) -> Any:
        return _operated("!=", self, other, Level.RELATION)

    def __and__(self, other: object) -> Any:
        return _operated("&&", self, other, Level.AND)

    def __rand__(self, other: object) -> Any:
        return _operated("&&", other, self, Level.AND)

    def __or__(self, other: object) -> Any:
        return _operated("||", self, other, Level.OR)

    def __ror__(self, other: object) -> Any:
        return _operated("||", other, self, Level.OR)

    def __invert__(self) -> Any:
        return Plain(cel.unary("!", self))

    def __neg__(self) -> Any:
        return Plain(cel.unary("-", self))

    def __pos__(self) -> Any:
        return self

    def __add__(self, other: object) -> Any:
        return _operated("+", self, other, Level.SUM)

    def __radd__(self, other: object) -> Any:
        return _operated("+", other, self, Level.SUM)

    def __sub__(self, other: object) -> Any:
        return _operated("-", self, other, Level.SUM)

    def __rsub__(self, other: object) -> Any:
        return _operated("-", other, self, Level.SUM)

    def __mul__(self, other: object) -> Any:
        return _operated("*", self, other, Level.PRODUCT)

    def __rmul__(self, other: object) -> Any:
        return _operated("*", other, self, Level.PRODUCT)

    def __truediv__(self, other: object) -> Any:
        return _divided(self, other)

    def __rtruediv__(self, other: object) -> Any:
        return _divided(other, self)

    def __mod__(self, other: object) -> Any:
        return _operated("%", self, other, Level.PRODUCT)

    def __rmod__(self, other: object) -> Any:
        if isinstance(other, str):
            raise refuse("`%` cannot put a value of the run into text", "write text('…', value)")
        return _operated("%", other, self, Level.PRODUCT)

    def __floordiv__(self, other: object) -> NoReturn:
        raise refuse(
            "`//` has no spelling in a workflow", "write expr('…') with CEL's own division"
        )

    __rfloordiv__ = __floordiv__

    def __pow__(self, other: object) -> NoReturn:
        raise refuse("`**` has no spelling in a workflow", "work it out in a step")

    __rpow__ = __pow__

    def __bool__(self) -> NoReturn:
        raise refuse_truth()

    def __contains__(self, item: object) -> NoReturn:
        raise refuse("`in` asks a value that only the run knows", "write contains(values, value)")

    def __iter__(self) -> Iterator[Any]:
        raise refuse("only the run knows the items of this value", "write @for_each(values)")

    def __len__(self) -> NoReturn:
        raise refuse("only the run knows the length of this value", "write size(value)")

    def __format__(self, spec: str) -> NoReturn:
        raise refuse(
            "an f-string asks for a value that only the run knows", "write text('…', value)"
        )

    def __str__(self) -> NoReturn:
        raise refuse("only the run knows the text of this value", "write text(value)")

    def __int__(self) -> NoReturn:
        raise refuse("only the run knows this value", "write expr('int(…)')")

    __index__ = __int__
    __float__ = __int__
    __complex__ = __int__

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise refuse(f"`{name}` cannot be set: a step's values do not change", None)

    def __delattr__(self, name: str) -> NoReturn:
        raise refuse(f"`{name}` cannot be deleted: a step's values do not change", None)

    def __enter__(self) -> NoReturn:
        raise refuse(
            f"`{self.__cel__.text}` is no outcome, so `with` cannot hold it",
            "write `with step.outcome:`",
        )

    def __exit__(self, *error: object) -> None:
        """Python looks for it before `__enter__` can say what is wrong."""

    def __repr__(self) -> str:
        return f"<value of the run: {self.__cel__.text}>"

    __hash__ = None  # type: ignore[assignment]


class Plain(Symbol):
    """A symbol without more to it."""

    __slots__ = ()


class OptionalSymbol(Symbol):
    """A value whose members are looked for: `optional(lead).vehicle.model` is `lead.?vehicle.?model`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return OptionalSymbol(cel.select(self.__cel__, name, optional=True))

    def __getitem__(self, key: object) -> Any:
        return OptionalSymbol(cel.select(self.__cel__, key, optional=True))

    def or_value(self, default: object) -> Any:
        """The value, or `default` where it is not there."""
        return Plain(cel.call("orValue", default, on=self.__cel__))

    def has_value(self) -> Any:
        """Whether the value is there."""
        return Plain(cel.call("hasValue", on=self.__cel__))


def _operated(operator: str, left: object, right: object, level: Level) -> Symbol:
    return Plain(cel.binary(operator, left, right, level))


def _divided(left: object, right: object) -> Symbol:
    # CEL divides whole numbers into whole numbers; Python does not.
    return _operated("/", Plain(_double(left)), Plain(_double(right)), Level.PRODUCT)


def _double(value: object) -> Cel:
    return cel_of(value) if isinstance(value, float) else cel.call("double", value)
