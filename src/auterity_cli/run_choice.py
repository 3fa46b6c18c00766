"""Which run a command is about, and whether its personal data is shown: the same for all of `auterity runs`."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.local import LocalRuntime

RunArgument = Annotated[
    str | None,
    typer.Argument(
        help="A run's id, or how it begins; without, the last to start.", metavar="[RUN]"
    ),
]
ThisRunArgument = Annotated[
    str, typer.Argument(help="A run's id, or how it begins.", metavar="RUN")
]
RevealOption = Annotated[
    bool, typer.Option("--reveal", help="Show personal data in clear, which is masked otherwise.")
]


async def chosen(runtime: LocalRuntime, run: str | None) -> str:
    """The id of the run that is meant. Raises `UsageError` where there is none, or several."""
    if run is not None:
        return await runtime.find(run)
    last = await runtime.list_runs(limit=1)
    if not last:
        raise UsageError("there is no run yet", help="auterity run FILE --input … starts one")
    return last[0].run_id
