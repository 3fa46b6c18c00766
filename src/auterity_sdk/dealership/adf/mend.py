"""The second rung: mechanical repairs that keep the meaning, after which strict XML is tried again."""

from __future__ import annotations

import re
from html.entities import html5

from auterity_sdk.dealership.adf.repair import RepairLog
from auterity_sdk.dealership.adf.strict import refused_doctype
from auterity_sdk.dealership.adf.tokens import Token, tokens

_CURLY = re.compile(
    "=\\s*+[\u201c\u201d\u201e\u2033\u2018\u2019\u2032]"
    "([^\u201c\u201d\u201e\u2033\u2018\u2019\u2032\"'<>]*+)[\u201c\u201d\u2033\u2018\u2019\u2032]"
)
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,30}));"
)
_BARE = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,30});)")

ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([A-Za-z_][\w:.-]*+)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]++))"""
)
"""A name, and its value in group 2 (double quotes), 3 (single) or 4 (none)."""


def mended(text: str, log: RepairLog, first_line: int = 1) -> str:
    """`text` with everything mended that can be without knowing ADF; AdfRefused for a document type."""
    return "".join(_mended(token, log) for token in tokens(text, first_line))


def _mended(token: Token, log: RepairLog) -> str:
    match token.kind:
        case "text":
            return _escaped(token.source, log, token.line).replace("<", "&lt;")
        case "tag":
            return _mended_tag(token, log)
        case "instruction":
            if not token.source.startswith("<?xml ") or token.line > 1:
                log.note("ADF002", token.line)
            return "\n" * token.source.count("\n")  # no instruction carries a lead's data
        case "declaration":
            if re.match(r"\s*(?:doctype|entity)", token.content, re.IGNORECASE):
                raise refused_doctype()
            return "\n" * token.source.count("\n")
        case "comment":
            return "\n" * token.source.count("\n")
        case "cdata":
            return token.source


def _mended_tag(token: Token, log: RepairLog) -> str:
    content = _CURLY.sub(r'="\1"', token.content)
    if content != token.content:
        log.note("ADF004", token.line)
    name = re.match(r"/?[\w:.-]+", content)
    if name is None or content.startswith("/"):
        return f"<{content}>"
    attributes: dict[str, str] = {}
    for found in ATTRIBUTE.finditer(content, name.end()):
        attributes.setdefault(found[1], _quoted(found, log, token.line))
    slash = "/" if content.endswith("/") else ""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name[0]}{written}{slash}>" + "\n" * token.source.count("\n")


def _quoted(found: re.Match[str], log: RepairLog, line: int) -> str:
    if found[4] is not None:
        log.note("ADF003", line)
    value = next(v for v in found.group(2, 3, 4) if v is not None)
    return _escaped(value, log, line).replace('"', "&quot;").replace("<", "&lt;").replace("\n", " ")


def _escaped(text: str, log: RepairLog, line: int) -> str:
    bare = _BARE.search(text)
    if bare:
        log.note("ADF005", line + text.count("\n", 0, bare.start()))
        text = _BARE.sub("&amp;", text)
    return _REFERENCE.sub(lambda found: _reference(found, log, line), text)


def _reference(found: re.Match[str], log: RepairLog, line: int) -> str:
    decimal, hexadecimal, name = found.groups()
    if name is None:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        return found[0] if _allowed(number) else _dropped(log, line)
    known = html5.get(f"{name};")
    log.note("ADF006" if known else "ADF005", line)
    return "".join(f"&#{ord(c)};" for c in known) if known else f"&amp;{name};"


def _dropped(log: RepairLog, line: int) -> str:
    log.note("ADF016", line)
    return ""


def _allowed(number: int) -> bool:
    """XML 1.0's Char production."""
    return (
        number in (0x9, 0xA, 0xD)
        or 0x20 <= number <= 0xD7FF
        or 0xE000 <= number <= 0xFFFD
        or 0x10000 <= number <= 0x10FFFF
    )
