"""A text made easy to compare, with each character where it was."""

from __future__ import annotations

import unicodedata

_PLAIN = {
    ord(mark): plain
    for marks, plain in (
        ("\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}`", "'"),
        ("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"'),
        ("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-"),
        ("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t\n\r", " "),
    )
    for mark in marks
}


def fold(text: str) -> str:
    """Lower case, without accents, plain quotes, dashes, blanks and digits; as long as `text`.

    Newlines become blanks; the text is best in the form NFC. A place found in the folded text is the same place in the text.
    """
    return "".join(map(_folded, text.translate(_PLAIN)))


def _folded(mark: str) -> str:
    if mark.isascii():
        return mark.lower()
    if mark.isdecimal():
        return str(unicodedata.decimal(mark))
    if not mark.isalpha():
        return mark
    base = unicodedata.normalize("NFKD", mark)[0].lower()
    return base if len(base) == 1 else mark
