"""The functions that expressions may call."""

from __future__ import annotations

import inspect
from collections import defaultdict

from auterity_sdk.expression.functions import IMPLEMENTATIONS
from auterity_sdk.expression.signatures import Signature, signatures
from auterity_sdk.expression.types import ListType, MapType, Type, describe
from tools.pages.tables import table


def reference() -> str:
    """Auterity's own functions with what they give, then CEL's by what they are called on."""
    return f"{_own()}\n\nCEL's own, and its strings extension's:\n\n{_cel()}"


def _own() -> str:
    rows = [
        ("<br>".join(_written(name)), _said(name))
        for name in IMPLEMENTATIONS
        if not name.startswith("@")
    ]
    return table(("Auterity's own", "gives"), rows)


def _said(name: str) -> str:
    function = IMPLEMENTATIONS[name][0][2]
    if inspect.isbuiltin(function) or isinstance(function, type(str.lower)):
        return f"the text in {name} case."
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _written(name: str) -> list[str]:
    return [_overload(each) for each in signatures()[name, False]]


def _overload(made: Signature) -> str:
    return f"`{made.function}({', '.join(map(_type, made.parameters))})` → {_type(made.result)}"


def _type(type: Type) -> str:
    match type:
        case ListType():
            return "list"
        case MapType():
            return "map"
    return describe(type)


def _cel() -> str:
    groups: defaultdict[str, defaultdict[str, list[str]]]
    groups = defaultdict(lambda: defaultdict(list))
    for (name, _), overloads in signatures().items():
        for each in overloads if name not in IMPLEMENTATIONS else ():
            target = f"a {_type(each.target)}" if each.target else "nothing"
            groups[target][f"{name}` → {_type(each.result)}"].append(_parameters(each))
    rows = [(target, ", ".join(map(_merged, found.items()))) for target, found in groups.items()]
    return table(("called on", "functions"), rows)


def _parameters(made: Signature) -> str:
    return ", ".join(map(_type, made.parameters))


def _merged(overloads: tuple[str, list[str]]) -> str:
    """`size(string | list | map)` → int: one argument of several types in one place."""
    head, taken = overloads
    name, gives = head.split("`", 1)
    if all(parameters and "," not in parameters for parameters in taken):
        return f"`{name}({' | '.join(taken)})`{gives}"
    return f"{', '.join(f'`{name}({parameters})`' for parameters in taken)}{gives}"
