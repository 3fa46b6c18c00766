"""The third rung: elements from tags that do not match, without ever going deep or looking twice."""

from __future__ import annotations

import html
import re

from auterity_sdk.dealership.adf.element import DEEPEST, Element, folded
from auterity_sdk.dealership.adf.mend import ATTRIBUTE
from auterity_sdk.dealership.adf.tokens import Token, tokens

# Elements that hold only text: another start tag ends one that was not closed.
_LEAF_NAMES = """
id requestdate year make model vin stock trim doors bodystyle transmission odometer condition imagetag interiorcolor
exteriorcolor preference price pricecomments optionname manufacturercode weighting method amount balance description
earliestdate latestdate vendorname url service email phone street apartment city regioncode postalcode country
"""
_LEAVES = frozenset(_LEAF_NAMES.split())
# The parts of a prospect: one that starts ends another that was not closed, and no stray end tag in it ends more.
_PARTS = frozenset(("vehicle", "customer", "vendor", "provider"))
_WHOLE = frozenset(("prospect", "adf"))


def scan(text: str, first_line: int = 1) -> Element:
    """The elements of any text under a nameless root. An end tag closes the nearest element of its name, if one is open."""
    root = Element("")
    open_elements = [root]
    for token in tokens(text, first_line):
        match token.kind:
            case "text":
                open_elements[-1].pieces.append(html.unescape(token.content))
            case "cdata":
                open_elements[-1].pieces.append(token.content)
            case "tag" if token.content.startswith("/"):
                _close(folded(_name(token.content[1:])), open_elements)
            case "tag":
                _start(token, open_elements)
            case _:
                pass
    return root


def _start(token: Token, open_elements: list[Element]) -> None:
    name = _name(token.content)
    attributes: dict[str, str] = {}
    for found in ATTRIBUTE.finditer(token.content, len(name)):
        value = next(v for v in found.group(2, 3, 4) if v is not None)
        attributes.setdefault(folded(found[1]), html.unescape(value))
    element = Element(folded(name), attributes, token.line)
    _end_unclosed(element.name, open_elements)
    open_elements[-1].children.append(element)
    if not token.content.endswith("/") and len(open_elements) <= DEEPEST:
        open_elements.append(element)


def _end_unclosed(starting: str, open_elements: list[Element]) -> None:
    if open_elements[-1].name in _LEAVES:
        open_elements.pop()
    if starting in _PARTS or starting in _WHOLE:
        ends = _PARTS if starting in _PARTS else _PARTS | {"prospect"}
        depth = next((d for d, e in enumerate(open_elements) if e.name in ends), None)
        if depth is not None:
            del open_elements[depth:]


def _close(name: str, open_elements: list[Element]) -> None:
    for depth in range(len(open_elements) - 1, 0, -1):
        if open_elements[depth].name == name:
            del open_elements[depth:]
            return
        if open_elements[depth].name in _PARTS and name not in _WHOLE:
            break
    if open_elements[-1].name in _LEAVES:
        open_elements.pop()


def _name(content: str) -> str:
    found = re.match(r"[\w:.-]+", content)
    return found[0] if found else ""
