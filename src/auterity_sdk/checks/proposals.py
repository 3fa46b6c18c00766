"""Fixes that rules propose: a similar name in place of a misspelt one."""

from __future__ import annotations

from auterity_sdk.diagnostics import Edit, Fix, Location


def renamed(at: Location, name: str | None) -> tuple[Fix, ...]:
    """Write `name` at a place. Unsafe: only the writer knows what was meant. None without a name."""
    return (Fix(f"write `{name}`", (Edit(at, name),)),) if name else ()


def removed(at: Location, what: str, *, safe: bool) -> tuple[Fix, ...]:
    """Remove the entry at a place."""
    return (Fix(f"remove {what}", (Edit(at, ""),), safe),)
