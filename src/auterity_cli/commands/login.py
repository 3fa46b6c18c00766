"""`auterity login`: sign in to a server."""

from __future__ import annotations

import platform
import sys
import time
import webbrowser
from enum import StrEnum
from typing import Annotated

import typer

from auterity_cli.hosted_place import LOCAL
from auterity_cli.local_runs import finish, this_person
from auterity_cli.output.printable import printable
from auterity_sdk.errors import SignInNeeded, UsageError
from auterity_sdk.hosted.address import Address
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.contexts import (
    Context,
    ContextFile,
    Named,
    read_contexts,
    vault_of,
    write_contexts,
)
from auterity_sdk.hosted.credentials import ApiKey
from auterity_sdk.hosted.finding_places import environments_by_name
from auterity_sdk.hosted.kept_tokens import KeptTokens, Place, TokenRing
from auterity_sdk.hosted.schemas.user import Me
from auterity_sdk.hosted.session import kept_tokens

app = typer.Typer(add_completion=False)

LINK = "/sign-in"


class TokensIn(StrEnum):
    """Where tokens are kept."""

    AUTO = "auto"
    KEYRING = "keyring"
    FILE = "file"


@app.command()
def login(
    url: Annotated[
        str,
        typer.Argument(
            help="The server's address, or its one-time sign-in link; without, that of the context.",
            metavar="[URL]",
        ),
    ] = "",
    api_key: Annotated[
        bool,
        typer.Option("--api-key", help="With an API key, from a prompt or standard input."),
    ] = False,
    email: Annotated[
        str, typer.Option(help="With a password, from a prompt or standard input, as this user.")
    ] = "",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser, only show the address.")
    ] = False,
    context: Annotated[
        str,
        typer.Option(metavar="NAME", help="The name of the context; else that of the host."),
    ] = "",
    tokens: Annotated[
        TokensIn, typer.Option(help="Where tokens are kept: auto is the keyring if there is one.")
    ] = TokensIn.AUTO,
) -> None:
    """Sign in to a server, and keep it as a context for the commands that speak with it.

    A code is shown, which you approve in a browser that is signed in there. A program uses an API key. The tokens are
    kept in the system's keyring (pip install 'auterity[keyring]'), or in a file that you alone can read; never in a
    project. They are sent to this server and to no other.
    """
    contexts = read_contexts()
    address, link = _address(url, context, contexts)
    name = context or _name(address)
    contexts.with_context(name, Context(server=address.url))
    known = finish(_signed_in(address, link, api_key=api_key, email=email, browser=not no_browser))
    me, organisation, environments = finish(_seen(known))
    place = _place(tokens, name)
    environment = _only(environments)
    made = Context(
        server=address.url, organisation=organisation, environment=environment, tokens=place
    )
    vault_of(name, place).write(known)
    changed = contexts.with_context(name, made)
    write_contexts(changed.model_copy(update={"chosen": name}))
    _tell(me, name, made, environments)


def _address(url: str, context: str, contexts: ContextFile) -> tuple[Address, str]:
    """The server's address, and the token of its one-time link, if that was given."""
    if not url:
        name = context or contexts.chosen
        if name is None:
            raise UsageError("which server?", help="auterity login https://auterity.example")
        return Address.read(contexts.named(name).server), ""
    base, _, token = url.partition("#")
    if token and base.rstrip("/").endswith(LINK):
        return Address.read(base.rstrip("/").removesuffix(LINK)), token
    return Address.read(url), ""


def _name(address: Address) -> str:
    import httpx2  # here: the name of a context is asked for seldom

    url = httpx2.URL(address.url)
    host = url.host.strip("[]").replace(":", "-")
    name = f"{host}-{url.port}" if url.port else host
    return f"{name}-server" if name == LOCAL else name


async def _signed_in(
    address: Address, link: str, *, api_key: bool, email: str, browser: bool
) -> KeptTokens:
    if sum(map(bool, (link, api_key, email))) > 1:
        raise UsageError("a link, --api-key and --email are different ways to sign in")
    if api_key:
        return KeptTokens(server=address.url, api_key=_secret("API key"))
    async with HostedClient(address.url) as client:
        signing = client.signing_in
        if link:
            made = await signing.by_link(link, _new_password())
        elif email:
            made = await signing.by_password(email, _secret("password"))
        else:
            code = await signing.start_device(f"auterity of {this_person()} on {platform.node()}")
            _show_code(code.user_code, code.verification_uri, code.verification_uri_complete)
            if browser and sys.stderr.isatty():
                webbrowser.open(code.verification_uri_complete)
            made = await signing.poll_device(code)
    return kept_tokens(address.url, made, time.time())


def _show_code(code: str, address: str, whole: str) -> None:
    typer.echo(f"open {printable(address)} and approve the code:", err=True)
    typer.echo(f"\n    {printable(code)}\n", err=True)
    typer.echo(f"or at once: {printable(whole)}", err=True)


def _secret(what: str) -> str:
    """From a prompt that shows nothing, or the first line of standard input. Never from an argument, which others see."""
    if sys.stdin.isatty():
        text: str = typer.prompt(what, hide_input=True, err=True)
    else:
        text = sys.stdin.readline()
    if not text.strip():
        raise UsageError(f"the {what} is empty", help="type it, or: auterity login … < FILE")
    return text.strip()


def _new_password() -> str | None:
    """A password for a one-time link, which will not sign in again; from a prompt, or standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip() or None
    typer.echo("choose a password, with which you sign in from now on", err=True)
    chosen: str = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    return chosen


async def _seen(known: KeptTokens) -> tuple[Me, Named | None, dict[str, str]]:
    """Who is signed in, their organisation if it is one, and its environments by name."""
    async with HostedClient(known.server, ApiKey(known.api_key or known.access_token)) as client:
        me = await client.me()
        if len(me.memberships) != 1:
            return me, None, {}
        only = me.memberships[0].organisation
        found = await environments_by_name(client, only.id)
        return me, Named(id=only.id, name=only.name), {n: each.id for n, each in found.items()}


def _only(environments: dict[str, str]) -> Named | None:
    """The environment to speak with: the only one, else that of the name `staging`, where a mistake costs least."""
    meant = next(iter(environments)) if len(environments) == 1 else "staging"
    return Named(id=environments[meant], name=meant) if meant in environments else None


def _place(tokens: TokensIn, name: str) -> Place:
    if tokens is TokensIn.FILE:
        return "file"
    if TokenRing(name).works():
        return "keyring"
    if tokens is TokensIn.KEYRING:
        raise UsageError(
            "there is no keyring here that keeps tokens",
            help="pip install 'auterity[keyring]', or --tokens file",
        )
    return "file"


def _tell(me: Me, name: str, made: Context, environments: dict[str, str]) -> None:
    if not me.memberships:
        raise SignInNeeded(f"{printable(me.name)} belongs to no organisation there")
    typer.echo(f"signed in to {made.server} as {printable(me.name)}, context {name}")
    if made.environment is not None:
        typer.echo(f"environment {made.environment.name}")
        return
    names = f"one of {', '.join(environments)}" if environments else "NAME"
    typer.echo(
        f"choose an environment: auterity context use {name} --environment {names}", err=True
    )
