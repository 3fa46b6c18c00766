"""Proposals for `needs` and ends: steps, and behind a dot their outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CompletionItemKind

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.completion.proposal import Proposal
from auterity_cli.language_server.describe import step_line
from auterity_cli.language_server.places import in_step
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK, UNCERTAIN

_COMMON = {
    "failed": "it failed, after its last attempt",
    "skipped": "its `when` was false",
    "cancelled": "it was cancelled",
    "uncertain": "nobody knows whether its effect happened",
    DONE: "it ended in any way",
}


def edges(analysis: Analysis, path: Path, before: str) -> Iterator[Proposal]:
    """What an edge at `path` may go on with, `before` the cursor."""
    step, dot, _ = before.partition(".")
    if dot:
        yield from _outcomes(analysis, path, step)
        return
    own = in_step(path)[0]
    for name in step_ids(analysis, own[:-1] if own else ("steps",)):
        if own[-1:] != (name,):
            yield from _step(analysis, path, name)


def step_ids(analysis: Analysis, steps: Path) -> list[str]:
    """The ids of the steps in the mapping at a path, as they are written now."""
    found = dict.fromkeys(analysis.outline.keys(steps))
    if not found:
        for _, graph in analysis.graphs((*steps, "")):
            found.update(dict.fromkeys(graph.nodes))
            break
    return list(found)


def _step(analysis: Analysis, path: Path, name: str) -> Iterator[Proposal]:
    node = analysis.named(path, name)
    detail = step_line(node) if node else ""
    yield Proposal(name, CompletionItemKind.Struct, detail)
    for outcome in (node.outcomes or ()) if node else ():
        if outcome != OK:
            yield Proposal(f"{name}.{outcome}", CompletionItemKind.EnumMember, detail)


def _outcomes(analysis: Analysis, path: Path, step: str) -> Iterator[Proposal]:
    node = analysis.named(path, step)
    own = (node.outcomes if node else None) or ()
    for outcome in own:
        yield Proposal(f"{step}.{outcome}", CompletionItemKind.EnumMember, "outcome of the step")
    for outcome in (*COMMON_OUTCOMES, DONE):
        if outcome not in own and (outcome != UNCERTAIN or (node and node.may_be_uncertain)):
            label = f"{step}.{outcome}"
            yield Proposal(label, CompletionItemKind.EnumMember, _COMMON[outcome])
