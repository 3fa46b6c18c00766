"""A `call` of one version of a workflow, from the command line."""

from __future__ import annotations

from pathlib import Path

from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import load
from tests.cli.conftest import Cli


def test_a_version_is_looked_for_in_the_folders_and_in_the_store(cli: Cli) -> None:
    Path("auterity.toml").write_text("")
    Path("workflows").mkdir()
    child = Path("workflows/child.yaml")
    text = "auterity: 1\nname: child\nsteps: {a: {wait: %s}}\n"

    def digits(length: str) -> str:
        data = load_document((text % length).encode(), file="child.yaml").data
        assert isinstance(data, dict)
        made = load(data)
        return version(made, build_graph(made, Registry()))[:8]

    child.write_text(text % "1ms")
    assert cli("run", "child").code == 0
    child.write_text(text % "2ms")
    Path("workflows/old.yaml").write_text(text % "3ms")
    for length in ("1ms", "2ms", "3ms"):
        caller = (
            f"auterity: 1\nname: x\nsteps: {{c: {{call: 'child@{digits(length)}', timeout: 1m}}}}\n"
        )
        Path("x.yaml").write_text(caller)
        assert cli("validate", "x.yaml").code == 0
        assert cli("run", "x.yaml").code == 0
    Path("x.yaml").write_text("auterity: 1\nname: x\nsteps: {c: {call: child@0123abcd}}\n")
    ended = cli("validate", "x.yaml")
    assert ended.code == 1
    assert "there is no version `0123abcd` of `child`" in ended.out
    assert digits("2ms") in ended.out
