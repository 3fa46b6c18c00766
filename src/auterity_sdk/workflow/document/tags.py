"""Tags: YAML's core types are read, all others refused. `!x` is mostly a negation without quotes."""

from __future__ import annotations

import re
from typing import Any

from auterity_sdk.diagnostics import Diagnostic
from auterity_sdk.workflow.document.mistakes import unquoted_finding
from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.scalars import resolve_plain
from auterity_sdk.workflow.document.source_text import SourceText
from auterity_sdk.workflow.document.unquoted import Unquoted
from auterity_sdk.workflow.document.yaml_rules import yaml_finding

_CORE = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "null": (type(None),),
}
_CONTAINER_TAGS = {Kind.MAPPING: ("map", "!"), Kind.SEQUENCE: ("seq", "!")}
_NEGATION = re.compile(r"!+[\w(][^\s]*[(.\[]|!+\(")
_OPERATOR = re.compile(r"(?:[=!<>]=|&&|\|\||[<>?%*/+-])(?:\s|\Z)")


def read_tagged(source: SourceText, nodes: Nodes, index: int) -> tuple[Any, list[Diagnostic]]:
    """The value of a tagged node (a container still empty), and what is wrong with its tag."""
    tag = nodes.tags[index].removeprefix(_CORE)
    kind = Kind(nodes.kinds[index])
    if kind in _CONTAINER_TAGS:
        value: Any = {} if kind is Kind.MAPPING else []
        return value, [] if tag in _CONTAINER_TAGS[kind] else [_refused(source, nodes, index)]
    text = nodes.texts[index]
    if tag in ("str", "!"):
        return text, []
    value = resolve_plain(text)
    if tag in _TYPES and nodes.tags[index] != tag:
        if type(value) not in _TYPES[tag]:
            return text, [_misfit(source, nodes, index, tag)]
        return (float(value) if tag == "float" else value), []
    start, end = nodes.starts[index], nodes.ends[index]
    if is_negation(source.text[start:end], text):
        unquoted = Unquoted(start, end, "a plain value cannot begin with `!`, which starts a tag")
        return source.text[start:end], [unquoted_finding(source, unquoted)]
    return value, [_refused(source, nodes, index)]


def is_negation(written: str, text: str) -> bool:
    """Whether `written`, with the scalar `text` behind its tag, was meant as `!` and an expression."""
    if written.startswith(("!!", "!<")) and not written.startswith(("!!(",)):
        return False
    return not text or bool(_NEGATION.match(written)) or bool(_OPERATOR.match(text))


def _refused(source: SourceText, nodes: Nodes, index: int) -> Diagnostic:
    start = nodes.starts[index]
    written = re.compile(r"(?:&\S+\s+)?(\S{1,60})").match(source.text, start)
    name = written[1] if written else "!"
    return yaml_finding(
        "AUT109",
        f"the tag `{name}` is not one of YAML's core types",
        source.at(start, written.end() if written else start + 1),
        "remove the tag; text that begins with `!` is quoted",
    )


def _misfit(source: SourceText, nodes: Nodes, index: int, tag: str) -> Diagnostic:
    return yaml_finding(
        "AUT109",
        f"`{nodes.texts[index][:40]}` is not what its tag `!!{tag}` says",
        source.at(nodes.starts[index], nodes.ends[index]),
        "remove the tag",
    )
