"""What a rehearsal's steps speak with: memory, and whoever answers for language models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.testing.kept_answers import Models

Port = TypeVar("Port")


class RehearsalConnections(Struct, frozen=True):
    """`models` gives the language model of a connection by its name; all else is of `memory`."""

    memory: MemoryConnections
    models: Models
    prices: Prices = Prices()

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """The connection of a port. Raises `ConfigurationError` for one that reaches outside."""
        found: Any
        if port is LanguageModel:
            found = self.models(name)
        elif port is Prices:
            found = self.prices
        else:
            found = self.memory.get(port, name)
        return found  # type: ignore[no-any-return]
