"""What a table of `auterity.toml` may say of a connection to a language model."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_address
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.settings import Settings
from auterity_sdk.workflow.budget import LONGEST_REQUEST

LLM = "llm"
"""The kind of these connections, and the name of the usual one."""
OPENAI_KEY = SecretReference("env:OPENAI_API_KEY")
AZURE_KEY = SecretReference("env:AZURE_OPENAI_API_KEY")
_LOOPBACK = "localhost"


class ModelSettings(Settings):
    """Base of those that ask a server. Prices are US dollars for a million tokens.

    What is asked has at most `max_input_tokens`, pictures not counted: longer texts are refused before they are sent.
    """

    serves: ClassVar[tuple[str, ...]] = (LLM,)

    model: str = Field(min_length=1)
    embedding_model: str = ""
    timeout: float = Field(default=60.0, gt=0, le=3600)
    fallback: tuple[str, ...] = ()
    max_input_tokens: int = Field(default=LONGEST_REQUEST, ge=1)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    input_price: Decimal | None = Field(default=None, ge=0)
    output_price: Decimal | None = Field(default=None, ge=0)
    cached_price: Decimal | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _priced_whole(self) -> Self:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("input_price and output_price come together")
        if self.cached_price is not None and self.input_price is None:
            raise ValueError("cached_price comes with input_price and output_price")
        return self


class OpenAISettings(ModelSettings):
    """OpenAI, or with `base_url` any server that speaks its protocol.

    Without `api_key`, OpenAI itself is given `env:OPENAI_API_KEY`, and any other server none. Without `api`, OpenAI
    is asked by `responses`, any other by `chat`. `fallback` names the connections that are asked next. Prices are
    US dollars for a million tokens, where they are other than the price table's.
    """

    base_url: str | None = None
    api_key: SecretReference | None = None
    api: Literal["responses", "chat"] | None = None

    @field_validator("base_url")
    @classmethod
    def _private(cls, url: str | None) -> str | None:
        return None if url is None else _private(url)

    @property
    def key(self) -> SecretReference | None:
        """Where the key is; None for a server that asks for none."""
        return self.api_key or (OPENAI_KEY if self.base_url is None else None)


class AzureSettings(ModelSettings):
    """Azure OpenAI. `base_url` is the resource (`https://NAME.openai.azure.com`), `model` the deployment's name."""

    base_url: str
    api_key: SecretReference = AZURE_KEY
    api_version: str = Field(default="2024-10-21", pattern=r"^\d{4}-\d{2}-\d{2}(-preview)?$")
    api: Literal["responses", "chat"] | None = None

    @field_validator("base_url")
    @classmethod
    def _private(cls, url: str) -> str:
        return _private(url)


class LangChainSettings(ModelSettings):
    """A LangChain `Runnable` of the project: a chat model, a chain or a prompt template (`pip install auterity[langchain]`).

    `runnable` is `MODULE:NAME`, the module from the project's folder; `model` the name that answers and prices know
    it by. A prompt template makes messages, with which the connection `asks` is asked.
    """

    runnable: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
    asks: str = ""


class OfflineModelSettings(Settings):
    """Rules on this machine, and no model: what is asked where there is no connection of the kind."""

    serves: ClassVar[tuple[str, ...]] = (LLM,)


class RecordedModelSettings(Settings):
    """Answers that `--record` kept in a file, relative to the project. Nothing is asked that is not in it."""

    serves: ClassVar[tuple[str, ...]] = (LLM,)

    file: str = Field(min_length=1)


def _private(url: str) -> str:
    """A URL at which the key and the texts are read by its host alone."""
    parts = urlsplit(url)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("a URL without credentials, query and fragment is expected")
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("an absolute URL of https is expected")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("http is for a server on this machine; write https")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == _LOOPBACK
