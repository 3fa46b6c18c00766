"""Proposals for names from outside of the file: step types, workflows, types, arguments."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CompletionItemKind

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.calls import called_signature
from auterity_cli.language_server.completion.proposal import Proposal
from auterity_cli.language_server.describe import argument_detail
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.types import PLAIN_TYPES


def step_types(analysis: Analysis) -> Iterator[Proposal]:
    """All step types. Their pages are left to the hover: reading them would import each."""
    for name in sorted(analysis.catalog.step_type_names()):
        yield Proposal(name, CompletionItemKind.Function)


def workflows(analysis: Analysis) -> Iterator[Proposal]:
    """The workflows that a `call` may name."""
    for name in sorted(analysis.catalog.workflows):
        yield Proposal(name, CompletionItemKind.Module)


def types(analysis: Analysis) -> Iterator[Proposal]:
    """The plain types, and those that are registered."""
    for name in PLAIN_TYPES:
        yield Proposal(name, CompletionItemKind.TypeParameter)
    for name in sorted(analysis.catalog.type_names()):
        yield Proposal(name, CompletionItemKind.Class)


def arguments(analysis: Analysis, path: Path, written: tuple[str, ...]) -> Iterator[Proposal]:
    """The arguments of the `with` at a path that are not there yet, the required ones first."""
    signature = called_signature(analysis, path)
    if signature is None:
        return
    left = [each for each in signature.parameters.items() if each[0] not in written]
    for name, parameter in sorted(left, key=lambda each: not each[1].required):
        yield Proposal(
            name,
            CompletionItemKind.Property,
            argument_detail(parameter, signature),
            parameter.description,
            f"{name}: ",
        )
