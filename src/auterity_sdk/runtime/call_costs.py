"""What calls of a project's language models cost at the most, told before a run by the connections of its settings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from auterity_sdk.ai.language_model import Usage
from auterity_sdk.ai.prices import Prices
from auterity_sdk.ai.tokens import most_of_picture
from auterity_sdk.connections.configured import ConfiguredConnections, configured
from auterity_sdk.connections.model_settings import LLM, LangChainSettings, ModelSettings
from auterity_sdk.runtime.language_models import (
    ModelPrices,
    Named,
    answers_by,
    check_names,
    longest_request,
)
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.steps.registry import cost_of_rules
from auterity_sdk.steps.spending import most_of_call
from auterity_sdk.workflow.budget import Asked, CallCost


class CallCosts:
    """Tells the cost of a call by today's prices."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._told: dict[Asked, CallCost] = {}

    def __call__(self, asked: Asked) -> CallCost:
        """What it takes at the most. Raises `ConfigurationError` where there is no such connection."""
        if asked not in self._told:
            self._told[asked] = self._cost(asked)
        return self._told[asked]

    def _cost(self, asked: Asked) -> CallCost:
        name = self._connections.chosen(LLM, asked.connection)
        if name is None:
            return cost_of_rules(asked)
        tables, today = self._connections.settings, datetime.now(UTC)
        members = self._prices.members(answers_by(tables[name]), asked.model)
        longest = longest_request(name, tables)

        def most(model: str) -> Usage:
            pictures = asked.pictures * most_of_picture(model)
            return Usage(longest + pictures, asked.longest_answer)

        def answer(model: str) -> Usage:  # noqa: ARG001 - the same of all models
            return Usage(0, asked.longest_answer)

        whole = most_of_call(self._prices, members, most, today)
        alone = most_of_call(self._prices, members, answer, today)
        model = self._prices.unpriced(members, today) or members[0][1]
        loose = _loose(name, tables)
        return CallCost(whole.tokens, whole.nano, model, alone.tokens, alone.nano, loose)

    @cached_property
    def _connections(self) -> ConfiguredConnections:
        made = configured(self._settings.connections, Path())
        check_names(made.settings)
        return made

    @cached_property
    def _prices(self) -> Prices:
        return ModelPrices().make(None, self._connections.settings)


def _loose(name: str, tables: Named) -> str:
    """Why nothing bounds a call: a runnable asks and answers as it likes."""
    table = tables[name]
    chain = (name, *table.fallback) if isinstance(table, ModelSettings) else (name,)
    for each in chain:
        if isinstance(tables[each], LangChainSettings):
            return f"nothing bounds what the runnable of `[connections.{each}]` asks and answers"
    return ""
