"""Contexts: which server, organisation and environment commands speak with, kept in the user's configuration folder."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auterity_sdk.errors import ConfigurationError, UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.hosted.kept_tokens import Place, TokenFile, TokenRing, TokenVault

LOCAL = "local"
"""Stands for this machine where a command serves both."""

SERVER, TOKEN, ENVIRONMENT = "AUTERITY_SERVER", "AUTERITY_TOKEN", "AUTERITY_ENVIRONMENT"
"""Variables by which programs name a server, an API key and an environment, without a context."""

FILE_NAME = "contexts.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class Named(BaseModel):
    """Something on the server: what it is called there, and by people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str


class Context(BaseModel):
    """`environment` has the name `staging`, or `columbus/staging` for that of a store. `tokens` says where they are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str
    organisation: Named | None = None
    environment: Named | None = None
    tokens: Place = "file"


class ContextFile(BaseModel):
    """All contexts by name. `chosen` is what commands take that are told no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    chosen: str | None = None
    contexts: dict[str, Context] = Field(default_factory=dict)

    def named(self, name: str) -> Context:
        """The context of that name. Raises `UsageError`."""
        found = self.contexts.get(name)
        if found is not None:
            return found
        near = did_you_mean(name, self.contexts)
        known = ", ".join(self.contexts) or "none yet"
        advice = f"did you mean {near}?" if near else f"there are: {known}"
        raise UsageError(
            f"there is no context `{name}`", help=f"{advice}; auterity login makes one"
        )

    def with_context(self, name: str, context: Context) -> ContextFile:
        """These and one more, or another one of that name. Raises `UsageError` for what can be no name."""
        if name == LOCAL or not _NAME.fullmatch(name):
            raise UsageError(
                f"`{name}` cannot be the name of a context",
                help="write letters, digits, . _ and -, and not local, which is this machine",
            )
        return self.model_copy(update={"contexts": {**self.contexts, name: context}})

    def without(self, name: str) -> ContextFile:
        """These but one."""
        left = {each: context for each, context in self.contexts.items() if each != name}
        chosen = None if self.chosen == name else self.chosen
        return self.model_copy(update={"contexts": left, "chosen": chosen})


def configuration_folder() -> Path:
    """`$XDG_CONFIG_HOME/auterity`, else `~/.config/auterity`. Raises `ConfigurationError` for a user without a home."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "auterity"
    home = Path("~").expanduser()
    if not home.is_absolute():
        raise ConfigurationError("there is no home folder", help="set XDG_CONFIG_HOME")
    return home / ".config" / "auterity"


def read_contexts() -> ContextFile:
    """The user's contexts. Raises `ConfigurationError` for a file that cannot be read."""
    file = configuration_folder() / FILE_NAME
    try:
        return ContextFile.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return ContextFile()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ConfigurationError(
            f"{file} is not of this version of auterity", help="remove it, and sign in again"
        ) from None


def write_contexts(contexts: ContextFile) -> None:
    """Keep the user's contexts, whole or not at all."""
    file = configuration_folder() / FILE_NAME
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}")
    try:
        draft.write_text(contexts.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from None


def vault_of(name: str, place: Place) -> TokenVault:
    """Where the tokens of a context are."""
    if place == "keyring":
        return TokenRing(name)
    return TokenFile(configuration_folder() / "tokens" / f"{name}.json")


def lock_of(name: str) -> Path:
    """The file that who renews the tokens of a context holds."""
    return configuration_folder() / "tokens" / f"{name}.lock"
