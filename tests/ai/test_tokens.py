"""How many tokens a request has at the most: what is set aside for a call must be enough, whatever is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.openai import chat
from auterity_sdk.ai.request import Message, Picture, Request, Shape, Summarize, Tool, ToolCall
from auterity_sdk.ai.tokens import most_tokens_asked, tokens_asked

LEAVES: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"enum": ["a", "b"]},
    {"$ref": "#/$defs/D"},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
]
NAMES = st.text("abcdefgh", min_size=1, max_size=6)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(NAMES, inner, max_size=4)
    return st.builds(
        lambda properties, some: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties) if some else [],
        },
        fields,
        st.booleans(),
    )


SCHEMAS = st.recursive(st.sampled_from(LEAVES), objects, max_leaves=8).map(
    lambda found: {
        "type": "object",
        "properties": {"x": found},
        "$defs": {"D": {"type": "object", "properties": {"n": {"type": "number"}}}},
    }
)
MESSAGES = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant"]),
    text=st.text(),
    calls=st.lists(st.builds(ToolCall, st.text(max_size=5), NAMES, st.text()), max_size=2).map(
        tuple
    ),
)
REQUESTS = st.builds(
    Request,
    task=st.just(Summarize("")),
    messages=st.lists(MESSAGES, max_size=4).map(tuple),
    shape=st.none() | st.builds(Shape, NAMES, SCHEMAS),
    tools=st.lists(st.builds(Tool, NAMES, st.text(), SCHEMAS), max_size=2).map(tuple),
)


def texts(value: Any) -> list[str]:
    """All texts of what is sent that a model reads; a schema is read as it is written."""
    made: list[str] = []
    for message in value["messages"]:
        made.append(message["content"] or "")
        for call in message.get("tool_calls", ()):
            made += [call["function"]["name"], call["function"]["arguments"]]
    if "response_format" in value:
        made.append(written(value["response_format"]["json_schema"]["schema"]))
    for tool in value.get("tools", ()):
        function = tool["function"]
        made += [function["name"], function["description"], written(function["parameters"])]
    return made


def written(schema: Any) -> str:
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)


@given(request=REQUESTS)
def test_no_request_has_more_bytes_to_read_than_is_set_aside(request: Request) -> None:
    """A token stands for a byte at least, so that this is enough for each tokenizer that works on bytes."""
    sent = chat.parameters(request, "m", newer=True, stream=False)
    read = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts(sent))
    assert read <= most_tokens_asked(request, "m")


@pytest.mark.parametrize("text", ["7" * 900, "🚗" * 300, "qzxjkv" * 200, "👩‍👩‍👧‍👦" * 50])
def test_texts_that_take_more_tokens_than_words_do(text: str) -> None:
    request = Request(task=Summarize(text), messages=(Message("user", text),))
    assert most_tokens_asked(request, "m") >= len(text.encode())
    assert most_tokens_asked(request, "m") >= tokens_asked(request)


@pytest.mark.parametrize(("model", "least"), [("gpt-4.1-nano", 3_779), ("gpt-4o-mini", 48_169)])
def test_a_picture_takes_as_much_as_the_model_counts(model: str, least: int) -> None:
    picture = Message("user", "", (Picture("image/png", b"x"),))
    request = Request(task=Summarize(""), messages=(picture,))
    assert most_tokens_asked(request, model) >= least
