"""The language models and prices of a project, made from its connections: the one place that knows all providers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from auterity_sdk.ai.circuit import Circuit, CircuitModel
from auterity_sdk.ai.fallback import FallbackModel
from auterity_sdk.ai.language_model import LANGCHAIN, OFFLINE, RECORDED, LanguageModel, Member
from auterity_sdk.ai.limits import LimitedModel, Limits
from auterity_sdk.ai.longest_request import BoundedModel
from auterity_sdk.ai.openai.client import Endpoint
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.ai.prices import Prices, Rate
from auterity_sdk.ai.recorded import RecordedModel, RecordingModel
from auterity_sdk.ai.scrub.keeping import scrubbed
from auterity_sdk.connections.model_settings import (
    LLM,
    AzureSettings,
    LangChainSettings,
    ModelSettings,
    OpenAISettings,
    RecordedModelSettings,
)
from auterity_sdk.connections.public_address import Resolver
from auterity_sdk.connections.settings import Settings
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.shared_turns import FILE_NAME as TURNS_FILE
from auterity_sdk.runtime.shared_turns import SharedTurns
from auterity_sdk.workflow.budget import LONGEST_REQUEST

Named = Mapping[str, Settings]


class LanguageModels:
    """Makes the model of a connection, once: its circuit and its limits are those of all runs of the process.

    `root` is the project's folder, `folder` its `.auterity`. With `record`, what any of them answers is kept in that
    file. `python` False: no module of the project is imported. With a `guard`, models have public addresses alone, as it
    resolves them.
    """

    kind = LLM

    def __init__(
        self,
        root: Path,
        folder: Path,
        now: Callable[[], int],
        record: Path | None = None,
        *,
        python: bool = True,
        guard: Resolver | None = None,
    ) -> None:
        self._root = root
        self._python = python
        self._now = now
        self._record = record
        self._guard = guard
        self._turns = SharedTurns(folder / TURNS_FILE)
        self._circuits: dict[str, Circuit] = {}
        self._made: dict[str | None, LanguageModel] = {}

    def make(self, name: str | None, settings: Named) -> LanguageModel:
        """The model of a connection; the offline rules without a name."""
        if name not in self._made:
            longest = longest_request(name, settings)
            self._made[name] = self._kept(BoundedModel(self._chain(name, settings), longest))
        return self._made[name]

    def _kept(self, model: LanguageModel) -> LanguageModel:
        if self._record is None:
            return model
        if model.provider in (RECORDED, OFFLINE):
            raise ConfigurationError(
                f"there is no model whose answers could be recorded: the connection is {model.provider}",
                help="while you record, let [connections.llm] use a model",
            )
        return RecordingModel(model, self._record, scrubbed)

    def _chain(self, name: str | None, settings: Named) -> LanguageModel:
        first = self._one(name, settings)
        table = settings[name] if name is not None else None
        if not isinstance(table, ModelSettings) or not table.fallback:
            return first
        return FallbackModel([first, *(self._one(other, settings) for other in table.fallback)])

    def _one(self, name: str | None, settings: Named) -> LanguageModel:
        table = settings[name] if name is not None else None
        if isinstance(table, RecordedModelSettings):
            return recorded_model(self._root / table.file)
        if name is not None and isinstance(table, OpenAISettings | AzureSettings):
            endpoint = self._pinned(endpoint_of(table))
            model = OpenAIModel(
                endpoint,
                table.model,
                table.embedding_model,
                as_asked=table.input_price is not None,
            )
            return self._guarded(name, table, model, endpoint.host)
        if name is not None and isinstance(table, LangChainSettings):
            return self._guarded(name, table, self._langchain(name, table, settings), name)
        return offline_model()

    def _pinned(self, endpoint: Endpoint) -> Endpoint:
        if self._guard is None:
            return endpoint
        from auterity_sdk.connections.pinned_transport import public_only  # here: it loads HTTP

        return replace(endpoint, transport=partial(public_only, self._guard))

    def _langchain(self, name: str, table: LangChainSettings, settings: Named) -> LanguageModel:
        from auterity_sdk.runtime.runnables import langchain_model  # here: it takes seconds

        if not self._python:
            raise ConfigurationError(
                f"[connections.{name}] is Python of the project, which is not imported",
                help="leave --no-python out",
            )
        asks = self._one(table.asks, settings) if table.asks else None
        return langchain_model(name, table, self._root, asks)

    def _guarded(
        self, name: str, table: ModelSettings, model: LanguageModel, circuit: str
    ) -> LanguageModel:
        """A model behind its limits, and these behind the circuit: while it is open, no turn is taken."""
        limits = Limits(table.requests_per_minute, table.tokens_per_minute)
        if limits != Limits():
            model = LimitedModel(model, name, limits, self._turns, self._now)
        return CircuitModel(model, self._circuits.setdefault(circuit, Circuit()), self._now)


class ModelPrices:
    """Makes the prices that hold for a project's models."""

    kind = "prices"

    def make(self, name: str | None, settings: Named) -> Prices:  # noqa: ARG002 - there is one for all
        """The kept table, the prices that connections name, and who may answer instead of whom."""
        own: dict[Member, Rate] = {}
        instead: dict[Member, list[Member]] = {}
        for table in settings.values():
            if isinstance(table, ModelSettings):
                named = answers_by(table)
                if table.input_price is not None and table.output_price is not None:
                    own[named] = Rate(table.input_price, table.output_price, table.cached_price)
                others = (answers_by(settings[other]) for other in _next(table))
                instead.setdefault(named, []).extend(others)
        return Prices(own, instead)


def answers_by(table: Settings) -> Member:
    """The provider and the model by which the answers of a connection, and their prices, go."""
    if isinstance(table, OpenAISettings | AzureSettings):
        return endpoint_of(table).provider, table.model
    if isinstance(table, LangChainSettings):
        return LANGCHAIN, table.model
    provider = RECORDED if isinstance(table, RecordedModelSettings) else OFFLINE
    return provider, provider


def longest_request(name: str | None, settings: Named) -> int:
    """Tokens of the longest texts that a connection is asked."""
    table = settings[name] if name is not None else None
    return table.max_input_tokens if isinstance(table, ModelSettings) else LONGEST_REQUEST


def _next(table: ModelSettings) -> Iterator[str]:
    """The connections that may answer where one does not itself: its fallbacks, and whom a template asks."""
    return (other for _, other in _others(table))


def endpoint_of(table: OpenAISettings | AzureSettings) -> Endpoint:
    """Where a connection's model is. The key is read when a call needs it."""
    if isinstance(table, AzureSettings):
        return Endpoint(
            url=table.base_url,
            key=table.api_key.reveal,
            api=table.api,
            azure=table.api_version,
            timeout=table.timeout,
        )
    key = table.key.reveal if table.key is not None else None
    if table.base_url is None:
        return Endpoint(key=key, api=table.api, timeout=table.timeout)
    return Endpoint(url=table.base_url, key=key, api=table.api, timeout=table.timeout)


def check_names(settings: Named) -> None:
    """Raises `ConfigurationError` where a connection asks, or falls back on, what is no other model."""
    for name, table in settings.items():
        for key, other in _others(table):
            found = settings.get(other)
            ring = key == "asks" and isinstance(found, LangChainSettings)
            if other == name or ring or LLM not in _serves(found):
                raise ConfigurationError(
                    f"[connections.{name}] {key} names `{other}`, which is no other model",
                    help=f"add [connections.{other}] to auterity.toml",
                )


def _others(table: Settings) -> Iterator[tuple[str, str]]:
    """The connections that one names, and by which key."""
    if isinstance(table, LangChainSettings) and table.asks:
        yield "asks", table.asks
    if isinstance(table, ModelSettings):
        yield from (("fallback", other) for other in table.fallback)


def _serves(table: Settings | None) -> tuple[str, ...]:
    return () if table is None else table.serves


def recorded_model(file: Path) -> LanguageModel:
    """Kept answers, as `--record` keeps them."""
    return RecordedModel(file, scrubbed)


def offline_model() -> LanguageModel:
    """The rules of this machine."""
    from auterity_sdk.ai.offline import OfflineModel  # here: a project with a model takes no rules

    return OfflineModel()
