"""Pictures as workflows hold them: `data:` URLs."""

from __future__ import annotations

import base64
import binascii
import re

from auterity_sdk.ai.request import Picture
from auterity_sdk.errors import StepError

KINDS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
"""The media types that models read, and how a file of each begins."""

LARGEST = 20 * 1024 * 1024
"""Bytes of one picture."""

_URL = re.compile(r"data:(image/[a-z]+);base64,([A-Za-z0-9+/=\s]+)")


def picture(url: str) -> Picture:
    """The picture that a `data:` URL holds. Raises `StepError` of type `bad_input`; it quotes nothing."""
    found = _URL.fullmatch(url)
    if found is None or found[1] not in KINDS:
        raise StepError(
            "a picture is no `data:` URL of PNG, JPEG, GIF or WebP",
            type="bad_input",
            help="write data:image/png;base64,… ; a model never fetches an address",
        )
    try:
        content = base64.b64decode(found[2], validate=False)
    except binascii.Error:
        raise StepError("a picture is no base64", type="bad_input") from None
    if not content.startswith(KINDS[found[1]]) or len(content) > LARGEST:
        raise StepError("a picture is not what it says it is, or is too large", type="bad_input")
    return Picture(found[1], content)
