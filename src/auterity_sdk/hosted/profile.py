"""The way from a context to a client of its server, signed in as who is kept for it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.ci_token import ci_token
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.contexts import (
    ENVIRONMENT,
    SERVER,
    TOKEN,
    Context,
    lock_of,
    read_contexts,
    vault_of,
)
from auterity_sdk.hosted.credentials import ApiKey, Credentials
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.finding_places import find_environment
from auterity_sdk.hosted.session import Session


class Profile(Struct, frozen=True):
    """A context under its name, which is empty for one that the environment's variables make up.

    `environment` is one that is asked for in place of the context's own, by name or id.
    """

    name: str
    context: Context
    environment: str = ""

    @asynccontextmanager
    async def client(self) -> AsyncIterator[HostedClient]:
        """A client that is signed in, if somebody is. `AUTERITY_TOKEN` goes before a token of a CI service, and both before
        what is kept."""
        token = os.environ.get(TOKEN)
        if token:
            async with HostedClient(self.context.server, ApiKey(token)) as client:
                yield client
            return
        async with HostedClient(self.context.server) as renewing:
            of_ci = ci_token(self.context.server, renewing.signing_in.exchange)
            credentials = of_ci or (self._session(renewing) if self.name else ApiKey(""))
            async with HostedClient(self.context.server, credentials) as client:
                yield client

    @asynccontextmanager
    async def in_environment(self) -> AsyncIterator[HostedEnvironment]:
        """The environment that is meant. Raises `UsageError` where none is."""
        async with self.client() as client:
            yield client.environment(await self.environment_id(client, self.environment))

    async def environment_id(self, client: HostedClient, asked: str = "") -> str:
        """The id of an environment by its name or id; the context's own where none is asked for."""
        own = self.context.environment
        if not asked and own is not None:
            return own.id
        if not asked:
            raise UsageError(
                "which environment is meant is not clear",
                help="say --environment NAME, or choose one: auterity context use NAME --environment NAME",
            )
        organisation = self.context.organisation
        found = await find_environment(client, asked, organisation.id if organisation else None)
        return found.id

    def _session(self, renewing: HostedClient) -> Credentials:
        return Session(
            self.context.server,
            vault_of(self.name, self.context.tokens),
            lock_of(self.name),
            renewing.signing_in.renew,
        )


def find_profile(name: str = "", project: str = "", environment: str = "") -> Profile:
    """The profile that is meant: that of `name`; else what `AUTERITY_SERVER` says; else the context that the project
    names, the one that was chosen, or the only one.

    Raises `UsageError` where there is none.
    """
    server = os.environ.get(SERVER)
    if not name and server:
        wanted = environment or os.environ.get(ENVIRONMENT, "")
        return Profile("", Context(server=server), wanted)
    contexts = read_contexts()
    known = list(contexts.contexts)
    meant = name or project or contexts.chosen or (known[0] if len(known) == 1 else "")
    if meant:
        return Profile(meant, contexts.named(meant), environment)
    if known:
        raise UsageError(
            "which context is meant is not clear",
            help=f"say --context NAME, or auterity context use NAME; there are: {', '.join(known)}",
        )
    raise UsageError("no server is known here", help="auterity login URL signs you in to one")
