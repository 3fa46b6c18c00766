"""The ready workflows and sample data, in the wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path


def shipped(*parts: str) -> Path:
    """A file that ships beside the code, such as `("workflows", "lead-response.yaml")`."""
    packed = Path(__file__).parent / "shipped_files"
    root = packed if packed.is_dir() else Path(__file__).parents[2]
    return root.joinpath(*parts)
