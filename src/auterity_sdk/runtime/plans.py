"""Plans of the workflows that this process runs, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.law.catalogue import demands
from auterity_sdk.checks.profile import DEFAULT, Profile
from auterity_sdk.errors import ConfigurationError, UsageError
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runtime.classes import Classes, classes_of
from auterity_sdk.runtime.ports import Pins, Versions
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.called import Called
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.model import Workflow, dump, load
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.step import CallStep
from auterity_sdk.workflow.values import Declared

_MOST_GIVEN = 1000
_NOT_GIVEN = None, None


class Plans(Struct, eq=False):
    """Compiles workflows. A run is pinned to its version, whose text is kept with the run: see `pins`."""

    registry: Registry
    versions: Versions
    dealer: Profile = DEFAULT
    _made: dict[str, Plan] = field(default_factory=dict)
    _workflows: dict[str, Workflow] = field(default_factory=dict)
    _inputs: dict[str, Declared] = field(default_factory=dict)
    _pins: dict[str, Pins] = field(default_factory=dict)
    _classes: dict[str, Classes] = field(default_factory=dict)
    _given: dict[int, tuple[Workflow, Plan]] = field(default_factory=dict)

    async def of(self, workflow: Workflow, scopes: Scopes | None = None) -> Plan:
        """The plan of a workflow. Raises `InvalidWorkflow` for what no run could survive.

        `scopes` are those of its check, with the graph and all that was compiled then. Of the same workflow nothing is
        compiled again.
        """
        known = self.known(workflow)
        if known is not None:
            return known
        graph = scopes.graph if scopes else build_graph(workflow, self.registry)
        plan = self._compiled(workflow, graph, scopes)
        if plan.version not in self._made:
            await self._keep(plan.version, plan, workflow, graph, dump(workflow))
        if len(self._given) >= _MOST_GIVEN:
            self._given.clear()
        made = self._made[plan.version]
        self._given[id(workflow)] = workflow, made
        return made

    def known(self, workflow: Workflow) -> Plan | None:
        """The plan of a workflow that was asked for before, as the same object: it is a value, and is not changed."""
        given, plan = self._given.get(id(workflow), _NOT_GIVEN)
        return plan if given is workflow else None

    async def of_version(self, version: str) -> Plan:
        """The plan of a version that the store has. Raises `RunNotFound`."""
        if version not in self._made:
            data = dict(await self.versions.version(version))
            workflow = load(data)
            graph = build_graph(workflow, self.registry)
            # The address is of the text that was stored; a step type may have changed since.
            plan = self._compiled(workflow, graph)
            await self._keep(version, plan, workflow, graph, data)
        return self._made[version]

    async def of_call(self, name: str) -> Plan:
        """The plan of the workflow, or of the version of it, that a `call` names. Raises `ConfigurationError` where there
        is none."""
        child = self.registry.called_workflow(name)
        if child is not None:
            return await self.of(child)
        called = Called.read(name)
        if called.pinned and called.is_readable:
            for version in await self.versions.versions(called.version):
                plan = await self.of_version(version)
                if plan.name == called.name:
                    return plan
        raise ConfigurationError(f"there is no workflow `{name}`, which a step calls")

    def pins(self, version: str) -> Pins:
        """What has to be kept with a run of a version that this process has used, so that any other can carry it on.

        It is written with the run's first event: a version that no run goes by may be forgotten at any time.
        """
        return self._pins[version]

    def accepted(self, plan: Plan, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The input of a run of one of these plans, held against its declaration and completed by defaults. Raises `UsageError`."""
        declared = self._inputs.get(plan.version)
        if declared is None:
            declared = Declared.of(self._workflows[plan.version].input)
            self._inputs[plan.version] = declared
        found = declared.accept(given, self.registry)
        for problem in found.problems:
            place = ".".join(map(str, ("input", *problem.place)))
            raise UsageError(
                f"`{place}` {problem.message}", help=f"see `input` of the workflow {plan.name}"
            )
        return found.values

    def loaded(self, version: str) -> Workflow | None:
        """The workflow of a version that this process has used; None if it has not."""
        return self._workflows.get(version)

    async def workflow(self, version: str) -> Workflow:
        """The workflow of a version."""
        await self.of_version(version)
        return self._workflows[version]

    async def classes(self, version: str) -> Classes:
        """The classes of the values of a version. Raises `RunNotFound`."""
        found = self._classes.get(version)
        if found is None:
            found = classes_of(await self.workflow(version), self.registry)
            self._classes[version] = found
        return found

    def forget_classes(self) -> None:
        """Work them out anew: the types or step types that workflows name are others now."""
        self._classes.clear()

    def _compiled(self, workflow: Workflow, graph: Graph, scopes: Scopes | None = None) -> Plan:
        """With all that is demanded before effects where the dealer is, whatever a check was told to leave out."""
        demanded = demands(self.dealer, graph)
        return compile_plan(workflow, graph, self.registry, scopes, demanded)

    async def _keep(
        self,
        version: str,
        plan: Plan,
        workflow: Workflow,
        graph: Graph,
        data: Mapping[str, Any],
    ) -> None:
        needed: dict[str, Mapping[str, Any]] = {}
        for called in await self._called(graph):
            needed |= self._pins[called]
        # Runs that begin go by the version as it is written with the step types of today.
        for address in (version, plan.version):
            self._made.setdefault(address, plan)
            self._workflows.setdefault(address, workflow)
            self._pins.setdefault(address, {address: data, **needed})

    async def _called(self, graph: Graph) -> list[str]:
        """The versions that a workflow names: its runs go by them, whatever becomes of the files."""
        found = []
        steps = (node.step for inner in graph.walk() for node in inner.nodes.values())
        for step in steps:
            if isinstance(step, CallStep) and Called.read(step.call).pinned:
                with suppress(ConfigurationError):
                    found.append((await self.of_call(step.call)).version)
        return found
