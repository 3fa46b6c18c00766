"""The composition root: the one file that names concrete classes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.errors import AuterityError, ConfigurationError
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.runtime.seal import SealKey
from auterity_sdk.runtime.settings import Settings as ProjectSettings
from auterity_sdk.runtime.settings import read_settings
from auterity_server.access.access import Access, make_access
from auterity_server.database.auditing import AuditLog
from auterity_server.database.database import Database
from auterity_server.database.mails import forget_mails
from auterity_server.database.notifications import forget_notifications
from auterity_server.database.places import Environment, PlacesOf
from auterity_server.database.webhooks import forget_deliveries
from auterity_server.database.workers import LiveWorker, forget_dead
from auterity_server.health.checks_of import checks_of
from auterity_server.health.readiness import Readiness
from auterity_server.mail.post import Post, post_of
from auterity_server.mail.sending import Sending, mailer_of
from auterity_server.mail.smtp_url import smtp_settings
from auterity_server.metrics.metrics import Metrics
from auterity_server.notifications.about_approvals import ReadRuns
from auterity_server.notifications.digests import Digests
from auterity_server.notifications.notifying import Notifying
from auterity_server.notifications.reading import Reading
from auterity_server.probes import probing
from auterity_server.problems import not_found, wrong_value
from auterity_server.running.apart import ApartProcesses
from auterity_server.running.by_celery import by_celery
from auterity_server.running.heartbeat import tell_that_it_lives
from auterity_server.running.hosted_runs import EnvironmentRuns, HostedRuns
from auterity_server.running.run_stores import SqliteRunStores
from auterity_server.scaled import Scaled, scaled
from auterity_server.seal_keys import keys_of
from auterity_server.settings import Settings
from auterity_server.webhooks.left_events import FRESH, deliver_all_left
from auterity_server.webhooks.webhooks import Webhooks
from auterity_server.workflows.deploying import Deploying

if TYPE_CHECKING:
    from auterity_server.running.celery_carrier import CeleryCarriers

_LOG = logging.getLogger("auterity.server")
_HOUR = 3600
_LEFT_EACH = 15


@dataclass(eq=False)
class Wiring:
    """What one server process is made of. `stopping` is set when it has been told to stop."""

    settings: Settings
    clock: Clock
    database: Database
    access: Access
    runs: HostedRuns
    seal: SealKey
    deploying: Deploying
    metrics: Metrics
    readiness: Readiness
    webhooks: Webhooks
    audit: AuditLog
    sending: Sending | None = None
    """Sends the server's own mail; None where it sends none."""
    notifying: Notifying | None = None
    """Finds what people are to be told by such a mail."""
    scaled: Scaled | None = None
    """What is more where several processes share a database."""
    carriers: CeleryCarriers | None = None
    """What takes attempts, and word of mails, to workers; None where there is no broker."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ready for requests; at the end all is closed."""
        try:
            if self.scaled is None:
                await self.database.migrate()
            else:
                await self.scaled.begin()
            await self.runs.carry_on_all()
            tasks = [asyncio.create_task(self._tidy()), asyncio.create_task(self._deliver_left())]
            if self.runs.carries_on:
                tasks.append(asyncio.create_task(self._beat()))
                if self.sending is not None:
                    tasks.append(asyncio.create_task(self.sending.work(self.stopping)))
                if self.notifying is not None:
                    tasks.append(asyncio.create_task(self.notifying.work(self.stopping)))
            if self.scaled is not None:
                tasks.append(asyncio.create_task(self.scaled.keep_time(self.stopping)))
            try:
                async with probing(self.settings, self.runs, self.readiness, self.stopping):
                    yield
            finally:
                self.stopping.set()
                await asyncio.gather(*tasks)
        finally:
            await self.close()

    async def close(self) -> None:
        """End all parts, and what they are connected with."""
        self.stopping.set()
        await self.access.close()
        await self.runs.close()
        if self.carriers is not None:
            await self.carriers.close()
        await self.database.close()

    async def _beat(self) -> None:
        """Tell that the runs of all are carried on here."""
        now = self.clock.now()
        own = LiveWorker(this_owner()[-64:], True, now, now)
        await tell_that_it_lives(own, self.database, self.clock, self.stopping)

    async def _tidy(self) -> None:
        """Forget sessions, codes and workers that are over, now and each hour."""
        while not self.stopping.is_set():
            try:
                await self.access.expiry.forget()
                async with self.database.writing() as connection:
                    await forget_dead(connection, self.clock.now())
                    await forget_deliveries(connection, self.clock.now())
                    await forget_mails(connection, self.clock.now())
                    await forget_notifications(connection, self.clock.now())
            except SQLAlchemyError as error:
                _LOG.error("nothing was tidied: %s", type(error).__name__)
            await self._stopped_within(_HOUR)

    async def _deliver_left(self) -> None:
        """Give messages to runs that wait which a process had taken in that died; all of them when this one begins."""
        fresh = 0
        while not self.stopping.is_set():
            try:
                await deliver_all_left(self.database, self.runs, fresh)
                fresh = FRESH
            except (SQLAlchemyError, AuterityError) as error:
                _LOG.error("what other processes left waits: %s", type(error).__name__)
            await self._stopped_within(_LEFT_EACH)

    async def _stopped_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    async def environment(
        self, organisation: str, environment_id: str, location: str | None = None
    ) -> Environment:
        """An environment of an organisation. Raises a problem; `location` is where the request names it, if not the path."""
        async with self.database.reading() as connection:
            found = await PlacesOf(connection, organisation).environment(environment_id)
        if found is None:
            if location is not None:
                raise wrong_value(location, "is no environment of this organisation")
            raise not_found("environment")
        return found

    async def runs_of(self, organisation: str, environment_id: str) -> EnvironmentRuns:
        """The runs of an environment of an organisation. Raises a problem."""
        known = self.runs.known(environment_id)
        if known is not None and known.environment.organisation_id == organisation:
            return known
        return await self.runs.of(await self.environment(organisation, environment_id))


def wire(settings: Settings, *, works: bool = False) -> Wiring:
    """The parts of a server process; `works`: of one that is there to carry runs on. Raises `ConfigurationError`.

    With a broker, others do that for a process that answers requests.
    """
    _must_be_able_to_share(settings)
    make_private_folder(settings.data)
    given = settings.connections
    operators = ProjectSettings() if given is None else read_settings(given)
    # Sessions go by the machine's own clock, whatever time runs are shown.
    clock, database, registry = SystemClock(), Database(settings.database), builtin_registry()
    of_runs = SystemClock.starting_at(settings.now) if settings.now else clock
    data = settings.data.resolve()
    keys = keys_of(settings)
    folder = data / "environments"
    several = scaled(settings, database, keys.of_server()) if settings.is_scaled else None
    stores = SqliteRunStores(folder) if several is None else several.stores
    metrics = Metrics()
    carriers = by_celery(settings, frozenset(registry.step_types), database)
    tell = None if carriers is None else carriers.send_mail
    sending, post = _mail(settings, database, keys.of_server(), metrics, clock, tell)
    access = make_access(settings, database, keys.of_server(), clock.now, post)
    runs = HostedRuns(
        database,
        stores,
        registry,
        of_runs if several is None else several.clock,
        operators,
        folder,
        settings.most_runs,
        keys=keys,
        carries_on=settings.role != "api",
        metrics=metrics,
        traced=bool(settings.otel_endpoint),
    )
    if carriers is None:
        runs.apart = ApartProcesses(settings).carry_on
    else:
        runs.carriers, runs.carries_on = carriers.of, works
    readiness = Readiness(checks_of(settings, database, runs, data))
    deploying = Deploying(database, registry, clock, runs.changed, notifies=post is not None)
    notifying = None if post is None else _notifying(settings, database, post, runs, clock)
    # Messages and secrets are too old at one time for all processes.
    real_time = clock.now if several is None else several.clock.real
    webhooks = Webhooks(database, keys.of_server(), real_time)
    return Wiring(
        settings,
        clock,
        database,
        access,
        runs,
        keys.of_server(),
        deploying,
        metrics,
        readiness,
        webhooks,
        AuditLog(database),
        sending,
        notifying,
        several,
        carriers,
    )


def _notifying(
    settings: Settings, database: Database, post: Post, runs: HostedRuns, clock: Clock
) -> Notifying:
    """What mails people that something waits for them."""
    return Notifying(
        Reading(database, clock.now),
        Digests(database, post, clock.now),
        partial(_read_runs, runs),
        settings.sweep.seconds,
    )


def _read_runs(runs: HostedRuns) -> list[ReadRuns]:
    """All runs that are carried on here, to find in them what waits for people."""
    return [
        ReadRuns(each.environment, each.runtime, runs.stores.of(each.environment.id), each.zone)
        for each in runs.all_known
    ]


def _must_be_able_to_share(settings: Settings) -> None:
    if settings.role != "all" and not settings.is_scaled:
        raise ConfigurationError(
            f"AUTERITY_ROLE is {settings.role}, and only PostgreSQL is shared by several processes",
            help="set AUTERITY_DATABASE_URL, or leave AUTERITY_ROLE out",
        )


def _mail(
    settings: Settings,
    database: Database,
    seal: SealKey,
    metrics: Metrics,
    clock: Clock,
    tell: Callable[[str], None] | None,
) -> tuple[Sending | None, Post | None]:
    """What sends the server's own mail, and what writes it, `tell`ing workers; None where the settings name no mail
    server."""
    smtp = smtp_settings(settings)
    if smtp is None:
        return None, None
    sending = Sending(database, mailer_of(smtp), seal, metrics, clock.now, settings.sweep.seconds)
    return sending, post_of(settings, seal, tell or sending.wake)


def make_private_folder(folder: Path) -> None:
    """Make the data folder, readable by its owner only. Raises `ConfigurationError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode & 0o777
    except OSError as error:
        raise ConfigurationError(
            f"AUTERITY_DATA: the folder cannot be made ({(error.strerror or 'error').lower()})",
            help="name a folder that may be written",
        ) from None
    if mode & 0o077:
        raise ConfigurationError(
            f"AUTERITY_DATA: others may read the folder (mode {mode:o})",
            help="chmod 700 it: it holds customers' data and keys",
        )


async def wiring_of(request: Request) -> Wiring:  # async: FastAPI runs others in threads
    """The wiring of the application that serves the request."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Wired = Annotated[Wiring, Depends(wiring_of)]
