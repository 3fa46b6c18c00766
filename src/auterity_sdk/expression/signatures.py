"""What CEL's and our own functions take and give, as the type checker sees them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from auterity_sdk.expression.types import ANY, ListType, MapType, Scalar, Type

_TABLE = """
size(string) int                    size(list) int                      size(map) int
string.size() int                   list.size() int                     map.size() int
int(int) int                        int(number) int                     int(string) int
int(timestamp) int
double(number) number               double(string) number
string(string) string               string(int) string                  string(number) string
string(bool) string                 string(timestamp) string            string(duration) string
bool(bool) bool                     bool(string) bool
timestamp(string) timestamp         timestamp(timestamp) timestamp      timestamp(int) timestamp
duration(string) duration           duration(duration) duration
dyn(any) any
string.contains(string) bool        string.startsWith(string) bool      string.endsWith(string) bool
string.matches(string) bool         matches(string,string) bool
string.charAt(int) string           string.reverse() string
string.indexOf(string) int          string.indexOf(string,int) int
string.lastIndexOf(string) int      string.lastIndexOf(string,int) int
string.lowerAscii() string          string.upperAscii() string          string.trim() string
string.replace(string,string) string    string.replace(string,string,int) string
string.split(string) list<string>   string.split(string,int) list<string>
string.substring(int) string        string.substring(int,int) string
string.format(list) string
list<string>.join() string          list<string>.join(string) string
timestamp.getFullYear() int         timestamp.getMonth() int            timestamp.getDate() int
timestamp.getDayOfMonth() int       timestamp.getDayOfWeek() int        timestamp.getDayOfYear() int
timestamp.getHours() int            timestamp.getMinutes() int          timestamp.getSeconds() int
timestamp.getMilliseconds() int
duration.getHours() int             duration.getMinutes() int           duration.getSeconds() int
duration.getMilliseconds() int
days(int) duration                  days(number) duration
date(timestamp,string) string       clock(timestamp,string) string      weekday(timestamp,string) string
hour(timestamp,string) int          start_of_day(timestamp,string) timestamp
lower(string) string                upper(string) string
money(number) string                money(number,string) string
round_to(number,int) number
"""

_ENTRY = re.compile(r"(?:([\w<>]+)\.)?(\w+)\(([\w<>,]*)\) ([\w<>]+)")


class Signature(Struct, frozen=True):
    """One overload: `target` is set for `target.function(…)`."""

    function: str
    target: Type | None
    parameters: tuple[Type, ...]
    result: Type

    @property
    def operands(self) -> tuple[Type, ...]:
        """The target, if there is one, and the parameters."""
        return self.parameters if self.target is None else (self.target, *self.parameters)


@cache
def signatures() -> Mapping[tuple[str, bool], tuple[Signature, ...]]:
    """All overloads by (function, called on a target)."""
    table: defaultdict[tuple[str, bool], list[Signature]] = defaultdict(list)
    for target, function, parameters, result in _ENTRY.findall(_TABLE):
        taken = tuple(_type(word) for word in parameters.split(",") if word)
        of = _type(target) if target else None
        table[function, bool(target)].append(Signature(function, of, taken, _type(result)))
    return {key: tuple(overloads) for key, overloads in table.items()}


def _type(word: str) -> Type:
    name, _, inner = word.removesuffix(">").partition("<")
    match name:
        case "list":
            return ListType(_type(inner) if inner else ANY)
        case "map":
            return MapType(ANY)
        case "bool" | "int" | "number" | "string" | "timestamp" | "duration":
            return Scalar(name)
        case _:
            return ANY


@cache
def function_names() -> frozenset[str]:
    """All functions and methods that expressions may call, macros too."""
    return frozenset(name for name, _ in signatures()) | MACROS | OPTIONAL_METHODS


MACROS = frozenset({"has", "all", "exists", "exists_one", "map", "filter", "optMap", "optFlatMap"})
OPTIONAL_METHODS = frozenset({"value", "hasValue", "or", "orValue"})
