"""Pictures as the API takes them."""

from __future__ import annotations

from base64 import b64encode

from auterity_sdk.ai.request import Picture


def picture_url(picture: Picture) -> str:
    """A picture written into a URL of its own, so that nobody has to fetch it."""
    return f"data:{picture.media_type};base64,{b64encode(picture.content).decode('ascii')}"
