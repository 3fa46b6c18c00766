"""The stock of a project: the file that its settings name."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from pathlib import Path

from auterity_sdk.connections.settings import Settings, StockFeedSettings
from auterity_sdk.dealership.stock_feed import Stock, read_stock
from auterity_sdk.errors import ConfigurationError, StepError


class StockFile:
    """A stock that is a file. It is read again when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[tuple[int, int], Stock] | None = None

    async def stock(self) -> Stock:
        """What the file holds."""
        return await to_thread(self._current)

    def _current(self) -> Stock:
        try:
            state = self._file.stat()
            stamp = state.st_mtime_ns, state.st_size
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, read_stock(self._file.read_bytes())
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise StepError(
                f"the stock {self._file} cannot be read: {reason}", type="network", retryable=True
            ) from None
        except ValueError as error:
            raise StepError(f"the stock {self._file}: {error}", type="bad_answer") from None
        return self._read[1]


class ProjectInventory:
    """Makes the stock of a connection; `root` is the project's folder."""

    kind = "inventory"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[str, StockFile] = {}

    def make(self, name: str | None, settings: Mapping[str, Settings]) -> StockFile:
        """The stock of that connection. Raises `ConfigurationError` where there is none."""
        found = settings.get(name) if name is not None else None
        if name is None or not isinstance(found, StockFeedSettings):
            raise ConfigurationError(
                "no stock is connected",
                help='add [connections.inventory] with use = "stock_feed" and file = "stock.csv" to auterity.toml',
            )
        return self._made.setdefault(name, StockFile(self._root / found.file))
