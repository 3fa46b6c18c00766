"""Who asks, by what they show: an access token of a person, or an API key of a program."""

from __future__ import annotations

from auterity_server.access.access_tokens import AccessTokens, Claims
from auterity_server.access.api_keys import ApiKeys
from auterity_server.access.principal import Principal
from auterity_server.access.refusals import NotSignedIn
from auterity_server.access.rights import Rights
from auterity_server.access.secret_texts import SecretKind
from auterity_server.access.sessions import Sessions


class Credentials:
    """The guard's authenticator. What it finds is as the database says now, and not as a token once said."""

    def __init__(
        self, rights: Rights, tokens: AccessTokens, sessions: Sessions, keys: ApiKeys
    ) -> None:
        self._rights = rights
        self._tokens = tokens
        self._sessions = sessions
        self._keys = keys

    @property
    def changes(self) -> int:
        """How often rights are known to have changed."""
        return self._rights.changes

    async def principal(self, credentials: str) -> Principal:
        """Who shows these. Raises `NotSignedIn`."""
        if not credentials.isascii():
            raise NotSignedIn
        if credentials.startswith(SecretKind.API_KEY):
            return await self._keys.principal(credentials)
        return await self._sessions.principal(await self._tokens.read(credentials))

    async def again(self, principal: Principal) -> Principal:
        """The same one, as things are now. Raises `NotSignedIn` where the session or the key has ended."""
        if principal.session is None:
            return await self._keys.again(principal)
        return await self._sessions.principal(Claims(principal.id, principal.session))
