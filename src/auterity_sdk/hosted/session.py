"""The tokens of a sign-in as credentials: renewed in time, once for all processes of this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from auterity_sdk.errors import SignInNeeded
from auterity_sdk.hosted.file_lock import file_lock
from auterity_sdk.hosted.kept_tokens import KeptTokens, TokenVault
from auterity_sdk.hosted.schemas.sign_in import Tokens

MARGIN = 30.0
"""Seconds before its end from which an access token is renewed."""

Renew = Callable[[str], Awaitable[Tokens]]


class Session:
    """Credentials of the tokens that `vault` keeps, for `server` alone.

    A refresh token counts once, and used twice it ends the sign-in. So who renews holds `lock`, a file, and looks first
    whether another process has renewed meanwhile; and a renewal whose answer is lost is not asked for again.
    """

    def __init__(
        self,
        server: str,
        vault: TokenVault,
        lock: Path,
        renew: Renew,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._server = server
        self._vault = vault
        self._lock = lock
        self._renew = renew
        self._clock = clock
        self._kept: KeptTokens | None = None
        self._turn = asyncio.Lock()

    async def token(self) -> str | None:
        """The API key, or an access token that is not about to end; None where nobody is signed in."""
        kept = self._kept or self._read()
        if kept is None or kept.api_key:
            return kept.api_key if kept else None
        if self._lasts(kept):
            return kept.access_token
        return await self.renewed(kept.access_token)

    async def renewed(self, refused: str) -> str | None:
        """An access token in place of one; None where the sign-in is over."""
        async with self._turn, file_lock(self._lock):
            kept = self._read()
            if kept is None or not kept.refresh_token:
                return None
            if kept.access_token != refused and self._lasts(kept):
                return kept.access_token
            try:
                tokens = await self._renew(kept.refresh_token)
            except SignInNeeded:
                self._kept = None
                self._vault.forget()
                return None
            self._kept = kept_tokens(self._server, tokens, self._clock())
            self._vault.write(self._kept)
            return self._kept.access_token

    def _read(self) -> KeptTokens | None:
        """What is kept, if it is for this server: a context that now names another has no sign-in there."""
        kept = self._vault.read()
        self._kept = kept if kept is not None and kept.server == self._server else None
        return self._kept

    def _lasts(self, kept: KeptTokens) -> bool:
        return self._clock() < kept.expires_at - MARGIN


def kept_tokens(server: str, tokens: Tokens, now: float) -> KeptTokens:
    """Tokens that came at `now` (seconds since 1970), as they are kept."""
    return KeptTokens(
        server=server,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=now + tokens.expires_in,
    )
