"""The formats of findings, held against their schemas and the limits of who reads them.

SARIF is held against the whole published JSON schema (2.1.0-rtm.5, as the npm package
`@microsoft/jest-sarif` ships it). GitLab publishes no schema for Code Quality, and JUnit has none but
what its readers agree on: for these two the needed part is written here by hand, from GitLab's
documentation of the report's keys and from the `junit-10.xsd` of Jenkins' xUnit plugin.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from jsonschema import Draft4Validator, Draft7Validator

from auterity_cli.output import github, gitlab, junit, sarif
from auterity_cli.output.results import OfFile, Results
from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.diagnostics import Diagnostic, Location, Report, Severity, Span
from auterity_sdk.workflow.document import load_document
from tests.cli.conftest import Cli

CORPUS = Path(__file__).parent.parent / "corpus"
SARIF = Draft4Validator(
    json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text())
)
GITLAB = Draft7Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]+$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "pattern": r"^(?!\./|/).+"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    # element: needed attributes, further ones, children
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "file"},
        {"testcase", "properties", "system-out"},
    ),
    "testcase": ({"name"}, {"classname", "time"}, {"failure", "skipped", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}


def assert_junit(element: Element) -> None:
    needed, further, children = JUNIT[element.tag]
    assert needed <= set(element.attrib) <= needed | further
    for child in element:
        assert child.tag in children
        assert_junit(child)


@pytest.fixture
def hundred_files(cli: Cli) -> Cli:
    """A project with 100 files of the corpus, most of them broken, below a folder with a blank and a colon."""
    files = [*sorted((CORPUS / "broken").glob("*.yaml"))[:90], *(CORPUS / "sound").glob("*.yaml")]
    folder = Path("flows, 50% new: ä")
    folder.mkdir()
    Path("auterity.toml").write_text('[project]\nworkflows = ["none"]\n')
    for file in files[:100]:
        shutil.copy(file, folder / file.name)
    assert len(list(folder.iterdir())) == 100
    return cli


def all_formats(cli: Cli) -> dict[str, str]:
    names = ["json", "sarif", "github", "gitlab", "junit"]
    asked = [part for name in names for part in ("--format", f"{name}=out.{name}")]
    files = [str(file) for file in sorted(Path().glob("*/*.yaml"))]
    ended = cli("validate", *files, *asked, "--as-of", "2026-11-23")
    assert ended.code == 1
    assert re.search(r"\d+ errors, .* in 100 files, \d+ ms", ended.out)
    return {name: Path(f"out.{name}").read_text(encoding="utf-8") for name in names}


def test_a_hundred_files_in_every_format(hundred_files: Cli) -> None:
    written = all_formats(hundred_files)
    found = json.loads(written["json"])["findings"]
    assert len(found) > 100
    log, quality = json.loads(written["sarif"]), json.loads(written["gitlab"])
    assert [error.message for error in SARIF.iter_errors(log)] == []
    assert [error.message for error in GITLAB.iter_errors(quality)] == []
    suites = fromstring(written["junit"])
    assert_junit(suites)
    assert len(log["runs"][0]["results"]) == len(quality) == len(found)
    assert len(written["github"].splitlines()) == len(found)
    assert_limits(log)
    assert_unique([each["fingerprint"] for each in quality])
    assert_suites(suites, len(found))


def assert_limits(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) <= 25_000
    assert all(len(rule["properties"]["tags"]) <= 20 for rule in rules)
    assert all(rule["help"]["markdown"] and rule["shortDescription"]["text"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        places = [*result["locations"], *result.get("relatedLocations", [])]
        assert 1 <= len(places) <= 1_000
        for place in places:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert uri.startswith("flows%2C%2050%25%20new%3A%20%C3%A4/")
    assert_unique([each["partialFingerprints"]["auterity/v1"] for each in run["results"]])
    fixes = [fix for result in run["results"] for fix in result.get("fixes", [])]
    assert len(fixes) > 10


def assert_unique(fingerprints: list[str]) -> None:
    assert len(set(fingerprints)) == len(fingerprints)


def assert_suites(suites: Element, found: int) -> None:
    assert len(suites) == 100
    cases = [list(suite) for suite in suites]
    assert all(cases)
    clean = [case for (case, *_) in cases if case.attrib["name"] == "no findings"]
    assert len(clean) == sum(len(suite) == 1 and not len(suite[0]) for suite in suites) > 5
    assert sum(map(len, cases)) - len(clean) == found
    for suite in suites:
        assert suite.attrib["tests"] == str(len(suite))
        assert suite.attrib["failures"] == str(len(suite.findall("testcase/failure")))


SOURCE = load_document("auterity: 1\nname: x\nsteps: {a: {wait: 1h}}\n", file="x.yaml").source


def results(*found: Diagnostic, file: str = "x.yaml") -> Results:
    prints = tuple(f"{number:064x}" for number in range(len(found)))
    return Results((file,), (OfFile(file, file, Report(SOURCE, found), prints),))


def finding(**changes: Any) -> Diagnostic:
    known = {"code": "AUT304", "name": "unreachable-step", "severity": Severity.ERROR}
    return Diagnostic(**{**known, "message": "said", "location": Location(("name",)), **changes})


def test_a_counter_example_is_a_code_flow() -> None:
    steps = tuple(Location(("steps", "a"), "key", label=label) for label in ("first", "then"))
    related = (Location(("steps",), "key", label="here"),)
    log = json.loads(sarif.dumps(results(finding(trace=steps, related=related))))
    assert [error.message for error in SARIF.iter_errors(log)] == []
    (result,) = log["runs"][0]["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    said = [step["location"]["message"]["text"] for step in flow["locations"]]
    assert said == ["first", "then"]
    assert flow["locations"][0]["location"]["physicalLocation"]["region"]["startLine"] == 3
    assert result["relatedLocations"][0]["message"]["text"] == "here"


def test_the_fixes_of_a_log_count_code_points(cli: Cli) -> None:
    line = "steps: {a: {description: ä𝄞, wait: 1h}, b: {needs: [a, a.ok], wait: 1h}}"
    Path("a.yaml").write_text(f"auterity: 1\nname: x\n{line}\n", encoding="utf-8")
    log = json.loads(cli("validate", "a.yaml", "--format", "sarif").out)
    (result,) = log["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    assert region["startLine"] == region["endLine"] == 3
    new = change["insertedContent"]["text"]
    fixed = line[: region["startColumn"] - 1] + new + line[region["endColumn"] - 1 :]
    assert fixed == line.replace(", a.ok", "")


def test_a_log_for_github_keeps_the_gravest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    kinds = (Severity.INFO, Severity.ERROR, Severity.WARNING)
    log = json.loads(sarif.dumps(results(*(finding(severity=kind) for kind in kinds))))
    (run,) = log["runs"]
    assert [each["level"] for each in run["results"]] == ["error", "warning"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 finding")


def test_every_group_of_rules_has_a_tag() -> None:
    found = tuple(finding(code=rule.code, name=rule.name) for rule in all_rules())
    log = json.loads(sarif.dumps(results(*found)))
    assert [error.message for error in SARIF.iter_errors(log)] == []
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in all_rules()]
    assert all(rule["properties"]["tags"] != ["other"] for rule in rules)
    secure = {rule["id"] for rule in rules if "security-severity" in rule["properties"]}
    assert secure == {rule.code for rule in all_rules() if rule.code.startswith("AUT7")}


def test_rules_link_to_the_published_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_pages", lambda: "https://docs.example/auterity/")
    driver = json.loads(sarif.dumps(results(finding())))["runs"][0]["tool"]["driver"]
    (rule,) = driver["rules"]
    assert rule["helpUri"] == "https://docs.example/auterity/rules/unreachable-step.md"


def test_annotations_are_escaped_and_the_gravest_come_first() -> None:
    grave = finding(message="50% off\nnow: a, b")
    light = finding(severity=Severity.WARNING)
    lines = github.dumps(results(light, grave, file="a,b:c%.yaml")).splitlines()
    assert lines[0] == (
        "::error file=a%2Cb%3Ac%25.yaml,line=2,endLine=2,col=7,endColumn=8,"
        "title=AUT304 unreachable-step::50%25 off%0Anow: a, b"
    )
    assert lines[1].startswith("::warning ")


def test_a_message_cannot_start_a_command_of_its_own() -> None:
    said = github.dumps(results(finding(message="x\r\n::error::y\u2028::z")))
    assert len(said.splitlines()) == 1


def test_the_summary_of_a_step_is_cut_before_github_refuses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(github, "LARGEST_SUMMARY", 200)
    table = github.summary(results(*(finding(message="a | b <i>") for _ in range(50))))
    assert "a \\| b &lt;i>" in table
    assert re.search(r"\| … \| 4\d more \|\n$", table)


def test_the_step_gets_its_summary(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.yaml").write_text("auterity: 1\nname: x\nstep: 1\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert cli("validate", "a.yaml", "--format", "github").out.startswith("::error file=a.yaml,")
    assert "| a.yaml:3 | error AUT201 unknown-key" in (tmp_path / "summary.md").read_text()


def test_what_xml_cannot_hold_is_shown() -> None:
    text = junit.dumps(results(finding(message="a\x00b\ud800\uffff<&")))
    (case,) = fromstring(text.encode()).iter("failure")
    assert case.attrib["message"] == "a\\x00b\\ud800�<&"


def test_a_warning_fails_a_case_only_if_it_fails_the_command() -> None:
    one = results(finding(severity=Severity.WARNING))
    assert "<skipped" in junit.dumps(one)
    strict = Results(one.files, one.reports, failing=frozenset(Severity))
    assert "<failure" in junit.dumps(strict)


def test_gitlab_knows_our_severities() -> None:
    said = json.loads(gitlab.dumps(results(*(finding(severity=each) for each in Severity))))
    assert [each["severity"] for each in said] == ["critical", "minor", "info"]


def fingerprints(cli: Cli, text: str, name: str = "a.yaml") -> list[str]:
    Path(name).write_text(text)
    said = json.loads(cli("validate", name, "--format", "json").out)
    return [each["fingerprint"] for each in said["findings"]]


BROKEN = "auterity: 1\nname: x\nsteps:\n  a: {wait: 1m, neds: b}\n  b: {wait: 1m, neds: a}\n"


def test_a_fingerprint_outlives_moved_lines(cli: Cli) -> None:
    first = fingerprints(cli, BROKEN)
    assert len(set(first)) == 2
    moved = BROKEN.replace("steps:", "# one\n\ndescription: two\nsteps:").replace(": {", ":    {")
    assert fingerprints(cli, moved) == first
    assert not set(fingerprints(cli, BROKEN, "b.yaml")) & set(first)
    assert not set(fingerprints(cli, BROKEN.replace("neds", "need"))) & set(first)


def test_equal_findings_at_one_place_differ() -> None:
    from auterity_sdk.checks.fingerprint import fingerprints

    at = Location(span=Span("x.yaml", 1, 1, 1, 3))
    report = Report(SOURCE, (finding(location=at), finding(location=at)))
    one, two = list(fingerprints([("x.yaml", report), ("x.yaml", report)]))
    assert len({*one, *two}) == 4


def test_files_are_named_from_the_repository(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".git").mkdir()
    inner = Path("apps/flows")
    inner.mkdir(parents=True)
    (inner / "a.yaml").write_text(BROKEN)
    monkeypatch.chdir(inner)
    said = json.loads(cli("validate", "--format", "gitlab").out)
    assert {each["location"]["path"] for each in said} == {"apps/flows/a.yaml"}
