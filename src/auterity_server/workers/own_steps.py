"""The code of a project's own step types, for a process that carries out nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings as ProjectSettings
from auterity_server.running.hosted_runs import HostedRuns
from auterity_server.running.project_worker import own_step_types


class OwnSteps(Struct, frozen=True):
    """`digests` of their declarations by name, for an organisation by its name."""

    project: Project
    digests: Mapping[str, str]
    organisation: str | None = None

    @classmethod
    def of(cls, folder: str) -> OwnSteps:
        """Those of the project in a folder. Raises `UsageError`, `ConfigurationError`."""
        project = Project.find(Path(folder))
        return cls(project, own_step_types(project.registry))

    def serve(self, runs: HostedRuns, *, speaks: bool) -> None:
        """Let attempts of these be made there, and no others. `speaks`: with the connections of the project."""
        runs.registry, runs.own, runs.only_own = self.project.registry, self.digests, True
        runs.carries_on = False
        if speaks:
            found = self.project.settings
            runs.settings = ProjectSettings(connections=found.connections, budget=found.budget)
