"""From bytes to text: the document's own word on its encoding, then UTF-8, then what Windows would have written."""

from __future__ import annotations

import re

from auterity_sdk.dealership.adf.repair import RepairLog

_DECLARED = re.compile(rb"""encoding\s{0,3}=\s{0,3}["']?([A-Za-z0-9._-]{1,40})""")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED_WIDE = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))

# Only encodings that text is really in: Python's list also holds codecs that run quadratically or are no text.
_KNOWN = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-15": "iso8859-15",
    "utf-16": "utf-16",
}


def decoded(data: bytes, log: RepairLog, declared: str | None = None) -> str:
    """The text of `data`; `declared` is what its transport says of its encoding. Never fails."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding) or _loosely(data[len(mark) :], log)
    for start, encoding in _UNMARKED_WIDE:
        if data.startswith(start):
            return _strictly(data, encoding) or _loosely(data, log)
    named = _DECLARED.search(data, 0, 300)
    name = declared or (named[1].decode("ascii") if named else "utf-8")
    text = _strictly(data, _KNOWN.get(name.lower(), "utf-8"))
    return _loosely(data, log) if text is None else text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _loosely(data: bytes, log: RepairLog) -> str:
    log.note("ADF015", confidence="medium")
    text = _strictly(data, "utf-8")
    return data.decode("cp1252", "replace") if text is None else text
