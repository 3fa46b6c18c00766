"""An environment on a server: its workflows and what is live of them, its runs and what they wait for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.following import follow, follow_all
from auterity_sdk.hosted.paging import items
from auterity_sdk.hosted.schemas.approval import Approval, ApprovalAnswer
from auterity_sdk.hosted.schemas.connection import Connection as SpokenWith
from auterity_sdk.hosted.schemas.connection import NewConnection
from auterity_sdk.hosted.schemas.deployment import (
    Deployment,
    DeploymentAnswer,
    Promotion,
    Rollback,
)
from auterity_sdk.hosted.schemas.environment import Environment, EnvironmentChange
from auterity_sdk.hosted.schemas.event import EnvironmentEvent, RunEvent
from auterity_sdk.hosted.schemas.message import MessageTaken, NewMessage
from auterity_sdk.hosted.schemas.push import Push, Pushed
from auterity_sdk.hosted.schemas.run import CancelAnswer, CancelRun, NewRun, Run, RunSummary
from auterity_sdk.hosted.schemas.run_change import (
    Forked,
    ForkRun,
    Moved,
    MoveRuns,
    PlanChange,
    PlanOfChange,
    Replayed,
    SettleStep,
)
from auterity_sdk.hosted.schemas.schedule import Schedule
from auterity_sdk.hosted.schemas.secret import Secret, SecretValue
from auterity_sdk.hosted.schemas.usage import Usage
from auterity_sdk.hosted.schemas.webhook import (
    NewWebhook,
    NewWebhookSecret,
    Webhook,
    WebhookDelivery,
    WebhookMade,
)
from auterity_sdk.hosted.schemas.workflow import Version, WorkflowDetails, WorkflowSummary
from auterity_sdk.hosted.tagged import Tagged
from auterity_sdk.runtime.recorded import ALL_EVENTS, AskedEvents


class HostedEnvironment(Struct, frozen=True):
    """The environment `id`. Methods raise as those of `HostedClient` do."""

    connection: Connection
    id: str

    async def itself(self) -> Tagged[Environment]:
        """The environment."""
        return await self.connection.ask_tagged(self._get(""), Environment)

    async def change(
        self, change: EnvironmentChange, *, etag: str | None = None
    ) -> Tagged[Environment]:
        """Say whether what is pushed there waits for a second person; with `etag` only as it was then."""
        call = self._call("PATCH", "", change, etag)
        return await self.connection.ask_tagged(call, Environment)

    def workflows(self) -> AsyncIterator[WorkflowSummary]:
        """All workflows, by name."""
        return items(self.connection, self._get("/workflows"), WorkflowSummary)

    async def workflow(self, name: str) -> WorkflowDetails:
        """One workflow, with the text of the version that is live."""
        return await self.connection.ask(self._get(f"/workflows/{_part(name)}"), WorkflowDetails)

    async def workflow_with_etag(self, name: str) -> Tagged[WorkflowDetails]:
        """The same, with the ETag of what is live of it, and waits."""
        call = self._get(f"/workflows/{_part(name)}")
        return await self.connection.ask_tagged(call, WorkflowDetails)

    def versions(self, name: str, limit: int | None = None) -> AsyncIterator[Version]:
        """The versions that were ever deployed here, the last first."""
        call = self._get(f"/workflows/{_part(name)}/versions")
        return items(self.connection, call, Version, limit)

    def deployments(
        self, status: str | None = None, workflow: str = ""
    ) -> AsyncIterator[Deployment]:
        """What went live, or waits for a second person (`pending`), the last first."""
        query = {"status": status, "workflow": workflow or None}
        return items(self.connection, self._get("/deployments", **query), Deployment)

    async def push(self, push: Push) -> Pushed:
        """Make all files of a push live, or none. Raises `PushRefused` with what is to be mended."""
        return await self.connection.ask(self._post("/pushes", push), Pushed)

    async def promote(self, promotion: Promotion) -> Pushed:
        """Make live here what is live elsewhere."""
        return await self.connection.ask(self._post("/promotions", promotion), Pushed)

    async def roll_back(self, name: str, rollback: Rollback, *, etag: str | None = None) -> Pushed:
        """Make an earlier version of a workflow live again; with `etag` only as it was then."""
        call = self._call("POST", f"/workflows/{_part(name)}/rollback", rollback, etag)
        return await self.connection.ask(call, Pushed)

    async def answer_deployment(self, id: str, *, approved: bool) -> Deployment:
        """As the second person, let a pending deployment go live, or not."""
        call = self._post(f"/deployments/{_part(id)}", DeploymentAnswer(approved=approved))
        return await self.connection.ask(call, Deployment)

    async def start(
        self,
        workflow: str,
        input: Mapping[str, Any],
        *,
        fresh: bool = False,
        key: str | None = None,
    ) -> RunSummary:
        """Start a run of the version that is live. With the same `key` it is started once, whoever asks how often."""
        body = NewRun(input=dict(input), fresh=fresh)
        call = self._post(f"/workflows/{_part(workflow)}/runs", body, key)
        return await self.connection.ask(call, RunSummary)

    def runs(
        self,
        *,
        statuses: Sequence[str] = (),
        workflow: str = "",
        id: str = "",
        limit: int | None = None,
    ) -> AsyncIterator[RunSummary]:
        """Runs, the last to start first. `id` is how the ids of those begin that are meant."""
        query = {"status": list(statuses) or None, "workflow": workflow or None, "id": id or None}
        return items(self.connection, self._get("/runs", **query), RunSummary, limit)

    async def run(self, id: str) -> Run:
        """A run with all its steps, personal data masked."""
        return await self.connection.ask(self._get(f"/runs/{_part(id)}"), Run)

    def events(self, id: str, after: int = 0) -> AsyncIterator[RunEvent]:
        """The events that a run's journal has behind the number `after`."""
        return items(self.connection, self._get(f"/runs/{_part(id)}/events", after=after), RunEvent)

    def follow(self, id: str, after: int = 0) -> AsyncGenerator[RunEvent, None]:
        """The same, and each that comes, until the run is over; a broken connection is taken up where it broke."""
        path = self._get(f"/runs/{_part(id)}/events").path
        return follow(self.connection, path, after=after)

    def recorded(self, asked: AskedEvents = ALL_EVENTS) -> AsyncIterator[EnvironmentEvent]:
        """The events of all runs that were recorded so far, in the order of recording."""
        return items(self.connection, self._get("/events", **_query(asked)), EnvironmentEvent)

    def follow_recorded(
        self, asked: AskedEvents = ALL_EVENTS, after: int | None = None
    ) -> AsyncGenerator[EnvironmentEvent, None]:
        """The same, and each that comes, without an end; behind the position `after`, if there is one.

        A broken connection is taken up where it broke, and so is the stream of a server that was started anew.
        """
        return follow_all(self.connection, self._get("/events", **_query(asked)), after=after)

    async def cancel(self, id: str, *, after_step: bool = False) -> bool:
        """Ask for a run's cancellation; False if it was over, or was cancelled before."""
        call = self._post(f"/runs/{_part(id)}/cancel", CancelRun(after_step=after_step))
        return (await self.connection.ask(call, CancelAnswer)).accepted

    async def resume(self, id: str) -> Run:
        """Let a worker look at a run again."""
        return await self.connection.ask(self._post(f"/runs/{_part(id)}/resume", None), Run)

    async def settle(self, id: str, said: SettleStep) -> Run:
        """Say how an uncertain step ended; gives the run as it stands then."""
        return await self.connection.ask(self._post(f"/runs/{_part(id)}/settle", said), Run)

    async def fork(self, id: str, step: str, version: str | None = None) -> Forked:
        """Run a part of a run again, as a new run; by another version that was pushed, if it is named."""
        body = ForkRun(step=step, version=version)
        return await self.connection.ask(self._post(f"/runs/{_part(id)}/fork", body), Forked)

    async def replay(self, id: str, to: int | None = None) -> Replayed:
        """A run as it stood after its event `to`, decided again."""
        return await self.connection.ask(self._get(f"/runs/{_part(id)}/replay", to=to), Replayed)

    async def plan(self, change: PlanChange) -> PlanOfChange:
        """What a workflow would mean, if it were pushed, for the runs that there are."""
        return await self.connection.ask(self._post("/plans", change), PlanOfChange)

    async def move(self, workflow: str, moves: MoveRuns) -> Moved:
        """Move runs of a workflow to its live version, where that is safe."""
        call = self._post(f"/workflows/{_part(workflow)}/moves", moves)
        return await self.connection.ask(call, Moved)

    async def version(self, workflow: str, version: str) -> Version:
        """A version of a workflow that was deployed here, with its text."""
        call = self._get(f"/workflows/{_part(workflow)}/versions/{_part(version)}")
        return await self.connection.ask(call, Version)

    def approvals(self) -> AsyncIterator[Approval]:
        """What runs ask people for."""
        return items(self.connection, self._get("/approvals"), Approval)

    async def answer(self, run_id: str, step: str, answer: ApprovalAnswer) -> Run:
        """Answer what a step asks; gives the run as it stands then."""
        call = self._post(f"/approvals/{_part(run_id)}/{_part(step)}", answer)
        return await self.connection.ask(call, Run)

    async def send(self, message: NewMessage) -> MessageTaken:
        """Send an outside event to the runs that wait for it."""
        return await self.connection.ask(self._post("/messages", message), MessageTaken)

    def schedules(self) -> AsyncIterator[Schedule]:
        """The schedules of what is live, by the workflows' names."""
        return items(self.connection, self._get("/schedules"), Schedule)

    async def schedule(self, id: str) -> Tagged[Schedule]:
        """One schedule."""
        return await self.connection.ask_tagged(self._get(f"/schedules/{_part(id)}"), Schedule)

    async def pause_schedule(self, id: str, *, etag: str | None = None) -> Schedule:
        """Let a schedule rest; with `etag` only as it was then."""
        call = self._call("POST", f"/schedules/{_part(id)}/pause", etag=etag)
        return await self.connection.ask(call, Schedule)

    async def resume_schedule(self, id: str, *, etag: str | None = None) -> Schedule:
        """Let a schedule start runs again, from now on; with `etag` only as it was then."""
        call = self._call("POST", f"/schedules/{_part(id)}/resume", etag=etag)
        return await self.connection.ask(call, Schedule)

    def webhooks(self) -> AsyncIterator[Webhook]:
        """The webhooks, the first to be made first."""
        return items(self.connection, self._get("/webhooks"), Webhook)

    async def webhook(self, id: str) -> Tagged[Webhook]:
        """One webhook."""
        return await self.connection.ask_tagged(self._get(f"/webhooks/{_part(id)}"), Webhook)

    async def make_webhook(self, webhook: NewWebhook) -> WebhookMade:
        """Make a webhook; gives its secret, this once."""
        return await self.connection.ask(self._post("/webhooks", webhook), WebhookMade)

    async def rotate_webhook(
        self, id: str, secret: NewWebhookSecret, *, etag: str | None = None
    ) -> WebhookMade:
        """Give a webhook another secret, this once; the one before is still good for a while. With `etag` only as it was
        then."""
        call = self._call("POST", f"/webhooks/{_part(id)}/secret", secret, etag)
        return await self.connection.ask(call, WebhookMade)

    async def delete_webhook(self, id: str, *, etag: str | None = None) -> None:
        """Take no more messages by a webhook; with `etag` only as it was then."""
        await self.connection.send(self._call("DELETE", f"/webhooks/{_part(id)}", etag=etag))

    def deliveries(self, id: str, limit: int | None = None) -> AsyncIterator[WebhookDelivery]:
        """What came by a webhook, the last first."""
        call = self._get(f"/webhooks/{_part(id)}/deliveries")
        return items(self.connection, call, WebhookDelivery, limit)

    def secrets(self) -> AsyncIterator[Secret]:
        """The secrets by name, without their values."""
        return items(self.connection, self._get("/secrets"), Secret)

    async def secret(self, name: str) -> Tagged[Secret]:
        """One secret, without its value."""
        return await self.connection.ask_tagged(self._get(f"/secrets/{_part(name)}"), Secret)

    async def set_secret(self, name: str, value: SecretValue, *, etag: str | None = None) -> Secret:
        """Set a secret, for attempts that begin from now on; with `etag` only as it was then."""
        call = self._call("PUT", f"/secrets/{_part(name)}", value, etag)
        return await self.connection.ask(call, Secret)

    async def delete_secret(self, name: str, *, etag: str | None = None) -> None:
        """Delete a secret; with `etag` only as it was then."""
        await self.connection.send(self._call("DELETE", f"/secrets/{_part(name)}", etag=etag))

    def connections(self) -> AsyncIterator[SpokenWith]:
        """The environment's own connections, by name."""
        return items(self.connection, self._get("/connections"), SpokenWith)

    async def spoken_with(self, name: str) -> Tagged[SpokenWith]:
        """One connection."""
        call = self._get(f"/connections/{_part(name)}")
        return await self.connection.ask_tagged(call, SpokenWith)

    async def set_connection(
        self, name: str, connection: NewConnection, *, etag: str | None = None
    ) -> SpokenWith:
        """Set a connection, for attempts that begin from now on; with `etag` only as it was then."""
        call = self._call("PUT", f"/connections/{_part(name)}", connection, etag)
        return await self.connection.ask(call, SpokenWith)

    async def delete_connection(self, name: str, *, etag: str | None = None) -> None:
        """Delete a connection; with `etag` only as it was then."""
        await self.connection.send(self._call("DELETE", f"/connections/{_part(name)}", etag=etag))

    async def usage(self, by: str, since: datetime, *, run: str = "", workflow: str = "") -> Usage:
        """What calls of language models took."""
        query = {
            "by": by,
            "since": since.isoformat(),
            "run": run or None,
            "workflow": workflow or None,
        }
        return await self.connection.ask(self._get("/usage", **query), Usage)

    def _get(self, path: str, **query: str | int | list[str] | None) -> Call:
        return Call("GET", f"/environments/{_part(self.id)}{path}", query)

    def _call(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Call:
        return Call(method, f"/environments/{_part(self.id)}{path}", body=body, etag=etag)

    def _post(self, path: str, body: Any = None, key: str | None = None) -> Call:
        return Call("POST", f"/environments/{_part(self.id)}{path}", body=body, key=key)


def _query(asked: AskedEvents) -> dict[str, str | int | list[str] | None]:
    return {
        "workflow": asked.workflow or None,
        "kind": list(asked.kinds) or None,
        "since": None if asked.since is None else asked.since.isoformat(),
        "last": asked.last,
    }


def _part(text: str) -> str:
    """A part of a path, in which nothing has a meaning of its own."""
    return quote(text, safe="")
