"""The store in PostgreSQL keeps the contract, also beside another environment that has the very same runs."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from auterity_sdk.runtime.ports import Store
from auterity_sdk.testing.store_contract import StoreContract
from tests.server.run_store.stores_in_postgres import StoresInPostgres


class TestPostgresStore(StoreContract):
    """All tests share a database: each has an environment of its own in it."""

    @pytest.fixture(autouse=True)
    def _database(self, shared_url: str, request: pytest.FixtureRequest) -> None:
        self._stores = StoresInPostgres(shared_url)
        self._environment = request.node.name
        self._count = 0

    def store(self) -> Store:
        self._count += 1
        return self._stores.of(f"{self._environment} {self._count}")

    def again(self, store: Store) -> Store:
        return self._stores.of(f"{self._environment} {self._count}")

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        self._stores.carry_out(check)
