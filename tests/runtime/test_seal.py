"""Classed data is sealed before it is written: nobody reads it in the store's files, and runs go on as before."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import Incoming, Store
from auterity_sdk.runtime.seal import MARK, SealKey
from auterity_sdk.runtime.seal_key import KEY_FILE, seal_key
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.testing.store_contract import StoreContract
from tests.runtime.worlds import EFFECTS, STEPS, workflow, world


class Applicant(Output):
    social: str
    monthly: float


@step
async def derive(income: float) -> Applicant:
    """Makes another value of what it is given."""
    return Applicant(social="none", monthly=income / 12)


@step
async def wait_for_the_end(ssn: str) -> None:
    """Hangs the first time, so that its process can be killed."""
    mark = Path(os.environ[EFFECTS]) / "hung"
    if not mark.exists():
        mark.touch()
        await asyncio.Event().wait()
    assert ssn == SSN


SSN, INCOME, BORN, LICENCE, ACCOUNT, PAYOFF = (
    "219-09-9999",
    91237643.5,
    "1987-06-05",
    "OH-RT558231",
    "000123456789",
    184551073,
)
CLEAR = (
    SSN,
    "91237643.5",
    "45618821.75",
    "30412547.8",
    "7603136.95",
    "182475287",
    BORN,
    LICENCE,
    ACCOUNT,
    str(PAYOFF),
)
REGISTRY = builtin_registry().extended([*STEPS, derive, wait_for_the_end])
TEXT = """
input:
  lead: Lead
  ssn: {type: string, x-data-class: government_id}
  income: {type: number, x-data-class: credit}
  born: {type: string, x-data-class: prohibited_basis}
  application: any
steps:
  seen: {uses: echo, with: {text: "${input.lead.id}"}}
  said: {needs: seen, uses: echo, with: {text: "of ${input.ssn}, born ${input.born}"}}
  twice: {needs: said, uses: echo, with: {text: "${string(input.income * 2.0)}"}}
  made: {needs: said, uses: derive, with: {income: "${input.income}"}, compensate: {uses: echo, with: {text: "${input.ssn}"}}}
  each:
    needs: made
    for_each: {in: "[input.ssn, 'b']", max: 3, more: "[string(input.income / 2.0)].filter(x, index == 0)", steps: {e: {uses: echo, with: {text: "${item}"}}}, output: {t: "${e.text}"}}
  refused: {needs: each, uses: quote, with: {text: "licence ${input.application.licence_number}"}}
  desk:
    needs: refused.failed
    approve: {role: desk, title: "Lend to ${input.ssn}?", form: {account_number: string, note: string}, edit: {rate: "${input.income / 3.0}", who: "${input.ssn}"}, timeout: 1d}
  reply: {needs: desk.approved, receive: {event: form.sent, timeout: 1d}}
  end: {needs: reply.received, uses: quote, with: {text: "${reply.ssn}"}}
ends: {ok: end, no: desk.rejected, late: desk.timeout, silent: reply.timeout}
output: {ssn: "${input.ssn}"}
"""
INPUT: dict[str, Any] = {
    "lead": {
        "id": "l1",
        "source": "web",
        "received_at": "2026-11-23T14:05:00Z",
        "customer": {"first_name": "Quentin", "phone": "+14195550188"},
        "trade_ins": [
            {"interest": "trade-in", "finance": {"payoff": {"minor": PAYOFF, "currency": "USD"}}}
        ],
    },
    "ssn": SSN,
    "income": INCOME,
    "born": BORN,
    "application": {"licence_number": LICENCE, "free": f"account {ACCOUNT}", "account": ACCOUNT},
}


@contextmanager
def opened(folder: Path, setting: str = "file") -> Iterator[LocalRuntime]:
    store = SqliteStore(folder / "runs.db")
    try:
        sealed = SealedStore(store, REGISTRY, seal_key(setting, folder))
        yield LocalRuntime(world(registry=REGISTRY), sealed)
    finally:
        store.close()


def written(folder: Path) -> bytes:
    """All bytes of the store's files, the write-ahead log among them."""
    files = [file for file in folder.iterdir() if file.name.startswith("runs.db")]
    assert len(files) > 1 or os.name != "posix"
    return b"".join(file.read_bytes() for file in files)


def found_in(text: bytes) -> list[str]:
    return [clear for clear in CLEAR if clear.encode() in text]


async def go(runtime: LocalRuntime) -> str:
    """A run through steps of every kind that holds sealed data everywhere."""
    view = await runtime.run(workflow(TEXT), INPUT)
    assert view.status == "waiting", view.error
    form = {"account_number": ACCOUNT, "note": "fine"}
    await runtime.approve(view.run_id, "desk", by="ann", roles=["desk"], form=form)
    await runtime.drive(view.run_id)
    await runtime.send("other", {"ssn": SSN, "text": f"and {SSN}", "income": INCOME})
    await runtime.send("form.sent", {"ssn": SSN, "phone": "+14195550188"})
    ended = await runtime.drive(view.run_id)
    assert ended.status == "failed"
    assert ended.error is not None
    assert SSN in ended.error.message
    return view.run_id


def test_the_files_never_hold_a_clear_value_and_contact_data_stays_readable(tmp_path: Path) -> None:
    with opened(tmp_path) as runtime:
        run_id = asyncio.run(go(runtime))
        open_files = written(tmp_path)
        events = asyncio.run(runtime.store.events(run_id))
    assert found_in(open_files) == []
    assert found_in((tmp_path / "runs.db").read_bytes()) == []
    assert b"+14195550188" in open_files
    assert b"Quentin" in open_files
    assert open_files.count(MARK.encode()) > 20
    # In memory, all is clear.
    text = "\n".join(map(to_line, events)).encode()
    assert sorted(found_in(text)) == sorted(CLEAR)
    assert MARK.encode() not in text


def test_a_run_that_is_sealed_ends_as_one_that_is_not(tmp_path: Path) -> None:
    def told(runtime: LocalRuntime) -> Any:
        view = asyncio.run(runtime.show(asyncio.run(go(runtime))))
        data = view.as_data()
        return data["status"], data["output"], [(s.path, s.state, s.output) for s in view.walk()]

    plain = told(LocalRuntime(world(registry=REGISTRY)))
    with opened(tmp_path) as runtime:
        assert told(runtime) == plain


def test_a_sealed_run_is_carried_on_after_kill_9(tmp_path: Path) -> None:
    script = (
        "import sys, asyncio; from pathlib import Path; import tests.runtime.test_seal as t\n"
        "with t.opened(Path(sys.argv[1])) as r: asyncio.run(r.run(t.workflow(t.KILLED), t.INPUT, to_the_end=True))"
    )
    (tmp_path / "effects").mkdir()
    store = tmp_path / "store"
    environment = {**os.environ, EFFECTS: str(tmp_path / "effects")}
    command = [sys.executable, "-c", script, str(store)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], env=environment) as process:
        hung = tmp_path / "effects" / "hung"
        while not hung.exists() and process.poll() is None:
            asyncio.run(asyncio.sleep(0.02))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert found_in(written(store)) == []
    os.environ[EFFECTS] = str(tmp_path / "effects")
    try:
        with opened(store) as runtime:
            [run] = asyncio.run(runtime.list_runs())
            view = asyncio.run(runtime.drive(run.run_id, to_the_end=True))
            assert (view.status, view.output) == ("succeeded", {"ssn": SSN})
            assert found_in(written(store)) == []
    finally:
        del os.environ[EFFECTS]


KILLED = """
input:
  lead: Lead
  ssn: string
  income: number
  born: {type: string, x-data-class: prohibited_basis}
  application: any
steps:
  a: {uses: echo, with: {text: "${input.ssn}"}}
  b: {needs: a, uses: wait_for_the_end, with: {ssn: "${a.text}"}}
output: {ssn: "${a.text}"}
"""


def test_a_lost_key_and_another_key_are_told_with_their_place(tmp_path: Path) -> None:
    with opened(tmp_path) as runtime:
        run_id = asyncio.run(go(runtime))
        plain = asyncio.run(runtime.run(workflow("steps: {a: {uses: nop}}"), {})).run_id
    key = tmp_path / KEY_FILE
    kept = key.read_text()
    key.unlink()
    with opened(tmp_path) as runtime:
        with pytest.raises(StoreUnavailable, match=f"the seal key {key} is missing") as missing:
            asyncio.run(runtime.show(run_id))
        assert "backup" in str(missing.value.help)
        # What holds no sealed value needs no key, and none is made by reading.
        assert asyncio.run(runtime.show(plain)).status == "succeeded"
        assert not key.exists()
        asyncio.run(runtime.store.put(Incoming("e", "t", {"ssn": SSN}, 1)))
        assert key.exists()
    with opened(tmp_path) as runtime, pytest.raises(StoreUnavailable, match="with another key"):
        asyncio.run(runtime.show(run_id))
    key.write_text(kept)
    with opened(tmp_path) as runtime:
        assert asyncio.run(runtime.show(run_id)).status == "failed"


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    key = seal_key("file", tmp_path)
    token = key.seal(1, "x")
    file = tmp_path / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [KEY_FILE]
    file.chmod(0o640)
    with pytest.raises(StoreUnavailable, match="may be read by others"):
        seal_key("file", tmp_path).open(token, "x")
    file.chmod(0o600)
    file.write_text("bm90aGluZw==")
    with pytest.raises(StoreUnavailable, match="is damaged"):
        seal_key("file", tmp_path).open(token, "x")
    with pytest.raises(ConfigurationError, match="names no place"):
        seal_key("vault", tmp_path)


def test_the_keyring_may_hold_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 1  # type: ignore[assignment]  # a property of the class there
        kept: dict[tuple[str, str], str] = {}  # noqa: RUF012 - one for all, as a keyring is

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        token = seal_key("keyring", tmp_path).seal(SSN, "x")
        assert seal_key("keyring", tmp_path).open(token, "x") == SSN
        assert list(tmp_path.iterdir()) == []
        InMemory.kept.clear()
        with pytest.raises(StoreUnavailable, match="missing in the keyring"):
            seal_key("keyring", tmp_path).open(token, "x")
    finally:
        keyring.set_keyring(before)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match="is not installed"):
        seal_key("keyring", tmp_path).seal(1, "x")


class TestSealedStore(StoreContract):
    def store(self) -> Store:
        return SealedStore(MemoryStore(), REGISTRY, of_bytes(bytes(32)))


def of_bytes(key: bytes) -> SealKey:
    return SealKey("a test", lambda: key, lambda: key)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.text())
@settings(max_examples=100)
def test_a_sealed_value_is_opened_where_it_belongs_and_nowhere_else(value: Any, bound: str) -> None:
    key = of_bytes(bytes(32))
    token = key.seal(value, bound)
    assert key.open(token, bound) == value
    assert key.seal(value, bound) != token
    assert json.dumps(value) not in token or len(json.dumps(value)) < 8
    with pytest.raises(StoreUnavailable, match="damaged, or was taken"):
        key.open(token, bound + "x")
    with pytest.raises(StoreUnavailable, match="another key"):
        of_bytes(b"k" * 32).open(token, bound)
    with pytest.raises(StoreUnavailable, match="damaged"):
        key.open(token[:-8], bound)


GREEK = st.text(st.characters(min_codepoint=0x3B1, max_codepoint=0x3C9), min_size=4, max_size=12)
WRITTEN = """
input: {{s: {{type: {kind}, x-data-class: credit}}, other: any}}
steps:
  a: {{uses: echo, with: {{text: "{before}${{{read}}}{after}"}}}}
  b: {{needs: a, uses: quote, with: {{text: "${{a.text}}"}}}}
  c: {{needs: b.failed, uses: echo, with: {{text: "${{string(input.other.x)}}"}}}}
output: {{t: "${{a.text}}", o: "${{input.other}}"}}
"""


@given(
    GREEK | st.integers(1_000_000, 9_999_999),
    st.sampled_from(["", "of ", "of"]),
    st.sampled_from(["", ".", "x"]),
)
@settings(max_examples=60, deadline=None)
def test_a_value_of_a_sealed_class_is_nowhere_in_clear(value: Any, before: str, after: str) -> None:
    text = isinstance(value, str)
    read = "input.s" if text else "string(input.s)"
    kind = "string" if text else "integer"
    inner = MemoryStore()
    runtime = LocalRuntime(
        world(registry=REGISTRY), SealedStore(inner, REGISTRY, of_bytes(bytes(32)))
    )
    made = workflow(WRITTEN.format(kind=kind, read=read, before=before, after=after))

    async def go() -> Any:
        view = await runtime.run(made, {"s": value, "other": {"x": value}}, to_the_end=True)
        return view, await inner.events(view.run_id)

    view, events = asyncio.run(go())
    assert view.output == {"t": f"{before}{value}{after}", "o": {"x": value}}, view.error
    assert [event for event in events if str(value) in str(event)] == []


async def test_a_text_that_looks_sealed_stays_itself(tmp_path: Path) -> None:
    with opened(tmp_path) as runtime:
        text = f"{MARK}deadbeef:AAAA"
        view = await runtime.run(
            workflow("input: {t: string}\nsteps: {a: {uses: echo, with: {text: '${input.t}'}}}"),
            {"t": text},
        )
        assert (await runtime.show(view.run_id)).input == {"t": text}


async def test_another_process_knows_what_a_run_holds(tmp_path: Path) -> None:
    """A value that was sealed by one process is known to the next, which writes it elsewhere."""
    text = """
    input: {application: any}
    steps:
      w: {receive: {event: go, timeout: 1d}}
      a: {needs: w.received, uses: quote, with: {text: "${w.words}"}}
    ends: {ok: a, no: w.timeout}
    """
    with opened(tmp_path) as first:
        view = await first.run(workflow(text), {"application": {"account": ACCOUNT}})
    with opened(tmp_path) as second:
        await second.send("go", {"words": f"it is {ACCOUNT}"})
        ended = await second.drive(view.run_id)
        assert ended.error is not None
        assert ACCOUNT in ended.error.message
        journal = b"".join(
            line.encode()
            for (line,) in second.store._store._select("SELECT line FROM journal", ())  # type: ignore[attr-defined]
        )
        assert ACCOUNT.encode() not in journal


def test_details_of_heartbeats_are_sealed(tmp_path: Path) -> None:
    async def tell(store: Store, details: object) -> object:
        await store.beat("r1", "a", details)
        return await store.last_beat("r1", "a")

    with opened(tmp_path) as runtime:
        run = asyncio.run(runtime.start(workflow(TEXT), INPUT, run_id="r1"))
        assert run == "r1"
        details = {"row": 7, "ssn": SSN, "of": ACCOUNT, "note": "of 219-09-9998"}
        assert asyncio.run(tell(runtime.store, details)) == details
        kept = asyncio.run(runtime.store._store.last_beat("r1", "a"))  # type: ignore[attr-defined]
    assert kept["row"] == 7
    assert all(kept[name].startswith(MARK) for name in ("ssn", "of", "note"))
