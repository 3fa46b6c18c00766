"""Connections that are one model, its prices and what calls of it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices, Rate
from auterity_sdk.connections.memory import MemoryUsage
from auterity_sdk.connections.usage import UsageLedger
from auterity_sdk.steps.context import StepContext
from auterity_sdk.testing.scripted_model import ScriptedModel

Port = TypeVar("Port")
Asking = Callable[..., tuple[StepContext, ScriptedModel]]
PRICES = Prices({("scripted", "scripted-1"): Rate(Decimal(1), Decimal(2))})
"""A dollar for a million tokens of what is asked, two for what is answered."""


@dataclass
class OneModel:
    model: Any
    ledger: Any = field(default_factory=MemoryUsage)
    prices: Prices = PRICES

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        made: dict[Any, Any] = {
            LanguageModel: self.model,
            UsageLedger: self.ledger,
            Prices: self.prices,
        }
        return made[port]  # type: ignore[no-any-return]
