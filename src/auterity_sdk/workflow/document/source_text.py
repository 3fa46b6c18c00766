"""A file's text by line and column, and what makes bytes unfit to be read as YAML."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

from auterity_sdk.diagnostics import Diagnostic, Location, Span
from auterity_sdk.workflow.document.yaml_rules import yaml_finding

MAX_BYTES = 5_000_000
_LINE_END = re.compile(r"\r\n?|\n")
# All but YAML's printable characters (1.2.2, 5.1); also the byte order mark and the three characters that
# YAML 1.1 takes for a line end and 1.2 does not (U+0085, U+2028, U+2029). A class of few compiles quickly.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class SourceText:
    """The text of `file` without a leading byte order mark; offsets count code points."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._line_starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset of each line's first character. A line ends with LF, CRLF or CR."""
        if self._line_starts is None:
            self._line_starts = [0, *(end.end() for end in _LINE_END.finditer(self.text))]
        return self._line_starts

    def span(self, start: int, end: int) -> Span:
        """The stretch from `start` to `end` (exclusive), as lines and columns from 1."""
        line, column = self.place(start)
        end_line, end_column = self.place(end)
        return Span(self.file, line, column, end_line, end_column, start, end)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end; empty where there is none."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def at(self, start: int, end: int, label: str = "") -> Location:
        """A location by its place alone."""
        return Location(span=self.span(start, end), label=label)


def decode(file: str, content: str | bytes) -> tuple[SourceText, Diagnostic | None]:
    """The text, and the finding that stops reading it: not UTF-8, too large, or unfit characters."""
    if isinstance(content, bytes):
        source, problem = _decode_bytes(file, content)
    else:
        source, problem = SourceText(file, content.removeprefix("\ufeff")), None
    if problem is None:
        problem = _too_large(source, content) or _unfit_character(source)
    return source, problem


def _decode_bytes(file: str, content: bytes) -> tuple[SourceText, Diagnostic | None]:
    for mark, encoding in _OTHER_ENCODINGS:
        if content.startswith(mark):
            source = SourceText(file, "")
            return source, yaml_finding(
                "AUT002", f"the file is {encoding}", source.at(0, 0), "save it as UTF-8"
            )
    try:
        return SourceText(file, content.decode("utf-8-sig")), None
    except UnicodeDecodeError as error:
        source = SourceText(file, content.decode("utf-8-sig", errors="replace"))
        start = len(content[: error.start].decode("utf-8-sig", errors="replace"))
        return source, yaml_finding(
            "AUT002",
            f"the file is not UTF-8: byte 0x{content[error.start]:02x} cannot stand here",
            source.at(start, start + 1),
            "save it as UTF-8",
        )


def _too_large(source: SourceText, content: str | bytes) -> Diagnostic | None:
    size = len(content)
    if isinstance(content, str) and size <= MAX_BYTES:
        size = len(content.encode("utf-8", errors="surrogatepass"))
    if size <= MAX_BYTES:
        return None
    return yaml_finding(
        "AUT002",
        f"the file has {size:,} bytes, more than {MAX_BYTES:,}",
        source.at(0, 0),
        "split it into several workflows that `call` each other",
    )


def _unfit_character(source: SourceText) -> Diagnostic | None:
    found = _UNFIT.search(source.text)
    if found is None:
        return None
    number = ord(found.group())
    escape = f"\\u{number:04x}" if number > 0xFF else f"\\x{number:02x}"
    return yaml_finding(
        "AUT101",
        f"the character U+{number:04X} cannot stand in a YAML file",
        source.at(found.start(), found.end()),
        f"remove it, or write it as `{escape}` in double-quoted text",
    )
