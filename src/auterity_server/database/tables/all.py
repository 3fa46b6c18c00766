"""The metadata with every table in it."""

from __future__ import annotations

from auterity_server.database.tables import (
    audit,
    deployments,
    environments,
    organisations,
    stores,
    versions,
)
from auterity_server.database.tables.metadata import METADATA

TABLES = (audit, deployments, environments, organisations, stores, versions)
"""The modules that fill it."""

__all__ = ["METADATA", "TABLES"]
