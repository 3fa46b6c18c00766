"""Anchors and aliases: allowed as long as what they spell out stays small."""

from __future__ import annotations

from auterity_sdk.diagnostics import Diagnostic, Edit, Fix, Location, Severity
from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.source_text import SourceText
from auterity_sdk.workflow.document.yaml_rules import yaml_finding

MAX_EXPANDED_NODES = 100_000
MAX_GROWTH = 10
_ALWAYS_ALLOWED_CHARACTERS = 100_000


def alias_findings(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    """Unknown, repeated and unused anchors, an alias inside what it names, and a text that grows too much."""
    found = [*_anchors(source, nodes), *_aliases(source, nodes)]
    if nodes.targets and not any(d.severity is Severity.ERROR for d in found):
        found += _growth(source, nodes)
    return found


def _anchors(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    used = {text for kind, text in zip(nodes.kinds, nodes.texts, strict=True) if kind == Kind.ALIAS}
    found = []
    first: dict[str, int] = {}
    for index, name in nodes.anchors.items():
        place = source.at(
            nodes.starts[index], min(nodes.starts[index] + len(name) + 1, nodes.ends[index])
        )
        if first.setdefault(name, index) != index:
            before = nodes.starts[first[name]]
            related = (source.at(before, before + len(name) + 1, "first here"),)
            message = f"the anchor `&{name[:40]}` is defined twice"
            found.append(
                yaml_finding("AUT101", message, place, "give it another name", related=related)
            )
        elif name not in used:
            found.append(_unused(source, place, name))
    return found


def _unused(source: SourceText, place: Location, name: str) -> Diagnostic:
    message, advice = f"no alias names the anchor `&{name[:40]}`", f"remove `&{name[:40]}`"
    span = source.span(0, 0) if place.span is None else place.span
    text, start, end = source.text, span.start, span.end
    behind = end
    while text[behind : behind + 1] in (" ", "\t"):
        behind += 1
    if text[behind : behind + 1] not in ("", "\r", "\n", "#"):
        end = behind
    else:
        while text[start - 1 : start] in (" ", "\t"):
            start -= 1
    fix = Fix(advice, (Edit(source.at(start, end), ""),), safe=True)
    return yaml_finding("AUT108", message, place, advice, fixes=(fix,))


def _aliases(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    found = []
    for index, kind in enumerate(nodes.kinds):
        if kind != Kind.ALIAS:
            continue
        target = nodes.targets.get(index)
        name = nodes.texts[index][:40]
        place = source.at(nodes.starts[index], nodes.ends[index])
        if target is None:
            message, advice = (
                f"no anchor `&{name}` stands before this alias",
                f'write "*{name}" if it is text',
            )
            found.append(yaml_finding("AUT101", message, place, advice))
        elif index < nodes.next_of(target):
            message = f"the alias `*{name}` stands inside the value that it names"
            found.append(yaml_finding("AUT106", message, place, "write the value out"))
    return found


def _growth(source: SourceText, nodes: Nodes) -> list[Diagnostic]:
    """The first alias with which the document, spelt out, passes the bounds."""
    sizes = _expanded_sizes(nodes)
    count = characters = 0
    most = max(MAX_GROWTH * len(source.text), _ALWAYS_ALLOWED_CHARACTERS)
    for index, target in nodes.targets.items():
        count += sizes[target][0]
        characters += sizes[target][1]
        if count > MAX_EXPANDED_NODES or characters > most:
            return [
                yaml_finding(
                    "AUT106",
                    f"with aliases spelt out, this file has more than {MAX_EXPANDED_NODES:,} values, "
                    f"or {MAX_GROWTH} times its size",
                    source.at(nodes.starts[index], nodes.ends[index]),
                    "write the values out, or use fewer aliases",
                )
            ]
    return []


def _expanded_sizes(nodes: Nodes) -> dict[int, tuple[int, int]]:
    """Values and characters that each anchored node stands for, aliases in it spelt out."""
    sizes: dict[int, tuple[int, int]] = {}
    open_anchors: list[tuple[int, int]] = []
    totals = [(0, 0)]
    for index in range(len(nodes.kinds) + 1):
        count, characters = totals[-1]
        while open_anchors and open_anchors[-1][1] <= index:
            anchor, _ = open_anchors.pop()
            sizes[anchor] = (count - totals[anchor][0], characters - totals[anchor][1])
        if index == len(nodes.kinds):
            break
        if index in nodes.anchors:
            open_anchors.append((index, nodes.next_of(index)))
        more = (
            sizes[nodes.targets[index]]
            if index in nodes.targets
            else (1, len(nodes.texts[index]) + 2)
        )
        totals.append((count + more[0], characters + more[1]))
    return sizes
