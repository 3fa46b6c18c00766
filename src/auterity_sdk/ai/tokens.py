"""Tokens before they are counted: reckoned from the length of what is sent."""

from __future__ import annotations

from math import ceil

from msgspec.json import encode

from auterity_sdk.ai.request import Message, Request

BYTES_PER_TOKEN = 3.5
"""Of UTF-8. English has about 4, Spanish 3.5; a tokenizer of each model would have to be fetched."""
TOKENS_PER_MESSAGE = 4
"""What frames a message."""
TOKENS_PER_PICTURE = 1_500
"""A picture of 1024 pixels a side, looked at closely; a model may take fewer."""


def tokens_of(text: str) -> int:
    """About so many tokens a text has; rather too many than too few."""
    return ceil(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


def tokens_asked(request: Request) -> int:
    """About so many tokens a request has: messages, pictures, tools and the shape of the answer."""
    schemas: list[object] = [
        (tool.name, tool.description, tool.parameters) for tool in request.tools
    ]
    if request.shape is not None:
        schemas.append(request.shape.schema)
    described = tokens_of(encode(schemas).decode()) if schemas else 0
    return described + sum(map(_of_message, request.messages))


def _of_message(message: Message) -> int:
    called = sum(tokens_of(call.name) + tokens_of(call.arguments) for call in message.calls)
    pictures = TOKENS_PER_PICTURE * len(message.pictures)
    return TOKENS_PER_MESSAGE + tokens_of(message.text) + called + pictures
