"""An organisation on a server: its stores and environments, its members, their grants, API keys and the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.paging import items
from auterity_sdk.hosted.schemas.api_key import ApiKey, ApiKeyMade, NewApiKey
from auterity_sdk.hosted.schemas.audit import AuditEntry
from auterity_sdk.hosted.schemas.environment import Environment, NewEnvironment
from auterity_sdk.hosted.schemas.grant import Grant, NewGrant
from auterity_sdk.hosted.schemas.store import NewStore, Store
from auterity_sdk.hosted.schemas.trust import NewTrust, Trust
from auterity_sdk.hosted.schemas.user import NewUser, User, UserChange, UserMade
from auterity_sdk.hosted.tagged import Tagged


class HostedOrganisation(Struct, frozen=True):
    """The organisation `id`. Methods raise as those of `HostedClient` do."""

    connection: Connection
    id: str

    def stores(self) -> AsyncIterator[Store]:
        """Its rooftops, by name."""
        return items(self.connection, self._call("GET", "/stores"), Store)

    async def make_store(self, made: NewStore) -> Store:
        """Add a rooftop."""
        return await self.connection.ask(self._call("POST", "/stores", made), Store)

    def environments(self) -> AsyncIterator[Environment]:
        """Its environments and those of its stores, as far as the caller may see them."""
        return items(self.connection, self._call("GET", "/environments"), Environment)

    async def make_environment(self, made: NewEnvironment) -> Environment:
        """Add an environment."""
        return await self.connection.ask(self._call("POST", "/environments", made), Environment)

    def users(self) -> AsyncIterator[User]:
        """Its members."""
        return items(self.connection, self._call("GET", "/users"), User)

    async def add_user(self, made: NewUser) -> UserMade:
        """Add a member; someone new gets a one-time link, which is mailed, or in the answer."""
        return await self.connection.ask(self._call("POST", "/users", made), UserMade)

    async def user(self, id: str) -> Tagged[User]:
        """A member."""
        return await self.connection.ask_tagged(self._call("GET", _user(id)), User)

    async def change_user(
        self, id: str, change: UserChange, *, etag: str | None = None
    ) -> Tagged[User]:
        """Rename a member, or let none of their roles count for a time; with `etag` only as it was then."""
        call = self._call("PATCH", _user(id), change, etag)
        return await self.connection.ask_tagged(call, User)

    async def remove_user(self, id: str, *, etag: str | None = None) -> None:
        """Take a member's roles and the membership; with `etag` only as it was then."""
        await self.connection.send(self._call("DELETE", _user(id), etag=etag))

    def trusts(self) -> AsyncIterator[Trust]:
        """Whose tokens are exchanged for keys."""
        return items(self.connection, self._call("GET", "/trusts"), Trust)

    async def trust(self, made: NewTrust) -> Trust:
        """Trust the tokens of an issuer."""
        return await self.connection.ask(self._call("POST", "/trusts", made), Trust)

    async def remove_trust(self, id: str) -> None:
        """Trust no more; what was given for it counts no longer."""
        await self.connection.send(self._call("DELETE", f"/trusts/{quote(id, safe='')}"))

    def grants(self) -> AsyncIterator[Grant]:
        """The grants of all members and keys."""
        return items(self.connection, self._call("GET", "/grants"), Grant)

    async def grant(self, made: NewGrant) -> Grant:
        """Give a role."""
        return await self.connection.ask(self._call("POST", "/grants", made), Grant)

    async def revoke_grant(self, id: str) -> None:
        """Take a role back."""
        await self.connection.send(self._call("DELETE", f"/grants/{quote(id, safe='')}"))

    def api_keys(self) -> AsyncIterator[ApiKey]:
        """The keys, without their secrets."""
        return items(self.connection, self._call("GET", "/api-keys"), ApiKey)

    async def make_api_key(self, made: NewApiKey) -> ApiKeyMade:
        """Make a key; its secret is in this answer, and nowhere else."""
        return await self.connection.ask(self._call("POST", "/api-keys", made), ApiKeyMade)

    async def revoke_api_key(self, id: str) -> None:
        """Let a key count no longer."""
        await self.connection.send(self._call("DELETE", f"/api-keys/{quote(id, safe='')}"))

    def audit(self, limit: int | None = None) -> AsyncIterator[AuditEntry]:
        """Who did what, the last first."""
        return items(self.connection, self._call("GET", "/audit"), AuditEntry, limit)

    def _call(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Call:
        return Call(method, f"/organisations/{quote(self.id, safe='')}{path}", body=body, etag=etag)


def _user(id: str) -> str:
    return f"/users/{quote(id, safe='')}"
