"""The Responses API: a request as its parameters, and its answer read, whole or in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from auterity_sdk.ai.language_model import Finish, Usage
from auterity_sdk.ai.openai.picture_url import picture_url
from auterity_sdk.ai.openai.said import Said
from auterity_sdk.ai.openai.strict_schema import strict_schema
from auterity_sdk.ai.request import Message, Request, Shape, Tool, ToolCall

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseStreamEvent, ResponseUsage

SHORTEST_ANSWER = 16
"""The API takes no smaller bound of tokens."""

_INCOMPLETE: dict[str | None, Finish] = {
    "max_output_tokens": "length",
    "content_filter": "filtered",
}


def parameters(request: Request, model: str, *, stream: bool) -> dict[str, Any]:
    """What `responses.create` is given. The provider is told not to keep the answer; there is no `seed`."""
    made: dict[str, Any] = {
        "model": model,
        "input": [item for message in request.messages for item in _items(message)],
        "max_output_tokens": max(request.longest_answer, SHORTEST_ANSWER),
        "store": False,
    }
    if stream:
        made["stream"] = True
    if request.shape is not None:
        made["text"] = {"format": _format(request.shape)}
    if request.tools:
        made["tools"] = [_tool(tool) for tool in request.tools]
    if request.temperature is not None:
        made["temperature"] = request.temperature
    return made


def _items(message: Message) -> Iterator[dict[str, Any]]:
    """One message as what the API lists: a call, and a call's output, are items beside messages."""
    if message.role == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message.answers,
            "output": message.text,
        }
        return
    if message.text or message.pictures or not message.calls:
        yield {"role": message.role, "content": _content(message)}
    for call in message.calls:
        yield {
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.pictures:
        return message.text
    pictures = (
        {"type": "input_image", "image_url": picture_url(each), "detail": "auto"}
        for each in message.pictures
    )
    return [{"type": "input_text", "text": message.text}, *pictures]


def _format(shape: Shape) -> dict[str, Any]:
    strict = strict_schema(shape.schema)
    schema = dict(shape.schema) if strict is None else strict
    return {
        "type": "json_schema",
        "name": shape.name,
        "schema": schema,
        "strict": strict is not None,
    }


def _tool(tool: Tool) -> dict[str, Any]:
    strict = strict_schema(tool.parameters)
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters) if strict is None else strict,
        "strict": strict is not None,
    }


def error_code(response: Response) -> str | None:
    """Why the model failed; None where it did not."""
    if response.status not in ("failed", "cancelled"):
        return None
    return (response.error.code if response.error is not None else None) or "server_error"


def read(response: Response) -> Said | None:
    """A whole answer; None where it holds no output."""
    finish: Finish = "stop"
    if response.status == "incomplete":
        details = response.incomplete_details
        finish = _INCOMPLETE.get(details.reason if details is not None else None, "length")
    elif not response.output:
        return None
    said = Said(
        id=response.id or "",
        model=response.model or "",
        finish=finish,
        usage=_usage(response.usage),
    )
    for item in response.output or ():
        _take(item, said)
    return said


def _take(item: Any, said: Said) -> None:
    """Take in one item of the output. What a model thinks is no part of what it says."""
    if item.type == "function_call":
        said.calls.append(ToolCall(item.call_id or "", item.name, item.arguments or ""))
    elif item.type == "message":
        for part in item.content:
            if part.type == "output_text":
                said.text += part.text or ""
            elif part.type == "refusal":
                said.refusal += part.refusal or ""


def _usage(usage: ResponseUsage | None) -> Usage | None:
    if usage is None:
        return None
    # Servers of one's own leave the details out, though the client's type has them.
    details: Any = usage.input_tokens_details
    cached = details.cached_tokens if details is not None else None
    return Usage(int(usage.input_tokens), int(usage.output_tokens), cached or 0)


class ResponseStream(Struct):
    """An answer that comes as events. The last of them holds the whole answer, so the pieces are only told."""

    response: Response | None = None
    error: str | None = None

    def add(self, event: ResponseStreamEvent) -> str:
        """Take an event in; gives the text that it adds."""
        match event.type:
            case "response.output_text.delta":
                return event.delta or ""
            case "response.completed" | "response.incomplete" | "response.failed":
                self.response = event.response
            case "error":
                self.error = event.code or "server_error"
            case _:
                pass
        return ""
