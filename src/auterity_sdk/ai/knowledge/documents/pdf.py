"""PDF: the text of each page. What was scanned is a picture, and has none."""

from __future__ import annotations

import logging
from io import BytesIO

from auterity_sdk.ai.knowledge.documents.decoding import clean_lines
from auterity_sdk.ai.knowledge.documents.section import Section, Sections, Unreadable
from auterity_sdk.ai.knowledge.passage import Place
from auterity_sdk.errors import ConfigurationError


def read_pdf(content: bytes) -> Sections:
    """A section for each page with text. Raises `Unreadable`, and `ConfigurationError` where pypdf is missing."""
    try:
        import pypdf
    except ImportError:
        raise ConfigurationError(
            "PDF files are read by pypdf, which is not installed",
            help="pip install 'auterity[knowledge]'",
        ) from None
    # It tells of each fault that it gets over; what counts is whether there is text.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(BytesIO(content))
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
        texts = [page.extract_text() for page in reader.pages] if is_open else []
    except Exception as error:  # noqa: BLE001 - a broken file makes pypdf raise anything
        raise Unreadable(f"it is no PDF that can be read ({type(error).__name__})") from None
    if not is_open:
        raise Unreadable("it is encrypted")
    pages = [(number, clean_lines(text)) for number, text in enumerate(texts, start=1)]
    found = [Section(Place(page=page), tuple(lines)) for page, lines in pages if any(lines)]
    if not found:
        raise Unreadable("it has no text; was it scanned?")
    return found
