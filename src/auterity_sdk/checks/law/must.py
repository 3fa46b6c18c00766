"""MUST: what has to be known before an effect, of the very value that the effect is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from auterity_sdk.checks.dataflow.availability import Held, Key, Lost, State
from auterity_sdk.checks.dataflow.durations import spoken
from auterity_sdk.checks.dataflow.values import Value, argument_value
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.declaration import Effect
from auterity_sdk.workflow.demand import INBOUND, Demand, Needed, Pattern, required
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.signature import Catalog

_MOST_NAMED = 3


class Required(Struct, frozen=True):
    """The facts that step types themselves say they require."""

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Steps before which one of them is not known."""
        for node in subject.nodes():
            for effect, demand in required(node.signature.declares) if node.signature else ():
                says = f"a step of the type `{node.signature.name}`" if node.signature else ""
                yield from Must(says, demand.on, demand.any_of).lacks(subject, node, effect)


class Must(Struct, frozen=True):
    """One of the facts `any_of` before each effect that fits `on`.

    `says` describes the effect in the message (`a marketing text`). `stale` True: only a fact that was known and has
    expired; False: only one that was never known, or was withdrawn; None: both. `aside_from_stop`: a workflow that
    ends its run as soon as the customer asks for it needs no such fact.
    """

    says: str
    on: Pattern
    any_of: tuple[Needed, ...]
    stale: bool | None = None
    aside_from_stop: str = ""

    def demand(self, code: str) -> Demand:
        """The same for the engine's gate."""
        return Demand(code, self.on, self.any_of)

    def is_free(self, graph: Graph) -> bool:
        """Whether a workflow needs no such fact, since it ends as soon as the customer says stop."""
        return bool(self.aside_from_stop) and _stops_early(graph, self.aside_from_stop)

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Effects for which no such fact is known on some way."""
        if subject.graph is None or self.is_free(subject.graph):
            return
        for node, effect in subject.declared.fitting(self.on):
            yield from self.lacks(subject, node, effect)

    def lacks(self, subject: Subject, node: Node, effect: Effect) -> Iterator[Finding]:
        """What is not known before one effect of a step."""
        for about in _subjects(node, effect):
            known = [subject.facts.of(Key(needed, about)) for needed in self.any_of]
            if not all(node.path in each for each in known):
                return  # in a circle of steps nothing comes before anything
            states = [each[node.path] for each in known]
            if any(isinstance(state, Held) for state in states):
                continue
            lost = [state for state in states if isinstance(state, Lost)]
            pairs = zip(self.any_of, lost, strict=True)
            expired = next((state for needed, state in pairs if _has_expired(needed, state)), None)
            if expired is not None and self.stale is not False:
                yield self._expired(subject, node, about, expired)
            elif expired is None and self.stale is not True:
                yield self._missing(subject, node, about, states)

    def _expired(self, subject: Subject, node: Node, about: Value | None, lost: Lost) -> Finding:
        line = _line(subject, lost.killer)
        own = "its own retries" if lost.killer == node.path else f"`{_named(lost.killer)}`"
        takes = "may take" if lost.killer != lost.giver else "may take a result from its cache of"
        checked = f"the check `{_named(lost.giver)}` of line {_line(subject, lost.giver)}"
        message = (
            f"{checked}{_of(about)} has expired before {self.says} in `{node.id}`: {own} of line {line}"
            f" {takes} {spoken(lost.length)}"
        )
        related = tuple(
            Location(path, "key", label=label)
            for path, label in ((lost.giver, "checked here"), (lost.killer, "it expires here"))
            if path and path != node.path
        )
        return Finding(
            message,
            _place(node),
            related,
            notes=_way(lost),
            help=(f"check again between `{_named(lost.killer)}` and `{node.id}`",),
        )

    def _missing(
        self, subject: Subject, node: Node, about: Value | None, states: Sequence[State]
    ) -> Finding:
        facts = " or ".join(f"`{needed.fact}`" for needed in self.any_of if needed.fact != INBOUND)
        lost = next((state for state in states if isinstance(state, Lost)), None)
        withdrawn = next((s for s in states if isinstance(s, Lost) and s.how == "withdrawn"), None)
        message = f"`{node.id}` is {self.says} for which {facts} is not known{_of(about)}"
        related: tuple[Location, ...] = ()
        if withdrawn is not None:
            related = (Location(withdrawn.killer, "key", label="it is withdrawn here"),)
        other = self._of_another(subject, node, about)
        if other is not None:
            related = (Location(other, "key", label="this is known of another value"),)
        return Finding(
            message,
            _place(node),
            related,
            notes=_way(lost) if lost else (),
            help=tuple(self._advice(subject.catalog)),
        )

    def _of_another(self, subject: Subject, node: Node, about: Value | None) -> Path | None:
        for needed in self.any_of:
            if about is None or not needed.of_subject or needed.fact == INBOUND:
                continue
            loose = Needed(needed.fact, needed.details, of_subject=False)
            state = subject.facts.of(Key(loose, None))[node.path]
            if isinstance(state, Held) and state.giver:
                return state.giver
        return None

    def _advice(self, catalog: Catalog) -> Iterator[str]:
        for needed in self.any_of:
            givers = list(_givers(catalog, needed))[:_MOST_NAMED]
            if givers:
                yield f"`{needed.fact}` is given by {', '.join(givers)}"


def _has_expired(needed: Needed, lost: Lost) -> bool:
    # That nobody has just asked is no check that has expired.
    return needed.fact != INBOUND and lost.how == "expired"


def _givers(catalog: Catalog, needed: Needed) -> Iterator[str]:
    for name in sorted(catalog.step_type_names()):
        signature = catalog.signature(name)
        for fact in signature.declares.gives if signature else ():
            if fact.name == needed.fact:
                outcomes = " or ".join(f"`{outcome}`" for outcome in fact.on)
                yield f"`{name}`" + (f" ending in {outcomes}" if outcomes else "")
                break


def _subjects(node: Node, effect: Effect) -> list[Value | None]:
    if not effect.subjects:
        return [None]
    found = [argument_value(node, subject) for subject in effect.subjects]
    return list(dict.fromkeys(value for value in found if value is not None)) or [None]


def _stops_early(graph: Graph, duty: str) -> bool:
    """An end that cancels the rest is met as soon as a step raises the duty, or discharges it."""
    for groups in graph.ends.values():
        edges = [edge for group in groups for edge in group.edges]
        if not any(group.cancel_rest for group in groups):
            continue
        for edge in edges:
            node = graph.nodes.get(edge.step)
            declared = node.signature.declares if node and node.signature else None
            if declared and any(d.name == duty for d in (*declared.raises, *declared.discharges)):
                return True
    return False


def _place(node: Node) -> Location:
    return Location((*node.path, "uses"))


def _named(path: Path) -> str:
    return str(path[-1]) if path else ""


def _line(subject: Subject, path: Path) -> int:
    return subject.source.span(Location(path, "key")).line


def _of(about: Value | None) -> str:
    if about is None:
        return ""
    return " for that text" if about.literal else f" for `{about.text}`"


def _way(lost: Lost) -> tuple[str, ...]:
    if not lost.edges:
        return ()
    return ("on the way " + " → ".join(f"`{edge}`" for _, edge in lost.edges),)
