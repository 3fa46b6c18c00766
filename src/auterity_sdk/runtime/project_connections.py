"""All connections of a project: those of its settings, and the language models and documents that
are made from them."""

from __future__ import annotations

from pathlib import Path

from auterity_sdk.ai.knowledge.searching import Knowledge
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.configured import ConfiguredConnections, configured
from auterity_sdk.connections.inventory import Inventory
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.language_models import LanguageModels, ModelPrices, check_names
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_inventory import ProjectInventory
from auterity_sdk.runtime.project_knowledge import ProjectKnowledge


def connections_of(project: Project, record: Path | None = None) -> ConfiguredConnections:
    """What a project's runs speak with. Raises `ConfigurationError`.

    With `record`, what its models answer is kept in that file. Their limits count by the machine's own clock: a
    provider knows no rehearsal.
    """
    models = LanguageModels(
        project.root, project.store_folder, SystemClock().now, record, python=project.python
    )
    knowledge = ProjectKnowledge(project, lambda name: made.get(LanguageModel, name))
    made = configured(
        project.settings.connections,
        project.store_folder,
        {
            LanguageModel: models,
            Prices: ModelPrices(),
            Knowledge: knowledge,
            Inventory: ProjectInventory(project.root),
        },
    )
    check_names(made.settings)
    return made
