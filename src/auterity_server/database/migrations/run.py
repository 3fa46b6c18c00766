"""Runs the migrations on a connection that is open, in two halves.

The first half (`pre`) only adds: it is done before processes of the new release begin, while those of the old one still
work. The second (`post`) drops what only the old one needed, once none of them is left. A migration is a file of Alembic;
its `upgrade` is the first half, and a function `finish`, where it has one, the second.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection, insert, inspect, select

from auterity_server.database.tables.migration_ends import migration_ends

_HERE = Path(__file__).parent
HEAD = "head"


class Fit(Struct, frozen=True):
    """How a database stands to this release.

    `to_begin` are migrations whose first half is still to be done, `to_finish` those whose second half is.
    `too_new`: a later release has dropped what this one needs.
    """

    to_begin: tuple[str, ...]
    to_finish: tuple[str, ...]
    too_new: bool


def migrate(connection: Connection, to: str = HEAD, folder: Path = _HERE) -> None:
    """Do the first halves up to a revision. A database that a later release has added to stays as it is."""
    config = _config(folder)
    known = {each.revision for each in _scripts(folder)}
    if {*MigrationContext.configure(connection).get_current_heads()} <= known:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def finish(connection: Connection, folder: Path = _HERE) -> list[str]:
    """Do the second halves that are left, and give their revisions. The first halves have to be done before."""
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    left = fit(connection, folder).to_finish
    with Operations.context(context):
        for script in _scripts(folder):
            if script.revision in left:
                script.module.finish()
                done = {"revision": script.revision, "done_at": time.time_ns() // 1_000_000}
                connection.execute(insert(migration_ends).values(done))
    return list(left)


def fit(connection: Connection, folder: Path = _HERE) -> Fit:
    """How the database stands to this release."""
    scripts = _scripts(folder)
    known = [each.revision for each in scripts]
    heads = MigrationContext.configure(connection).get_current_heads()
    is_later = bool({*heads} - {*known})
    at = max((known.index(each) + 1 for each in heads if each in known), default=0)
    done = set[str]()
    if inspect(connection).has_table(migration_ends.name):
        done = {*connection.execute(select(migration_ends.c.revision)).scalars()}
    return Fit(
        to_begin=() if is_later else tuple(known[at:]),
        to_finish=tuple(each.revision for each in scripts if _has_end(each, done)),
        too_new=bool(done - {*known}),
    )


def revisions() -> list[str]:
    """All revisions, the first first."""
    return [each.revision for each in _scripts(_HERE)]


@cache
def heads() -> frozenset[str]:
    """The revisions that tables of this release's form have."""
    return frozenset(ScriptDirectory.from_config(_config(_HERE)).get_heads())


def _has_end(script: Script, done: set[str]) -> bool:
    return script.revision not in done and hasattr(script.module, "finish")


def _scripts(folder: Path) -> list[Script]:
    script = ScriptDirectory.from_config(_config(folder))
    return list(reversed(list(script.walk_revisions())))


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    if folder != _HERE:
        config.set_main_option("version_locations", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
    return config
