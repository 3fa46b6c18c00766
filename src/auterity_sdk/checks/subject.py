"""What a rule looks at: one workflow, as far as it could be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.cost.worst_case import worst_case
from auterity_sdk.checks.dataflow.availability import Facts
from auterity_sdk.checks.dataflow.declared import Declared
from auterity_sdk.checks.dataflow.labels import LabelFlow
from auterity_sdk.checks.facts.expressions import Typed, typed_expressions
from auterity_sdk.checks.facts.feasibility import Feasibility, feasibility
from auterity_sdk.checks.facts.named import named_outcomes
from auterity_sdk.checks.facts.presence import Presence, known_present
from auterity_sdk.checks.facts.witness import Witnesses
from auterity_sdk.checks.guarantees import verdict as guarantees
from auterity_sdk.checks.profile import DEFAULT, Profile
from auterity_sdk.checks.soundness.verdict import Soundness, verdicts
from auterity_sdk.diagnostics import Diagnostic, Path, Severity, SourceMap, WorstCase
from auterity_sdk.errors import InternalError
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import CallStep, UsesStep


class SchemaError(Struct, frozen=True):
    """One of Pydantic's findings, at the data's own path. `type` is Pydantic's or the model's word for it."""

    type: str
    path: Path
    message: str
    value: Any
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last key of the path, as a message names it."""
        return next(
            (str(part) for part in reversed(self.path) if isinstance(part, str)), "the file"
        )


class Subject(Struct, frozen=True, dict=True):
    """One workflow under check, and what was found while reading it.

    `workflow` and `graph` are None where too little could be read; `broken` names steps that are left out of
    them. `loading` are the findings of the reader; `exact_texts` are texts that were written as plain values
    of another look, and were read letter by letter. What rules share is worked out once, when it is asked for.
    """

    source: SourceMap
    data: Mapping[str, Any]
    catalog: Catalog
    loading: tuple[Diagnostic, ...] = ()
    schema_errors: tuple[SchemaError, ...] = ()
    workflow: Workflow | None = None
    graph: Graph | None = None
    broken: Mapping[str, Path] | None = None
    exact_texts: frozenset[Path] = frozenset()
    profile: Profile = DEFAULT

    @property
    def complete(self) -> bool:
        """All of the file could be read, so that what is not there is surely not there."""
        misread = self.schema_errors or any(d.severity is Severity.ERROR for d in self.loading)
        return self.graph is not None and not misread

    @cached_property
    def graphs(self) -> tuple[Graph, ...]:
        """The graph of the workflow and those of all bodies, outer first; none if it could not be built."""
        return () if self.graph is None else tuple(self.graph.walk())

    def nodes(self) -> Iterator[Node]:
        """Every step that could be read, in every graph."""
        for graph in self.graphs:
            for node in graph.nodes.values():
                if node.step is not None:
                    yield node

    @cached_property
    def expressions(self) -> tuple[Typed, ...]:
        """Every expression with its type and its problems, in the order of the model."""
        if self.workflow is None or self.graph is None or self.scopes is None:
            return ()
        return tuple(typed_expressions(self.workflow, self.graph, self.scopes))

    @cached_property
    def scopes(self) -> Scopes | None:
        """What each expression may read, and what was compiled of it: a plan goes on with it."""
        if self.workflow is None or self.graph is None:
            return None
        return Scopes(self.workflow, self.graph, self.catalog, suggestions=self._suggestions)

    def similar(self, word: str, names: Collection[str]) -> str | None:
        """The name that a misspelt word most likely stands for, as long as a file of faults takes no long look."""
        return self._suggestions.nearest(word, names)

    @cached_property
    def _suggestions(self) -> Suggestions:
        return Suggestions()

    @cached_property
    def declared(self) -> Declared:
        """What the steps declare of effects and duties."""
        return Declared(self.nodes())

    @cached_property
    def facts(self) -> Facts:
        """What is known at each step. Asked for only where there is a graph."""
        triggers = self.workflow.triggers if self.workflow else []
        answers = not any(trigger.schedule for trigger in triggers)
        return Facts(self.graph or Graph((), {}, {}), answers)

    @cached_property
    def labels(self) -> LabelFlow:
        """Which kinds of data there are where. Asked for only where there is a workflow."""
        if self.workflow is None:
            raise InternalError("the data of a workflow that could not be read was asked for")
        return LabelFlow(self.workflow, self.catalog, self.graphs, self.expressions)

    @cached_property
    def soundness(self) -> Soundness:
        """Whether every run ends as it should; nothing of a file that could not be read whole."""
        if not self.complete:
            return Soundness(())
        named, known = self.named_outcomes, self.presence.steps
        return Soundness(tuple(verdicts(self.graphs, self.expressions, named, known)))

    @cached_property
    def named_outcomes(self) -> Mapping[Path, frozenset[str]]:
        """The path of a step → the outcomes of it that something names."""
        return named_outcomes(self.graphs, self.expressions)

    @cached_property
    def presence(self) -> Presence:
        """Which values are certainly there where a step is evaluated."""
        return known_present(self.graphs)

    @cached_property
    def worst_case(self) -> WorstCase | None:
        """What a run can cost at the most; None where it costs nothing, or the file could not be read whole."""
        if self.workflow is None or self.graph is None or not self.complete or not self.asking:
            return None
        most = worst_case(self.workflow, self.graph, self.catalog, "nano", self.feasible_by_path)
        return None if most.nothing else WorstCase(most.amount, most.unbounded, most.way)

    @cached_property
    def asking(self) -> tuple[Node, ...]:
        """The steps that may ask a language model: by themselves, by what undoes them, or by a run that they call."""
        known: dict[str, bool] = {}
        found: list[Node] = []
        for graph in self.graphs:
            for node in graph.nodes.values():
                step = node.step
                if type(step) is UsesStep:
                    asks = known.get(step.uses)
                    if asks is None:
                        asks = known[step.uses] = bool(
                            node.signature and node.signature.asks_models
                        )
                    if asks or step.compensate is not None:
                        found.append(node)
                elif type(step) is CallStep:
                    found.append(node)
        return tuple(found)

    @cached_property
    def guarantees(self) -> tuple[guarantees.Verdict, ...]:
        """What is decided of each guarantee; nothing of a file that could not be read whole."""
        if self.workflow is None or self.graph is None or not self.workflow.guarantees:
            return ()
        models = {found.model.graph.path: found.model for found in self.soundness.verdicts}
        return tuple(guarantees.verdicts(self.workflow, self.graph, models)) if models else ()

    def witnesses_of(self, graph: Graph) -> Witnesses | None:
        """Ways through one of the graphs, for all rules together; None if it has a cycle."""
        return self._witnesses.get(graph.path)

    @cached_property
    def _witnesses(self) -> Mapping[Path, Witnesses]:
        return {graph.path: Witnesses(graph, found) for graph, found in self.feasible}

    @cached_property
    def feasible_by_path(self) -> Mapping[Path, Feasibility]:
        """What can run in each graph without a cycle, by the graph's path."""
        return {graph.path: found for graph, found in self.feasible}

    @cached_property
    def feasible(self) -> tuple[tuple[Graph, Feasibility], ...]:
        """What can run in each graph without a cycle."""
        return tuple(
            (graph, feasibility(graph)) for graph in self.graphs if graph.order is not None
        )
