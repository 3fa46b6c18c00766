"""Secrets that are given to a command: from a prompt that shows nothing, or from standard input."""

from __future__ import annotations

import sys

import typer

from auterity_sdk.errors import UsageError


def asked_secret(prompt: str) -> str:
    """What is typed twice the same at a terminal; else standard input, without the end of its last line.

    Raises `UsageError` where nothing comes.
    """
    if sys.stdin.isatty():
        given: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    else:
        given = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not given:
        raise UsageError("no secret was given", help="type it, or send it to standard input")
    return given
