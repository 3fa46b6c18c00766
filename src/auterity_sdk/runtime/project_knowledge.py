"""What a project names in `[knowledge.NAME]`: its index, and the model that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auterity_sdk.ai.knowledge.index import KnowledgeIndex
from auterity_sdk.ai.knowledge.searching import IndexedKnowledge
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.connections.settings import Settings
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.postgres_knowledge import PostgresKnowledgeIndex
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import KnowledgeTable
from auterity_sdk.runtime.sqlite_knowledge import SqliteKnowledgeIndex


class ProjectKnowledge:
    """Makes the knowledge of a name, with the model that its table names; `model` gives the connection of a name."""

    kind = None

    def __init__(self, project: Project, model: Callable[[str | None], LanguageModel]) -> None:
        self._project = project
        self._model = model

    def make(self, name: str | None, settings: Mapping[str, Settings]) -> IndexedKnowledge:  # noqa: ARG002
        """The knowledge of that name, the only one without a name. Raises `UsageError`."""
        found, table = chosen(self._project, name)
        index = index_of(self._project, found)
        return IndexedKnowledge(found, index, self._model(table.connection), table.embedding_model)


def chosen(project: Project, name: str | None) -> tuple[str, KnowledgeTable]:
    """The knowledge that is meant, with its name: the only one without a name. Raises `UsageError`."""
    tables = project.settings.knowledge
    if not tables:
        raise UsageError(
            "the project names no documents",
            help='add [knowledge.documents] with folders = ["documents"] to auterity.toml',
        )
    if name is None and len(tables) > 1:
        raise UsageError(f"name one of {', '.join(tables)}")
    found = next(iter(tables)) if name is None else name
    if found not in tables:
        raise UsageError(f"there is no knowledge `{found}`", help=f"there is {', '.join(tables)}")
    return found, tables[found]


def index_of(project: Project, name: str) -> KnowledgeIndex:
    """The index of that knowledge: in its database, else in the project's store folder. Raises `ConfigurationError`."""
    database = project.settings.knowledge[name].database
    if database is not None:
        return PostgresKnowledgeIndex(database.reveal(), name)
    return SqliteKnowledgeIndex(project.store_folder / f"knowledge-{name}.db")
