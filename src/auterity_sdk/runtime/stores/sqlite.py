"""A store in one SQLite file: write-ahead log, each append flushed to the disk before it counts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from auterity_sdk.errors import (
    EventsGone,
    LeaseLost,
    RunNotFound,
    StoreUnavailable,
    VersionConflict,
)
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runtime.fingerprints import plain_fingerprint
from auterity_sdk.runtime.owner import held_by, is_dead
from auterity_sdk.runtime.ports import (
    POINT,
    REMEMBERED,
    Claims,
    Holder,
    Incoming,
    Lease,
    Pins,
    Recorded,
    Recording,
    Summary,
    Turn,
)
from auterity_sdk.runtime.stores.sqlite_attempts import (
    SqliteAttempts,
    change_attempts,
    check_attempt,
)
from auterity_sdk.runtime.stores.sqlite_cache import cached, keep_results
from auterity_sdk.runtime.stores.sqlite_claims import (
    AHEAD,
    NEXT_IN_TURN,
    change_claims,
    holders,
    turns,
)
from auterity_sdk.runtime.stores.sqlite_firings import NEEDED, fire, miss
from auterity_sdk.runtime.stores.sqlite_order import LAST, last_recorded, recorded
from auterity_sdk.runtime.stores.sqlite_pruning import PART, PRUNABLE, forget
from auterity_sdk.runtime.stores.sqlite_schema import give_back_space, open_database
from auterity_sdk.runtime.stores.sqlite_versions import keep_versions

_PUT_RUN = """INSERT OR REPLACE INTO runs (run_id, workflow, version, status, started_at, ended_at,
    due, parent_run, parent, listens, breaches, priority, carried)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ONE_RUN = """SELECT run_id, workflow, version, status, started_at, ended_at, due, parent_run, parent,
    listens, breaches, priority, carried FROM runs WHERE run_id = ?"""
_RUNS = """SELECT run_id, workflow, version, status, started_at, ended_at, due, parent_run, parent,
    listens, breaches, priority, carried FROM runs WHERE run_id >= :first AND run_id < :last
    AND (:statuses = '[]' OR status IN (SELECT value FROM json_each(:statuses)))
    AND (:parent_run IS NULL OR parent_run = :parent_run) AND (:workflow = '' OR workflow = :workflow)
    AND started_at <= :since AND (started_at < :since OR run_id < :below)
    ORDER BY started_at DESC, run_id DESC LIMIT :most"""
_COUNT_RUNS = """SELECT status, count(*) FROM runs
    WHERE status IN (SELECT value FROM json_each(?)) GROUP BY status"""
_WAITING = """SELECT id, type, data, came, until FROM inbox WHERE taken_by IS NULL
    AND type IN (SELECT value FROM json_each(?)) ORDER BY came, rowid"""
_LISTENING = """SELECT run_id FROM awaits WHERE type = :type AND key < :first
    UNION SELECT run_id FROM awaits WHERE type = :type AND key > :last
    UNION SELECT run_id FROM awaits WHERE type = :type
    AND key IN (SELECT value FROM json_each(:keys))"""
_EVENT = "SELECT id, type, data, came, until FROM inbox WHERE id = ? AND data <> ''"
_OVER = "SELECT 1 FROM inbox WHERE taken_by IS NULL AND until <= ? LIMIT 1"
_EXPIRE = f"""UPDATE inbox SET data = '', taken_by = ''
    WHERE taken_by IS NULL AND until <= ? AND NOT {NEEDED}"""  # noqa: S608 - no value is put into it
_FORGET = "DELETE FROM inbox WHERE taken_by = '' AND until <= ?"
_GROWN = """SELECT key FROM json_each(?) AS known WHERE EXISTS
    (SELECT 1 FROM journal WHERE run_id = known.key AND seq > known.value)"""
_FREE = """NOT EXISTS (SELECT 1 FROM leases WHERE leases.run_id = runs.run_id AND owner <> ''
    AND until > :now AND owner NOT IN (SELECT value FROM json_each(:dead)))"""
_SINCE = f"coalesce(due, started_at) - {POINT} * priority"
_IN_TURN = (
    f"""SELECT run_id, {_SINCE} AS since FROM runs WHERE run_id IN ({NEXT_IN_TURN}) AND {_FREE}"""  # noqa: S608
)
_DUE = f"""SELECT run_id, {_SINCE} AS since FROM runs
    WHERE status IN ('running', 'failing', 'cancelling') AND NOT carried AND {_FREE}
    UNION SELECT run_id, {_SINCE} FROM runs WHERE status IN ('waiting', 'uncertain') AND due <= :now AND {_FREE}
    UNION SELECT run_id, {_SINCE} FROM runs WHERE carried AND due <= :now AND {_FREE}
    UNION SELECT run_id, {_SINCE} FROM runs JOIN leases USING (run_id)
    WHERE owner <> '' AND (until <= :now OR owner IN (SELECT value FROM json_each(:dead)))
    AND ended_at IS NULL
    UNION {_IN_TURN} ORDER BY since LIMIT :most"""  # noqa: S608 - no value is put into it
_DUE_OF_QUEUES = f"{_IN_TURN} ORDER BY since LIMIT :most"
_WAKE_CALLER = "UPDATE runs SET due = ? WHERE run_id = ? AND ended_at IS NULL"
_FREE_LEASE = "UPDATE leases SET owner = '', until = 0 WHERE run_id = ?"
_LAST_CHARACTER = chr(0x10FFFF)
_LAST_TIME = 2**63 - 1


class SqliteStore(SqliteAttempts):
    """Keeps runs in a file, for any number of processes of one machine."""

    shared = True

    def __init__(self, file: Path) -> None:
        """Open the file, or make it (readable by its owner only). Raises `StoreUnavailable`."""
        self.file = file
        with self._failures():
            self._database = open_database(file)

    def changes(self) -> int:
        """See `Store.changes`."""
        return int(self._select("PRAGMA data_version", ())[0][0])

    def close(self) -> None:
        """Close the file. What was appended is durable already."""
        self._database.close()

    def fingerprint(self, text: str) -> str:
        """See `Fingerprints.fingerprint`."""
        return plain_fingerprint(text)

    async def append(
        self,
        run_id: str,
        expected: int,
        events: Sequence[Event],
        summary: Summary | None = None,
        taken: Sequence[str] = (),
        lease: Lease | None = None,
        claims: Claims | None = None,
        pins: Pins | None = None,
    ) -> None:
        """See `Journal.append`."""
        written = [to_line(event) for event in events]
        with self._transaction() as database:
            if lease is not None:
                _check(database, lease)
            check_attempt(database, claims)
            (last,) = database.execute(LAST).fetchone()
            lines = [
                (run_id, expected + number, line, last + number)
                for number, line in enumerate(written, start=1)
            ]
            try:
                database.executemany("INSERT INTO journal VALUES (?, ?, ?, ?)", lines)
            except sqlite3.IntegrityError:
                raise VersionConflict(f"the run {run_id} has been changed meanwhile") from None
            if not lines and _length(database, run_id) != expected:
                raise VersionConflict(f"the run {run_id} has been changed meanwhile")
            if summary is not None:
                database.execute(_PUT_RUN, _row(summary))
                if summary.ended_at is not None:
                    database.execute(_WAKE_CALLER, (summary.ended_at, summary.parent_run))
                    # Nobody takes up a run that is over: the lease of a driver that dies now would stay.
                    database.execute(_FREE_LEASE, (run_id,))
                    database.execute("DELETE FROM heartbeats WHERE run_id = ?", (run_id,))
                    database.execute("DELETE FROM attempts WHERE run_id = ?", (run_id,))
            for event in taken:
                used = database.execute(
                    "UPDATE inbox SET taken_by = ? WHERE id = ? AND taken_by IS NULL",
                    (run_id, event),
                )
                if used.rowcount != 1:
                    raise EventsGone([event])
            if claims is not None:
                change_claims(database, run_id, claims)
                keep_results(database, claims)
                change_attempts(database, run_id, claims, expected + len(events))
            if pins is not None:
                keep_versions(database, pins)

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """See `Journal.events`."""
        found = self._select(
            "SELECT line FROM journal WHERE run_id = ? AND seq > ? ORDER BY seq", (run_id, after)
        )
        if not found and not after:
            raise RunNotFound(f"there is no run {run_id}", help="`auterity runs list` shows all")
        return [from_line(line) for (line,) in found]

    async def grown(self, lengths: Mapping[str, int]) -> set[str]:
        """See `Journal.grown`."""
        return {run_id for (run_id,) in self._select(_GROWN, (json.dumps(dict(lengths)),))}

    async def recorded(self, after: int, limit: int, workflow: str = "") -> Recording:
        """See `Journal.recorded`. Transactions write one after the other: what is readable comes behind all before it."""
        with self._failures():
            return recorded(self._database, after, limit, workflow)

    async def last_recorded(
        self, before: int | None, limit: int, workflow: str = ""
    ) -> list[Recorded]:
        """See `Journal.last_recorded`."""
        with self._failures():
            return last_recorded(self._database, before, limit, workflow)

    async def run(self, run_id: str) -> Summary | None:
        """See `Journal.run`."""
        found = self._select(_ONE_RUN, (run_id,))
        return _summary(found[0]) if found else None

    async def runs(
        self,
        *,
        statuses: Sequence[str] = (),
        parent_run: str | None = None,
        prefix: str = "",
        workflow: str = "",
        before: tuple[int, str] | None = None,
        limit: int = 1000,
    ) -> list[Summary]:
        """See `Journal.runs`."""
        since, below = before or (_LAST_TIME, _LAST_CHARACTER)
        values = {
            "first": prefix,
            "last": prefix + _LAST_CHARACTER,
            "statuses": json.dumps(list(statuses)),
            "parent_run": parent_run,
            "workflow": workflow,
            "since": since,
            "below": below,
            "most": limit,
        }
        return [_summary(row) for row in self._select(_RUNS, values)]

    async def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """See `Locks.turns`."""
        with self._failures():
            return turns(self._database, run_id, now)

    async def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        return [before for (before,) in self._select(AHEAD, (run_id,))]

    async def count_runs(self, statuses: Sequence[str]) -> dict[str, int]:
        """See `Journal.count_runs`."""
        return dict(self._select(_COUNT_RUNS, (json.dumps(list(statuses)),)))

    async def beat(self, run_id: str, step: str, details: Any, lease: Lease | None = None) -> None:
        """See `Heartbeats.beat`."""
        row = (run_id, step, json.dumps(details))
        with self._transaction() as database:
            if lease is not None:
                _check(database, lease)
            database.execute("INSERT OR REPLACE INTO heartbeats VALUES (?, ?, ?)", row)

    async def last_beat(self, run_id: str, step: str) -> Any:
        """See `Heartbeats.last_beat`."""
        query = "SELECT details FROM heartbeats WHERE run_id = ? AND step = ?"
        found = self._select(query, (run_id, step))
        return json.loads(found[0][0]) if found else None

    async def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""
        with self._failures():
            return holders(self._database, run_id)

    async def due(self, now: int, limit: int, queues: Sequence[str] | None = None) -> list[str]:
        """See `Agenda.due`."""
        owners = self._select("SELECT DISTINCT owner FROM leases WHERE owner <> ''", ())
        dead = [owner for (owner,) in owners if is_dead(owner)]
        named = None if queues is None else json.dumps(list(queues))
        values = {"now": now, "most": limit, "dead": json.dumps(dead), "queues": named}
        query = _DUE if queues is None else _DUE_OF_QUEUES
        return list(dict.fromkeys(run_id for run_id, _ in self._select(query, values)))

    async def next_due(self, now: int) -> int | None:
        """See `Agenda.next_due`."""
        found: int | None = self._select(
            """SELECT MIN(due) FROM runs
            WHERE (status IN ('waiting', 'uncertain') OR carried) AND due > ?""",
            (now,),
        )[0][0]
        return found

    async def cached(self, key: str, since: int) -> CachedResult | None:
        """See `Cache.cached`."""
        with self._failures():
            return cached(self._database, key, since)

    async def prunable(self, before: int) -> list[str]:
        """See `Pruning.prunable`."""
        return [run_id for (run_id,) in self._select(PRUNABLE, (before,))]

    async def prune(self, run_ids: Sequence[str]) -> int:
        """See `Pruning.prune`. In parts, so that other processes may write meanwhile."""
        count = 0
        for start in range(0, len(run_ids), PART):
            part = json.dumps(run_ids[start : start + PART])
            with self._transaction() as database:
                count += forget(database, part)
        with self._failures():
            give_back_space(self._database)
        return count

    async def version(self, version: str) -> Mapping[str, Any]:
        """See `Versions.version`."""
        found = self._select("SELECT workflow FROM versions WHERE version = ?", (version,))
        if not found:
            raise RunNotFound(f"there is no workflow of version {version}")
        workflow: Mapping[str, Any] = json.loads(found[0][0])
        return workflow

    async def versions(self, prefix: str) -> list[str]:
        """See `Versions.versions`."""
        query = "SELECT version FROM versions WHERE version >= ? AND version < ? ORDER BY version"
        found = self._select(query, (prefix, prefix + _LAST_CHARACTER))
        return [version for (version,) in found]

    async def put(self, event: Incoming) -> bool:
        """See `Inbox.put`."""
        row = (event.id, event.type, json.dumps(dict(event.data)), event.came, event.until)
        with self._transaction() as database:
            made = database.execute(
                "INSERT OR IGNORE INTO inbox (id, type, data, came, until) VALUES (?, ?, ?, ?, ?)",
                row,
            )
            if made.rowcount == 1:
                fire(database, event.type, event.id, event.came)
            return made.rowcount == 1

    async def event(self, id: str) -> Incoming | None:
        """See `Inbox.event`."""
        found = self._select(_EVENT, (id,))
        return _incoming(found[0]) if found else None

    async def waiting(self, types: Sequence[str]) -> list[Incoming]:
        """See `Inbox.waiting`."""
        found = self._select(_WAITING, (json.dumps(list(types)),))
        return [_incoming(row) for row in found]

    async def listening(self, type: str, keys: Sequence[str]) -> list[str]:
        """See `Inbox.listening`."""
        name = max(keys, default="").partition(":")[0] if "" not in keys else ""
        values = {
            "type": type,
            "keys": json.dumps(list(keys)),
            "first": f"{name}:" if name else _LAST_CHARACTER,
            "last": f"{name};" if name else _LAST_CHARACTER,
        }
        return [run_id for (run_id,) in self._select(_LISTENING, values)]

    async def expire(self, now: int) -> int:
        """See `Inbox.expire`."""
        self._forget_firings(now)
        if not self._select(_OVER, (now,)):
            return 0
        with self._transaction() as database:
            expired = database.execute(_EXPIRE, (now,)).rowcount
            miss(database)
            database.execute(_FORGET, (now - REMEMBERED,))
            return expired

    async def take(self, run_id: str, owner: str, now: int, until: int) -> Lease:
        """See `Leases.take`."""
        with self._transaction(flushed=False) as database:
            found = database.execute(
                "SELECT owner, until, fence FROM leases WHERE run_id = ?", (run_id,)
            ).fetchone()
            holder, over, fence = found or ("", 0, 0)
            if holder not in ("", owner) and over > now and not is_dead(holder):
                raise held_by(run_id, holder)
            fence += holder != owner
            database.execute(
                "INSERT OR REPLACE INTO leases (run_id, owner, until, fence) VALUES (?, ?, ?, ?)",
                (run_id, owner, until, fence),
            )
        return Lease(run_id, owner, fence, orphaned=holder not in ("", owner))

    async def renew(self, owner: str, until: int) -> set[str]:
        """See `Leases.renew`."""
        with self._transaction(flushed=False) as database:
            database.execute("UPDATE leases SET until = ? WHERE owner = ?", (until, owner))
            held = database.execute("SELECT run_id FROM leases WHERE owner = ?", (owner,))
            return {run_id for (run_id,) in held}

    async def give_back(self, owner: str, run_id: str | None = None) -> None:
        """See `Leases.give_back`. The line stays, since its fence may never be used again."""
        with self._transaction(flushed=False) as database:
            database.execute(
                "UPDATE leases SET owner = '', until = 0 WHERE owner = :owner"
                " AND (:run_id IS NULL OR run_id = :run_id)",
                {"owner": owner, "run_id": run_id},
            )

    def _select(self, query: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        with self._failures(), closing(self._database.execute(query, values)) as found:
            return found.fetchall()

    @contextmanager
    def _transaction(self, *, flushed: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, alone in writing. One that is not flushed is written with the next one that is."""
        with self._failures():
            if not flushed:
                self._database.execute("PRAGMA synchronous=NORMAL")
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            finally:
                if not flushed:
                    self._database.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """SQLite's errors, said so that somebody can mend it."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "") or str(error)
            said, advice = _REASONS.get(name.partition("_")[2].partition("_")[0], _OTHER)
            raise StoreUnavailable(f"{self.file} {said} ({name})", help=advice) from None


_REASONS = {
    "BUSY": ("is locked by another process", "try again, or end the process that holds it"),
    "LOCKED": ("is locked by another process", "try again, or end the process that holds it"),
    "FULL": ("cannot grow: the disk is full", "free some space, then resume the run"),
    "READONLY": ("may not be written", "check its owner and its permissions"),
    "CANTOPEN": ("cannot be opened", "check that its folder exists and may be written"),
    "PERM": ("may not be read", "check its owner and its permissions"),
    "NOTADB": ("is no run store", "name another file, or move this one away"),
    "CORRUPT": ("is damaged", "restore it from a backup"),
    "IOERR": ("cannot be read or written", "check the disk"),
}
_OTHER = ("cannot be used", "move it away to begin with an empty one")


def _check(database: sqlite3.Connection, lease: Lease) -> None:
    query = "SELECT fence FROM leases WHERE run_id = ?"
    found = database.execute(query, (lease.run_id,)).fetchone()
    if found is None or found[0] != lease.fence:
        raise LeaseLost(f"the run {lease.run_id} has another driver by now")


def _length(database: sqlite3.Connection, run_id: str) -> int:
    query = "SELECT coalesce(max(seq), 0) FROM journal WHERE run_id = ?"
    return int(database.execute(query, (run_id,)).fetchone()[0])


def _incoming(row: Sequence[Any]) -> Incoming:
    return Incoming(row[0], row[1], json.loads(row[2]), row[3], row[4])


def _row(summary: Summary) -> tuple[Any, ...]:
    return (
        summary.run_id,
        summary.workflow,
        summary.version,
        summary.status,
        summary.started_at,
        summary.ended_at,
        summary.due,
        summary.parent_run,
        summary.parent,
        json.dumps(summary.listens),
        summary.breaches,
        summary.priority,
        summary.carried,
    )


def _summary(row: Sequence[Any]) -> Summary:
    *told, listens, breaches, priority, carried = row
    return Summary(*(*told, tuple(json.loads(listens)), breaches, priority, bool(carried)))
