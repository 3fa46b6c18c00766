"""What surrounds ADF: an e-mail, a web page, a comment, another text. Finds the documents inside."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message

from auterity_sdk.dealership.adf.decoding import decoded
from auterity_sdk.dealership.adf.refusal import AdfRefused
from auterity_sdk.dealership.adf.repair import RepairLog

_MOST_PARTS = 30
_MOST_BOUNDARIES = 2_000  # lines that could be one: a long thread of mails has hundreds
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n")
_MAIL = re.compile(
    r"^(?:mime-version|content-type|from|subject|received):", re.IGNORECASE | re.MULTILINE
)
_NESTING = re.compile(r"boundary\s{0,5}=|message/rfc822", re.IGNORECASE)
_XML_TYPES = frozenset(
    ("application/xml", "text/xml", "application/x-adf+xml", "application/adf+xml")
)
_ADF_TAG = re.compile(r"<(/?)(?:[A-Za-z][\w.-]{0,30}:)?adf\b[^<>]{0,500}>", re.IGNORECASE)
_PROSPECT_TAG = re.compile(r"<(/?)(?:[A-Za-z][\w.-]{0,30}:)?prospect\b[^<>]{0,500}>", re.IGNORECASE)
_ESCAPED = re.compile(r"&lt;(?:[A-Za-z]\w{0,30}:)?(?:adf|prospect)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that holds a document, and the line it starts on."""

    text: str
    line: int


def bodies(text: str, log: RepairLog) -> list[str]:
    """The parts of an e-mail that may hold ADF, XML parts first; the text itself if it is no e-mail."""
    if not _is_mail(text):
        return [text]
    if len(_NESTING.findall(text)) > _MOST_PARTS or text.count("\n--") > _MOST_BOUNDARIES:
        raise AdfRefused("the e-mail has too many parts")
    parts = [part for part in message_from_string(text).walk() if not part.is_multipart()]
    xml = [part for part in parts if part.get_content_type() in _XML_TYPES]
    texts = [part for part in parts if part.get_content_maintype() == "text"]
    return [_body(part, log) for part in xml or texts or parts] or [text]


def blocks(text: str, log: RepairLog) -> list[Block]:
    """The ADF documents within a text; empty if it has none."""
    found = list(_between(text, _ADF_TAG)) or list(_between(text, _PROSPECT_TAG))
    if found:
        return found
    if _ESCAPED.search(text):
        log.note("ADF013", confidence="medium")
        inner = html.unescape(text)
        return list(_between(inner, _ADF_TAG)) or list(_between(inner, _PROSPECT_TAG))
    return []


def _is_mail(text: str) -> bool:
    if not _HEADER.match(text):
        return False
    head = text[:20_000].replace("\r\n", "\n").partition("\n\n")[0]
    return _MAIL.search(head) is not None


def _body(part: Message, log: RepairLog) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decoded(payload, log, part.get_content_charset())


def _between(text: str, tag: re.Pattern[str]) -> Iterator[Block]:
    """From each start tag to its end tag, or where that lacks to the next start or the end of the text."""
    start: int | None = None
    for found in tag.finditer(text):
        closing = found[1] == "/"
        if not closing and start is None:
            start = found.start()
        elif closing and start is not None:
            yield _block(text, start, found.end())
            start = None
    if start is not None:
        yield _block(text, start, len(text))


def _block(text: str, start: int, end: int) -> Block:
    return Block(text[start:end], text.count("\n", 0, start) + 1)
