"""Who answers for language models in a rehearsal: the answers kept beside the workflow, else rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.runtime.language_models import offline_model, recorded_model
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of

Models = Callable[[str | None], LanguageModel]
"""The model of a connection by its name; None for the usual one."""

ANSWERS_MARK = ".answers.json"
"""Stands in the place of a workflow file's suffix in the name of its kept answers."""


def answers_of(workflow: Path) -> Path:
    """The file of kept answers that stands beside a workflow's."""
    return workflow.with_name(workflow.stem + ANSWERS_MARK)


def rehearsing(workflow: Path) -> Models:
    """Never a call: the kept answers where there are any, whatever the settings say; else the offline rules."""
    file = answers_of(workflow)

    def model(name: str | None) -> LanguageModel:  # noqa: ARG001 - the same for all connections
        return recorded_model(file) if file.is_file() else offline_model()

    return model


def recording(workflow: Path, project: Project) -> Models:
    """The project's models, each of whose answers is kept beside the workflow."""
    connections = connections_of(project, answers_of(workflow))
    return lambda name: connections.get(LanguageModel, name)
