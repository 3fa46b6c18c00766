"""Tokens before they are counted, by the length of what is sent: about so many, and at the most so many."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from msgspec.json import encode

from auterity_sdk.ai.request import Message, Request

BYTES_PER_TOKEN = 3.5
"""Of UTF-8. English has about 4, Spanish 3.5; a tokenizer of each model would have to be fetched."""
TOKENS_PER_MESSAGE = 4
"""What frames a message."""
TOKENS_PER_PICTURE = 1_500
"""A picture of 1024 pixels a side, looked at closely; a model may take fewer."""

MOST_PER_MESSAGE = 16
"""What frames a message, with its role and the beginning of the answer."""
MOST_PER_SCHEMA = 64
"""What a provider writes around the schema of an answer or of a tool."""
SCHEMA_GROWTH = 3
"""So many times as long a schema is in the strict form in which it is sent."""
MOST_PER_PICTURE = 3_800
"""1,536 patches of 2.46 tokens: what a picture takes of the models that count most finely."""
MOST_OF_COARSE = 48_200
"""2,833, and 5,667 for each of eight tiles: some models count a picture's tokens by its price."""
_COARSE = "4o-mini"


def tokens_of(text: str) -> int:
    """About so many tokens a text has."""
    return ceil(_bytes(text) / BYTES_PER_TOKEN)


def tokens_asked(request: Request) -> int:
    """About so many tokens a request has: messages, pictures, tools and the shape of the answer."""
    framed = TOKENS_PER_MESSAGE * len(request.messages) + TOKENS_PER_PICTURE * _pictures(request)
    schemas = _schemas(request)
    described = tokens_of(encode(schemas).decode()) if schemas else 0
    return framed + described + _of_messages(request, tokens_of)


def most_tokens_asked(request: Request, model: str) -> int:
    """A request has no more tokens than this, whatever its texts say.

    A tokenizer that works on bytes begins with them and only ever merges, so that each of its tokens stands for one
    byte at least. Pictures are by the tables of OpenAI.
    """
    return most_tokens_of_text(request) + most_of_picture(model) * _pictures(request)


def most_tokens_of_text(request: Request) -> int:
    """The same without the pictures."""
    framed = MOST_PER_MESSAGE * len(request.messages)
    schemas = _schemas(request)
    described = SCHEMA_GROWTH * len(encode(schemas)) + MOST_PER_SCHEMA * len(schemas)
    return framed + (described if schemas else 0) + _of_messages(request, _bytes)


def most_of_picture(model: str) -> int:
    """A picture takes no more tokens of a model than this."""
    return MOST_OF_COARSE if _COARSE in model else MOST_PER_PICTURE


def _schemas(request: Request) -> list[object]:
    schemas: list[object] = [
        (tool.name, tool.description, tool.parameters) for tool in request.tools
    ]
    if request.shape is not None:
        schemas.append(request.shape.schema)
    return schemas


def _pictures(request: Request) -> int:
    return sum(len(message.pictures) for message in request.messages)


def _of_messages(request: Request, tokens: Callable[[str], int]) -> int:
    return sum(_of_message(message, tokens) for message in request.messages)


def _of_message(message: Message, tokens: Callable[[str], int]) -> int:
    called = sum(tokens(call.name) + tokens(call.arguments) for call in message.calls)
    return tokens(message.text) + called


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
