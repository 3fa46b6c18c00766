"""The connections of an environment: its own, and behind them those of the server's operator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, KeysView, Mapping
from typing import Any, TypeVar

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.configured import ConfiguredConnections
from auterity_sdk.connections.public_address import Resolver, resolve
from auterity_sdk.connections.settings import Settings
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.language_models import LanguageModels, ModelPrices, check_names
from auterity_sdk.runtime.project import Project
from auterity_server.database.connections import KeptConnection
from auterity_server.running.own_settings import own_settings

_LOG = logging.getLogger("auterity.server")
Port = TypeVar("Port")


class EnvironmentConnections:
    """See the steps' `Connections`. What an environment's own connections serve, the operator's do not.

    Its own speak with the public Internet alone, as `guard` resolves names.
    """

    def __init__(
        self,
        operators: ConfiguredConnections,
        project: Project,
        secrets: Callable[[str], str],
        guard: Resolver = resolve,
    ) -> None:
        self._operators = operators
        self._project = project
        self._secrets = secrets
        self._guard = guard
        self._revisions: dict[str, str] = {}
        self._own = self._made({})
        self._names: dict[str, None] = dict.fromkeys(operators.settings)

    @property
    def names(self) -> KeysView[str]:
        """The names of all, as they are now."""
        return self._names.keys()

    def go_by(self, kept: Iterable[KeptConnection]) -> None:
        """These are the environment's own from now on. One that this release does not know is left out."""
        rows = {each.name: each for each in kept}
        revisions = {name: each.revision for name, each in rows.items()}
        if revisions == self._revisions:
            return
        found = {name: self._read(each) for name, each in rows.items()}
        self._own = self._made({name: each for name, each in found.items() if each is not None})
        self._revisions = revisions
        self._names.clear()
        self._names.update(dict.fromkeys((*self._operators.settings, *self._own.settings)))

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """The connection of a port. Raises `ConfigurationError`."""
        wanted: Any = port
        if wanted is Prices:
            settings = {**self._operators.settings, **self._own.settings}
            prices: Any = ModelPrices().make(None, settings)
            return prices  # type: ignore[no-any-return]
        source = self._own if self._own.serves(port, name) else self._operators
        return source.get(port, name)

    def _read(self, kept: KeptConnection) -> Settings | None:
        try:
            return own_settings(kept.name, kept.table, self._secrets)
        except ConfigurationError:
            _LOG.error("the connection %s is none that this release knows", kept.name)
            return None

    def _made(self, settings: Mapping[str, Settings]) -> ConfiguredConnections:
        folder = self._project.store_folder
        models = LanguageModels(
            self._project.root, folder, SystemClock().now, python=False, guard=self._guard
        )
        return ConfiguredConnections(settings, folder, {LanguageModel: models}, self._guard)


def check_own(tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold an environment's own connections against what may be, and against one another. Raises `ConfigurationError`."""
    check_names({name: own_settings(name, table, _unread) for name, table in tables.items()})


def _unread(name: str) -> str:
    raise ConfigurationError(f"the secret `{name}` is not read here")
