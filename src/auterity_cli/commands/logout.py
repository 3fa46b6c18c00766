"""`auterity logout`: sign out of a server."""

from __future__ import annotations

import typer

from auterity_cli.hosted_place import ContextOption
from auterity_cli.local_runs import finish
from auterity_sdk.errors import HostedError, UsageError
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.contexts import Context, read_contexts, vault_of

app = typer.Typer(add_completion=False)


@app.command()
def logout(context: ContextOption = None) -> None:
    """Sign out of a server, and forget its tokens here. The context stays; auterity context remove forgets it.

    An API key is only forgotten: it counts until it is revoked.
    """
    contexts = read_contexts()
    name = context or contexts.chosen
    if name is None:
        raise UsageError("which context?", help="auterity logout --context NAME")
    finish(_signed_out(name, contexts.named(name)))
    typer.echo(f"signed out of {name}")


async def _signed_out(name: str, context: Context) -> None:
    vault = vault_of(name, context.tokens)
    try:
        kept = vault.read()
        if kept is not None and kept.refresh_token and kept.server == context.server:
            async with HostedClient(kept.server) as client:
                await client.signing_in.sign_out(kept.refresh_token)
    except HostedError as error:
        typer.echo(f"the server was not told: {error.message}", err=True)
    finally:
        vault.forget()
