"""The connections of a project, from the `[connections.*]` tables of its `auterity.toml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import ValidationError

from auterity_sdk.connections.adapters import ADAPTERS
from auterity_sdk.connections.mail import Mailer
from auterity_sdk.connections.outbox import FILE_NAME as OUTBOX_FILE
from auterity_sdk.connections.outbox import Outbox
from auterity_sdk.connections.public_address import Resolver
from auterity_sdk.connections.records import Records
from auterity_sdk.connections.settings import HttpSettings, Settings, SmtpSettings
from auterity_sdk.connections.sms import TextMessenger
from auterity_sdk.connections.sqlite_records import FILE_NAME as RECORDS_FILE
from auterity_sdk.connections.sqlite_records import SqliteRecords
from auterity_sdk.connections.sqlite_usage import FILE_NAME as USAGE_FILE
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.connections.tasks import TaskList
from auterity_sdk.connections.usage import UsageLedger
from auterity_sdk.connections.web import Web
from auterity_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from auterity_sdk.connections.guarded_web import GuardedWeb

Port = TypeVar("Port")

_KINDS: dict[Any, str] = {
    TextMessenger: "sms",
    Mailer: "email",
    TaskList: "tasks",
    Records: "records",
    UsageLedger: "usage",
    Web: "web",
}
"""The name by which each port's own connection is known."""


class Maker(Protocol):
    """Makes the connections of a port that is none of this package's, such as a language model's."""

    @property
    def kind(self) -> str | None:
        """The name by which the port's own connection is known; None where its names are in no connection."""
        ...

    def make(self, name: str | None, settings: Mapping[str, Settings]) -> object:
        """The connection of that name; None where settings name none of the kind. Raises `ConfigurationError`."""
        ...


@dataclass(frozen=True)
class ConfiguredConnections:
    """The connections that settings name; without any for a port, the local outbox and records.

    A port's connection is the one asked for by name; else the one that has the port's own name (`sms`,
    `email`, `tasks`); else the only one of its port. `makers` make those of further ports.
    """

    settings: Mapping[str, Settings]
    folder: Path
    makers: Mapping[Any, Maker] = field(default_factory=dict)
    guard: Resolver | None = None
    """Whoever wrote the settings is not trusted with this machine's network: public addresses alone, as this resolves them."""

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """The connection of a port. Raises `ConfigurationError`."""
        maker = self.makers.get(port)
        if maker is not None:
            found = self.chosen(maker.kind, name) if maker.kind else name
            of_maker: Any = maker.make(found, self.settings)
            return of_maker  # type: ignore[no-any-return]
        kind = _KINDS.get(port)
        if kind is None:
            raise ConfigurationError(f"no connection can serve {port!r}")
        made: Any = self._made(kind, self.chosen(kind, name))
        return made  # type: ignore[no-any-return]

    def serves(self, port: Callable[..., object], name: str | None) -> bool:
        """Whether the settings name a connection that `get` would give."""
        maker = self.makers.get(port)
        kind = _KINDS.get(port) if maker is None else maker.kind
        if kind is None:
            return False
        named = [each for each, found in self.settings.items() if kind in found.serves]
        if name is None and kind == "web":
            return kind in named
        return bool(named) if name is None else name in named

    @cached_property
    def outbox(self) -> Outbox:
        """What messages go to, and what keeps those that were sent."""
        return Outbox(self.folder / OUTBOX_FILE)

    @cached_property
    def _usage(self) -> SqliteUsage:
        return SqliteUsage(self.folder / USAGE_FILE)

    def chosen(self, kind: str, name: str | None) -> str | None:
        """The name of the connection that serves a kind; None where settings name none. Raises `ConfigurationError`."""
        if name is not None:
            if name in self.settings and kind in self.settings[name].serves:
                return name
            raise ConfigurationError(
                f"there is no {kind} connection `{name}`",
                help=f"add [connections.{name}] to auterity.toml",
            )
        of_kind = [name for name, found in self.settings.items() if kind in found.serves]
        if kind in of_kind or kind == "web":
            return kind if kind in of_kind else None
        if len(of_kind) > 1:
            raise ConfigurationError(
                f"several connections serve {kind}: {', '.join(of_kind)}",
                help=f"name the usual one [connections.{kind}]",
            )
        return of_kind[0] if of_kind else None

    def _made(self, kind: str, name: str | None) -> object:
        settings = self.settings[name] if name is not None else None
        if kind == "web":
            return self._web(settings)
        if kind == "records":
            return SqliteRecords(self.folder / RECORDS_FILE)
        if kind == "usage":
            return self._usage
        if isinstance(settings, SmtpSettings):
            return _smtp(settings, self.outbox, self.guard)
        return self.outbox

    def _web(self, settings: Settings | None) -> GuardedWeb:
        # Loaded here, since the HTTP library takes longer to load than all the rest.
        from auterity_sdk.connections.guarded_web import GuardedWeb

        if self.guard is not None:
            own = settings if isinstance(settings, HttpSettings) else None
            return GuardedWeb(
                address=None if own is None else own.url,
                headers={} if own is None else own.headers,
                resolver=self.guard,
            )
        named = frozenset(
            found.origin for found in self.settings.values() if isinstance(found, HttpSettings)
        )
        if isinstance(settings, HttpSettings):
            return GuardedWeb(named=named, address=settings.url, headers=settings.headers)
        return GuardedWeb(named=named)


def configured(
    tables: Mapping[str, Any], folder: Path, makers: Mapping[Any, Maker] | None = None
) -> ConfiguredConnections:
    """The connections of the tables `[connections.NAME]`; `folder` is the project's `.auterity`.

    Nothing is opened and no secret read before it is used. Raises `ConfigurationError`.
    """
    return ConfiguredConnections(
        {name: connection_settings(name, table) for name, table in tables.items()},
        folder,
        makers or {},
    )


def connection_settings(name: str, table: Any) -> Settings:
    """What one table says. Raises `ConfigurationError`, which quotes no value."""
    place = f"[connections.{name}]"
    use = table.get("use") if isinstance(table, Mapping) else None
    if not isinstance(use, str):
        raise ConfigurationError(
            f"{place} does not say what it uses", help=f"add use = one of {', '.join(ADAPTERS)}"
        )
    if use not in ADAPTERS:
        close = get_close_matches(use, ADAPTERS, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(ADAPTERS)}"
        raise ConfigurationError(f"{place} uses `{use}`, which is not known", help=hint)
    try:
        return ADAPTERS[use].model_validate({k: v for k, v in table.items() if k != "use"})
    except ValidationError as error:
        # Pydantic's own text quotes the value, which may be a password in the wrong place.
        wrong = (f"{'.'.join(map(str, d['loc'])) or 'it'}: {d['msg']}" for d in error.errors())
        raise ConfigurationError(f"{place} {'; '.join(wrong)}") from None


def _smtp(settings: SmtpSettings, outbox: Outbox, guard: Resolver | None) -> object:
    from auterity_sdk.connections.smtp import SmtpMailer

    return SmtpMailer(ledger=outbox, guard=guard, **dict(settings))
