"""Push, promote, roll back: files go live together, or none does; in a protected environment once a second person agrees."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.hosted.findings import file_findings
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow
from auterity_server.database.auditing import record
from auterity_server.database.changes import note_change
from auterity_server.database.database import Database
from auterity_server.database.deployed import (
    Change,
    Deployed,
    Deployment,
    How,
    LiveVersion,
    StoredVersion,
    Wanted,
)
from auterity_server.database.places import Environment
from auterity_server.etags import ANY_STATE, Expected
from auterity_server.notifications.about_deployments import ask_to_confirm, tell_decided
from auterity_server.problems import Problem, conflict, not_found, wrong_value
from auterity_server.workflows.checking import (
    Candidate,
    Verdict,
    called_versions,
    check,
    read_workflow,
)

_TRIES = 3
"""Somebody else may deploy while a push is checked: then it is checked again, so often at most."""

Told = Callable[[str], Awaitable[None]]
"""Told of an environment in which something went live."""


class Actor(Struct, frozen=True):
    """Who deploys: the id, and how the audit names it. `keys` are the ids of the API keys that they made."""

    id: str
    name: str
    keys: frozenset[str] = frozenset()


class Asked(Struct, frozen=True):
    """What is to be done to an environment, by whom. `expected`: how a single workflow has to stand still."""

    environment: Environment
    by: Actor
    how: How = "push"
    message: str = ""
    expected: Expected = ANY_STATE


class Outcome(Struct, frozen=True):
    """What was done: a deployment for each file, in their order, and what the checker said.

    `standing` is that of the first workflow, at the end of what was done.
    """

    deployments: Sequence[Deployment]
    verdicts: Sequence[Verdict]
    standing: Sequence[str] | None


class Deploying(Struct, eq=False):
    """Deploys to environments. `changed` is told when the runs of one have something new to go by. With `notifies`, people
    are told of what waits for a second person, and of how it was decided."""

    database: Database
    registry: Registry
    clock: Clock
    changed: Told
    notifies: bool = False
    _checking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def deploy(self, asked: Asked, candidates: Sequence[Candidate]) -> Outcome:
        """Deploy files. Raises a problem: findings of the checker, or that the environment is not as was thought."""
        for _ in range(_TRIES):
            live = await self._live(asked.environment)
            verdicts = await self._checked(asked.environment, candidates, live)
            _refuse(verdicts)
            done = await self._commit(asked, verdicts, live)
            if done is not None:
                if any(each.state == "live" and each.change != "same" for each in done.deployments):
                    await self.changed(asked.environment.id)
                return done
        raise conflict("others deploy here at the same time", help="do it again")

    async def promote(self, asked: Asked, source: Environment, workflows: Sequence[str]) -> Outcome:
        """Deploy what is live in another environment of the organisation: those workflows, or all without any."""
        live = {each.deployment.workflow: each for each in await self._live(source)}
        for name in workflows:
            if name not in live:
                raise wrong_value("body/workflows", f"`{name}` is not live in the source")
        chosen = [live[name] for name in workflows] or list(live.values())
        if not chosen:
            raise wrong_value("body/source", "has nothing that is live")
        return await self.deploy(asked, [_candidate(each) for each in chosen])

    async def roll_back(self, asked: Asked, workflow: str, to: str | None) -> Outcome:
        """Deploy a version that was live before: that one, or the last of another version than is live."""
        async with self.database.reading() as connection:
            here = _deployed(connection, asked.environment)
            now = await here.in_state(workflow, "live")
            if now is None:
                raise not_found("workflow")
            earlier = await (here.before(now) if to is None else here.of_version(workflow, to))
            stored = None if earlier is None else await here.version(workflow, earlier.version)
        if earlier is None or stored is None:
            said = (
                "no other version was live before"
                if to is None
                else "that version was never live here"
            )
            raise conflict(said, help="`auterity versions` lists those that were pushed")
        return await self.deploy(asked, [Candidate(stored.path, stored.text, earlier.project)])

    async def answer(self, asked: Asked, id: str, *, approved: bool) -> Deployment:
        """The second person's answer to a pending deployment. What goes live is checked once more, as things are now."""
        async with self.database.reading() as connection:
            here = _deployed(connection, asked.environment)
            pending = await here.find(id)
            stored = (
                None if pending is None else await here.version(pending.workflow, pending.version)
            )
        if pending is None or stored is None:
            raise not_found("deployment")
        if pending.state != "pending":
            raise conflict(f"the deployment is {pending.state}")
        # Whoever holds a key of their own making would else be two people.
        if pending.asked_by in {asked.by.id, *asked.by.keys}:
            raise Problem(
                HTTPStatus.FORBIDDEN,
                ProblemCode.NOT_ALLOWED,
                "who asked for a deployment cannot be its second person",
                help="ask somebody else who may confirm deployments here",
            )
        if approved:
            live = await self._live(asked.environment)
            candidate = Candidate(stored.path, stored.text, pending.project)
            _refuse(await self._checked(asked.environment, [candidate], live))
        return await self._decide(asked, pending, approved=approved)

    async def _decide(self, asked: Asked, pending: Deployment, *, approved: bool) -> Deployment:
        async with self.database.writing() as connection:
            here, at = _deployed(connection, asked.environment), self.clock.now()
            if not await here.decide(pending, approved=approved, by=asked.by.id, at=at):
                raise conflict("somebody else has answered meanwhile")
            if approved:
                await note_change(connection, asked.environment.id)
            await record(
                connection,
                organisation_id=asked.environment.organisation_id,
                at=at,
                actor=asked.by.name,
                action="workflows:confirm" if approved else "workflows:reject",
                environment_id=asked.environment.id,
                noun=f"workflow/{pending.workflow}",
                deployment=pending.id,
                version=pending.version,
            )
            if self.notifies:
                await tell_decided(connection, asked.environment, pending, approved=approved, at=at)
            decided = await here.find(pending.id)
        if approved:
            await self.changed(asked.environment.id)
        return decided or pending

    async def _live(self, environment: Environment) -> list[LiveVersion]:
        async with self.database.reading() as connection:
            return await _deployed(connection, environment).live()

    async def _checked(
        self, environment: Environment, candidates: Sequence[Candidate], live: list[LiveVersion]
    ) -> list[Verdict]:
        names = called_versions(candidates)
        stored: list[StoredVersion] = []
        if names:
            async with self.database.reading() as connection:
                stored = await _deployed(connection, environment).texts(names)
        known = [_candidate(each) for each in live]
        # In a thread, one at a time: a check may take long, and requests and runs go on meanwhile.
        async with self._checking:
            return await asyncio.to_thread(
                check, candidates, known, _by_name(stored), self.registry
            )

    async def _commit(
        self, asked: Asked, verdicts: Sequence[Verdict], checked: Sequence[LiveVersion]
    ) -> Outcome | None:
        """What was done; None where something else went live since the check."""
        async with self.database.writing() as connection:
            here = _deployed(connection, asked.environment)
            live = {each.deployment.workflow: each.deployment for each in await here.live()}
            if {each.deployment.id for each in checked} != {each.id for each in live.values()}:
                return None
            workflow = verdicts[0].workflow
            asked.expected.must_be(await here.standing(workflow))
            done = [await self._one(here, asked, each, live) for each in verdicts]
            made = [each for each in done if each.change != "same"]
            if self.notifies:
                await ask_to_confirm(connection, asked.environment, made, self.clock.now())
            if any(each.state == "live" for each in made):
                await note_change(connection, asked.environment.id)
            if made:
                await record(
                    connection,
                    organisation_id=asked.environment.organisation_id,
                    at=self.clock.now(),
                    actor=asked.by.name,
                    action=f"workflows:{asked.how}",
                    environment_id=asked.environment.id,
                    noun=f"environment/{asked.environment.id}",
                    workflows={each.workflow: each.version for each in made},
                    pending=asked.environment.protected,
                )
            return Outcome(done, verdicts, await here.standing(workflow))

    async def _one(
        self, here: Deployed, asked: Asked, verdict: Verdict, live: Mapping[str, Deployment]
    ) -> Deployment:
        candidate, now = verdict.candidate, live.get(verdict.workflow)
        change: Change = "new" if now is None else "changed"
        if now is not None and _is_same(now, verdict):
            return replace(now, change="same")
        protected = asked.environment.protected
        pending = await here.in_state(verdict.workflow, "pending") if protected else None
        if pending is not None and _is_same(pending, verdict):
            return replace(pending, change="same")
        wanted = Wanted(
            verdict.workflow,
            verdict.version,
            candidate.path,
            candidate.text,
            candidate.project,
            asked.how,
            change,
            asked.message,
        )
        return await here.add(wanted, by=asked.by.id, at=self.clock.now(), live=not protected)


def _is_same(deployment: Deployment, verdict: Verdict) -> bool:
    same = deployment.version == verdict.version
    return same and dict(deployment.project) == dict(verdict.candidate.project)


def _refuse(verdicts: Sequence[Verdict]) -> None:
    """Raise the problem that a push is refused with, if it is."""
    twice = [
        name for name, count in Counter(each.workflow for each in verdicts).items() if count > 1
    ]
    if twice and twice != [""]:
        raise wrong_value("body/files", f"several files are the workflow `{max(twice)}`")
    wrong = [each for each in verdicts if not each.ok]
    if not wrong:
        return
    found = [file_findings(each.candidate.path, each.checked.report) for each in verdicts]
    count = len(wrong)
    raise Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemCode.INVALID_WORKFLOW,
        f"{count} {'workflow has' if count == 1 else 'workflows have'} findings that forbid it; nothing was deployed",
        findings=[each.model_dump(mode="json") for each in found],
    )


def _by_name(stored: Sequence[StoredVersion]) -> dict[str, list[Workflow]]:
    found: dict[str, list[Workflow]] = {}
    for each in stored:
        workflow = read_workflow(each.text, each.path)
        if workflow is not None:
            found.setdefault(workflow.name, []).append(workflow)
    return found


def _candidate(live: LiveVersion) -> Candidate:
    return Candidate(live.path, live.text, live.deployment.project)


def _deployed(connection: Any, environment: Environment) -> Deployed:
    return Deployed(connection, environment.organisation_id, environment.id)
