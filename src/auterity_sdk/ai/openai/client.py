"""The official client: where it speaks to, and how long it lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, ref

from msgspec import Struct

from auterity_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from ssl import SSLContext

    from httpx2 import AsyncBaseTransport
    from openai import AsyncOpenAI

OPENAI = "openai"
AZURE = "azure"
OPENAI_URL = "https://api.openai.com/v1"
AZURE_VERSION = "2024-10-21"
"""The last version of Azure's API that is no preview."""
TIMEOUT = 60.0
LONGEST_CONNECTING = 10.0

Api = Literal["responses", "chat"]
Key = Callable[[], str]
"""Gives the key when it is needed."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """A server and how it is spoken to. `timeout` is of a whole call, in seconds.

    `key` None is for a server that asks for none. Without `api`, OpenAI itself is asked by Responses, any other by
    Chat Completions. `azure` is the version of Azure's API; empty for what is not Azure. Raises
    `ConfigurationError` for a URL that would show the key and the texts to others.
    """

    url: str = OPENAI_URL
    key: Key | None = None
    api: Api | None = None
    azure: str = ""
    timeout: float = TIMEOUT
    transport: Callable[[SSLContext], AsyncBaseTransport] | None = None
    """Makes what requests go by, where that is not every address of the network."""

    def __post_init__(self) -> None:
        if not is_private(self.url):
            raise ConfigurationError(
                "the URL of a language model is https, without credentials, query and fragment",
                help="http is for a server on this machine",
            )

    @property
    def host(self) -> str:
        """Host and port, as errors name it."""
        return urlsplit(self.url).netloc

    @property
    def provider(self) -> str:
        """`openai` and `azure` by those names, any other server by its host's."""
        if self.azure:
            return AZURE
        host = urlsplit(self.url).hostname or ""
        return OPENAI if host == urlsplit(OPENAI_URL).hostname else host

    @property
    def asked_by(self) -> Api:
        """The API that is used."""
        return self.api or ("responses" if self.provider == OPENAI else "chat")


def is_private(url: str) -> bool:
    """Whether what is sent to a URL is read by its host alone: https, or a server on this machine."""
    parts = urlsplit(url)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    extra = parts.username or parts.password or parts.query or parts.fragment
    if not host or extra:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Opened(Struct, frozen=True, eq=False):
    lifetime: AsyncGenerator[AsyncOpenAI, None]
    client: AsyncOpenAI


_Open = WeakKeyDictionary[asyncio.AbstractEventLoop, _Opened]

# Held until their loop ends, whoever drops the models: garbage is collected in no order, and a connection that goes
# before its client would be told as left open.
_living: dict[object, _Opened] = {}


class Clients:
    """The client of an endpoint: one for each event loop, since connections are kept open and belong to one."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._open: _Open = WeakKeyDictionary()

    async def current(self) -> AsyncOpenAI:
        """The client of the running loop."""
        loop = asyncio.get_running_loop()
        opened = self._open.get(loop)
        if opened is None:
            key = object()
            lifetime = _lifetime(self._endpoint, key, ref(self._open))
            opened = _living[key] = self._open[loop] = _Opened(lifetime, await anext(lifetime))
        return opened.client


async def _lifetime(
    endpoint: Endpoint, key: object, opened: ref[_Open]
) -> AsyncGenerator[AsyncOpenAI, None]:
    # A loop that ends closes the generators that were begun on it: so connections are closed in time, though nobody
    # who holds a model knows when its loop ends.
    client = _made(endpoint)
    try:
        yield client
    finally:
        await client.close()
        _living.pop(key, None)
        clients = opened()
        if clients is not None:
            clients.pop(asyncio.get_running_loop(), None)


@cache
def _trusted() -> SSLContext:
    """Whom TLS trusts. Reading the certificates takes longer than an answer of this program, so it is done once."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def _made(endpoint: Endpoint) -> AsyncOpenAI:
    import httpx2  # here, as is the client: half a second, for those who use it
    from openai import AsyncAzureOpenAI, AsyncOpenAI

    connecting = min(LONGEST_CONNECTING, endpoint.timeout)
    # A redirect would take the customer's text elsewhere, and a proxy of the environment is nobody's setting.
    http = httpx2.AsyncClient(
        verify=_trusted(),
        timeout=httpx2.Timeout(None, connect=connecting),
        follow_redirects=False,
        trust_env=False,
        transport=None if endpoint.transport is None else endpoint.transport(_trusted()),
    )

    async def key() -> str:
        # Never None: the client would take OPENAI_API_KEY, and send it to whichever server this is.
        return endpoint.key() if endpoint.key is not None else "none"

    client: AsyncOpenAI
    if endpoint.azure:
        client = AsyncAzureOpenAI(
            azure_endpoint=endpoint.url,
            api_version=endpoint.azure,
            api_key=key,
            max_retries=0,
            timeout=None,
            http_client=http,
        )
    else:
        client = AsyncOpenAI(
            base_url=endpoint.url, api_key=key, max_retries=0, timeout=None, http_client=http
        )
    # Taken from the environment, and meant for OpenAI alone.
    client.organization = client.project = None
    return client
