"""Requests and models as the tests of this folder ask them."""

from typing import Any

from auterity_sdk.ai.openai.client import Api, Endpoint
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.ai.request import Converse, Message, Request
from tests.ai.model_server import ModelServer

KEY = "sk-test-1234567890abcdef"
SECRET_TEXT = "Rosa Martinez, +1 614 555 0142"


def request(text: str = SECRET_TEXT, **more: Any) -> Request:
    messages = (Message("system", "Answer briefly."), Message("user", text))
    return Request(**{"task": Converse(), "messages": messages, **more})


def model(
    server: ModelServer, api: Api = "chat", timeout: float = 20.0, **more: Any
) -> OpenAIModel:
    endpoint = Endpoint(url=server.url, key=lambda: KEY, api=api, timeout=timeout)
    return OpenAIModel(endpoint, "scripted-1", **more)
