"""The versions of workflows in a SQLite store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from auterity_sdk.runtime.ports import Pins

_IS_KEPT = "SELECT 1 FROM versions WHERE version = ?"
_OF_NAME = "SELECT workflow FROM versions WHERE json_extract(workflow, '$.name') = ?"


def keep_versions(database: sqlite3.Connection, pins: Pins) -> None:
    """Keep the workflows that are not there, as part of the transaction by which runs go by them."""
    for version, workflow in pins.items():
        if not database.execute(_IS_KEPT, (version,)).fetchone():
            text = json.dumps(workflow, separators=(",", ":"))
            database.execute("INSERT INTO versions VALUES (?, ?)", (version, text))


def stored_workflows(file: Path, name: str) -> list[Mapping[str, Any]]:
    """The data of all versions of a workflow that a store's file has; none where it cannot be read now."""
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return [json.loads(text) for (text,) in database.execute(_OF_NAME, (name,))]
    except sqlite3.Error:
        return []
