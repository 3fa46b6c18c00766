"""The outbox and the records as files: who may read them, and what happens when they cannot be used."""

import asyncio
import multiprocessing
import os
import sqlite3
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auterity_sdk.connections.outbox import Outbox
from auterity_sdk.connections.records import Claim
from auterity_sdk.connections.sms import TextMessage
from auterity_sdk.connections.sqlite_records import SqliteRecords
from auterity_sdk.errors import StoreUnavailable

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TEXT = TextMessage("+14195550188", "Hi")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
async def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / ".auterity"
    before = os.umask(0)
    try:
        await Outbox(folder / "outbox.db").send_text(TEXT, key="k", at=NOW)
        await SqliteRecords(folder / "records.db").append("c", "s", {}, key="k", at=NOW)
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.iterdir()} == {0o600}


async def test_the_file_is_in_wal_mode(tmp_path: Path) -> None:
    await Outbox(tmp_path / "outbox.db").send_text(TEXT, key="k", at=NOW)
    found = sqlite3.connect(tmp_path / "outbox.db")
    try:
        assert found.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        found.close()


async def test_what_was_kept_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    sent = await Outbox(path).send_text(TEXT, key="k", at=NOW)
    assert [message.id for message in Outbox(path).messages()] == [sent]
    assert await Outbox(path).send_text(TEXT, key="k", at=NOW) == sent
    assert len(Outbox(path).messages()) == 1


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert Outbox(tmp_path / "a" / "outbox.db").messages() == []
    assert not (tmp_path / "a").exists()


def send_many(path: Path, first: int) -> None:
    async def sending() -> None:
        for number in range(first, first + 10):
            await Outbox(path).send_text(TEXT, key=str(number), at=NOW)

    asyncio.run(sending())


def test_processes_share_an_outbox(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(send_many, [path, path], [0, 5]))
    assert len(Outbox(path).messages()) == 15


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_text("this is not a database, but it is long enough to be read as one" * 20)
    with pytest.raises(StoreUnavailable, match=r"cannot use outbox\.db") as raised:
        await Outbox(path).send_text(TEXT, key="k", at=NOW)
    assert raised.value.help is not None


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        await Outbox(tmp_path / "file" / "outbox.db").send_text(TEXT, key="k", at=NOW)


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no such flag")
async def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StoreUnavailable):
        await Outbox(tmp_path / "outbox.db").send_text(TEXT, key="k", at=NOW)
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_failed_claim_leaves_nothing(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "records.db")
    bad = Claim(key="a", look=["n"], leave=["n", None], value={}, at=NOW)  # type: ignore[list-item]
    with pytest.raises(StoreUnavailable):
        await records.claim("lead", bad, since=NOW)
    good = Claim(key="b", look=["n"], leave=["n"], value={}, at=NOW)
    assert (await records.claim("lead", good, since=NOW)).first
