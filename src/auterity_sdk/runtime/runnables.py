"""LangChain runnables of a project's modules, by their names in its settings."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from auterity_sdk.connections.model_settings import LangChainSettings
from auterity_sdk.errors import AuterityError, ConfigurationError
from auterity_sdk.runtime.step_modules import import_path

if TYPE_CHECKING:
    from auterity_sdk.ai.langchain.model import LangChainModel
    from auterity_sdk.ai.language_model import LanguageModel


def langchain_model(
    name: str, table: LangChainSettings, root: Path, asks: LanguageModel | None
) -> LangChainModel:
    """The runnable that a connection names, as a model. Raises `ConfigurationError`."""
    try:
        from langchain_core.runnables import Runnable
    except ImportError:
        raise ConfigurationError(
            f"[connections.{name}] uses LangChain, which is not installed",
            help="pip install 'auterity[langchain]'",
        ) from None
    from auterity_sdk.ai.langchain.model import LangChainModel

    found = _named(name, table.runnable, root)
    if not isinstance(found, Runnable):
        raise ConfigurationError(
            f"[connections.{name}] runnable `{table.runnable}` is a {type(found).__name__}, no Runnable"
        )
    return LangChainModel(found, table.model, table.timeout, asks)


def _named(name: str, runnable: str, root: Path) -> object:
    module, _, attribute = runnable.partition(":")
    with import_path(root):
        try:
            return getattr(importlib.import_module(module), attribute)
        except AuterityError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a project's module may raise anything
            raise ConfigurationError(
                f"[connections.{name}] runnable `{runnable}` cannot be imported: {type(error).__name__}: {error}"
            ) from None
