"""Counts what calls of language models take, on its way to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auterity_sdk.connections.usage import Amount, Call, Limit, Over, Spent, Took, UsageLedger
from auterity_server.metrics.metrics import Metrics


class MeasuredUsage:
    """A `UsageLedger` that tells the metrics of what is settled in another one."""

    def __init__(self, ledger: UsageLedger, metrics: Metrics, environment: str) -> None:
        self._ledger = ledger
        self._metrics = metrics
        self._environment = environment
        self._calls: dict[str, Call] = {}

    async def reserve(self, call: Call, most: Amount, limits: Sequence[Limit]) -> Over | None:
        """See `UsageLedger.reserve`."""
        over = await self._ledger.reserve(call, most, limits)
        if over is None:
            self._calls[call.id] = call
        else:
            self._metrics.over_budget.of(self._environment, over.limit.name).inc()
        return over

    async def settle(self, id: str, took: Took, before: Sequence[tuple[Call, Amount]] = ()) -> None:
        """See `UsageLedger.settle`."""
        await self._ledger.settle(id, took, before)
        call = self._calls.pop(id, None)
        if call is not None:
            self._count(took.provider or call.provider, took.model or call.model, took)

    async def calls(
        self, *, run: str = "", workflow: str = "", since: datetime | None = None
    ) -> Sequence[Spent]:
        """See `UsageLedger.calls`."""
        return await self._ledger.calls(run=run, workflow=workflow, since=since)

    def _count(self, provider: str, model: str, took: Took) -> None:
        metrics, names = self._metrics, (self._environment, provider, model)
        metrics.model_calls.of(*names).inc()
        metrics.model_tokens.of(*names, "input").inc(took.input)
        metrics.model_tokens.of(*names, "output").inc(took.output)
        metrics.model_cost.of(*names).inc(took.amount.usd or 0)
