"""The Chat Completions API: a request as its parameters, and its answer read, whole or in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from auterity_sdk.ai.language_model import Finish, Usage
from auterity_sdk.ai.openai.picture_url import picture_url
from auterity_sdk.ai.openai.said import Said
from auterity_sdk.ai.openai.strict_schema import strict_schema
from auterity_sdk.ai.request import Message, Request, Shape, Tool, ToolCall

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "calls",
    "function_call": "calls",
    "content_filter": "filtered",
}


def parameters(request: Request, model: str, *, newer: bool, stream: bool) -> dict[str, Any]:
    """What `chat.completions.create` is given. OpenAI's `newer` models refuse the name that others know alone."""
    limit = "max_completion_tokens" if newer else "max_tokens"
    made: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        limit: request.longest_answer,
    }
    if stream:
        made |= {"stream": True, "stream_options": {"include_usage": True}}
    if request.shape is not None:
        made["response_format"] = {"type": "json_schema", "json_schema": _shape(request.shape)}
    if request.tools:
        made["tools"] = [_tool(tool) for tool in request.tools]
    if request.temperature is not None:
        made["temperature"] = request.temperature
    if request.seed is not None:
        made["seed"] = request.seed
    return made


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.answers, "content": message.text}
    made: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.pictures:
        made["content"] = [
            {"type": "text", "text": message.text},
            *(
                {"type": "image_url", "image_url": {"url": picture_url(each)}}
                for each in message.pictures
            ),
        ]
    if message.calls:
        made["content"] = message.text or None
        made["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.calls
        ]
    return made


def _shape(shape: Shape) -> dict[str, Any]:
    strict = strict_schema(shape.schema)
    schema = dict(shape.schema) if strict is None else strict
    return {"name": shape.name, "schema": schema, "strict": strict is not None}


def _tool(tool: Tool) -> dict[str, Any]:
    strict = strict_schema(tool.parameters)
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters) if strict is None else strict,
        "strict": strict is not None,
    }
    return {"type": "function", "function": function}


def read(completion: ChatCompletion) -> Said | None:
    """A whole answer; None where it holds no choice."""
    if not completion.choices:
        return None
    choice = completion.choices[0]
    message = choice.message
    return Said(
        id=completion.id or "",
        model=completion.model or "",
        text=message.content or "",
        refusal=message.refusal or "",
        calls=[
            ToolCall(call.id or "", call.function.name, call.function.arguments or "")
            for call in message.tool_calls or ()
            if call.type == "function"
        ],
        finish=_FINISHES.get(choice.finish_reason, "stop"),
        usage=_usage(completion.usage),
    )


def _usage(usage: CompletionUsage | None) -> Usage | None:
    if usage is None:
        return None
    details = usage.prompt_tokens_details
    cached = details.cached_tokens if details is not None else None
    return Usage(int(usage.prompt_tokens), int(usage.completion_tokens), cached or 0)


class _Call(Struct):
    id: str = ""
    name: str = ""
    arguments: str = ""


class ChatStream(Struct):
    """An answer that comes in chunks. Tools' arguments come split, each piece with the place of its call."""

    said: Said = field(default_factory=Said)
    begun: bool = False
    """Whether there was a choice."""
    _calls: dict[int, _Call] = field(default_factory=dict)

    def add(self, chunk: ChatCompletionChunk) -> str:
        """Take a chunk in; gives the text that it adds. The last may hold nothing but the usage."""
        said = self.said
        said.id = said.id or chunk.id or ""
        said.model = said.model or chunk.model or ""
        said.usage = _usage(chunk.usage) or said.usage
        if not chunk.choices:
            return ""
        self.begun = True
        choice = chunk.choices[0]
        if choice.finish_reason is not None:
            said.finish = _FINISHES.get(choice.finish_reason, "stop")
        delta = choice.delta
        for piece in delta.tool_calls or ():
            self._join(piece)
        said.refusal += delta.refusal or ""
        said.text += delta.content or ""
        return delta.content or ""

    def _join(self, piece: Any) -> None:
        place = piece.index if piece.index is not None else max(len(self._calls) - 1, 0)
        call = self._calls.setdefault(place, _Call())
        call.id = call.id or piece.id or ""
        if piece.function is not None:
            call.name += piece.function.name or ""
            call.arguments += piece.function.arguments or ""

    def whole(self) -> Said | None:
        """All that was said; None where the stream ended before the answer did."""
        if self.said.finish is None:
            return None
        calls = (self._calls[place] for place in sorted(self._calls))
        self.said.calls = [ToolCall(call.id, call.name, call.arguments) for call in calls]
        return self.said
