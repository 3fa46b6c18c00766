"""What the runs of an environment speak with: nothing outside this machine, unless the operator's settings say so."""

from __future__ import annotations

from collections.abc import Mapping

from auterity_sdk.ai.knowledge.searching import Knowledge
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.configured import ConfiguredConnections, Maker, configured
from auterity_sdk.connections.settings import HttpSettings, Settings
from auterity_sdk.connections.usage import UsageLedger
from auterity_sdk.connections.web import Web, WebRequest, WebResponse
from auterity_sdk.errors import StepError
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.language_models import LanguageModels, ModelPrices, check_names
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_knowledge import ProjectKnowledge


class NoWeb:
    """The web of a server whose settings name no host: no request is sent."""

    async def send(self, request: WebRequest) -> WebResponse:  # noqa: ARG002 - the port's signature
        """Raise `StepError`: nothing leaves this machine."""
        raise StepError(
            "this server speaks with no other host",
            type="address_refused",
            help="its operator names hosts in [connections.NAME] of AUTERITY_CONNECTIONS",
        )


class _NoWebMaker:
    kind = None

    def make(self, name: str | None, settings: Mapping[str, Settings]) -> NoWeb:  # noqa: ARG002
        return NoWeb()


class _UsageMaker:
    kind = None

    def __init__(self, usage: UsageLedger) -> None:
        self._usage = usage

    def make(self, name: str | None, settings: Mapping[str, Settings]) -> UsageLedger:  # noqa: ARG002
        return self._usage


def connections_of(project: Project, usage: UsageLedger) -> ConfiguredConnections:
    """The connections of an environment, whose folder is the project's; calls of models are told to `usage`.

    Raises `ConfigurationError`.
    """
    models = LanguageModels(project.root, project.store_folder, SystemClock().now, python=False)
    knowledge = ProjectKnowledge(project, lambda name: made.get(LanguageModel, name))
    makers: dict[object, Maker] = {
        LanguageModel: models,
        Prices: ModelPrices(),
        Knowledge: knowledge,
        UsageLedger: _UsageMaker(usage),
    }
    made = configured(project.settings.connections, project.store_folder, makers)
    if not any(isinstance(each, HttpSettings) for each in made.settings.values()):
        makers[Web] = _NoWebMaker()
    check_names(made.settings)
    return made
