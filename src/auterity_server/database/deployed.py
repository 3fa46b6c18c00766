"""Versions and deployments of one environment: what is live there, was before, or waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.ids import new_id
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.deployments import deployments
from auterity_server.database.tables.members import members
from auterity_server.database.tables.versions import versions

State = Literal["pending", "live", "replaced", "rejected"]
How = Literal["push", "promote", "rollback"]
Change = Literal["new", "changed", "same"]


class Deployment(Struct, frozen=True):
    """A version of a workflow in an environment; `number` counts those of the workflow from 1.

    `asked_name` is how the organisation calls who asked for it; empty where it does not, or no longer.
    """

    id: str
    environment_id: str
    workflow: str
    number: int
    version: str
    state: State
    project: Mapping[str, Any]
    change: Change
    how: How
    message: str
    asked_by: str
    asked_at: int
    decided_by: str
    decided_at: int | None
    asked_name: str = ""


class StoredVersion(Struct, frozen=True):
    """A version as it was pushed last: its text, its path in the project, and what the project declared."""

    workflow: str
    version: str
    path: str
    text: str
    project: Mapping[str, Any]
    pushed_by: str
    pushed_at: int
    pushed_name: str = ""


class LiveVersion(Struct, frozen=True):
    """A deployment that is live, with the text of its version."""

    deployment: Deployment
    path: str
    text: str


class Wanted(Struct, frozen=True):
    """What is to be deployed. `change` is what it is beside what is live."""

    workflow: str
    version: str
    path: str
    text: str
    project: Mapping[str, Any]
    how: How
    change: Change
    message: str


def _name_of(rows: Table, who: ColumnElement[str]) -> ColumnElement[str]:
    """How the organisation of a row calls the person or the API key of an id."""
    person = select(members.c.name).where(
        members.c.organisation_id == rows.c.organisation_id, members.c.user_id == who
    )
    key = select(api_keys.c.name).where(
        api_keys.c.organisation_id == rows.c.organisation_id, api_keys.c.id == who
    )
    return func.coalesce(person.scalar_subquery(), key.scalar_subquery(), "")


_DEPLOYMENT = (
    deployments.c.id,
    deployments.c.environment_id,
    deployments.c.workflow,
    deployments.c.number,
    deployments.c.version,
    deployments.c.state,
    deployments.c.project,
    deployments.c.change,
    deployments.c.how,
    deployments.c.message,
    deployments.c.asked_by,
    deployments.c.asked_at,
    deployments.c.decided_by,
    deployments.c.decided_at,
    _name_of(deployments, deployments.c.asked_by).label("asked_name"),
)
_VERSION = (
    versions.c.workflow,
    versions.c.version,
    versions.c.path,
    versions.c.text,
    versions.c.project,
    versions.c.pushed_by,
    versions.c.pushed_at,
    _name_of(versions, versions.c.pushed_by).label("pushed_name"),
)


class Deployed(Struct, frozen=True):
    """The rows of one environment of an organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str
    environment: str

    async def live(self) -> list[LiveVersion]:
        """What is live, in the order in which it went live."""
        query = (
            self._of(select(*_DEPLOYMENT, versions.c.path, versions.c.text))
            .join_from(deployments, versions, _SAME_VERSION)
            .where(deployments.c.state == "live")
            .order_by(deployments.c.asked_at, deployments.c.id)
        )
        rows = (await self.connection.execute(query)).all()
        return [LiveVersion(_deployment(row[:-2]), row[-2], row[-1]) for row in rows]

    async def find(self, id: str) -> Deployment | None:
        """The deployment of that id."""
        return await self._one(self._of(select(*_DEPLOYMENT)).where(deployments.c.id == id))

    async def in_state(self, workflow: str, state: State) -> Deployment | None:
        """The deployment of a workflow that is live, or pending: there is one at most."""
        query = self._of(select(*_DEPLOYMENT)).where(
            deployments.c.workflow == workflow, deployments.c.state == state
        )
        return await self._one(query.order_by(deployments.c.number.desc()).limit(1))

    async def standing(self, workflow: str) -> list[str] | None:
        """The ids of a workflow's deployments that are live and pending; None where there is none. For its ETag."""
        found = [await self.in_state(workflow, "live"), await self.in_state(workflow, "pending")]
        return [each.id if each else "" for each in found] if any(found) else None

    async def page(
        self, *, state: str = "", workflow: str = "", before: tuple[int, str] | None, limit: int
    ) -> list[Deployment]:
        """Deployments, the last first; behind that one."""
        query = self._of(select(*_DEPLOYMENT))
        if state:
            query = query.where(deployments.c.state == state)
        if workflow:
            query = query.where(deployments.c.workflow == workflow)
        if before is not None:
            at, last = before
            query = query.where(
                (deployments.c.asked_at < at)
                | ((deployments.c.asked_at == at) & (deployments.c.id < last))
            )
        query = query.order_by(deployments.c.asked_at.desc(), deployments.c.id.desc()).limit(limit)
        return [_deployment(row) for row in (await self.connection.execute(query)).all()]

    async def names(self, *, after: str = "", limit: int) -> list[str]:
        """The names of the workflows that were ever deployed here, sorted, behind that one."""
        query = self._of(select(deployments.c.workflow).distinct())
        query = query.where(deployments.c.workflow > after)
        query = query.order_by(deployments.c.workflow).limit(limit)
        return list((await self.connection.execute(query)).scalars())

    async def versions_of(
        self, workflow: str, *, before: tuple[int, str] | None, limit: int
    ) -> list[StoredVersion]:
        """The versions of a workflow that were deployed here, the last to be pushed first."""
        here = self._of(select(deployments.c.version)).where(deployments.c.workflow == workflow)
        query = select(*_VERSION).where(
            versions.c.organisation_id == self.organisation, versions.c.version.in_(here)
        )
        if before is not None:
            at, version = before
            query = query.where(
                (versions.c.pushed_at < at)
                | ((versions.c.pushed_at == at) & (versions.c.version < version))
            )
        query = query.order_by(versions.c.pushed_at.desc(), versions.c.version.desc()).limit(limit)
        return [_version(row) for row in (await self.connection.execute(query)).all()]

    async def version(self, workflow: str, version: str) -> StoredVersion | None:
        """A version of a workflow that was deployed here."""
        here = self._of(select(deployments.c.version)).where(
            deployments.c.workflow == workflow, deployments.c.version == version
        )
        query = select(*_VERSION).where(
            versions.c.organisation_id == self.organisation, versions.c.version.in_(here)
        )
        row = (await self.connection.execute(query)).one_or_none()
        return None if row is None else _version(row)

    async def texts(self, workflows: Sequence[str]) -> list[StoredVersion]:
        """All versions of these workflows that were deployed here: a `call` may name one."""
        here = self._of(select(deployments.c.version)).where(deployments.c.workflow.in_(workflows))
        query = select(*_VERSION).where(
            versions.c.organisation_id == self.organisation, versions.c.version.in_(here)
        )
        return [_version(row) for row in (await self.connection.execute(query)).all()]

    async def before(self, live: Deployment) -> Deployment | None:
        """The last deployment of the workflow that was live, of another version than that one."""
        query = self._of(select(*_DEPLOYMENT)).where(
            deployments.c.workflow == live.workflow,
            deployments.c.state == "replaced",
            deployments.c.decided_at.is_not(None),
            deployments.c.number < live.number,
            deployments.c.version != live.version,
        )
        return await self._one(query.order_by(deployments.c.number.desc()).limit(1))

    async def of_version(self, workflow: str, version: str) -> Deployment | None:
        """The last deployment of a version that was live here."""
        query = self._of(select(*_DEPLOYMENT)).where(
            deployments.c.workflow == workflow,
            deployments.c.version == version,
            deployments.c.state.in_(("live", "replaced")),
            deployments.c.decided_at.is_not(None),
        )
        return await self._one(query.order_by(deployments.c.number.desc()).limit(1))

    async def add(self, wanted: Wanted, *, by: str, at: int, live: bool) -> Deployment:
        """Deploy: at once, in the place of what is live, or in the place of what was pending, to wait for a second person."""
        await self._keep(wanted, by, at)
        state: State = "live" if live else "pending"
        await self._replace(wanted.workflow, state)
        count = self._of(select(func.max(deployments.c.number)))
        count = count.where(deployments.c.workflow == wanted.workflow)
        number = (await self.connection.execute(count)).scalar() or 0
        made = Deployment(
            new_id("dep"),
            self.environment,
            wanted.workflow,
            number + 1,
            wanted.version,
            state,
            wanted.project,
            wanted.change,
            wanted.how,
            wanted.message,
            by,
            at,
            "",
            at if live else None,
        )
        row = {name: getattr(made, name) for name in made.__struct_fields__ if name != "asked_name"}
        row["organisation_id"] = self.organisation
        await self.connection.execute(insert(deployments).values(row))
        return await self.find(made.id) or made

    async def decide(self, pending: Deployment, *, approved: bool, by: str, at: int) -> bool:
        """Let a pending deployment go live, or reject it; false where somebody else decided first."""
        if approved:
            await self._replace(pending.workflow, "live")
        done = await self.connection.execute(
            update(deployments)
            .where(deployments.c.id == pending.id, deployments.c.state == "pending")
            .values(
                state="live" if approved else "rejected",
                decided_by=by,
                decided_at=at,
            )
        )
        return done.rowcount == 1

    async def _replace(self, workflow: str, state: State) -> None:
        await self.connection.execute(
            update(deployments)
            .where(
                deployments.c.organisation_id == self.organisation,
                deployments.c.environment_id == self.environment,
                deployments.c.workflow == workflow,
                deployments.c.state == state,
            )
            .values(state="replaced")
        )

    async def _keep(self, wanted: Wanted, by: str, at: int) -> None:
        row = {
            "path": wanted.path,
            "text": wanted.text,
            "project": wanted.project,
            "pushed_by": by,
            "pushed_at": at,
        }
        known = (versions.c.organisation_id == self.organisation) & (
            versions.c.version == wanted.version
        )
        if wanted.how != "push":
            return
        done = await self.connection.execute(update(versions).where(known).values(row))
        if done.rowcount == 0:
            row |= {
                "organisation_id": self.organisation,
                "workflow": wanted.workflow,
                "version": wanted.version,
            }
            await self.connection.execute(insert(versions).values(row))

    def _of(self, query: Select[Any]) -> Select[Any]:
        """Within this environment of this organisation."""
        return query.where(
            deployments.c.organisation_id == self.organisation,
            deployments.c.environment_id == self.environment,
        )

    async def _one(self, query: Select[Any]) -> Deployment | None:
        row = (await self.connection.execute(query)).one_or_none()
        return None if row is None else _deployment(row)


_SAME_VERSION = (versions.c.organisation_id == deployments.c.organisation_id) & (
    versions.c.version == deployments.c.version
)


def _deployment(row: Any) -> Deployment:
    return Deployment(*row)


def _version(row: Any) -> StoredVersion:
    return StoredVersion(*row)
