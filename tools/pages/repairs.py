"""The repair codes of the ADF reader."""

from __future__ import annotations

from auterity_sdk.dealership.adf import REPAIRS
from tools.pages.tables import table


def codes() -> str:
    """Every code with what it stands for."""
    return table(
        ("code", "what was found"), [(f"`{code}`", said) for code, said in REPAIRS.items()]
    )
