"""What the people of an environment may say of a connection: no files, no code, no variable of the server's, no address that
is not on the public Internet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from auterity_sdk.connections.configured import connection_settings
from auterity_sdk.connections.model_settings import AzureSettings, OpenAISettings
from auterity_sdk.connections.public_address import is_public
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.settings import HttpSettings, Settings, SmtpSettings
from auterity_sdk.errors import ConfigurationError

PREFIX = "secret:"
_OPERATORS = ("env:", "file:")


@dataclass(frozen=True, slots=True)
class EnvironmentSecret(SecretReference):
    """`secret:NAME`: a secret of the environment, read when it is used."""

    read: Callable[[str], str]

    def reveal(self) -> str:
        """The secret itself. Raises `ConfigurationError` where it is not there."""
        return self.read(self.reference.removeprefix(PREFIX))


def own_settings(name: str, table: Mapping[str, Any], read: Callable[[str], str]) -> Settings:
    """The settings of a connection of an environment, whose secrets `read` gives. Raises `ConfigurationError`."""
    made = connection_settings(name, _with_secrets(table, read))
    if _asks_with_a_key(made) and table.get("api_key") is None:
        # Left out, the key would be that of the server's own environment.
        raise ConfigurationError("api_key: name a secret of this environment: secret:NAME")
    _must_be_public(made)
    return made


def secrets_in(value: Any) -> Iterator[str]:
    """The names of secrets that options refer to."""
    if isinstance(value, str) and value.startswith(PREFIX):
        yield value.removeprefix(PREFIX)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from secrets_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from secrets_in(inner)


def _asks_with_a_key(made: Settings) -> bool:
    return isinstance(made, AzureSettings) or (
        isinstance(made, OpenAISettings) and made.base_url is None
    )


def _with_secrets(value: Any, read: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_secrets(inner, read) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_secrets(inner, read) for inner in value]
    if isinstance(value, str) and value.startswith(_OPERATORS):
        raise ConfigurationError("a secret is one of this environment: write secret:NAME")
    if isinstance(value, str) and value.startswith(PREFIX):
        return EnvironmentSecret(value, read)
    return value


def _must_be_public(made: Settings) -> None:
    """Refuse an address that is known not to be. That of a name is looked at each time that it is spoken with."""
    host = _host(made)
    if host is None:
        return
    bare = host.strip("[]").rstrip(".").lower()
    try:
        ip_address(bare)
    except ValueError:
        public = bare != "localhost" and not bare.endswith(".localhost")
    else:
        public = is_public(bare)
    if not public:
        raise ConfigurationError("the address is not on the public Internet")


def _host(made: Settings) -> str | None:
    if isinstance(made, SmtpSettings):
        return made.host
    url = made.url if isinstance(made, HttpSettings) else getattr(made, "base_url", None)
    return None if url is None else urlsplit(url).hostname
