"""Verdicts that are remembered: the same as fresh ones, whatever changed in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from auterity_sdk.diagnostics import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Report,
    Severity,
    Span,
    Suppressed,
    Unbounded,
    WorstCase,
)
from auterity_sdk.runtime import verdict_form, verdict_key, verdicts
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Dealership, Settings
from auterity_sdk.runtime.verdict_store import VerdictStore, cache_folder
from auterity_sdk.runtime.verdicts import Verdicts
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.document.late_source import LateSource

CORPUS = Path(__file__).parents[1] / "corpus"

CALLER = """\
auterity: 1
name: caller
steps:
  child: {call: child-flow, with: {count: 1}}
  hello: {uses: our.greet, with: {name: Jordan}}
  bye:
    needs: hello
    uses: sms.send
    with: {to: "+14195550188", body: "${hello.text}"}
"""
CHILD = """\
auterity: 1
name: child-flow
input: {count: integer}
steps:
  pause: {wait: 1h}
"""
STEPS = """\
from auterity_sdk import Output, step

class Greeted(Output):
    text: str

@step(name="our.greet")
def greet(name: str) -> Greeted:
    return Greeted(text=name)
"""
SETTINGS = '[project]\nsteps = ["verdict_steps"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with a workflow that calls another and uses a step type of the project."""
    made = tmp_path / "project"
    (made / "workflows").mkdir(parents=True)
    monkeypatch.chdir(made)
    for name, text in {
        "auterity.toml": SETTINGS,
        "verdict_steps.py": STEPS,
        "caller.yaml": CALLER,
        "workflows/child.yaml": CHILD,
    }.items():
        (made / name).write_text(text)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield made
    sys.modules.pop("verdict_steps", None)


@pytest.fixture
def store(tmp_path: Path) -> VerdictStore:
    return VerdictStore(tmp_path / "cache")


class Asked:
    """The verdicts on one file, fresh or with a store; options are those of a run."""

    def __init__(self, folder: Path, file: str = "caller.yaml") -> None:
        self.folder, self.file = folder, Path(file)

    def __call__(self, store: VerdictStore | None, **options: object) -> str:
        sys.modules.pop("verdict_steps", None)  # as another process would find it
        project = Project.find(self.folder, python=bool(options.pop("python", True)))
        policy = policy_of(project, **options)  # type: ignore[arg-type]
        return shown(Verdicts(project, policy, store).reports(self.file))


def shown(reports: object) -> str:
    """All that formats read of reports."""
    assert isinstance(reports, list | tuple)
    return json.dumps([[plain(each), [*map(str, each.suppressed)]] for each in reports])


def plain(report: Report) -> list[object]:
    place = report.source.span
    return [
        [str(each), str(place(each.location)), [str(place(other)) for other in each.related],
         report.source.line(place(each.location).line)]
        for each in report.diagnostics
    ]  # fmt: skip


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


def add_step_to_the_class(folder: Path) -> None:
    """A validator: what the type says of itself stays, what it takes does not."""
    replaced("verdict_steps.py", "(name: str)", "(name: Annotated[str, AfterValidator(no)])")(
        folder
    )
    text = (folder / "verdict_steps.py").read_text()
    above = "from typing import Annotated\nfrom pydantic import AfterValidator\n"
    check = "def no(value: str) -> str:\n    raise ValueError('never')\n"
    (folder / "verdict_steps.py").write_text(above + check + text)


CHANGES: dict[str, Callable[[Path], object]] = {
    "the file": replaced("caller.yaml", "sms.send", "sms.sned"),
    "a called workflow's input": replaced("workflows/child.yaml", "count", "number"),
    "a called workflow's name": replaced("workflows/child.yaml", "child-flow", "other-flow"),
    "a called workflow is gone": lambda folder: (folder / "workflows/child.yaml").unlink(),
    "a step type's parameter": replaced("verdict_steps.py", "(name: str)", "(nome: str)"),
    "a step type's output": replaced("verdict_steps.py", "text: str", "words: str"),
    "a step type's validator": add_step_to_the_class,
    "a step type's name": replaced("verdict_steps.py", "our.greet", "our.greeting"),
    "the step modules": replaced("auterity.toml", '"verdict_steps"', ""),
    "the workflow folders": lambda folder: (folder / "auterity.toml").write_text(
        SETTINGS + 'workflows = ["elsewhere"]\n'
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(folder: Path, store: VerdictStore, change: str) -> None:
    ask = Asked(folder)
    before = ask(store)
    assert ask(store) == before == ask(None)
    CHANGES[change](folder)
    after = ask(None)
    assert after != before
    assert ask(store) == after
    assert ask(store) == after


def test_levels_and_options_are_seen(folder: Path, store: VerdictStore) -> None:
    (folder / "unused.yaml").write_text(CHILD)
    asked = [Asked(folder), Asked(folder, "unused.yaml")]
    seen = [[ask(store) for ask in asked]]
    for level in ("error", "off"):
        (folder / "auterity.toml").write_text(f'{SETTINGS}[rules]\nunused-input = "{level}"\n')
        seen.append([ask(store) for ask in asked])
        assert seen[-1] == [ask(None) for ask in asked]
    assert len({unused for _, unused in seen}) == 3
    without = asked[0](store, python=False)
    assert without == asked[0](None, python=False) != seen[-1][0]


ALLOWED = """\
auterity: 1
name: allowed
input:
  extra: string  # auterity: allow unused-input reason="comes later" until=2027-03-01
steps:
  pause: {wait: 1h}
"""


def test_a_day_on_which_an_allowance_ends_is_seen(folder: Path, store: VerdictStore) -> None:
    (folder / "allowed.yaml").write_text(ALLOWED)
    ask = Asked(folder, "allowed.yaml")
    options: list[dict[str, object]] = [
        {"as_of": date(2027, 2, 28)},
        {"as_of": date(2027, 3, 2)},
        {"as_of": date(2027, 2, 28), "suppressions": False},
    ]
    seen = [ask(store, **each) for each in options]
    assert len(set(seen)) == len(seen)
    assert [ask(store, **each) for each in options] == seen
    assert [ask(None, **each) for each in options] == seen


@pytest.mark.parametrize("part", ["code", "_packages", "_zones"])
def test_other_code_is_another_key(
    folder: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.find(folder)
    policy = policy_of(project, as_of=date(2026, 1, 1))
    before = verdict_key.surroundings(project, policy)
    assert verdict_key.surroundings(project, policy) == before
    monkeypatch.setattr(verdict_key, part, lambda: ["another"])
    assert verdict_key.surroundings(project, policy) != before


def test_other_settings_are_another_key(folder: Path) -> None:
    """Also those that no rule reads yet."""
    policy = policy_of(Project.find(folder), as_of=date(2026, 1, 1))
    plain = Project(folder, Settings())
    others = [
        Project(folder, Settings(dealership=Dealership(region="OH"))),
        Project(folder, Settings(), python=False),
        Project(folder / "workflows", Settings()),
    ]
    keys = [verdict_key.surroundings(project, policy) for project in (plain, *others)]
    assert len(set(keys)) == len(keys)


def test_the_code_is_hashed_by_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules").mkdir()
    for name in ("__init__.py", "rules/one.py"):
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.setattr(verdict_key.auterity_sdk, "__file__", str(tmp_path / "__init__.py"))
    seen = set()
    for text in ("x = 1\n", "x = 2\n", "x = 3\n"):
        (tmp_path / "rules/one.py").write_text(text)
        verdict_key.code.cache_clear()
        seen.add(verdict_key.code())
    verdict_key.code.cache_clear()
    assert len(seen) == 3


def test_what_did_not_change_is_not_checked_again(
    folder: Path, store: VerdictStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asked(folder)
    before = ask(store)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was checked again")

    monkeypatch.setattr(verdicts, "check_document", never)
    assert ask(store) == before
    replaced("caller.yaml", "caller", "another")(folder)
    with pytest.raises(AssertionError, match="checked again"):
        ask(store)


def test_a_file_that_calls_nothing_does_not_mind_other_workflows(
    folder: Path, store: VerdictStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asked(folder, "workflows/child.yaml")
    before = ask(store)
    (folder / "workflows/more.yaml").write_text(CHILD.replace("child-flow", "more"))
    monkeypatch.setattr(verdicts, "check_document", None)
    assert ask(store) == before


def test_a_file_that_calls_a_certain_version_is_always_checked(
    folder: Path, store: VerdictStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that begins may bring the version into the store, and pruning may take it away."""
    text = "auterity: 1\nname: x\nsteps: {c: {call: child-flow@0123abcd}}\n"
    (folder / "workflows/x.yaml").write_text(text)
    ask = Asked(folder, "workflows/x.yaml")
    ask(store)
    monkeypatch.setattr(verdicts, "check_document", None)
    with pytest.raises(TypeError):
        ask(store)


@pytest.mark.parametrize("kind", ["broken", "sound"])
def test_a_remembered_verdict_says_what_a_fresh_one_says(
    kind: str, store: VerdictStore, tmp_path: Path
) -> None:
    project = Project.find(tmp_path)
    policy = policy_of(project, as_of=date(2026, 1, 1))
    all_files = sorted((CORPUS / kind).rglob("*.yaml"))[:120]
    files = [file for file in all_files if b"child@" not in file.read_bytes()]
    assert files
    first = {file: Verdicts(project, policy, store).reports(file) for file in files}
    for file in files:
        (again,) = Verdicts(project, policy, store).reports(file)
        fresh = [checked.report for checked in check_file(file, project, policy)]
        assert again is not first[file][0]
        assert isinstance(again.source, LateSource)
        assert shown([again]) == shown(fresh) == shown(first[file])
        assert [again.diagnostics, again.suppressed] == [fresh[0].diagnostics, fresh[0].suppressed]


def test_every_field_of_a_finding_is_kept() -> None:
    span = Span("x.yaml", 1, 2, 3, 4, 5, 6)
    place = Location(("steps", 0), "key", (0, 0), "here", span)
    fix = Fix("mend it", (Edit(place, "x"),), safe=True)
    found = Diagnostic(
        "AUT1",
        "a-rule",
        Severity.INFO,
        "\ud800 \u202e",
        place,
        (place,),
        ("n",),
        ("h",),
        (fix,),
        (place,),
    )
    for value in (found, place, span, fix, fix.edits[0]):
        written = {each.name for each in fields(value) if getattr(value, each.name) != each.default}
        assert written == {each.name for each in fields(value)}, "a field that the form may lose"
    source, allowed = LateSource("x.yaml", b"a: 1", {}), (Suppressed(found, "why"),)
    worst = WorstCase(7, (Unbounded(place, "why"),), (place,))
    report = Report(source, (found,), allowed, worst)
    data = json.loads(json.dumps(verdict_form.written(report)))
    again = verdict_form.read(data, "x.yaml", b"a: 1")
    assert (again.diagnostics, again.suppressed) == (report.diagnostics, report.suppressed)
    assert again.worst_case == worst


def test_a_late_source_is_read_where_a_place_is_not_known() -> None:
    text = b"\xef\xbb\xbfauterity: 1\nsteps: {a: {wait: 1h}}\n"
    fresh = load_document(text, file="x.yaml").source
    late = LateSource("x.yaml", text, {})
    for path in ((), ("steps",), ("steps", "a", "wait"), ("nowhere",)):
        assert late.span(Location(path)) == fresh.span(Location(path))
    assert (late.line(2), late.text, late.comments) == (fresh.line(2), fresh.text, fresh.comments)
    broken = LateSource("x.yaml", b"\xff", {})
    assert broken.span(Location()) == load_document(b"\xff", file="x.yaml").source.span(Location())


def entries(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.json"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_corrupted_entry_is_none(folder: Path, tmp_path: Path, data: st.DataObject) -> None:
    cache = tmp_path / "cache"
    store = VerdictStore(cache)
    key, kept = "ab" * 32, {"workflows": None, "found": [], "suppressed": []}
    store.put(key, kept)
    assert store.get(key) == kept
    (file,) = entries(cache)
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    how = data.draw(st.sampled_from(["cut", "flip", "other"]))
    if how == "cut":
        del content[at:]
    elif how == "flip":
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        content = bytearray(
            data.draw(st.sampled_from([b"[]", b"null", b"[" * 9999, b"1", b'{"a":1}']))
        )
    file.write_bytes(content)
    assert store.get(key) is None or (store.get(key) == kept and how == "flip")


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path / "cache")
    store.put("ab" * 32, [1])
    (file,) = entries(tmp_path / "cache")
    file.rename(file.with_name("cd" * 31 + ".json"))
    assert store.get("ab" + "cd" * 31) is None


@pytest.mark.parametrize("kept", [[], {}, {"workflows": None}, {"workflows": None, "found": [{}], "suppressed": []},
                                  {"workflows": None, "found": [{"severity": "grave"}], "suppressed": 3}])  # fmt: skip
def test_an_entry_of_another_shape_is_none(
    folder: Path, store: VerdictStore, kept: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asked(folder)
    fresh = ask(None)
    monkeypatch.setattr(store, "get", lambda key: kept)
    assert ask(store) == fresh


def test_entries_are_for_their_owner_alone(
    folder: Path, store: VerdictStore, tmp_path: Path
) -> None:
    Asked(folder)(store)
    for made in (tmp_path / "cache", *(tmp_path / "cache").rglob("*")):
        assert made.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_into_is_not_used(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    store = VerdictStore(cache)
    Asked(folder)(store)
    assert entries(cache) == []


def test_a_disk_that_refuses_changes_no_verdict(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    ask = Asked(folder)
    assert ask(VerdictStore(tmp_path / "cache")) == ask(None)
    assert ask(VerdictStore(tmp_path / "cache" / "deeper")) == ask(None)


def test_the_cache_is_not_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "auterity"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "auterity"


def test_old_entries_are_swept_once_a_day(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    store = VerdictStore(cache)
    store.put("ab" * 32, [1])
    store.put("cd" * 32, [2])
    old = cache / "ab" / f"{'ab' * 31}.json"
    os.utime(old, (0, 0))
    store.sweep()
    assert store.get("ab" * 32) is None
    assert store.get("cd" * 32) == [2]
    store.put("ab" * 32, [1])
    os.utime(old, (0, 0))
    store.sweep()
    assert store.get("ab" * 32) == [1]
    assert store.clear() == 2
    assert store.get("cd" * 32) is None


PROCESS = """\
import sys
from pathlib import Path
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Dealership, Settings
from auterity_sdk.runtime.verdict_store import VerdictStore
from auterity_sdk.runtime.verdicts import Verdicts
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.document.late_source import LateSource
project = Project.find(Path(sys.argv[1]))
verdicts = Verdicts(project, policy_of(project), VerdictStore(Path(sys.argv[2])))
for file in sorted(Path(sys.argv[1]).glob("many/*.yaml")) * 3:
    for report in verdicts.reports(file):
        print(file.name, [found.code for found in report.diagnostics])
"""


def test_two_processes_share_a_cache(folder: Path, tmp_path: Path) -> None:
    (folder / "many").mkdir()
    for number in range(30):
        (folder / "many" / f"{number}.yaml").write_text(
            CALLER.replace("caller", f"flow-{number % 7}")
        )
    command = [sys.executable, "-c", PROCESS, str(folder), str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    one, other = (process.communicate(timeout=60)[0] for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert one == other
    assert len(one.splitlines()) == 90
    assert len(entries(tmp_path / "cache")) == 30
