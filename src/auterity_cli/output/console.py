"""The terminal: results on standard output, messages and progress on standard error."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console


class Color(StrEnum):
    """When to colour. A flag wins over `NO_COLOR` and `FORCE_COLOR`, these over the terminal."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@cache
def console(stream: Literal["out", "err"] = "out", color: Color = Color.AUTO) -> Console:
    """A console that prints what it is given: no markup, no emoji, no guessing at numbers."""
    from rich.console import Console

    forced = {Color.ALWAYS: True, Color.NEVER: False}.get(color)
    settings: dict[str, Any] = {}
    if forced is True:
        settings = {"force_terminal": True, "no_color": False}
    elif forced is False or os.environ.get("NO_COLOR"):
        settings = {"no_color": True, "color_system": None}
    return Console(
        stderr=stream == "err",
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
        **settings,
    )


def is_terminal(stream: Literal["out", "err"] = "out") -> bool:
    """Whether a person looks at the stream."""
    return (sys.stderr if stream == "err" else sys.stdout).isatty()
