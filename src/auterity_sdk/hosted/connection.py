"""One server over HTTP: signs requests, makes them again where that is safe, and raises what the server refuses."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2
from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import to_json

from auterity_sdk.errors import HostedError, ServerUnavailable
from auterity_sdk.hosted.address import Address
from auterity_sdk.hosted.credentials import Credentials
from auterity_sdk.hosted.refusals import refusal
from auterity_sdk.hosted.retrying import Patience, may_repeat, retry_after
from auterity_sdk.hosted.tagged import Tagged

Model = TypeVar("Model", bound=BaseModel)
Query = Mapping[str, str | int | list[str] | None]

PREFIX = "/api/v1"
TIMEOUT = 30.0
"""Seconds that the server may be silent."""

LARGEST_ANSWER = 64_000_000
"""Bytes of an answer's body."""

_SAFE = frozenset({"GET", "PUT", "DELETE"})
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Call(Struct, frozen=True):
    """A request below `/api/v1`. `key` makes a POST count once, so that it may be made again; one that is signed is given
    a key of its own where it has none. `etag` is that of the state that is to be changed; None for any.

    Not `signed`: no token goes along, since none is needed.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: BaseModel | None = None
    key: str | None = None
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = True

    @property
    def idempotent(self) -> bool:
        """Whether made twice it does what it does once, and is answered alike."""
        # The second one would be refused: it names the state before the first.
        return (self.method in _SAFE and self.etag is None) or self.key is not None


def new_key() -> str:
    """An Idempotency-Key that nobody has used."""
    return secrets.token_urlsafe(18)


class Connection:
    """Speaks with the server at `address` and with no other: redirects are not followed, so no token leaves for elsewhere."""

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        *,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.address = address
        self._credentials = credentials
        self._patience = patience or Patience()
        self._http = httpx2.AsyncClient(
            timeout=TIMEOUT,
            follow_redirects=False,
            # Without TLS nobody's certificate is asked for, and to load those of the authorities takes its time.
            verify=address.url.startswith("https:"),
            # A proxy must not see what goes to this machine in clear.
            trust_env=not address.loopback,
            transport=transport,
            headers={"user-agent": "auterity"},
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def ask(self, call: Call, answer: type[Model]) -> Model:
        """The server's answer. Raises `HostedError`."""
        return _read(call, await self.send(call), answer)

    async def ask_tagged(self, call: Call, answer: type[Model]) -> Tagged[Model]:
        """The same, with the answer's ETag."""
        response = await self.send(call)
        return Tagged(_read(call, response, answer), response.headers.get("etag", ""))

    async def send(self, call: Call) -> httpx2.Response:
        """The answer as it came, of a status that is a success. Raises `HostedError`."""
        call = _once(call)
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await self._signed(call)
            except httpx2.TransportError as error:
                again = call.idempotent or isinstance(error, _NEVER_SENT)
                pause = self._patience.pause(attempt) if again else None
                if pause is None:
                    raise self.unreachable(error) from None
            else:
                if response.is_success:
                    return response
                pause = self._pause_after(attempt, response, call)
                if pause is None:
                    raise refusal(response)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def streamed(self, call: Call, *, silence: float) -> AsyncIterator[httpx2.Response]:
        """An answer that goes on coming, with at most `silence` seconds without a byte, tried once.

        Raises `HostedError`, and the HTTP library's errors where the connection breaks.
        """
        response = await self._opened(call, silence)
        try:
            if not response.is_success:
                await response.aread()
                raise refusal(response)
            yield response
        finally:
            await response.aclose()

    async def _opened(self, call: Call, silence: float) -> httpx2.Response:
        token = await self._credentials.token() if call.signed else None
        response = await self._begun(call, token, silence)
        if response.status_code != 401 or token is None:
            return response
        fresh = await self._credentials.renewed(token)
        if fresh is None:
            return response
        await response.aclose()
        return await self._begun(call, fresh, silence)

    async def _begun(
        self, call: Call, token: str | None, silence: float | None = None
    ) -> httpx2.Response:
        request = self._request(call, token)
        if silence is not None:
            request.extensions["timeout"] = httpx2.Timeout(TIMEOUT, read=silence).as_dict()
        return await self._http.send(request, stream=True)

    def unreachable(self, error: httpx2.TransportError) -> ServerUnavailable:
        """What a failed exchange is told as. Only the error's class is: its text may quote what was sent."""
        kind = type(error).__name__
        if isinstance(error, _NEVER_SENT):
            return ServerUnavailable(
                f"the server {self.address.url} cannot be reached ({kind})",
                help="check that it runs, its address, and the network",
            )
        return ServerUnavailable(
            f"the connection with the server {self.address.url} broke ({kind})",
            help="try again; what was asked for may have been done",
        )

    async def _signed(self, call: Call) -> httpx2.Response:
        """The answer to one attempt; a refused token is renewed once."""
        token = await self._credentials.token() if call.signed else None
        response = await self._exchange(call, token)
        if response.status_code != 401 or token is None:
            return response
        fresh = await self._credentials.renewed(token)
        return response if fresh is None else await self._exchange(call, fresh)

    async def _exchange(self, call: Call, token: str | None) -> httpx2.Response:
        response = await self._begun(call, token)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise ServerUnavailable(f"an answer is larger than {LARGEST_ANSWER} bytes")
        finally:
            await response.aclose()
        return httpx2.Response(
            response.status_code,
            headers=_without_coding(response.headers),
            content=bytes(body),
            request=response.request,
        )

    def _request(self, call: Call, token: str | None) -> httpx2.Request:
        headers = {"accept": "application/json", **call.headers}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        if call.key is not None:
            headers["idempotency-key"] = call.key
        if call.etag is not None:
            headers["if-match"] = call.etag
        content = None
        if call.body is not None:
            content = _body(call.body)
            headers["content-type"] = "application/json"
        query: Any = {name: value for name, value in call.query.items() if value is not None}
        url = self.address.below(f"{PREFIX}{call.path}")
        return self._http.build_request(
            call.method, url, params=query or None, headers=headers, content=content
        )

    def _pause_after(self, attempt: int, response: httpx2.Response, call: Call) -> float | None:
        if not may_repeat(response.status_code, idempotent=call.idempotent):
            return None
        return self._patience.pause(attempt, retry_after(response.headers))


def _read(call: Call, response: httpx2.Response, answer: type[Model]) -> Model:
    try:
        return answer.model_validate_json(response.content)
    except ValidationError:
        raise HostedError(
            f"the answer to {call.method} {call.path} is not what this version of auterity knows",
            status=response.status_code,
            help="check that this is the address of the server, and that both are up to date",
        ) from None


def _once(call: Call) -> Call:
    """The call, with a key where it is one that would count again: servers know who asks by what it is signed with."""
    if call.method != "POST" or not call.signed or call.key is not None:
        return call
    return replace(call, key=new_key())


def _without_coding(headers: httpx2.Headers) -> list[tuple[str, str]]:
    """The headers without those of the coding and length that the body had on its way."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return [(name, value) for name, value in headers.multi_items() if name.lower() not in gone]


def _body(model: BaseModel) -> bytes:
    """The model as JSON, with its secrets, which it shows to nobody else."""
    return to_json(_revealed(model.model_dump(exclude_unset=True)))


def _revealed(value: Any) -> Any:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {name: _revealed(inner) for name, inner in value.items()}
        case _:
            return value
