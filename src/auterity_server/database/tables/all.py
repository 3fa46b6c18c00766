"""The metadata with every table in it."""

from __future__ import annotations

from auterity_server.database.tables import (
    api_keys,
    attempts,
    audit,
    browsers,
    connections,
    deployments,
    device_codes,
    environment_secrets,
    environments,
    grants,
    kept_answers,
    key_names,
    links,
    mails,
    members,
    migration_ends,
    notifications,
    organisations,
    refresh_tokens,
    schedule_pauses,
    sessions,
    signing_keys,
    stores,
    trusts,
    users,
    versions,
    webhooks,
    workers,
)
from auterity_server.database.tables.metadata import METADATA

TABLES = (
    api_keys,
    attempts,
    audit,
    browsers,
    connections,
    deployments,
    device_codes,
    environment_secrets,
    environments,
    grants,
    kept_answers,
    key_names,
    links,
    mails,
    members,
    migration_ends,
    notifications,
    organisations,
    refresh_tokens,
    schedule_pauses,
    sessions,
    signing_keys,
    stores,
    trusts,
    users,
    versions,
    webhooks,
    workers,
)
"""The modules that fill it."""

__all__ = ["METADATA", "TABLES"]
