"""Messages and answers, in LangChain's form and in ours."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from pydantic import BaseModel

from auterity_sdk.ai.language_model import Answer, Finish, Usage
from auterity_sdk.ai.request import Message, Request, Role, ToolCall
from auterity_sdk.ai.tokens import tokens_asked, tokens_of

_FINISHES: Mapping[Any, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
    "refusal": "refused",
}
_ROLES: Mapping[str, Role] = {
    "system": "system",
    "human": "user",
    "ai": "assistant",
    "tool": "tool",
}


def langchain_messages(request: Request) -> list[BaseMessage]:
    """What a request says. The form of its answer is a message too, since each model is told it in another way."""
    made = [_message(message) for message in request.messages]
    if request.shape is not None:
        schema = json.dumps(request.shape.schema)
        made.append(
            SystemMessage(f"Answer with one JSON object of this JSON Schema alone: {schema}")
        )
    return made


def _message(message: Message) -> BaseMessage:
    match message.role:
        case "system":
            return SystemMessage(message.text)
        case "user":
            return HumanMessage(_parts(message) if message.pictures else message.text)
        case "assistant":
            calls = [
                {"name": call.name, "args": _arguments(call), "id": call.id}
                for call in message.calls
            ]
            return AIMessage(message.text, tool_calls=calls)
        case _:
            return ToolMessage(message.text, tool_call_id=message.answers)


def _parts(message: Message) -> list[str | dict[Any, Any]]:
    pictures: list[str | dict[Any, Any]] = [
        {
            "type": "image",
            "base64": b64encode(each.content).decode("ascii"),
            "mime_type": each.media_type,
        }
        for each in message.pictures
    ]
    return [{"type": "text", "text": message.text}, *pictures]


def _arguments(call: ToolCall) -> dict[str, Any]:
    try:
        found = json.loads(call.arguments)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def messages_of(messages: Sequence[BaseMessage]) -> tuple[Message, ...]:
    """What a prompt template made. Raises `TypeError` for a message that is none of a conversation."""
    made = []
    for message in messages:
        role = _ROLES.get(message.type)
        if role is None:
            raise TypeError(message.type)
        made.append(Message(role, str(message.text)))
    return tuple(made)


def answer_of(made: Any, request: Request, provider: str, model: str) -> Answer:
    """What a runnable gave, as an answer. Raises `TypeError` for what is no text and no data."""
    if isinstance(made, AIMessage):
        return _of_message(made, request, provider, model)
    if isinstance(made, BaseModel):
        text = made.model_dump_json()
    elif isinstance(made, str):
        text = made
    elif isinstance(made, dict | list):
        text = json.dumps(made, ensure_ascii=False)
    else:
        raise TypeError(type(made).__name__)
    usage = Usage(tokens_asked(request), tokens_of(text), estimated=True)
    return Answer(text=text, usage=usage, provider=provider, model=model)


def _of_message(message: AIMessage, request: Request, provider: str, model: str) -> Answer:
    text, said = str(message.text), message.response_metadata
    refusal = str(message.additional_kwargs.get("refusal") or "")
    calls = _calls(message)
    ended = said.get("finish_reason") or said.get("stop_reason")
    finish: Finish = _FINISHES.get(ended, "calls" if calls else "stop")
    return Answer(
        text=text,
        calls=calls,
        refusal=refusal,
        finish="refused" if refusal else finish,
        usage=_usage(message, request),
        provider=provider,
        model=model,
        id=str(message.id or ""),
    )


def _calls(message: AIMessage) -> tuple[ToolCall, ...]:
    """Calls with arguments that were read, then those whose arguments are no JSON, as they were written."""
    read = (
        ToolCall(str(call["id"] or ""), call["name"], json.dumps(call["args"], ensure_ascii=False))
        for call in message.tool_calls
    )
    unread = (
        ToolCall(str(call["id"] or ""), call["name"] or "", call["args"] or "")
        for call in message.invalid_tool_calls
    )
    return (*read, *unread)


def _usage(message: AIMessage, request: Request) -> Usage:
    told = message.usage_metadata
    if told is None:
        written = tokens_of(str(message.text) + json.dumps(message.tool_calls))
        return Usage(tokens_asked(request), written, estimated=True)
    cached = told.get("input_token_details", {}).get("cache_read", 0)
    return Usage(told["input_tokens"], told["output_tokens"], cached)
